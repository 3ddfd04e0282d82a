"""A noisy sine: say what comes next. Nobody can know the noise, so its variance is the floor."""

from __future__ import annotations

import math

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Recipe, Sequence, Size, Task, squared_error

PERIOD = 16  # steps
NOISE = 0.1  # standard deviation; the amplitude is 1


def waves(rng: np.random.Generator, size: int, length: int, noise: float = NOISE) -> np.ndarray:
    """(length, size), each from a phase drawn at random."""
    angle = 2 * math.pi * (np.arange(length)[:, None] / PERIOD + rng.random(size))
    return np.sin(angle) + rng.normal(0, noise, angle.shape)


def draw(rng: np.random.Generator, size: int, length: int) -> Batch:
    wave = waves(rng, size, length + 1)[..., None]
    return wave[:-1], wave[1:]


def example(seed: int, length: int, noise: float) -> Sequence:
    wave = waves(np.random.default_rng(seed), 1, length, noise)[:, 0]
    return tuple(wave.round(2).tolist())


def sine(length: int) -> Task:
    def batch(rng: np.random.Generator, size: int) -> Batch:
        return draw(rng, size, length)

    step = 2 * math.pi / PERIOD
    repeats = (1 - math.cos(step)) + 2 * NOISE**2
    return Task(
        name="sine",
        title=N_("A noisy sine"),
        question=N_("How does the network keep the beat, and what of the noise does it believe?"),
        examples={
            N_("With the noise"): example(2, length, NOISE),
            N_("Without noise"): example(2, length, 0),
        },
        batch=batch,
        held_out=batch,
        metric=squared_error,
        baselines=lambda: {N_("repeats the last value"): repeats},
        knowing=lambda: {
            N_("always answers 0"): 0.5 + NOISE**2,
            N_("repeats the last value"): repeats,
        },
        best=NOISE**2,
        score=Score("squared_error", N_("mean squared error"), optimum=NOISE**2),
        recipe=Recipe(hidden=16, embedding=0, steps=600),
        size=Size(N_("Steps"), length, 20, 200, sine),
    )


TASK = sine(100)
