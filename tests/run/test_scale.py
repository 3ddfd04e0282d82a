"""What is drawn at full strength is the same on the stage, in a notebook and in a figure."""

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.run.scale import full_strength
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.tokens import Token
from tests.run.test_strips import Balanced, pixels

NOTHING_KNOWN = (-np.inf, np.inf)


def test_it_is_the_end_of_the_range_that_the_equations_guarantee():
    assert full_strength(np.array([[0.1], [0.2]]), (-1, 1)) == 1
    assert full_strength(np.array([[9.0]]), (-2, 1)) == 2


def test_one_unit_that_counts_does_not_make_the_others_look_like_nothing():
    values = np.full((20, 10), 0.5)
    values[:, 0] = np.arange(20)  # one value in ten
    assert full_strength(values, NOTHING_KNOWN) == 10
    assert np.mean(values <= 9) <= 0.95 <= np.mean(values <= 10)


def test_one_of_the_values_is_at_full_strength():
    values = np.random.default_rng(0).normal(size=(7, 3))
    assert full_strength(values, NOTHING_KNOWN) in np.abs(values)


@pytest.mark.parametrize(
    ("values", "limit"),
    [([[0.0, 0.0]], 1), ([[np.nan, 3.0]], 3), ([[np.nan]], 1), ([[0.0] * 30 + [4.0]], 4)],
)
def test_there_is_always_one(values, limit):
    assert full_strength(np.array(values), NOTHING_KNOWN) == limit


def test_stage_notebook_and_figure_say_the_same():
    """With more units and steps than a notebook shows, and another sequence beside it."""
    H, T = 60, 260
    weights = {name: 3 * w for name, w in lv.init_weights(CELLS["lstm"], 2, H, seed=1).items()}
    trace = lv.run(CELLS["lstm"], weights, np.random.default_rng(1).normal(size=(T, 2, 2)))
    payload = stage_payload(ShownRun(trace, [Token(str(t)) for t in range(T)]))
    limit = payload["scales"]["c"]["limit"]
    assert limit == next(s["limit"] for s in payload["signals"] if s["name"] == "c")
    assert lv.figure(trace, "c").data[0].zmax == limit
    picture = Balanced(trace._repr_html_()).pictures[CELLS["lstm"].signals.index("c")]
    moving = np.sort(np.argsort(-np.ptp(trace.h[:240, 0], axis=0), kind="stable")[:48])
    shown = np.abs(trace.c[:240, 0][:, moving].T)
    assert np.abs(pixels(picture)[..., 3] / 255 - np.clip(shown / limit, 0, 1)).max() < 0.003
