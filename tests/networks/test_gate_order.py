"""Gate orders: read from torch and Keras layers, written back, and judged by what they compute."""

import subprocess
import sys
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS
from lstm_viz.networks.gate_order import (
    from_keras,
    from_onnx,
    load_into,
    to_keras,
    to_onnx,
    to_torch,
    weights_from,
)
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from tests.agreement import assert_equal, refused

T, B, D, H = 5, 2, 3, 4
KINDS = {"RNN": "rnn", "LSTM": "lstm", "GRU": "gru"}

each_kind = pytest.mark.parametrize("kind", KINDS)


def module_of(kind: str, **options: Any) -> Any:
    torch.manual_seed(7)
    return getattr(torch.nn, kind)(D, H, **({"dtype": torch.float64} | options))


def inputs() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(T, B, D))


def output_of(module: Any, x: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return module(torch.tensor(x))[0].numpy()


# ---- torch ---------------------------------------------------------------------------------------


@each_kind
def test_two_layers_in_both_directions_are_four_cells(kind):
    module, x = module_of(kind, num_layers=2, bidirectional=True), inputs()
    expected, cell = output_of(module, x), CELLS[KINDS[kind]]
    for layer in range(2):
        forward = run(cell, weights_from(module, layer), x).h
        # The backward direction reads the sequence from its end.
        backward = run(cell, weights_from(module, layer, "backward"), x[::-1]).h[::-1]
        x = np.concatenate([forward, backward], axis=2)
    assert_equal(x, expected)


@each_kind
def test_a_single_step_module_has_the_same_weights_as_the_whole_one(kind):
    whole, step = module_of(kind), module_of(kind + "Cell")
    step.load_state_dict({name.removesuffix("_l0"): p for name, p in whole.state_dict().items()})
    one, two = weights_from(whole), weights_from(step)
    assert list(one) == list(two)
    assert all(np.array_equal(one[name], two[name]) for name in one)


@each_kind
def test_without_biases_they_are_zero(kind):
    module = module_of(kind, bias=False)
    weights = weights_from(module)
    assert set(weights) == set(CELLS[KINDS[kind]].weight_names)
    assert all(not w.any() for name, w in weights.items() if w.ndim == 1)
    assert_equal(run(CELLS[KINDS[kind]], weights, inputs()).h, output_of(module, inputs()))


@each_kind
def test_weights_have_the_names_and_shapes_of_the_catalogue(kind):
    weights = weights_from(module_of(kind))
    shapes = {name: w.shape for name, w in weights.items()}
    assert shapes == CELLS[KINDS[kind]].weight_shapes(D, H)


def test_only_the_sum_of_two_biases_matters_but_not_in_the_grus_candidate():
    lstm, gru = module_of("LSTM"), module_of("GRU")
    before = output_of(lstm, inputs()), output_of(gru, inputs())
    for module in (lstm, gru):
        with torch.no_grad():
            module.bias_ih_l0 += module.bias_hh_l0
            module.bias_hh_l0.zero_()
    assert_equal(output_of(lstm, inputs()), before[0])
    assert abs(output_of(gru, inputs()) - before[1]).max() > 1e-3
    assert not weights_from(gru)["d_h"].any()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_a_module_of_any_precision_is_read_exactly(dtype):
    module = module_of("LSTM", dtype=dtype)
    weights = weights_from(module)
    assert weights["W_c"].dtype == np.float64
    assert_equal(weights["W_c"], module.weight_ih_l0[2 * H : 3 * H].detach().double().numpy(), 0)


def test_what_was_read_does_not_change_with_the_module():
    module = module_of("LSTM")
    weights = weights_from(module)
    copies = {name: w.copy() for name, w in weights.items()}
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.zero_()
    assert all(np.array_equal(weights[name], copies[name]) for name in weights)


@pytest.mark.parametrize("way", ["forward", "backward"])
@pytest.mark.parametrize("layer", [0, 1])
@each_kind
def test_what_was_written_is_what_is_read_and_nothing_else_changed(kind, layer, way):
    module = module_of(kind, num_layers=2, bidirectional=True)
    places = list(product([0, 1], ["forward", "backward"]))
    before = {place: weights_from(module, *place) for place in places}
    width = D if layer == 0 else 2 * H
    written = init_weights(CELLS[KINDS[kind]], width, H, seed=9)
    load_into(module, written, layer, way)
    for place in places:
        expected = written if place == (layer, way) else before[place]
        after = weights_from(module, *place)
        assert set(after) == set(expected)
        assert all(np.array_equal(after[name], expected[name]) for name in expected)


@each_kind
@pytest.mark.parametrize("one_step", [False, True])
def test_a_module_computes_with_what_was_written_into_it(kind, one_step):
    weights, x = init_weights(CELLS[KINDS[kind]], D, H, seed=5), inputs()
    module = module_of(kind + "Cell" * one_step)
    load_into(module, weights)
    h = run(CELLS[KINDS[kind]], weights, x).h
    if not one_step:
        assert_equal(output_of(module, x), h)
        return
    with torch.no_grad():
        state = module(torch.tensor(x[0]))
    assert_equal((state[0] if kind == "LSTM" else state).numpy(), h[0])


def test_the_second_bias_is_zero_where_it_is_redundant():
    lstm, gru = module_of("LSTM"), module_of("GRU")
    load_into(lstm, init_weights(CELLS["lstm"], D, H))
    assert not lstm.bias_hh_l0.any()
    weights = init_weights(CELLS["gru"], D, H)
    load_into(gru, weights)
    assert not gru.bias_hh_l0[: 2 * H].any()
    assert_equal(gru.bias_hh_l0[2 * H :].detach(), weights["d_h"])


def test_an_optimiser_goes_on_with_the_same_parameters():
    module = module_of("LSTM", dtype=torch.float32)
    parameters = list(module.parameters())
    load_into(module, init_weights(CELLS["lstm"], D, H))
    assert all(a is b for a, b in zip(parameters, module.parameters(), strict=True))
    assert all(p.requires_grad and p.dtype == torch.float32 for p in parameters)
    module(torch.zeros(T, B, D))[0].sum().backward()


LSTM_WEIGHTS = init_weights(CELLS["lstm"], D, H)


@pytest.mark.parametrize(
    ("read", "words"),
    {
        "projection": (
            lambda: weights_from(torch.nn.LSTM(D, H, proj_size=2)),
            ["proj_size=2", "proj_size=0"],
        ),
        "relu": (
            lambda: weights_from(torch.nn.RNN(D, H, nonlinearity="relu")),
            ["'relu'", "tanh", "Cell with relu"],
        ),
        "relu cell": (
            lambda: weights_from(torch.nn.RNNCell(D, H, nonlinearity="relu")),
            ["'relu'", "tanh"],
        ),
        "linear": (lambda: weights_from(torch.nn.Linear(D, H)), ["LSTMCell", "got Linear"]),
        "no module": (lambda: weights_from(LSTM_WEIGHTS), ["LSTMCell", "got dict"]),
        "third layer": (
            lambda: weights_from(module_of("LSTM", num_layers=2), 2),
            ["2 layers", "counted from 0", "layer=2"],
        ),
        "negative layer": (lambda: weights_from(module_of("LSTM"), -1), ["1 layer,", "layer=-1"]),
        "layer of a cell": (lambda: weights_from(module_of("LSTMCell"), 1), ["1 layer,"]),
        "direction": (
            lambda: weights_from(module_of("LSTM"), 0, "reverse"),
            ['"forward" or "backward"', "'reverse'"],
        ),
        "backward": (
            lambda: weights_from(module_of("LSTM"), 0, "backward"),
            ["one direction", 'direction="forward"'],
        ),
        "missing": (
            lambda: load_into(module_of("GRU"), init_weights(CELLS["gru_reset_before"], D, H)),
            ["torch's GRU", "lack d_h"],
        ),
        "superfluous": (
            lambda: load_into(module_of("LSTM"), init_weights(CELLS["peephole"], D, H)),
            ["torch's LSTM", "add p_f, p_i, p_o"],
        ),
        "shape": (
            lambda: load_into(module_of("LSTM"), LSTM_WEIGHTS | {"U_o": np.zeros((H, D))}),
            ["U_o should have the shape (4, 4); got (4, 3)"],
        ),
        "no bias": (
            lambda: load_into(module_of("LSTM", bias=False), LSTM_WEIGHTS),
            ["bias=False", "bias=True"],
        ),
    }.values(),
)
def test_what_cannot_be_read_or_written_is_refused_in_words(read, words):
    with refused(*words):
        read()


def test_gate_orders_are_known_without_torch():
    imported = "lstm_viz.networks.gate_order, lstm_viz.run.weights"
    program = f"import {imported}, sys; print('torch' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="."
    )
    assert answer.stdout.strip() == "False"


