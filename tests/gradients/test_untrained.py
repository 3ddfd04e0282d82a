"""In how many steps an untrained cell's gradient halves: one answer, where closed forms say it."""

from dataclasses import replace

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.gradients.decay import STARTS, Start, curve, untrained, untrained_half_lives
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.ui.gradients.view import compared
from lstm_viz.words.decay import (
    decay_caption,
    ends,
    reach_said,
    share,
    starts_said,
    untrained_life,
)
from tests import autograd
from tests.agreement import assert_equal

KEEPS = Cell("f = 0.9\nc = f * c_prev + W_c @ x\nh = c")
EVERY = {
    **CELLS,
    "nothing_is_carried": Cell("h = tanh(W_h @ x + b_h)"),
    "h_is_not_carried": Cell("y = tanh(W_y @ x + U_y @ y_prev)\nh = y * sigmoid(W_o @ x)"),
}


def read(cell: Cell, steps: int = 30) -> Trace:
    return run(cell, {"W_c": np.eye(3)}, np.ones((steps, 1, 3)))


@pytest.mark.parametrize("quantity", ["memory", "loss_x"])
def test_a_memory_that_keeps_nine_tenths_loses_half_in_6_6_steps(quantity):
    found = curve(read(KEEPS), quantity)
    assert found.mean == pytest.approx(np.arange(30) * np.log10(0.9))
    assert found.half_life == pytest.approx(np.log(0.5) / np.log(0.9))


def test_a_running_sum_loses_nothing_and_what_forgets_all_is_gone_at_once():
    assert curve(read(KEEPS.with_("f = 1")), "memory").half_life is None
    assert curve(read(KEEPS.with_("f = 0")), "memory").half_life == 0
    doubles = curve(read(KEEPS.with_("f = 2")), "memory").half_life
    assert doubles == pytest.approx(-1)


@pytest.mark.parametrize("cell", EVERY.values(), ids=EVERY)
def test_the_gradient_by_the_input_is_autograds(cell):
    trace = Start(steps=9, hidden=5).trace(cell).piece(slice(None), 0)
    start = {state: value[0] for state, value in trace.initial.items()}
    torchs = autograd.unrolled(cell, trace.weights, trace.x[:, 0], start)
    by_x = torchs.gradient(torchs.steps[-1]["h"].sum(), torchs.x)[0]
    assert_equal(
        10 ** curve(trace, "loss_x").mean,
        (np.linalg.norm(by_x, axis=1) / np.linalg.norm(by_x[-1]))[::-1],
    )


@pytest.mark.parametrize("name", CELLS)
def test_every_page_has_the_half_life_that_the_page_of_gradients_shows_first(name):
    """Own cell, variants and the gradients: from the same start, by the same measure."""
    first = curve(Start().trace(CELLS[name]), "memory")
    assert untrained_half_lives(CELLS[name])[0] == first.half_life
    assert share(untrained(CELLS[name]).mean[20]) == share(first.mean[20])
    assert share(first.mean[20]) in decay_caption([untrained(CELLS[name])])


def test_one_starts_half_life_does_not_stand_without_the_others():
    said = untrained_life(CELLS["janet"])
    lives = untrained_half_lives(CELLS["janet"])
    assert len(set(lives)) == STARTS == 4
    assert said == (
        f"{lives[0]:.2g} steps (from 4 starts: {min(map(float, filter(None, lives))):.2g} to "
        f"{max(map(float, filter(None, lives))):.2g} steps)"
    )
    assert untrained_life(CELLS["lstm"]) in reach_said(CELLS["gru"])


def test_the_page_of_gradients_says_between_which_half_lives_several_starts_lie():
    """Each life is measured here again, from curves that the page has no part in."""
    cells, start = ["rnn", "lstm"], Start(forget_bias=1.0, steps=30, hidden=8)
    seen = compared(cells, start, "memory")
    said = starts_said(seen.curves, seen.lives)
    for cell, curve_shown, lives in zip(cells, seen.curves, seen.lives, strict=True):
        again = [
            curve(replace(start, seed=seed).trace(CELLS[cell]), "memory").half_life
            for seed in range(STARTS)
        ]
        assert lives == again
        assert lives[0] == curve_shown.half_life
        low, high = min(map(float, filter(None, again))), max(map(float, filter(None, again)))
        assert f"{CELLS[cell].title} {low:.2g} to {high:.2g} steps" in said
    assert f"over {STARTS} of them" in said


def test_what_stays_outlasts_what_halves_and_what_grows_both():
    assert ends([3.0, None, 1.5, 40.0]) == (1.5, None)
    assert ends([3.0, -7.0, None]) == (3.0, -7.0)
    assert ends([0.0, 5.0]) == (0.0, 5.0)
