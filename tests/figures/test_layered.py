"""Lines that run together are seen to be several."""

import pytest

from lstm_viz.figures.look import layered


def widths(*curves: list[float]) -> list[float]:
    lines = [{"x": list(range(len(y))), "y": y, "line": {"color": "#123456"}} for y in curves]
    return [line["line"]["width"] for line in layered(lines)]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_of_lines_that_lie_upon_each_other_each_looks_out_from_under_the_next(count):
    found = widths(*[[1.0, 1.0, 0.999]] * count)
    assert found == sorted(set(found), reverse=True)
    assert found[-1] == 2


def test_lines_that_only_cross_are_all_as_wide():
    assert widths([0.0, 0.5, 1.0], [1.0, 0.5, 0.0], [0.4, 0.1, 0.6]) == [2, 2, 2]


def test_lines_that_were_measured_at_different_places_are_as_wide():
    one, other = ({"x": [x], "y": [1.0], "line": {}} for x in (1, 2))
    assert [line["line"]["width"] for line in layered([one, other])] == [2, 2]


def test_what_was_not_measured_says_nothing():
    assert widths([float("nan"), 1.0, 1.0], [0.2, 1.0, 1.0]) == [3.5, 2]
