"""ONNX Runtime, on models built by hand, judges the peepholes, the couplings and both GRUs.

Its LSTM operator takes peepholes, coupled gates and other activations, so that it can be made into
most cells of the catalogue; a gate that a cell lacks is one whose bias holds it open. It computes
in float32 only: agreement is to 2e-6 where the numbers are of the order of 1.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from lstm_viz.cells import CELLS
from lstm_viz.networks.gate_order import to_onnx
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from tests.agreement import assert_equal

T, B, D, H = 8, 2, 3, 4
WITHIN = 2e-6
OPEN = 30.0  # the sigmoid of this is 1 in float32

Weights = dict[str, np.ndarray]


def judged(
    kind: str,
    weights: Mapping[str, np.ndarray],
    x: np.ndarray,
    state: Mapping[str, np.ndarray] | None = None,
    **attributes: Any,
) -> dict[str, np.ndarray]:
    """h of every step and c of the last, as ONNX Runtime computes them."""
    given = {"X": x} | to_onnx(kind, weights)
    for name, value in (state or {}).items():
        given[f"initial_{name}"] = value[np.newaxis]
    given = {name: np.asarray(value, np.float32) for name, value in given.items()}
    order = ["X", "W", "R", "B", "", "initial_h", *(["initial_c", "P"] if kind == "LSTM" else [])]
    last = [1, x.shape[1], H]
    answers = {"Y": [len(x), *last], "Y_h": last} | ({"Y_c": last} if kind == "LSTM" else {})
    node = helper.make_node(
        kind,
        [name if name in given else "" for name in order],
        list(answers),
        hidden_size=weights["W_c" if kind == "LSTM" else "W_h"].shape[0],
        **attributes,
    )
    graph = helper.make_graph(
        [node],
        "judge",
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape)
            for name, value in given.items()
        ],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in answers.items()
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    found = dict(zip(answers, session.run(None, given), strict=True))
    c = {"c": found["Y_c"][0]} if "Y_c" in found else {}
    return {"h": found["Y"][:, 0]} | c


def inputs(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(T, B, D))


def weights_of(name: str) -> Weights:
    return {key: 1.5 * w for key, w in init_weights(CELLS[name], D, H, seed=4).items()}


def states(*names: str) -> Weights:
    stream = np.random.default_rng(9)
    return {name: stream.normal(size=(B, H)) for name in names}


def gate(weights: Weights, new: str, of: str, sign: int = 1) -> Weights:
    """The weights of one gate under another letter, perhaps turned round."""
    return {f"{letter}_{new}": sign * weights[f"{letter}_{of}"] for letter in "WUb"}


def held_open(letter: str, peepholes: bool = False) -> Weights:
    weights = {
        f"W_{letter}": np.zeros((H, D)),
        f"U_{letter}": np.zeros((H, H)),
        f"b_{letter}": np.full(H, OPEN),
    }
    return weights | ({f"p_{letter}": np.zeros(H)} if peepholes else {})


def activations(
    candidate: str, output: str, alpha: list[float], beta: list[float]
) -> dict[str, Any]:
    """alpha and beta belong to those of the two that take parameters."""
    functions = ["Sigmoid", candidate, output]
    return {"activations": functions, "activation_alpha": alpha, "activation_beta": beta}


# Cell -> the operator, its weights made from the cell's, and its attributes.
JUDGES: dict[str, tuple[str, Callable[[Weights], Weights], dict[str, Any]]] = {
    "rnn": ("RNN", dict, {}),
    "lstm": ("LSTM", dict, {}),
    "np": ("LSTM", dict, {}),
    "peephole": ("LSTM", dict, {}),
    "gru": ("GRU", dict, {"linear_before_reset": 1}),
    "gru_reset_before": ("GRU", dict, {"linear_before_reset": 0}),
    "cifg": ("LSTM", dict, {"input_forget": 1}),
    # i = 1 - f with the gate's weights turned round is f = 1 - i: sigma(-a) = 1 - sigma(a).
    "coupled": ("LSTM", lambda w: gate(w, "i", "f", -1) | rest(w), {"input_forget": 1}),
    "nig": ("LSTM", lambda w: w | held_open("i", True), {}),
    "nfg": ("LSTM", lambda w: w | held_open("f", True), {}),
    "nog": ("LSTM", lambda w: w | held_open("o", True), {}),
    "niaf": (
        "LSTM",
        dict,
        activations("Affine", "Tanh", alpha=[1.0], beta=[0.0]),
    ),
    "noaf": (
        "LSTM",
        dict,
        activations("Tanh", "Affine", alpha=[1.0], beta=[0.0]),
    ),
    # 4 sigma(a) - 2 = 2 tanh(a / 2), and 2 sigma(c) - 1 = tanh(c / 2).
    "lstm1997": (
        "LSTM",
        lambda w: w | held_open("f"),
        activations("ScaledTanh", "ScaledTanh", alpha=[2.0, 1.0], beta=[0.5, 0.5]),
    ),
    # Its input gate is 1 - sigma(u - 1) = sigma(1 - u); it always shows c itself.
    "janet": (
        "LSTM",
        lambda w: w | gate(w, "i", "f", -1) | {"b_i": 1 - w["b_f"]} | held_open("o"),
        activations("Tanh", "Affine", alpha=[1.0], beta=[0.0]),
    ),
    "mgu": ("GRU", lambda w: gate(w, "z", "f", -1) | gate(w, "r", "f") | rest(w), {}),
    "ugrnn": ("GRU", lambda w: gate(w, "z", "g") | held_open("r") | rest(w), {}),
    "mut2": ("GRU", lambda w: w | gate(w, "z", "z", -1), {}),
}


def rest(weights: Weights) -> Weights:
    """Without the gate that was renamed."""
    return {name: w for name, w in weights.items() if not name.endswith(("_f", "_g"))}


@pytest.mark.parametrize("name", JUDGES)
def test_onnx_runtime_computes_the_same(name):
    kind, rewritten, attributes = JUDGES[name]
    weights, x = weights_of(name), inputs()
    state = states(*CELLS[name].states) if name != "janet" else {}
    trace = run(CELLS[name], weights, x, state)
    expected = judged(kind, rewritten(weights), x, state, **attributes)
    assert_equal(trace.h, expected["h"], within=WITHIN)
    if "c" in expected:
        assert_equal(trace.c[-1], expected["c"], within=WITHIN * 4)


@pytest.mark.parametrize("name", ["fgr", "mut3"])
def test_what_an_operator_cannot_feed_back_is_handed_to_it_step_by_step(name):
    # fgr's gates read the last gates, mut3's gate reads tanh(h): both arrive as further inputs.
    cell, weights, x = CELLS[name], weights_of(name), inputs()
    trace = run(cell, weights, x)
    state = {key: np.zeros((B, H)) for key in ("h", *(["c"] if name == "fgr" else []))}
    for t in range(T):
        if name == "fgr":
            more = np.concatenate([trace.past(gate)[t] for gate in "ifo"], axis=1)
            rewritten = {key: w for key, w in weights.items() if not key.startswith("R_")}
            for into in "ifo":
                R = [weights[f"R_{into}{of}"] for of in "ifo"]
                rewritten[f"W_{into}"] = np.concatenate([weights[f"W_{into}"], *R], axis=1)
            rewritten["W_c"] = np.concatenate([weights["W_c"], np.zeros((H, 3 * H))], axis=1)
        else:
            more = np.tanh(state["h"])
            rewritten = weights | gate(weights, "z", "z", -1) | {"U_z": np.zeros((H, H))}
            for letter in "zrh":
                extra = -weights["U_z"] if letter == "z" else np.zeros((H, H))
                rewritten[f"W_{letter}"] = np.concatenate([rewritten[f"W_{letter}"], extra], axis=1)
        kind = "LSTM" if name == "fgr" else "GRU"
        wider = np.concatenate([x[t : t + 1], more[None]], axis=2)
        found = judged(kind, rewritten, wider, state)
        state = {"h": found["h"][0]} | ({"c": found["c"]} if name == "fgr" else {})
        for key, value in state.items():
            assert_equal(trace[key][t], value, within=WITHIN * 4, of=f"{key} at step {t}")


def test_mut1_squashes_its_input_before_it_is_added():
    # tanh(W x) is computed beforehand and arrives as a second input with the unit matrix.
    weights, x = weights_of("mut1"), inputs()
    wider = np.concatenate([x, np.tanh(x @ weights["W_h"].T)], axis=2)
    nothing = np.zeros((H, H))
    rewritten = gate(weights | {"U_z": nothing}, "z", "z", -1) | gate(weights, "r", "r")
    rewritten |= {"U_h": weights["U_h"], "b_h": weights["b_h"]}
    for letter in "zr":
        rewritten[f"W_{letter}"] = np.concatenate([rewritten[f"W_{letter}"], nothing], axis=1)
    rewritten["W_h"] = np.concatenate([np.zeros((H, D)), np.eye(H)], axis=1)
    expected = judged("GRU", rewritten, wider)
    assert_equal(run(CELLS["mut1"], weights, x).h, expected["h"], within=WITHIN)


def test_the_output_gate_looks_at_the_new_memory():
    weights = weights_of("peephole") | {"p_o": np.full(H, 3.0)}
    old = CELLS["peephole"].with_("o = sigmoid(W_o @ x + U_o @ h_prev + p_o * c_prev + b_o)")
    expected = judged("LSTM", weights, inputs())["h"]
    assert_equal(run(CELLS["peephole"], weights, inputs()).h, expected, within=WITHIN)
    assert abs(run(old, weights, inputs()).h - expected).max() > 0.05


def test_onnx_couples_f_to_i_and_not_i_to_f():
    weights = weights_of("lstm")
    expected = judged("LSTM", weights, inputs(), input_forget=1)["h"]
    f_from_i = CELLS["lstm"].with_("f = 1 - i")
    assert_equal(run(f_from_i, weights, inputs()).h, expected, within=WITHIN)
    assert abs(run(CELLS["coupled"], weights, inputs()).h - expected).max() > 0.05
