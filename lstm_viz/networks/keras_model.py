"""The models in what Keras saved: recurrent layers in the model's order, embedding and head.

Layers that are as wide as what the one before makes, with nothing between them that changes
numbers, are one stack. Where a layer between does (a normalisation, a convolution), the model is
cut there into parts. A file of weights alone says neither the order of the layers nor the functions
around the gates: the order is that in which the widths fit, the functions are Keras' usual ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.files.keras import KerasFile, KerasLayer, snake
from lstm_viz.language import _
from lstm_viz.networks.gate_order import KERAS, from_keras
from lstm_viz.networks.library_cells import keras_functions, library_cell
from lstm_viz.networks.model import FUNCTIONS, MAX_ONE_HOT, Dense, Model, check_size
from lstm_viz.networks.old_layouts import refuse_cudnn, refuse_old_layout
from lstm_viz.run.layers import BACKWARD, FORWARD
from lstm_viz.run.recording import Place

KINDS = {"LSTM": "LSTM", "GRU": "GRU", "SimpleRNN": "RNN"}
KINDS |= {f"{name}Cell": kind for name, kind in KINDS.items()}
# What leaves numbers as they are when a model is used.
IDLE = {
    *("InputLayer", "Dropout", "SpatialDropout1D", "GaussianNoise", "GaussianDropout"),
    *("Masking", "Identity", "ActivityRegularization", "NotEqual", "AlphaDropout", ""),
}


@dataclass(frozen=True, eq=False)
class _Recurrent:
    """One layer: its cell and weights by direction, and how many numbers it reads and makes."""

    name: str
    kind: str
    ways: Mapping[str, tuple[Cell, Mapping[str, np.ndarray]]]
    reads: int
    makes: int


def keras_models(file: KerasFile) -> dict[str, Model]:
    """The models by the name of their first layer. Raises ValueError with a sentence for none."""
    refuse_old_layout(file.shapes)
    layers = [found for layer in file.layers for found in _opened(layer, file.version)]
    recurrent = [one for one in layers if isinstance(one, _Recurrent)]
    if not recurrent:
        names = _(", ").join(ascii(layer.kind or layer.name)[:40] for layer in file.layers[:6])
        raise ValueError(
            _("Keras saved no LSTM, GRU or SimpleRNN in this file; it has {names}.").format(
                names=names or _("no layers")
            )
        )
    notes: tuple[str, ...] = ()
    if not file.has_config:
        layers = _by_width(layers)
        notes = (
            _(
                "The file has weights alone: the layers are in the order in which their widths fit "
                "and have Keras’ usual functions, tanh and the sigmoid."
            ),
        )
    return _models(layers, notes)


# ---- one layer -----------------------------------------------------------------------------------


def _opened(layer: KerasLayer, version: int) -> list[_Recurrent | KerasLayer]:
    """What a layer is for us: recurrent layers, or itself where it is another one."""
    kind = layer.kind
    if kind.startswith("CuDNN"):
        refuse_old_layout({"cudnn": ()})
    if kind == "Bidirectional" or (not layer.config and _has_both(layer)):
        return [_bidirectional(layer, version)]
    if kind in KINDS:
        groups = _groups(layer.arrays)
        config = layer.config
        return [_one_way(layer.name, KINDS[kind], config, next(iter(groups.values()), {}), version)]
    if kind == "RNN":
        return _of_cells(layer, version)
    if not kind and any("recurrent" in path for path in layer.arrays):
        arrays = _named(layer.arrays)
        return [_one_way(layer.name, _kind_of(arrays), {}, arrays, version)]
    return [layer]


def _has_both(layer: KerasLayer) -> bool:
    return any("backward" in path for path in layer.arrays)


def _bidirectional(layer: KerasLayer, version: int) -> _Recurrent:
    config = layer.config
    mode = config.get("merge_mode", "concat")
    if mode != "concat":
        raise ValueError(
            _(
                "{name} merges its two directions by {mode}; what can be read is concat, side by "
                "side."
            ).format(name=ascii(layer.name)[:40], mode=ascii(mode)[:20])
        )
    inner = config.get("layer") or {}
    backward = config.get("backward_layer") or inner
    groups = _groups(layer.arrays)

    def side(way: str) -> dict[str, np.ndarray]:
        return next((group for path, group in groups.items() if way in path), {})

    found = []
    for way, said in ((FORWARD, inner), (BACKWARD, backward)):
        kind = KINDS.get(str(said.get("class_name", "")), "") or _kind_of(side(way))
        found.append(_one_way(layer.name, kind, said.get("config", {}), side(way), version, way))
    forward, back = found
    return _Recurrent(
        layer.name,
        forward.kind,
        {FORWARD: forward.ways[FORWARD], BACKWARD: back.ways[FORWARD]},
        forward.reads,
        forward.makes + back.makes,
    )


def _of_cells(layer: KerasLayer, version: int) -> list[_Recurrent | KerasLayer]:
    """``RNN(cell)`` and ``RNN([cell, cell])``."""
    cell = layer.config.get("cell") or {}
    said = (cell.get("config") or {}).get("cells") or ([cell] if cell else [])
    groups = _groups(layer.arrays)
    said = said or [{"class_name": f"{_kind_of(one)}Cell"} for one in groups.values()]
    counts: dict[str, int] = {}
    found: list[_Recurrent | KerasLayer] = []
    for one in said:
        key = snake(str(one.get("class_name", "")))
        number = counts[key] = counts.get(key, -1) + 1
        key = f"{key}_{number}" if number else key
        arrays = next((g for path, g in groups.items() if key in path.split("/")), None)
        arrays = arrays or next(iter(groups.values()), {})
        kind = KINDS.get(str(one.get("class_name", "")))
        if kind is None:
            raise ValueError(
                _(
                    "{name} has a cell of its own, {kind}; LSTMCell, GRUCell and SimpleRNNCell are "
                    "known here."
                ).format(name=ascii(layer.name)[:40], kind=ascii(one.get("class_name"))[:40])
            )
        found.append(_one_way(layer.name, kind, one.get("config", {}), arrays, version))
    return found


def _one_way(
    name: str,
    kind: str,
    config: Mapping[str, object],
    arrays: Mapping[str, np.ndarray],
    version: int,
    way: str = FORWARD,
) -> _Recurrent:
    """A layer that reads in one direction; its way is called forward here in any case."""
    if config.get("go_backwards") and way == FORWARD:
        raise ValueError(
            _(
                "{name} has go_backwards=True; give what it reads turned round, and save it "
                "without."
            ).format(name=ascii(name)[:40])
        )
    named = _named(arrays)
    kernel, recurrent, bias = (named.get(key) for key in ("kernel", "recurrent_kernel", "bias"))
    gates = len(KERAS[kind])
    if kernel is None or recurrent is None or kernel.ndim != 2 or recurrent.ndim != 2:
        raise ValueError(_("{name} has no weights in this file.").format(name=ascii(name)[:40]))
    H = recurrent.shape[0]
    refuse_cudnn(None if bias is None else bias.shape, recurrent.shape)
    biases = {(gates * H,), (2, gates * H)} if kind == "GRU" else {(gates * H,)}
    fits = recurrent.shape == (H, gates * H) == (H, kernel.shape[1])
    if not fits or (bias is not None and bias.shape not in biases):
        raise ValueError(
            _("{name}: the shapes {shapes} are not those of a {kind} of Keras.").format(
                name=ascii(name)[:40],
                shapes=_(", ").join(str(array.shape) for array in named.values()),
                kind=kind,
            )
        )
    check_size([H], kernel.size + recurrent.size)
    given = [kernel, recurrent] if bias is None else [kernel, recurrent, bias]
    reset_after = bool(config.get("reset_after", bias is None or bias.ndim == 2))
    weights = from_keras(kind, given, reset_after=reset_after)
    cell = library_cell(kind, keras_functions(kind, config, version), reset_after=reset_after)
    return _Recurrent(name, kind, {FORWARD: (cell, weights)}, kernel.shape[0], H)


def _named(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """kernel, recurrent_kernel and bias: by their names, or by the numbers that Keras 3 gives."""
    found: dict[str, np.ndarray] = {}
    for path, array in arrays.items():
        last = path.rpartition("/")[2].removesuffix(":0")
        numbered = {"0": "kernel", "1": "recurrent_kernel", "2": "bias"}
        name = numbered.get(last, last)
        if array.dtype.kind == "f" and name in numbered.values():
            found.setdefault(name, array)
    return found


def _groups(arrays: Mapping[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """The arrays of each cell, by the path of its group."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for path, array in arrays.items():
        found.setdefault(path.rpartition("/")[0], {})[path] = array
    return {path: group for path, group in found.items() if len(_named(group)) >= 2}


