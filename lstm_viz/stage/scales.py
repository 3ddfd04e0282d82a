"""How a value is drawn: whether it has a sign, and what is drawn at full strength."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import INPUT, PAST, interval

USUAL = 0.95  # this share of an unbounded signal's values is drawn to scale


class Scale(TypedDict):
    """``kind`` is "gate" for what is never negative, else "signed"; ``limit`` is full strength."""

    kind: str
    limit: float


def scales(
    values: Mapping[str, np.ndarray], cell: Cell, alike: Mapping[str, Iterable[str]]
) -> dict[str, Scale]:
    """For each key how it is drawn; ``values`` are (T, width).

    What meets on the way of a state (``alike``) is measured like the state, so that a strand which
    is thinned there is seen to be thinned.
    """
    model = {key: state for state, keys in alike.items() for key in keys if state in values}
    found: dict[str, Scale] = {}
    for key, array in values.items():
        like = model.get(key, key)
        limit = limit_of(bounds_of(like, cell), values.get(like, array))
        found[key] = {"kind": kind_of(bounds_of(key, cell)), "limit": limit}
    return found


def kind_of(bounds: tuple[float, float]) -> str:
    return "gate" if bounds[0] >= 0 else "signed"


def limit_of(bounds: tuple[float, float], array: np.ndarray) -> float:
    """What is drawn at full strength: the end of the range that the equations guarantee.

    Where they guarantee none, what 95 in 100 values stay within: one unit that counts to 50 must
    not make all others look like nothing.
    """
    bound = max(abs(bounds[0]), abs(bounds[1]))
    if not np.isfinite(bound):
        bound = np.quantile(np.abs(array), USUAL, method="higher") or np.abs(array).max()
    return float(bound) or 1.0


def bounds_of(key: str, cell: Cell) -> tuple[float, float]:
    """The range that the equations guarantee for an expression; a past has that of its signal."""
    if key == INPUT:
        return -np.inf, np.inf
    base = key.removesuffix(PAST)
    return (
        cell.ranges[base] if base in cell.signals else interval(cell.expression(key), cell.ranges)
    )
