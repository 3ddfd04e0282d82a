"""What of the settings matters: functional ANOVA (Hutter et al. 2014), as Greff et al. used it.

A random forest is fitted to the trials of a cell on a task. Each of its trees cuts the space of
settings into boxes of one value, so that averages over all settings but one, or but two, are exact
sums over boxes: the marginal curve of a setting, and the share of the forest's variance that it
explains by itself, or together with another beyond what both do alone. The settings are taken as
they were drawn, the learning rate and the size by their logarithms. Optuna's own evaluator agrees
with the shares of single settings (the tests compare them) but has neither pairs nor curves, and
walks through every tree for every cut, some hundred times slower.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor

from lstm_viz.study.space import SPACE, Between, Range

TREES = 64
GRID = 20  # points of a marginal curve
FEWEST = 10  # trials
CURVES = ("learning_rate", "units")  # those that a study's file keeps: Greff et al., figure 4
DRAWN = {"units": "drawn_units"}  # settings whose column has another name


@dataclass(frozen=True)
class Importance:
    """``share`` of the variance by setting, ``pairs`` by two of them; ``curves`` have, for each,
    places from 0 to 1 of its range, the mean there, and its deviation among the trees."""

    n: int
    share: Mapping[str, float]
    pairs: Mapping[tuple[str, str], float]
    curves: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]]


def importance(rows: pd.DataFrame, seed: int = 0) -> Importance | None:
    """Of the settings for the logarithm of the test loss; None where too few trials, or all alike.

    ``rows`` are those of one cell, one task and one kind of likeness.
    """
    values = np.log(rows["test_loss"].to_numpy(float))
    if len(rows) < FEWEST or np.ptp(values) == 0:
        return None
    names = sorted(SPACE)  # the forest's luck hangs on their order, which is Optuna's here
    x = np.stack([on_range(SPACE[name], rows[DRAWN.get(name, name)]) for name in names], 1)
    trees = [_Tree.of(one) for one in forest(x, values, seed)]
    trees = [tree for tree in trees if tree.variance > 0]
    if not trees:
        return None
    places = (np.arange(GRID) + 0.5) / GRID
    curves = {}
    for number, name in enumerate(names):
        each = np.array([tree.marginal(number, places) for tree in trees])
        curves[name] = places, each.mean(0), each.std(0)
    share = {
        name: float(np.mean([tree.explained(number) / tree.variance for tree in trees]))
        for number, name in enumerate(names)
    }
    pairs = {
        (names[one], names[two]): float(
            np.mean([tree.explained_together(one, two) / tree.variance for tree in trees])
        )
        for one, two in combinations(range(len(names)), 2)
    }
    return Importance(len(rows), share, pairs, curves)


def importances(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Of every task, kind of likeness and cell, as a study's file keeps them: rounded numbers, and
    the curves of the learning rate and of the size. What has none is left out."""
    found = []
    for (task, alike, cell), part in rows.groupby(["task", "alike", "cell"], observed=True):
        one = importance(part)
        if one is None:
            continue
        curves = {name: [_short(mean) for mean in one.curves[name][1]] for name in CURVES}
        found.append(
            {
                "task": task,
                "alike": alike,
                "cell": cell,
                "n": one.n,
                "share": {name: _short(share) for name, share in one.share.items()},
                "pairs": [[*names, _short(share)] for names, share in one.pairs.items()],
                "curves": curves,
            }
        )
    return found


def _short(number: float) -> float:
    return round(float(number), 4)


def on_range(kind: Range, column: pd.Series) -> np.ndarray:
    """Where in its range each value lies, from 0 to 1, as evenly as it was drawn."""
    if not isinstance(kind, Between):
        places = {value: place for place, value in enumerate(kind.values)}
        return (np.array([places[str(one)] for one in column]) + 0.5) / len(places)
    values = column.to_numpy(float)
    low, high = kind.low, kind.high
    if kind.log:
        values, low, high = np.log(values), math.log(low), math.log(high)
    found: np.ndarray = (values - low) / (high - low)
    return found


def forest(x: np.ndarray, values: np.ndarray, seed: int) -> list[Any]:
    """Trees fitted to values at places (N, D) of the unit cube, each as scikit-learn has it."""
    fitted = RandomForestRegressor(TREES, max_depth=64, random_state=seed).fit(x, values)
    return [one.tree_ for one in fitted.estimators_]


@dataclass(frozen=True, eq=False)
class _Tree:
    """The boxes of a tree: ``low`` and ``high`` (L, D) in the unit cube, ``value`` (L,)."""

    low: np.ndarray
    high: np.ndarray
    value: np.ndarray

    @classmethod
    def of(cls, tree: Any) -> _Tree:
        boxes = []
        waiting = [(0, np.zeros(tree.n_features), np.ones(tree.n_features))]
        while waiting:
            node, low, high = waiting.pop()
            feature = tree.feature[node]
            if feature < 0:
                boxes.append((low, high, tree.value[node].item()))
                continue
            cut = tree.threshold[node]
            left, right = high.copy(), low.copy()
            left[feature], right[feature] = cut, cut
            waiting += [(tree.children_left[node], low, left)]
            waiting += [(tree.children_right[node], right, high)]
        low, high, value = (np.array(part) for part in zip(*boxes, strict=True))
        return cls(low, high, value)

    @property
    def side(self) -> np.ndarray:
        found: np.ndarray = self.high - self.low
        return found

    @property
    def volume(self) -> np.ndarray:
        found: np.ndarray = self.side.prod(1)
        return found

    @property
    def mean(self) -> float:
        return float(self.volume @ self.value)

    @property
    def variance(self) -> float:
        return float(self.volume @ (self.value - self.mean) ** 2)

    def marginal(self, one: int, places: np.ndarray) -> np.ndarray:
        """The average over all other settings, at places of one."""
        share = self.value * self.volume / self.side[:, one]
        found: np.ndarray = self._inside(one, places) @ share
        return found

    def explained(self, one: int) -> float:
        """The variance of that average."""
        places, widths = self._cells(one)
        return float(widths @ (self.marginal(one, places) - self.mean) ** 2)

    def explained_together(self, one: int, two: int) -> float:
        """What two settings explain beyond what each does by itself."""
        (ours, our_widths), (theirs, their_widths) = self._cells(one), self._cells(two)
        share = self.value * self.volume / (self.side[:, one] * self.side[:, two])
        joint = (self._inside(one, ours) * share) @ self._inside(two, theirs).T
        both = float(our_widths @ (joint - self.mean) ** 2 @ their_widths)
        return both - self.explained(one) - self.explained(two)

    def _inside(self, one: int, places: np.ndarray) -> np.ndarray:
        """Whether each place (K,) lies in the extent of each box, (K, L)."""
        at = places[:, None]
        found: np.ndarray = (self.low[:, one] < at) & (at <= self.high[:, one])
        return found

    def _cells(self, one: int) -> tuple[np.ndarray, np.ndarray]:
        """The middles and the widths of the stretches between the cuts along a setting."""
        cuts = np.unique(np.concatenate([self.low[:, one], self.high[:, one]]))
        return (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts)
