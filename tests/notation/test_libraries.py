"""What is shown in another notation is what that library computes, from where it stores it."""

from collections.abc import Mapping

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.evaluation import evaluate
from lstm_viz.cells.expressions import PAST
from lstm_viz.cells.functions import FUNCTIONS, Function
from lstm_viz.cells.text import in_order
from lstm_viz.networks.gate_order import to_keras, to_onnx
from lstm_viz.notation.libraries import (
    COLAH,
    NOTATIONS,
    ONNX_OPERATORS,
    OURS,
    PYTORCH,
    Notation,
    gates_of,
    kind_of,
    lines_in,
)
from lstm_viz.notation.typeset import latex
from lstm_viz.run.weights import init_weights
from tests.agreement import assert_equal

D, H, T = 3, 4, 5
X = np.random.default_rng(0).normal(size=(T, 1, D))
MODULES = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


def read(cell: Cell, notation: Notation, weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """h at every step, from the lines as this notation writes them, (T, 1, H)."""
    lines = in_order(lines_in(cell, notation))
    past: dict[str, np.ndarray] = {line.name + PAST: np.zeros((1, H)) for line in lines}
    steps = []
    for x in X:
        values = {**weights, **past, "x": x}
        for line in lines:
            values[line.name] = evaluate(line.expression, values)
        past = {line.name + PAST: values[line.name] for line in lines}
        steps.append(values["h"])
    return np.stack(steps)


@pytest.mark.parametrize("name", MODULES)
def test_pytorchs_notation_with_pytorchs_own_rows_computes_what_pytorch_does(name):
    torch.manual_seed(0)
    module = MODULES[name](D, H, dtype=torch.float64)
    stacks = {key: value.detach().numpy() for key, value in module.named_parameters()}
    weights: dict[str, np.ndarray] = {}
    for gate in gates_of(CELLS[name], H):
        place = gate.places["pytorch"]
        rows, letter = place.block, place.letter[0]
        for ours, theirs in (
            ("W_i", "weight_ih"),
            ("W_h", "weight_hh"),
            ("b_i", "bias_ih"),
            ("b_h", "bias_hh"),
        ):
            weights[ours + letter] = stacks[f"{theirs}_l0"][rows]
    with torch.no_grad():
        expected = module(torch.tensor(X))[0]
    assert_equal(read(CELLS[name], PYTORCH, weights), expected)


@pytest.mark.parametrize("name", ["lstm", "gru", "rnn", "peephole"])
def test_onnxs_notation_with_the_blocks_that_onnx_is_given_computes_the_same(name):
    """The packing itself is judged by ONNX Runtime, in test_onnx."""
    cell, weights = CELLS[name], init_weights(CELLS[name], D, H)
    kind = kind_of(cell)
    assert kind is not None
    packed = {key: array[0] for key, array in to_onnx(kind, weights).items()}
    theirs = {key: array for key, array in weights.items() if key.startswith("p_")}
    for gate in gates_of(cell, H):
        rows = gate.places["onnx"].block
        for ours, stack in zip(
            ("W_", "R_", "b_W", "b_R"),
            (packed["W"], packed["R"], *np.split(packed["B"], 2)),
            strict=True,
        ):
            theirs[ours + gate.letter] = stack[rows]
    assert_equal(read(cell, ONNX_OPERATORS, theirs), read(cell, OURS, weights))


@pytest.mark.parametrize("name", ["lstm", "rnn", "peephole"])
def test_one_matrix_before_past_and_input_is_the_two_side_by_side(name, monkeypatch):
    cell = CELLS[name]
    weights = init_weights(cell, D, H)
    joined = {
        f"W_{letter.upper() if letter == 'c' else letter}": np.hstack(
            [weights[f"U_{letter}"], weights[f"W_{letter}"]]
        )
        for letter in (w[2:] for w in weights if w.startswith("W_"))
    }
    vectors = {n.replace("b_c", "b_C"): w for n, w in weights.items() if w.ndim == 1}
    pair = Function("", ("", ""), faster=lambda past, x: np.hstack([past, x]))
    monkeypatch.setitem(FUNCTIONS, "", pair)
    assert_equal(read(cell, COLAH, joined | vectors), read(cell, OURS, weights))


def test_in_colahs_gru_a_z_of_1_overwrites_where_ours_keeps():
    memory = {n.key: str(lines_in(CELLS["gru"], n)[-1].expression) for n in NOTATIONS.values()}
    assert memory["colah"] == "(1 - z) * h_prev + z * h_tilde"
    assert memory["pytorch"] == "z * h_prev + (1 - z) * n"
    assert memory["keras"] == memory["ours"] == "z * h_prev + (1 - z) * h_tilde"


def test_keras_columns_are_where_keras_keeps_a_gate():
    weights = init_weights(CELLS["lstm"], D, H)
    kernel, recurrent, _bias = to_keras("LSTM", weights)
    for gate in gates_of(CELLS["lstm"], H):
        columns = gate.places["keras"].block
        assert_equal(kernel[:, columns].T, weights[f"W_{gate.letter}"])
        assert_equal(recurrent[:, columns].T, weights[f"U_{gate.letter}"])


def test_a_gate_that_is_fixed_has_no_weights_and_no_row_in_the_table():
    assert [gate.signal for gate in gates_of(CELLS["nfg"], H)] == ["i", "c_tilde", "o"]
    assert [gate.signal for gate in gates_of(CELLS["gru"], H)] == ["r", "z", "h_tilde"]
    assert [gate.signal for gate in gates_of(CELLS["rnn"], H)] == ["h"]


def test_an_edited_lstm_is_still_one_and_a_stranger_is_shown_as_typed():
    assert kind_of(CELLS["lstm"].with_("f = 1 - i")) == "LSTM"
    assert kind_of(CELLS["slstm"]) is None
    stranger = CELLS["janet"]
    assert lines_in(stranger, PYTORCH) == stranger.lines
    assert gates_of(stranger, H) == ()


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_every_cell_can_be_typeset_in_every_notation(name, notation):
    for line in lines_in(CELLS[name], notation):
        assert " = " in latex(line)