# ---- Keras ---------------------------------------------------------------------------------------

# What Keras 3.15.1 printed (torch backend, float64, two units, two inputs) for weights and inputs
# that are waves; `wave(shape, k)` is its k-th weight.
KERAS: dict[str, tuple[str, list[tuple[int, ...]], list[list[float]]]] = {
    "lstm": (
        "LSTM",
        [(2, 8), (2, 8), (8,)],
        [
            [0.14465897954382095, 0.04045132345513964],
            [0.15244428946524474, 0.1309728975145186],
            [0.23143543184552826, 0.10562558678381333],
        ],
    ),
    "gru": (
        "GRU",
        [(2, 6), (2, 6), (2, 6)],
        [
            [0.33626937160618237, 0.16606175191142425],
            [0.34260190178332356, 0.48694225250474993],
            [0.518178635930056, 0.05439122358858628],
        ],
    ),
    "gru_reset_before": (  # reset_after=False
        "GRU",
        [(2, 6), (2, 6), (6,)],
        [
            [0.2677663604921241, 0.3193283957159868],
            [0.2685954209228646, 0.5007013664055104],
            [0.4476280670070085, 0.2445017845982721],
        ],
    ),
    "rnn": (
        "RNN",
        [(2, 2), (2, 2), (2,)],
        [
            [0.6248882669477143, -0.6199626054603489],
            [0.9109148519260585, 0.8041387410306827],
            [0.645261227915212, -0.25527609625894687],
        ],
    ),
}


