"""What a signal does in its cell: the one table of roles, and the rule that finds them.

Colour, friendly name and place in the drawing belong to the role; symbol and meaning to the cell's
own signal. The MGU's ``f`` writes and the GRU's ``z`` keeps, whatever their letters suggest.
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.cells.evaluation import interval
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
    summands,
    walk,
)
from lstm_viz.cells.text import Line
from lstm_viz.colours import Colour
from lstm_viz.language import N_


@dataclass(frozen=True)
class Role:
    """One row of the table, and all that a new role needs.

    ``phase`` says when in a step it is drawn: one of PHASES. ``word`` is what stands in the drawing
    and beside a strip, where there is room for one: what the signal does; its name where it is "".
    """

    key: str
    name: str
    meaning: str
    phase: str
    colour: Colour
    word: str = ""

    @property
    def does(self) -> str:
        """The one word, or the name."""
        return self.word or self.name


# In this order a step is drawn.
PHASES = ("forget", "propose", "write", "show")

# Hues that leave blue and orange to the sign of a value, and mean the same wherever they are.
ROLES = {
    role.key: role
    for role in (
        Role(
            "keep",
            N_("forget gate"),
            N_("1 keeps the memory, 0 erases it"),
            "forget",
            Colour("#00805a", "#3ecf9b"),
            N_("forget"),
        ),
        Role(
            "write",
            N_("write (input gate)"),
            N_("1 lets the candidate into the memory, 0 keeps it out"),
            "propose",
            Colour("#896a00", "#f0d25a"),
            N_("write"),
        ),
        Role(
            "show",
            N_("show (output gate)"),
            N_("1 shows the memory to the outside, 0 hides it"),
            "show",
            Colour("#b0306e", "#f08abf"),
            N_("show"),
        ),
        Role(
            "reset",
            N_("reset gate"),
            N_("1 lets the past into the candidate, 0 leaves it out"),
            "forget",
            Colour("#8e3aa6", "#e3a6f2"),
            N_("reset"),
        ),
        Role(
            "candidate",
            N_("candidate (propose)"),
            N_("what could be written into the memory"),
            "propose",
            Colour("#46590c", "#a3bf4a"),
            N_("propose"),
        ),
        Role(
            "memory",
            N_("memory"),
            N_("what is carried from step to step"),
            "write",
            Colour("#4d2fc4", "#a58fff"),
            N_("memory"),
        ),
        Role(
            "output",
            N_("output (hidden state)"),
            N_("what the cell shows to the next step and the next layer"),
            "show",
            Colour("#7d3540", "#d98f96"),
            N_("output"),
        ),
        Role(
            "other",
            N_("step on the way"),
            N_("a step on the way"),
            "forget",
            Colour("#5b6777", "#a3b1c6"),
            N_("on the way"),
        ),
    )
}

# A memory beside h is what the papers call the cell state; where h itself is carried, it is none.
CELL_STATE = N_("memory (cell state)")


def ranges(ordered: tuple[Line, ...]) -> dict[str, tuple[float, float]]:
    """For each signal the range that its equation guarantees, infinite where it guarantees none.

    ``ordered`` are the lines in the order in which they are computed.
    """
    known: dict[str, tuple[float, float]] = {}
    for line in ordered:
        known[line.name] = interval(line.expression, known)
    return known


def infer(ordered: tuple[Line, ...], states: tuple[str, ...]) -> dict[str, str]:
    """The role of every signal, read off the equations.

    The memory is the state that its own line reads element by element (``c``, or ``h`` in a GRU).
    What multiplies its past keeps; what multiplies anything else written into it writes, and the
    rest is the candidate; what multiplies the memory on its way into h shows; what multiplies a
    past inside the candidate resets.
    """
    lines = {line.name: line for line in ordered}
    gates = {name for name, bounds in ranges(ordered).items() if bounds in ((0, 1), (1, 1), (0, 0))}
    roles = {line.name: "other" for line in ordered}
    roles["h"] = "output"
    carried = [name for name in states if name + PAST in _elementwise(lines[name].expression)]
    if not carried:
        return roles
    memory = next((name for name in carried if name != "h"), "h")
    roles[memory] = "memory"
    # What keeps is looked for first: a gate that also stands in a factor of the rest still keeps.
    terms = [_factors(term) for _, term in summands(lines[memory].expression)]
    of_past = [any(memory + PAST in names(factor) for factor in factors) for factors in terms]
    for keeps, factors in sorted(zip(of_past, terms, strict=True), key=lambda pair: not pair[0]):
        for factor in factors:
            for name in names(factor) & set(lines):
                if name not in gates:
                    roles[name] = (
                        "candidate" if roles[name] == "other" and not keeps else roles[name]
                    )
                elif keeps and roles[name] == "other":
                    roles[name] = "write" if _mirrored(factor) else "keep"
                elif roles[name] == "other":
                    roles[name] = "keep" if _mirrored(factor) else "write"
    if memory != "h":
        for name in _showing(ordered, memory) & gates:
            roles[name] = "show" if roles[name] == "other" else roles[name]
    for line in ordered:
        if roles[line.name] == "candidate":
            for name in _resetters(line.expression) & gates:
                roles[name] = "reset" if roles[name] == "other" else roles[name]
    return roles


def share(line: Line, of: str) -> Expression | None:
    """What multiplies a name in the sum of a line: ``f`` for ``c_prev``; None for nothing.

    For a state's own past this is its direct derivative, all other paths held still.
    """
    found: Expression | None = None
    for sign, term in summands(line.expression):
        factor = _cofactor(term, of)
        if factor is not None:
            factor = factor if sign > 0 else Negative(factor)
            found = factor if found is None else Binary("+", found, factor)
    return found


def _cofactor(node: Expression, name: str) -> Expression | None:
    """What is left of a product when the factor ``name`` is taken out of it."""
    if node == Name(name):
        return Number(1)
    if isinstance(node, Negative):
        inner = _cofactor(node.operand, name)
        return None if inner is None else Negative(inner)
    if not isinstance(node, Binary) or node.operator not in "*/":
        return None
    inner = _cofactor(node.left, name)
    if inner is not None:
        return (
            node.right
            if inner == Number(1) and node.operator == "*"
            else (Binary(node.operator, inner, node.right))
        )
    inner = _cofactor(node.right, name) if node.operator == "*" else None
    if inner is None:
        return None
    return node.left if inner == Number(1) else Binary("*", node.left, inner)


def _factors(node: Expression) -> list[Expression]:
    if isinstance(node, Binary) and node.operator in "*/":
        return _factors(node.left) + _factors(node.right)
    return [node.operand] if isinstance(node, Negative) else [node]


def _showing(ordered: tuple[Line, ...], memory: str) -> set[str]:
    """Names that multiply the memory, or what was made of it at this step, in a term of h."""
    made = {memory}
    for line in ordered:
        if names(line.expression) & made:
            made.add(line.name)
    found: set[str] = set()
    for _, term in summands(next(line.expression for line in ordered if line.name == "h")):
        factors = _factors(term)
        for place, factor in enumerate(factors):
            rest = factors[:place] + factors[place + 1 :]
            if isinstance(factor, Name) and any(names(other) & made for other in rest):
                found.add(factor.id)
    return found


def _mirrored(factor: Expression) -> bool:
    """Whether the factor is ``1 - gate``."""
    return isinstance(factor, Binary) and factor.operator == "-" and factor.left == Number(1)


def _elementwise(node: Expression) -> set[str]:
    """The names read outside matrix products and outside functions."""
    if isinstance(node, Product | Apply):
        return set()
    if isinstance(node, Name):
        return {node.id}
    if isinstance(node, Binary):
        return _elementwise(node.left) | _elementwise(node.right)
    return _elementwise(node.operand) if isinstance(node, Negative) else set()


def _resetters(node: Expression) -> set[str]:
    """Names that multiply a past, or a matrix product of one."""
    found: set[str] = set()
    for part in walk(node):
        if isinstance(part, Binary) and part.operator == "*":
            factors = _factors(part)
            if any(name.endswith(PAST) for factor in factors for name in names(factor)):
                found |= {factor.id for factor in factors if isinstance(factor, Name)}
    return found
