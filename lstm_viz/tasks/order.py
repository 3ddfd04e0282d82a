"""Temporal order: X or Y comes twice among much else; at the end one is asked which came when.

Hochreiter and Schmidhuber (1997), experiment 6a: a string of 100 to 110 symbols begins with E, ends
with B, and is otherwise of a, b, c and d; one X or Y stands between places 10 and 20, another
between 50 and 60. Shorter strings keep these proportions.
"""

from __future__ import annotations

import math

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.held_out import kept_apart
from lstm_viz.tasks.loss import IGNORED
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Recipe, Sequence, Size, Task, share_right

SYMBOLS = tuple("EBabcdXY")
MARKS = ("X", "Y")
ANSWERS = ("XX", "XY", "YX", "YY")


def draw(rng: np.random.Generator, size: int, length: int) -> Batch:
    tenth = max(1, length // 10)
    lengths = rng.integers(length, length + tenth + 1, size)
    inputs = rng.integers(2, 6, (lengths.max(), size))
    inputs[0] = SYMBOLS.index("E")
    columns = np.arange(size)
    first = rng.integers(tenth, 2 * tenth + 1, size)
    second = rng.integers(5 * tenth, 6 * tenth + 1, size)
    marks = rng.integers(0, 2, (2, size))
    for place, mark in ((first, marks[0]), (second, marks[1])):
        inputs[place, columns] = SYMBOLS.index("X") + mark
    inputs[lengths - 1, columns] = SYMBOLS.index("B")
    targets = np.full(inputs.shape, IGNORED)
    targets[lengths - 1, columns] = 2 * marks[0] + marks[1]
    return inputs, targets


def wanted(sequence: Sequence) -> np.ndarray:
    """At the end which of the two came first and which second, where there were two."""
    targets = np.full(len(sequence), IGNORED)
    marks = "".join(symbol for symbol in sequence if symbol in MARKS)
    if marks in ANSWERS:
        targets[-1] = ANSWERS.index(marks)
    return targets


def example(marks: str, length: int) -> Sequence:
    tenth = max(1, length // 10)
    letters = list(np.random.default_rng(len(marks)).choice(list("abcd"), length))
    letters[0], letters[-1] = "E", "B"
    letters[tenth + tenth // 2], letters[5 * tenth + tenth // 2] = marks[0], marks[1]
    return tuple(map(str, letters))


def order(length: int) -> Task:
    batch, held_out = kept_apart(lambda rng, size: draw(rng, size, length))
    return Task(
        name="order",
        title=N_("Which came first?"),
        question=N_("X or Y, twice, far apart: how is the order kept?"),
        symbols=SYMBOLS,
        answers=ANSWERS,
        answer=N_("order"),
        wanted=wanted,
        examples={
            N_("X, then Y"): example("XY", length),
            N_("Y, then X"): example("YX", length),
        },
        batch=batch,
        held_out=held_out,
        metric=share_right,
        baselines=lambda: {N_("guesses"): 0.25},
        knowing=lambda: {N_("guesses"): math.log(4), N_("remembers one of the two"): math.log(2)},
        best=0.0,
        score=Score("right", N_("answers right"), "%", True, 1.0),
        recipe=Recipe(hidden=16, embedding=8, steps=800),
        chrono=float(length),
        lag=length - 1 - 2 * max(1, length // 10),
        size=Size(N_("Steps"), length, 10, 200, order),
        between="",
    )


TASK = order(100)
