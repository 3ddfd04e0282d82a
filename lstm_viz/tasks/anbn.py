"""a^n b^n and a^n b^n c^n: strings whose grammar one can follow only by counting.

Gers and Schmidhuber (2001). Every string begins with a sign and ends with another; n is drawn
evenly from 1 to the longest. After the first b everything is determined, the end included.
"""

from __future__ import annotations

import math

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.loss import IGNORED
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Examined, Reads, Recipe, Sequence, Size, Task

BEGIN, END = ">", "."
ASKED = 3  # times as far as was trained


def string(letters: str, n: int) -> Sequence:
    return (BEGIN, *(letter for letter in letters for _ in range(n)), END)


def determined(sequence: Sequence, letters: str) -> list[bool]:
    """For each symbol whether what follows is certain: all but the letters a."""
    return [symbol != letters[0] and symbol != END for symbol in sequence]


def counting(name: str, title: str, letters: str, longest: int, size: Size) -> Task:
    symbols = (BEGIN, *letters, END)
    numbers = {symbol: number for number, symbol in enumerate(symbols)}

    def steps(lengths: np.ndarray) -> Batch:
        return task.steps(string(letters, int(n)) for n in lengths)

    def batch(rng: np.random.Generator, size: int) -> Batch:
        return steps(rng.integers(1, longest + 1, size))

    def counts_to(network: Reads, examined: Examined) -> float:
        """The largest n such that all strings up to it are continued without a mistake."""
        del examined
        inputs, targets = steps(np.arange(1, ASKED * longest + 1))
        chosen = network.record(inputs).output.argmax(-1)
        certain = (inputs != numbers[letters[0]]) & (targets != IGNORED)
        wrong = (certain & (chosen != targets)).any(axis=0)
        return float(np.argmax(wrong)) if wrong.any() else float(ASKED * longest)

    def right(sequence: Sequence, answers: np.ndarray) -> tuple[bool | None, ...]:
        chosen = [symbols[best] for best in answers.argmax(-1)]
        certain = determined(sequence, letters)[:-1]
        following = zip(certain, chosen[:-1], sequence[1:], strict=True)
        return (*(said == came if sure else None for sure, said, came in following), None)

    # Each string asks len(letters) * n + 1 times; the choice of n is all that cannot be known.
    asked = len(letters) * (longest + 1) / 2 + 1
    task = Task(
        name=name,
        title=title,
        question=N_("Which unit counts, and how far beyond what it has seen?"),
        symbols=symbols,
        examples={
            f"n = {n}": string(letters, n) for n in (longest // 2, longest, longest * 3 // 2)
        },
        batch=batch,
        held_out=batch,
        metric=counts_to,
        baselines=lambda: {N_("does not count"): 1.0 if longest == 1 else 0.0},
        knowing=lambda: {
            N_("knows the order of the letters, does not count"): _without_counting(
                len(letters), longest
            )
            / asked
        },
        best=math.log(longest) / asked,
        score=Score("counts_to", N_("counts to"), "", True),
        recipe=Recipe(hidden=8, embedding=4, steps=1500),
        is_right=right,
        size=size,
        between="",
    )
    return task


def _without_counting(letters: int, longest: int) -> float:
    """Nats a string of one who says at each letter "the same again" or "the next", by frequency."""
    mean = (longest + 1) / 2
    changes = 1 / mean
    if longest == 1:
        return 0.0
    entropy = -changes * math.log(changes) - (1 - changes) * math.log(1 - changes)
    return letters * mean * entropy


def anbn(longest: int) -> Task:
    size = Size(N_("Longest n it is trained on"), longest, 2, 30, anbn)
    return counting("anbn", N_("Counting two letters: aⁿbⁿ"), "ab", longest, size)


def anbncn(longest: int) -> Task:
    size = Size(N_("Longest n it is trained on"), longest, 2, 20, anbncn)
    return counting("anbncn", N_("Counting three letters: aⁿbⁿcⁿ"), "abc", longest, size)


TASK, WITH_C = anbn(10), anbncn(10)
