"""How long a study will take on this machine, measured on some of its own trials beforehand."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lstm_viz.study.plan import Plan
from lstm_viz.study.trial import run

SAMPLE = 16  # trials
LONGEST = 45.0  # seconds that they may take together


@dataclass(frozen=True)
class Calibration:
    """``seconds`` of one core that a trial takes on average, from ``tried`` trials; ``error`` is
    the standard error of that average."""

    seconds: float
    error: float
    tried: int

    def hours(self, trials: int, workers: int) -> tuple[float, float]:
        """For so many trials, from the one end of a 95% interval to the other."""
        ends = (max(0.0, self.seconds + sign * 2 * self.error) for sign in (-1, 1))
        low, high = (trials * seconds / workers / 3600 for seconds in ends)
        return low, high


def calibrated(plan: Plan, sample: int = SAMPLE, longest: float = LONGEST) -> Calibration:
    """Runs trials of the plan, drawn at random, until there are enough, or time is up."""
    rng = np.random.default_rng(0)
    seconds: list[float] = []
    began = time.monotonic()
    for place in _places(rng, len(plan.groups), sample):
        group = plan.groups[place]
        row = run(plan.trial(group, int(rng.integers(plan.trials))), plan.budget)
        seconds.append(row.seconds)
        if time.monotonic() - began > longest:
            break
    spread = float(np.std(seconds, ddof=1)) if len(seconds) > 1 else seconds[0]
    return Calibration(float(np.mean(seconds)), spread / len(seconds) ** 0.5, len(seconds))


def _places(rng: np.random.Generator, groups: int, sample: int) -> Iterable[int]:
    """So many groups, spread over all of them."""
    return [int(place) for place in (np.arange(sample) + rng.random(sample)) * groups / sample]
