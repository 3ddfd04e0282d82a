"""Find where it fires like this: the places at which the same units are on as over a chosen span.

After LSTMVis (Strobelt et al. 2018, section 5): a unit is on where its value is above a threshold,
and of a span those units count that are on at each of its steps. A place is a run of steps, and it
is as good as the units that are on throughout it agree with the chosen ones: how many both have,
over how many either has (Jaccard's index).

Whether a unit is on throughout L steps is asked of all units and steps at once, by doubling: it is
on for 2n steps where it is on for n, and for n again n steps later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.counted import steps
from lstm_viz.language import _

MOST = 50


@dataclass(frozen=True)
class Place:
    """Where it was found: steps ``first`` to ``last`` (both included) of a sequence.

    ``score`` is how well the units agree, 0 to 1, ``shared`` how many of the chosen ones are on,
    ``extra`` how many others are.
    """

    sequence: int
    first: int
    last: int
    score: float
    shared: int
    extra: int


@dataclass(frozen=True)
class Extreme:
    """One step at which a unit is especially high or low."""

    sequence: int
    step: int
    value: float


def units_on(values: np.ndarray, first: int, last: int, threshold: float = 0.3) -> tuple[int, ...]:
    """The units of ``values`` (T, H) that are on at each step from ``first`` to ``last``."""
    if not 0 <= first <= last < len(values):
        raise ValueError(
            _("A span lies within the {steps}, counted from 0; {first} to {last} does not.").format(
                steps=steps(len(values)), first=first, last=last
            )
        )
    return tuple(int(u) for u in np.flatnonzero((values[first : last + 1] > threshold).all(axis=0)))


def find(
    values: np.ndarray | Sequence[np.ndarray],
    units: Iterable[int],
    length: int = 1,
    threshold: float = 0.3,
    most: int = MOST,
) -> tuple[Place, ...]:
    """The places where these units are on for ``length`` steps, and others are not; best first.

    ``values`` are the signals to look through: one array (T, H), (T, B, H) for B sequences side by
    side, or several (T, H) of any length. A unit is on where it is above ``threshold``. A place is
    a stretch of steps over which the units that are on throughout are the same; of a stretch that
    lasts longer than ``length`` all is told, once. Equal scores are in order of length, the longest
    first, and then as they stand. At most ``most`` are given, and none that shares no unit.

    Raises ValueError for units that there are not, and for a length below 1.
    """
    sequences = _sequences(values)
    wanted = sorted(set(units))
    H = sequences[0].shape[1]
    if not wanted or not all(0 <= unit < H for unit in wanted):
        raise ValueError(
            _("Choose some of the units 0 to {last}; got {wanted}.").format(
                last=H - 1, wanted=wanted
            )
        )
    if length < 1:
        raise ValueError(_("A span is at least 1 step long, not {length}.").format(length=length))
    found: list[tuple[float, int, int, int, int, int, int]] = []
    chosen = np.zeros(H, bool)
    chosen[wanted] = True
    for number, signal in enumerate(sequences):
        if len(signal) < length:
            continue
        on = _on_throughout(signal > threshold, length)
        shared = on[:, chosen].sum(axis=1)
        extra = on.sum(axis=1) - shared
        same = (on[1:] == on[:-1]).all(axis=1)
        firsts = np.flatnonzero(np.concatenate([[True], ~same]))
        lasts = np.append(firsts[1:] - 1, len(on) - 1)
        score = shared / (len(wanted) + extra)
        worth = np.flatnonzero(shared[firsts] > 0)
        if len(worth) > most:  # the best of each sequence are enough
            size = lasts[worth] - firsts[worth]
            worth = worth[np.lexsort((firsts[worth], -size, -score[firsts[worth]]))[:most]]
        for k in worth:
            first, last = int(firsts[k]), int(lasts[k]) + length - 1
            found.append(
                (
                    -float(score[first]),
                    first - last,
                    number,
                    first,
                    last,
                    int(shared[first]),
                    int(extra[first]),
                )
            )
    return tuple(
        Place(number, first, last, -score, shared, extra)
        for score, _length, number, first, last, shared, extra in sorted(found)[:most]
    )


def extremes(
    values: np.ndarray | Sequence[np.ndarray], unit: int, most: int = 10
) -> tuple[tuple[Extreme, ...], tuple[Extreme, ...]]:
    """The steps at which a unit is highest, the highest first, and lowest, the lowest first.

    ``values`` as in ``find``. Of equal values the earlier step of the earlier sequence is first.
    """
    sequences = _sequences(values)
    if not 0 <= unit < sequences[0].shape[1]:
        raise ValueError(
            _("There are the units 0 to {last}, not {unit}.").format(
                last=sequences[0].shape[1] - 1, unit=unit
            )
        )
    column = np.concatenate([signal[:, unit] for signal in sequences])
    ends = np.cumsum([len(signal) for signal in sequences])

    def told(order: np.ndarray) -> tuple[Extreme, ...]:
        numbers = np.searchsorted(ends, order, side="right")
        begins = np.concatenate([[0], ends[:-1]])
        return tuple(
            Extreme(int(n), int(k - begins[n]), float(column[k]))
            for n, k in zip(numbers, order, strict=True)
        )

    return told(_smallest(-column, most)), told(_smallest(column, most))


def _smallest(column: np.ndarray, most: int) -> np.ndarray:
    """Where the smallest are, in order; a million need not be sorted for ten."""
    if len(column) <= most:
        return np.argsort(column, kind="stable")
    limit = np.partition(column, most - 1)[most - 1]
    among = np.flatnonzero(column <= limit)
    order: np.ndarray = among[np.argsort(column[among], kind="stable")[:most]]
    return order


def _on_throughout(on: np.ndarray, length: int) -> np.ndarray:
    """(T, H) -> (T - length + 1, H): whether it is on at ``length`` steps from there on."""
    reached = 1
    while reached < length:
        step = min(reached, length - reached)
        on = on[:-step] & on[step:]
        reached += step
    return on


def _sequences(values: np.ndarray | Sequence[np.ndarray]) -> list[np.ndarray]:
    if isinstance(values, np.ndarray):
        if values.ndim == 3:
            return [values[:, column] for column in range(values.shape[1])]
        values = [values]
    found = [np.asarray(signal) for signal in values]
    if not found or any(signal.ndim != 2 for signal in found):
        raise ValueError(_("Give a signal (T, H) or (T, B, H), or several of (T, H)."))
    return found
