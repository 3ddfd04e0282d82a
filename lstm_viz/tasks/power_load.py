"""The electric load of a small town, hour by hour: a daily and a weekly rhythm, and noise.

The curve is made up, so its noise is known. The network sees nothing but the load itself: which
hour it is, and which day, it must find out and remember.

So the noise alone is not what can be attained: on a Saturday at seven nobody knows who has not seen
a day before which it is. What can be is known exactly. There are 168 hours at which a week may
begin, all as probable before anything is read; each reading y makes an hour h as much more probable
as exp(-(y - expected(h))^2 / (2 noise^2)) says. The mean of what would come next, weighted by these
probabilities, is the forecast with the smallest squared error that there is (``ideal_forecast``).
Its error is the noise's variance and the variance of what is expected, among the hours that it may
be; the mean of that over all weeks is ``OPTIMUM``.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial

import numpy as np

from lstm_viz.language import N_, _
from lstm_viz.rounded import interval_of_mean
from lstm_viz.tasks.chart import Curves
from lstm_viz.tasks.score import Learnt, Metrics, Score, seeds
from lstm_viz.tasks.task import (
    TEST,
    VALIDATION,
    Batch,
    Examined,
    Reads,
    Recipe,
    Sequence,
    Task,
)
from lstm_viz.tasks.typed import numbers

DAY, WEEK = 24, 168
NOISE = 2.0  # MW, standard deviation
LENGTH = WEEK
CENTRE, SPREAD = 60.0, 15.0  # MW, how the load is scaled
LOWEST, HIGHEST = 0.0, 200.0  # MW, what may be typed
MANY = 500
# In MW², of ``ideal_forecast`` after the first day, and from the first hour on (``attainable``).
OPTIMUM, OPTIMUM_FROM_THE_START = 4.15, 4.43


def expected(hour: np.ndarray) -> np.ndarray:
    """The load in MW without noise; hour 0 is Monday, midnight."""
    of_day, weekend = hour % DAY, hour // DAY % 7 >= 5
    morning = 14 * np.exp(-(((of_day - 8) / 2.0) ** 2))
    noon = 12 * np.exp(-(((of_day - 13) / 4.0) ** 2))
    evening = 20 * np.exp(-(((of_day - 19) / 2.5) ** 2))
    load: np.ndarray = 50 + np.where(weekend, 0.8 * (noon + evening), morning + noon + evening)
    return load


def hours(rng: np.random.Generator, size: int) -> np.ndarray:
    """Hours since Monday, midnight: a week of them (LENGTH + 1, size) from a random one on."""
    return rng.integers(0, WEEK, size) + np.arange(LENGTH + 1)[:, None]


def measured(rng: np.random.Generator, hour: np.ndarray) -> np.ndarray:
    """The load in MW at these hours, noise included."""
    return expected(hour) + rng.normal(0, NOISE, hour.shape)


def example(seed: int, start: int, length: int = 96) -> Sequence:
    load = measured(np.random.default_rng(seed), start + np.arange(length))
    return tuple(round(float(megawatts), 1) for megawatts in load)


def scaled(load: np.ndarray) -> np.ndarray:
    return ((load - CENTRE) / SPREAD)[..., None]


def batch(rng: np.random.Generator, size: int) -> Batch:
    return _as_batch(measured(rng, hours(rng, size)))


def _as_batch(load: np.ndarray) -> Batch:
    read = scaled(load)
    return read[:-1], read[1:]


@cache
def judged_on(stream: int = TEST) -> tuple[np.ndarray, np.ndarray]:
    """What a network is judged by, or chosen: hours and load, (LENGTH + 1, MANY) each."""
    rng = np.random.default_rng(stream)
    hour = hours(rng, MANY)
    return hour, measured(rng, hour)


def ideal_forecast(load: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of one who knows the curve and has read as much as the network: MW, and the variance in MW².

    ``load`` is (T, B); both are (T, B), entry t of what comes after step t. The variance is of what
    is expected next, without the noise.
    """
    begins = np.arange(WEEK)
    log_odds = np.zeros((WEEK, load.shape[1]))
    means, variances = np.empty_like(load), np.empty_like(load)
    week = expected(np.arange(2 * WEEK))
    for step, read in enumerate(load):
        log_odds -= (read - week[(begins + step) % WEEK, None]) ** 2 / (2 * NOISE**2)
        odds = np.exp(log_odds - log_odds.max(0))
        odds /= odds.sum(0)
        following = week[(begins + step + 1) % WEEK, None]
        means[step] = (odds * following).sum(0)
        variances[step] = (odds * following**2).sum(0) - means[step] ** 2
    return means, variances


