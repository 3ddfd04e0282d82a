"""Which cell did better, judged fairly: pair by pair, with an interval, and corrected for many.

Two cells are compared draw by draw: both had the same learning rate, noise, start and seed. What is
compared is the logarithm of the test loss, so that a difference is a factor. Its middle is Hodges
and Lehmann's (1963) estimate, the median of the means of all pairs of differences; its interval is
the bootstrap's, over draws; whether it is there at all is Wilcoxon's (1945) signed rank test, exact
where no two differences are alike; and how regular it is, the rank correlation of the pairs, from
-1 (always less loss than the peephole LSTM) to 1. As many tests as cells and tasks are made, so
their p are corrected as Holm (1979) does. All of it is NumPy, because a page shows it without more;
the tests compare it with SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from lstm_viz.study.trial import REFERENCE

BEST = 0.1  # of the trials, as in Greff et al.
EXACT = 200  # differences, up to which the test is exact
DRAWN = 2000  # bootstrap samples
LEVEL = 0.95


@dataclass(frozen=True)
class Compared:
    """A cell against the peephole LSTM on one task. ``ratio`` is its test loss in units of the
    other's, ``low`` to ``high`` its 95% interval; ``regularity`` from -1 to 1; ``holm`` is ``p``
    corrected for all tests of this table; ``n`` is how many draws both had."""

    task: str
    alike: str
    cell: str
    n: int
    ratio: float
    low: float
    high: float
    regularity: float
    p: float
    holm: float = math.nan


def best_tenth(rows: pd.DataFrame) -> pd.DataFrame:
    """Of every task, kind of likeness and cell the trials with the least validation loss, a tenth
    of them and one at least: their test losses chose nothing."""
    ordered = rows.sort_values("validation_loss", kind="stable")
    place = ordered.groupby(["task", "alike", "cell"], observed=True).cumcount()
    count = rows.groupby(["task", "alike", "cell"], observed=True)["number"].transform("size")
    kept = place < np.maximum(1, np.round(BEST * count.loc[ordered.index]))
    return ordered[kept].sort_index()


def compared(rows: pd.DataFrame, reference: str = REFERENCE) -> pd.DataFrame:
    """A row for each cell on each task, alike in units and in parameters; see ``Compared``."""
    found = [
        against(rows, task, alike, cell, reference)
        for (task, alike, cell), _group in rows.groupby(["task", "alike", "cell"], observed=True)
        if cell != reference
    ]
    table = pd.DataFrame([asdict(one) for one in found if one.n > 1])
    if len(table):
        table["holm"] = holm(table["p"].tolist())
    return table


def against(
    rows: pd.DataFrame, task: str, alike: str, cell: str, reference: str = REFERENCE
) -> Compared:
    """One cell against another, uncorrected."""
    change = differences(rows, task, alike, cell, reference)
    if len(change) < 2:
        return Compared(task, alike, cell, len(change), *[math.nan] * 5)
    low, high = interval(change)
    middle = math.exp(hodges_lehmann(change))
    regularity, p = signed_ranks(change)
    return Compared(
        task, alike, cell, len(change), middle, math.exp(low), math.exp(high), regularity, p
    )


def differences(rows: pd.DataFrame, task: str, alike: str, cell: str, reference: str) -> np.ndarray:
    """How much more the logarithm of the test loss is for a cell than for another, by draw."""
    there = rows[(rows["task"] == task) & (rows["alike"] == alike)]
    ours, theirs = (
        np.log(there[there["cell"] == one].set_index("number")["test_loss"])
        for one in (cell, reference)
    )
    found: np.ndarray = (ours - theirs).dropna().to_numpy(float)
    return found


# -- the statistics


def hodges_lehmann(values: np.ndarray) -> float:
    """The median of the means of all pairs, each with itself among them."""
    first, second = np.triu_indices(len(values))
    return float(np.median((values[first] + values[second]) / 2))


def interval(values: np.ndarray, seed: int = 0) -> tuple[float, float]:
    """The bootstrap's percentile interval of ``hodges_lehmann``."""
    rng = np.random.default_rng(seed)
    drawn = values[rng.integers(len(values), size=(DRAWN, len(values)))]
    first, second = np.triu_indices(len(values))
    middles = [
        np.median((part[:, first] + part[:, second]) / 2, axis=1)
        for part in np.array_split(drawn, 20)
    ]
    ends = np.quantile(np.concatenate(middles), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(ends[0]), float(ends[1])


def signed_ranks(values: np.ndarray) -> tuple[float, float]:
    """The rank correlation of pairs with these differences, and Wilcoxon's two-sided p.

    Differences of zero say nothing and are left out; (0, 1) where no other is there.
    """
    values = values[values != 0]
    n = len(values)
    if not n:
        return 0.0, 1.0
    sizes, place, counts = np.unique(np.abs(values), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    positive, total = float(ranks[values > 0].sum()), n * (n + 1) / 2
    regularity = (2 * positive - total) / total
    if len(sizes) == n <= EXACT:
        return regularity, _exact(round(min(positive, total - positive)), n)
    variance = n * (n + 1) * (2 * n + 1) / 24 - float((counts**3 - counts).sum()) / 48
    apart = abs(positive - total / 2) / math.sqrt(variance)
    return regularity, math.erfc(apart / math.sqrt(2))


def _exact(least: int, n: int) -> float:
    """How likely a sum of ranks is that is so far from the middle: all signs alike likely."""
    ways = np.zeros(n * (n + 1) // 2 + 1)
    ways[0] = 1.0
    for rank in range(1, n + 1):
        ways[rank:] = (ways[rank:] + ways[: len(ways) - rank]) / 2
        ways[:rank] /= 2
    return float(min(1.0, 2 * ways[: least + 1].sum()))


def holm(values: Sequence[float]) -> list[float]:
    """Each p as it stands among all: Holm's step-down correction."""
    order = np.argsort(values)
    factors = len(values) - np.arange(len(values))
    stepped = np.minimum(1.0, np.maximum.accumulate(np.asarray(values)[order] * factors))
    found = np.empty(len(values))
    found[order] = stepped
    return [float(one) for one in found]
