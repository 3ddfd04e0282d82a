"""The value of an expression, and the range that its text alone guarantees.

This is the plain reading that everything faster is tested against. A function's value comes from
its row in ``functions``: a formula over NumPy's functions, or what the row says is faster.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from lstm_viz.cells.expressions import Apply, Binary, Expression, Name, Negative, Number, Product
from lstm_viz.cells.functions import ANYTHING, FUNCTIONS, Function, Interval
from lstm_viz.cells.text import formula

# Python's own operators: arrays of any library understand them.
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}


def quiet() -> np.errstate:
    """No warnings for overflow and the like: results are checked for being finite instead."""
    return np.errstate(all="ignore")


def in_numpy(function: str) -> Callable[..., np.ndarray]:
    """What computes a function of the table in NumPy; it takes ``out`` by place or by name."""
    return _in_numpy(FUNCTIONS[function])


@cache
def _in_numpy(row: Function) -> Callable[..., np.ndarray]:
    if row.faster:
        return row.faster
    text = formula(row.numpy)
    if isinstance(text, Apply) and all(isinstance(a, Name | Number) for a in text.arguments):
        return _one_call(row, getattr(np, text.function), text.arguments)

    def computed(*given: Any, out: np.ndarray | None = None) -> np.ndarray:
        arguments, out = _with_out(row, given, out)
        values = dict(zip(row.arguments, arguments, strict=True))
        found = np.asarray(evaluate(text, values, lambda name: getattr(np, name)))
        if out is None:
            return found
        np.copyto(out, found)
        return out

    return computed


def _one_call(
    row: Function, ufunc: Callable[..., np.ndarray], operands: tuple[Expression, ...]
) -> Callable[..., np.ndarray]:
    """A formula that is one call of NumPy's, which writes where it is told to."""
    if len(operands) == 1:
        return ufunc

    def computed(*given: Any, out: np.ndarray | None = None) -> np.ndarray:
        arguments, out = _with_out(row, given, out)
        values = dict(zip(row.arguments, arguments, strict=True))
        # Maximum and minimum, alone among ufuncs, want to hear the word "out".
        return ufunc(*(evaluate(operand, values) for operand in operands), out=out)

    return computed


def _with_out(
    row: Function, given: tuple[Any, ...], out: np.ndarray | None
) -> tuple[tuple[Any, ...], np.ndarray | None]:
    return given[: row.arity], given[row.arity] if len(given) > row.arity else out


def evaluate(
    node: Expression,
    values: Mapping[str, Any],
    function_of: Callable[[str], Callable[..., Any]] = in_numpy,
) -> Any:
    """The value of an expression, as it is written.

    ``values`` maps every name to an array: signals, pasts and ``x`` are (..., H) or (..., D),
    vector weights (H,), matrices (H, D) or (H, H). ``function_of`` says what computes a function of
    a name, for arrays other than NumPy's.
    """
    match node:
        case Number():
            return node.value
        case Name():
            return values[node.id]
        case Product():
            return evaluate(node.operand, values, function_of) @ values[node.weight].T
        case Negative():
            return -evaluate(node.operand, values, function_of)
        case Binary():
            left = evaluate(node.left, values, function_of)
            right = evaluate(node.right, values, function_of)
            return _applied(OPERATORS.__getitem__, node.operator, left, right)
        case Apply():
            arguments = [evaluate(argument, values, function_of) for argument in node.arguments]
            return _applied(function_of, node.function, *arguments)


def _applied(function_of: Callable[[str], Callable[..., Any]], name: str, *arguments: Any) -> Any:
    """The function's value; of literals alone a literal, computed by NumPy: 1 / 0 is infinite."""
    if not all(isinstance(argument, float) for argument in arguments):
        return function_of(name)(*arguments)
    function = OPERATORS[name] if name in OPERATORS else in_numpy(name)
    with quiet():
        return function(*(np.full(1, argument) for argument in arguments)).item()


def interval(node: Expression, known: Mapping[str, Interval]) -> Interval:
    """The range that the text alone guarantees: (0, 1) behind a sigmoid, (-1, 1) behind a tanh.

    ``known`` gives the ranges of the names already bounded; everything else is unbounded.
    """
    match node:
        case Number():
            return (node.value, node.value)
        case Name():
            return known.get(node.id, ANYTHING)
        case Negative():
            low, high = interval(node.operand, known)
            return (-high, -low)
        case Apply():
            arguments = (interval(argument, known) for argument in node.arguments)
            return FUNCTIONS[node.function].interval(*arguments)
        case Binary(operator="+"):
            (a, b), (c, d) = interval(node.left, known), interval(node.right, known)
            return (a + c, b + d)
        case Binary(operator="-"):
            (a, b), (c, d) = interval(node.left, known), interval(node.right, known)
            return (a - d, b - c)
        case Binary(operator="*"):
            left, right = interval(node.left, known), interval(node.right, known)
            if np.isinf([*left, *right]).any():
                return ANYTHING
            corners = [a * b for a in left for b in right]
            return (min(corners), max(corners))
        case _:
            return ANYTHING
