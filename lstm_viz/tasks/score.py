"""How good a network is in the field's words, and what the networks of a task scored."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from lstm_viz.cells import Cell
from lstm_viz.language import N_, _
from lstm_viz.rounded import interval_said, percent
from lstm_viz.tasks.facts import Holding

# What is measured about a network, by name: numbers and tables of numbers, as JSON has them.
Metrics: TypeAlias = Mapping[str, Any]

BEST_POSSIBLE = N_("best possible")


@dataclass(frozen=True)
class Score:
    """A number by which a task is judged: its key in the metrics, its name and unit.

    ``optimum`` is the best there can be, None where nobody knows; ``most`` is how far the test
    goes, where one who gets to its end might go further.
    """

    key: str
    label: str
    unit: str = ""
    higher_is_better: bool = False
    optimum: float | None = None
    most: float | None = None

    def written(self, value: float, digits: int = 4) -> str:
        """The value as it is read, with its unit: 97.5%, 0.41 bits per character."""
        if self.unit == "%":
            return percent(value, 1)
        return f"{value:.{digits}g} {_(self.unit) if self.unit else ''}".strip()

    def short(self, value: float) -> str:
        """The value without its unit, to three digits."""
        if self.most is not None and value >= self.most:
            return f"≥ {self.most:g}"
        if self.unit == "%":
            return percent(value, 1)
        return f"{value:.3g}" if float(value).is_integer() else f"{value:#.3g}"

    def between(self, low: float, high: float) -> str:
        """An interval's ends as ``short`` has a value, rounded outwards: 99.3 to 100%."""
        scale = 1000 if self.unit == "%" else 10 ** (2 - math.floor(math.log10(abs(high) or 1.0)))
        ends = math.floor(low * scale + 1e-9) / scale, math.ceil(high * scale - 1e-9) / scale
        return _("{low} to {high}").format(low=self.short(ends[0]), high=self.short(ends[1]))

    def with_interval(self, metrics: Metrics) -> str:
        """What was tested, with its 95% interval where it was measured on a sample."""
        said, ends = self.short(float(metrics[self.key])), metrics.get("interval")
        return (
            said
            if ends is None
            else _("{value} ({more})").format(value=said, more=self.between(*ends))
        )

    def progress(self, value: float, ignorant: float) -> float | None:
        """How much of the way from knowing nothing to the best possible; None if unknown."""
        if self.optimum is None or self.optimum == ignorant:
            return None
        return (value - ignorant) / (self.optimum - ignorant)


LITTLE, MUCH = 0.1, 0.9  # of the way from who knows nothing to the best possible


@dataclass(frozen=True)
class Scored:
    """What the network of one cell scored, in a test that has chosen nothing.

    ``of_seeds`` are the scores of all starts, its own among them, on the validation sequences by
    which it was chosen. ``metrics`` is all that the task measured about it, ``holds`` which unit
    holds each fact of it.
    """

    cell: Cell
    value: float
    of_seeds: tuple[float, ...]
    metrics: Metrics
    holds: tuple[Holding, ...] = ()
    parameters: int = 0

    @property
    def title(self) -> str:
        return _(self.cell.title)


@dataclass(frozen=True)
class Learnt:
    """The networks that learnt a task, in teaching order, and what one scores without them."""

    score: Score
    networks: tuple[Scored, ...]
    baselines: Mapping[str, float]

    @property
    def optimum(self) -> float | None:
        """The best possible in this very test, where that is known, else in any."""
        here = self.networks[0].metrics.get("optimum") if self.networks else None
        return self.score.optimum if here is None else float(here)

    @property
    def levels(self) -> dict[str, float]:
        """What a score is compared with: the baselines and, where known, the best possible."""
        found = {_(name): value for name, value in self.baselines.items()}
        optimum = self.optimum
        return found if optimum is None else found | {_(BEST_POSSIBLE): optimum}

    def of(self, cell: str) -> Scored:
        """The network of the cell of this name."""
        return next(scored for scored in self.networks if scored.cell.name == cell)

    def best_and_worst(self, scored: Scored) -> tuple[float, float]:
        """Of all seeds of a cell."""
        values = scored.of_seeds or (scored.value,)
        best, worst = max(values), min(values)
        return (best, worst) if self.score.higher_is_better else (worst, best)

    def learnt_from(self, scored: Scored) -> int | None:
        """From how many starts of a cell most of the way was gone; None where nobody knows."""
        if self.optimum is None or not self.baselines:
            return None
        sign = 1 if self.score.higher_is_better else -1
        ignorant = max(self.baselines.values(), key=lambda value: sign * value)
        ways = [self.score.progress(value, ignorant) for value in scored.of_seeds]
        return sum(way is not None and way >= MUCH for way in ways)


def of_starts(hits: int, starts: int) -> str:
    """So many of so many, with what that says about the chance: 8 of 8 (95%: 63 to 100%)."""
    low, high = interval_said(hits, starts)
    return _("{hits} of {starts} (95%: {low} to {high})").format(
        hits=hits, starts=starts, low=low, high=high
    )


def seeds(learnt: Learnt) -> str:
    """How many seeds were tried, and which cell was the least reliable."""
    spread = {scored.title: learnt.best_and_worst(scored) for scored in learnt.networks}
    title, (best, worst) = max(spread.items(), key=lambda item: abs(item[1][0] - item[1][1]))
    count = len(learnt.networks[0].of_seeds)
    said = (
        _("Each network is the only one that was trained.")
        if count == 1
        else _(
            "Each network was chosen from {count} that started from other random weights."
        ).format(count=count)
    )
    if best == worst:
        return said
    return (
        said
        + " "
        + _("They differ most for {cell}: from {worst} to {best}.").format(
            cell=title, worst=learnt.score.short(worst), best=learnt.score.short(best)
        )
    )
