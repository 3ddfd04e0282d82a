"""When a run turned is read off its looks, and nothing is named where nothing happened."""

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.words.turning_points import (
    Turn,
    fall,
    fall_said,
    no_turn_said,
    opening,
    opening_said,
    turning_caption,
)

AT = (0, 1, 10, 100, 1000)


def test_the_largest_fall_is_found_wherever_it_is():
    for place in range(1, len(AT)):
        losses = [1.4 - 0.01 * k - (1.0 if k >= place else 0.0) for k in range(len(AT))]
        found = fall(AT, losses)
        assert found == Turn(AT[place - 1], AT[place], losses[place - 1], losses[place])


@pytest.mark.parametrize("losses", [[1.4] * 5, [1.4, 1.3, 1.2, 1.1, 1.0], [1, 2, 3, 4, 5], []])
def test_a_loss_that_stays_or_creeps_or_grows_has_no_fall(losses):
    assert fall(AT[: len(losses)], losses) is None


def test_what_is_no_number_is_passed_over():
    assert fall(AT, [1.0, np.nan, 0.9, np.inf, 0.1]) == Turn(10, 1000, 0.9, 0.1)


def test_the_gate_that_moves_furthest_is_said_with_the_way_it_goes():
    means = {0: {"f": 0.5, "i": 0.5}, 9: {"f": 0.55, "i": 0.2}, 99: {"f": 0.9, "i": 0.25}}
    assert opening(means) == ("f", Turn(9, 99, 0.55, 0.9))
    assert opening_said("f", Turn(9, 99, 0.55, 0.9)) == "f opens from 0.55 to 0.90"
    assert opening_said("i", Turn(0, 9, 0.5, 0.2)) == "i closes from 0.50 to 0.20"
    assert opening({0: {"f": 0.5}, 9: {"f": 0.52}}) is None
    assert opening({0: {}, 9: {}}) is None, "a plain RNN has no gates"


def test_the_caption_names_the_unit_that_moved_and_the_step_where_it_is_seen():
    cell, x = lv.CELLS["lstm"], np.random.default_rng(0).normal(size=(6, 1, 2))
    weights = lv.init_weights(cell, 2, 3, seed=0)
    other = {**weights, "b_i": weights["b_i"] + np.array([0.0, 4.0, 0.5])}
    before, after = lv.run(cell, weights, x), lv.run(cell, other, x)
    caption = turning_caption(Turn(3, 9, 1.2, 0.1), before, after, list("abcdef"))
    assert caption.unit == 1
    moved = np.abs(after.i - before.i)[:, 0, 1]
    assert caption.t == int(moved.argmax())
    assert "Between 3 and 9 training steps" in caption.text
    assert "i of unit 1" in caption.text
    assert f"{after.i[:, 0, 1].mean():.2f}" in caption.text


def test_a_run_that_learnt_nothing_says_its_two_ends():
    said = no_turn_said([0, 800], [1.39, 1.38])
    assert said == "The loss hardly falls: 1.39 before the first training step, 1.38 after 800."
    assert no_turn_said([], []) == ""
    assert fall_said(Turn(1, 2, 1.0, 0.25)) == "loss falls from 1 to 0.25"
