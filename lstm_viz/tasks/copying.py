"""Copying memory: read a few symbols, wait, and write them down again in the same order.

Hochreiter and Schmidhuber (1997), in the form of Arjovsky et al. (2016): the symbols, then gap - 1
blanks, the sign to begin, and as many blanks as symbols; blanks are the answer until the sign.
"""

from __future__ import annotations

import math

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.held_out import kept_apart
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Examined, Reads, Recipe, Sequence, Size, Task

DATA = ("1", "2", "3", "4")
BLANK, GO = "·", "!"
SYMBOLS = (*DATA, BLANK, GO)
ANSWERS = (*DATA, BLANK)
COUNT = 5  # symbols to be remembered


def draw(rng: np.random.Generator, size: int, gap: int) -> Batch:
    blank, go = SYMBOLS.index(BLANK), SYMBOLS.index(GO)
    data = rng.integers(0, len(DATA), (COUNT, size))
    inputs = np.full((gap + 2 * COUNT, size), blank)
    inputs[:COUNT] = data
    inputs[COUNT + gap - 1] = go
    targets = np.full_like(inputs, blank)
    targets[-COUNT:] = data
    return inputs, targets


def recalled(network: Reads, examined: Examined) -> float:
    """The share of the symbols to be recalled that are right."""
    del network
    chosen = examined.outputs[-COUNT:].argmax(-1)
    return float((chosen == examined.targets[-COUNT:]).mean())


def wanted(sequence: Sequence) -> np.ndarray:
    """Blanks, and at the end what was read at the beginning."""
    targets = np.full(len(sequence), ANSWERS.index(BLANK))
    targets[-COUNT:] = [ANSWERS.index(symbol) for symbol in sequence[:COUNT]]
    return targets


def example(data: str, gap: int) -> Sequence:
    return (*data, *[BLANK] * (gap - 1), GO, *[BLANK] * COUNT)


def copying(gap: int) -> Task:
    batch, held_out = kept_apart(lambda rng, size: draw(rng, size, gap))
    guesses = COUNT * math.log(len(DATA)) / (gap + 2 * COUNT)
    return Task(
        name="copying",
        title=N_("Copying after a pause"),
        question=N_("Five symbols, a long pause, then all five again: where are they kept?"),
        symbols=SYMBOLS,
        answers=ANSWERS,
        answer=N_("answers"),
        wanted=wanted,
        examples={N_("3 1 4 1 2"): example("31412", gap), N_("2 2 4 3 1"): example("22431", gap)},
        batch=batch,
        held_out=held_out,
        metric=recalled,
        baselines=lambda: {N_("guesses"): 1 / len(DATA)},
        knowing=lambda: {N_("knows when to answer, and guesses"): guesses},
        best=0.0,
        score=Score("recalled", N_("symbols recalled"), "%", True, 1.0),
        lag=gap + COUNT,
        recipe=Recipe(hidden=64, embedding=8, steps=1800, learning_rate=0.02),
        chrono=1.5 * (gap + COUNT),
        size=Size(N_("Pause in steps"), gap, 1, 150, copying),
    )


TASK = copying(10)
