"""A count of parameters says which biases it counts, and torch is asked for its own."""

import pytest
import torch

import lstm_viz as lv
from lstm_viz.words.parameters import biases_said


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize(("layers", "both"), [(1, False), (2, True)])
def test_what_torch_stores_is_what_its_module_has(kind, layers, both):
    D, H = 6, 8
    module = getattr(torch.nn, kind)(D, H, num_layers=layers, bidirectional=both)
    ways = 1 + both
    sizes = [(D if layer == 0 else ways * H, H) for layer in range(layers) for _way in range(ways)]
    stored = sum(parameter.numel() for parameter in module.parameters())
    said = biases_said(lv.CELLS[kind.lower()], sizes)
    assert f"torch.nn.{kind} stores both, {stored:,} numbers in all" in said
    assert stored > sum(lv.CELLS[kind.lower()].count(*size) for size in sizes)


def test_a_cell_that_torch_has_no_module_of_has_one_count():
    for cell in (lv.CELLS["peephole"], lv.CELLS["gru_reset_before"], lv.Cell("h = W_h @ x")):
        assert biases_said(cell, [(3, 4)]) == ""
