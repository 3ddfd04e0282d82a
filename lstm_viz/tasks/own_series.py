"""Your own series: a column of numbers, the next of which is to be said. Its last fifth is kept."""

from __future__ import annotations

import math

import numpy as np

from lstm_viz import counted
from lstm_viz.language import N_, _
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Material, Recipe, Task, squared_error
from lstm_viz.tasks.typed import numbers as typed_numbers

SHORTEST, LONGEST = 60, 20_000
LARGEST = 1e12
WINDOW = 64


def _number(field: str) -> float | None:
    try:
        value = float(field)
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) <= LARGEST else None


def own_series(text: str) -> Task:
    """The task made of numbers separated by spaces. Raises ValueError in words."""
    found = [_number(word) for word in text.split()]
    series = np.array([value for value in found if value is not None])
    if len(series) < len(found) or not SHORTEST <= len(series) <= LONGEST:
        raise ValueError(
            _("The series has {numbers}; {least} to {most} are needed, no gaps.").format(
                numbers=counted.numbers(len(series)), least=SHORTEST, most=LONGEST
            )
        )
    cut = int(0.8 * len(series))
    centre, spread = float(series[:cut].mean()), float(series[:cut].std())
    if spread == 0:
        raise ValueError(_("All numbers are the same; there is nothing to learn."))
    scaled = (series - centre) / spread
    window = min(WINDOW, (len(series) - cut) // 2)
    parts = {True: scaled[cut:], False: scaled[:cut]}

    def drawn(rng: np.random.Generator, size: int, held_out: bool) -> Batch:
        part = parts[held_out]
        starts = rng.integers(0, len(part) - window, size)
        windows = part[starts + np.arange(window + 1)[:, None]][..., None]
        return windows[:-1], windows[1:]

    def batch(rng: np.random.Generator, size: int) -> Batch:
        return drawn(rng, size, held_out=False)

    def kept(rng: np.random.Generator, size: int) -> Batch:
        return drawn(rng, size, held_out=True)

    repeats = float((np.diff(parts[True]) ** 2).mean())
    return Task(
        name="series",
        title=N_("Your own series"),
        question=N_("Does it learn more than to repeat the last value?"),
        examples={
            N_("From the part kept for the test"): tuple(series[cut : cut + 100].tolist()),
        },
        batch=batch,
        held_out=kept,
        metric=squared_error,
        baselines=lambda: {N_("repeats the last value"): repeats * spread**2},
        knowing=lambda: {
            N_("always answers the mean"): float((parts[True] ** 2).mean()),
            N_("repeats the last value"): repeats,
        },
        score=Score("squared_error", N_("mean squared error")),
        recipe=Recipe(hidden=32, embedding=0, steps=800),
        read_text=lambda typed: typed_numbers(typed, "", -LARGEST, LARGEST),
        material=Material("series", 25 * LONGEST, own_series),
        between=", ",
        centre=centre,
        spread=spread,
    )


# Until someone gives a series it is the sum of two waves.
TASK = own_series(" ".join(f"{math.sin(k / 3) + math.cos(k / 7):.3f}" for k in range(400)))
