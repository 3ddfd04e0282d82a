"""One layer, direction and sequence of one's own model: what is chosen, and the stage of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from lstm_viz import counted
from lstm_viz.cells.symbols import with_minus
from lstm_viz.language import _, spoken
from lstm_viz.networks.model import LINEAR, SOFTMAX
from lstm_viz.run.files import trace_csv, trace_npz
from lstm_viz.run.layers import BACKWARD, FORWARD, WAYS, in_time
from lstm_viz.run.recording import Place
from lstm_viz.run.trace import Trace
from lstm_viz.stage.output import Head
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.standalone import standalone
from lstm_viz.stage.tokens import GUESSES, Guess, Token, shown
from lstm_viz.ui import controls, parameters
from lstm_viz.ui.components import picture_button
from lstm_viz.ui.exports import file_button
from lstm_viz.ui.model.reads import Recorded
from lstm_viz.words.captions import look_at

MAX_HEAD = 100_000  # numbers of an output layer and its answers: with more, it stays closed
MAX_NUMBERS = 16_000  # of one signal: with more, the stage is slow to come and slow to follow
UNSCALED = 3.0  # a mean or deviation beyond says that nobody has scaled the numbers
KEPT_PAYLOADS = 24  # each at most 3 MB


@dataclass(frozen=True, eq=False)
class Seen:
    """A place in the model, and the sequence that is looked at there."""

    recorded: Recorded
    place: Place
    sequence: int

    @property
    def key(self) -> str:
        """Of the model, what it read, and the place; not of the sequence."""
        return f"{self.recorded.key} {self.place}"

    @property
    def trace(self) -> Trace:
        return self.recorded.recording[self.place]

    @property
    def is_backward(self) -> bool:
        return self.place[1] == BACKWARD

    @property
    def is_text(self) -> bool:
        return self.recorded.read.is_text

    @property
    def tokens(self) -> tuple[str, ...]:
        """What was read, in the order in which it was written."""
        return self.recorded.read.tokens[self.sequence]

    def as_read(self, values: Any) -> Any:
        """A row of steps in the order of the trace: a backward direction begins at the end."""
        return in_time(self.place, values)


def place_choice(recorded: Recorded) -> Seen:
    """The layer, direction and sequence to look at, where there is more than one."""
    recording = recorded.recording
    layer, way, sequence = 0, FORWARD, 1
    count = recorded.read.x.shape[1]
    ways = {"forward": _("forward"), "backward": _("backward")}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if recording.layers > 1:
            layer = controls.choice(
                "layer",
                _("Layer"),
                range(1, recording.layers + 1),
                control=st.segmented_control,
                required=True,
                wrap=True,
            )
            layer -= 1
        there = [way for way in WAYS if (layer, way) in recording.traces]
        way = there[0]
        if len(there) > 1:
            way = controls.choice(
                "direction",
                _("Direction"),
                list(ways),
                title=ways.__getitem__,
                control=st.segmented_control,
                required=True,
                wrap=True,
            )
        if count > 1:
            sequence = controls.whole("sequence", _("Sequence"), 1, count, width=140)
    return Seen(recorded, (layer, way), int(sequence) - 1)


def size_said(seen: Seen) -> str:
    """How large what is below is, in a sentence."""
    T, B, H = seen.trace["h"].shape
    parts = (
        counted.units(H),
        counted.steps(T),
        counted.sequences(B),
    )
    said = _(", ").join(parts) + "."
    if seen.is_backward:
        said += " " + _("This direction reads from the end: its first step is the last one.")
    return said


def inputs_said(seen: Seen) -> str:
    """Which numbers are read, in a sentence; "" where they are symbols."""
    x = seen.recorded.read.x
    if seen.is_text or seen.recorded.model.is_embedded:
        return ""
    if x.shape[-1] > 1 and (x.max(-1) == 1).all() and (np.abs(x).sum(-1) == 1).all():
        return _(
            "At each step one input is 1 and all others are 0: a whole number alone is the number "
            "of a symbol."
        )
    said = _("What is read lies between {low} and {high}, with mean {mean} and deviation {spread}.")
    said = said.format(
        low=_signed(x.min()), high=_signed(x.max()), mean=_signed(x.mean()), spread=_signed(x.std())
    )
    if max(abs(x.mean()), x.std()) > UNSCALED:
        said += " " + _("If the network was trained on scaled numbers, scale these as well.")
    return said


def _signed(value: float) -> str:
    return with_minus(f"{round(value, 3) + 0:.4g}")  # 0 is added to a minus 0


def take_away(seen: Seen, payload: StagePayload) -> None:
    """The stage, the numbers of this sequence, and those of all, as files."""
    trace, name, language = seen.trace, payload["file_name"], spoken()
    title = payload["cell"]["title"]
    with st.popover(_("Export"), width="stretch"):
        picture_button(_("Picture of this step (PNG)"))
        file_button(
            _("This stage, offline (HTML)"),
            lambda: standalone(payload, title, language),
            f"{name}.html",
            "text/html",
        )
        file_button(
            _("This sequence as a table (CSV)"),
            lambda: trace_csv(
                trace, [shown(token) for token in seen.as_read(seen.tokens)], seen.sequence
            ),
            f"{name}.csv",
            "text/csv",
        )
        file_button(_("All sequences as arrays (NPZ)"), lambda: trace_npz(trace), f"{name}.npz")


def stage_of(seen: Seen) -> StagePayload:
    """What the stage shows: the sequence, or as many of its steps as it holds."""
    T, _B, H = seen.trace["h"].shape
    most = max(1, MAX_NUMBERS // H)
    first = 0
    if most < T:
        label = _("The stage holds {most} of {steps} steps; begin with step")
        first = controls.whole(
            "first",
            label.format(most=most, steps=T),
            1,
            T - most + 1,
            control=st.slider,
            scope=f"{T} for {most}",
        )
        first -= 1
    return _payload(seen.key, seen.sequence, first, min(T, first + most), spoken(), seen)


def _tokens(seen: Seen, texts: list[str], first: int) -> list[Token]:
    """The steps, each with what the head says of it, if the model has one."""
    model, recording = seen.recorded.model, seen.recorded.recording
    if not model.head:
        return [Token(text) for text in texts]
    steps = np.arange(len(recording.output))
    order = seen.as_read(steps)[first : first + len(texts)]
    odds = model.predictions(recording)
    answers = (recording.output if odds is None else odds)[order, seen.sequence]
    symbols = model.symbols
    came = texts[1:] if odds is not None and not seen.is_backward else []
    found = []
    for number, (text, row) in enumerate(zip(texts, answers, strict=True)):
        target = came[number] if number < len(came) else None
        if odds is None:
            guesses = tuple(Guess(f"{value:.2f}") for value in row[:GUESSES])
        else:
            best = np.argsort(-row, kind="stable")[:GUESSES]
            names = [shown(symbols[k]) if symbols else f"#{k}" for k in best]
            guesses = tuple(Guess(n, float(row[k])) for n, k in zip(names, best, strict=True))
        right = None if target is None else guesses[0].text == target
        found.append(Token(text, guesses, target, right))
    return found


def _head(seen: Seen, trace: Trace) -> Head | None:
    """The layer that makes symbols of the h that is shown; None where it reads anything else."""
    model, recording = seen.recorded.model, seen.recorded.recording
    if len(model.head) != 1 or model.predictions(recording) is None:
        return None
    dense, reads = model.head[0], [place for place in recording.traces if place[0] == seen.place[0]]
    if dense.function not in (LINEAR, SOFTMAX) or reads != [seen.place]:
        return None
    if seen.place[0] != recording.layers - 1:
        return None
    answers, steps = len(dense.bias), len(trace.x)
    if answers * (steps + dense.weight.shape[1]) > MAX_HEAD:
        return None
    outputs = trace["h"][:, 0] @ dense.weight.T + dense.bias
    names = [shown(one) for one in model.symbols or ()] or [f"#{k}" for k in range(answers)]
    return Head(dense.weight, dense.bias, outputs, tuple(names))


def _file_name(kind: str) -> str:
    return kind.lower().replace("/", "-")


def _layer_name(place: Place) -> str:
    layer, way = place
    return f"layer{layer + 1}" + ("-backward" if way == "backward" else "")


@st.cache_resource(max_entries=KEPT_PAYLOADS, show_spinner=False)
def _payload(
    key: str, sequence: int, first: int, end: int, language: str, _seen: Seen
) -> StagePayload:
    del key, language
    trace = _seen.trace.piece(slice(first, end), sequence)
    texts = [shown(token) for token in _seen.as_read(_seen.tokens)[first:end]]
    run = ShownRun(
        trace,
        _tokens(_seen, texts, first),
        look_at(trace, texts),
        address=parameters.in_browser("model"),
        file_name=f"{_file_name(_seen.recorded.model.kind)}-{_layer_name(_seen.place)}",
        head=_head(_seen, trace),
    )
    return stage_payload(run)
