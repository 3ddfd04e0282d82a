"""What is written of a share is true of it, and an interval is the one in books of statistics."""

import itertools
import math

import pytest

from lstm_viz.rounded import interval, interval_of_mean, interval_said, percent


@pytest.mark.parametrize("digits", [0, 1])
@pytest.mark.parametrize(
    "share", [0.99949, 0.9996, 0.99996, 0.9999996, 1 - 1e-9, 4e-3, 4e-5, 4e-9, 1.0002, 0.5, 0.1667]
)
def test_all_and_none_are_said_of_nothing_else(share, digits):
    written = percent(share, digits)
    assert float(written.strip("<> %")) not in (0.0, 100.0) or written == "> 100%"
    assert not written.startswith("100") or share > 1


def test_all_is_all_and_none_is_none_and_the_rest_is_rounded_as_ever():
    assert (percent(1), percent(1.0, 1), percent(0), percent(0.0, 1)) == (
        "100%",
        "100.0%",
        "0%",
        "0.0%",
    )
    assert percent(sum([0.1] * 10)) == "100%"  # what adding up loses is no share
    assert (percent(0.9999), percent(0.9958), percent(0.275, 1)) == ("99.99%", "99.6%", "27.5%")
    assert (percent(1 - 1e-9), percent(1e-9)) == ("> 99.9999%", "< 0.0001%")


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [  # printed in textbooks, and by R's binom.test
        (8, 8, 0.6306, 1.0),
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (5, 10, 0.1871, 0.8129),
        (9, 10, 0.5550, 0.9975),
        (81, 263, 0.2527, 0.3676),
    ],
)
def test_the_interval_is_that_of_clopper_and_pearson(hits, trials, low, high):
    assert interval(hits, trials) == pytest.approx((low, high), abs=5e-5)


def test_all_of_n_has_an_interval_in_closed_form():
    for trials in (1, 3, 8, 20, 300):
        low, high = interval(trials, trials)
        assert low == pytest.approx(0.025 ** (1 / trials))
        assert high == 1
        assert interval(0, trials) == pytest.approx((0.0, 1 - low))


def test_an_interval_holds_its_share_and_is_narrower_the_more_is_tried():
    for hits, trials in itertools.product(range(4), (4, 9)):
        low, high = interval(hits, trials)
        assert low <= hits / trials <= high
        more = interval(10 * hits, 10 * trials)
        assert more[1] - more[0] < high - low


def test_its_ends_are_rounded_outwards():
    assert interval_said(8, 8) == ("63", "100%")
    assert interval_said(9, 10) == ("55", "100%")


@pytest.mark.parametrize(("hits", "trials"), [(1, 0), (3, 2), (-1, 2)])
def test_what_is_no_share_is_refused(hits, trials):
    with pytest.raises(ValueError, match="is no share"):
        interval(hits, trials)


def test_a_share_below_nothing_or_of_nothing_is_written_as_what_it_is():
    assert (percent(-0.126), percent(float("nan"))) == ("−13%", "–")
    assert percent(-1e-9).startswith("< 0")


def test_the_interval_of_a_mean_is_that_of_the_central_limit_theorem():
    """Ten times the same three values: the standard error in closed form."""
    values = [1.0, 2.0, 6.0] * 10
    error = 1.959964 * math.sqrt(14 / 3 * 30 / 29 / 30)
    assert interval_of_mean(values, [1] * 30) == pytest.approx((3 - error, 3 + error))
    assert interval_of_mean([v * 7 for v in values], [7] * 30) == pytest.approx(
        (3 - error, 3 + error)
    )
    assert interval_of_mean([4.0, 2.0], [2, 1]) == (2, 2)  # of unequal lengths, alike
