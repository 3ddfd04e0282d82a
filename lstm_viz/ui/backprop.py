"""Backpropagation through one network's reading, computed once for everyone who looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.cells.expressions import Name
from lstm_viz.figures.look import Figure
from lstm_viz.figures.sums import sums_caption, sums_figure
from lstm_viz.gradients.backward import Backward, backprop
from lstm_viz.gradients.deltas import Deltas
from lstm_viz.gradients.losses import Loss, prediction_loss
from lstm_viz.language import _, spoken
from lstm_viz.networks.network import Network, load
from lstm_viz.networks.torch.proof import submit_gradients
from lstm_viz.run.layers import FORWARD
from lstm_viz.run.recording import Recording
from lstm_viz.stage.backward import backward_payload
from lstm_viz.stage.payload import ShownRun
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.tokens import read_tokens
from lstm_viz.tasks import Sequence, Task
from lstm_viz.ui import controls, parameters
from lstm_viz.ui.figure import drawn
from lstm_viz.ui.proof import show_verdict
from lstm_viz.words.captions import Caption, look_back

KEPT = 60  # as many walks back are remembered


@dataclass(frozen=True, eq=False)
class Following:
    """A loss followed back through a network that read a sequence."""

    network: Network
    sequence: Sequence
    recording: Recording
    loss: Loss
    backward: Backward
    caption: Caption
    payload: StagePayload

    @cached_property
    def sums(self) -> Mapping[str, np.ndarray]:
        """For each line of the cell the norm of its weights' gradient from each step on."""
        return Deltas(self.backward).weight_sums()

    @property
    def texts(self) -> list[str]:
        """What was read at each step."""
        return [token["text"] for token in self.payload["tokens"]]


def loss_choice() -> bool:
    """Whether only the last prediction counts."""
    return not controls.switch(
        "every",
        _("Every prediction counts"),
        help=_(
            "The loss is that of the last prediction that can be right or wrong; or the sum over "
            "all predictions, and then something enters at every step."
        ),
        width="content",
    )


def skip_choice(name: str) -> bool:
    """Whether the memory is kept whole, whatever the gate says; asked where a gate keeps it."""
    cell = CELLS[name]
    if not isinstance(cell.kept, Name) or cell.kept.id not in cell.signals:
        return False
    return controls.switch(
        "skip",
        _("Hold {gate} at 1").format(gate=cell.kept),
        help=_(
            "With {gate} = 1 the memory is a skip connection, as in a residual network: what "
            "arrives at {memory} goes on back undiminished."
        ).format(gate=cell.kept, memory=cell.memory),
        width="content",
    )


def follow(
    task: Task,
    cell: str,
    sequence: Sequence,
    last_only: bool,
    skip: bool,
) -> Following:
    """The loss of the shipped network of this task and cell, followed back."""
    return _follow(task.name, cell, sequence, last_only, skip, spoken())


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _follow(
    task: str,
    cell: str,
    sequence: Sequence,
    last_only: bool,
    skip: bool,
    language: str,
) -> Following:
    del language  # the words of the payload depend on it
    network = _kept_whole(load(task, cell)) if skip else load(task, cell)
    recording = network.read(sequence)
    loss = prediction_loss(network, recording, sequence, last_only)
    backward = backprop(recording[0], {"h": loss.by_output})
    tokens = read_tokens(network, recording, sequence)
    caption = look_back(backward, [token.text for token in tokens])
    run = ShownRun(
        recording[0],
        tokens,
        caption,
        task=_(network.task.title),
        address=parameters.in_browser("backprop"),
        file_name=f"{task}-{cell}-backward",
    )
    payload = backward_payload(run, Deltas(backward))
    return Following(network, sequence, recording, loss, backward, caption, payload)


def _kept_whole(network: Network) -> Network:
    """The same network with the gate that keeps fixed at 1."""
    cell, weights = network.layers[0, FORWARD]
    edited = cell.with_(f"{cell.kept} = 1")
    left = {name: weights[name] for name in edited.weight_names}
    return replace(network, layers={**network.layers, (0, FORWARD): (edited, left)})


def agreement(following: Following) -> None:
    """The badge that says how far our gradients and torch's are apart."""
    backward = following.backward
    gradients = {**backward.weights, "x": backward.x}
    asked = (following.network, following.sequence, following.recording)
    show_verdict(submit_gradients(*asked, backward.given["h"], gradients))


def weight_sums(following: Following) -> None:
    """The gradient of the weights growing on the way back, and what to see in it."""
    sums, tokens = following.sums, following.texts
    st.header(_("One set of weights, a sum over all steps"), anchor=False)
    caption = sums_caption(sums, tokens)
    st.plotly_chart(
        drawn(_sums_figure, following),
        key="weight sums",
        theme=None,
        config={"displayModeBar": False},
        alt=caption,
    )
    st.caption(caption)


def _sums_figure(following: Following, dark: bool) -> Figure:
    return sums_figure(following.network.cell, following.sums, following.texts, dark)
