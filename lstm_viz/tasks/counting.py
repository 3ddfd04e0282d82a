"""a^n X b^n: as many b as there were a. Trained on n from 1 to 10, then asked for more."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lstm_viz.language import N_
from lstm_viz.tasks.task import (
    Batch,
    Reads,
    Recipe,
    Score,
    Sequence,
    Task,
    drawn,
    is_held_out,
    memory_of,
    unit_that_follows,
)
from lstm_viz.tasks.typed import letters

SYMBOLS = ("a", "b", "X", ".")
TRAINED_TO = 10
ASKED_TO = 99  # the longest that fits on the screen


def string(n: int) -> str:
    """n a, the sign to turn round, n b, the end."""
    return "a" * n + "X" + "b" * n + "."


def strings(rng: np.random.Generator) -> Sequence:
    """Three strings in a row: the count must start afresh after each."""
    return tuple("".join(string(n) for n in rng.integers(1, TRAINED_TO + 1, 3)))


def determined(sequence: Sequence) -> list[str | None]:
    """What must come after each symbol, None where one cannot know: while a is being counted."""
    following: list[str | None] = []
    count, falling = 0, False
    for symbol in sequence:
        count += {"a": 1, "b": -1}.get(symbol, 0)
        if symbol in "X.":
            falling = symbol == "X"
            count = count if falling else 0
        following.append(("b" if count > 0 else ".") if falling else "a" if symbol == "." else None)
    return following


def right(sequence: Sequence, probabilities: np.ndarray) -> tuple[bool | None, ...]:
    """Where one can know what comes next, whether it is the most probable symbol."""
    chosen = [SYMBOLS[best] for best in probabilities.argmax(-1)]
    return tuple(
        None if must is None else must == said
        for must, said in zip(determined(sequence), chosen, strict=True)
    )


def batch(rng: np.random.Generator, size: int) -> Batch:
    return TASK.steps(drawn(strings, rng, size, held_out=False, examples=TASK.examples.values()))


def counted(network: Reads, *numbers: int) -> bool:
    """Whether the last of these strings, read in a row, is answered without a mistake."""
    sequence = tuple("".join(string(n) for n in numbers))
    last = len(string(numbers[-1]))
    probabilities = network.probabilities(TASK.encode(sequence)[:, None])[:, 0]
    return all(answer is not False for answer in right(sequence, probabilities)[-last:-1])


def held_out_triples() -> list[tuple[int, int, int]]:
    """Every three numbers up to TRAINED_TO whose strings in a row were kept for the test."""
    numbers = range(1, TRAINED_TO + 1)
    return [
        (p, q, n)
        for p in numbers
        for q in numbers
        for n in numbers
        if is_held_out(tuple(string(p) + string(q) + string(n)))
    ]


def measure(network: Reads) -> dict[str, Any]:
    alone = [counted(network, n) for n in range(1, ASKED_TO + 1)]
    return {
        "counts_to": alone.index(False) if False in alone else ASKED_TO,
        "counted_alone": alone,
        "counter": counter(network),
        "counted_third": float(np.mean([counted(network, *three) for three in held_out_triples()])),
    }


def counter(network: Reads) -> dict[str, float]:
    """The unit whose memory goes best with the count, in the strings that it was trained on."""
    found = [
        network.record(TASK.encode(tuple(string(n)))[:, None]) for n in range(1, TRAINED_TO + 1)
    ]
    counts = [[*range(1, n + 1), *range(n, -1, -1), 0] for n in range(1, TRAINED_TO + 1)]
    memory = np.concatenate([memory_of(recording)[:, 0] for recording in found])
    return unit_that_follows(memory, np.concatenate(counts))


def baselines() -> dict[str, float]:
    """Saying b after every b, or the end, is wrong once in every string longer than one."""
    return {N_("always b"): 0}


TASK = Task(
    name="counting",
    title=N_("Counting"),
    question=N_("As many b as there were a: is there a unit that counts, and how far?"),
    symbols=SYMBOLS,
    examples={
        N_("Five, then three"): tuple(string(5) + string(3)),
        N_("Ten: the longest it was trained on"): tuple(string(10)),
        N_("Fourteen: further than it was trained"): tuple(string(14)),
        N_("Forty: far beyond"): tuple(string(40)),
        N_("Seventy"): tuple(string(70)),
    },
    batch=batch,
    measure=measure,
    baselines=baselines,
    score=Score("counts_to", N_("counts to"), "", higher_is_better=True),
    recipe=Recipe(hidden=6, embedding=4, steps=3000),
    read_text=partial(letters, symbols=SYMBOLS),
    right=right,
    between="",
)
