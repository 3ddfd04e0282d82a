"""A network as other programs read it: an ONNX model, Keras' weights, torch's state dict.

Each knows some cells and not others: ``CELLS_KNOWN`` says which. The weights are packed by
``gate_order``, the one place that knows their orders. Numbers are float32, which all three compute
in; a network of symbols reads their numbers, one of numbers reads them scaled as in training.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping

import numpy as np
from safetensors.numpy import save

from lstm_viz.cells import Cell
from lstm_viz.language import _
from lstm_viz.networks.gate_order import TORCH_PARAMETERS, to_keras, to_onnx, to_torch
from lstm_viz.networks.network import Network
from lstm_viz.run.layers import FORWARD, Layer

# A cell of the catalogue -> what the library calls it, and the options that make it this one.
CELLS_KNOWN: Mapping[str, Mapping[str, tuple[str, Mapping[str, object]]]] = {
    "onnx": {
        "lstm": ("LSTM", {}),
        "np": ("LSTM", {}),
        "peephole": ("LSTM", {}),
        "cifg": ("LSTM", {"input_forget": 1}),
        "gru": ("GRU", {"linear_before_reset": 1}),
        "gru_reset_before": ("GRU", {}),
        "rnn": ("RNN", {}),
    },
    "keras": {
        "lstm": ("LSTM", {}),
        "np": ("LSTM", {}),
        "gru": ("GRU", {"reset_after": True}),
        "gru_reset_before": ("GRU", {"reset_after": False}),
        "rnn": ("SimpleRNN", {}),
    },
    "torch": {"lstm": ("LSTM", {}), "np": ("LSTM", {}), "gru": ("GRU", {}), "rnn": ("RNN", {})},
}


def knows(library: str, network: Network) -> bool:
    """Whether a file for the library can hold it: its cells are known, and all read forward."""
    known = all(_name(cell) in CELLS_KNOWN[library] for cell, _weights in network.layers.values())
    return known and network.ways == (FORWARD,)


def _forward(network: Network) -> list[Layer]:
    """Its layers from the input upwards. Raises ValueError where one reads backward."""
    if network.ways != (FORWARD,):
        raise ValueError(_("Only a network whose layers all read forward is written to a file."))
    return list(network.layers.values())


def to_state_dict_file(network: Network) -> bytes:
    """A safetensors file of the state dict of a module with ``embedding``, ``rnn`` and ``head``.

    ``rnn`` is ``torch.nn.LSTM``, ``GRU`` or ``RNN`` with as many layers; the symbols stand in the
    metadata. Raises ValueError with a sentence for a cell that torch does not have.
    """
    found: dict[str, np.ndarray] = {}
    for number, (cell, weights) in enumerate(_forward(network)):
        kind, _options = _known("torch", cell)
        for name, array in zip(TORCH_PARAMETERS, to_torch(kind, weights), strict=True):
            found[f"rnn.{name}_l{number}"] = array
    if network.embedding is not None:
        found["embedding.weight"] = network.embedding
    found |= {"head.weight": network.head_weight, "head.bias": network.head_bias}
    words = {"format": "pt", "symbols": json.dumps(network.symbols)}
    stored = {name: np.ascontiguousarray(array, np.float32) for name, array in found.items()}
    data: bytes = save(stored, words)
    return data


def to_keras_file(network: Network) -> bytes:
    """A ``.weights.h5`` for ``keras.Sequential`` of Embedding, recurrent layers and Dense.

    Each recurrent layer is one of ``return_sequences=True``; a GRU's ``reset_after`` is that of its
    cell. Raises ValueError with a sentence for a cell that Keras does not have.
    """
    import h5py

    layers: list[tuple[str, str, list[np.ndarray]]] = []
    if network.embedding is not None:
        layers.append(("embedding", "vars", [network.embedding]))
    for cell, weights in _forward(network):
        kind, _options = _known("keras", cell)
        name = {"SimpleRNN": "simple_rnn"}.get(kind, kind.lower())
        layers.append((name, "cell/vars", to_keras(kind.removeprefix("Simple"), weights)))
    layers.append(("dense", "vars", [network.head_weight.T, network.head_bias]))
    file, counts = io.BytesIO(), dict[str, int]()
    with h5py.File(file, "w") as made:
        for name, place, arrays in layers:
            number = counts[name] = counts.get(name, -1) + 1
            group = f"layers/{name}_{number}" if number else f"layers/{name}"
            for k, array in enumerate(arrays):
                made[f"{group}/{place}/{k}"] = np.ascontiguousarray(array, np.float32)
    return file.getvalue()


def to_onnx_file(network: Network) -> bytes:
    """An ONNX model: ``input`` (T, B) symbols or (T, B, D) numbers -> ``output`` (T, B, O).

    The output is what the head answers: logits, or the scaled forecast. Raises ValueError with a
    sentence for a cell that ONNX' operators are not.
    """
    from onnx import TensorProto, helper, numpy_helper

    arrays: dict[str, np.ndarray] = {"one": np.array([1])}
    nodes, x = [], "input"
    if network.embedding is not None:
        arrays["embedding"] = network.embedding
        nodes.append(helper.make_node("Gather", ["embedding", "input"], ["embedded"]))
        x = "embedded"
    for number, (cell, weights) in enumerate(_forward(network)):
        kind, options = _known("onnx", cell)
        packed = {f"layer{number}.{name}": a for name, a in to_onnx(kind, weights).items()}
        arrays |= packed
        inputs = [x, *list(packed)[:3]]
        inputs += ["", "", "", f"layer{number}.P"] if f"layer{number}.P" in packed else []
        x = f"h{number}"
        made = {"hidden_size": network.hidden, "name": f"layer{number}", **options}
        nodes.append(helper.make_node(kind, inputs, [f"{x}.ways"], **made))
        nodes.append(helper.make_node("Squeeze", [f"{x}.ways", "one"], [x]))
    arrays |= {"head": network.head_weight.T, "head.bias": network.head_bias}
    nodes.append(helper.make_node("MatMul", [x, "head"], ["product"]))
    nodes.append(helper.make_node("Add", ["product", "head.bias"], ["output"]))
    is_text = network.embedding is not None
    reads = helper.make_tensor_value_info(
        "input",
        TensorProto.INT64 if is_text else TensorProto.FLOAT,
        ["T", "B"] if is_text else ["T", "B", network.task.width],
    )
    answers = helper.make_tensor_value_info(
        "output", TensorProto.FLOAT, ["T", "B", len(network.head_bias)]
    )
    stored = [
        numpy_helper.from_array(
            array if array.dtype.kind == "i" else np.ascontiguousarray(array, np.float32), name
        )
        for name, array in arrays.items()
    ]
    graph = helper.make_graph(nodes, network.task.name, [reads], [answers], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    entry = model.metadata_props.add()
    entry.key, entry.value = "symbols", json.dumps(network.symbols)
    data: bytes = model.SerializeToString()
    return data


def _name(cell: Cell) -> str:
    return cell.name


def _known(library: str, cell: Cell) -> tuple[str, Mapping[str, object]]:
    found = CELLS_KNOWN[library].get(cell.name)
    if found is None:
        raise ValueError(
            _("{library} has no cell like {cell}; it has {known}.").format(
                library={"onnx": "ONNX", "keras": "Keras", "torch": "PyTorch"}[library],
                cell=cell.name or _("a cell of one’s own"),
                known=_(", ").join(CELLS_KNOWN[library]),
            )
        )
    return found
