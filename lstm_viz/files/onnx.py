"""What an ONNX file holds: its nodes with their attributes, and its arrays by name.

The file is parsed as a protocol buffer by the onnx package and never run. What ONNX lets be written
in many ways becomes one: a ``Constant`` node is an array like an initializer, and so is what the
few operators make of arrays that only move numbers, as exporters use them to stack weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_viz.files.checks import MAX_BYTES, check_size, check_values
from lstm_viz.language import _

MAX_NODES = 20_000


@dataclass(frozen=True, eq=False)
class OnnxNode:
    """An operator: what it reads and makes, by name ("" where it is left out)."""

    operator: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class OnnxGraph:
    """The nodes in the order in which they run, arrays by name, inputs, outputs and metadata."""

    nodes: tuple[OnnxNode, ...]
    arrays: Mapping[str, np.ndarray]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    words: Mapping[str, str]


def onnx_graph(data: bytes) -> OnnxGraph:
    """The graph in the file. Raises ValueError with a sentence for any that cannot be read."""
    check_size(data)
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError:
        raise ValueError(_("To read ONNX files, onnx is needed: pip install onnx.")) from None
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except (DecodeError, ValueError, RuntimeError):
        raise ValueError(_("This file is no ONNX model, or it is cut.")) from None
    graph = model.graph
    if not graph.node:
        raise ValueError(_("This file is no ONNX model, or it is cut."))
    if len(graph.node) > MAX_NODES:
        raise ValueError(
            _("This model has {count} operators; at most {most} are looked at.").format(
                count=len(graph.node), most=MAX_NODES
            )
        )
    arrays = {_text(one.name): _array(one) for one in graph.initializer}
    nodes = []
    for node in graph.node:
        found = OnnxNode(
            _text(node.op_type),
            _text(node.name),
            tuple(map(_text, node.input)),
            tuple(map(_text, node.output)),
            {_text(one.name): _attribute(one) for one in node.attribute},
        )
        made = _folded(found, arrays)
        if made is None:
            nodes.append(found)
        else:
            arrays[found.outputs[0]] = made
    return OnnxGraph(
        tuple(nodes),
        arrays,
        tuple(name for one in graph.input if (name := _text(one.name)) not in arrays),
        tuple(_text(one.name) for one in graph.output),
        {_text(one.key): _text(one.value) for one in model.metadata_props},
    )


def _text(value: str | bytes) -> str:
    """A text of the protocol buffer, which is bytes where it is no UTF-8."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _array(tensor: Any) -> np.ndarray:
    import onnx
    from onnx import numpy_helper

    name = ascii(_text(tensor.name))[:60]
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        raise ValueError(
            _(
                "The weights of this ONNX model stand in another file ({name}). Save it as one "
                "file: onnx.save(model, path, save_as_external_data=False)."
            ).format(name=name)
        )
    if any(side < 0 for side in tensor.dims) or math.prod(tensor.dims) * 8 > 2 * MAX_BYTES:
        raise ValueError(
            _("{name} has the shape {given}.").format(name=name, given=tuple(tensor.dims))
        )
    try:
        found = np.asarray(numpy_helper.to_array(tensor))
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(_("{name} in this file cannot be read.").format(name=name)) from None
    return found


def weights_of(graph: OnnxGraph, name: str) -> np.ndarray:
    """An array of weights, float64. ValueError where it is computed, not finite, or no numbers."""
    said = ascii(name)[:60]
    if name not in graph.arrays:
        raise ValueError(
            _("{name} is computed while the model runs; its weights should be constants.").format(
                name=said
            )
        )
    found = graph.arrays[name]
    if found.dtype.kind not in "fiub":
        raise ValueError(_("{name} holds no real numbers.").format(name=said))
    with np.errstate(invalid="ignore"):  # a signalling NaN, which is refused below
        found = found.astype(np.float64)
    check_values(said, found)
    return found


def _attribute(attribute: Any) -> Any:
    """An attribute's value: number, text, list of them, or array; None for graphs and others."""
    import onnx

    kinds = onnx.AttributeProto
    if attribute.type == kinds.INT:
        return int(attribute.i)
    if attribute.type == kinds.FLOAT:
        return float(attribute.f)
    if attribute.type == kinds.STRING:
        return _text(attribute.s)
    if attribute.type == kinds.INTS:
        return [int(one) for one in attribute.ints]
    if attribute.type == kinds.FLOATS:
        return [float(one) for one in attribute.floats]
    if attribute.type == kinds.STRINGS:
        return [_text(one) for one in attribute.strings]
    return _array(attribute.t) if attribute.type == kinds.TENSOR else None


def _folded(node: OnnxNode, arrays: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """What a node makes of arrays alone, if it only moves numbers; else None."""
    if node.operator == "Constant":
        for name in ("value", "value_float", "value_int", "value_floats", "value_ints"):
            if node.attributes.get(name) is not None:
                return np.asarray(node.attributes[name])
        return None
    given = [arrays[name] for name in node.inputs if name in arrays]
    if not given or len(given) != sum(name != "" for name in node.inputs):
        return None
    try:
        return _moved(node, given)
    except (ValueError, IndexError, TypeError):
        return None


def _moved(node: OnnxNode, given: list[np.ndarray]) -> np.ndarray | None:
    first, said = given[0], node.attributes
    axes = said.get("axes") or ([] if len(given) < 2 else given[1].astype(int).ravel().tolist())
    if node.operator in ("Identity", "Cast"):
        return first
    if node.operator == "Transpose":
        return first.transpose(said.get("perm") or None)
    if node.operator == "Unsqueeze":
        return np.expand_dims(first, tuple(axes))
    if node.operator == "Squeeze":
        return first.squeeze(tuple(axes) or None)
    if node.operator == "Concat":
        return np.concatenate(given, int(said.get("axis", 0)))
    if node.operator == "Reshape":
        return first.reshape(given[1].astype(int).tolist())
    if node.operator == "Slice" and len(given) >= 3:
        starts, ends = (one.astype(int).ravel().tolist() for one in given[1:3])
        along = given[3].astype(int).ravel().tolist() if len(given) > 3 else range(len(starts))
        steps = given[4].astype(int).ravel().tolist() if len(given) > 4 else [1] * len(starts)
        places = [slice(None)] * first.ndim
        for axis, start, end, step in zip(along, starts, ends, steps, strict=True):
            places[axis] = slice(start, end, step)
        return first[tuple(places)]
    return None
