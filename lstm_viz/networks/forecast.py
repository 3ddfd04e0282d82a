"""A forecast of many steps: what a network of numbers answers is read by it as its next input.

What was measured is read once, and what the layers carry after each step is kept. A forecast that
begins after s steps goes on from what they carried there, with the answer of that step; so
forecasts from many starts are the columns of one batch, and each step ahead is one small product.

A forecast is worth what is simpler and as good is not: beside it stand the last number that was
read, and what was measured one period before (Hyndman & Athanasopoulos 2021, chapter 5.2: the naive
and the seasonal naive method). Both know no more than the network did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.held import Span, hold_of
from lstm_viz.networks.network import Network
from lstm_viz.run.layers import BACKWARD, read_layers
from lstm_viz.run.recording import Place
from lstm_viz.tasks import Task
from lstm_viz.tasks.task import TEST

MOST_STEPS, MOST_STARTS = 5_000, 2_000
NETWORK, LAST, PERIOD = "network", "last", "period"
CLEAR = 0.3  # an autocorrelation from which on a series is said to repeat itself


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a network expected from several starts on, S of them, each K steps ahead, D columns.

    ``series`` (T, D) is what was measured, in the task's unit; ``starts`` (S,) are after how many
    of its steps a forecast begins, and ``values`` (S, K, D) what was then expected of the K steps
    that follow.
    """

    task: Task
    series: np.ndarray
    starts: tuple[int, ...]
    values: np.ndarray

    def __repr__(self) -> str:
        starts, steps, columns = self.values.shape
        sizes = f"{starts} starts, {steps} steps ahead" + f", {columns} columns" * (columns > 1)
        return f"Forecast({self.task.name!r}: {sizes})"

    @property
    def steps(self) -> int:
        return int(self.values.shape[1])

    @property
    def truth(self) -> np.ndarray:
        """What was then measured, (S, K, D); NaN where the series had ended."""
        return _from(self.series, self.starts, np.arange(self.steps))

    @property
    def last(self) -> np.ndarray:
        """The last number read, expected to stay, (S, K, D)."""
        return _from(self.series, self.starts, np.full(self.steps, -1))

    def one_period_ago(self, period: int) -> np.ndarray:
        """What had been measured whole periods before, (S, K, D), the newest that had been read.

        NaN for a start before which no whole period was read.
        """
        return _from(self.series, self.starts, np.arange(self.steps) % period - period)

    def error(self, of: np.ndarray | None = None) -> np.ndarray:
        """The root mean squared error by how far ahead it is, (K, D), over all starts.

        ``of`` are other expectations (S, K, D), such as ``last``. Only starts of which all of this
        is known are counted; NaN where the truth is known of none.
        """
        return _root_mean_square((self.values if of is None else of) - self.truth)


def can_forecast(network: Network) -> bool:
    """Whether the network answers with the very numbers that it reads next."""
    task = network.task
    return task.is_forecast and task.outputs == task.width and BACKWARD not in network.ways


def forecast(
    network: Network,
    start: Iterable[object] | np.ndarray,
    steps: int,
    starts: Iterable[int] | None = None,
    hold: Iterable[Span] = (),
) -> Forecast:
    """Let a network of numbers go on by ``steps`` with nothing but its own answers.

    ``start`` is what was measured, T numbers, or (T, D), in the task's unit. ``starts`` are after
    how many of them a forecast begins, by default after all; what is known behind a start is not
    read, and is the ``truth`` to compare with. ``hold`` are spans of held signals
    (``networks.held``), whose steps are counted over what was measured and expected together.

    Raises ValueError, in words, for a network whose answers are no numbers that it reads, for
    starts outside what was measured, and for too many steps or starts.
    """
    series = _measured(network, start)
    found = (len(series),) if starts is None else tuple(int(one) for one in starts)
    _check(found, steps, len(series))
    task = network.task
    spans = tuple(hold)
    scaled = (series - task.centre) / task.spread
    values = fed_back(network, scaled[:, None], found, steps, spans)[:, :, 0]
    return Forecast(task, series, found, values * task.spread + task.centre)


def fed_back(
    network: Network,
    codes: np.ndarray,
    starts: tuple[int, ...],
    steps: int,
    hold: tuple[Span, ...] = (),
) -> np.ndarray:
    """Scaled answers (S, steps, B, D) from each start on, for scaled inputs (T, B, D)."""
    (T, B, D), S = codes.shape, len(starts)
    held = _held(network, T + steps, hold)
    before = {place: {name: array[:T] for name, array in of.items()} for place, of in held.items()}
    traces, h = read_layers(network.layers, codes, hold=before)
    output = network.answered(traces, h).output
    ends = np.array(starts) - 1
    # All starts of all sequences side by side, as columns: (S, B, .) -> (S * B, .).
    states = {
        place: {name: trace[name][ends].reshape(S * B, -1) for name in trace.cell.states}
        for place, trace in traces.items()
    }
    found = np.empty((steps, S * B, D))
    x = output[ends].reshape(S * B, D)
    for step in range(steps):
        found[step] = x
        if step == steps - 1:
            break
        now = {
            place: {
                name: np.repeat(array[ends + 1 + step, 0], B, axis=0)[None]
                for name, array in of.items()
            }
            for place, of in held.items()
        }
        traces, h = read_layers(network.layers, x[None], states, now)
        states = {place: trace.last for place, trace in traces.items()}
        x = network.answered(traces, h).output[0]
    return found.reshape(steps, S, B, D).swapaxes(0, 1)


