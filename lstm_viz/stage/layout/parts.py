"""The equations as parts: layers, operations, inputs and outputs, and what flows between them.

One layer is one sum of matrix products behind one function; everything else that is computed is an
operation on each unit by itself. Every value has one part that produces it and is named by its
text, so that a wire is named by what it carries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import (
    INPUT,
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
)
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.roles import PHASES, ROLES
from lstm_viz.cells.symbols import with_minus
from lstm_viz.cells.text import VECTOR, WEIGHT

# Where in PHASES a past is there already, and where a memory is written.
FIRST, WHEN_WRITTEN = 0, PHASES.index(ROLES["memory"].phase)

# What 1 minus a gate does: where the gate keeps, it writes.
_MIRRORED = {"keep": "write", "write": "keep"}

# How a value enters a part: as the operand of a weight matrix, through a peephole, or as it is.
MATRIX, PEEPHOLE, PLAIN = "matrix", "peephole", "plain"

_OPERATION = {"*": "×", "/": "÷", "+": "+", "-": "−", "**": "^"}
_HOLE = "·"


@dataclass(frozen=True)
class Feed:
    """One value that a part reads: whose, how, and a sign to write where it arrives."""

    source: str
    how: str = PLAIN
    mark: str = ""


@dataclass(frozen=True)
class Part:
    """A box, a circle or an end of a wire. ``value`` is the text of what it produces."""

    id: str
    kind: str  # layer, op, constant, input, past, next, out
    label: str
    value: str
    signal: str | None
    role: str
    phase: int
    feeds: tuple[Feed, ...] = ()


@dataclass
class Parts:
    """All parts by id, in the order in which they are computed."""

    cell: Cell
    by_id: dict[str, Part] = field(default_factory=dict)
    producer: dict[str, str] = field(default_factory=dict)  # text of a value -> id of its part

    def __getitem__(self, part: str) -> Part:
        return self.by_id[part]

    def __iter__(self) -> Iterator[Part]:
        return iter(self.by_id.values())

    @cached_property
    def _readers(self) -> dict[str, list[Part]]:
        found: dict[str, list[Part]] = {part.id: [] for part in self}
        for part in self:
            for source in dict.fromkeys(feed.source for feed in part.feeds):
                found[source].append(part)
        return found

    def readers(self, part: str) -> list[Part]:
        """The parts that read what ``part`` produces. To be asked when all parts are there."""
        return self._readers[part]

    @cached_property
    def upstream(self) -> dict[str, set[str]]:
        """For each part everything that must be computed before it."""
        found: dict[str, set[str]] = {}
        for part in self:
            sources = [feed.source for feed in part.feeds]
            found[part.id] = set(sources).union(*(found[source] for source in sources))
        return found

    def belts(self) -> dict[str, list[str]]:
        """For each state carried element by element: the operations between its past and itself.

        The memory comes first, then what is computed later; no operation lies on two belts.
        """
        roles, computed = self.cell.roles, [line.name for line in self.cell.order]
        states = sorted(
            self.cell.states,
            key=lambda state: (roles[state].key != "memory", -computed.index(state)),
        )
        found: dict[str, list[str]] = {}
        taken: set[str] = set()
        for state in states:
            way = self._carried(state, taken)
            if way:
                found[state] = way[1:]
                taken |= set(way)
        return found

    def _carried(self, state: str, taken: set[str]) -> list[str]:
        """The shortest way from the past of a state to itself through operations, both included."""
        ways: dict[str, list[str]] = {}
        for part in self:
            if part.id == state + PAST and part.id not in taken:
                ways[part.id] = [part.id]
            elif part.kind == "op" and part.id not in taken:
                before = [ways[feed.source] for feed in part.feeds if feed.source in ways]
                if before:
                    ways[part.id] = [*min(before, key=len), part.id]
        return ways.get(self.producer[state], [])


def parts_of(cell: Cell) -> Parts:
    """The parts of a cell, in the order in which they are computed."""
    builder = _Builder(cell)
    for line in cell.order:
        builder.line(line.name, line.expression)
    builder.ends()
    return builder.parts


class _Builder:
    def __init__(self, cell: Cell):
        self.cell = cell
        self.parts = Parts(cell)
        self.signal: str | None = None  # whose line is being read

    def line(self, name: str, expression: Expression) -> None:
        self.signal = name
        if not isinstance(expression, Name) or _is_weight(expression):
            self.parts.producer[name] = self.produce(expression, name)
        elif name not in self.read():  # a second name for what leaves the cell
            self.parts.producer[name] = self.value(expression)
        else:
            feed = Feed(self.value(expression))
            self.parts.producer[name] = self.add(name, "op", "=", name, name, name, (feed,))

    def read(self) -> set[str]:
        """The signals that other equations read in the same step."""
        return {name for line in self.cell.lines for name in names(line.expression)}

    def ends(self) -> None:
        """What leaves: states to the next step, h to what stands above, and what nobody reads."""
        unread = set(self.cell.signals) - self.read() - {"h"}
        for name in self.cell.signals:
            if name in unread or name in self.cell.states:
                feed = Feed(self.parts.producer[name])
                self.add("next:" + name, "next", "", name, name, name, (feed,))
        self.add("out:h", "out", "", "h", "h", "h", (Feed(self.parts.producer["h"]),))

    def value(self, node: Expression) -> str:
        """The id of the part that produces ``node``, built if nothing has asked for it before."""
        key = str(node)
        if key in self.parts.producer:
            return self.parts.producer[key]
        if isinstance(node, Name) and not _is_weight(node):
            if node.id == INPUT:
                self.parts.by_id[INPUT] = Part(INPUT, "input", "", INPUT, None, "other", FIRST)
            else:
                self.past(node.id)
            self.parts.producer[key] = node.id
        else:
            self.parts.producer[key] = self.produce(node, None)
        return self.parts.producer[key]

    def past(self, name: str) -> None:
        role = self.cell.roles[name.removesuffix(PAST)].key
        self.parts.by_id[name] = Part(name, "past", "", name, None, role, FIRST)

    def produce(self, node: Expression, name: str | None) -> str:
        """Build the part whose value is ``node``, which is the signal ``name`` or nameless."""
        label, core = _unwrapped(node)
        key = name or str(node)
        if _is_layer(core):
            label = label if label not in ("", _HOLE) else "linear"
            return self.add(key, "layer", label, key, name, key, self.inputs(core))
        if _is_constant(core):
            return self.add(key, "constant", str(node), key, name, key)
        if label:
            return self.add(key, "op", label, key, name, key, (Feed(self.value(core)),))
        return self.add(key, "op", *self.operation(core, key, name))

    def operation(
        self, node: Expression, key: str, name: str | None
    ) -> tuple[str, str, str | None, str, tuple[Feed, ...]]:
        match node:
            case Binary(operator=operator, left=left, right=right):
                label = _OPERATION[operator]
                mark = label if operator in ("-", "/", "**") else ""  # the order matters
                feeds: tuple[Feed, ...] = (
                    Feed(self.value(left)),
                    Feed(self.value(right), PLAIN, mark),
                )
                return label, key, name, key, feeds
            case Apply(function=function, arguments=arguments):
                row = FUNCTIONS[function]
                # The order matters here, too: the second argument is marked.
                marks = ("", "" if row.symmetric else "2")
                feeds = tuple(
                    Feed(self.value(argument), PLAIN, mark)
                    for argument, mark in zip(arguments, marks, strict=False)
                )
                return row.sign, key, name, key, feeds
        raise ValueError(f"{node} is no operation")

    def inputs(self, core: Expression) -> tuple[Feed, ...]:
        """What a layer reads, each value once; biases are inside it."""
        feeds: dict[str, Feed] = {}
        for _, term in summands(core):
            if _is_constant(term):
                continue
            feed = self.input(term)
            known = feeds.get(feed.source)
            if known is None or feed.how == MATRIX:
                feeds[feed.source] = feed
        return tuple(feeds.values())

    def input(self, term: Expression) -> Feed:
        match term:
            case Product(operand=operand):
                return Feed(self.value(operand), MATRIX)
            case Binary(operator="*", left=left, right=right):
                for weight, other in ((left, right), (right, left)):
                    if _is_constant(weight) and names(weight):
                        return Feed(self.value(other), PEEPHOLE)
        return Feed(self.value(term))

    def add(
        self,
        id: str,
        kind: str,
        label: str,
        value: str,
        signal: str | None,
        about: str,
        feeds: tuple[Feed, ...] = (),
    ) -> str:
        """Add a part; ``about`` is the signal, or anything of the current line, that it serves."""
        role, phase = self.character(about, feeds)
        self.parts.by_id[id] = Part(id, kind, label, value, signal, role, phase, feeds)
        return id

    def character(self, about: str, feeds: tuple[Feed, ...]) -> tuple[str, int]:
        """The role, and the sub-step in which it is computed.

        Nothing is computed before what it reads. A nameless step on the way into the memory, and a
        signal without a role of its own, come as soon as they can.
        """
        ready = max((self.parts[feed.source].phase for feed in feeds), default=FIRST)
        if about in self.cell.roles:
            return self.cell.roles[about].key, max(ready, self.phase_of(about))
        role = "other"
        if len(feeds) == 1 and about.startswith("1 - "):
            role = _MIRRORED.get(self.parts[feeds[0].source].role, role)
        if self.signal is None or self.cell.roles[self.signal].key == "memory":
            return role, ready
        return role, max(ready, self.phase_of(self.signal))

    def phase_of(self, signal: str) -> int:
        role = self.cell.roles[signal].key
        if role == "output" and "memory" not in {r.key for r in self.cell.roles.values()}:
            return WHEN_WRITTEN
        return PHASES.index(ROLES[role].phase)


def _is_weight(node: Expression) -> bool:
    return isinstance(node, Name) and node.id.startswith(WEIGHT)


def _is_constant(node: Expression) -> bool:
    """Whether nothing in it changes from step to step."""
    return all(name.startswith(WEIGHT) for name in names(node))


def _is_layer(node: Expression) -> bool:
    """Whether it is a sum of matrix products, or of nothing but learnt terms such as ``p * c``."""
    terms = [term for _, term in summands(node) if not _is_constant(term)]
    if any(isinstance(term, Product) for term in terms):
        return True
    weighted = [
        isinstance(term, Binary)
        and term.operator == "*"
        and any(_is_constant(side) and names(side) for side in (term.left, term.right))
        for term in terms
    ]
    return bool(weighted) and all(weighted)


def _unwrapped(node: Expression) -> tuple[str, Expression]:
    """What is done to one value, as a label such as ``1−`` or ``2σ−1``, and that value."""
    steps: list[Expression] = []
    while not _is_layer(node) and (inner := _only_operand(node)) is not None:
        steps.append(node)
        node = inner
    label = _HOLE
    for step in reversed(steps):
        label = _written(step, label)
    return label.replace(_HOLE, "") if len(steps) < 2 or label.count("(") == 0 else label, node


def _only_operand(node: Expression) -> Expression | None:
    """The one operand that is no constant, if there is exactly one."""
    match node:
        case Negative(operand=operand):
            operands: tuple[Expression, ...] = (operand,)
        case Binary(left=left, right=right):
            operands = (left, right)
        case Apply(arguments=arguments):
            operands = arguments
        case _:
            return None
    changing = [operand for operand in operands if not _is_constant(operand)]
    return changing[0] if len(changing) == 1 else None


def _written(node: Expression, inside: str) -> str:
    """The label of one step around ``inside``, which is the hole at first."""
    loose = any(sign in inside.partition("(")[0] for sign in "+−") and inside != _HOLE
    enclosed = f"({inside})" if loose else inside
    match node:
        case Apply(function=function, arguments=(_,)):
            plain = inside.isalpha() or inside == _HOLE
            return FUNCTIONS[function].sign + (inside if plain else f"({inside})")
        case Apply(function=function, arguments=(first, second)):
            row = FUNCTIONS[function]
            if _is_constant(second):
                return f"{row.sign}({inside}, {_short(second)})"
            written = (inside, _short(first)) if row.symmetric else (_short(first), inside)
            return f"{row.sign}({', '.join(written)})"
        case Negative():
            return f"−{enclosed}"
        case Binary(operator="*", left=left, right=right):
            factor = _short(left if _is_constant(left) else right)
            return f"{factor}×{_HOLE}" if inside == _HOLE else f"{factor}{enclosed}"
        case Binary(operator=operator, left=left, right=right):
            sign = {"/": "/", "**": "^"}.get(operator, _OPERATION[operator])
            if _is_constant(left):
                return f"{_short(left)}{sign}{enclosed}"
            return f"{enclosed if sign in '/^' else inside}{sign}{_short(right)}"
    raise ValueError(f"{node} has no single operand")


def _short(constant: Expression) -> str:
    match constant:
        case Number(value=value):
            return with_minus(f"{value:.3g}")
        case Name(id=id) if id.startswith(VECTOR):
            return id.partition("_")[0]
    return str(constant) if len(str(constant)) < 6 else "k"
