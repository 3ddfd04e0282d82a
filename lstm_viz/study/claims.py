"""What Greff et al., Jozefowicz et al. and others found, asked of a study's own trials.

A claim compares two kinds of trials pair by pair (``judged.py``), over all tasks that the study
has: two cells with the same draws, or one cell with two starts. Its answer is a ratio of test
losses with its interval and n; where the interval holds both a gain and a loss that would matter,
or too few pairs are there, it cannot be settled at this size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lstm_viz.language import N_
from lstm_viz.study.judged import differences, hodges_lehmann, interval, signed_ranks
from lstm_viz.study.space import CHRONO
from lstm_viz.study.trial import REFERENCE, UNITS
from lstm_viz.tasks import task_of

FEWEST = 12  # pairs
MATTERS = 1.1  # a ratio of losses from which on a difference matters


@dataclass(frozen=True)
class Answer:
    """``ratio`` of the test loss of the one to that of the other, in the middle of ``n`` pairs,
    ``low`` to ``high`` with 95%; ``p`` is of one test among many. Without pairs all are NaN."""

    ratio: float
    low: float
    high: float
    p: float
    n: int

    @property
    def is_settled(self) -> bool:
        """Whether the interval says it is one thing: less, more, or about the same."""
        return self.verdict is not None

    @property
    def verdict(self) -> str | None:
        """ "less", "more" or "same" loss; None where this many pairs cannot say."""
        if self.n < FEWEST or not self.low <= self.high:
            return None
        if self.low > 1 / MATTERS and self.high < MATTERS:
            return "same"
        if self.high < 1:
            return "less"
        return "more" if self.low > 1 else None


def answer(change: np.ndarray) -> Answer:
    """From differences of the logarithm of the test loss."""
    if len(change) < 2:
        return Answer(math.nan, math.nan, math.nan, math.nan, len(change))
    low, high = interval(change)
    middle = math.exp(hodges_lehmann(change))
    return Answer(middle, math.exp(low), math.exp(high), signed_ranks(change)[1], len(change))


def cell_against(rows: pd.DataFrame, cell: str, other: str, alike: str = UNITS) -> Answer:
    """One cell by another, each draw on each task a pair."""
    tasks = sorted(set(rows["task"].astype(str)))
    parts = [differences(rows, task, alike, cell, other) for task in tasks]
    return answer(np.concatenate([np.zeros(0), *parts]))


def gap_with_bias(rows: pd.DataFrame, bias: str, cell: str = "lstm", other: str = "gru") -> Answer:
    """The same, of those draws alone in which both started with this forget bias."""
    return cell_against(rows[rows["forget_bias"] == bias], cell, other)


def starts_against(
    rows: pd.DataFrame, cell: str, start: str, other: str, least_lag: int = 0
) -> Answer:
    """One forget bias by another in one cell, on the tasks with a lag of so many steps or more.

    The draws differ in all else, too, so these are no pairs but two samples; ``n`` is the number of
    trials in the smaller one. A task is compared with itself only: its own median is taken off.
    """
    there = rows[(rows["cell"] == cell) & (rows["alike"] == UNITS)]
    ours, theirs = [np.zeros(0)], [np.zeros(0)]
    for (task, size), part in there.groupby(["task", "size"], observed=True):
        if (task_of(str(task), int(size) or None).lag or 0) < least_lag:
            continue
        logs = np.log(part["test_loss"]) - np.log(part["test_loss"]).median()
        ours.append(logs[part["forget_bias"] == start].to_numpy(float))
        theirs.append(logs[part["forget_bias"] == other].to_numpy(float))
    return two_samples(np.concatenate(ours), np.concatenate(theirs))


def two_samples(ours: np.ndarray, theirs: np.ndarray, seed: int = 0) -> Answer:
    """The median of all differences, its bootstrap, and Mann and Whitney's (1947) test."""
    n = min(len(ours), len(theirs))
    if n < 2:
        return Answer(math.nan, math.nan, math.nan, math.nan, n)
    rng, middles = np.random.default_rng(seed), []
    for _turn in range(500):
        one, two = (each[rng.integers(len(each), size=len(each))] for each in (ours, theirs))
        middles.append(np.median(one[:, None] - two))
    low, high = np.quantile(middles, [0.025, 0.975])
    middle = float(np.median(ours[:, None] - theirs))
    return Answer(
        math.exp(middle), math.exp(float(low)), math.exp(float(high)), mann_whitney(ours, theirs), n
    )


