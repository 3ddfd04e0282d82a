"""The embedded Reber grammar: a letter must be remembered across a whole string.

Hochreiter and Schmidhuber (1997), experiment 1. Every choice in the graph is made with probability
one half, so the best possible network is known: 7 ln 2 nats for a string on average, shared by 11
predictions, which is 0.4411 nats each.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from lstm_viz.language import N_, _
from lstm_viz.rounded import interval, percent
from lstm_viz.run.recording import Recording
from lstm_viz.tasks.facts import Fact, both_measures
from lstm_viz.tasks.held_out import drawn, is_held_out
from lstm_viz.tasks.loss import interval_of_loss, is_asked, mean_loss
from lstm_viz.tasks.score import Learnt, Metrics, Score, seeds
from lstm_viz.tasks.task import (
    TEST,
    VALIDATION,
    Batch,
    Examined,
    Reads,
    Recipe,
    Sequence,
    Task,
    Watched,
)
from lstm_viz.tasks.typed import letters
from lstm_viz.tasks.units import memory_of, unit_that_tells

SYMBOLS = tuple("BTPSXVE")

# The inner grammar: node -> the letters that may follow, and where each leads. 7 is its end.
INNER: dict[int, dict[str, int]] = {
    0: {"B": 1},
    1: {"T": 2, "P": 3},
    2: {"S": 2, "X": 4},
    3: {"T": 3, "V": 5},
    4: {"X": 3, "S": 6},
    5: {"P": 4, "V": 6},
    6: {"E": 7},
}

# The whole grammar: B, a letter, a string of the inner grammar, the same letter, E.
GRAPH: dict[str, dict[str, str]] = {
    "start": {"B": "choice"},
    "choice": {"T": "T0", "P": "P0"},
    "T7": {"T": "last"},
    "P7": {"P": "last"},
    "last": {"E": "end"},
    "end": {},
}
for _remembered in "TP":
    for _node, _ways in INNER.items():
        GRAPH[f"{_remembered}{_node}"] = {
            letter: f"{_remembered}{following}" for letter, following in _ways.items()
        }

OPTIMUM = 7 * math.log(2) / 11
MANY = 2000
LONG = 13  # letters


def string(rng: np.random.Generator) -> Sequence:
    """One string of the whole grammar."""
    found, node = [], "start"
    while node != "end":
        letter = list(GRAPH[node])[rng.integers(len(GRAPH[node]))]
        found.append(letter)
        node = GRAPH[node][letter]
    return tuple(found)


def legal(sequence: Sequence) -> list[frozenset[str]]:
    """The letters that may follow each one: none after the end, or after a broken rule."""
    found, node = [], "start"
    for letter in sequence:
        node = GRAPH[node].get(letter, "end")
        found.append(frozenset(GRAPH[node]))
    return found


def right(sequence: Sequence, probabilities: np.ndarray) -> tuple[bool | None, ...]:
    """Whether the most probable letter is a legal one."""
    chosen = [SYMBOLS[best] for best in probabilities.argmax(-1)]
    return tuple(
        said in allowed if allowed else None
        for allowed, said in zip(legal(sequence), chosen, strict=True)
    )


def strings(rng: np.random.Generator, size: int, held_out: bool) -> list[Sequence]:
    """Strings to train on, or for the test, both as long and as short as the grammar makes them.

    A quarter of the long strings are kept for the test and never trained on. The few short ones
    cannot be spared, each being common: of those a quarter of the *draws* go to the test.
    """

    def is_kept(each: Sequence) -> bool:
        return is_held_out(each) if len(each) >= LONG else rng.random() < 1 / 4

    return drawn(string, rng, size, held_out, TASK.examples.values(), is_kept)


def batch(rng: np.random.Generator, size: int) -> Batch:
    return TASK.steps(strings(rng, size, held_out=False))


def held_out(rng: np.random.Generator, size: int) -> Batch:
    return TASK.steps(strings(rng, size, held_out=True))


def judged_on(stream: int = TEST) -> list[Sequence]:
    """The strings by which a network is judged, or among others chosen."""
    return strings(np.random.default_rng(stream), MANY, held_out=True)


def remembered(network: Reads, examined: Examined) -> float:
    """How often the letter before the last is the right one, of the two that it may be."""
    del network
    places = is_asked(examined.targets).sum(0) - 2
    columns = np.arange(len(places))
    letters = np.array([TASK.numbers[letter] for letter in "TP"])
    odds = examined.outputs[places, columns][:, letters]
    return float((letters[odds.argmax(-1)] == examined.targets[places, columns]).mean())


def optimum(strings: list[Sequence]) -> float:
    """Nats per symbol of one who knows the grammar and remembers the letter, on these strings."""
    choices = [math.log(len(allowed)) for each in strings for allowed in legal(each)[:-1]]
    return float(np.mean(choices))


def measure(network: Reads, stream: int = TEST) -> Metrics:
    found = judged_on(stream)
    inputs, targets = TASK.steps(found)
    recording = network.record(inputs)
    probabilities = network.predictions(recording)
    new = [column for column, each in enumerate(found) if len(each) >= LONG]
    loss_of_new = mean_loss(recording.output[:, new], targets[:, new])
    columns = range(len(found))
    before_last = np.array([len(each) - 3 for each in found])
    chosen = probabilities[before_last, columns].argmax(-1)
    return {
        "nats_per_symbol": mean_loss(recording.output, targets),
        "interval": interval_of_loss(recording.output, targets),
        "optimum": optimum(found),
        "nats_per_symbol_never_seen": loss_of_new,
        "optimum_never_seen": optimum([found[column] for column in new]),
        "memory_of_the_letter": memory_of_the_letter(recording, found),
        "remembered_letter_right": float((chosen == targets[before_last, columns]).mean()),
        "strings_without_a_mistake": float(
            np.mean(
                [
                    False not in right(each[:-1], probabilities[: len(each) - 1, column])
                    for column, each in enumerate(found)
                ]
            )
        ),
    }


def memory_of_the_letter(recording: Recording, read: list[Sequence]) -> dict[str, float]:
    """The unit whose memory tells best which letter was the second, all along the inner string."""
    memory = memory_of(recording)
    steps = np.arange(len(memory))[:, None]
    inside = (steps >= 2) & (steps < np.array([len(each) - 2 for each in read]))
    is_t = np.array([each[1] == "T" for each in read])
    return unit_that_tells(memory, np.broadcast_to(is_t, inside.shape), inside)


def baselines() -> dict[str, float]:
    """Nats per symbol, on the held-out strings, of one who forgets the second letter."""
    found = judged_on()
    forgetting = optimum(found) + math.log(2) * len(found) / sum(len(s) - 1 for s in found)
    return {FORGETS: forgetting}


def clearest_memory(learnt: Learnt) -> str:
    clearest = max(learnt.networks, key=lambda scored: scored.holds[0].tells)
    return _(
        "The clearest memory of it is unit {unit} of {cell}: it tells the letter, at the steps "
        "after it, with a balanced accuracy of {tells} in {drawn} strings; kept as it was while "
        "the letter was read, it turned {turned} of {cases} answers wrong."
    ).format(cell=clearest.title, **both_measures(clearest.holds[0]))


def letter_right(learnt: Learnt) -> str:
    """Of which share of the strings, with the interval that goes with so many of them."""
    strings, said = len(judged_on()), []
    for scored in learnt.networks:
        share = float(scored.metrics[LETTER.key])
        ends = LETTER.between(*interval(round(share * strings), strings))
        said.append(
            _("{value} ({more})").format(value=f"{scored.title} {percent(share)}", more=ends)
        )
    return _(
        "The letter that has to be remembered is said right in so many of {count} strings, with "
        "the interval (95%) behind: {letters}."
    ).format(count=f"{strings:,}", letters=_(", ").join(said))


def second_letter(sequence: Sequence) -> np.ndarray:
    """1 for T and -1 for P, from where it is read."""
    values = np.full(len(sequence), np.nan)
    values[1:] = 1 if "T" in sequence[1:2] else -1
    return values


SECOND_LETTER = Fact(
    what=N_("the second letter"),
    of=second_letter,
    once=True,
)


def never_seen(learnt: Learnt) -> str:
    """How many of the strings were trained on, and what is lost on those that were not."""
    said = _(", ").join(
        f"{scored.title} {_lost(scored.metrics['nats_per_symbol_never_seen'])}"
        for scored in learnt.networks
    )
    return _(
        "The short strings are few and cannot be kept apart: {share} of the strings of the test "
        "were trained on as well. On those never trained on, the long ones, the loss is {losses}; "
        "best possible there is {best}."
    ).format(
        share=percent(learnt.of("lstm").metrics["share_seen"]),
        losses=said,
        best=_lost(learnt.of("lstm").metrics["optimum_never_seen"]),
    )


def _lost(nats: float) -> str:
    return f"{nats:.4f}"


FORGETS = N_("knows the grammar, forgets the letter")
LETTER = Score("remembered_letter_right", N_("remembered letter right"), "%", True, 1.0)
RECIPE = Recipe(hidden=8, embedding=6, steps=3000, learning_rate=0.02)


TASK: Task = Task(
    name="reber",
    title=N_("The embedded Reber grammar"),
    question=N_("Where is the second letter kept until it is needed again?"),
    symbols=SYMBOLS,
    examples={
        N_("T, across a string of nine"): tuple("BTBTSSXXVVETE"),
        N_("P, across a string of nine"): tuple("BPBTSSXXVVEPE"),
        N_("P, across a long string"): tuple("BPBPTTVPXTTVPXTVVEPE"),
    },
    batch=batch,
    held_out=held_out,
    metric=remembered,
    watched=Watched(LETTER, lambda: {FORGETS: 0.5}),
    measured=measure,
    validated=partial(measure, stream=VALIDATION),
    judged_on=lambda: TASK.steps(judged_on()),
    score=Score("nats_per_symbol", N_("loss"), N_("nats per symbol"), optimum=OPTIMUM),
    baselines=baselines,
    knowing=lambda: {
        N_("any letter alike"): math.log(len(SYMBOLS)),
        FORGETS: OPTIMUM + math.log(2) / 11,
    },
    best=OPTIMUM,
    recipe=RECIPE,
    in_class=replace(RECIPE, steps=1500),
    ships=True,
    facts=(SECOND_LETTER,),
    caption=(letter_right, never_seen, clearest_memory, seeds),
    read_text=partial(letters, symbols=SYMBOLS),
    is_right=right,
    between="",
)
