"""ONNX Runtime judges what is read of ONNX models: every activation, direction and length."""

import itertools
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

import lstm_viz as lv
from lstm_viz.networks.read_model import models
from tests.agreement import assert_equal, refused

T, B, D, H = 6, 3, 3, 4
WITHIN = 3e-6  # ONNX Runtime computes in float32
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
PARTS = {"LSTM": 3, "GRU": 2, "RNN": 1}
stream = np.random.default_rng(0)


def numbers(*shape: int) -> np.ndarray:
    return stream.normal(0, 0.6, shape).astype(np.float32)


def layer(
    kind: str,
    name: str = "layer",
    ways: int = 1,
    reads: int = D,
    x: str = "X",
    **attributes: Any,
) -> tuple[Any, dict[str, np.ndarray]]:
    """A node and its arrays."""
    rows = GATES[kind] * H
    found = {f"{name}.W": numbers(ways, rows, reads), f"{name}.R": numbers(ways, rows, H)}
    found |= {f"{name}.B": numbers(ways, 2 * rows)}
    node = helper.make_node(
        kind,
        [x, *found],
        [f"{name}.Y", f"{name}.h"],
        name=name,
        hidden_size=H,
        **attributes,
    )
    return node, found


def model_of(nodes: list[Any], arrays: dict[str, np.ndarray], output: str, x: Any = None) -> bytes:
    x = numbers(T, B, D) if x is None else x
    kind = TensorProto.INT64 if x.dtype.kind == "i" else TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "judge",
        [helper.make_tensor_value_info("X", kind, x.shape)],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    data: bytes = model.SerializeToString()
    return data


def judged(data: bytes, x: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    answer: np.ndarray = session.run(None, {"X": x})[0]
    return answer


def side_by_side(y: np.ndarray) -> np.ndarray:
    """Y (T, ways, B, H) as our layers stand, (T, B, ways * H)."""
    return np.concatenate(list(np.moveaxis(y, 1, 0)), axis=-1)


def agrees(node: Any, arrays: dict[str, np.ndarray], within: float = WITHIN) -> Any:
    x = numbers(T, B, D)
    data = model_of([node], arrays, node.output[0], x)
    recording = lv.read_onnx(data).record(x)
    assert_equal(recording.output, side_by_side(judged(data, x)), within)
    return recording


DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}


@pytest.mark.parametrize(
    ("kind", "direction", "after"), list(itertools.product(GATES, DIRECTIONS, (0, 1)))
)
def test_a_node_acts_as_its_runtime_says(kind, direction, after):
    options = {"linear_before_reset": after} if kind == "GRU" else {}
    agrees(*layer(kind, ways=DIRECTIONS[direction], direction=direction, **options))


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("coupled", [0, 1])
def test_peepholes_and_coupled_gates_are_read(direction, coupled):
    ways = DIRECTIONS[direction]
    node, arrays = layer("LSTM", ways=ways, direction=direction, input_forget=coupled)
    node.input.extend(["", "", "", "P"])
    agrees(node, arrays | {"P": numbers(ways, 3 * H)})


@pytest.mark.parametrize("kind", GATES)
@pytest.mark.parametrize(
    "name",
    [
        *("Relu", "Tanh", "Sigmoid", "Affine", "LeakyRelu", "ThresholdedRelu", "ScaledTanh"),
        *("HardSigmoid", "Elu", "Softsign", "Softplus"),
    ],
)
def test_every_activation_is_read_with_its_alpha_and_beta(kind, name):
    count = PARTS[kind]
    options = {"activation_alpha": [0.3] * count, "activation_beta": [0.2] * count}
    takes = {"Affine": 2, "ScaledTanh": 2, "HardSigmoid": 2}
    takes |= {"LeakyRelu": 1, "ThresholdedRelu": 1, "Elu": 1}
    given: Any = dict(list(options.items())[: takes.get(name, 0)])
    node, arrays = layer(kind, activations=[name] * count, **given)
    agrees(node, {name: array / 3 for name, array in arrays.items()}, within=2e-5)


@pytest.mark.parametrize("kind", GATES)
def test_what_gates_take_is_clipped_where_the_node_says_so(kind):
    agrees(*layer(kind, clip=0.4), within=2e-5)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_lengths_and_states_that_the_file_has_are_those_of_the_run(direction):
    ways, lengths = DIRECTIONS[direction], np.array([T, 2, 4], np.int32)
    arrays = {"ends": lengths, "h0": numbers(ways, B, H), "c0": numbers(ways, B, H)}
    node, own = layer("LSTM", ways=ways, direction=direction)
    node.input.extend(["ends", "h0", "c0"])
    recording = agrees(node, own | arrays)
    assert recording.lengths == (6, 2, 4)
    (trace, *_rest) = recording.traces.values()
    assert np.isnan(trace.h[2:, 1]).all()
    assert np.isfinite(trace.h[:2, 1]).all()


