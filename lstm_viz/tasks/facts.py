"""Something that a reader of a sequence must keep in mind, which a single unit may hold.

A task names its facts, so that whoever asks which unit holds one (networks/holding.py) asks about
the same thing on every page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstm_viz.language import _
from lstm_viz.rounded import percent

TELLS = 0.9  # balanced accuracy, or correlation: a unit that tells less holds something else
TURNS = 0.5  # of the answers that depend on it must turn wrong when it is held


@dataclass(frozen=True)
class Fact:
    """``of(sequence)`` is what is the case once each step was read, (T,), NaN while it is unknown.

    ``counts`` marks a quantity, which changes little by little and matters until it is 0 again; all
    else is above 0 or not, so or not so, and matters until it is said anew. ``said(sequence)`` has
    the first and the last step of each time that it is said, as "the queen" takes two; without it
    that is wherever it changes. ``once`` marks what is said once and never changes: there it counts
    as a change that it is learnt, which elsewhere it does not.
    """

    what: str
    of: Callable[[tuple[Any, ...]], np.ndarray]
    counts: bool = False
    once: bool = False
    said: Callable[[tuple[Any, ...]], list[tuple[int, int]]] | None = None

    def changes(self, sequence: tuple[Any, ...]) -> list[Change]:
        """Where it becomes another, from the second step on, and until when that matters."""
        values = self.of(sequence)
        known = ~np.isnan(values)
        changed = [t for t in range(1, len(values)) if known[t] and values[t] != values[t - 1]]
        spans = self.said(sequence) if self.said else [(t, t) for t in changed]
        found = []
        starts = [first for first, _last in spans]
        for (first, last), after in zip(spans, [*starts, len(values)][1:], strict=True):
            is_change = first > 0 and (known[first - 1] or self.once)
            if is_change and values[last] != values[first - 1]:
                zeros = np.flatnonzero(values[last:] == 0)
                until_zero = last + int(zeros[0]) + 1 if zeros.size else len(values)
                found.append(Change(first, last, until_zero if self.counts else after))
        return found


@dataclass(frozen=True)
class Change:
    """A fact becomes another one at ``last``, as was said from ``first`` on; it matters in the
    answers after the steps from ``last`` up to ``end``, which is not among them."""

    first: int
    last: int
    end: int


@dataclass(frozen=True)
class Holding:
    """The unit of the last layer that holds a fact, or comes closest to it.

    ``tells`` is the balanced accuracy with which its memory tells it (the mean over both cases of
    the share of steps), or the size of the correlation with a quantity; of ``cases`` changes after
    which the network was right, ``turned`` are those that ended in a wrong answer when the unit
    kept what it had. Measured on ``drawn`` sequences.
    """

    fact: Fact
    unit: int
    tells: float
    cases: int
    turned: int
    drawn: int

    @property
    def is_held(self) -> bool:
        """Whether this unit holds the fact, by both measures."""
        return self.tells >= TELLS and self.cases > 0 and self.turned / self.cases >= TURNS


def both_measures(holding: Holding) -> dict[str, object]:
    """What a sentence needs that says which unit holds it, and how that was found."""
    return {
        "unit": holding.unit,
        "what": _(holding.fact.what),
        "tells": how_well(holding),
        "turned": holding.turned,
        "cases": holding.cases,
        "drawn": holding.drawn,
    }


def how_well(holding: Holding) -> str:
    """What it tells: a share, or a correlation to two digits, never more than it is."""
    if holding.fact.counts:
        return f"{np.floor(holding.tells * 100 + 1e-9) / 100:.2f}"
    return percent(holding.tells, 1)
