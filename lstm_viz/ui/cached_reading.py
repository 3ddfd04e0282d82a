"""What one network does with one sequence, computed once for everyone who looks at it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from lstm_viz.language import _, spoken
from lstm_viz.networks.network import Network, load
from lstm_viz.networks.write import Written
from lstm_viz.run.recording import Recording
from lstm_viz.run.trace import Trace
from lstm_viz.stage.output import head_of
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.tokens import read_series, read_tokens, written_series, written_tokens
from lstm_viz.tasks import Sequence, Task
from lstm_viz.ui import parameters
from lstm_viz.ui.write_on import Writing, said
from lstm_viz.words.captions import Caption
from lstm_viz.words.holding import look_at_network

KEPT = 100  # as many readings are remembered, about 200 KB each


@dataclass(frozen=True, eq=False)
class Reading:
    """A network that read a sequence: what it did, what to look at, what the stage shows."""

    network: Network
    sequence: Sequence
    recording: Recording
    caption: Caption
    payload: StagePayload
    written: Written | None = None

    @property
    def trace(self) -> Trace:
        return self.recording[0]

    @property
    def file_name(self) -> str:
        return self.payload["file_name"]


def read(task: Task, cell: str, sequence: Sequence, writing: Writing | None = None) -> Reading:
    """The shipped network of this task and cell, reading this sequence, or writing on from it."""
    return _read(task.name, cell, sequence, writing, spoken())


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _read(
    task: str, cell: str, sequence: Sequence, writing: Writing | None, language: str
) -> Reading:
    del language  # the words of the payload depend on it
    network, given = load(task, cell), sequence
    written = writing.by(network, sequence) if writing else None
    if written is None:
        recording = network.read(sequence)
        tokens = read_tokens(network, recording, sequence)
        series = read_series(network, recording, sequence)
    else:
        series = written_series(network, written, sequence)
        recording, sequence = written.recording, written.sequence
        tokens = written_tokens(network, written)
    caption = look_at_network(network, recording, sequence, [token.text for token in tokens])
    if written is not None and writing is not None:  # the stage opens where it begins to write
        text = said(written, writing, network, given)
        caption = replace(caption, text=text, t=len(written.start) - 1)
    run = ShownRun(
        recording[0],
        tokens,
        caption,
        question=_(network.task.question),
        task=_(network.task.title),
        series=series,
        address=parameters.in_browser("stage"),
        file_name=f"{task}-{cell}",
        head=head_of(network, recording, writing.drawing if writing else None),
        held=writing.held if writing else (),
    )
    return Reading(network, sequence, recording, caption, stage_payload(run), written)
