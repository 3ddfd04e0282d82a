"""The local derivatives of every equation, derived once from its text.

Everything in a line is element by element except its matrix products. A line is therefore a
function of *atoms*, its names and its matrix products, and its derivative by each atom is one
number a unit: an expression again, with the recorded signals put back in (the derivative of
``f = sigmoid(...)`` by anything under the sigmoid begins with ``f * (1 - f)``).

They are expressions, and not numbers as autograd would give, because they are also shown: the page
about backpropagation typesets the very terms that are evaluated. What is simplified on the way (0,
1, two minus signs) is what a person would leave out, no more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from lstm_viz.cells.cell import Cell
from lstm_viz.cells.expressions import (
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    Product,
    rebuilt,
)
from lstm_viz.cells.functions import FUNCTIONS, VALUE
from lstm_viz.cells.text import formula

Atom = Name | Product

ZERO, ONE = Number(0), Number(1)


@dataclass(frozen=True)
class Partial:
    """The derivative of the signal ``of`` by one atom of its line, the others held still."""

    of: str
    by: Atom
    value: Expression


@lru_cache(64)  # of cells that anybody may type
def partials(cell: Cell, cut: frozenset[str] = frozenset()) -> dict[str, tuple[Partial, ...]]:
    """For each signal its derivatives by the atoms of its line; those that are 0 are left out.

    What the weights in ``cut`` multiply is taken as a constant.
    """
    found = {}
    for line in cell.lines:
        # The value of the whole right side is the signal itself: no function is computed twice.
        known = {line.expression: Name(line.name)}
        found[line.name] = tuple(
            Partial(line.name, atom, value)
            for atom in atoms(line.expression)
            if (value := derivative(line.expression, atom, known, cut)) != ZERO
        )
    return found


def atoms(node: Expression) -> tuple[Atom, ...]:
    """The names and matrix products an expression is made of, in order, each once."""
    found: dict[Atom, None] = {}

    def visit(part: Expression) -> None:
        match part:
            case Name() | Product():
                found[part] = None
            case Negative():
                visit(part.operand)
            case Binary():
                visit(part.left)
                visit(part.right)
            case Apply():
                for argument in part.arguments:
                    visit(argument)

    visit(node)
    return tuple(found)


def derivative(
    node: Expression,
    by: Expression,
    known: Mapping[Expression, Name] = MappingProxyType({}),
    cut: Collection[str] = (),
) -> Expression:
    """The derivative of ``node`` by an atom or a larger part of it, element by element.

    ``known`` names expressions whose value is already there; what the weights in ``cut`` multiply
    is taken as a constant.
    """

    def d(part: Expression) -> Expression:
        return derivative(part, by, known, cut)

    match node:
        case (
            Name(id=weight)
            | Product(weight=weight)
            | Binary(operator="*", left=Name(id=weight))
            | Binary(operator="*", right=Name(id=weight))
        ) if weight in cut:
            return ZERO
        case _ if node == by:
            return ONE
        case Name() | Product() | Number():
            return ZERO
        case Negative():
            return negated(d(node.operand))
        case Binary(operator="+"):
            return plus(d(node.left), d(node.right))
        case Binary(operator="-"):
            return plus(d(node.left), negated(d(node.right)))
        case Binary(operator="*"):
            left, right = d(node.left), d(node.right)
            return plus(times(left, node.right), times(node.left, right))
        case Binary(operator="/"):
            left, right = d(node.left), d(node.right)
            value = known.get(node, node)
            return _quotient(plus(left, negated(times(value, right))), node.right)
        case Binary(operator="**"):
            return _power(node, d(node.left), d(node.right), known)
        case Apply():
            slopes = _slopes(node, known.get(node, node))
            parts = (times(s, d(a)) for s, a in zip(slopes, node.arguments, strict=True))
            return _total(*parts)
    raise TypeError(node)


def _slopes(node: Apply, value: Expression) -> tuple[Expression, ...]:
    """The derivative of a function by each of its arguments; ``value`` is the function's value."""
    row = FUNCTIONS[node.function]
    given = dict(zip(row.arguments, node.arguments, strict=True)) | {VALUE: value}
    return tuple(_with(given, formula(slope)) for slope in row.slopes)


def _with(given: Mapping[str, Expression], node: Expression) -> Expression:
    """The formula with expressions for its names; two minus signs are none."""
    match node:
        case Name():
            return given[node.id]
        case Negative():
            return negated(_with(given, node.operand))
        case _:
            return rebuilt(node, lambda part: _with(given, part))


def _power(
    node: Binary, left: Expression, right: Expression, known: Mapping[Expression, Name]
) -> Expression:
    base, exponent, value = node.left, node.right, known.get(node, node)
    # A number as the exponent has a rule of its own: the general one asks for the logarithm of the
    # base, which is no number below 0.
    lowered = exponent.value - 1 if isinstance(exponent, Number) else None
    if lowered is not None:
        power = (
            base if lowered == 1 else ONE if lowered == 0 else Binary("**", base, Number(lowered))
        )
        return times(times(exponent, power), left)
    by_base = times(times(exponent, Binary("**", base, Binary("-", exponent, ONE))), left)
    return plus(by_base, times(times(value, Apply("log", (base,))), right))


def _total(*parts: Expression) -> Expression:
    total: Expression = ZERO
    for part in parts:
        total = plus(total, part)
    return total


def plus(a: Expression, b: Expression) -> Expression:
    """a + b, without what adds nothing."""
    if a == ZERO:
        return b
    if b == ZERO:
        return a
    return Binary("-", a, b.operand) if isinstance(b, Negative) else Binary("+", a, b)


def times(a: Expression, b: Expression) -> Expression:
    """a * b, without factors of 1, with a sign in front of all of it."""
    if ZERO in (a, b):
        return ZERO
    if a == ONE:
        return b
    if b == ONE:
        return a
    if isinstance(a, Negative):
        return negated(times(a.operand, b))
    if isinstance(b, Negative):
        return negated(times(a, b.operand))
    return Binary("*", a, b)


def _quotient(a: Expression, b: Expression) -> Expression:
    if a == ZERO:
        return ZERO
    return Negative(_quotient(a.operand, b)) if isinstance(a, Negative) else Binary("/", a, b)


def negated(a: Expression) -> Expression:
    if a == ZERO:
        return ZERO
    return a.operand if isinstance(a, Negative) else Negative(a)
