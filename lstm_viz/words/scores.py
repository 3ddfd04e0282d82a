"""How good the shipped networks are, from what their files say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import permutations

from lstm_viz import counted
from lstm_viz.language import N_, _, ngettext
from lstm_viz.networks.holding import holdings
from lstm_viz.networks.network import Network, load, shipped
from lstm_viz.rounded import interval, interval_said, percent
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
        _("measured"): _("{what}; {starts}").format(
            what=_(score.label) + unit, starts=counted.starts(len(found.networks[0].of_seeds) or 1)
        ),
        **{scored.title: _with_worst(found, scored) for scored in found.networks},
        _(BEST_POSSIBLE): "" if found.optimum is None else score.short(found.optimum),
        _("without a network"): _("{value} ({more})").format(
            value=score.short(value), more=_(name)
        ),
    }


def _with_worst(found: Learnt, scored: Scored) -> str:
    """The score and, in brackets where it reads differently, that of the cell's worst seed.

    Of a single start nothing stands in brackets: how it did when validated is no other start.
    """
    _best, worst = found.best_and_worst(scored)
    best_said, worst_said = found.score.short(scored.value), found.score.short(worst)
    if best_said == worst_said or len(scored.of_seeds) < 2:
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


@dataclass(frozen=True)
class Difference:
    """Two cells that a task tells apart furthest, and what that rests on.

    ``gap`` is how far their intervals are apart: of the chance to learn it from a start where
    ``is_of_starts``, else of the score, as a share of the way from the best without a network to
    the best there is; 0 or less where they overlap.
    """

    better: Scored
    worse: Scored
    gap: float
    is_of_starts: bool


def sharpest_difference(found: Learnt) -> Difference | None:
    """The two cells of a task whose intervals are furthest apart, None where nothing has one.

    From how many starts a cell learns the task says more of the cell than what the best of them
    scored, and goes before it; where that tells no two cells apart, the scores are compared.
    """
    by_starts = _furthest(found, _chance_to_learn(found), True)
    by_scores = _furthest(found, _tested(found), False)
    if by_starts is not None and (by_starts.gap > 0 or by_scores is None):
        return by_starts
    return by_scores


def _chance_to_learn(found: Learnt) -> dict[str, tuple[float, float]]:
    """For each cell the interval of its chance to learn the task from a start."""
    hits = {scored.cell.name: found.learnt_from(scored) for scored in found.networks}
    starts = {scored.cell.name: len(scored.of_seeds) for scored in found.networks}
    return {
        name: interval(hit, starts[name])
        for name, hit in hits.items()
        if hit is not None and starts[name] > 1
    }


def _tested(found: Learnt) -> dict[str, tuple[float, float]]:
    """For each cell the interval of its score, as shares of the way to the best there is."""
    score = found.score
    sign = 1 if score.higher_is_better else -1
    ignorant = max(found.baselines.values(), key=lambda value: sign * value)
    known = [scored.value for scored in found.networks]
    best = max(known, key=lambda value: sign * value) if found.optimum is None else found.optimum
    if best == ignorant:
        return {}
    ways = {
        scored.cell.name: [(end - ignorant) / (best - ignorant) for end in ends]
        for scored in found.networks
        if (ends := scored.metrics.get("interval")) is not None
    }
    return {name: (min(ends), max(ends)) for name, ends in ways.items()}


def _furthest(
    found: Learnt, intervals: dict[str, tuple[float, float]], is_of_starts: bool
) -> Difference | None:
    pairs = [
        Difference(
            found.of(high), found.of(low), intervals[high][0] - intervals[low][1], is_of_starts
        )
        for high, low in permutations(intervals, 2)
    ]
    return max(pairs, key=lambda pair: pair.gap, default=None)


def sharpest_task(names: Iterable[str]) -> str:
    """Of these tasks the one that tells two cells furthest apart, by their starts if it can."""

    def sharpness(name: str) -> tuple[bool, float]:
        difference = sharpest_difference(learnt(TASKS[name]))
        if difference is None:
            return False, float("-inf")
        return difference.is_of_starts and difference.gap > 0, difference.gap

    return max(names, key=sharpness)


def difference_said(found: Learnt) -> str:
    """In one sentence the sharpest difference between the cells, with its intervals."""
    difference, score = sharpest_difference(found), found.score
    if difference is None:
        return _range_said(found)
    better, worse = difference.better, difference.worse
    known = {"better": better.title, "worse": worse.title}
    if difference.is_of_starts:
        for end, scored in (("one", better), ("other", worse)):
            hits, count = found.learnt_from(scored) or 0, len(scored.of_seeds)
            low, high = interval_said(hits, count)
            known |= {f"{end}_hits": f"{hits}", f"{end}_all": f"{count}"}
            known |= {f"{end}_low": low, f"{end}_high": high}
        pattern = (
            _(
                "The sharpest difference: {better} learnt it from {one_hits} of {one_all} starts "
                "(95%: {one_low} to {one_high}), {worse} from {other_hits} of {other_all} "
                "(95%: {other_low} to {other_high})."
            )
            if difference.gap > 0
            else _(
                "No cell is told from another: {better} learnt it from {one_hits} of {one_all} "
                "starts (95%: {one_low} to {one_high}), {worse} from {other_hits} of {other_all} "
                "(95%: {other_low} to {other_high}), and the intervals overlap."
            )
        )
        return pattern.format(**known)
    known |= {"label": _(score.label), "unit": f" {_(score.unit)}" if score.unit != "%" else ""}
    known |= {
        "one": score.with_interval(better.metrics),
        "other": score.with_interval(worse.metrics),
    }
    pattern = (
        _(
            "The sharpest difference: {label} {one}{unit} for {better}, {other} for {worse}, each "
            "with its interval (95%)."
        )
        if difference.gap > 0
        else _(
            "No cell is told from another: {label} {one}{unit} for {better}, {other} for {worse}, "
            "and the intervals (95%) overlap."
        )
    )
    return pattern.format(**known)


def _range_said(found: Learnt) -> str:
    """Where nothing was measured with an interval: all starts of the best cell and of the worst."""
    score = found.score
    sign = 1 if score.higher_is_better else -1
    ranked = sorted(found.networks, key=lambda scored: sign * scored.value)
    worse, better = ranked[0], ranked[-1]
    ends = [
        _("{low} to {high}").format(low=score.short(min(values)), high=score.short(max(values)))
        if min(values) != max(values)
        else score.short(values[0])
        for values in (better.of_seeds or (better.value,), worse.of_seeds or (worse.value,))
    ]
    return _(
        "The sharpest difference: {better} {label} {one}, {worse} {other}; from all starts it was "
        "{ones} and {others}."
    ).format(
        better=better.title,
        worse=worse.title,
        label=_(score.label),
        one=score.short(better.value),
        other=score.short(worse.value),
        ones=ends[0],
        others=ends[1],
    )


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
