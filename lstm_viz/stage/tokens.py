"""What was read at each step and what the network then expected, as the token strip shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.network import Network
from lstm_viz.run.recording import Recording
from lstm_viz.tasks import Sequence, Task

GUESSES = 3
_VISIBLE = {" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "␍", "\u00a0": "⍽", "": "∅"}


@dataclass(frozen=True)
class Guess:
    """What the network expects next, and how surely; a forecast number has no probability."""

    text: str
    p: float | None = None


@dataclass(frozen=True)
class Token:
    """One step: what was read, what was answered, what came, and whether that was right.

    ``target`` is None where the answer is not what comes next, ``right`` where nobody could know.
    """

    text: str
    predictions: tuple[Guess, ...] = ()
    target: str | None = None
    right: bool | None = None


@dataclass(frozen=True)
class Series:
    """A sequence of numbers and the forecast of each next one, in their unit."""

    read: tuple[float, ...]
    forecast: tuple[float, ...]
    unit: str


def read_tokens(network: Network, recording: Recording, sequence: Sequence) -> tuple[Token, ...]:
    """One Token for each element of the sequence that the recording is of."""
    task = network.task
    answers = network.predictions(recording)[:, 0]
    right = task.right(sequence, answers)
    texts = [task.shown(element) if task.shown else shown(element) for element in sequence]
    came = [None] * len(texts) if task.answer else [*texts[1:], None]
    guesses = [_guesses(task, row) for row in answers]
    return tuple(Token(*step) for step in zip(texts, guesses, came, right, strict=True))


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


def shown(element: str | float) -> str:
    """An element as it can be seen: a space is not empty, a number has one decimal."""
    if not isinstance(element, str):
        return f"{element:.1f}"
    if element in _VISIBLE or element.isprintable():
        return _VISIBLE.get(element, element)
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in element)


def _guesses(task: Task, answers: np.ndarray) -> tuple[Guess, ...]:
    if task.choices is None:
        return (Guess(f"{answers[0]:.{task.decimals}f}"),)
    best = np.argsort(-answers, kind="stable")[:GUESSES]
    said = [_(answer) for answer in task.answers] or task.choices
    return tuple(Guess(shown(said[k]), float(answers[k])) for k in best)
