"""What has come of a run: whether it learnt its task, said by what it scores and by nothing else.

A run that came to its end has not learnt for that. It is measured by how much of the way it has
gone from the best that one scores without a network to the best possible; and where the score is a
share of a few answers, it must be more than guessing would get by luck.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lstm_viz.cells import Cell
from lstm_viz.cells.titles import title_of
from lstm_viz.language import _
from lstm_viz.rounded import interval
from lstm_viz.tasks import Task
from lstm_viz.tasks.score import LITTLE, MUCH
from lstm_viz.training.run_folder import Record

BEYOND = 1.5  # times the loss of who knows nothing: it was lost on the way


class Outcome(Enum):
    DIVERGED = "diverged"
    NOTHING = "no better than without a network"
    SOMETHING = "better than without a network"
    LEARNT = "learnt"


def without(task: Task) -> tuple[str, float]:
    """The best that one scores without a network, and who does."""
    sign = 1 if task.watch.score.higher_is_better else -1
    return max(task.watch.baselines().items(), key=lambda known: sign * known[1])


def outcome(task: Task, record: Record) -> Outcome | None:
    """What has come of it so far; None while nothing has been examined."""
    if not len(record.metric):
        return None
    value, loss = float(record.metric[-1]), float(record.validation[-1])
    is_lost = not math.isfinite(loss) or loss > BEYOND * max(record.knowing.values(), default=loss)
    if record.diverged is not None or is_lost or not math.isfinite(value):
        return Outcome.DIVERGED if record.done else Outcome.NOTHING
    return reached(task, value, record.examined)


def reached(task: Task, value: float, examined: int) -> Outcome:
    """What a score is worth that was measured on so many sequences, 0 where nobody knows."""
    score, (_who, theirs) = task.watch.score, without(task)
    if not math.isfinite(value):
        return Outcome.NOTHING
    sign = 1 if score.higher_is_better else -1
    if _may_be_luck(task, value, examined):
        return Outcome.NOTHING
    way = score.progress(value, theirs)
    if way is None:
        return Outcome.SOMETHING if sign * value > sign * theirs else Outcome.NOTHING
    if way < LITTLE:
        return Outcome.NOTHING
    return Outcome.SOMETHING if way < MUCH else Outcome.LEARNT


def _may_be_luck(task: Task, value: float, examined: int) -> bool | None:
    """Whether so many right answers come by guessing, too; None where none are counted."""
    score, (_who, theirs) = task.watch.score, without(task)
    if score.unit != "%" or not score.higher_is_better or not examined:
        return None
    return interval(round(value * examined), examined)[0] <= theirs


def is_a_little_better(task: Task, value: float, examined: int) -> bool:
    """Of a score that is worth nothing: whether it is better all the same, if by little.

    Where right answers are counted it is what luck does not explain, elsewhere half of what would
    be worth something.
    """
    luck = _may_be_luck(task, value, examined)
    if luck is not None:
        return not luck
    way = task.watch.score.progress(value, without(task)[1])
    return way is not None and way >= LITTLE / 2


def outcome_said(task: Task, record: Record) -> str:
    """The verdict on a run, with what it rests on; "" while there is none."""
    found, score = outcome(task, record), task.watch.score
    if found is None:
        return ""
    who, theirs = without(task)
    known = {"who": _(who), "theirs": score.written(theirs)}
    if found is Outcome.DIVERGED:
        name, most = max(record.knowing.items(), key=lambda each: each[1])
        return _("It has diverged: its loss is {loss:.3g}, where “{who}” has {most:.3g}.").format(
            loss=record.validation[-1], who=_(name), most=most
        )
    if found is Outcome.NOTHING:
        value = float(record.metric[-1])
        pattern = (
            _("It has not learnt the task: hardly better than “{who}” ({theirs}).")
            if math.isfinite(value) and is_a_little_better(task, value, record.examined)
            else _("It has not learnt the task: no better than “{who}” ({theirs}).")
        )
        return pattern.format(**known)
    if found is Outcome.SOMETHING:
        return _("It is better than “{who}” ({theirs}).").format(**known)
    return _("It has learnt the task; “{who}” has {theirs}.").format(**known)


@dataclass(frozen=True)
class Compared:
    """A run in a comparison: its cell, how its weights started, in words, and what is recorded."""

    cell: Cell
    start: str
    record: Record


def start_said(task: Task, runs: Sequence[Compared]) -> str:
    """What runs of the same cells from different starts show, "" where they show nothing.

    Said only of runs that came to their ends: where one start teaches a cell and another does not,
    the start decides and not the cell; and then cells are compared from the same start.
    """
    by_cell: dict[Cell, list[Compared]] = {}
    for run in runs:
        by_cell.setdefault(run.cell, []).append(run)
    sentences = []
    for cell, tried in by_cell.items():
        if len({run.start for run in tried}) < 2 or not all(_is_over(run) for run in tried):
            continue
        learnt = [run for run in tried if outcome(task, run.record) is Outcome.LEARNT]
        failed = [run for run in tried if run not in learnt]
        known = {"cell": title_of(cell)}
        if learnt and failed:
            known |= {"good": learnt[0].start, "bad": failed[0].start}
            known |= {"reached": _value(task, learnt[0]), "stayed": _value(task, failed[0])}
            sentences.append(
                _(
                    "The same {cell} reaches {reached} from the start “{good}” and stays at "
                    "{stayed} from “{bad}”: here the start decides, and not the cell alone."
                ).format(**known)
            )
        else:
            pattern = (
                _("The {cell} learns it from each of these starts.")
                if learnt
                else _("The {cell} learns it from none of these starts.")
            )
            sentences.append(pattern.format(**known))
        sentences += _beside(task, tried, [run for run in runs if run.cell != cell])
    return " ".join(sentences)


def _beside(task: Task, tried: Sequence[Compared], others: Sequence[Compared]) -> list[str]:
    """Another cell from the same start: that comparison is one of cells."""
    found = []
    for other in others:
        same = next((run for run in tried if run.start == other.start), None)
        if same is None or not _is_over(other):
            continue
        alike = outcome(task, same.record) is outcome(task, other.record)
        pattern = (
            _("From the same start, “{start}”, {cell} and {other} end alike: {one} and {two}.")
            if alike
            else _("From the same start, “{start}”, {cell} and {other} differ: {one} and {two}.")
        )
        found.append(
            pattern.format(
                start=same.start,
                cell=title_of(same.cell),
                other=title_of(other.cell),
                one=_value(task, same),
                two=_value(task, other),
            )
        )
    return found


def _is_over(run: Compared) -> bool:
    record = run.record
    return record.diverged is not None or record.done == record.settings["steps"]


def _value(task: Task, run: Compared) -> str:
    return task.watch.score.written(float(run.record.metric[-1]))
