"""The model on the page about one's own: the example, or a file that a visitor gives."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache

import streamlit as st

from lstm_viz.language import _, ngettext
from lstm_viz.networks import network_file
from lstm_viz.networks.gate_order import TORCH_PARAMETERS, place_in_torch, to_torch
from lstm_viz.networks.model import Model
from lstm_viz.networks.network import load
from lstm_viz.networks.read_model import CONVERSION, NotOpened, models
from lstm_viz.networks.tensor_file import cut
from lstm_viz.tasks import TASKS
from lstm_viz.ui import address
from lstm_viz.ui.escaped import escaped

EXAMPLE, OWN = "example", "own"
EXAMPLE_TASK = "python"
EXAMPLE_FILE = "example-lstm.safetensors"
LONGEST_NAME = 60
MAX_MB = 5
KEPT_MODELS = 8  # each at most some 20 MB of float64

SAVE = """from safetensors.torch import save_file
save_file(model.state_dict(), "model.safetensors")
"""
SAVE_SYMBOLS = """import json
save_file(model.state_dict(), "model.safetensors", {"symbols": json.dumps(symbols)})
"""
RECORD = """import lstm_viz as lv
recording = lv.record(lstm, x)  # your torch.nn.LSTM, and what it reads
"""

_UPLOAD, _KEPT = "model file", "model kept"


@dataclass(frozen=True, eq=False)
class Given:
    """A file with at least one model in it. ``key`` is a hash of its bytes."""

    name: str
    data: bytes
    key: str

    @classmethod
    def of(cls, name: str, data: bytes) -> Given:
        short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        return cls(short, data, hashlib.sha256(data).hexdigest())

    @property
    def is_example(self) -> bool:
        return self.key == _example().key


@cache
def example_file() -> bytes:
    """A network that comes with the app, as its state dict would be saved from torch."""
    network = load(EXAMPLE_TASK, "lstm")
    ((_cell, weights),) = network.layers
    names = (f"lstm.{name}{place_in_torch(0, 'forward')}" for name in TORCH_PARAMETERS)
    arrays = dict(zip(names, to_torch("LSTM", weights), strict=True))
    assert network.embedding is not None
    arrays |= {"embedding.weight": network.embedding, "head.weight": network.head_weight}
    arrays |= {"head.bias": network.head_bias}
    return network_file.write(arrays, {"symbols": json.dumps(network.symbols)})


@cache
def _example() -> Given:
    return Given.of(EXAMPLE_FILE, example_file())


def model_choice() -> str:
    """Whose model is shown."""
    titles = {EXAMPLE: _("The example"), OWN: _("My own")}
    return address.choice(
        "model",
        _("Model"),
        list(titles),
        title=titles.__getitem__,
        control=st.segmented_control,
        required=True,
        wrap=True,
    )


def given_model(choice: str) -> tuple[Given, Model]:
    """The file and the model in it; a file in which there is none is told, and changes nothing."""
    if choice == OWN:
        _ask_for_file()
    given = st.session_state.get(_KEPT, _example()) if choice == OWN else _example()
    found = _models(given.key, given.data)
    return given, found[_prefix_choice(given, found)]


def _ask_for_file() -> None:
    file = st.file_uploader(
        _("A state dict in a safetensors file, at most {most} MB").format(most=MAX_MB),
        max_upload_size=MAX_MB,
        key=_UPLOAD,
    )
    how_to_save()
    st.caption(_(address.NO_FILE))
    if file is None:
        st.caption(_still())
        return
    given = Given.of(file.name, file.getvalue())
    try:
        _models(given.key, given.data)
    except NotOpened as problem:
        st.error(escaped(str(problem)))
        st.code(CONVERSION, "python", wrap_lines=True)
        st.caption(_still())
    except ValueError as problem:
        st.error(escaped(str(problem)))
        st.caption(_still())
    else:
        st.session_state[_KEPT] = given


def _still() -> str:
    """What is shown while there is no file, or none that can be read: what was there before."""
    kept = st.session_state.get(_KEPT)
    if kept is None:
        return _("Below is still the example.")
    return _("Below is still {name}.").format(name=escaped(kept.name))


def how_to_save() -> None:
    """The lines that make such a file, and those that do without one."""
    with st.expander(_("How to save it, and how to look at it in a notebook")):
        st.markdown(
            _(
                "The two lines that save a model. An LSTM, GRU or RNN is found in it by the names "
                "of its weights, with as many layers and directions as it has:"
            )
        )
        st.code(SAVE, "python", wrap_lines=True)
        st.markdown(_("With the symbols that it reads, in their order, a text can be given to it:"))
        st.code(SAVE_SYMBOLS, "python", wrap_lines=True)
        st.markdown(_("In a notebook no file is needed; the recording shows itself:"))
        st.code(RECORD, "python", wrap_lines=True)


@st.cache_resource(max_entries=KEPT_MODELS, show_spinner=False)
def _models(key: str, _data: bytes) -> dict[str, Model]:
    return models(_data)


def _prefix_choice(given: Given, found: dict[str, Model]) -> str:
    prefixes = list(found)
    if len(prefixes) == 1:
        return prefixes[0]
    number = address.choice(
        "part",
        _("Part of the model"),
        range(1, len(prefixes) + 1),
        title=lambda number: _said_of(prefixes[number - 1]),
        scope=given.key,
    )
    return prefixes[number - 1]


def _said_of(prefix: str) -> str:
    return prefix.rstrip(".")[:LONGEST_NAME] or _("without a name")


def offer_example() -> None:
    """A button that gives the example as a file like one's own."""
    st.download_button(
        _("This example as a file"), example_file, EXAMPLE_FILE, on_click="ignore", key="example"
    )


def described(given: Given, model: Model) -> str:
    """What was found in the file, in a sentence of Markdown."""
    layers = ngettext("{number} layer", "{number} layers", model.layers)
    parts = [escaped(given.name), model.kind, layers.format(number=model.layers)]
    if len(model.ways) > 1:
        parts.append(_("in both directions"))
    units = ngettext("{number} unit", "{number} units", model.hidden)
    parts.append(units.format(number=model.hidden))
    said = _("{parts}: {count} parameters, two biases that are added counted once.").format(
        parts=", ".join(parts), count=f"{model.count:,}"
    )
    if model.is_embedded:
        said += " " + _("It reads {symbols} symbols as {inputs} numbers each.").format(
            symbols=len(model.vectors), inputs=model.inputs
        )
    else:
        reads = ngettext(
            "It reads {inputs} number a step.", "It reads {inputs} numbers a step.", model.inputs
        )
        said += " " + reads.format(inputs=model.inputs)
    if given.is_example:
        said += " " + _("What it learnt: {task}.").format(task=_(TASKS[EXAMPLE_TASK].title))
    if model.unread:
        names = ", ".join(cut(name) for name in model.unread[:3])
        more = " …" if len(model.unread) > 3 else ""
        said += " " + _("Also in the file, and not used here: {names}.").format(
            names=escaped(names) + more
        )
    return said
