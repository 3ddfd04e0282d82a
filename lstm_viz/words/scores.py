"""How good the shipped networks are, from what their files say."""

from __future__ import annotations

from collections.abc import Iterable

from lstm_viz.language import _
from lstm_viz.networks.holding import holdings
from lstm_viz.networks.network import Network, load, shipped
from lstm_viz.tasks import TASKS, Task
from lstm_viz.tasks.score import BEST_POSSIBLE, Learnt, Scored


def learnt(task: Task) -> Learnt:
    """What the shipped networks of a task have learnt."""
    return learnt_by(load(task.name, cell) for name, cell in shipped() if name == task.name)


def learnt_by(networks: Iterable[Network]) -> Learnt:
    """What these networks have learnt, from what their files say of one task."""
    found = list(networks)
    score = found[0].task.score
    scored = [
        Scored(
            network.cell,
            float(network.metrics[score.key]),
            tuple(network.training.get("of_seeds", ())),
            network.metrics,
            holdings(network),
        )
        for network in found
    ]
    return Learnt(score, tuple(scored), found[0].metrics["baselines"])


def table() -> dict[str, list[str]]:
    """Tasks down, cells across, then the best possible and the best without a network."""
    there = dict.fromkeys(task for task, _cell in shipped())
    rows = [row(TASKS[name], learnt(TASKS[name])) for name in there]
    heads = dict.fromkeys(head for row in rows for head in row)
    return {head: [row.get(head) or "–" for row in rows] for head in heads}


def row(task: Task, found: Learnt) -> dict[str, str]:
    """A task's row of the table, by the heads of the columns."""
    score = task.score
    sign = 1 if score.higher_is_better else -1
    name, value = max(found.baselines.items(), key=lambda item: sign * item[1])
    unit = f", {_(score.unit)}" if score.unit not in ("", "%") else ""
    return {
        _("Task"): _(task.title),
        _("measured"): _(score.label) + unit,
        **{scored.title: _with_worst(found, scored) for scored in found.networks},
        _(BEST_POSSIBLE): "" if score.optimum is None else score.short(score.optimum),
        _("without a network"): f"{score.short(value)} ({_(name)})",
    }


def _with_worst(found: Learnt, scored: Scored) -> str:
    """The score and, in brackets where it reads differently, that of the cell's worst seed."""
    _best, worst = found.best_and_worst(scored)
    best_said, worst_said = found.score.short(scored.value), found.score.short(worst)
    return best_said if best_said == worst_said else f"{best_said} ({worst_said})"


def caption(task: Task, found: Learnt) -> str:
    """What to look for, computed from what the networks scored."""
    return " ".join(sentence(found) for sentence in task.caption)
