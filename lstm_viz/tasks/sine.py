"""A noisy sine: say what comes next.

Nobody can know the noise, and nobody is told the phase: that has to be found out from what was
read. Before anything is read all phases are as probable; each reading y makes a phase p as much
more probable as exp(-(y - sin(p))^2 / (2 noise^2)) says. The mean of what would come next, weighted
by these probabilities, has the smallest squared error that there is: the variance of the noise, and
that of the sine among the phases that it may have. After t readings the second is near noise^2 / t
(the phase is known to 2 noise^2 / t, and the square of a sine's slope is one half on average); only
the first ones, after which two phases fit alike, cost more (``attainable``).
"""

from __future__ import annotations

import math
from functools import lru_cache

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


@lru_cache(500)
def attainable(length: int, phases: int = 240, drawn: int = 48) -> float:
    """The smallest mean squared error that there can be over so many steps.

    Computed on a grid of phases, for waves whose phases are spread evenly, with drawn noise.
    """
    angle = 2 * math.pi * np.arange(length + 1)[:, None] / PERIOD
    grid = np.sin(angle[..., None] + 2 * math.pi * np.arange(phases) / phases)
    of_wave = 2 * math.pi * (np.arange(drawn) + 0.5) / drawn
    noise = np.random.default_rng(0).normal(0, NOISE, (length, drawn))
    read = np.sin(angle[:-1] + of_wave) + noise
    log_odds = -((read[..., None] - grid[:-1]) ** 2).cumsum(0) / (2 * NOISE**2)
    odds = np.exp(log_odds - log_odds.max(-1, keepdims=True))
    odds /= odds.sum(-1, keepdims=True)
    mean = (odds * grid[1:]).sum(-1)
    return float(NOISE**2 + ((odds * grid[1:] ** 2).sum(-1) - mean**2).mean())


def sine(length: int) -> Task:
    def batch(rng: np.random.Generator, size: int) -> Batch:
        return draw(rng, size, length)

    step = 2 * math.pi / PERIOD
    best = attainable(length)
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
        best=best,
        score=Score("squared_error", N_("mean squared error"), optimum=best),
        recipe=Recipe(hidden=16, embedding=0, steps=600),
        period=PERIOD,
        size=Size(N_("Steps"), length, 20, 200, sine),
    )


TASK = sine(100)