def unseen_errors(
    network: Network, steps: int, period: int | None = None, sequences: int = 100, most: int = 6
) -> dict[str, np.ndarray]:
    """The root mean squared error by how far ahead it is, (steps,), where nothing was learnt from.

    ``sequences`` are drawn of what is held out; in each a forecast begins after up to ``most``
    numbers of steps, evenly spread, before which a whole ``period`` was read and behind which all
    ``steps`` are known. "network" has the network's error, "last" that of the last number read, and
    "period", where there is one, that of one period before; of several columns, in units of their
    spread, all together. Raises ValueError where the sequences are too short for that.
    """
    task = network.task
    codes = _held_out(task, sequences)
    least, last = max(period or 1, 1), len(codes) - steps
    if not can_forecast(network) or steps < 1 or last < least:
        raise ValueError(
            _(
                "The sequences that are held out have {known} numbers: {steps} cannot be compared "
                "in them after {least} were read."
            ).format(known=len(codes), steps=steps, least=least)
        )
    # A whole period back where there is room for it: a network has then seen it, too.
    first = min(last, 2 * least)
    starts = tuple(sorted({int(one) for one in np.linspace(first, last, most).round()}))
    expected = {
        NETWORK: fed_back(network, codes[:last], starts, steps),
        LAST: _from(codes, starts, np.full(steps, -1)),
    }
    if period:
        expected[PERIOD] = _from(codes, starts, np.arange(steps) % period - period)
    truth = _from(codes, starts, np.arange(steps))
    size = np.ravel(task.spread)[0] if task.width == 1 else 1.0
    return {
        name: size * np.sqrt(np.mean((found - truth) ** 2, axis=(0, 2, 3)))
        for name, found in expected.items()
    }


def comparable_steps(task: Task, period: int | None = None) -> int:
    """How many steps ahead ``unseen_errors`` can compare at most; below 1 where none."""
    return len(_held_out(task, 1)) - max(period or 1, 1)


def _held_out(task: Task, sequences: int) -> np.ndarray:
    """Sequences of numbers that nothing is learnt from, (T, B, D), scaled."""
    inputs, targets = task.held_out(np.random.default_rng(TEST), sequences)
    return np.concatenate([inputs, targets[-1:]])


def likely_period(series: np.ndarray) -> int | None:
    """After how many steps a series (T,) is most like itself again; None where it never clearly is.

    The highest peak of the autocorrelation behind its first fall below 0, over lags of which the
    series has at least three.
    """
    x = np.asarray(series, float) - np.mean(series)
    lags = range(1 + len(x) // 3)
    of_all = float(x @ x) or 1.0
    found = np.array([x[lag:] @ x[: len(x) - lag] / of_all for lag in lags])
    below = np.flatnonzero(found < 0)
    if not len(below):
        return None
    lag = int(below[0] + np.argmax(found[below[0] :]))
    return lag if found[lag] > CLEAR else None


def _from(series: np.ndarray, starts: tuple[int, ...], ahead: np.ndarray) -> np.ndarray:
    """Of a series (T, ...) what stands so far behind each start, (S, K, ...); NaN where nothing."""
    places = np.array(starts)[:, None] + ahead
    is_there = (places >= 0) & (places < len(series))
    found = np.full((*places.shape, *series.shape[1:]), np.nan)
    found[is_there] = series[places[is_there]]
    return found


def _root_mean_square(errors: np.ndarray) -> np.ndarray:
    """(K, D) of errors (S, K, D), over the starts of which each is known."""
    known = ~np.isnan(errors)
    counts = known.sum(axis=0)
    sums = np.where(known, errors, 0) ** 2
    with np.errstate(invalid="ignore"):
        found: np.ndarray = np.sqrt(sums.sum(axis=0) / counts)
    return found


def _held(
    network: Network, steps: int, spans: tuple[Span, ...]
) -> dict[Place, dict[str, np.ndarray]]:
    """For each layer that has something held, its arrays (steps, 1, H)."""
    found = {
        place: hold_of((span for span in spans if span.layer == place[0]), steps, network.hidden)
        for place in network.layers
    }
    return {place: of for place, of in found.items() if of}


def _measured(network: Network, start: Iterable[object] | np.ndarray) -> np.ndarray:
    task = network.task
    if not can_forecast(network):
        raise ValueError(
            _(
                "A network of {name} does not answer with the number that it reads next: there is "
                "no forecast that it could go on from."
            ).format(name=task.name)
        )
    try:
        series = np.array(list(start), float).reshape(-1, task.width)
    except (TypeError, ValueError):
        series = np.empty((0, task.width))
    if not len(series) or not np.isfinite(series).all():
        raise ValueError(
            _("A forecast begins after numbers: give at least one, all of them finite.")
        )
    return series


def _check(starts: tuple[int, ...], steps: int, measured: int) -> None:
    if not 1 <= steps <= MOST_STEPS:
        raise ValueError(
            _("steps is {steps}; a forecast is 1 to {most} steps long.").format(
                steps=steps, most=MOST_STEPS
            )
        )
    if not 1 <= len(starts) <= MOST_STARTS:
        raise ValueError(
            _("There are {count} starts; give 1 to {most}.").format(
                count=len(starts), most=MOST_STARTS
            )
        )
    for one in starts:
        if not 1 <= one <= measured:
            raise ValueError(
                _("A forecast begins after 1 to {measured} numbers, not after {start}.").format(
                    measured=measured, start=one
                )
            )


def spread_starts(first: int, last: int, most: int) -> tuple[int, ...]:
    """Up to ``most`` starts from first to last, evenly spread, both ends among them."""
    return tuple(sorted({round(one) for one in np.linspace(first, last, most).tolist()}))
