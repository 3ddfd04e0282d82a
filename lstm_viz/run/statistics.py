"""What the units of a layer did over a whole batch, in numbers.

Saturation after Karpathy, Johnson and Fei-Fei 2015, Visualizing and Understanding Recurrent
Networks, section 4.2. Everything ignores what lies behind the end of packed sequences, which a
Recording marks with NaN.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells.expressions import Binary, Expression, Name, Number
from lstm_viz.language import _
from lstm_viz.run.trace import Trace

# Karpathy et al. 2015: a gate is left-saturated below the first, right-saturated above the second.
LEFT, RIGHT = 0.1, 0.9

SHIFTS = 200  # as many chance comparisons are enough to tell the largest twentieth


@dataclass(frozen=True)
class Saturation:
    """For each unit, (H,), the share of steps on which a gate is nearly shut and nearly open."""

    left: np.ndarray
    right: np.ndarray


@dataclass(frozen=True)
class Distribution:
    """How often a signal has which value: shares of all units and steps, between ``edges``."""

    edges: np.ndarray
    share: np.ndarray


@dataclass(frozen=True)
class Tracker:
    """The unit that follows a feature best, and how well.

    ``correlation`` is Pearson's; ``chance`` is what the best of as many units reaches on a feature
    that has nothing to do with them, in nineteen of twenty cases.
    """

    feature: str
    signal: str
    unit: int
    correlation: float
    chance: float

    @property
    def is_found(self) -> bool:
        return abs(self.correlation) > self.chance


def gates(trace: Trace) -> tuple[str, ...]:
    """The signals between 0 and 1 that can move."""
    return tuple(name for name, bounds in trace.cell.ranges.items() if bounds == (0, 1))


def mean_gates(trace: Trace) -> dict[str, float]:
    """For each gate its mean over units, steps and sequences."""
    return {name: float(trace[name].mean()) for name in gates(trace)}


def saturation(trace: Trace, gate: str) -> Saturation:
    """How much of the time each unit's gate is below LEFT and above RIGHT."""
    values = _rows(trace[gate])
    return Saturation((values < LEFT).mean(axis=0), (values > RIGHT).mean(axis=0))


def distribution(trace: Trace, signal: str, bins: int = 40) -> Distribution:
    """The histogram of a signal over all units, steps and sequences; its shares add up to 1.

    It spans the range that the signal's equation guarantees, else that of the values.
    """
    values = _rows(trace[signal])
    low, high = trace.cell.ranges[signal]
    if not np.isfinite([low, high]).all():
        low, high = float(values.min()), float(values.max())
    if low == high:
        low, high = low - 0.5, high + 0.5
    counts, edges = np.histogram(values, bins=bins, range=(low, high))
    return Distribution(edges, counts / values.size)


def half_life(lost: np.ndarray | float) -> np.ndarray:
    """After how many steps half is left of what loses ``lost`` at each: ln 2 / lost, in nats.

    A step that keeps the share f loses -ln f. Infinite where nothing is lost, 0 where all is.
    """
    with np.errstate(divide="ignore"):
        return np.where(lost > 0, np.log(2) / np.maximum(lost, 0), np.inf)


def kept_alone(bias: float) -> float:
    """The half-life of what a keep gate alone keeps that its bias alone decides, in steps."""
    return float(half_life(np.log1p(np.exp(-bias))))


def half_lives(trace: Trace) -> np.ndarray:
    """For each unit, (H,), the steps after which half of its memory is left.

    From the mean of -ln(what is kept): of a memory that keeps f_1, f_2, ... the product is
    left, so that the geometric mean of f decides. Infinite where on average nothing is lost, 0
    where a step kept nothing. It is the decay along the direct path alone, with the gates as they
    were. Raises ValueError for a cell that keeps nothing from step to step.
    """
    kept = trace.cell.kept
    if kept is None:
        raise ValueError(
            _(
                "{cell!r} has no memory that is kept from step to step, so it has no half-life."
            ).format(cell=trace.cell)
        )
    return half_life(_rows(-_log(trace, kept)).mean(axis=0))


