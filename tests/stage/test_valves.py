"""The unit on the page of valves does what the page says it does."""

import numpy as np

import lstm_viz as lv
from lstm_viz.stage.valves import CELL, WEIGHTS, corners


def test_it_holds_what_it_read_until_it_reads_minus_one():
    weights = {
        name: np.full(shape, WEIGHTS[name]) for name, shape in CELL.weight_shapes(1, 1).items()
    }
    x = np.array([0.8] * 3 + [0.0] * 6 + [-1.0] * 2).reshape(-1, 1, 1)
    c = lv.run(CELL, weights, x).c[:, 0, 0]
    assert c[2] > 1
    assert c[8] > 0.85 * c[2]
    assert abs(c[10]) < 0.1 * c[2]


def test_each_corner_does_to_the_memory_what_its_row_says():
    weights = {name: np.zeros(shape) for name, shape in CELL.weight_shapes(1, 1).items()}
    becomes = {}
    for corner in corners():
        sets = {"f": 0.6, "i": 0.3, "o": 0.8, "c_tilde": 0.5} | corner["sets"]
        hold = {name: np.array(float(value)) for name, value in sets.items()}
        trace = lv.run(CELL, weights, np.zeros((1, 1, 1)), {"c": np.array(2.0)}, hold)
        becomes[corner["name"]] = (trace.c.item(), trace.h.item())
    assert becomes["keep"][0] == 2
    assert becomes["add"][0] == 2.5
    assert becomes["erase"][0] == 0
    assert becomes["overwrite"][0] == 0.5
    assert becomes["hide"][1] == 0
    assert becomes["show"][1] == np.tanh(becomes["show"][0])
