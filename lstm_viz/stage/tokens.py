"""What was read at each step and what the network then expected, as the token strip shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.network import Network
from lstm_viz.networks.write import Written
from lstm_viz.run.recording import Recording
from lstm_viz.tasks import Sequence, Task

GUESSES = 3
_VISIBLE = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "\u00a0": "⍽", "": "∅"}


@dataclass(frozen=True)
class Guess:
    """What the network expects next, and how surely; a forecast number has no probability.

    Where the network writes, ``after`` is the probability that was drawn from, behind temperature,
    top-k and top-p, and ``drawn`` marks the one that was drawn.
    """

    text: str
    p: float | None = None
    after: float | None = None
    drawn: bool = False


@dataclass(frozen=True)
class Token:
    """One step: what was read, what was answered, what came, and whether that was right.

    ``target`` is None where the answer is not what comes next, ``right`` where nobody could know.
    ``written`` says that the network wrote it itself.
    """

    text: str
    predictions: tuple[Guess, ...] = ()
    target: str | None = None
    right: bool | None = None
    written: bool = False


@dataclass(frozen=True)
class Series:
    """A sequence of numbers and the forecast of each next one, in their unit.

    Where the network goes on by itself, ``given`` is how many were measured before, and
    ``measured`` is what then came, as far as that is known.
    """

    read: tuple[float, ...]
    forecast: tuple[float, ...]
    unit: str
    given: int | None = None
    measured: tuple[float, ...] = ()


def read_tokens(network: Network, recording: Recording, sequence: Sequence) -> tuple[Token, ...]:
    """One Token for each element of the sequence that the recording is of."""
    task = network.task
    answers = network.predictions(recording)[:, 0]
    right = task.right(sequence, answers)
    texts = [task.shown(element) if task.shown else shown(element) for element in sequence]
    came = [None] * len(texts) if task.answer else [*texts[1:], None]
    guesses = [_guesses(task, row) for row in answers]
    return tuple(Token(*step) for step in zip(texts, guesses, came, right, strict=True))


def written_tokens(network: Network, written: Written) -> tuple[Token, ...]:
    """The tokens of a sequence that a network went on with, each choice beside what it was drawn
    from.

    What was drawn is among the guesses, however unlikely it was. Nothing written is right or wrong.
    """
    tokens = list(read_tokens(network, written.recording, written.sequence))
    first = len(written.start)
    if written.before is None or written.after is None:  # numbers: nothing was drawn
        return tuple(replace(one, written=k >= first) for k, one in enumerate(tokens))
    for k, symbol in enumerate(written.written):
        drawn = network.task.numbers[symbol]
        guesses = _choices(network.task, written.before[k], written.after[k], drawn)
        place = first - 1 + k
        tokens[place] = replace(tokens[place], predictions=guesses, right=None)
        tokens[place + 1] = replace(tokens[place + 1], written=True, right=None)
    return tuple(tokens)


def read_series(network: Network, recording: Recording, sequence: Sequence) -> Series | None:
    """The curve beside its forecast, where the answer is the next number; else None."""
    if not network.task.is_forecast:
        return None
    forecast = network.predictions(recording)[:, 0, 0]
    return Series(
        tuple(float(number) for number in sequence),
        tuple(float(number) for number in forecast),
        network.task.unit,
    )


def written_series(network: Network, written: Written, sequence: Sequence) -> Series | None:
    """The curve that a network went on with, beside what was measured of ``sequence`` meanwhile."""
    found = read_series(network, written.recording, written.sequence)
    if found is None:
        return None
    given = len(written.start)
    return replace(found, given=given, measured=tuple(float(one) for one in sequence[given:]))


def shown(element: str | float) -> str:
    """An element as it can be seen: a space is not empty, a number has one decimal."""
    if not isinstance(element, str):
        return f"{element:.1f}"
    if element in _VISIBLE or element.isprintable():
        return _VISIBLE.get(element, element)
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in element)


def _choices(task: Task, before: np.ndarray, after: np.ndarray, drawn: int) -> tuple[Guess, ...]:
    best = list(np.argsort(-before, kind="stable")[:GUESSES])
    if drawn not in best:
        best[-1] = drawn
    said = task.choices or ()
    return tuple(
        Guess(shown(said[k]), float(before[k]), float(after[k]), bool(k == drawn)) for k in best
    )


def _guesses(task: Task, answers: np.ndarray) -> tuple[Guess, ...]:
    if task.choices is None:
        return (Guess(f"{answers[0]:.{task.decimals}f}"),)
    best = np.argsort(-answers, kind="stable")[:GUESSES]
    said = [_(answer) for answer in task.answers] or task.choices
    return tuple(Guess(shown(said[k]), float(answers[k])) for k in best)
