"""a^n X b^n: as many b as there were a. Trained on n from 1 to 10, then asked for more."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from lstm_viz.language import N_, _
from lstm_viz.tasks.chart import Marks
from lstm_viz.tasks.facts import Fact, both_measures
from lstm_viz.tasks.held_out import drawn, is_held_out
from lstm_viz.tasks.score import Learnt, Metrics, Score, seeds
from lstm_viz.tasks.task import Batch, Examined, Reads, Recipe, Sequence, Task
from lstm_viz.tasks.typed import letters
from lstm_viz.tasks.units import memory_of, unit_that_follows

SYMBOLS = ("a", "b", "X", ".")
TRAINED_TO = 10
ASKED_TO = 99  # the longest that fits on the screen
COUNTED_TO = 300  # how far it is asked where all that fit are counted
FIRST = 5  # the length of the string before it
WATCHED_TO = 40  # while it is learnt, where there is no time for more


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


def held_out(rng: np.random.Generator, size: int) -> Batch:
    return TASK.steps(drawn(strings, rng, size, held_out=True, examples=TASK.examples.values()))


def counts_to(network: Reads, examined: Examined) -> float:
    """The largest n such that all strings up to it, each read alone, are counted."""
    del examined
    alone = [tuple(string(n)) for n in range(1, WATCHED_TO + 1)]
    probabilities = network.probabilities(TASK.steps(alone)[0])
    for n, each in enumerate(alone, 1):
        if False in right(each[:-1], probabilities[: len(each) - 1, n - 1]):
            return float(n - 1)
    return float(WATCHED_TO)


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


def measure(network: Reads) -> Metrics:
    """Each n is asked for after a string of five: none of these was trained on or chose.

    Where all that fit on the screen are counted, it is asked on until one is not.
    """
    after = [counted(network, FIRST, n) for n in range(1, ASKED_TO + 1)]
    beyond = range(ASKED_TO + 1, COUNTED_TO + 1)
    return {
        "counts_to": after.index(False)
        if False in after
        else next((n - 1 for n in beyond if not counted(network, FIRST, n)), COUNTED_TO),
        "counted": after,
        "counter": counter(network),
        "counted_third": float(np.mean([counted(network, *three) for three in held_out_triples()])),
    }


def validate(network: Reads) -> Metrics:
    """Each n alone: by this the network was chosen."""
    alone = [counted(network, n) for n in range(1, ASKED_TO + 1)]
    return {"counts_to": alone.index(False) if False in alone else ASKED_TO}


def asked_for() -> Batch:
    """The strings of ``measure``, up to the longest that was trained on."""
    return TASK.steps(tuple(string(FIRST) + string(n)) for n in range(1, TRAINED_TO + 1))


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


# Strings a^n X b^n, three in a row: 2 n + 2 symbols each, asked for all but the first one.
MEAN = (1 + TRAINED_TO) / 2
ASKED = 3 * (2 * MEAN + 2) - 1
CHOICES = 3 * math.log(TRAINED_TO)
CHANGES = 1 / MEAN
A_OR_B = -CHANGES * math.log(CHANGES) - (1 - CHANGES) * math.log(1 - CHANGES)


def far_and_near(learnt: Learnt) -> str:
    far = max(learnt.networks, key=lambda scored: scored.value)
    near = min(learnt.networks, key=lambda scored: scored.value)
    return _(
        "All were trained up to {trained}: so far the test asks for what their own strings began "
        "with, and beyond it for what none has read. {far_cell} counts to {far}, {near_cell} to "
        "{near}."
    ).format(
        trained=TRAINED_TO,
        far_cell=far.title,
        far=SCORE.short(far.value),
        near_cell=near.title,
        near=SCORE.short(near.value),
    )


def unit_of_the_lstm(learnt: Learnt) -> str:
    return _(
        "In the LSTM unit {unit} goes best with {what}: the correlation of its memory with that is "
        "{tells} over {drawn} sequences, and kept as it was for a step, it turned {turned} of "
        "{cases} answers wrong."
    ).format(**both_measures(learnt.of("lstm").holds[0]))


def how_far(learnt: Learnt) -> Marks:
    """For each cell and each n whether a^n X b^n is counted without a mistake."""
    return Marks(
        x_title=_("n, the number of a and of b"),
        of={
            scored.cell.name: [
                n for n, is_right in enumerate(scored.metrics["counted"], 1) if is_right
            ]
            for scored in learnt.networks
        },
        x_range=(0, ASKED_TO + 1),
        said=_("n = %{x}: counted"),
        levels={_("longest it was trained on"): TRAINED_TO + 0.5},
    )


def waiting(sequence: Sequence) -> np.ndarray:
    """How many a wait for their b."""
    counted, values = 0, []
    for symbol in sequence:
        counted = max(counted + {"a": 1, "b": -1}.get(symbol, 0), 0) if symbol != "." else 0
        values.append(float(counted))
    return np.array(values)


WAITING = Fact(
    what=N_("how many a wait for their b"),
    of=waiting,
    counts=True,
)
SCORE = Score("counts_to", N_("counts to"), "", higher_is_better=True, most=COUNTED_TO)
RECIPE = Recipe(hidden=6, embedding=4, steps=3000)

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
    held_out=held_out,
    metric=counts_to,
    measured=measure,
    validated=validate,
    judged_on=asked_for,
    score=SCORE,
    baselines=baselines,
    knowing=lambda: {
        N_("knows the order of the letters, does not count"): 6 * MEAN * A_OR_B / ASKED
    },
    best=CHOICES / ASKED,
    recipe=RECIPE,
    in_class=replace(RECIPE, steps=1000),
    ships=True,
    facts=(WAITING,),
    caption=(far_and_near, unit_of_the_lstm, seeds),
    chart=how_far,
    read_text=partial(letters, symbols=SYMBOLS),
    is_right=right,
    between="",
)
