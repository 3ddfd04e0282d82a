"""The statistics of a study, judged by SciPy, Optuna and closed forms."""

import math

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.importance import FanovaImportanceEvaluator
from scipy import stats

from lstm_viz.study.importance import Importance, importance, importances, on_range
from lstm_viz.study.judged import (
    against,
    best_tenth,
    compared,
    hodges_lehmann,
    holm,
    interval,
    signed_ranks,
)
from lstm_viz.study.space import SPACE, Between
from tests.study.trials import rows_of

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n", [2, 5, 12, 60])
def test_the_signed_rank_test_is_exact(n):
    values = RNG.normal(0.3, 1, n)
    regularity, p = signed_ranks(values)
    judged = stats.wilcoxon(values, method="exact")
    assert p == pytest.approx(judged.pvalue, rel=1e-9)
    ranks = stats.rankdata(np.abs(values))
    assert regularity == pytest.approx((ranks * np.sign(values)).sum() / ranks.sum())


def test_with_ties_it_is_scipys_approximation():
    values = RNG.integers(-4, 6, 80).astype(float)
    judged = stats.wilcoxon(values, method="asymptotic", correction=False)
    assert signed_ranks(values)[1] == pytest.approx(judged.pvalue, rel=1e-9)
    assert signed_ranks(np.zeros(5)) == (0.0, 1.0)


def test_holms_correction():
    # Worked by hand: 4, 3, 2 and 1 times the ordered p, never falling, at most 1.
    assert holm([0.04, 0.01, 0.03, 0.5]) == pytest.approx([0.09, 0.04, 0.09, 0.5])
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_the_middle_of_the_differences_and_its_interval():
    values = RNG.normal(1, 2, 40)
    pairs = [(values[i] + values[j]) / 2 for i in range(40) for j in range(i, 40)]
    assert hodges_lehmann(values) == pytest.approx(np.median(pairs))
    low, high = interval(values)
    theirs = stats.bootstrap(
        (values,), np.median, n_resamples=2000, method="percentile", rng=1
    ).confidence_interval
    normal = 1.96 * values.std(ddof=1) / math.sqrt(40)
    assert low == pytest.approx(values.mean() - normal, abs=0.25)
    assert high == pytest.approx(values.mean() + normal, abs=0.25)
    assert theirs.low - 0.5 < low < high < theirs.high + 0.5


def test_a_cell_with_twice_the_loss_on_every_draw_is_found_to_have_twice_the_loss():
    rows = rows_of(
        ("peephole", "rnn", "np"),
        of=lambda cell, one: (1 + one.noise) * {"rnn": 2.0}.get(cell, 1.0),
    )
    table = compared(rows).set_index("cell")
    assert table.loc["rnn", ["ratio", "low", "high"]].tolist() == pytest.approx([2, 2, 2])
    assert table.loc["rnn", "regularity"] == 1
    assert table.loc["rnn", "holm"] < 1e-5
    assert (table.loc["np", "ratio"], table.loc["np", "p"], table.loc["np", "holm"]) == (1, 1, 1)
    assert table["n"].tolist() == [30, 30]
    # Draws that only one of the two has say nothing.
    fewer = rows[~((rows["cell"] == "rnn") & (rows["number"] < 10))]
    assert against(fewer, "adding", "units", "rnn").n == 20


def test_the_best_tenth_is_chosen_by_validation_and_judged_by_test():
    rows = rows_of(("gru",), n=40, of=lambda cell, one: one.noise + 0.1)
    rows["test_loss"] = 1 / rows["validation_loss"]
    best = best_tenth(rows)
    assert len(best) == 4
    assert best["validation_loss"].max() <= np.sort(rows["validation_loss"])[3]


def important(rows: pd.DataFrame) -> Importance:
    found = importance(rows)
    assert found is not None
    return found


def by_optuna(rows):
    """Optuna's shares: the same forest, over the same unit cube."""
    study = optuna.create_study()
    columns = {n: on_range(k, rows["drawn_units" if n == "units" else n]) for n, k in SPACE.items()}
    unit = optuna.distributions.FloatDistribution(0, 1)
    for place, loss in enumerate(rows["test_loss"]):
        values = {name: float(column[place]) for name, column in columns.items()}
        study.add_trial(
            optuna.create_trial(
                params=values, distributions=dict.fromkeys(values, unit), value=math.log(loss)
            )
        )
    return FanovaImportanceEvaluator(n_trees=64, seed=0).evaluate(study, params=list(SPACE))


def test_single_shares_are_optunas():
    rows = rows_of(
        ("gru",), n=14,
        of=lambda cell, one: math.exp(-one.noise) * one.learning_rate**0.3 + one.units / 99,
    )  # fmt: skip
    found, judged = important(rows), by_optuna(rows)
    assert found.share == pytest.approx(judged, abs=1e-9)


def test_what_does_everything_has_all_the_variance_and_its_curve_is_the_function():
    rows = rows_of(("gru",), n=120, of=lambda cell, one: one.learning_rate**2)
    found = important(rows)
    assert found.share["learning_rate"] > 0.95
    places, mean, _spread = found.curves["learning_rate"]
    kind = SPACE["learning_rate"]
    assert isinstance(kind, Between)
    wanted = 2 * (math.log(kind.low) + places * math.log(kind.high / kind.low))
    np.testing.assert_allclose(mean[1:-1], wanted[1:-1], atol=0.5)


def test_what_two_settings_do_only_together_is_a_pairs_share():
    def both(cell, one):
        return math.exp((one.noise > 0.25) ^ (one.learning_rate > 0.00316))

    found = important(rows_of(("gru",), n=300, of=both))
    assert found.pairs["learning_rate", "noise"] > 0.6
    assert found.share["noise"] < 0.1
    assert sum(found.share.values()) + sum(found.pairs.values()) <= 1 + 1e-9


def test_a_file_keeps_the_importances_of_every_group_that_has_them():
    few = rows_of(("rnn",), n=5, of=lambda cell, one: one.noise + 0.1)
    rows = pd.concat([few, rows_of(("gru",), n=20, of=lambda cell, one: one.noise + 0.1)])
    (kept,) = importances(rows)
    assert (kept["cell"], kept["n"]) == ("gru", 20)
    assert max(kept["share"], key=kept["share"].get) == "noise"
    assert len(kept["pairs"]) == 15
    assert [len(kept["curves"][name]) for name in ("learning_rate", "units")] == [20, 20]


def test_too_few_trials_and_trials_that_are_all_alike_have_no_importances():
    assert importance(rows_of(("gru",), n=5, of=lambda cell, one: one.noise)) is None
    assert importance(rows_of(("gru",), n=20, of=lambda cell, one: 1.0)) is None
