"""What the right side of an equation is made of, and its text.

An expression is a tree of six kinds of node. Its text is its identity everywhere else: a wire, a
number on the screen and a term of a sum are all named by the text of the expression they show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

INPUT = "x"
PAST = "_prev"

# Loosest first; a negated expression binds like a sum, a power tightest of all.
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_PRODUCT, _ATOM = 3, 5


@dataclass(frozen=True)
class Number:
    """A literal: the same for every unit, step and sequence."""

    value: float

    def __str__(self) -> str:
        return f"{self.value:g}" if float(f"{self.value:g}") == self.value else repr(self.value)


@dataclass(frozen=True)
class Name:
    """A signal ``f``, a state one step ago ``c_prev``, the input, or a vector weight ``b_f``."""

    id: str

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Product:
    """A matrix product ``W_f @ x`` or ``U_h @ (r * h_prev)``."""

    weight: str
    operand: Expression

    def __str__(self) -> str:
        return f"{self.weight} @ {_within(self.operand, _ATOM)}"


@dataclass(frozen=True)
class Apply:
    """A function from the short list, applied element by element."""

    function: str
    arguments: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(str(argument) for argument in self.arguments)})"


@dataclass(frozen=True)
class Negative:
    """``-a``."""

    operand: Expression

    def __str__(self) -> str:
        return f"-{_within(self.operand, _PRECEDENCE['*'])}"


@dataclass(frozen=True)
class Binary:
    """``left + right`` and its like, element by element."""

    operator: str
    left: Expression
    right: Expression

    def __str__(self) -> str:
        binds = _PRECEDENCE[self.operator]
        if self.operator == "**":
            return f"{_within(self.left, binds + 1)} ** {_within(self.right, binds + 1)}"
        # Behind * a product needs parentheses, too: "r * U @ h" would multiply the matrix by r.
        right = _PRODUCT + 1 if binds == _PRECEDENCE["*"] else binds + 1
        return f"{_within(self.left, binds)} {self.operator} {_within(self.right, right)}"


Expression = Number | Name | Product | Apply | Negative | Binary


def _binds(node: Expression) -> int:
    match node:
        case Binary():
            return _PRECEDENCE[node.operator]
        case Negative():
            return _PRECEDENCE["+"]
        case Product():
            return _PRODUCT
        case Number() if node.value < 0:
            return _PRECEDENCE["+"]
        case _:
            return _ATOM


def _within(node: Expression, binds: int) -> str:
    """The text of ``node``, in parentheses where it binds less tightly than ``binds``."""
    return str(node) if _binds(node) >= binds else f"({node})"


def children(node: Expression) -> tuple[Expression, ...]:
    """The nodes directly below this one."""
    match node:
        case Binary():
            return (node.left, node.right)
        case Negative() | Product():
            return (node.operand,)
        case Apply():
            return node.arguments
        case _:
            return ()


def rebuilt(node: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The same node over changed children."""
    match node:
        case Binary():
            return Binary(node.operator, change(node.left), change(node.right))
        case Negative():
            return Negative(change(node.operand))
        case Product():
            return Product(node.weight, change(node.operand))
        case Apply():
            return Apply(node.function, tuple(change(argument) for argument in node.arguments))
        case _:
            return node


def walk(node: Expression) -> Iterator[Expression]:
    """The node and everything below it, from the top."""
    yield node
    for child in children(node):
        yield from walk(child)


def names(node: Expression) -> set[str]:
    """Every name the expression reads: signals, pasts, weights, and ``x``."""
    found = {part.id for part in walk(node) if isinstance(part, Name)}
    return found | {part.weight for part in walk(node) if isinstance(part, Product)}


def summands(node: Expression) -> list[tuple[int, Expression]]:
    """The top-level sum as ``(sign, term)`` pairs; products are left unexpanded."""
    match node:
        case Binary(operator="+"):
            return summands(node.left) + summands(node.right)
        case Binary(operator="-"):
            return summands(node.left) + [(-sign, term) for sign, term in summands(node.right)]
        case Negative():
            return [(-sign, term) for sign, term in summands(node.operand)]
        case _:
            return [(1, node)]
