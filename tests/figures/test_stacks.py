"""The picture of stacked weights shows what torch and Keras store, at the places they store it."""

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS
from lstm_viz.figures.stacks import stacked
from lstm_viz.networks.gate_order import load_into, to_keras
from lstm_viz.notation.libraries import NOTATIONS, gates_of
from lstm_viz.run.weights import init_weights

D, H = 3, 4


@pytest.mark.parametrize(("name", "kind"), [("lstm", "LSTM"), ("gru", "GRU"), ("rnn", "RNN")])
def test_the_rows_are_those_of_torchs_own_parameters(name, kind):
    weights = init_weights(CELLS[name], D, H)
    module = getattr(torch.nn, kind)(D, H).double()
    load_into(module, weights)
    shown = np.array(stacked(CELLS[name], weights, NOTATIONS["pytorch"]).data[0].z)
    assert np.array_equal(shown[:, :D], module.weight_ih_l0.detach().numpy())
    assert np.array_equal(shown[:, D + 1 :], module.weight_hh_l0.detach().numpy())


def test_keras_stores_columns():
    weights = init_weights(CELLS["lstm"], D, H)
    kernel, recurrent, *_ = to_keras("LSTM", weights)
    shown = np.array(stacked(CELLS["lstm"], weights, NOTATIONS["keras"]).data[0].z)
    assert np.array_equal(shown[:D], kernel)
    assert np.array_equal(shown[D + 1 :], recurrent)


def test_every_gate_is_framed_in_its_colour_and_a_missing_one_is_blank():
    cell = CELLS["coupled"]
    weights = init_weights(cell, D, H)
    figure = stacked(cell, weights, NOTATIONS["pytorch"])
    gates = gates_of(cell, H)
    assert len(figure.layout.shapes) == 2 * len(gates)
    colours = {shape.line.color for shape in figure.layout.shapes}
    assert colours == {cell.roles[gate.signal].colour.light for gate in gates}
    shown = np.array(figure.data[0].z)
    assert np.isnan(shown[:H]).all()  # torch's first block is i, which this cell computes from f
    assert np.isfinite(shown[H:, :D]).all()
