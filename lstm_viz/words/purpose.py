"""What the gradient is for: how much of it reaches the task's lag, beside what was learnt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells.titles import title_of
from lstm_viz.gradients.decay import Curve
from lstm_viz.language import _
from lstm_viz.tasks import Task
from lstm_viz.tasks.score import LITTLE, MUCH
from lstm_viz.words.decay import share


@dataclass(frozen=True, eq=False)
class Purpose:
    """A run and its gradient: ``start`` before training, ``now`` after ``step`` training steps.

    ``at`` are the training steps after which the ``metric`` was measured, on what is never trained
    on; both are empty while nothing has been.
    """

    task: Task
    start: Curve
    now: Curve
    step: int
    at: np.ndarray
    metric: np.ndarray

    @property
    def value(self) -> float | None:
        """The metric where it was last measured, up to this step."""
        known = np.flatnonzero(self.at <= self.step)
        return float(self.metric[known[-1]]) if known.size else None

    @property
    def ignorant(self) -> tuple[str, float] | None:
        """Who knows nothing of the task, and that one's metric."""
        return next(iter(self.task.watch.baselines().items()), None)

    @property
    def progress(self) -> float | None:
        """How much of the way from knowing nothing to the best there can be; None if unknown."""
        score, value = self.task.watch.score, self.value
        if self.ignorant is None or value is None:
            return None
        return score.progress(value, self.ignorant[1])


def said(purpose: Purpose) -> str:
    """What of the gradient reaches the lag, at the start and now, and what has been learnt."""
    lag = purpose.task.lag
    sentences = []
    if lag is not None and lag < len(purpose.now.mean):
        left = _(
            "{cell}: {lag} steps back {before} of its gradient is left at the start, {now} now."
        )
        of_largest = _(
            "{cell}: {lag} steps back it is {before} of its largest at the start, {now} now."
        )
        pattern = of_largest if purpose.now.largest else left
        parts = {"before": share(purpose.start.mean[lag]), "now": share(purpose.now.mean[lag])}
        sentences.append(pattern.format(cell=title_of(purpose.now.cell), lag=lag, **parts))
    else:
        sentences.append(f"{title_of(purpose.now.cell)}:")
    return " ".join([*sentences, *_learnt(purpose)])


def _learnt(purpose: Purpose) -> list[str]:
    score, value, progress = purpose.task.watch.score, purpose.value, purpose.progress
    if value is None:
        return []
    reached = {"metric": _(score.label), "value": score.written(value, 3), "step": purpose.step}
    if progress is None or purpose.ignorant is None:
        return [_("After {step} training steps: {metric} {value}.").format(**reached)]
    reached |= {"who": _(purpose.ignorant[0]), "theirs": score.written(purpose.ignorant[1], 3)}
    if progress < LITTLE:
        pattern = _(
            "After {step} training steps: {metric} {value}, no better than “{who}” ({theirs})."
        )
    elif progress < MUCH:
        pattern = _(
            "After {step} training steps: {metric} {value}, better than “{who}” ({theirs})."
        )
    else:
        pattern = _("After {step} training steps: {metric} {value}; it has learnt the task.")
    return [pattern.format(**reached)]


def baseline_said(purpose: Purpose) -> Mapping[str, float]:
    """Who knows nothing, with the metric of that one: a line in the figure."""
    return {} if purpose.ignorant is None else {_(purpose.ignorant[0]): purpose.ignorant[1]}
