"""Any file with a model in it, told by its first bytes and read by the one who knows it.

Nothing in a file runs: what could, a pickle as torch.save and scikit-learn write it, is not opened.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO

from lstm_viz.files.checks import quote
from lstm_viz.files.keras import is_keras, keras_layers
from lstm_viz.files.onnx import onnx_graph
from lstm_viz.language import _
from lstm_viz.networks.keras_model import keras_models
from lstm_viz.networks.model import Model
from lstm_viz.networks.onnx_model import onnx_models
from lstm_viz.networks.state_dict import arrays_in, torch_models

# What turns a .pt file, which is never opened here, into one that can be read.
CONVERSION = """import torch; from safetensors.torch import save_file; found = torch.load("model.pt", weights_only=True); found = next((found[key] for key in ("model_state_dict", "state_dict", "model") if key in found), found)
save_file({name: value.float().clone().contiguous() for name, value in found.items() if torch.is_tensor(value)}, "model.safetensors")
"""  # noqa: E501

INDEX = ".index.json"


class NotOpened(ValueError):
    """A file of a kind that can run code when it is opened."""


def read_model(
    data: bytes | Mapping[str, bytes],
    name: str = "",
    part: str = "",
    nonlinearity: str = "tanh",
) -> Model:
    """The model in a file: safetensors, Keras (``.keras``, ``.weights.h5``, ``.h5``), or ONNX.

    ``name`` is the file's name, which is only needed in what is said of it. Several files that
    belong together, the shards of safetensors and their index, are given as a mapping from name to
    bytes. Of several recurrent parts ``part`` chooses one by its name, by default the first;
    ``model.notes`` has the others. A state dict does not say whether torch's RNN had
    ``nonlinearity="tanh"`` or "relu": say it here. ``model.record(x)`` records it, x (T, B, D) or
    symbols (T, B).

    Raises ValueError with a sentence, and NotOpened for files that could run code.
    """
    found = models(data, name)
    if part and part not in found:
        raise ValueError(
            _("There is no part {part} in this file; there is {names}.").format(
                part=quote(part), names=_(", ").join(map(quote, found))
            )
        )
    return found[part or next(iter(found))].with_nonlinearity(nonlinearity)


def read_onnx(data: bytes, part: str = "") -> Model:
    """The model in an ONNX file; see ``read_model``."""
    found = onnx_models(onnx_graph(data))
    return found[part] if part in found else next(iter(found.values()))


def models(data: bytes | Mapping[str, bytes], name: str = "") -> dict[str, Model]:
    """The models in a file, or in files that belong together, by what they are called there.

    Raises NotOpened for a file that could run code, and ValueError with a sentence for every other
    one in which there is none.
    """
    if isinstance(data, Mapping):
        return torch_models(arrays_in(_shards(data))) if len(data) > 1 else _one(*_first(data))
    return _one(name, data)


def _first(files: Mapping[str, bytes]) -> tuple[str, bytes]:
    for name, data in files.items():
        return name, data
    raise ValueError(_("Give at least one file."))


def _one(name: str, data: bytes) -> dict[str, Model]:
    if is_keras(data):
        return keras_models(keras_layers(data))
    if _is_numpy(data):
        raise ValueError(
            _(
                "This is a file of NumPy’s, which does not say which layers its arrays belong to. "
                "Save the model as safetensors, .keras or ONNX."
            )
        )
    if _could_run(data):
        raise NotOpened(
            _(
                "This looks like a .pt file. Opening one can run whatever its sender wrote into "
                "it, so it is not opened here. These two lines turn it into a safetensors file on "
                "your own machine; a file made by torch.save(model.state_dict(), ...) is meant, "
                "or one with the state dict under model_state_dict or state_dict."
            )
        )
    if data[:4] == b"PK\3\4":
        raise ValueError(_("This is a zip archive without a model that can be read here."))
    if _is_onnx(name, data):
        return onnx_models(onnx_graph(data))
    if data.lstrip()[:1] == b"{" and b'"weight_map"' in data:
        missing = _(", ").join(map(quote, _files_named(data)[:4]))
        raise ValueError(
            _("This is the index of a model in several files. Give these with it: {names}.").format(
                names=missing
            )
        )
    return torch_models(arrays_in({name: data}))


def _is_numpy(data: bytes) -> bool:
    if data.startswith(b"\x93NUMPY"):
        return True
    names = _members(data)
    return bool(names) and all(name.endswith(".npy") for name in names)


def _members(data: bytes) -> list[str]:
    if data[:4] != b"PK\3\4":
        return []
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return []


def _could_run(data: bytes) -> bool:
    """Whether the file is a pickle, or an archive with one in it, as a .pt is."""
    is_pickle = data[:1] == b"\x80" and data[1:2] in (b"\2", b"\3", b"\4", b"\5")
    if data[8:9] == b"{":
        return False
    names = _members(data)
    return is_pickle or any(name.endswith((".pkl", ".pickle")) for name in names)


def _is_onnx(name: str, data: bytes) -> bool:
    """Whether it is called so, or begins like one: field 1, the version, and then a producer."""
    begins = (
        data[:1] == b"\x08" and len(data) > 2 and data[1] < 64 and data[2] in b"\x12\x1a\x22\x3a"
    )
    return data[8:9] != b"{" and (name.lower().endswith(".onnx") or begins)


def _shards(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The safetensors files among these, all of them that the index names."""
    index = [data for name, data in files.items() if name.endswith(INDEX)]
    found = {name: data for name, data in files.items() if not name.endswith(INDEX)}
    wanted = _files_named(index[0]) if index else []
    missing = [name for name in wanted if name not in found]
    if missing:
        raise ValueError(
            _("The index names files that are not here: {names}.").format(
                names=_(", ").join(map(quote, missing[:4]))
            )
        )
    for name, data in found.items():
        if data[8:9] != b"{":
            raise ValueError(
                _("{name} is no safetensors file; give one model at a time.").format(
                    name=quote(name)
                )
            )
    return {name: found[name] for name in wanted} if wanted else found


def _files_named(index: bytes) -> list[str]:
    try:
        named = json.loads(index)["weight_map"].values()
        return list(dict.fromkeys(str(name) for name in named))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(_("The index of this model is no JSON with a weight_map.")) from None