def stepping(trace: Trace, signal: str) -> np.ndarray:
    """For each unit, (H,), the mean size of a step over the signal's standard deviation.

    2 / sqrt(pi) = 1.13 for independent normal values, 2 sqrt((1 - r) / pi) for a normal process
    whose neighbours correlate by r: the smaller, the slower. NaN for a unit that never moves.
    """
    steps, values = _rows(np.abs(np.diff(trace[signal], axis=0))), _rows(trace[signal])
    if not len(steps):
        return np.full(values.shape[1], np.nan)
    return np.where(_moves(values), steps.mean(axis=0) / _no_zeros(values.std(axis=0)), np.nan)


def autocorrelation(trace: Trace, signal: str, lags: int) -> np.ndarray:
    """For each lag and unit, (lags + 1, H), how the signal correlates with itself so much later.

    Pooled over the sequences, about the unit's mean over all of them. NaN for a unit that never
    moves and where no two steps are so far apart.
    """
    values, seen = trace[signal].astype(float), _rows(trace[signal])
    there = ~np.isnan(values)
    centred = np.where(there, values - seen.mean(axis=0), 0)
    pairs = _with_itself_later(there.astype(float), lags).round()
    products = _with_itself_later(centred, lags) / _no_zeros(pairs)
    return np.where((pairs > 0) & _moves(seen), products / _no_zeros(seen.var(axis=0)), np.nan)


