"""How far a gradient reaches, where closed forms say it."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.gradients.reach import halving, reach, untrained_trace
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from tests import autograd
from tests.agreement import assert_equal

KEEPS = Cell("f = 0.9\nc = f * c_prev + W_c @ x\nh = c")


def read(cell: Cell, steps: int = 30) -> Trace:
    return run(cell, {"W_c": np.eye(3)}, np.ones((steps, 1, 3)))


def test_a_memory_that_keeps_nine_tenths_loses_half_in_6_6_steps():
    curve = reach(read(KEEPS))
    assert curve == pytest.approx(np.arange(30) * np.log10(0.9))
    assert halving(curve) == pytest.approx(np.log(0.5) / np.log(0.9))


def test_a_running_sum_loses_nothing():
    curve = reach(read(KEEPS.with_("f = 1")))
    assert curve == pytest.approx(np.zeros(30))
    assert halving(curve) is None


def test_an_output_that_ignores_its_input_has_no_reach():
    clock = Cell("c = c_prev + 1\nh = c + 0 * (W_c @ x)")
    assert np.isnan(reach(read(clock))).all()
    assert halving(reach(read(clock))) is None


def test_a_cell_that_forgets_everything_at_once_reaches_one_step():
    curve = reach(read(KEEPS.with_("f = 0")))
    assert curve[0] == 0
    assert (curve[1:] == -np.inf).all()
    assert halving(curve) is None


EVERY = {
    **CELLS,
    "nothing_is_carried": Cell("h = tanh(W_h @ x + b_h)"),
    "h_is_not_carried": Cell("y = tanh(W_y @ x + U_y @ y_prev)\nh = y * sigmoid(W_o @ x)"),
}


@pytest.mark.parametrize("cell", EVERY.values(), ids=EVERY)
def test_the_reach_of_every_cell_is_autograds(cell):
    trace = untrained_trace(cell, steps=9, H=5)
    start = {state: value[0] for state, value in trace.initial.items()}
    torchs = autograd.unrolled(cell, trace.weights, trace.x[:, 0], start)
    by_x = torchs.gradient(torchs.steps[-1]["h"].sum(), torchs.x)[0]
    assert_equal(
        10 ** reach(trace), (np.linalg.norm(by_x, axis=1) / np.linalg.norm(by_x[-1]))[::-1]
    )


@pytest.mark.parametrize("name", ["rnn", "lstm", "peephole", "gru", "janet", "minlstm", "slstm"])
def test_an_untrained_cell_loses_half_within_some_steps(name):
    curve = reach(untrained_trace(CELLS[name]))
    assert np.isfinite(curve).all()
    found = halving(curve)
    assert found is not None
    assert 0.5 < found < 60


def test_a_memory_that_only_ever_adds_keeps_its_gradient_whatever_else_happens_to_it():
    assert halving(reach(untrained_trace(CELLS["lstm1997"]))) is None
