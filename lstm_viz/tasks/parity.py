"""Parity: after every bit, whether the number of ones so far is odd."""

from __future__ import annotations

import math

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.held_out import kept_apart
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Recipe, Sequence, Size, Task, share_right


def draw(rng: np.random.Generator, size: int, length: int) -> Batch:
    bits = rng.integers(0, 2, (length, size))
    return bits, bits.cumsum(0) % 2


def wanted(sequence: Sequence) -> np.ndarray:
    return np.cumsum([int(bit) for bit in sequence]) % 2


def example(seed: int, length: int) -> Sequence:
    return tuple(map(str, np.random.default_rng(seed).integers(0, 2, length).tolist()))


def parity(length: int) -> Task:
    batch, held_out = kept_apart(lambda rng, size: draw(rng, size, length))
    return Task(
        name="parity",
        title=N_("Odd or even"),
        question=N_("One bit to be kept, and turned over by every one: which gate turns it?"),
        symbols=("0", "1"),
        answers=(N_("even"), N_("odd")),
        answer=N_("ones so far"),
        wanted=wanted,
        examples={
            N_("Random bits"): example(2, length),
            N_("A single one"): ("0", "0", "0", "1", *["0"] * (length - 4)),
        },
        batch=batch,
        held_out=held_out,
        metric=share_right,
        baselines=lambda: {N_("guesses"): 0.5},
        knowing=lambda: {N_("guesses"): math.log(2)},
        best=0.0,
        score=Score("right", N_("answers right"), "%", True, 1.0),
        recipe=Recipe(hidden=16, embedding=2, steps=500),
        size=Size(N_("Steps"), length, 5, 200, parity),
    )


TASK = parity(50)
