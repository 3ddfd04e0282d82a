"""What Keras saved, as layers with their config and their arrays: ``.keras``, ``.h5`` and weights.

Three forms have the same in different places. A ``.keras`` file is a zip archive of the config and
the weights; a ``.weights.h5`` has the weights alone, in groups named after the layers' classes;
the older ``.h5`` has both, the config as an attribute. They are parsed as data: the archive's two
members are read up to a limit, the config is JSON, and of HDF5 only plain arrays of real numbers
inside the file itself are read. Nothing is deserialised, so no Lambda and no class of a stranger
ever runs.
"""

from __future__ import annotations

import io
import json
import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lstm_viz.files.checks import MAX_BYTES, check_size, check_values
from lstm_viz.language import _

MAX_CONFIG = 2**24
MAX_ARRAYS = 4096
MAX_DEPTH = 12

H5, ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"


@dataclass(frozen=True, eq=False)
class KerasLayer:
    """A layer: its class, its name, what its config says ({} where there is none), its arrays.

    ``arrays`` are by their path inside the layer, in the order in which Keras gives them.
    """

    kind: str
    name: str
    config: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class KerasFile:
    """The layers in a file, in the order of the model where the file says it."""

    layers: tuple[KerasLayer, ...]
    version: int = 3
    has_config: bool = True
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def is_keras(data: bytes) -> bool:
    """Whether a file is one of Keras': HDF5, or an archive with a config and weights in it."""
    if data.startswith(H5):
        return True
    if not data.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "config.json" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def keras_layers(data: bytes) -> KerasFile:
    """The layers in the file. Raises ValueError with a sentence for any that cannot be read."""
    check_size(data)
    if data.startswith(H5):
        return _from_h5(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            config = _json(_member(archive, "config.json", MAX_CONFIG))
            weights = _member(archive, "model.weights.h5", MAX_BYTES)
    except (zipfile.BadZipFile, KeyError, NotImplementedError, EOFError, OSError) as problem:
        raise ValueError(
            _("This .keras file cannot be read: {why}.").format(why=ascii(str(problem))[:120])
        ) from None
    with _opened(weights) as file:
        layers = tuple(_configured(config, file))
    return KerasFile(layers)


def _member(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """A member of the archive, of which no more is unpacked than may be."""
    with archive.open(name) as member:
        data = member.read(most + 1)
    if len(data) > most:
        raise ValueError(
            _("{name} in this file is larger than {most} MB.").format(name=name, most=most // 2**20)
        )
    return data


def _json(text: bytes | str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ValueError(_("The config in this file is no JSON."))
    return found


def _opened(data: bytes) -> Any:
    try:
        import h5py
    except ImportError:
        raise ValueError(_("To read what Keras saved, h5py is needed: pip install h5py.")) from None
    try:
        return h5py.File(io.BytesIO(data), "r")
    except (OSError, ValueError, RuntimeError, KeyError) as problem:
        raise ValueError(
            _("This HDF5 file cannot be read: {why}.").format(why=ascii(str(problem))[:120])
        ) from None


# ---- the older .h5, and weights alone ------------------------------------------------------------


def _from_h5(data: bytes) -> KerasFile:
    with _opened(data) as file:
        try:
            return _h5(file)
        except (OSError, RuntimeError, KeyError, TypeError, AttributeError) as problem:
            raise ValueError(
                _("This HDF5 file cannot be read: {why}.").format(why=ascii(str(problem))[:120])
            ) from None


def _h5(file: Any) -> KerasFile:
    version = int(re.sub(r"\D.*", "", _text(file.attrs.get("keras_version", "3"))) or 3)
    if "layers" in file or "_layer_checkpoint_dependencies" in file:
        return KerasFile(tuple(_unconfigured(file)), version, has_config=False)
    root = file.get("model_weights", file)
    shapes = {name: array.shape for name, array in _all_arrays(root).items()}
    configs = {}
    if "model_config" in file.attrs:
        described = _json(_text(file.attrs["model_config"]))
        configs = {one["name"]: one for one in _flat(described)}
    names = [_text(name) for name in root.attrs.get("layer_names", list(root))]
    ordered = [name for name in configs if name in names] or names
    layers = []
    for name in ordered:
        if not isinstance(name, str) or name not in root:
            continue
        group = root[name]
        listed = [_text(one) for one in group.attrs.get("weight_names", ())]
        found = _all_arrays(group)
        arrays = {one: found[one] for one in listed if one in found} or found
        one = configs.get(name, {})
        kind = str(one.get("class_name", _class_in(name)))
        config = one.get("config", {})
        layers.append(KerasLayer(kind, name, config if isinstance(config, dict) else {}, arrays))
    return KerasFile(tuple(layers), version, bool(configs), shapes)


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _all_arrays(group: Any) -> dict[str, np.ndarray]:
    """Every array in a group by its path, in the order of the paths."""
    return {path: _array(path, found) for path, found in sorted(_datasets(group), key=_natural)}


def _datasets(group: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    import h5py

    if depth > MAX_DEPTH:
        raise ValueError(_("The groups in this file are nested too deep."))
    for name in group:
        # A link may lead out of the file: those that do are not followed.
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise ValueError(_("This file refers to another one, which is not read."))
        found = group[name]
        place = f"{path}/{name}" if path else name
        if isinstance(found, h5py.Dataset):
            yield place, found
        elif isinstance(found, h5py.Group):
            yield from _datasets(found, place, depth + 1)


def _natural(item: tuple[str, Any]) -> list[Any]:
    """So that 10 stands behind 9."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", item[0])]


def _array(path: str, found: Any) -> np.ndarray:
    name = ascii(path)[:60]
    if found.external or getattr(found, "is_virtual", False):
        raise ValueError(_("This file refers to another one, which is not read."))
    if found.dtype.kind not in "fiub":
        raise ValueError(_("{name} holds no real numbers.").format(name=name))
    if math.prod(found.shape) * found.dtype.itemsize > MAX_BYTES:
        raise ValueError(_("{name} has the shape {given}.").format(name=name, given=found.shape))
    array = np.asarray(found[()])
    if array.dtype.kind == "f":
        array = array.astype(np.float64 if array.dtype.itemsize > 4 else np.float32)
        check_values(name, array)
    return array


def _class_in(name: str) -> str:
    """The class of a layer as its group is named: ``lstm_1`` is an LSTM."""
    known = {
        "lstm": "LSTM",
        "gru": "GRU",
        "simple_rnn": "SimpleRNN",
        "rnn": "RNN",
        "bidirectional": "Bidirectional",
        "embedding": "Embedding",
        "dense": "Dense",
        "time_distributed": "TimeDistributed",
        "cu_dnnlstm": "CuDNNLSTM",
        "cu_dnngru": "CuDNNGRU",
    }
    return known.get(re.sub(r"_\d+$", "", name.lower()), "")


def _unconfigured(file: Any) -> Iterator[KerasLayer]:
    """The layers of a file of weights alone, in the order of their names."""
    root = file["layers" if "layers" in file else "_layer_checkpoint_dependencies"]
    for name in sorted(root, key=lambda name: _natural((name, None))):
        group = root[name]
        if "layers" in group:
            yield from _unconfigured(group)
            continue
        arrays = _all_arrays(group)
        if arrays:
            yield KerasLayer(_class_in(name), name, {}, arrays)


# ---- .keras --------------------------------------------------------------------------------------


def _flat(config: Mapping[str, Any], depth: int = 0) -> Iterator[dict[str, Any]]:
    """The layers that a model's config lists, those of models inside it among them."""
    inside = config.get("config", {})
    listed = inside.get("layers", ()) if isinstance(inside, dict) else inside  # Keras 1: a list
    if depth > MAX_DEPTH or not isinstance(listed, list):
        return
    for one in listed:
        if not isinstance(one, dict):
            continue
        own = one.get("config", {})
        if isinstance(own, dict) and "layers" in own:
            yield from _flat(one, depth + 1)
            continue
        name = own.get("name", one.get("name", "")) if isinstance(own, dict) else ""
        yield {"class_name": one.get("class_name", ""), "config": own, "name": str(name)}


def _configured(config: Mapping[str, Any], file: Any) -> Iterator[KerasLayer]:
    """The layers in the model's order, each with its arrays."""
    inside = config.get("config", {})
    listed = inside.get("layers", ()) if isinstance(inside, dict) else ()
    if not isinstance(listed, list):
        return
    place = next((n for n in ("layers", "_layer_checkpoint_dependencies") if n in file), None)
    root = file[place] if place else {}
    counts: dict[str, int] = {}
    for one in listed:
        if not isinstance(one, dict) or not isinstance(one.get("config", {}), dict):
            continue
        kind, own = str(one.get("class_name", "")), one.get("config", {})
        key = snake(kind)
        number = counts[key] = counts.get(key, -1) + 1
        group = _group_of(root, f"{key}_{number}" if number else key, str(own.get("name", "")))
        if group is not None and "layers" in own:
            yield from _configured(one, group)
            continue
        arrays = {} if group is None else _all_arrays(group)
        yield KerasLayer(kind, str(own.get("name", kind)), own, arrays)


def _group_of(root: Any, key: str, name: str) -> Any:
    """A layer's group, by the name that is written in it, else by its class and number."""
    for found in (key, name):
        if found and found in root:
            said = root[found].get("vars")
            said = _text(said.attrs.get("name", "")) if said is not None else ""
            if not said or not name or said == name:
                return root[found]
    for found in root:
        said = root[found].get("vars") if hasattr(root[found], "get") else None
        if said is not None and name and _text(said.attrs.get("name", "")) == name:
            return root[found]
    return root.get(key, None)


def snake(name: str) -> str:
    """The name of a class as Keras writes it in a file: SimpleRNN is ``simple_rnn``."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