def mann_whitney(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The two-sided p of the normal approximation, corrected for ties; 1 where all are alike."""
    both = np.concatenate([ours, theirs])
    _sizes, place, counts = np.unique(both, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n, m, total = len(ours), len(theirs), len(both)
    u = float(ranks[:n].sum()) - n * (n + 1) / 2
    ties = float((counts**3 - counts).sum()) / (total * (total - 1))
    variance = n * m / 12 * (total + 1 - ties)
    return math.erfc(abs(u - n * m / 2) / math.sqrt(2 * variance)) if variance > 0 else 1.0


def slower(rows: pd.DataFrame, cell: str, other: str) -> Answer:
    """The time of a step of one cell in units of the other's, at the length of these tasks."""
    there = rows[(rows["alike"] == UNITS) & (rows["steps"] > 0)]
    ours, theirs = (
        np.log(part["seconds"] / part["steps"])
        for part in (
            there[there["cell"] == one].set_index(["task", "number"]) for one in (cell, other)
        )
    )
    return answer((ours - theirs).dropna().to_numpy(float))


@dataclass(frozen=True)
class Claim:
    """What somebody found, and the comparisons that a study has for it, by what they are of."""

    key: str
    said: str
    source: str
    asked: Callable[[pd.DataFrame], Mapping[str, Answer]]


def _cells(*pairs: tuple[str, str]) -> Callable[[pd.DataFrame], Mapping[str, Answer]]:
    return lambda rows: {
        f"{cell} / {other}": cell_against(rows, cell, other) for cell, other in pairs
    }


GREFF, JOZEFOWICZ = "Greff et al. 2017", "Jozefowicz et al. 2015"
LONG = 15  # steps of lag from which on it is long here

CLAIMS = (
    Claim(
        "bias closes the gap",
        N_("A forget bias of 1 closes the gap between the LSTM and the GRU."),
        JOZEFOWICZ,
        lambda rows: {
            f"lstm / gru, b = {bias}": gap_with_bias(rows, bias) for bias in ("0", "1", "2")
        },
    ),
    Claim(
        "critical parts",
        N_("The forget gate and the output activation are the critical parts."),
        GREFF,
        _cells(("nfg", REFERENCE), ("noaf", REFERENCE)),
    ),
    Claim(
        "coupling",
        N_("Coupling the input and the forget gate costs nothing."),
        GREFF,
        _cells(("cifg", REFERENCE), ("coupled", "lstm")),
    ),
    Claim(
        "peepholes",
        N_("Leaving out the peepholes costs nothing."),
        GREFF,
        _cells(("np", REFERENCE)),
    ),
    Claim(
        "full recurrence",
        N_("Full gate recurrence gains nothing."),
        GREFF,
        _cells(("fgr", REFERENCE)),
    ),
    Claim(
        "other parts",
        N_("Without input gate, output gate or input activation an LSTM is worse on some tasks."),
        GREFF,
        _cells(("nig", REFERENCE), ("nog", REFERENCE), ("niaf", REFERENCE)),
    ),
    Claim(
        "bias on long lags",
        N_("Where the lag is long, an LSTM that starts with a forget bias of 5 learns better."),
        "",  # an arithmetic one: a gate of sigmoid(5) has a half-life of 103 steps
        lambda rows: {"lstm, b = 5 / 1": starts_against(rows, "lstm", "5", "1", LONG)},
    ),
    Claim(
        "chrono",
        N_("Chrono initialisation learns long lags better than a constant forget bias."),
        "Tallec and Ollivier 2018",
        lambda rows: {"lstm, chrono / b = 1": starts_against(rows, "lstm", CHRONO, "1", LONG)},
    ),
    Claim(
        "speed",
        N_("minGRU trains faster than a GRU: read in parallel, 175 times at a length of 512."),
        "Feng et al. 2024",
        # Step by step, as everything here is trained, and at these lengths; no other can be told.
        lambda rows: {"mingru / gru, s a step": slower(rows, "mingru", "gru")},
    ),
)
