"""The model on the page about one's own: the example, or a file that a visitor gives."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import streamlit as st

from lstm_viz import counted
from lstm_viz.files.checks import quote
from lstm_viz.language import _, ngettext, spoken
from lstm_viz.networks import network_file
from lstm_viz.networks.gate_order import TORCH_PARAMETERS, place_in_torch, to_torch
from lstm_viz.networks.model import Model
from lstm_viz.networks.network import load
from lstm_viz.networks.read_model import CONVERSION, INDEX, NotOpened, models
from lstm_viz.tasks import TASKS
from lstm_viz.ui import address, controls
from lstm_viz.ui.escaped import escaped

EXAMPLE, OWN = "example", "own"
EXAMPLE_TASK = "python"
EXAMPLE_FILE = "example-lstm.safetensors"
LONGEST_NAME = 60
MAX_MB = 32
KEPT_MODELS = 4  # each at most some 130 MB of float64

SAVE = """from safetensors.torch import save_file
save_file(model.state_dict(), "model.safetensors")
"""
SAVE_SYMBOLS = """import json
import re
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
    files: Mapping[str, bytes]
    key: str

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Given:
        name = min(files, key=lambda name: (name.endswith(INDEX), name))
        short = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        digest = hashlib.sha256()
        for one, data in sorted(files.items()):
            digest.update(f"{one} {len(data)} ".encode(errors="replace") * (len(files) > 1))
            digest.update(data)
        return cls(short, dict(files), digest.hexdigest())

    @property
    def is_example(self) -> bool:
        return self.key == _example().key


@cache
def example_file() -> bytes:
    """A network that comes with the app, as its state dict would be saved from torch."""
    network = load(EXAMPLE_TASK, "lstm")
    ((_cell, weights),) = network.layers.values()
    names = (f"lstm.{name}{place_in_torch(0, 'forward')}" for name in TORCH_PARAMETERS)
    arrays = dict(zip(names, to_torch("LSTM", weights), strict=True))
    assert network.embedding is not None
    arrays |= {"embedding.weight": network.embedding, "head.weight": network.head_weight}
    arrays |= {"head.bias": network.head_bias}
    return network_file.write(arrays, {"symbols": json.dumps(network.symbols)})


@cache
def _example() -> Given:
    return Given.of({EXAMPLE_FILE: example_file()})


def model_choice() -> str:
    """Whose model is shown."""
    titles = {EXAMPLE: _("The example"), OWN: _("My own")}
    return controls.choice(
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
    found = _models(given.key, spoken(), given.files)
    return given, _squashing(given, found[_prefix_choice(given, found)])


def _squashing(given: Given, model: Model) -> Model:
    """The model with what a person says that its plain RNN squashes with, which no file tells."""
    if not model.may_be_relu:
        return model
    name = controls.choice(
        "nonlinearity",
        _("The RNN squashes with"),
        ["tanh", "relu"],
        control=st.segmented_control,
        required=True,
        scope=given.key,
        help=_(
            "The state dict does not say which: nonlinearity=… where the torch.nn.RNN was made. "
            "torch’s own default is tanh."
        ),
    )
    return model.with_nonlinearity(name)


def _ask_for_file() -> None:
    files = st.file_uploader(
        _("A model: safetensors, .keras, .h5 or .onnx, at most {most} MB").format(most=MAX_MB),
        max_upload_size=MAX_MB,
        accept_multiple_files=True,
        key=_UPLOAD,
    )
    how_to_save()
    st.caption(_(address.NO_FILE))
    if not files:
        st.caption(_still())
        return
    given = Given.of({file.name: file.getvalue() for file in _together(files)})
    try:
        _models(given.key, spoken(), given.files)
    except NotOpened as problem:
        st.error(escaped(str(problem)))
        st.code(CONVERSION, "python", wrap_lines=True)
        st.caption(_still())
    except ValueError as problem:
        st.error(escaped(str(problem)))
        st.caption(_still())
    else:
        st.session_state[_KEPT] = given


def _together(files: Sequence[Any]) -> list[Any]:
    """The file that was given last; with the others where they are parts of one model."""
    if not _is_part(files[-1].name):
        return [files[-1]]
    return [file for file in files if _is_part(file.name)]


def _is_part(name: str) -> bool:
    return name.endswith(INDEX) or re.search(r"-\d+-of-\d+\.", name) is not None


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
        st.markdown(
            _(
                "What Keras saves (`.keras`, `.weights.h5`) and ONNX models are read as they are; "
                "of a model in several files, give all of them and the index."
            )
        )
        st.markdown(_("In a notebook no file is needed; the recording shows itself:"))
        st.code(RECORD, "python", wrap_lines=True)


@st.cache_resource(max_entries=KEPT_MODELS, show_spinner=False)
def _models(key: str, language: str, _files: Mapping[str, bytes]) -> dict[str, Model]:
    del key, language  # the notes are in the language being spoken
    ((name, data),) = _files.items() if len(_files) == 1 else (("", b""),)
    return models(_files if len(_files) > 1 else data, name)


def _prefix_choice(given: Given, found: dict[str, Model]) -> str:
    prefixes = list(found)
    if len(prefixes) == 1:
        return prefixes[0]
    number = controls.choice(
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
    parts = [escaped(given.name), model.kind, counted.layers(model.layers)]
    if len(model.ways) > 1:
        parts.append(_("in both directions"))
    same = set(model.sizes) == {model.sizes[0]}
    sizes = str(model.hidden) if same else _(", ").join(map(str, model.sizes))
    parts.append(counted.units(sizes))
    said = _("{parts}: {count} parameters, two biases that are added counted once.").format(
        parts=_(", ").join(parts), count=f"{model.count:,}"
    )
    if model.is_embedded:
        said += " " + _("It reads {symbols} symbols as {numbers} each.").format(
            symbols=f"{len(model.vectors):,}", numbers=counted.numbers(model.inputs)
        )
    else:
        reads = ngettext(
            "It reads {inputs} number a step.", "It reads {inputs} numbers a step.", model.inputs
        )
        said += " " + reads.format(inputs=model.inputs)
    if model.head:
        said += " " + _("Its head, {name}, answers with {numbers}.").format(
            name=escaped(quote(model.head[-1].name)), numbers=counted.numbers(f"{model.answers:,}")
        )
    for note in model.notes:
        said += " " + escaped(note)
    if given.is_example:
        said += " " + _("What it learnt: {task}.").format(task=_(TASKS[EXAMPLE_TASK].title))
    if model.unread:
        names = _(", ").join(quote(name) for name in model.unread[:3])
        more = " …" if len(model.unread) > 3 else ""
        said += " " + _("Also in the file, and not used here: {names}.").format(
            names=escaped(names) + more
        )
    return said
