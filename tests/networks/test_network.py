"""A trained network in NumPy: what it reads, what it answers, how it is stored."""

import math
import subprocess
import sys

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks.network import from_bytes, load, shipped, untrained
from lstm_viz.tasks import TASKS

COUNTING = TASKS["counting"]


def fresh(task="counting", cell="lstm", **sizes):
    sizes = {"hidden": 4, "embedding": 3, "seed": 1} | sizes
    return untrained(TASKS[task], CELLS[cell], **sizes)


def test_reading_is_running_the_cell_on_the_embedded_symbols():
    network = fresh()
    recording = network.read(tuple("aXb."))
    x = network.embedding[[0, 2, 1, 3]][:, None]
    np.testing.assert_array_equal(network.inputs(tuple("aXb.")), x)
    trace = lv.run(network.cell, network.layers[0, "forward"][1], x)
    np.testing.assert_array_equal(recording[0]["h"], trace["h"])
    output = trace["h"] @ network.head_weight.T + network.head_bias
    np.testing.assert_array_equal(recording.output, output)


def test_the_second_layer_reads_the_first():
    recording = fresh(layers=2).read(tuple("aXb."))
    assert recording.layers == 2
    np.testing.assert_array_equal(recording[1].x, recording[0]["h"])


def test_predictions_are_probabilities():
    network = fresh()
    p = network.predictions(network.read(tuple("aaXbb.")))
    assert p.shape == (6, 1, 4)
    np.testing.assert_allclose(p.sum(-1), 1)
    assert (p > 0).all()


def test_large_logits_overflow_nothing():
    network = fresh()
    loud = network.with_arrays(network.arrays() | {"head.bias": np.array([900.0, 0, 0, -900])})
    p = loud.predictions(loud.read(tuple("a")))
    assert p[0, 0, 0] == 1
    assert np.isfinite(p).all()


def test_a_forecast_is_in_the_unit_of_what_was_read():
    network = fresh("load", embedding=0)
    silent = network.with_arrays({n: np.zeros_like(a) for n, a in network.arrays().items()})
    forecast = silent.predictions(silent.read((50.0, 70.0)))
    np.testing.assert_array_equal(forecast, np.full((2, 1, 1), TASKS["load"].centre))


def test_sequences_side_by_side_are_read_as_they_are_alone():
    network = fresh()
    inputs, _ = COUNTING.batch(np.random.default_rng(0), 5)
    together = network.probabilities(inputs)
    for column in range(5):
        alone = network.probabilities(inputs[:, [column]])
        np.testing.assert_allclose(together[:, [column]], alone, atol=1e-14)


def test_nothing_said_later_changes_what_was_read_before():
    network = fresh()
    long, short = network.read(tuple("aaXbb.")), network.read(tuple("aaX"))
    np.testing.assert_allclose(long.output[:3], short.output, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_a_file_gives_back_the_network_to_the_last_bit_of_float32(cell):
    network = fresh(cell=cell, layers=2)
    again = from_bytes(network.to_bytes())
    assert again.cell == network.cell
    assert again.cell is CELLS[cell]
    assert again.task is COUNTING
    for name, array in network.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array.astype(np.float32))


def test_a_cell_of_ones_own_is_stored_with_its_equations_and_initial_values():
    cell = Cell("h = tanh(W_h @ x + U_h @ h_prev) * m_prev\nm = m_prev / 2", initial={"m": 1.0})
    again = from_bytes(untrained(COUNTING, cell, hidden=2, embedding=2).to_bytes())
    assert again.cell == cell
    assert again.cell.initial == {"m": 1.0}


def test_numbers_in_metrics_keep_the_digits_that_mean_something():
    network = from_bytes(
        untrained(COUNTING, CELLS["rnn"], hidden=2, embedding=2)
        .with_arrays(fresh(cell="rnn", hidden=2, embedding=2).arrays(), metrics={"a": [1 / 3, 7]})
        .to_bytes()
    )
    assert network.metrics == {"a": [0.333333, 7]}


def test_the_parameters_are_counted():
    network = fresh(hidden=4, embedding=3)
    assert network.count == 4 * 3 + CELLS["lstm"].count(3, 4) + 4 * 4 + 4


def test_the_forget_bias_is_set_where_there_is_one():
    assert (fresh(forget_bias=2.0).layers[0, "forward"][1]["b_f"] == 2).all()
    assert math.isfinite(fresh(cell="rnn", forget_bias=2.0).count)


def test_a_loaded_network_cannot_be_changed_by_accident():
    network = from_bytes(fresh().to_bytes())
    with pytest.raises(ValueError, match="read-only"):
        network.layers[0, "forward"][1]["U_f"][0] = 1
    with pytest.raises(ValueError, match="read-only"):
        network.head_bias[0] = 1


def test_what_is_not_shipped_is_refused_with_what_is():
    with pytest.raises(ValueError, match="subject lstm"):
        load("subject", "mgu")
    with pytest.raises(ValueError, match="There are"):
        load("../../etc/passwd", "lstm")


def test_loading_and_reading_needs_no_torch():
    program = (
        "import sys; from lstm_viz.networks.network import load, shipped\n"
        "for task, cell in shipped():\n"
        "    network = load(task, cell)\n"
        "    network.read(next(iter(network.task.examples.values())))\n"
        "print('torch' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


def test_a_shipped_network_is_of_a_task_that_ships_and_in_teaching_order():
    tasks = list(dict.fromkeys(task for task, _cell in shipped()))
    assert tasks == [name for name, task in TASKS.items() if task.ships]
