"""Your own text, character by character. Its last tenth is kept for the test."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import numpy as np

from lstm_viz import counted
from lstm_viz.language import N_, _
from lstm_viz.tasks.loss import mean_loss
from lstm_viz.tasks.score import Score
from lstm_viz.tasks.task import Batch, Examined, Material, Reads, Recipe, Task
from lstm_viz.tasks.typed import characters

SHORTEST, LONGEST = 500, 100_000
MOST_SYMBOLS = 200
WINDOW = 64
OTHER = "\ufffd"  # stands for every symbol beyond the most frequent ones


def bits(network: Reads, examined: Examined) -> float:
    """Bits per character on what was never trained on."""
    del network
    return mean_loss(examined.outputs, examined.targets) / math.log(2)


def checked(text: str) -> str:
    """The text, or ValueError in words where it is too short, too long or all the same."""
    text = text.replace("\r\n", "\n").expandtabs(4)
    if not SHORTEST <= len(text) <= LONGEST:
        raise ValueError(
            _("The text has {characters}; {least} to {most} are needed.").format(
                characters=counted.characters(len(text)), least=SHORTEST, most=LONGEST
            )
        )
    if len(set(text)) < 2:
        raise ValueError(_("The text is one character repeated; there is nothing to learn."))
    return text


def own_text(text: str) -> Task:
    """The task made of a text. Raises ValueError in words."""
    text = checked(text)
    counts = Counter(text)
    frequent = [symbol for symbol, _count in counts.most_common(MOST_SYMBOLS)]
    symbols = (*sorted(frequent), *([OTHER] if len(counts) > len(frequent) else []))
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    codes = np.array([numbers.get(symbol, len(symbols) - 1) for symbol in text])
    cut = min(len(codes) - WINDOW - 2, int(0.9 * len(codes)))
    parts = {True: codes[cut:], False: codes[:cut]}

    def drawn(rng: np.random.Generator, size: int, held_out: bool) -> Batch:
        part = parts[held_out]
        starts = rng.integers(0, len(part) - WINDOW, size)
        windows = part[starts + np.arange(WINDOW + 1)[:, None]]
        return windows[:-1], windows[1:]

    def batch(rng: np.random.Generator, size: int) -> Batch:
        return drawn(rng, size, held_out=False)

    def kept(rng: np.random.Generator, size: int) -> Batch:
        return drawn(rng, size, held_out=True)

    frequency = np.bincount(parts[False], minlength=len(symbols)) + 1.0
    unigram = float(-np.log(frequency / frequency.sum())[parts[True]].mean())
    pairs = np.full((len(symbols), len(symbols)), 0.1)
    np.add.at(pairs, (parts[False][:-1], parts[False][1:]), 1)
    of_pair = pairs / pairs.sum(1, keepdims=True)
    bigram = float(-np.log(of_pair[parts[True][:-1], parts[True][1:]]).mean())
    example = tuple(symbols[code] for code in parts[True][:100])
    return Task(
        name="text",
        title=N_("Your own text"),
        question=N_("Which units follow words, lines, quotes?"),
        symbols=symbols,
        examples={N_("From the part kept for the test"): example},
        batch=batch,
        held_out=kept,
        metric=bits,
        tested=100,
        baselines=lambda: {N_("how often each character is used"): unigram / math.log(2)},
        knowing=lambda: {
            N_("any character alike"): math.log(len(symbols)),
            N_("how often each character is used"): unigram,
            N_("how often each pair is used"): bigram,
        },
        score=Score("bits_per_character", N_("loss"), N_("bits per character")),
        recipe=Recipe(hidden=64, embedding=24, steps=1000),
        read_text=lambda typed: characters(typed, symbols),
        material=Material("text", LONGEST, own_text),
        between="",
    )


# Until someone gives a text it is this one.
TASK = own_text(Path(__file__).read_text(encoding="utf-8"))