def test_lengths_can_be_given_as_well():
    lengths, x = np.array([T, 2, 4], np.int32), numbers(T, B, D)
    node, own = layer("GRU", ways=2, direction="bidirectional")
    without = model_of([node], own, "layer.Y", x)
    node.input.extend(["ends"])
    data = model_of([node], own | {"ends": lengths}, "layer.Y", x)
    recording = lv.read_model(without).record(x, lengths=lengths)
    assert_equal(recording.output, side_by_side(judged(data, x)), WITHIN)


def whole(x: np.ndarray, *after: Any, last: str = "last") -> bytes:
    """An embedding, two layers upon each other in both directions, and a head behind them."""
    first, arrays = layer("LSTM", "first", 2, x="rows", direction="bidirectional")
    second, more = layer("GRU", "second", 1, 2 * H, x="side")
    arrays |= more | {"E": numbers(9, D), "V": numbers(H, 9), "b": numbers(9)}
    arrays |= {"shape": np.array([0, 0, -1])}
    nodes = [
        helper.make_node("Gather", ["E", "X"], ["rows"]),
        first,
        helper.make_node("Transpose", ["first.Y"], ["turned"], perm=[0, 2, 1, 3]),
        helper.make_node("Reshape", ["turned", "shape"], ["side"]),
        second,
        helper.make_node("Constant", [], ["one"], value=numpy_helper.from_array(np.array([1]))),
        helper.make_node("Squeeze", ["second.Y", "one"], ["flat"]),
        helper.make_node("MatMul", ["flat", "V"], ["product"]),
        helper.make_node("Add", ["product", "b"], ["last"]),
        *after,
    ]
    return model_of(nodes, arrays, last, x)


def test_a_whole_model_answers_as_its_runtime_does():
    x = stream.integers(0, 9, (T, B))
    data = whole(x)
    (found,) = models(data).values()
    assert (found.layers, found.ways, found.is_embedded) == (2, ("forward", "backward"), True)
    assert_equal(found.record(x).output, judged(data, x), WITHIN)
    with_softmax = whole(x, helper.make_node("Softmax", ["last"], ["p"], axis=-1), last="p")
    odds = lv.read_onnx(with_softmax)
    assert_equal(odds.predictions(odds.record(x)), judged(with_softmax, x), WITHIN)


def test_the_symbols_are_those_in_the_metadata():
    made = onnx.load_from_string(whole(np.zeros((2, 1), np.int64)))
    entry = made.metadata_props.add()
    entry.key, entry.value = "vocab", '{"a":0,"b":1,"c":2,"d":3,"e":4,"f":5,"g":6,"h":7,"i":8}'
    assert lv.read_onnx(made.SerializeToString()).symbols == tuple("abcdefghi")


# ---- what is refused -----------------------------------------------------------------------------


def without_weights() -> bytes:
    node, _arrays = layer("LSTM")
    return model_of([node], {}, "layer.Y")


def with_weights(**arrays: np.ndarray) -> bytes:
    node, own = layer("LSTM")
    return model_of(
        [node], own | {f"layer.{name}": array for name, array in arrays.items()}, "layer.Y"
    )


def elsewhere() -> bytes:
    made = onnx.load_from_string(with_weights())
    made.graph.initializer[0].data_location = TensorProto.EXTERNAL
    made.graph.initializer[0].ClearField("raw_data")
    data: bytes = made.SerializeToString()
    return data


REFUSED = {
    "no recurrent node": (
        model_of([helper.make_node("Relu", ["X"], ["Y"])], {}, "Y"),
        "no LSTM, GRU or RNN node; it has Relu",
    ),
    "weights that are computed": (without_weights(), "should be constants"),
    "another shape": (with_weights(R=numbers(1, 15, H)), "they should be"),
    "not a number": (with_weights(W=np.full((1, 16, D), np.nan, np.float32)), "not finite"),
    "words": (with_weights(W=np.full((1, 16, D), "x")), "no real numbers"),
    "an unknown activation": (
        model_of([layer("RNN", activations=["Gelu"])[0]], layer("RNN")[1], "layer.Y"),
        "'Gelu'",
    ),
    "weights in another file": (elsewhere(), "in another file"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_read_is_named(data, words):
    with refused(words) as caught:
        lv.read_model(data, "model.onnx")
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("data", [b"", b"\x08\x07", b"\x08\x07\x12\x07backend", b"x" * 99])
def test_another_file_is_no_onnx(data):
    with refused("no ONNX model"):
        lv.read_model(data, "model.onnx")


GOOD = with_weights()


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else_happens(data):
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = models(bytes(damaged), "model.onnx")
    except ValueError as problem:
        str(problem).encode()
    else:
        for one in found.values():
            assert np.isfinite(one.record(np.zeros((2, 1, one.inputs))).output).all()
