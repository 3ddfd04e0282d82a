"""What the right side of an equation is made of, and its text.

An expression is a tree of six kinds of node. Its text is its identity everywhere else: a wire, a
number on the screen and a term of a sum are all named by the text of the expression they show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

INPUT = "x"
PAST = "_prev"

# How tightly what is written holds together, loosest first: the one table of every printer.
SUM, TIMES, BESIDE, POWER, ENCLOSED, ATOM = range(6)

_OPERATORS = {"+": SUM, "-": SUM, "*": TIMES, "/": TIMES, "**": POWER}


class _Node:
    """What all nodes have: their text, which is their identity everywhere else."""

    def __str__(self) -> str:
        return _TEXT.printed(cast("Expression", self))


@dataclass(frozen=True)
class Number(_Node):
    """A literal: the same for every unit, step and sequence."""

    value: float


@dataclass(frozen=True)
class Name(_Node):
    """A signal ``f``, a state one step ago ``c_prev``, the input, or a vector weight ``b_f``."""

    id: str


@dataclass(frozen=True)
class Product(_Node):
    """A matrix product ``W_f @ x`` or ``U_h @ (r * h_prev)``."""

    weight: str
    operand: Expression


@dataclass(frozen=True)
class Apply(_Node):
    """A function from the short list, applied element by element."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True)
class Negative(_Node):
    """``-a``."""

    operand: Expression


@dataclass(frozen=True)
class Binary(_Node):
    """``left + right`` and its like, element by element."""

    operator: str
    left: Expression
    right: Expression


Expression = Number | Name | Product | Apply | Negative | Binary


T = TypeVar("T")


class Printer(Generic[T]):
    """One walk over the nodes for everything that writes an expression in some language.

    A language is a class that says how each kind of node is written, what parentheses look like,
    and, where that differs, how tightly a node holds together. Where parentheses are needed is
    decided here.
    """

    def printed(self, node: Expression) -> T:
        """The expression, without parentheses round the whole."""
        match node:
            case Name():
                return self.name(node)
            case Binary(operator="+" | "-"):
                return self.sum(node)
            case Binary(operator="*"):
                return self.times(node)
            case Binary(operator="/"):
                return self.quotient(node)
            case Binary():
                return self.power(node)
            case Apply():
                return self.call(node)
            case Product():
                return self.product(node)
            case Number():
                return self.number(node)
            case Negative():
                return self.negative(node)

    def within(self, node: Expression, binds: int) -> T:
        """The expression, in parentheses where it holds together less tightly than ``binds``."""
        inside = self.printed(node)
        return inside if self.binds(node) >= binds else self.parentheses(inside, node)

    def binds(self, node: Expression) -> int:
        """How tightly the expression holds together as it is written here."""
        match node:
            case Binary():
                return _OPERATORS[node.operator]
            case Negative():
                return SUM
            case Product():
                return BESIDE
            case _:
                return ATOM

    def parentheses(self, inside: T, node: Expression) -> T:
        """What is printed of ``node``, in parentheses."""
        raise NotImplementedError

    def number(self, node: Number) -> T:
        raise NotImplementedError

    def name(self, node: Name) -> T:
        raise NotImplementedError

    def negative(self, node: Negative) -> T:
        raise NotImplementedError

    def product(self, node: Product) -> T:
        raise NotImplementedError

    def call(self, node: Apply) -> T:
        raise NotImplementedError

    def binary(self, node: Binary) -> T:
        """Any operator, where a language has one way for all or for several of them."""
        raise NotImplementedError

    def sum(self, node: Binary) -> T:
        return self.binary(node)

    def times(self, node: Binary) -> T:
        return self.binary(node)

    def quotient(self, node: Binary) -> T:
        return self.binary(node)

    def power(self, node: Binary) -> T:
        return self.binary(node)


class Text(Printer[str]):
    """The cell's own language, which is Python's."""

    def binds(self, node: Expression) -> int:
        is_negative = isinstance(node, Number) and node.value < 0
        return SUM if is_negative else super().binds(node)

    def parentheses(self, inside: str, node: Expression) -> str:
        return f"({inside})"

    def number(self, node: Number) -> str:
        short = f"{node.value:g}"
        return short if float(short) == node.value else repr(node.value)

    def name(self, node: Name) -> str:
        return node.id

    def negative(self, node: Negative) -> str:
        return f"-{self.within(node.operand, TIMES)}"

    def product(self, node: Product) -> str:
        return f"{node.weight} @ {self.within(node.operand, ATOM)}"

    def call(self, node: Apply) -> str:
        return f"{node.function}({', '.join(map(self.printed, node.arguments))})"

    def binary(self, node: Binary) -> str:
        binds = self.binds(node)
        # Behind * a product needs parentheses, too: "r * U @ h" would multiply the matrix by r.
        right = POWER if binds == TIMES else binds + 1
        return f"{self.within(node.left, binds)} {node.operator} {self.within(node.right, right)}"

    def power(self, node: Binary) -> str:
        return f"{self.within(node.left, ATOM)} ** {self.within(node.right, ATOM)}"


_TEXT = Text()


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
    """The node and everything below it, from the top, as it is written from left to right."""
    waiting = [node]  # a generator within a generator for each level takes three times as long
    while waiting:
        node = waiting.pop()
        yield node
        waiting += children(node)[::-1]


def names(node: Expression) -> set[str]:
    """Every name the expression reads: signals, pasts, weights, and ``x``."""
    found = set()
    for part in walk(node):
        if isinstance(part, Name):
            found.add(part.id)
        elif isinstance(part, Product):
            found.add(part.weight)
    return found


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
