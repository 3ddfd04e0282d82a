"""Delay echo: say at every step the number that was read so many steps ago."""

from __future__ import annotations

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Examined, Reads, Recipe, Sequence, Size, Task

VARIANCE = 1 / 3  # of U(-1, 1)


def draw(rng: np.random.Generator, size: int, delay: int) -> Batch:
    inputs = rng.uniform(-1, 1, (6 * delay, size, 1))
    targets = np.full_like(inputs, np.nan)
    targets[delay:] = inputs[:-delay]
    return inputs, targets


def unexplained(network: Reads, examined: Examined) -> float:
    """The share of the variance that is not echoed."""
    del network
    error = (examined.outputs - examined.targets)[~np.isnan(examined.targets)]
    return float((error**2).mean() / VARIANCE)


def example(seed: int, delay: int) -> Sequence:
    return tuple(np.random.default_rng(seed).uniform(-1, 1, 6 * delay).round(2).tolist())


def echo(delay: int) -> Task:
    def batch(rng: np.random.Generator, size: int) -> Batch:
        return draw(rng, size, delay)

    def wanted(sequence: Sequence) -> np.ndarray:
        return np.array([np.nan] * delay + [*sequence[:-delay]], float)[: len(sequence), None]

    one_pulse = (*[0.0] * delay, 1.0, *[0.0] * (5 * delay - 1))
    return Task(
        name="echo",
        title=N_("An echo"),
        question=N_("Every number must be held for a while: how do many units share the work?"),
        examples={N_("Random numbers"): example(2, delay), N_("A single pulse"): one_pulse},
        answer=N_("echoes"),
        wanted=wanted,
        batch=batch,
        held_out=batch,
        metric=unexplained,
        baselines=lambda: {N_("always answers 0"): 1.0},
        knowing=lambda: {N_("always answers 0"): VARIANCE},
        best=0.0,
        score=Score("unexplained", N_("share of the variance missed"), "%", False, 0.0),
        lag=delay,
        recipe=Recipe(hidden=32, embedding=0, steps=1000),
        size=Size(N_("Delay in steps"), delay, 1, 40, echo),
    )


TASK = echo(10)