def correlation_time(trace: Trace, signal: str) -> np.ndarray:
    """For each unit, (H,), the lag at which its autocorrelation has fallen to 1 / e.

    Between two lags it is interpolated. A process that keeps the share f of itself at every step
    and is driven by noise has -1 / ln f. Looked at up to half the steps, since fewer pairs say
    little; infinite where it stays above, NaN for a unit that never moves.
    """
    found = autocorrelation(trace, signal, max(1, len(trace[signal]) // 2))
    below = found < 1 / math.e
    first = below.argmax(axis=0)
    before, after = (
        np.take_along_axis(found, np.maximum(lag, 0)[None], 0)[0] for lag in (first - 1, first)
    )
    times = first - 1 + (before - 1 / math.e) / np.where(below.any(axis=0), before - after, 1)
    return np.where(np.isnan(found[0]), np.nan, np.where(below.any(axis=0), times, np.inf))


def correlation(trace: Trace, signal: str, feature: np.ndarray) -> np.ndarray:
    """For each unit, (H,), Pearson's correlation of the signal with a feature (T, B) of the input.

    NaN for a unit or a feature that never moves. Raises ValueError for a feature of another shape.
    """
    feature, seen = _checked(trace, signal, feature)
    of_units: np.ndarray = _correlations(trace[signal][seen], feature[seen][:, None])[0]
    return of_units


def tracker(trace: Trace, signal: str, name: str, feature: np.ndarray) -> Tracker | None:
    """The unit whose signal follows the feature (T, B) best; None where nothing moves.

    What chance would do is measured: the feature is shifted round each sequence, and the best unit
    looked for each time; ``chance`` is larger than nineteen in twenty of these. A slow feature
    still resembles itself a little later, so shifts of less than a tenth of the steps are left out.
    """
    feature, seen = _checked(trace, signal, feature)
    values = trace[signal][seen]
    found = _correlations(values, feature[seen][:, None])[0]
    if np.isnan(found).all():
        return None
    unit = int(np.nanargmax(np.abs(found)))
    by_chance = np.nan_to_num(np.abs(_shifted_correlations(trace[signal], feature, seen)))
    chance = float(np.quantile(by_chance.max(axis=1), 0.95)) if len(by_chance) else 1.0
    return Tracker(name, signal, unit, float(found[unit]), chance)


def trackers(
    trace: Trace, features: Mapping[str, np.ndarray], signals: tuple[str, ...] | None = None
) -> list[Tracker]:
    """For each feature (T, B) the signal and unit that follow it best, the clearest first.

    ``signals`` are the cell's states unless they are given.
    """
    best = []
    for name, feature in features.items():
        found = [tracker(trace, signal, name, feature) for signal in signals or trace.cell.states]
        candidates = [one for one in found if one is not None]
        best += sorted(candidates, key=lambda one: -abs(one.correlation))[:1]
    return sorted(best, key=lambda one: -abs(one.correlation))


def _rows(values: np.ndarray) -> np.ndarray:
    """All steps of all sequences below each other, (N, H), those without numbers left out."""
    rows = values.reshape(-1, values.shape[-1]).astype(float)
    known: np.ndarray = rows[~np.isnan(rows).any(axis=1)]
    return known


def _moves(rows: np.ndarray) -> np.ndarray:
    """Whether a column has more than one value; what rounding does is no movement."""
    moves: np.ndarray = np.ptp(rows, axis=0) > 1e-6 * np.abs(rows).max(axis=0)
    return moves


def _with_itself_later(values: np.ndarray, lags: int) -> np.ndarray:
    """The sum over steps and sequences of value times value so much later, (lags + 1, H).

    By the transform of the signal, padded so that its end does not meet its beginning.
    """
    padded = len(values) + lags + 1
    spectrum = np.abs(np.fft.rfft(values, padded, axis=0)) ** 2
    return np.fft.irfft(spectrum.sum(axis=1), padded, axis=0)[: lags + 1]


def _no_zeros(divisors: np.ndarray) -> np.ndarray:
    return np.where(divisors == 0, 1, divisors)


def _log(trace: Trace, kept: Expression) -> np.ndarray:
    """ln(abs(kept)) at every step; from the gate's argument, where the gate rounds to 0 or 1."""
    match kept:
        case Name(id=gate):
            sign = -1.0
        case Binary(operator="-", left=Number(value=1), right=Name(id=gate)):
            sign = 1.0
        case _:
            gate = ""
    logs: np.ndarray
    if gate in trace.signals and gate not in trace.hold and trace.cell[gate].function == "sigmoid":
        with np.errstate(invalid="ignore"):  # NaN behind the end of packed sequences stays NaN
            logs = -np.logaddexp(0, sign * trace.pre(gate).astype(float))
    else:
        with np.errstate(divide="ignore"):
            logs = np.log(np.abs(trace.value(kept)).astype(float))
    return logs


def _checked(trace: Trace, signal: str, feature: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The feature as numbers, and the steps (T, B) at which it and the signal are numbers."""
    values, feature = trace[signal], np.asarray(feature, float)
    if feature.shape != values.shape[:2]:
        raise ValueError(
            _("The feature has the shape {shape}; the trace has (T, B) = {shape2}.").format(
                shape=feature.shape, shape2=values.shape[:2]
            )
        )
    return feature, ~(np.isnan(values).any(axis=2) | np.isnan(feature))


def _shifted_correlations(values: np.ndarray, feature: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """How the feature (T, B) correlates with (T, B, H) when it is turned round, (shifts, H).

    Turned round each sequence by the same distances, many of them; all at once by the transform,
    since a feature that is turned round keeps its mean and variance.
    """
    T, near = len(feature), max(1, len(feature) // 10)
    if 2 * near >= T:
        return np.empty((0, values.shape[-1]))
    shifts = np.unique(np.linspace(near, max(near, T - near), SHIFTS).astype(int))
    units, followed = np.zeros(values.shape), np.zeros(feature.shape)
    units[seen] = _standardised(values[seen].astype(float))
    followed[seen] = _standardised(feature[seen][:, None])[:, 0]
    total = np.zeros((len(shifts), values.shape[-1]))
    for b, steps in enumerate(seen.T):
        length = int(steps.sum())
        if length:
            of_units, of_feature = (np.fft.rfft(of[steps, b].T) for of in (units, followed))
            turned = np.fft.irfft(of_units * of_feature.conj(), length)
            total += turned.T[shifts % length]
    mean: np.ndarray = total / seen.sum()
    return mean


def _correlations(units: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Pearson's correlation of each feature (N, F) with each unit (N, H), (F, H)."""
    if not len(units):
        return np.full((features.shape[1], units.shape[1]), np.nan)
    found: np.ndarray = _standardised(features).T @ _standardised(units.astype(float)) / len(units)
    return found


def _standardised(columns: np.ndarray) -> np.ndarray:
    """Each column with mean 0 and variance 1; NaN where it does not move."""
    centred = (columns - columns.mean(axis=0)) / _no_zeros(columns.std(axis=0))
    return np.where(_moves(columns), centred, np.nan)
