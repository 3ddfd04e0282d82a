"""How far a gradient reaches, where closed forms say it."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.gradients.reach import half_life, reach, untrained_trace
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace

KEEPS = Cell("f = 0.9\nc = f * c_prev + W_c @ x\nh = c")


def read(cell: Cell, steps: int = 30) -> Trace:
    return run(cell, {"W_c": np.eye(3)}, np.ones((steps, 1, 3)))


def test_a_memory_that_keeps_nine_tenths_loses_half_in_6_6_steps():
    curve = reach(read(KEEPS))
    assert curve == pytest.approx(np.arange(30) * np.log10(0.9))
    assert half_life(curve) == pytest.approx(np.log(0.5) / np.log(0.9))


def test_a_running_sum_loses_nothing():
    curve = reach(read(KEEPS.with_("f = 1")))
    assert curve == pytest.approx(np.zeros(30))
    assert half_life(curve) is None


def test_an_output_that_ignores_its_input_has_no_reach():
    clock = Cell("c = c_prev + 1\nh = c + 0 * (W_c @ x)")
    assert np.isnan(reach(read(clock))).all()
    assert half_life(reach(read(clock))) is None


def test_a_cell_that_forgets_everything_at_once_reaches_one_step():
    curve = reach(read(KEEPS.with_("f = 0")))
    assert curve[0] == 0
    assert (curve[1:] == -np.inf).all()
    assert half_life(curve) is None


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_of_the_catalogue_has_a_reach(name):
    curve = reach(untrained_trace(CELLS[name]))
    assert curve[0] == 0
    assert np.isfinite(curve).all()
    found = half_life(curve)
    # A memory that only ever adds keeps its gradient, whatever else happens to it.
    assert found is None if name == "lstm1997" else found is not None and 0.5 < found < 60
