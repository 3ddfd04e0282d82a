"""A map of states: what a network carried, of many steps and sequences, as points in the plane.

The plane is that of principal component analysis: of all planes it is the one on which the points,
seen from straight above, lie farthest apart, and so the one that keeps most of their variance. Its
two directions are the first right singular vectors of the centred points (Pearson 1901; Jolliffe
2002, chapter 3), and the variance along each is its singular value squared over N - 1.

A singular vector may point either way. Here the largest of its entries is positive, so that the
same states always give the same map.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lstm_viz.counted import units
from lstm_viz.language import _
from lstm_viz.run.trace import Trace


@dataclass(frozen=True, eq=False)
class StateMap:
    """``points`` has for each trace its path, (T, B, parts).

    ``axes`` (parts, H) are the directions, each of length 1, and ``centre`` (H,) is the mean state,
    which lies at 0. ``variance`` (parts,) is the share of all variance that each direction keeps.
    """

    points: tuple[np.ndarray, ...]
    axes: np.ndarray
    centre: np.ndarray
    variance: np.ndarray

    def __repr__(self) -> str:
        states = sum(path[..., 0].size for path in self.points)
        parts, units = self.axes.shape
        kept = f"{parts} directions, {self.kept:.1%} of the variance"
        return f"StateMap({states} states of {units} units, {kept})"

    @property
    def kept(self) -> float:
        """The share of the variance that the map keeps, 0 to 1."""
        return float(self.variance.sum())

    def place(self, states: np.ndarray) -> np.ndarray:
        """Where other states (..., H) lie on the same map, (..., parts)."""
        placed: np.ndarray = (states - self.centre) @ self.axes.T
        return placed


def state_map(
    traces: Trace | np.ndarray | Iterable[Trace | np.ndarray], signal: str = "h", parts: int = 2
) -> StateMap:
    """The states of these traces in the plane that keeps most of their variance.

    ``traces`` is one or several traces of cells with as many units, or arrays (..., H) such as an
    embedding; ``signal`` says what of a trace. ``parts`` is how many directions there are.

    Raises ValueError where there is nothing to compare, where the numbers of units differ, for a
    signal that a cell has not, and for more parts than there are units or points.
    """
    given = [traces] if isinstance(traces, Trace | np.ndarray) else list(traces)
    arrays = [one[signal] if isinstance(one, Trace) else np.asarray(one, float) for one in given]
    if len({array.shape[-1] for array in arrays}) != 1:
        widths = _(", ").join(str(array.shape[-1]) for array in arrays)
        raise ValueError(
            _("A map is of states with the same number of units; these have {widths}.").format(
                widths=widths or _("none")
            )
        )
    points = np.concatenate([array.reshape(-1, array.shape[-1]) for array in arrays])
    if not 1 <= parts <= min(points.shape):
        raise ValueError(
            _("{points} states of {units} have 1 to {most} directions, not {parts}.").format(
                points=len(points),
                units=units(points.shape[1]),
                most=min(points.shape),
                parts=parts,
            )
        )
    centre = points.mean(axis=0)
    _left, sizes, directions = np.linalg.svd(points - centre, full_matrices=False)
    axes = directions[:parts]
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.where(axes[np.arange(parts), largest] < 0, -1.0, 1.0)[:, None]
    whole = (sizes**2).sum()
    # Where all states are the same there is no variance, and nothing of it is lost.
    variance = sizes[:parts] ** 2 / whole if whole > 0 else np.eye(parts)[0]
    return StateMap(tuple((array - centre) @ axes.T for array in arrays), axes, centre, variance)
