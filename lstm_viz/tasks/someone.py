"""Sentences about “someone”, who turns out to be a she or a he when the pronoun comes.

They are those of the task about subjects, with every subject's name taken away, so that nothing
that was read before can tell who it is. A batch is of sentences of one length: a network that reads
from the end, too, would begin with what shorter ones are filled up with.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

import numpy as np

from lstm_viz.language import N_
from lstm_viz.rounded import interval
from lstm_viz.tasks.loss import IGNORED, is_asked
from lstm_viz.tasks.score import Metrics, Score
from lstm_viz.tasks.subject.english import GRAMMAR
from lstm_viz.tasks.task import Batch, Reads, Recipe, Sequence, Task, share_right

SOMEONE = "someone"
ANSWERS = GRAMMAR.pronouns
CHANCE = 1 / len(ANSWERS)
LONGEST = 40  # words
LEARNT_FROM, HELD_OUT = 2000, 300  # episodes
TAUGHT, UNSEEN = 0, 10_000  # the streams that they are drawn from


def episode(rng: np.random.Generator) -> Sequence:
    """Two or three sentences, each about someone else; of most the pronoun tells who it is."""
    count = int(rng.integers(2, 4))
    said = [GRAMMAR.sentence(rng, (SOMEONE,), _drawn(rng)) for _ in range(count)]
    words = tuple(word for sentence in said for word in sentence)
    is_good = len(words) <= LONGEST and bool(is_asked(wanted(words)).any())
    return words if is_good else episode(rng)


def wanted(words: Sequence) -> np.ndarray:
    """At each “someone” the number of the pronoun that comes before anyone else is spoken of.

    IGNORED at all other words, and where none comes.
    """
    found = np.full(len(words), IGNORED)
    coming = IGNORED
    for place in reversed(range(len(words))):
        if words[place] in ANSWERS:
            coming = ANSWERS.index(words[place])
        elif words[place] == SOMEONE:
            found[place], coming = coming, IGNORED
    return found


def asked(words: Sequence) -> list[int]:
    """The places of “someone”."""
    return [place for place, word in enumerate(words) if word == SOMEONE]


def said(odds: np.ndarray) -> str:
    """The answer that is more probable, (answers,)."""
    return ANSWERS[int(odds.argmax())]


def batch(rng: np.random.Generator, size: int) -> Batch:
    return _alike(rng, size, LEARNT_FROM, TAUGHT)


def held_out(rng: np.random.Generator, size: int) -> Batch:
    """From a stream of their own. Short ones may be learnt from as well: nothing in them tells."""
    return _alike(rng, size, HELD_OUT, UNSEEN)


@cache
def episodes(count: int, stream: int) -> tuple[Sequence, ...]:
    """So many sequences, always the same."""
    rng = np.random.default_rng(stream)
    return tuple(episode(rng) for _ in range(count))


def accuracy(network: Reads, sequences: Iterable[Sequence]) -> float:
    """The share of right answers where there is one, each sequence read by itself."""
    return float(np.mean(_rights(network, sequences)))


def _rights(network: Reads, sequences: Iterable[Sequence]) -> list[bool]:
    right: list[bool] = []
    for words in sequences:
        output = network.record(TASK.encode(words)[:, None]).output[:, 0]
        targets = TASK.targets(words)
        right += (output.argmax(-1) == targets)[is_asked(targets)].tolist()
    return right


def measured(network: Reads) -> Metrics:
    right = _rights(network, episodes(HELD_OUT, UNSEEN))
    return {TASK.score.key: float(np.mean(right)), "interval": interval(sum(right), len(right))}


def _alike(rng: np.random.Generator, size: int, count: int, stream: int) -> Batch:
    """Sequences of these episodes that are as long as one of them."""
    known = episodes(count, stream)
    length = len(known[rng.integers(len(known))])
    alike = [words for words in known if len(words) == length]
    chosen = [alike[number] for number in rng.integers(0, len(alike), size)]
    inputs = np.stack([TASK.encode(words) for words in chosen], axis=1)
    return inputs, np.stack([TASK.targets(words) for words in chosen], axis=1)


def _drawn(rng: np.random.Generator) -> str:
    return ANSWERS[int(rng.integers(len(ANSWERS)))]


def _words(text: str) -> Sequence:
    return tuple(text.split())


TASK = Task(
    name="someone",
    title=N_("Who is “someone”?"),
    question=N_("Who can know what only a later word tells?"),
    symbols=(SOMEONE, *GRAMMAR.symbols),
    answers=ANSWERS,
    answer=N_("who it is"),
    wanted=wanted,
    looks_ahead=True,
    examples={
        N_("The end tells"): _words("someone saw a small bird in the garden and she laughed ."),
        N_("One after the other"): _words(
            "someone waited near the river because he liked the quiet garden . later someone sang "
            "and she danced ."
        ),
        N_("Of the first nothing tells"): _words(
            "someone slept . then someone found Peter in the forest while he waited ."
        ),
    },
    batch=batch,
    held_out=held_out,
    metric=share_right,
    measured=measured,
    score=Score("accuracy", N_("“someone” told rightly"), "%", True, 1.0),
    baselines=lambda: {N_("guesses"): CHANCE},
    knowing=lambda: {N_("guesses"): math.log(len(ANSWERS))},
    best=0.0,
    recipe=Recipe(hidden=8, embedding=6, steps=400, learning_rate=0.02, forget_bias=None),
)
