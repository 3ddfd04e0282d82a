"""The electric load of a small town, hour by hour: a daily and a weekly rhythm, and noise.

The curve is made up, so its noise is known and nobody can forecast better than that. The network
sees nothing but the load itself: which hour it is, and which day, it must find out and remember.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lstm_viz.language import N_, _
from lstm_viz.tasks.chart import Curves
from lstm_viz.tasks.score import Learnt, Score, seeds
from lstm_viz.tasks.task import Batch, Examined, Reads, Recipe, Sequence, Task
from lstm_viz.tasks.typed import numbers

DAY, WEEK = 24, 168
NOISE = 2.0  # MW, standard deviation
LENGTH = WEEK
CENTRE, SPREAD = 60.0, 15.0  # MW, how the load is scaled
LOWEST, HIGHEST = 0.0, 200.0  # MW, what may be typed
MANY = 500


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
    load = scaled(measured(rng, hours(rng, size)))
    return load[:-1], load[1:]


def judged_on() -> tuple[np.ndarray, np.ndarray]:
    """What a network is judged by: hours and load, (LENGTH + 1, MANY) each."""
    rng = np.random.default_rng(1)
    hour = hours(rng, MANY)
    return hour, measured(rng, hour)


def measure(network: Reads) -> dict[str, Any]:
    """Errors are squared and averaged, in MW squared, over all hours after the first day."""
    hour, load = judged_on()
    errors = (network.forecast(scaled(load[:-1])) - load[1:])[DAY:] ** 2
    of_week = hour[DAY + 1 :] % WEEK
    return {
        "squared_error": float(errors.mean()),
        "share_of_yesterday": float(errors.mean() / baselines()[YESTERDAY]),
        "squared_error_by_hour_of_week": [
            float(errors[of_week == this].mean()) for this in range(WEEK)
        ],
    }


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
        "MW²: until then the day looks like the one before."
    ).format(day=_(DAYS[worst // DAY]), hour=worst % DAY, worst=by_hour[worst])


def by_hour(learnt: Learnt) -> Curves:
    """The squared error of the forecast at each hour of the week, beside the noise."""
    errors = "squared_error_by_hour_of_week"
    return Curves(
        x_title=_("hour of the week"),
        y_title=_("squared error (MW²)"),
        of={s.cell.name: (range(WEEK), s.metrics[errors]) for s in learnt.networks},
        ticks={DAY * day + DAY / 2: _(name) for day, name in enumerate(DAYS)},
        has_dots=False,
        level=NOISE**2,
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
    score=Score("squared_error", N_("mean squared error"), "MW²", optimum=NOISE**2),
    baselines=baselines,
    knowing=lambda: {name: error / SPREAD**2 for name, error in baselines().items()},
    best=NOISE**2 / SPREAD**2,
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
)
