"""Expressions as a list of NumPy calls on fixed memory.

What an expression's tree says in one go becomes calls in a row, each of which writes into memory
that is there already: making an array costs more than the arithmetic of a small one. How often a
value will be read is counted first, so that what occurs twice is computed once, and the memory of
what nobody reads any more is the next one's.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lstm_viz.cells.evaluation import evaluate, in_numpy
from lstm_viz.cells.expressions import (
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    children,
    names,
)

Call = tuple[Callable[..., object], tuple[object, ...]]

_UFUNCS = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "**": np.power}


# So many numbers of a gate cost less than one call more.
FEW = 256


def of_half(dtype: np.dtype, size: int) -> bool:
    """Whether sigmoid(a) is (1 + tanh(a / 2)) / 2: for few numbers in single precision.

    That shares its call with a tanh beside it. But NumPy's tanh takes up to twice the time of its
    exp, and it loses the digits of a gate that is nearly shut; in double precision log f of such a
    gate is what a gradient's reach is made of.
    """
    return dtype == np.float32 and size <= FEW


def sigmoid_calls(a: np.ndarray, out: np.ndarray, prepared: str = "") -> list[Call]:
    """A sigmoid without memory of its own; ``prepared`` is "a / 2" or "-a", where ``a`` is that."""
    half, one = np.array(0.5, a.dtype), np.array(1.0, a.dtype)
    if prepared == "a / 2":
        return [
            (np.tanh, (out, out)),
            (np.multiply, (out, half, out)),
            (np.add, (out, half, out)),
        ]
    rest: list[Call] = [
        (np.exp, (out, out)),
        (np.add, (out, one, out)),
        (np.divide, (one, out, out)),
    ]
    return rest if prepared else [(np.negative, (a, out)), *rest]


def compiled(
    wanted: list[tuple[Expression, np.ndarray]],
    value: Callable[[str], np.ndarray],
    shape: tuple[int, ...],
    dtype: np.dtype,
) -> list[Call]:
    """The calls that write each expression's value into its array.

    ``value`` says where a name's value is. What occurs twice is computed once, and memory for what
    lies between is used again as soon as nobody needs it. An array may be the value of a name that
    its own expression reads: it is written last.
    """
    return _Compiler(value, shape, dtype).calls_for(wanted)


class _Compiler:
    def __init__(self, value: Callable[[str], np.ndarray], shape: tuple[int, ...], dtype: np.dtype):
        self.value, self.shape, self.dtype = value, shape, dtype
        self.calls: list[Call] = []
        self.there: dict[Expression, np.ndarray] = {}
        self.uses: dict[Expression, int] = {}
        self.ours: set[Expression] = set()  # values in memory that is used again
        self.free: list[np.ndarray] = []

    def calls_for(self, wanted: list[tuple[Expression, np.ndarray]]) -> list[Call]:
        for node, _ in wanted:
            self._count(node)
        for node, out in wanted:
            self._write(node, out)
        return self.calls

    def _count(self, node: Expression) -> None:
        """How often each value is read, each being computed once."""
        self.uses[node] = self.uses.get(node, 0) + 1
        if self.uses[node] == 1:
            for child in _operands(node):
                self._count(child)

    def _write(self, node: Expression, out: np.ndarray) -> None:
        if isinstance(node, Name | Number) or node in self.there or not names(node):
            source = self._read(node)
            if source is not out:
                self.calls.append((np.copyto, (out, source)))
            self._done(node)
        else:
            self._compute(node, out)
            self.there[node] = out
            self.uses[node] -= 1

    def _read(self, node: Expression) -> np.ndarray:
        """Where the value is, computed now if it has not been."""
        if isinstance(node, Name):
            return self.value(node.id)
        if not names(node):
            return np.array(evaluate(node, {}), self.dtype)
        if node not in self.there:
            room = self.free.pop() if self.free else np.zeros(self.shape, self.dtype)
            self._compute(node, room)
            self.there[node] = room
            self.ours.add(node)
        return self.there[node]

    def _done(self, node: Expression) -> None:
        """One reader less; memory that nobody reads any more is free."""
        self.uses[node] -= 1
        if self.uses[node] == 0 and node in self.ours:
            self.free.append(self.there[node])

    def _compute(self, node: Expression, out: np.ndarray) -> None:
        operands = _operands(node)
        values = [self._read(operand) for operand in operands]
        match node:
            case Negative():
                self.calls.append((np.negative, (*values, out)))
            case Binary(operator="**", right=Number(value=2.0)):
                self.calls.append((np.multiply, (values[0], values[0], out)))
            case Binary():
                self.calls.append((_UFUNCS[node.operator], (*values, out)))
            case Apply(function="sigmoid"):
                self.calls += sigmoid_calls(values[0], out)
            case Apply():
                self.calls.append((in_numpy(node.function), (*values, out)))
            case _:
                raise TypeError(node)
        for operand in operands:
            self._done(operand)


def _operands(node: Expression) -> tuple[Expression, ...]:
    if not names(node):
        return ()
    if isinstance(node, Binary) and node.operator == "**" and node.right == Number(2.0):
        return (node.left,)
    return children(node)
