"""A cell as a layer of torch, stacked or fused, computes what the NumPy run computes."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings

from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks.torch.layer import CellLayer, fused_kind
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from tests.agreement import assert_equal
from tests.typed_cells import texts

T, B, D, H = 3, 2, 3, 4


def inputs() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(T, B, D))


def agrees(cell: Cell) -> None:
    weights = {name: 1.5 * w for name, w in init_weights(cell, D, H).items()}
    layer, trace = CellLayer(cell, weights, H), run(cell, weights, inputs())
    with torch.no_grad():
        for read in (layer, layer.judged):
            assert_equal(read(torch.tensor(inputs())).numpy(), trace.h, of=cell.text)
        for name, signal in layer.signals(torch.tensor(inputs())).items():
            assert_equal(signal.numpy(), trace[name], of=f"{name} of\n{cell.text}")


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_every_cell_of_the_catalogue_is_a_layer_of_torch(cell):
    agrees(cell)


@settings(max_examples=30, deadline=None)
@given(texts())
def test_any_cell_is_a_layer_of_torch(text):
    cell = Cell(text)
    assume(cell.weight_names)
    agrees(cell)


@pytest.mark.parametrize("line", ["h = maximum(W_h @ x, 0.3)", "h = minimum(0.1, h_prev - b_h)"])
def test_a_number_in_an_equation_keeps_all_its_digits(line):
    agrees(Cell(line))


def test_a_layer_starts_where_its_cell_says():
    agrees(Cell("m = 0.5 * m_prev + tanh(W_m @ x)\nh = m", initial={"m": 3}))


def test_torchs_own_kernels_run_the_cells_that_are_theirs_in_any_order_of_lines():
    fused = {name: kind for name, cell in CELLS.items() if (kind := fused_kind(cell))}
    assert fused == {"rnn": "RNN", "lstm": "LSTM", "np": "LSTM", "gru": "GRU"}
    shuffled = Cell("\n".join(sorted(CELLS["lstm"].text.splitlines())))
    assert fused_kind(shuffled) == "LSTM"
    assert fused_kind(CELLS["lstm"].with_("h = o * c")) is None
    agrees(shuffled)