def _kind_of(arrays: Mapping[str, np.ndarray]) -> str:
    """The kind as the shape of the recurrent kernel says it."""
    recurrent = _named(arrays).get("recurrent_kernel")
    shape = (1, 0) if recurrent is None or recurrent.ndim != 2 else recurrent.shape
    kinds = {len(order): kind for kind, order in KERAS.items()}
    return kinds.get(shape[1] // max(shape[0], 1), "LSTM")


# ---- the whole model -----------------------------------------------------------------------------


def _by_width(layers: Sequence[_Recurrent | KerasLayer]) -> list[_Recurrent | KerasLayer]:
    """The layers of a file without a config in the order in which their widths fit."""
    rest = [one for one in layers if isinstance(one, _Recurrent)]
    embeddings = [one for one in layers if _is(one, "Embedding")]
    others = [one for one in layers if one not in rest and one not in embeddings]
    width = _matrix(embeddings[0]).shape[1] if embeddings else None
    found: list[_Recurrent | KerasLayer] = list(embeddings)
    while rest:
        made = {one.makes for one in rest}
        fitting = [one for one in rest if one.reads == width] if width is not None else []
        fitting = fitting or [one for one in rest if one.reads not in made] or rest
        found.append(fitting[0])
        width = fitting[0].makes
        rest.remove(fitting[0])
    return [*found, *others]


def _models(layers: Sequence[_Recurrent | KerasLayer], notes: tuple[str, ...]) -> dict[str, Model]:
    """Each run of recurrent layers upon each other, with what stands before and behind it."""
    found: dict[str, Model] = {}
    embedding: KerasLayer | None = None
    stack: list[_Recurrent] = []
    head: list[KerasLayer] = []
    unread: list[str] = []
    is_cut = False

    def close() -> None:
        if stack:
            name = stack[0].name
            name = name if name not in found else f"{name} ({len(found) + 1})"
            found[name] = _model(name, embedding, stack, head, tuple(unread), notes)
        stack.clear()
        head.clear()

    for layer in layers:
        if isinstance(layer, _Recurrent):
            fits = not stack or (layer.reads == stack[-1].makes and not head and not is_cut)
            if not fits:
                close()
                embedding = None
            stack.append(layer)
            is_cut = False
        elif layer.kind == "Embedding" and layer.arrays:
            close()
            embedding = layer
        elif layer.kind in ("Dense", "TimeDistributed", "Activation", "Softmax") and stack:
            head.append(layer)
        elif layer.kind not in IDLE:
            is_cut = bool(stack)
            if not stack:
                embedding = None
            unread.append(layer.name)
    close()
    return found


def _model(
    name: str,
    embedding: KerasLayer | None,
    stack: Sequence[_Recurrent],
    head: Sequence[KerasLayer],
    unread: tuple[str, ...],
    notes: tuple[str, ...],
) -> Model:
    weights: dict[Place, Mapping[str, np.ndarray]] = {}
    cells: dict[Place, Cell] = {}
    for number, layer in enumerate(stack):
        for way, (cell, arrays) in layer.ways.items():
            cells[number, way], weights[number, way] = cell, arrays
    check_size([1] * len(weights), sum(a.size for w in weights.values() for a in w.values()))
    reads = stack[0].reads
    rows = _matrix(embedding) if embedding is not None else np.empty((0, 0))
    is_embedded = rows.ndim == 2 and rows.shape[0] > 0 and rows.shape[1] == reads
    one_hot = np.eye(reads) if reads <= MAX_ONE_HOT else np.empty((0, reads))
    answer, left = _head(head, stack[-1].makes)
    if embedding is not None and embedding.config.get("mask_zero"):
        said = _("Keras skips symbol 0 in this model (mask_zero); here it is read like any other.")
        notes = (*notes, said)
    return Model(
        kind="/".join(dict.fromkeys(layer.kind for layer in stack)),
        prefix=name,
        weights=weights,
        vectors=rows if is_embedded else one_hot,
        is_embedded=is_embedded,
        symbols=None,
        unread=(*unread, *left),
        cells=cells,
        head=answer,
        notes=notes,
    )


def _head(layers: Sequence[KerasLayer], width: int) -> tuple[tuple[Dense, ...], list[str]]:
    """The dense layers that can be computed, and the names of those that cannot."""
    found: list[Dense] = []
    for number, layer in enumerate(layers):
        config = layer.config
        if layer.kind == "TimeDistributed":
            config = (config.get("layer") or {}).get("config", {})
        function = str(config.get("activation", "linear" if layer.kind != "Softmax" else "softmax"))
        if layer.kind in ("Activation", "Softmax"):
            if found and function in FUNCTIONS and found[-1].function == "linear":
                last = found[-1]
                found[-1] = Dense(last.weight, last.bias, function, last.name)
                continue
            return tuple(found), [one.name for one in layers[number:]]
        arrays = list(layer.arrays.values())
        if (
            not arrays
            or arrays[0].ndim != 2
            or len(arrays[0]) != width
            or function not in FUNCTIONS
        ):
            return tuple(found), [one.name for one in layers[number:]]
        kernel = arrays[0].astype(float)
        bias = arrays[1].astype(float) if len(arrays) > 1 else np.zeros(kernel.shape[1])
        found.append(Dense(np.ascontiguousarray(kernel.T), bias, function, layer.name))
        width = kernel.shape[1]
    return tuple(found), []


def _is(layer: _Recurrent | KerasLayer, kind: str) -> bool:
    return isinstance(layer, KerasLayer) and layer.kind == kind and bool(layer.arrays)


def _matrix(layer: object) -> np.ndarray:
    """The first matrix of a layer, which is what an embedding has."""
    arrays = list(layer.arrays.values()) if isinstance(layer, KerasLayer) else []
    return next((array for array in arrays if array.ndim == 2), np.empty((0, 0)))
