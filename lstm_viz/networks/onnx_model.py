"""The models in an ONNX graph: its LSTM, GRU and RNN nodes, with what stands around them.

A node is a layer, in one direction or in both. Two nodes are layers upon each other where one reads
what the other made, through operators that only turn axes round. Before the first, a ``Gather`` of
a constant is the embedding; behind the last, ``Gemm`` or ``MatMul`` with ``Add`` is the head.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.files.onnx import OnnxGraph, OnnxNode, weights_of
from lstm_viz.language import _
from lstm_viz.networks.gate_order import ONNX, from_onnx
from lstm_viz.networks.library_cells import library_cell, onnx_formula
from lstm_viz.networks.model import (
    LINEAR,
    MAX_ONE_HOT,
    SIGMOID,
    SOFTMAX,
    Dense,
    Model,
    check_size,
)
from lstm_viz.networks.vocabulary import vocabulary
from lstm_viz.run.layers import BACKWARD, FORWARD

WAYS = {
    "forward": (FORWARD,),
    "reverse": (BACKWARD,),
    "bidirectional": (FORWARD, BACKWARD),
}
# Operators that leave the numbers of a sequence as they are, whatever axes they stand on.
TURNS = {
    *("Transpose", "Squeeze", "Unsqueeze", "Reshape", "Identity", "Dropout", "Cast", "Flatten"),
    *("Slice", "Gather", "Concat", "Expand"),
}
FUNCTIONS = {"Softmax": SOFTMAX, "Sigmoid": SIGMOID, "Tanh": "tanh", "Relu": "relu"}
_PARTS = {
    "LSTM": ("gate", "candidate", "shown"),
    "GRU": ("gate", "candidate"),
    "RNN": ("candidate",),
}


@dataclass(frozen=True, eq=False)
class _Layer:
    node: OnnxNode
    ways: Mapping[str, tuple[Cell, Mapping[str, np.ndarray]]]
    initial: Mapping[str, Mapping[str, np.ndarray]]
    lengths: tuple[int, ...] | None
    reads: int


def onnx_models(graph: OnnxGraph) -> dict[str, Model]:
    """The models by the name of their first node. Raises ValueError with a sentence for none."""
    makers = {output: node for node in graph.nodes for output in node.outputs if output}
    nodes = [node for node in graph.nodes if node.operator in ONNX]
    if not nodes:
        listed = list(dict.fromkeys(node.operator for node in graph.nodes))
        raise ValueError(
            _("In this ONNX model is no LSTM, GRU or RNN node; it has {names}.").format(
                names=ascii(", ".join(listed[:8])).strip("'")
            )
        )
    layers = [_layer(graph, node) for node in nodes]
    stacks: list[list[_Layer]] = []
    for layer in layers:
        below = _source(layer.node.inputs[0], makers, ONNX)
        stack = next((s for s in stacks if below is not None and s[-1].node is below), None)
        if stack is None:
            stacks.append([layer])
        else:
            stack.append(layer)
    found: dict[str, Model] = {}
    for number, stack in enumerate(stacks, 1):
        first = stack[0].node
        name = first.name or f"{first.operator} {number}"
        name = name if name not in found else f"{name} ({number})"
        found[name] = _model(name, stack, graph, makers)
    return found


def _source(
    name: str, makers: Mapping[str, OnnxNode], wanted: Mapping[str, object] | set[str]
) -> OnnxNode | None:
    """The node of a wanted operator whose numbers these are, through those that turn axes round."""
    for _step in range(50):
        node = makers.get(name)
        if node is None or node.operator in wanted:
            return node
        if node.operator not in TURNS or not node.inputs:
            return None
        name = node.inputs[0]
    return None


# ---- one node ------------------------------------------------------------------------------------


def _layer(graph: OnnxGraph, node: OnnxNode) -> _Layer:
    kind, said = node.operator, node.attributes
    direction = str(said.get("direction", "forward"))
    name = ascii(node.name or kind)[:60]
    if direction not in WAYS:
        raise ValueError(
            _("{name} has the direction {direction}.").format(
                name=name, direction=ascii(direction)[:20]
            )
        )
    ways = WAYS[direction]
    inputs = [*node.inputs, *[""] * (8 - len(node.inputs))]
    W, R = (weights_of(graph, inputs[place]) for place in (1, 2))
    B = weights_of(graph, inputs[3]) if inputs[3] else None
    P = weights_of(graph, inputs[7]) if kind == "LSTM" and inputs[7] else None
    H = R.shape[-1]
    gates = len(ONNX[kind]) * H
    expected: list[tuple[np.ndarray, tuple[int, ...]]] = [
        (W, (len(ways), gates, W.shape[-1])),
        (R, (len(ways), gates, H)),
    ]
    expected += [] if B is None else [(B, (len(ways), 2 * gates))]
    expected += [] if P is None else [(P, (len(ways), 3 * H))]
    for array, shape in expected:
        if array.shape != shape:
            raise ValueError(
                _("{name} has weights of the shape {given}; they should be {wanted}.").format(
                    name=name, given=array.shape, wanted=shape
                )
            )
    check_size([H] * len(ways), W.size + R.size)
    after = bool(said.get("linear_before_reset", 0))
    coupled = kind == "LSTM" and bool(said.get("input_forget", 0))
    functions = _functions(kind, said, len(ways))
    found = {}
    for number, way in enumerate(ways):
        weights = from_onnx(kind, W, R, B, P, direction=number, linear_before_reset=after)
        cell = library_cell(
            kind,
            functions[number],
            peepholes=P is not None,
            coupled=coupled,
            reset_after=after,
            clip=float(said.get("clip", 0.0)),
        )
        found[way] = cell, {name: weights[name] for name in cell.weight_names}
    return _Layer(
        node, found, _initial(graph, inputs, ways, kind), _lengths(graph, inputs[4]), W.shape[-1]
    )


def _functions(kind: str, said: Mapping[str, object], ways: int) -> list[dict[str, str]]:
    """The formulas of each direction. alpha and beta are listed for those that take them."""
    parts = _PARTS[kind]
    usual = ["Sigmoid" if part == "gate" else "Tanh" for part in parts] * ways
    names = said.get("activations")
    names = [str(name) for name in names] if isinstance(names, list) and names else usual
    if len(names) != len(usual):
        raise ValueError(
            _("{name} needs {wanted} activations; it lists {given}.").format(
                name=kind, given=len(names), wanted=len(usual)
            )
        )
    alphas, betas = (iter(_listed(said, f"activation_{letter}")) for letter in ("alpha", "beta"))
    takes_alpha = {"affine", "leakyrelu", "thresholdedrelu", "scaledtanh", "hardsigmoid", "elu"}
    takes_beta = {"affine", "scaledtanh", "hardsigmoid"}
    formulas = [
        onnx_formula(
            name,
            next(alphas, None) if name.lower() in takes_alpha else None,
            next(betas, None) if name.lower() in takes_beta else None,
        )
        for name in names
    ]
    count = len(parts)
    return [
        dict(zip(parts, formulas[way * count : (way + 1) * count], strict=True))
        for way in range(ways)
    ]


def _listed(said: Mapping[str, object], name: str) -> list[float]:
    found = said.get(name)
    return [float(one) for one in found] if isinstance(found, list) else []


def _initial(
    graph: OnnxGraph, inputs: Sequence[str], ways: Sequence[str], kind: str
) -> dict[str, dict[str, np.ndarray]]:
    """The states before the first step that are constants, and not 0, by direction."""
    found: dict[str, dict[str, np.ndarray]] = {way: {} for way in ways}
    names = (("h", 5), ("c", 6)) if kind == "LSTM" else (("h", 5),)
    for state, place in names:
        if inputs[place] in graph.arrays:
            array = weights_of(graph, inputs[place])
            for number, way in enumerate(ways):
                if array.ndim == 3 and array[number].any():
                    rows = array[number]
                    found[way][state] = rows[0] if len(rows) == 1 else rows
    return {way: states for way, states in found.items() if states}


def _lengths(graph: OnnxGraph, name: str) -> tuple[int, ...] | None:
    """The lengths of the sequences, where the file itself has them."""
    if name not in graph.arrays:
        return None
    return tuple(graph.arrays[name].astype(int).ravel().tolist())


# ---- the whole model -----------------------------------------------------------------------------


def _model(
    name: str, stack: Sequence[_Layer], graph: OnnxGraph, makers: Mapping[str, OnnxNode]
) -> Model:
    weights, cells, initial = {}, {}, {}
    for number, layer in enumerate(stack):
        for way, (cell, arrays) in layer.ways.items():
            weights[number, way], cells[number, way] = arrays, cell
            if way in layer.initial:
                initial[number, way] = layer.initial[way]
    check_size([1] * len(weights), sum(a.size for w in weights.values() for a in w.values()))
    reads = stack[0].reads
    vectors = _embedding(stack[0].node, graph, makers, reads)
    is_embedded = vectors is not None
    if vectors is None:
        vectors = np.eye(reads) if reads <= MAX_ONE_HOT else np.empty((0, reads))
    symbols, notes = vocabulary(graph.words, len(vectors))
    head, left = _head(stack[-1].node, graph)
    return Model(
        kind="/".join(dict.fromkeys(layer.node.operator for layer in stack)),
        prefix=name,
        weights=weights,
        vectors=vectors,
        is_embedded=is_embedded,
        symbols=symbols,
        unread=tuple(left),
        cells=cells,
        head=head,
        initial=initial,
        lengths=stack[0].lengths,
        notes=notes,
    )


def _embedding(
    node: OnnxNode, graph: OnnxGraph, makers: Mapping[str, OnnxNode], reads: int
) -> np.ndarray | None:
    """The rows that a Gather takes, if that is what the first node reads."""
    name = node.inputs[0]
    for _step in range(50):
        maker = makers.get(name)
        if maker is None or not maker.inputs:
            return None
        rows = graph.arrays.get(maker.inputs[0])
        if maker.operator == "Gather" and rows is not None and rows.ndim == 2:
            return weights_of(graph, maker.inputs[0]) if rows.shape[1] == reads else None
        if maker.operator not in TURNS:
            return None
        name = maker.inputs[0]
    return None


def _head(last: OnnxNode, graph: OnnxGraph) -> tuple[tuple[Dense, ...], list[str]]:
    """The layers that make the answer of the last node, and the operators that are not read."""
    readers: dict[str, list[OnnxNode]] = {}
    for node in graph.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    found: list[Dense] = []
    width = sum(1 for _ in _ways_of(last)) * _hidden(last, graph)
    names = [name for name in last.outputs[:2] if name in readers or name in graph.outputs]
    name = names[0] if names else ""
    for _step in range(50):
        following = readers.get(name, [])
        following = [node for node in following if node.operator not in ("Shape", "Constant")]
        if len(following) != 1:
            return tuple(found), []
        node = following[0]
        if node.operator in TURNS:
            pass
        elif node.operator in FUNCTIONS and found and found[-1].function == LINEAR:
            found[-1] = Dense(
                found[-1].weight, found[-1].bias, FUNCTIONS[node.operator], found[-1].name
            )
        elif node.operator == "Add" and found and found[-1].function == LINEAR:
            other = next((one for one in node.inputs if one in graph.arrays), None)
            if other is None or graph.arrays[other].size != len(found[-1].bias):
                return tuple(found), [node.operator]
            bias = found[-1].bias + weights_of(graph, other).ravel()
            found[-1] = Dense(found[-1].weight, bias, LINEAR, found[-1].name)
        else:
            dense = _dense(node, graph, width)
            if dense is None:
                return tuple(found), [node.operator]
            found.append(dense)
            width = len(dense.bias)
        name = node.outputs[0]
    return tuple(found), []


def _ways_of(node: OnnxNode) -> tuple[str, ...]:
    return WAYS[str(node.attributes.get("direction", "forward"))]


def _hidden(node: OnnxNode, graph: OnnxGraph) -> int:
    return int(graph.arrays[node.inputs[2]].shape[-1])


def _dense(node: OnnxNode, graph: OnnxGraph, width: int) -> Dense | None:
    """A Gemm or MatMul with constant weights that reads so many numbers; else None."""
    if node.operator not in ("Gemm", "MatMul") or node.inputs[1] not in graph.arrays:
        return None
    said = node.attributes
    if said.get("alpha", 1.0) != 1.0 or said.get("beta", 1.0) != 1.0 or said.get("transA", 0):
        return None
    matrix = weights_of(graph, node.inputs[1])
    matrix = matrix if said.get("transB", 0) else matrix.T
    if matrix.ndim != 2 or matrix.shape[1] != width:
        return None
    bias = np.zeros(len(matrix))
    if len(node.inputs) > 2 and node.inputs[2]:
        bias = bias + weights_of(graph, node.inputs[2]).ravel()
    return Dense(np.ascontiguousarray(matrix), bias, LINEAR, node.name or node.operator)