def attainable(noises: int, since: int = DAY) -> float:
    """The smallest mean squared error there can be, in MW², over the hours since so many were read.

    Every hour begins so many weeks. The noise is drawn; the third digit depends on how often.
    """
    hour = np.tile(np.arange(WEEK), noises) + np.arange(LENGTH)[:, None]
    _mean, variance = ideal_forecast(measured(np.random.default_rng(0), hour))
    return float(NOISE**2 + variance[since:].mean())


def measure(network: Reads, stream: int = TEST) -> Metrics:
    """Errors are squared and averaged, in MW squared, over all hours after the first day."""
    hour, load = judged_on(stream)
    errors = (network.forecast(scaled(load[:-1])) - load[1:])[DAY:] ** 2
    ideal = (ideal_forecast(load[:-1])[0] - load[1:])[DAY:] ** 2
    of_week = hour[DAY + 1 :] % WEEK
    return {
        "squared_error": float(errors.mean()),
        "interval": interval_of_mean(errors.sum(axis=0).tolist(), [len(errors)] * errors.shape[1]),
        "share_of_yesterday": float(errors.mean() / baselines()[YESTERDAY]),
        "squared_error_by_hour_of_week": _by_hour_of_week(errors, of_week),
        "optimum": float(ideal.mean()),
        "optimum_by_hour_of_week": _by_hour_of_week(ideal, of_week),
    }


def _by_hour_of_week(errors: np.ndarray, of_week: np.ndarray) -> list[float]:
    return [float(errors[of_week == this].mean()) for this in range(WEEK)]


LAST, YESTERDAY = N_("repeat the last hour"), N_("same hour yesterday")


def baselines() -> dict[str, float]:
    """Squared errors in MW squared, over the same hours."""
    _hours, load = judged_on()
    return {
        LAST: float(((load[DAY:-1] - load[DAY + 1 :]) ** 2).mean()),
        YESTERDAY: float(((load[1:-DAY] - load[DAY + 1 :]) ** 2).mean()),
    }


def after_a_day(network: Reads, examined: Examined) -> float:
    """The squared error in MW squared, once a day has been seen."""
    del network
    errors = (examined.outputs - examined.targets)[DAY:]
    return float((errors**2).mean() * SPREAD**2)


def worst_hour(learnt: Learnt) -> str:
    by_hour = learnt.of("lstm").metrics["squared_error_by_hour_of_week"]
    worst = max(range(len(by_hour)), key=by_hour.__getitem__)
    return _(
        "The LSTM is wrong the most on {day} at {hour}:00, where its squared error is {worst:.1f} "
        "MW²: until then the day looks like the one before. Best possible there are {best:.1f} "
        "MW², for one who knows the curve and has read the same."
    ).format(
        day=_(DAYS[worst // DAY]),
        hour=worst % DAY,
        worst=by_hour[worst],
        best=learnt.of("lstm").metrics["optimum_by_hour_of_week"][worst],
    )


def by_hour(learnt: Learnt) -> Curves:
    """The squared error of the forecast at each hour of the week, beside the best possible."""
    errors = "squared_error_by_hour_of_week"
    return Curves(
        x_title=_("hour of the week"),
        y_title=_("squared error (MW²)"),
        of={s.cell.name: (range(WEEK), s.metrics[errors]) for s in learnt.networks},
        reference=(range(WEEK), learnt.networks[0].metrics["optimum_by_hour_of_week"]),
        ticks={DAY * day + DAY / 2: _(name) for day, name in enumerate(DAYS)},
        has_dots=False,
        borders=range(DAY, WEEK, DAY),
    )


DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)
RECIPE = Recipe(hidden=16, embedding=0, steps=3000)

TASK = Task(
    name="load",
    title=N_("A load curve"),
    question=N_("How does a network that is told only the load know what time it is?"),
    examples={
        N_("Thursday to Sunday"): example(seed=2, start=3 * DAY),
        N_("Sunday evening into the week"): example(seed=3, start=6 * DAY + 18),
    },
    batch=batch,
    held_out=batch,
    metric=after_a_day,
    measured=measure,
    validated=partial(measure, stream=VALIDATION),
    judged_on=lambda: _as_batch(judged_on()[1]),
    score=Score("squared_error", N_("mean squared error"), "MW²", optimum=OPTIMUM),
    baselines=baselines,
    knowing=lambda: {name: error / SPREAD**2 for name, error in baselines().items()},
    best=OPTIMUM_FROM_THE_START / SPREAD**2,
    recipe=RECIPE,
    in_class=replace(RECIPE, steps=1000),
    ships=True,
    caption=(worst_hour, seeds),
    chart=by_hour,
    read_text=partial(numbers, unit="MW", lowest=LOWEST, highest=HIGHEST),
    between=", ",
    unit="MW",
    decimals=1,
    centre=CENTRE,
    spread=SPREAD,
    period=DAY,
    period_name=YESTERDAY,
)
