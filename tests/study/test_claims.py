"""The claims: what is in the trials comes out as an effect, and what is not is not settled."""

import math

import numpy as np
import pytest
from scipy import stats

from lstm_viz.cells import CELLS
from lstm_viz.study.claims import CLAIMS, cell_against, mann_whitney, starts_against, two_samples
from lstm_viz.study.space import draw
from tests.study.trials import rows_of

RNG = np.random.default_rng(1)


def noisy(cell, one, factor):
    return factor * math.exp(np.random.default_rng([one.number, len(cell)]).normal(0, 0.02))


def test_mann_and_whitneys_test_is_scipys():
    for ours, theirs in (
        (RNG.normal(0.5, 1, 30), RNG.normal(0, 1, 20)),
        (RNG.integers(0, 5, 25), RNG.integers(1, 6, 30)),
    ):
        judged = stats.mannwhitneyu(ours, theirs, method="asymptotic", use_continuity=False)
        assert mann_whitney(ours, theirs) == pytest.approx(judged.pvalue, rel=1e-9)


def test_a_cell_that_loses_a_third_more_is_found_to():
    rows = rows_of(
        ("peephole", "nfg", "np"), of=lambda c, d: noisy(c, d, 4 / 3 if c == "nfg" else 1)
    )
    worse, same = (cell_against(rows, cell, "peephole") for cell in ("nfg", "np"))
    assert worse.verdict == "more"
    assert worse.low < 4 / 3 < worse.high
    assert worse.n == 30
    assert same.verdict == "same"


def test_few_pairs_and_wide_intervals_settle_nothing():
    rows = rows_of(("peephole", "np"), n=8, of=lambda c, d: noisy(c, d, 1))
    assert cell_against(rows, "np", "peephole").verdict is None
    wild = rows_of(("peephole", "np"), of=lambda c, d: noisy(c, d, 1) ** 40)
    assert not cell_against(wild, "np", "peephole").is_settled


def test_a_gap_that_a_bias_closes_is_closed_at_that_bias_alone():
    rows = rows_of(
        ("lstm", "gru"), n=200,
        of=lambda c, d: noisy(c, d, 2 if c == "lstm" and d.forget_bias == "0" else 1),
    )  # fmt: skip
    found = CLAIMS[0].asked(rows)
    assert [one.verdict for one in found.values()] == ["more", "same", "same"]
    shares = [draw(number).forget_bias for number in range(200)]
    assert [one.n for one in found.values()] == [shares.count(bias) for bias in "012"]


def test_starts_are_compared_on_long_lags_only():
    def better(cell, one):
        return noisy(cell, one, 0.5 if one.forget_bias == "5" else 1)

    long = rows_of(("lstm",), n=150, task="order", of=better).assign(size=40)
    found = starts_against(long, "lstm", "5", "1", 15)
    assert found.verdict == "less"
    assert found.ratio == pytest.approx(0.5, rel=0.05)
    short = rows_of(("lstm",), n=150, task="order", of=better).assign(size=10)
    assert starts_against(short, "lstm", "5", "1", 15).n == 0


def test_two_samples_of_one_distribution_hold_no_difference():
    found = two_samples(RNG.normal(0, 0.1, 60), RNG.normal(0, 0.1, 50))
    assert found.low < 1 < found.high
    assert found.n == 50


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_every_claim_has_an_answer_from_a_study_of_all_cells(claim):
    rows = rows_of(CELLS, n=13, of=lambda c, d: noisy(c, d, 1)).assign(
        size=20, steps=10, seconds=lambda table: 1.0 + table["noise"]
    )
    for found in claim.asked(rows).values():
        assert found.n <= 13
        assert math.isnan(found.ratio) or found.low <= found.ratio <= found.high
    assert all(math.isnan(one.ratio) for one in claim.asked(rows[:0]).values())
