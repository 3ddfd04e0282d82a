"""The electric load of a small town, hour by hour: a daily and a weekly rhythm, and noise.

The curve is made up, so its noise is known and nobody can forecast better than that. The network
sees nothing but the load itself: which hour it is, and which day, it must find out and remember.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.task import Batch, Reads, Recipe, Score, Sequence, Task
from lstm_viz.tasks.typed import numbers

DAY, WEEK = 24, 168
NOISE = 2.0  # MW, standard deviation
LENGTH = WEEK
LOWEST, HIGHEST = 0.0, 200.0  # MW, what may be typed
MANY = 500


def expected(hour: np.ndarray) -> np.ndarray:
    """The load in MW without noise; hour 0 is Monday, midnight."""
    of_day, weekend = hour % DAY, hour // DAY % 7 >= 5
    morning = 14 * np.exp(-(((of_day - 8) / 2.0) ** 2))
    noon = 12 * np.exp(-(((of_day - 13) / 4.0) ** 2))
    evening = 20 * np.exp(-(((of_day - 19) / 2.5) ** 2))
    return 50 + np.where(weekend, 0.8 * (noon + evening), morning + noon + evening)


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
    return ((load - TASK.centre) / TASK.spread)[..., None]


def batch(rng: np.random.Generator, size: int) -> Batch:
    load = scaled(measured(rng, hours(rng, size)))
    return load[:-1], load[1:]


def held_out() -> tuple[np.ndarray, np.ndarray]:
    """Hours and load, (LENGTH + 1, MANY) each."""
    rng = np.random.default_rng(1)
    hour = hours(rng, MANY)
    return hour, measured(rng, hour)


def measure(network: Reads) -> dict[str, Any]:
    """Errors are squared and averaged, in MW squared, over all hours after the first day."""
    hour, load = held_out()
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
    _, load = held_out()
    return {
        LAST: float(((load[DAY:-1] - load[DAY + 1 :]) ** 2).mean()),
        YESTERDAY: float(((load[1:-DAY] - load[DAY + 1 :]) ** 2).mean()),
    }


def right(sequence: Sequence, forecast: np.ndarray) -> tuple[bool | None, ...]:
    """A forecast is nearer or farther, not right or wrong."""
    del forecast
    return (None,) * len(sequence)


TASK = Task(
    name="load",
    title=N_("A load curve"),
    question=N_("How does a network that is told only the load know what time it is?"),
    examples={
        N_("Thursday to Sunday"): example(seed=2, start=3 * DAY),
        N_("Sunday evening into the week"): example(seed=3, start=6 * DAY + 18),
    },
    batch=batch,
    measure=measure,
    baselines=baselines,
    score=Score("squared_error", N_("mean squared error"), "MW²", optimum=NOISE**2),
    recipe=Recipe(hidden=16, embedding=0, steps=3000),
    read_text=partial(numbers, unit="MW", lowest=LOWEST, highest=HIGHEST),
    right=right,
    between=", ",
    unit="MW",
    centre=60.0,
    spread=15.0,
)
