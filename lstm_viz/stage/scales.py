"""How a value is drawn: whether it has a sign, and what is drawn at full strength."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import interval
from lstm_viz.cells.expressions import INPUT, PAST
from lstm_viz.run.scale import full_strength
from lstm_viz.stage.payload_types import Scale


def scales(
    values: Mapping[str, np.ndarray],
    cell: Cell,
    alike: Mapping[str, Iterable[str]],
    limits: Mapping[str, float] | None = None,
) -> dict[str, Scale]:
    """For each key how it is drawn; ``values`` are (T, width).

    ``limits`` says what is drawn at full strength where that is not a matter of these values alone.

    What meets on the way of a state (``alike``) is measured like the state, so that a strand which
    is thinned there is seen to be thinned.
    """
    model = {key: state for state, keys in alike.items() for key in keys if state in values}
    found: dict[str, Scale] = {}
    for key, array in values.items():
        like = model.get(key, key)
        if limits is not None and key in limits:
            limit = limits[key]
        else:
            limit = full_strength(values.get(like, array), bounds_of(like, cell))
        found[key] = {"kind": kind_of(bounds_of(key, cell)), "limit": limit}
    return found


def kind_of(bounds: tuple[float, float]) -> str:
    return "gate" if bounds[0] >= 0 else "signed"


def bounds_of(key: str, cell: Cell) -> tuple[float, float]:
    """The range that the equations guarantee for an expression; a past has that of its signal."""
    if key == INPUT:
        return -np.inf, np.inf
    base = key.removesuffix(PAST)
    return (
        cell.ranges[base] if base in cell.signals else interval(cell.expression(key), cell.ranges)
    )
