"""What is drawn at random for a trial, and the same for every cell.

Random search as Greff et al. (2017) did it: trial ``number`` has these values whatever the cell and
whatever the task, so that cells are compared pair by pair. Each number has a random stream of its
own; a study of 100 trials begins with the very trials of one of 60.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

import numpy as np

CHRONO = "chrono"  # in the place of a forget bias: log U(1, longest lag - 1), a value for each unit


@dataclass(frozen=True)
class Between:
    """Evenly from ``low`` to ``high``; in the logarithm where that is ``log``."""

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def drawn(self, rng: np.random.Generator) -> float | int:
        if self.whole:  # as many of each as of its neighbours, the ends too
            low, high = self.low - 0.5, self.high + 0.5
            return round(math.exp(rng.uniform(math.log(low + 1e-9), math.log(high - 1e-9))))
        if self.log:
            return math.exp(rng.uniform(math.log(self.low), math.log(self.high)))
        return float(rng.uniform(self.low, self.high))


@dataclass(frozen=True)
class OneOf:
    """Each as often as the others."""

    values: tuple[str, ...]

    def drawn(self, rng: np.random.Generator) -> str:
        return self.values[int(rng.integers(len(self.values)))]


Range: TypeAlias = Between | OneOf

# ``forget_bias`` is where the keep gate starts, 0 that it keeps one half; cells without one ignore
# it. ``noise`` is added to the input, in standard deviations of the input. ``clip`` is the longest
# gradient. The learning rate is Adam's.
SPACE: Mapping[str, Range] = {
    "learning_rate": Between(1e-4, 1e-1, log=True),
    "units": Between(4, 32, log=True, whole=True),
    "forget_bias": OneOf(("0", "1", "2", "5", CHRONO)),
    "initialisation": OneOf(("pytorch", "keras", "orthogonal")),
    "noise": Between(0.0, 0.5),
    "clip": Between(0.05, 20.0, log=True),
}


@dataclass(frozen=True)
class Draw:
    """The values of one trial; ``seed`` is that of its starting weights and of its batches."""

    number: int
    learning_rate: float
    units: int
    forget_bias: str
    initialisation: str
    noise: float
    clip: float
    seed: int

    @property
    def values(self) -> dict[str, float | int | str]:
        """By their names in ``SPACE``."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name in SPACE}


def draw(number: int, study_seed: int = 0) -> Draw:
    """The values of trial ``number``, from 0 on."""
    values = {
        name: kind.drawn(np.random.default_rng([study_seed, number, place]))
        for place, (name, kind) in enumerate(SPACE.items())
    }
    seed = int(np.random.default_rng([study_seed, number, len(SPACE)]).integers(1_000_000))
    return Draw(number, **values, seed=seed)  # type: ignore[arg-type]
