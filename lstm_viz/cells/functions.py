"""The functions that equations may use: one row each, and nothing about one of them elsewhere.

A row is written in the cell's own language. The arguments are called ``a`` and ``b``, the value
``y``; a slope is an expression over them in the functions of this table (``y * (1 - y)``). What
computes the value is an expression, too, but over the functions of the library that computes it:
NumPy's, torch's, and those of JavaScript's ``Math``. Where all three know the function by its own
name, nothing has to be said. So everything that reads a cell (the runs, the gradients, the network
on tensors, the drawing, the typeset equations, the exported programs, the browser) finds here what
it needs, and no text is ever executed: formulas are parsed like a cell's lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

ARGUMENTS, VALUE = ("a", "b"), "y"

Interval: TypeAlias = tuple[float, float]

ANYTHING: Interval = (-np.inf, np.inf)


@dataclass(frozen=True)
class Function:
    """A function of one or two arguments, applied element by element.

    ``slopes`` are its derivatives by each argument. ``range`` holds every value, or computes that
    from the arguments' own ranges. ``numpy``, ``torch`` and ``browser`` are formulas over that
    library's functions, by default the one of the same name. ``sign`` is how it is printed,
    ``bars`` what stands round its argument instead. It is ``symmetric`` if its arguments may change
    places; where they may not, the drawing marks the second. ``meaning`` says in an exported
    program what a formula there computes. ``faster`` replaces NumPy's formula where speed or
    precision is gained; it takes ``out`` by place or by name.
    """

    name: str
    slopes: tuple[str, ...]
    range: Interval | Callable[..., Interval] = ANYTHING
    numpy: str = ""
    torch: str = ""
    browser: str = ""
    sign: str = ""
    bars: tuple[str, str] | None = None
    symmetric: bool = False
    meaning: str = ""
    faster: Callable[..., np.ndarray] | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.arity <= len(ARGUMENTS):
            raise ValueError(f"{self.name} has {self.arity} slopes; give one for each argument.")
        same = f"{self.name}({', '.join(self.arguments)})"
        for library in ("numpy", "torch", "browser"):
            object.__setattr__(self, library, getattr(self, library) or same)
        object.__setattr__(self, "sign", self.sign or self.name)

    @property
    def arity(self) -> int:
        """How many arguments it has."""
        return len(self.slopes)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What its arguments are called in formulas."""
        return ARGUMENTS[: self.arity]

    @property
    def around(self) -> tuple[str, str]:
        """What is printed before and behind the arguments, in one line: ``σ(`` and ``)``."""
        return self.bars or (f"{self.sign}(", ")")

    def interval(self, *arguments: Interval) -> Interval:
        """The range of the value where the arguments are in these ranges."""
        return self.range(*arguments) if callable(self.range) else self.range


# NumPy takes a number of the array's own kind twice as fast as a Python number.
_ONES = {kind: np.array(1.0, kind) for kind in (np.dtype(np.float32), np.dtype(np.float64))}


def _sigmoid(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """1 / (1 + exp(-a)); relative precision is kept where it is nearly 0.

    Where exp(-a) overflows to infinity, 1 / infinity is the right 0: callers run under ``quiet()``.
    np.reciprocal takes up to three times as long as np.divide.
    """
    one = _ONES.get(a.dtype, 1.0)
    found: np.ndarray = np.negative(a, out=out)
    np.exp(found, out=found)
    np.add(found, one, out=found)
    np.divide(one, found, out=found)
    return found


def _logsigmoid(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """log(sigmoid(a)) without underflow: min(a, 0) - log(1 + e) where e = exp(-|a|)."""
    e = np.exp(-np.abs(a))
    one = 1 + e
    # The second term is what rounding 1 + e took away. np.log1p takes five times as long.
    below = np.log(one) + (e - (one - 1)) / one
    found: np.ndarray = np.subtract(np.minimum(a, 0), below, out=out)
    return found


_ROWS = (
    Function(
        "sigmoid",
        slopes=("y * (1 - y)",),
        range=(0, 1),
        numpy="1 / (1 + exp(-a))",
        faster=_sigmoid,
        browser="1 / (1 + exp(-a))",
        sign="σ",
    ),
    Function("tanh", slopes=("1 - y ** 2",), range=(-1, 1)),
    Function(
        "relu",
        slopes=("maximum(sign(a), 0)",),
        range=(0, np.inf),
        numpy="maximum(a, 0)",
        browser="max(a, 0)",
        sign="ReLU",
    ),
    Function(
        "softplus",
        slopes=("sigmoid(a)",),
        range=(0, np.inf),
        numpy="logaddexp(a, 0)",
        torch="logaddexp(a, 0)",  # its own softplus is a itself from 20 on
        browser="max(a, 0) + log1p(exp(-abs(a)))",
        meaning="log(1 + exp(a))",
    ),
    Function(
        "logsigmoid",
        slopes=("sigmoid(-a)",),
        range=(-np.inf, 0),
        numpy="-logaddexp(-a, 0)",
        faster=_logsigmoid,
        torch="-logaddexp(-a, 0)",
        browser="min(a, 0) - log1p(exp(-abs(a)))",
        sign="log σ",
        meaning="log(sigmoid(a))",
    ),
    Function("exp", slopes=("y",), range=(0, np.inf)),
    Function("log", slopes=("1 / a",)),
    Function("sqrt", slopes=("0.5 / y",), range=(0, np.inf), sign="√"),
    Function("abs", slopes=("sign(a)",), range=(0, np.inf), bars=("|", "|")),
    Function("sign", slopes=("0",), range=(-1, 1)),
    Function(
        "maximum",
        # Where both are equal, each has half of it.
        slopes=("0.5 + 0.5 * sign(a - b)", "0.5 - 0.5 * sign(a - b)"),
        range=lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
        browser="max(a, b)",
        sign="max",
        symmetric=True,
    ),
    Function(
        "minimum",
        slopes=("0.5 - 0.5 * sign(a - b)", "0.5 + 0.5 * sign(a - b)"),
        range=lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
        browser="min(a, b)",
        sign="min",
        symmetric=True,
    ),
)

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}
