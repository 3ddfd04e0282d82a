"""What flows back through one step of a cell, worked out once from its text.

The plan's lines are first laid flat: every matrix product and every function inside an expression
becomes an assignment of its own, so that what the forward pass computed can be read again. Then the
gradient is followed backwards by hand, as it were. It enters a step through few *roots*: the
states, whose gradient comes from the next step, h, and what comes back through a matrix product.
From each root it reaches few *targets*: the drives, the states' past, vector weights, and other
roots. All that lies between is multiplied out into one coefficient for each pair, an expression
over what the forward pass recorded. So a step back is a handful of products however many lines the
cell has; a tape of operations, as autograd keeps it, would be walked anew at every step, although
the equations are the same at each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from lstm_viz.cells.cell import Cell
from lstm_viz.cells.derivatives import ZERO, derivative, plus, times
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
)
from lstm_viz.cells.plan import DRIVE

INNER = "#"  # "#0", "#1" ...: the value of a function or product inside an expression


@dataclass(frozen=True)
class Assignment:
    """One name and what computes it: a product of a matrix and a name, or element by element."""

    name: str
    expression: Expression

    @property
    def product(self) -> Product | None:
        return self.expression if isinstance(self.expression, Product) else None

    @property
    def operand(self) -> str:
        """The one name that the matrix of a product multiplies."""
        # Laid flat, there is one name: the join takes it out of its set.
        return "".join(names(self.product.operand)) if self.product else ""


@dataclass(frozen=True)
class Root:
    """Where gradient enters, and for each target what it is multiplied by on its way there.

    ``name`` is a state or h; or the name of a product, whose gradient first goes back through the
    matrix.
    """

    name: str
    product: Product | None
    flows: Mapping[str, Expression]


@dataclass(frozen=True)
class Adjoint:
    """``forward`` in the order of computation, ``roots`` in that of the way back."""

    forward: tuple[Assignment, ...]
    roots: tuple[Root, ...]


@lru_cache(256)
def adjoint(cell: Cell) -> Adjoint:
    """The flat forward pass of a cell, and the way back through it."""
    forward = flat(cell)
    kept = {*cell.states, "h"}
    roots = []
    for place in range(len(forward) - 1, -1, -1):
        here = forward[place]
        if here.product or here.name in kept:
            inside = here.product.operand if here.product else here.expression
            flows = _flows(_slopes(inside, here.name), forward[:place], kept)
            roots.append(Root(here.name, here.product, flows))
    return Adjoint(forward, tuple(roots))


@lru_cache(256)
def flat(cell: Cell) -> tuple[Assignment, ...]:
    """The forward pass, every product and every function in an assignment of its own."""
    found: dict[Expression, Name] = {}
    forward: list[Assignment] = []

    def named(node: Expression) -> Name:
        if node not in found:
            found[node] = Name(f"{INNER}{len(found)}")
            forward.append(Assignment(found[node].id, node))
        return found[node]

    def flattened(node: Expression, is_whole: bool = False) -> Expression:
        match node:
            case Name() | Number():
                return node
            case Negative():
                return Negative(flattened(node.operand))
            case Binary():
                return Binary(node.operator, flattened(node.left), flattened(node.right))
            case Product():
                operand = flattened(node.operand)
                operand = operand if isinstance(operand, Name) else named(operand)
                return named(Product(node.weight, operand))
            case Apply():
                applied = Apply(node.function, tuple(flattened(a) for a in node.arguments))
                return applied if is_whole else named(applied)

    for group in cell.plan.together:
        for number, name in enumerate(group.names):
            drive = Name(f"{DRIVE}{group.first + number}")
            forward.append(Assignment(name, Apply(group.function, (drive,))))
    for line in cell.plan.lines:
        expression = flattened(line.expression, is_whole=True)
        forward.append(Assignment(line.name, expression))
    return tuple(forward)


def _slopes(node: Expression, name: str) -> dict[str, Expression]:
    """The derivatives of a flat expression by the names in it; its own value has a name."""
    by = sorted(names(node))
    found = {each: derivative(node, Name(each), {node: Name(name)}) for each in by}
    return {each: slope for each, slope in found.items() if slope != ZERO}


def _flows(
    slopes: dict[str, Expression], before: tuple[Assignment, ...], kept: set[str]
) -> dict[str, Expression]:
    """The slopes followed back until every one ends in a target."""
    reached = dict(slopes)
    for here in reversed(before):
        if here.product is None and here.name not in kept and here.name in reached:
            coefficient = reached.pop(here.name)
            for name, slope in _slopes(here.expression, here.name).items():
                more = times(coefficient, slope)
                reached[name] = plus(reached[name], more) if name in reached else more
    return reached


def is_past(name: str) -> bool:
    return name.endswith(PAST)