def wave(shape: tuple[int, ...], start: int) -> np.ndarray:
    return 0.8 * np.sin(np.arange(np.prod(shape)) * 1.3 + start).reshape(shape)


@pytest.mark.parametrize("name", KERAS)
def test_the_numbers_are_keras_own(name):
    kind, shapes, expected = KERAS[name]
    weights = from_keras(kind, [wave(shape, k) for k, shape in enumerate(shapes)])
    # Keras rounds some products to single precision even when asked for double.
    assert_equal(run(CELLS[name], weights, wave((3, 1, 2), 5)).h[:, 0], expected, within=1e-7)


@pytest.mark.parametrize("name", KERAS)
def test_what_was_packed_for_keras_is_what_is_unpacked(name):
    kind, shapes, _ = KERAS[name]
    weights = init_weights(CELLS[name], 2, 2)
    packed = to_keras(kind, weights)
    assert [array.shape for array in packed] == shapes
    again = from_keras(kind, packed)
    assert set(again) == set(weights)
    assert all(np.array_equal(again[key], weights[key]) for key in weights)


@pytest.mark.parametrize(("name", "kind"), [("lstm", "LSTM"), ("gru", "GRU"), ("rnn", "RNN")])
def test_what_was_packed_for_torch_acts_there_as_it_does_here(name, kind):
    weights, x = init_weights(CELLS[name], D, H), wave((T, B, D), 2)
    module = getattr(torch.nn, kind)(D, H, dtype=torch.float64)
    with torch.no_grad():
        for parameter, packed in zip(module.parameters(), to_torch(kind, weights), strict=True):
            parameter.copy_(torch.tensor(packed))
        output, _state = module(torch.tensor(x))
    assert_equal(run(CELLS[name], weights, x).h, output.numpy())


