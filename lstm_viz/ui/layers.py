"""The page about layers, directions and stacks: what is chosen, and what is shown of it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.cells.parameters import formula
from lstm_viz.language import _, ngettext, spoken
from lstm_viz.networks.network import DEEPEST, STACKED, Network, load_stack
from lstm_viz.networks.torch import proof
from lstm_viz.run.recording import Recording
from lstm_viz.stage.payload_types import StackPayload
from lstm_viz.stage.stack import stack_payload, title
from lstm_viz.tasks.someone import ANSWERS, TASK
from lstm_viz.ui import controls, parameters
from lstm_viz.ui.components import stack
from lstm_viz.ui.proof import show_verdict
from lstm_viz.words.parameters import biases_said

EXAMPLES = tuple(TASK.examples.values())
ARCHITECTURES = "torch.nn.{kind}({inputs}, {hidden}, num_layers={layers}, bidirectional={both})"


@dataclass(frozen=True, eq=False)
class Shown:
    """A network, what it recorded, and the payload of the picture."""

    network: Network
    recording: Recording
    payload: StackPayload

    @property
    def spoken(self) -> dict[str, object]:
        """What PyTorch calls it."""
        network = self.network
        return {
            "kind": network.cell.name.upper(),
            "inputs": network.width(0),
            "hidden": network.hidden,
            "layers": network.depth,
            "both": len(network.ways) == 2,
        }


def layers_choices() -> tuple[str, int, bool]:
    """The cell, the number of layers, and whether they read in both directions."""
    cell = controls.choice("cell", _("Cell"), STACKED, title=lambda name: _(CELLS[name].title))
    count = controls.choice(
        "layers",
        _("Layers"),
        range(1, DEEPEST + 1),
        title=lambda count: ngettext("{count} layer", "{count} layers", count).format(count=count),
        control=st.segmented_control,
        required=True,
        width="content",
    )
    both = controls.choice(
        "both",
        _("Reads"),
        (False, True),
        title=lambda both: _("forward") if not both else _("in both directions"),
        control=st.segmented_control,
        required=True,
        width="content",
    )
    return cell, count, both


def example_choice() -> tuple[str, ...]:
    """The words of an example."""
    number = controls.choice(
        "sequence",
        _("Sequence"),
        range(1, len(EXAMPLES) + 1),
        title=lambda number: TASK.write(EXAMPLES[number - 1]),
    )
    swapped = controls.switch(
        "swapped",
        _("she ↔ he"),
        help=_("Every she becomes a he, and every he a she. Who could have known?"),
        width="content",
    )
    words = EXAMPLES[number - 1]
    if swapped:
        others = dict(zip(ANSWERS, reversed(ANSWERS), strict=True))
        words = tuple(others.get(word, word) for word in words)
    return words


def show(cell: str, layers: int, both: bool, words: tuple[str, ...]) -> Shown:
    """Draws the network reading the words."""
    shown = _read(cell, layers, both, words, spoken())
    stack(shown.payload)
    return shown


@st.cache_resource(max_entries=100, show_spinner=False)
def _read(cell: str, layers: int, both: bool, words: tuple[str, ...], language: str) -> Shown:
    del language
    network = load_stack(TASK.name, cell, layers, both)
    recording = network.read(words)
    payload = stack_payload(network, recording, words, parameters.in_browser("layers"))
    return Shown(network, recording, payload)


def proof_of(shown: Shown) -> None:
    """PyTorch's own module with the same weights, and how far it is apart."""
    network = shown.network
    show_verdict(
        proof.submit_module(
            network.cell.name.upper(),
            {place: weights for place, (_cell, weights) in network.layers.items()},
            shown.recording[0].x,
            shown.recording,
            (network.head_weight, network.head_bias),
        )
    )


def scores(cell: str) -> dict[str, list[str]]:
    """The accuracy of the four networks of this cell: directions across, layers down."""
    found: dict[str, list[str]] = {_("Layers"): [str(n) for n in range(1, DEEPEST + 1)]}
    for both, name in ((False, _("forward")), (True, _("in both directions"))):
        networks = [load_stack(TASK.name, cell, layers, both) for layers in range(1, DEEPEST + 1)]
        found[name] = [TASK.score.with_interval(network.metrics) for network in networks]
    return found


def shapes(cell: str, layers: int, both: bool) -> dict[str, list[str]]:
    """For each row of cells, and the output layer, what it reads and its parameters."""
    network = load_stack(TASK.name, cell, layers, both)
    places = list(network.layers)
    H = network.hidden
    head = network.head_weight  # V, which is shared as W and U are
    return {
        _("Layer"): [*(title(place) for place in places), _("output layer V, b")],
        _("reads D"): [*(str(network.width(layer)) for layer, _way in places), str(head.shape[1])],
        _("units H"): [*(str(H) for _place in places), str(head.shape[0])],
        _("parameters {formula}").format(formula=formula(network.cell)): [
            *(str(network.cell.count(network.width(layer), H)) for layer, _way in places),
            f"{head.shape[0]}({head.shape[1]} + 1) = {head.size + network.head_bias.size}",
        ],
    }


def counted(cell: str, layers: int, both: bool) -> str:
    """How the parameters in that table are counted, beside what torch's module stores."""
    network = load_stack(TASK.name, cell, layers, both)
    sizes = [(network.width(layer), network.hidden) for layer, _way in network.layers]
    return biases_said(network.cell, sizes)
