"""Sentences about “someone”, who turns out to be a she or a he when the pronoun comes.

They are those of the task about subjects, with every subject's name taken away, so that nothing
that was read before can tell who it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_viz.tasks.subject.english import GRAMMAR

SOMEONE = "someone"
ANSWERS = GRAMMAR.pronouns
SYMBOLS = (SOMEONE, *GRAMMAR.symbols)
CHANCE = 1 / len(ANSWERS)
LONGEST = 40  # words

_NUMBERS = {word: number for number, word in enumerate(SYMBOLS)}

EXAMPLES = (
    "someone saw a small bird in the garden and she laughed .",
    "someone waited near the river because he liked the quiet garden . later someone sang and she "
    "danced .",
    "someone slept . then someone found Peter in the forest while he waited .",
)


def episode(rng: np.random.Generator) -> tuple[str, ...]:
    """Two or three sentences, each about someone else; of most the pronoun tells who it is."""
    count = int(rng.integers(2, 4))
    said = [GRAMMAR.sentence(rng, (SOMEONE,), _drawn(rng)) for _ in range(count)]
    words = tuple(word for sentence in said for word in sentence)
    asked = answers(words)
    is_good = len(words) <= LONGEST and any(answer is not None for answer in asked)
    return words if is_good else episode(rng)


def answers(words: Sequence[str]) -> list[int | None]:
    """At each “someone” the number of the pronoun that comes before anyone else is spoken of.

    None at all other words, and where none comes.
    """
    found: list[int | None] = [None] * len(words)
    coming: int | None = None
    for place in reversed(range(len(words))):
        if words[place] in ANSWERS:
            coming = ANSWERS.index(words[place])
        elif words[place] == SOMEONE:
            found[place], coming = coming, None
    return found


def encode(words: Sequence[str]) -> np.ndarray:
    """The symbols' numbers, (T,)."""
    return np.array([_NUMBERS[word] for word in words])


def _drawn(rng: np.random.Generator) -> str:
    return ANSWERS[int(rng.integers(len(ANSWERS)))]
