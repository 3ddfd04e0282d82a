"""How good the shipped networks are, from what their files say."""

from __future__ import annotations

from collections.abc import Iterable

from lstm_viz.language import N_, _, ngettext
from lstm_viz.networks.holding import holdings
from lstm_viz.networks.network import Network, load, shipped
from lstm_viz.rounded import percent
from lstm_viz.tasks import TASKS, Task
from lstm_viz.tasks.score import BEST_POSSIBLE, MUCH, Learnt, Scored, of_starts


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
            network.count,
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
        _(BEST_POSSIBLE): "" if found.optimum is None else score.short(found.optimum),
        _("without a network"): _("{value} ({more})").format(
            value=score.short(value), more=_(name)
        ),
    }


def _with_worst(found: Learnt, scored: Scored) -> str:
    """The score and, in brackets where it reads differently, that of the cell's worst seed."""
    _best, worst = found.best_and_worst(scored)
    best_said, worst_said = found.score.short(scored.value), found.score.short(worst)
    if best_said == worst_said:
        return best_said
    return _("{value} ({more})").format(value=best_said, more=worst_said)


def starts(found: Learnt) -> dict[str, list[str]]:
    """Every start of every cell: none is left out, and the count is said with its interval."""
    score = found.score
    rows: dict[str, list[str]] = {
        _("Cell"): [scored.title for scored in found.networks],
        _("parameters, added biases once"): [f"{scored.parameters:,}" for scored in found.networks],
        _("tested"): [score.with_interval(scored.metrics) for scored in found.networks],
        _("all starts, validated"): [
            _(", ").join(score.short(value) for value in scored.of_seeds) or "–"
            for scored in found.networks
        ],
    }
    learnt = [(found.learnt_from(scored), len(scored.of_seeds)) for scored in found.networks]
    if all(hits is not None and count for hits, count in learnt):
        head = _("starts from which it was learnt")
        rows[head] = [of_starts(hits or 0, count) for hits, count in learnt]
    return rows


def starts_caption(found: Learnt) -> str:
    """How the networks of one task were chosen, and how sure a comparison of cells can be."""
    count = len(found.networks[0].of_seeds)
    said = ngettext(
        "One start a cell: a difference between cells may be luck.",
        "{count} starts a cell: the one that ships was chosen on the validation sequences; "
        "“tested” is its score on others, which have chosen nothing.",
        count,
    ).format(count=count)
    if count > 1:
        said += " " + _(
            "The median of all possible starts lies between a row’s smallest and its largest with "
            "{sure} confidence."
        ).format(sure=percent(1 - 2.0 ** (1 - count), 1))
    if found.optimum is not None:
        said += " " + _(
            "Learnt: at least {much} of the way from the best without a network to the best "
            "possible; in brackets the interval of that chance, at the level 0.95."
        ).format(much=percent(MUCH))
    if any("interval" in scored.metrics for scored in found.networks):
        said += " " + _("Behind “tested” stands its interval (95%), for as many sequences.")
    seen = found.networks[0].metrics.get("share_seen")
    if seen is not None:
        said += " " + (
            _("None of the sequences of the test was trained on.")
            if seen == 0
            else _("Of the sequences of the test {share} were trained on as well.").format(
                share=percent(seen)
            )
        )
    return said


# What the comparison of cells does not have: said beside it, until it does.
MISSING = N_(
    "What is missing for a comparison of cells: at least 20 starts each, a learning rate searched "
    "for each cell with the same budget, and an orthogonal start for the plain RNN, which starts "
    "as PyTorch starts it (“Watch it learn” offers the other). All cells of a task have equally "
    "many units, and so not equally many parameters."
)


def caption(task: Task, found: Learnt) -> str:
    """What to look for, computed from what the networks scored."""
    return " ".join(sentence(found) for sentence in task.caption)
