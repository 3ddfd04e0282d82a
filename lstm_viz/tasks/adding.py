"""The adding problem: of many numbers two are marked, and at the end their sum is asked for.

Hochreiter and Schmidhuber (1997), experiment 4, in the form of Arjovsky et al. (2016): values from
U(0, 1), one mark in the first half, one in the second, the plain sum as the target.
"""

from __future__ import annotations

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Recipe, Sequence, Size, Task, squared_error

ALWAYS_ONE = 1 / 6  # the variance of the sum
ONE_NUMBER = 1 / 12  # that of one of the two


def draw(rng: np.random.Generator, size: int, length: int) -> Batch:
    values = rng.random((length, size))
    marks = np.zeros((length, size))
    first, second = rng.integers(0, length // 2, size), rng.integers(length // 2, length, size)
    columns = np.arange(size)
    marks[first, columns] = marks[second, columns] = 1
    targets = np.full((length, size, 1), np.nan)
    targets[-1, :, 0] = values[first, columns] + values[second, columns]
    return np.stack([values, marks], axis=-1), targets


def wanted(sequence: Sequence) -> np.ndarray:
    """The sum of what is marked, at the end."""
    targets = np.full((len(sequence), 1), np.nan)
    targets[-1] = sum(value for value, mark in sequence if mark)
    return targets


def shown(step: tuple[float, float]) -> str:
    """The number, with a star where it is marked."""
    value, mark = step
    return f"{value:.2f}{'*' if mark else ''}"


def example(seed: int, length: int) -> Sequence:
    inputs, _ = draw(np.random.default_rng(seed), 1, length)
    return tuple(tuple(step) for step in inputs[:, 0].round(2).tolist())  # pairs of numbers


def adding(length: int) -> Task:
    def batch(rng: np.random.Generator, size: int) -> Batch:
        return draw(rng, size, length)

    return Task(
        name="adding",
        title=N_("Adding two marked numbers"),
        question=N_("Which unit holds the first marked number until the second one comes?"),
        channels=(N_("value"), N_("mark")),
        answer=N_("sum"),
        wanted=wanted,
        shown=shown,
        examples={
            N_("Two marked numbers"): example(2, length),
            N_("Two others"): example(3, length),
        },
        batch=batch,
        held_out=batch,
        metric=squared_error,
        score=Score("squared_error", N_("mean squared error"), optimum=0.0),
        baselines=lambda: {N_("always answers 1"): ALWAYS_ONE},
        knowing=lambda: {
            N_("always answers 1"): ALWAYS_ONE,
            N_("knows one of the two numbers"): ONE_NUMBER,
        },
        best=0.0,
        recipe=Recipe(hidden=32, embedding=0, steps=1100, learning_rate=0.02),
        size=Size(N_("Steps"), length, 10, 200, adding),
        chrono=float(length),
        lag=length - length // 2,
    )


TASK = adding(100)
