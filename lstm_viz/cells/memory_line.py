"""The line of a memory, taken apart: what multiplies its own past, and what is written beside it.

A memory is a sum of everything ever written into it when its line has the form

    c = keep * c_prev + write

because then c_T = sum over t of (keep_T ... keep_t+1) * write_t, exactly. The form is found by
carrying a pair through the line, (what multiplies the past, the rest): sums add pairs, a product
multiplies a pair by what has no past, and where two pasts are multiplied, or one is divided by, the
line is no such sum. What stands inside a function or behind a matrix belongs to the rest, as the
candidate of a GRU does: it is written now, whatever it was made from.

Where a line does not read its past itself but through others ("kept = f * c_prev",
"c = kept + new"), those lines are put into it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from lstm_viz.cells.cell import Cell
from lstm_viz.cells.expressions import (
    PAST,
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    Product,
    names,
    walk,
)
from lstm_viz.language import N_, TranslatableError, _

ONE = Number(1)


class NoSum(TranslatableError, ValueError):
    """Why a memory is no sum of what was written."""


@dataclass(frozen=True)
class MemoryLine:
    """``state = keep * state_prev + write``; ``through`` are the lines that were put into it."""

    state: str
    keep: Expression
    write: Expression
    through: tuple[str, ...] = ()


# What multiplies the past, and the rest; None is 0.
Pair = tuple[Expression | None, Expression | None]


@lru_cache(maxsize=512)
def memory_line(
    cell: Cell, state: str | None = None, closed: frozenset[str] = frozenset()
) -> MemoryLine:
    """The memory's line as a sum; ``state`` is another state than the cell's memory.

    The lines in ``closed`` are not put into it. Raises NoSum, a ValueError, with a sentence where
    the line has no such form, ValueError for a state that the cell has not.
    """
    if state is not None and state not in cell.states:
        raise ValueError(
            _("{state} is no state of this cell; its states are {states}.").format(
                state=state, states=_(", ").join(cell.states) or _("none")
            )
        )
    if state is not None or cell.memory is not None:
        return _line_of(cell, state or cell.memory or "", closed)
    if not cell.states:
        raise NoSum(N_("This cell carries nothing from one step to the next."))
    # A memory that is kept through other lines: any state but h first.
    trouble = None
    for one in sorted(cell.states, key=lambda name: name == "h"):
        try:
            return _line_of(cell, one, closed)
        except NoSum as problem:
            trouble = trouble or problem
    assert trouble is not None
    raise trouble


def _line_of(cell: Cell, state: str, closed: Collection[str]) -> MemoryLine:
    past = state + PAST
    line = cell[state].expression
    opened = () if _direct(line, past) else _through(cell, line, past, closed)
    keep, write = _Split(cell, past, frozenset(opened)).pair(line)
    if keep is None:
        raise _no_past(cell, state)
    return MemoryLine(state, keep, write if write is not None else Number(0), opened)


class _Split:
    """The pair of any part of a line, where the lines ``opened`` are read through."""

    def __init__(self, cell: Cell, past: str, opened: frozenset[str]):
        self.cell, self.past, self.opened = cell, past, opened

    def pair(self, node: Expression) -> Pair:
        match node:
            case Name(id=self.past):
                return ONE, None
            case Name() if node.id in self.opened:
                return self.pair(self.cell[node.id].expression)
            case Negative():
                keep, write = self.pair(node.operand)
                return _negative(keep), _negative(write)
            case Binary(operator="+" | "-"):
                left, right = self.pair(node.left), self.pair(node.right)
                if node.operator == "-":
                    right = _negative(right[0]), _negative(right[1])
                return _sum(left[0], right[0]), _sum(left[1], right[1])
            case Binary(operator="*"):
                return self._times(node)
            case Binary(operator="/"):
                return self._quotient(node)
            case Binary(operator="**"):
                self._require_none(node.right, node)
                if node.right == ONE:
                    return self.pair(node.left)
                self._require_none(node.left, node)
        return None, node

    def _times(self, node: Binary) -> Pair:
        left, right = self.pair(node.left), self.pair(node.right)
        if left[0] is not None and right[0] is not None:
            raise self._bent(node)
        if left[0] is None and right[0] is None:
            return None, node
        if left[0] is not None:
            return _times(left[0], node.right), _times(left[1], node.right)
        return _times(node.left, right[0]), _times(node.left, right[1])

    def _quotient(self, node: Binary) -> Pair:
        self._require_none(node.right, node)
        keep, write = self.pair(node.left)
        if keep is None:
            return None, node
        return Binary("/", keep, node.right), None if write is None else Binary(
            "/", write, node.right
        )

    def _require_none(self, part: Expression, node: Expression) -> None:
        if self.pair(part)[0] is not None:
            raise self._bent(node)

    def _bent(self, node: Expression) -> NoSum:
        state = self.past.removesuffix(PAST)
        return NoSum(
            N_(
                "In its own line the past of {state} stands in “{part}”, which is no number times "
                "it: what {state} holds is no sum of what was written."
            ),
            state=state,
            part=str(node),
        )


def _no_past(cell: Cell, state: str) -> NoSum:
    """Why nothing multiplies the past of a state."""
    past, expression = state + PAST, cell[state].expression
    inside = {
        part.function
        for part in walk(expression)
        if isinstance(part, Apply) and past in names(part)
    }
    products = [part for part in walk(expression) if isinstance(part, Product)]
    if any(past in names(part.operand) for part in products):
        return NoSum(
            N_(
                "“{line}” mixes the past of all units by a matrix: no unit of {state} is a sum of "
                "what was written into it."
            ),
            line=cell[state].text,
            state=state,
        )
    if inside:
        return NoSum(
            N_(
                "In “{line}” the past stands inside {function}, which is not additive: what "
                "{state} holds is no sum of what was written."
            ),
            line=cell[state].text,
            function=min(inside),
            state=state,
        )
    return NoSum(
        N_("“{line}” does not read its own past: {state} keeps nothing by itself."),
        line=cell[state].text,
        state=state,
    )


def _direct(node: Expression, past: str) -> bool:
    """Whether the past stands in it outside functions and matrix products."""
    match node:
        case Name():
            return node.id == past
        case Negative():
            return _direct(node.operand, past)
        case Binary():
            return _direct(node.left, past) or _direct(node.right, past)
        case _:
            return False


def _through(cell: Cell, node: Expression, past: str, closed: Collection[str]) -> tuple[str, ...]:
    """The lines through which the past comes into it, outside functions and matrix products."""
    found: dict[str, None] = {}

    def reads(part: Expression) -> bool:
        match part:
            case Name(id=name) if name == past:
                return True
            case Name(id=name) if name in cell.signals and name not in closed:
                if reads(cell[name].expression):
                    found[name] = None
                    return True
                return False
            case Negative():
                return reads(part.operand)
            case Binary():
                sides = [reads(part.left), reads(part.right)]
                return any(sides)
            case _:
                return False

    reads(node)
    return tuple(found)


def _sum(a: Expression | None, b: Expression | None) -> Expression | None:
    if a is None or b is None:
        return b if a is None else a
    return Binary("-", a, b.operand) if isinstance(b, Negative) else Binary("+", a, b)


def _negative(a: Expression | None) -> Expression | None:
    if a is None:
        return None
    return a.operand if isinstance(a, Negative) else Negative(a)


def _times(a: Expression | None, b: Expression | None) -> Expression | None:
    if a is None or b is None:
        return None
    if ONE in (a, b):
        return b if a == ONE else a
    if isinstance(a, Negative):
        return _negative(_times(a.operand, b))
    if isinstance(b, Negative):
        return _negative(_times(a, b.operand))
    return Binary("*", a, b)
