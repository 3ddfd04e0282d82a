"""What was read at each step and what the network then expected, as the token strip shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_viz.networks.network import Network
from lstm_viz.run.recording import Recording
from lstm_viz.tasks import Sequence

GUESSES = 3
_VISIBLE = {" ": "␣", "\n": "⏎", "\t": "⇥"}


@dataclass(frozen=True)
class Guess:
    """What the network expects next, and how surely; a forecast number has no probability."""

    text: str
    p: float | None = None


@dataclass(frozen=True)
class Token:
    """One step: what was read, what was expected next, what came, and whether that was right.

    ``right`` is None where nobody could know what comes.
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
    predicted = network.predictions(recording)[:, 0]
    right = network.task.right(sequence, predicted)
    texts = [shown(element) for element in sequence]
    came = [*texts[1:], None]
    guesses = [_guesses(network, row) for row in predicted]
    return tuple(Token(*step) for step in zip(texts, guesses, came, right, strict=True))


def read_series(network: Network, recording: Recording, sequence: Sequence) -> Series | None:
    """The curve of a task whose sequences are numbers; None for one of symbols."""
    if network.symbols is not None:
        return None
    forecast = network.predictions(recording)[:, 0, 0]
    return Series(
        tuple(float(number) for number in sequence),
        tuple(float(number) for number in forecast),
        network.task.unit,
    )


def shown(element: str | float) -> str:
    """An element as it can be seen: a space is not empty, a number has one decimal."""
    return _VISIBLE.get(element, element) if isinstance(element, str) else f"{element:.1f}"


def _guesses(network: Network, predicted: np.ndarray) -> tuple[Guess, ...]:
    if network.symbols is None:
        return (Guess(f"{predicted[0]:.1f}"),)
    best = np.argsort(-predicted, kind="stable")[:GUESSES]
    return tuple(Guess(shown(network.symbols[k]), float(predicted[k])) for k in best)
