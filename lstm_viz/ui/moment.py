"""A network in the middle of its training, on the stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.captions import look_at
from lstm_viz.exercises import Exercise
from lstm_viz.language import _, spoken
from lstm_viz.network import Network
from lstm_viz.practice.desk import run as find_run
from lstm_viz.practice.probe import mean_gates
from lstm_viz.recording import Recording
from lstm_viz.stage.payload import stage_payload
from lstm_viz.stage.tokens import Guess, Series, Token, read_series, shown
from lstm_viz.tasks import Sequence

GUESSES = 3
FORECASTS = ("sine", "load", "series")  # the answer is the next number of the sequence itself


def tokens(network: Network, recording: Recording, sequence: Sequence) -> tuple[Token, ...]:
    """One Token a step, its guesses in the words of the task's answers."""
    practised = network.task
    assert isinstance(practised, Exercise)
    answers = network.predictions(recording)[:, 0]
    right = practised.right(sequence, answers)
    texts = [_text(element) for element in sequence]
    came = [None] * len(texts) if practised.answer else [*texts[1:], None]
    guesses = [_guesses(practised, row) for row in answers]
    return tuple(Token(*step) for step in zip(texts, guesses, came, right, strict=True))


def _text(element: object) -> str:
    if isinstance(element, tuple):
        value, mark = element
        return f"{value:.2f}{'*' if mark else ''}"
    return shown(element) if isinstance(element, str | float) else str(element)


def _guesses(practised: Exercise, row: np.ndarray) -> tuple[Guess, ...]:
    if practised.choices is None:
        return (Guess(f"{row[0]:.2f}"),)
    best = np.argsort(-row, kind="stable")[:GUESSES]
    said = [_(answer) for answer in practised.answers] or practised.choices
    return tuple(Guess(shown(said[k]), float(row[k])) for k in best)


def series(network: Network, recording: Recording, sequence: Sequence) -> Series | None:
    """The curve beside its forecast, where the answer is the next number."""
    if network.task.name not in FORECASTS:
        return None
    return read_series(network, recording, sequence)


def payload_of(job: str, step: int, example: int, address: Mapping[str, str]) -> dict[str, Any]:
    """What the stage shows of a run after so many steps. ValueError if its weights are damaged."""
    return _payload(job, step, example, tuple(address.items()), spoken())


@st.cache_resource(max_entries=200, show_spinner=False)
def _payload(
    job: str, step: int, example: int, address: tuple[tuple[str, str], ...], language: str
) -> dict[str, Any]:
    del language  # the words of the payload depend on it
    network, sequence, recording = _read(job, step, example)
    read = tokens(network, recording, sequence)
    caption = look_at(recording[0], [token.text for token in read])
    return stage_payload(
        recording[0],
        read,
        caption,
        series=series(network, recording, sequence),
        address=dict(address),
        answer=_(network.task.answer) if isinstance(network.task, Exercise) else "",
        file_name=f"{network.task.name}-{network.cell.name or 'own-cell'}-{step}",
    )


def _read(job: str, step: int, example: int) -> tuple[Network, Sequence, Recording]:
    found = find_run(job)
    if found is None:
        raise ValueError("This run has been deleted.")
    network = found.network(step)
    sequence = list(found.exercise.examples.values())[example]
    return network, sequence, network.read(sequence)


def signal_of(job: str, step: int, example: int, signal: str) -> np.ndarray:
    """A signal of every unit at every step of the example, (T, H)."""
    return _read(job, step, example)[2][0][signal][:, 0]


def gates_of(job: str, kept: tuple[int, ...], example: int) -> dict[str, list[float]]:
    """For each gate its mean over the example at every kept moment."""
    means = [_gates(job, step, example) for step in kept]
    return {name: [of_step[name] for of_step in means] for name in means[0]}


@st.cache_resource(max_entries=5000, show_spinner=False)
def _gates(job: str, step: int, example: int) -> dict[str, float]:
    return mean_gates(_read(job, step, example)[2][0])
