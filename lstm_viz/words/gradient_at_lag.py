"""How much of the gradient reaches the task's lag, beside what was learnt: what it is good for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells.titles import title_of
from lstm_viz.counted import steps_back
from lstm_viz.gradients.decay import Curve
from lstm_viz.language import _
from lstm_viz.tasks import Task
from lstm_viz.words.decay import share
from lstm_viz.words.outcome import Outcome, is_a_little_better, reached, without


@dataclass(frozen=True, eq=False)
class GradientAtLag:
    """A run and its gradient: ``start`` before training, ``now`` after ``step`` training steps.

    ``at`` are the training steps after which the ``metric`` was measured, on what is never trained
    on and so many ``examined`` sequences; both are empty while nothing has been.
    """

    task: Task
    start: Curve
    now: Curve
    step: int
    at: np.ndarray
    metric: np.ndarray
    examined: int = 0

    @property
    def value(self) -> float | None:
        """The metric where it was last measured, up to this step."""
        known = np.flatnonzero(self.at <= self.step)
        return float(self.metric[known[-1]]) if known.size else None

    @property
    def ignorant(self) -> tuple[str, float] | None:
        """The best that one scores without a network, and who does."""
        return without(self.task) if self.task.watch.baselines() else None

    @property
    def progress(self) -> float | None:
        """How much of the way from knowing nothing to the best there can be; None if unknown."""
        score, value = self.task.watch.score, self.value
        if self.ignorant is None or value is None:
            return None
        return score.progress(value, self.ignorant[1])


def said(run: GradientAtLag) -> str:
    """What of the gradient reaches the lag, at the start and now, and what has been learnt."""
    lag = run.task.lag
    sentences = []
    if lag is not None and lag < len(run.now.mean):
        left = _("{cell}: {back} {before} of its gradient is left at the start, {now} now.")
        of_largest = _("{cell}: {back} it is {before} of its largest at the start, {now} now.")
        pattern = of_largest if run.now.largest else left
        parts = {"before": share(run.start.mean[lag]), "now": share(run.now.mean[lag])}
        sentences.append(pattern.format(cell=title_of(run.now.cell), back=steps_back(lag), **parts))
    else:
        sentences.append(f"{title_of(run.now.cell)}:")
    return " ".join([*sentences, *_learnt(run)])


def _learnt(run: GradientAtLag) -> list[str]:
    score, value = run.task.watch.score, run.value
    if value is None:
        return []
    parts = {"metric": _(score.label), "value": score.written(value, 3), "step": run.step}
    if run.ignorant is None:
        return [_("After training step {step}: {metric} {value}.").format(**parts)]
    parts |= {"who": _(run.ignorant[0]), "theirs": score.written(run.ignorant[1], 3)}
    found = reached(run.task, value, run.examined)
    if found is Outcome.NOTHING:
        pattern = (
            _(
                "After training step {step}: {metric} {value}, hardly better than “{who}” "
                "({theirs})."
            )
            if np.isfinite(value) and is_a_little_better(run.task, value, run.examined)
            else _(
                "After training step {step}: {metric} {value}, no better than “{who}” ({theirs})."
            )
        )
    elif found is Outcome.SOMETHING:
        pattern = _("After training step {step}: {metric} {value}, better than “{who}” ({theirs}).")
    else:
        pattern = _("After training step {step}: {metric} {value}; it has learnt the task.")
    return [pattern.format(**parts)]


def baseline_said(run: GradientAtLag) -> Mapping[str, float]:
    """The best without a network, with the metric of that one: a line in the figure."""
    return {} if run.ignorant is None else {_(run.ignorant[0]): run.ignorant[1]}