def test_a_keras_layer_without_a_bias_has_zeros():
    packed = to_keras("LSTM", LSTM_WEIGHTS)[:2]
    assert not from_keras("LSTM", packed)["b_f"].any()
    assert not from_keras("GRU", to_keras("GRU", init_weights(CELLS["gru"], D, H))[:2])["d_h"].any()


def test_an_lstm_of_torch_is_keras_transposed_with_its_biases_added():
    module = module_of("LSTM")
    kernel, recurrent, bias = to_keras("LSTM", weights_from(module))
    assert_equal(kernel, module.weight_ih_l0.detach().T)
    assert_equal(recurrent, module.weight_hh_l0.detach().T)
    assert_equal(bias, (module.bias_ih_l0 + module.bias_hh_l0).detach())


# ---- ONNX: what its runtime makes of the packed weights is in test_onnx.py -----------------------


def test_the_rows_of_torch_are_those_of_onnx_in_another_order():
    lstm, gru = module_of("LSTM"), module_of("GRU")
    rows = lstm.weight_ih_l0.detach().reshape(4, H, D)[[0, 3, 1, 2]].reshape(1, 4 * H, D)
    assert_equal(to_onnx("LSTM", weights_from(lstm))["W"], rows)
    rows = gru.weight_hh_l0.detach().reshape(3, H, H)[[1, 0, 2]].reshape(1, 3 * H, H)
    assert_equal(to_onnx("GRU", weights_from(gru))["R"], rows)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("LSTM", "lstm"),
        ("LSTM", "peephole"),
        ("GRU", "gru"),
        ("GRU", "gru_reset_before"),
        ("RNN", "rnn"),
    ],
)
def test_what_was_packed_for_onnx_is_what_is_unpacked(kind, name):
    weights = init_weights(CELLS[name], D, H)
    packed: dict[str, Any] = dict(to_onnx(kind, weights))
    again = from_onnx(kind, **packed, linear_before_reset=name == "gru")
    assert set(again) == set(weights)
    assert all(np.array_equal(again[name], weights[name]) for name in weights)


def test_each_direction_of_an_onnx_operator_is_read_by_itself():
    ways: list[dict[str, Any]] = [
        dict(to_onnx("LSTM", init_weights(CELLS["peephole"], D, H, seed=seed))) for seed in (0, 1)
    ]
    both: dict[str, Any] = {name: np.concatenate([way[name] for way in ways]) for name in ways[0]}
    for direction, way in enumerate(ways):
        read = from_onnx("LSTM", **both, direction=direction)
        expected = from_onnx("LSTM", **way)
        assert all(np.array_equal(read[name], expected[name]) for name in expected)


@pytest.mark.parametrize(
    ("pack", "words"),
    [
        (lambda: to_onnx("lstm", LSTM_WEIGHTS), ["LSTM, GRU, RNN", "'lstm'"]),
        (lambda: to_keras("SRU", LSTM_WEIGHTS), ["LSTM, GRU, RNN", "'SRU'"]),
        (lambda: from_onnx("MGU", np.zeros((1, 4, 3)), np.zeros((1, 4, 4))), ["'MGU'"]),
        (lambda: to_keras("GRU", LSTM_WEIGHTS), ["W_h", "missing"]),
        (lambda: to_keras("LSTM", init_weights(CELLS["peephole"], D, H)), ["add p_f, p_i, p_o"]),
        (lambda: to_onnx("LSTM", init_weights(CELLS["coupled"], D, H)), ["lack W_i, U_i, b_i"]),
        (lambda: to_onnx("LSTM", LSTM_WEIGHTS | {"p_i": np.zeros(H)}), ["lack p_o, p_f"]),
        (lambda: to_onnx("RNN", init_weights(CELLS["gru"], D, H)), ["add W_r"]),
    ],
)
def test_what_cannot_be_packed_is_refused_in_words(pack, words):
    with refused(*words):
        pack()
