"""A trained network whose cell is edited keeps every weight that still means the same."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks.edited_cell import UNTRAINED, edited, network_for
from lstm_viz.networks.network import shipped, untrained
from lstm_viz.tasks import TASKS
from tests.agreement import assert_equal

TASK = TASKS["subject"]
BASE = untrained(TASK, CELLS["lstm"], hidden=5, embedding=4, seed=3)
SEQUENCE = next(iter(TASK.examples.values()))


def test_coupling_the_gates_keeps_all_other_weights_as_they_are():
    found = edited(BASE, CELLS["coupled"])
    assert found.fresh == ()
    before, after = (network.layers[0, "forward"][1] for network in (BASE, found.network))
    assert set(before) - set(after) == {"W_i", "U_i", "b_i"}
    assert all(after[name] is before[name] for name in after)


def test_an_lstm_edited_into_itself_predicts_the_same():
    found = edited(BASE, CELLS["lstm"])
    assert np.array_equal(found.network.read(SEQUENCE).output, BASE.read(SEQUENCE).output)


def test_a_weight_whose_gate_does_something_else_is_not_shared():
    # The MGU's f writes; an LSTM's keeps.
    assert "W_f" in edited(BASE, CELLS["mgu"]).fresh
    lstm = untrained(TASK, CELLS["gru"], hidden=5, embedding=4)
    assert "W_z" in edited(lstm, CELLS["mut1"]).fresh  # z writes there


def test_new_peepholes_start_anew_and_the_rest_stays():
    found = edited(BASE, CELLS["peephole"])
    assert found.fresh == ("p_f", "p_i", "p_o")


@pytest.mark.parametrize("name", ["peephole", "fgr"])
def test_what_is_added_to_a_trained_line_changes_nothing_until_it_is_trained(name):
    found = edited(BASE, CELLS[name])
    assert set(found.resting) == set(found.fresh) != set()
    assert_equal(found.network.read(SEQUENCE).output, BASE.read(SEQUENCE).output)
    awake = edited(BASE, CELLS[name], awake=True)
    assert awake.resting == ()
    assert (awake.network.read(SEQUENCE).output != BASE.read(SEQUENCE).output).any()


@pytest.mark.parametrize(
    ("line", "resting"),
    [
        ("c = p_c * c_prev + i * c_tilde", ()),  # in place of f, not beside it
        ("f = sigmoid(W_f @ x + U_f @ h_prev + p_f * c_prev + b_f)", ("p_f",)),
        ("f = tanh(W_f @ x + U_f @ h_prev + p_f * c_prev + b_f)", ()),
        ("h = o * tanh(c) + p_h * c", ("p_h",)),
    ],
)
def test_only_what_is_added_to_a_line_rests(line, resting):
    assert edited(BASE, CELLS["lstm"].with_(line)).resting == resting


def test_embedding_and_head_stay_and_the_metrics_do_not():
    found = edited(BASE, CELLS["gru"]).network
    assert found.embedding is BASE.embedding
    assert found.head_weight is BASE.head_weight
    assert found.metrics == {}


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("task", TASKS)
def test_every_cell_reads_every_task_at_once(task, name):
    found = network_for(TASKS[task], CELLS[name])
    sequence = next(iter(TASKS[task].examples.values()))
    assert np.isfinite(found.network.read(sequence).output).all()
    # np is the LSTM under another name, so the LSTM's network is its own.
    trained = any(CELLS[cell] == CELLS[name] for learnt, cell in shipped() if learnt == task)
    assert (found.state == "trained") == trained
    assert set(found.kept) | set(found.fresh) == set(CELLS[name].weight_names)


def test_a_cell_of_ones_own_reads_as_well():
    own = Cell("c = 0.5 * c_prev + W_c @ x\nh = tanh(c)")
    found = network_for(TASK, own)
    assert found.network.cell == own
    assert found.state == UNTRAINED or "W_c" in {*found.kept, *found.fresh}
