"""What the right side of an equation is made of, its text, and its value.

An expression is a tree of six kinds of node. Its text is its identity everywhere else: a wire, a
number on the screen and a term of a sum are all named by the text of the expression they show.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

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


def quiet() -> np.errstate:
    """No warnings for overflow and the like: results are checked for being finite instead."""
    return np.errstate(all="ignore")


_HALF = np.array(0.5, np.float32)


def sigmoid(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """1 / (1 + exp(-a)); in float64 relative precision is kept where it is nearly 0.

    Where a < -709, exp(-a) overflows to infinity and 1 / infinity is the right 0: callers run
    under ``quiet()``. In float32 it is 0.5 + 0.5 * tanh(0.5 * a), nearly twice as fast and as
    exact, but for values below 1e-7.
    """
    if a.dtype == np.float32:
        out = np.multiply(a, _HALF, out=out)
        np.tanh(out, out=out)
        np.multiply(out, _HALF, out=out)
        return np.add(out, _HALF, out=out)
    out = np.negative(a, out=out)
    np.exp(out, out=out)
    np.add(out, 1, out=out)
    return np.reciprocal(out, out=out)


def softplus(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """log(1 + exp(a)) without overflow."""
    return np.logaddexp(0.0, a, out=out)


def relu(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """max(a, 0)."""
    return np.maximum(a, 0.0, out=out)


def logsigmoid(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """log(sigmoid(a)) without underflow: min(a, 0) - log(1 + e) where e = exp(-|a|)."""
    e = np.exp(-np.abs(a))
    one = 1 + e
    # The second term is what rounding 1 + e took away. np.log1p takes five times as long.
    below = np.log(one) + (e - (one - 1)) / one
    return np.subtract(np.minimum(a, 0), below, out=out)


class Function(NamedTuple):
    """A function that equations may use."""

    arguments: int
    numpy: Callable[..., np.ndarray]
    range: tuple[float, float]


_INFINITY = float("inf")

FUNCTIONS: dict[str, Function] = {
    "sigmoid": Function(1, sigmoid, (0, 1)),
    "tanh": Function(1, np.tanh, (-1, 1)),
    "relu": Function(1, relu, (0, _INFINITY)),
    "softplus": Function(1, softplus, (0, _INFINITY)),
    "logsigmoid": Function(1, logsigmoid, (-_INFINITY, 0)),
    "exp": Function(1, np.exp, (0, _INFINITY)),
    "log": Function(1, np.log, (-_INFINITY, _INFINITY)),
    "sqrt": Function(1, np.sqrt, (0, _INFINITY)),
    "abs": Function(1, np.abs, (0, _INFINITY)),
    "maximum": Function(2, np.maximum, (-_INFINITY, _INFINITY)),
    "minimum": Function(2, np.minimum, (-_INFINITY, _INFINITY)),
}


def step(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """1 where a > 0, else 0: the slope of relu."""
    return np.heaviside(a, 0.0, out=out)


def larger(a: np.ndarray, b: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """1 where a > b, a half where they are equal, else 0: the share of maximum that is a's."""
    out = np.sign(np.subtract(a, b, out=out), out=out)
    return np.add(np.multiply(out, 0.5, out=out), 0.5, out=out)


# What derivatives are written with, beside the functions that authors may use.
SLOPES: dict[str, Callable[..., np.ndarray]] = {"step": step, "sign": np.sign, "larger": larger}

NUMPY = {name: function.numpy for name, function in FUNCTIONS.items()} | SLOPES

# Python's own operators: arrays of any library understand them.
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}


def evaluate(node: Expression, values: Mapping[str, Any], functions: Any = None) -> Any:
    """The value of an expression, as it is written.

    ``values`` maps every name to an array: signals, pasts and ``x`` are (..., H) or (..., D),
    vector weights (H,), matrices (H, D) or (H, H). ``functions`` maps a function's name to what
    computes it, for arrays other than NumPy's. The plain reading that everything faster is tested
    against.
    """
    functions = functions or NUMPY
    match node:
        case Number():
            return node.value
        case Name():
            return values[node.id]
        case Product():
            return evaluate(node.operand, values, functions) @ values[node.weight].T
        case Negative():
            return -evaluate(node.operand, values, functions)
        case Binary():
            left = evaluate(node.left, values, functions)
            right = evaluate(node.right, values, functions)
            return _applied(OPERATORS[node.operator], OPERATORS[node.operator], left, right)
        case Apply():
            arguments = [evaluate(argument, values, functions) for argument in node.arguments]
            return _applied(functions[node.function], NUMPY[node.function], *arguments)


def _applied(function: Callable, of_numbers: Callable, *arguments: Any) -> Any:
    """The function's value; of literals alone a literal, computed by NumPy: 1 / 0 is infinite."""
    if all(isinstance(argument, float) for argument in arguments):
        with quiet():
            return of_numbers(*(np.full(1, argument) for argument in arguments)).item()
    return function(*arguments)


def interval(node: Expression, known: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    """The range that the text alone guarantees: (0, 1) behind a sigmoid, (-1, 1) behind a tanh.

    ``known`` gives the ranges of the names already bounded; everything else is unbounded.
    """
    everything = (-np.inf, np.inf)
    match node:
        case Number():
            return (node.value, node.value)
        case Name():
            return known.get(node.id, everything)
        case Negative():
            low, high = interval(node.operand, known)
            return (-high, -low)
        case Apply(function="maximum" | "minimum" as function):
            (a, b), (c, d) = (interval(argument, known) for argument in node.arguments)
            chosen = max if function == "maximum" else min
            return (chosen(a, c), chosen(b, d))
        case Apply():
            return FUNCTIONS[node.function].range
        case Binary(operator="+"):
            (a, b), (c, d) = interval(node.left, known), interval(node.right, known)
            return (a + c, b + d)
        case Binary(operator="-"):
            (a, b), (c, d) = interval(node.left, known), interval(node.right, known)
            return (a - d, b - c)
        case Binary(operator="*"):
            left, right = interval(node.left, known), interval(node.right, known)
            if np.isinf([*left, *right]).any():
                return everything
            corners = [a * b for a in left for b in right]
            return (min(corners), max(corners))
        case _:
            return everything
