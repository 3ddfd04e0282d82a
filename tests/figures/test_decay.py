"""The figures show the numbers they are given, named, in units, on light pages and on dark ones."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.cells.marks import mark_of
from lstm_viz.figures.decay import (
    DEEPEST,
    Figure,
    cut_figure,
    decay_figure,
    excursions_figure,
    paths_figure,
)
from lstm_viz.gradients.decay import BANDS, QUANTITIES, Curve, Start, bounds, curve, split
from tests.agreement import assert_equal

START = Start(steps=30, hidden=8)
TRACES = {name: START.trace(CELLS[name]) for name in ("rnn", "lstm", "gru")}
LIGHT, DARK = False, True


def curves(quantity: str = "memory") -> list[Curve]:
    return [curve(trace, quantity) for trace in TRACES.values()]


def line(figure: Figure, name: str) -> np.ndarray:
    return next(np.array(trace.y) for trace in figure.data if trace.name == name)


def figures(dark: bool) -> dict[str, Figure]:
    lstm = TRACES["lstm"]
    return {
        "decay": decay_figure(curves(), dark, classical=bounds(TRACES["rnn"])),
        "cut": cut_figure(curves()[1], curve(lstm, "memory", cut=("i",)), dark),
        "paths": paths_figure(split(lstm), None, dark),
        "excursions": excursions_figure(split(lstm), dark),
    }


@pytest.mark.parametrize("dark", [LIGHT, DARK], ids=["light", "dark"])
def test_every_axis_has_a_name(dark):
    for figure in figures(dark).values():
        assert figure.layout.xaxis.title.text
        assert figure.layout.yaxis.title.text


def test_the_axis_says_h_where_no_cell_has_a_c():
    rnn, lstm, _gru = curves()
    assert "c<sub>T</sub>" in decay_figure([rnn, lstm], LIGHT).layout.yaxis.title.text
    assert "h<sub>T</sub>" in decay_figure([rnn], LIGHT).layout.yaxis.title.text


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_the_lines_are_the_curves(quantity):
    drawn = decay_figure(curves(quantity), LIGHT)
    for found in curves(quantity):
        assert_equal(line(drawn, found.cell.title), found.mean)
        if found.kept_mean is not None:
            name = f"{found.cell.title}: product of the keep gates alone"
            assert_equal(line(drawn, name), found.kept_mean)


def test_the_bars_are_the_shares():
    found = split(TRACES["lstm"])
    assert_equal(line(paths_figure(found, 3, LIGHT), "direct"), found.steps(3)["direct"])
    assert_equal(line(excursions_figure(found, LIGHT), "once"), found.excursions[1])


def test_a_cell_has_its_own_colour_on_each_page():
    for dark, page in ((LIGHT, "light"), (DARK, "dark")):
        drawn = decay_figure(curves(), dark)
        for found in curves():
            trace = next(t for t in drawn.data if t.name == found.cell.title)
            assert trace.line.color == getattr(mark_of(found.cell).colour, page)


def test_every_band_in_sight_is_named_with_its_number():
    texts = [note.text for note in decay_figure(curves(), LIGHT).layout.annotations]
    for band in BANDS[1:]:
        assert f"{band.name}: {band.meaning}" in texts


def test_each_line_has_its_half_life_beside_it_and_no_label_covers_another():
    same = [curves()[1]] * 6
    notes = decay_figure(same, LIGHT).layout.annotations
    labels = [note for note in notes if "½ in" in note.text]
    assert len(labels) == 6
    places = sorted(note.y for note in labels)
    lowest, highest = decay_figure(same, LIGHT).layout.yaxis.range
    assert min(np.diff(places)) > 0.08 * (highest - lowest)
    assert lowest < places[0]
    assert places[-1] < highest


def test_a_line_that_falls_out_of_sight_is_still_there():
    deep = Curve(CELLS["rnn"], "h", -10.0 * np.arange(30)[:, None], None)
    drawn = decay_figure([deep], LIGHT)
    assert drawn.layout.yaxis.range[0] >= DEEPEST - 1
    assert_equal(line(drawn, "Plain RNN"), deep.mean)


def test_what_is_exactly_0_leaves_a_gap():
    gone = Curve(CELLS["rnn"], "h", np.array([[0.0], [-1.0], [-np.inf]]), None)
    assert np.isnan(line(decay_figure([gone], LIGHT), "Plain RNN")[2])


def test_the_classical_bounds_are_powers_of_the_distance():
    limits = bounds(TRACES["rnn"])
    assert limits is not None
    drawn = decay_figure(curves(), LIGHT, classical=limits)
    name = "largest singular value to the power of the distance"
    assert_equal(line(drawn, name), np.arange(30) * np.log10(limits.largest))


def test_what_was_read_stands_under_its_distance():
    figure = decay_figure(curves(), LIGHT, read=["the", "dog"])
    assert list(figure.layout.xaxis.categoryarray) == ["the 0", "dog 1"]
    assert all(set(trace.x) <= {"the 0", "dog 1"} for trace in figure.data)
    assert decay_figure(curves(), LIGHT).layout.xaxis.categoryarray is None


def test_the_lag_of_a_task_is_marked_where_it_lies():
    figure = decay_figure(curves(), LIGHT, lag=12)
    assert [(line.x0, line.x1) for line in figure.layout.shapes if line.type == "line"] == [
        (12, 12)
    ]
    assert "the task’s lag: 12 steps" in [note.text for note in figure.layout.annotations]
    assert not [one for one in decay_figure(curves(), LIGHT).layout.shapes if one.type == "line"]
