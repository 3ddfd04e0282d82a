"""How good the shipped networks are, from what their files say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lstm_viz.language import N_, _, ngettext
from lstm_viz.networks.network import Network, load, shipped
from lstm_viz.tasks import TASKS, Task
from lstm_viz.tasks.counting import ASKED_TO, TRAINED_TO
from lstm_viz.tasks.subject.grammar import LONGEST_DISTANCE, UP_TO

BEST_POSSIBLE = N_("best possible")
RIGHT = 0.99  # of the pronouns, from where on the task counts as learnt


@dataclass(frozen=True)
class Scored:
    """One network and its score, beside those of the other seeds of the same cell."""

    network: Network
    value: float
    of_seeds: tuple[float, ...]

    @property
    def title(self) -> str:
        return _(self.network.cell.title)


@dataclass(frozen=True)
class Learnt:
    """A task, the networks that learnt it, in teaching order, and what one scores without them."""

    task: Task
    networks: tuple[Scored, ...]
    baselines: Mapping[str, float]

    @property
    def levels(self) -> dict[str, float]:
        """What a score is compared with: the baselines and, where known, the best possible."""
        found = {_(name): value for name, value in self.baselines.items()}
        optimum = self.task.score.optimum
        return found if optimum is None else found | {_(BEST_POSSIBLE): optimum}

    def of(self, cell: str) -> Network:
        return next(s.network for s in self.networks if s.network.cell.name == cell)


def learnt(task: Task) -> Learnt:
    """What the shipped networks of a task have learnt."""
    networks = [load(task.name, cell) for name, cell in shipped() if name == task.name]
    return Learnt(
        task=task,
        networks=tuple(
            Scored(
                network,
                float(network.metrics[task.score.key]),
                tuple(network.training.get("of_seeds", ())),
            )
            for network in networks
        ),
        baselines=networks[0].metrics["baselines"],
    )


def table() -> dict[str, list[str]]:
    """Tasks down, cells across, then the best possible and the best without a network."""
    rows = [_row(learnt(TASKS[name])) for name in dict.fromkeys(task for task, _cell in shipped())]
    heads = dict.fromkeys(head for row in rows for head in row)
    return {head: [row.get(head) or "–" for row in rows] for head in heads}


def _row(row: Learnt) -> dict[str, str]:
    score = row.task.score
    sign = 1 if score.higher_is_better else -1
    name, value = max(row.baselines.items(), key=lambda item: sign * item[1])
    unit = f", {_(score.unit)}" if score.unit not in ("", "%") else ""
    return {
        _("Task"): _(row.task.title),
        _("measured"): _(score.label) + unit,
        **{scored.title: _with_worst(scored) for scored in row.networks},
        _(BEST_POSSIBLE): "" if score.optimum is None else short(row.task, score.optimum),
        _("without a network"): f"{short(row.task, value)} ({_(name)})",
    }


def _with_worst(scored: Scored) -> str:
    """The score and, in brackets where it reads differently, that of the cell's worst seed."""
    task = scored.network.task
    best, worst = short(task, scored.value), short(task, _spread(scored)[1])
    return best if best == worst else f"{best} ({worst})"


def short(task: Task, value: float) -> str:
    """A score without its unit, to three digits."""
    if task.name == "counting" and value >= ASKED_TO:
        return f"≥ {ASKED_TO}"
    if task.score.unit == "%":
        return f"{value:.1%}"
    return f"{value:.3g}" if float(value).is_integer() else f"{value:#.3g}"


def caption(row: Learnt) -> str:
    """What to look for, computed from what the networks scored."""
    return " ".join(sentence(row) for sentence in _CAPTIONS[row.task.name])


def seeds(row: Learnt) -> str:
    """How many seeds were tried, and which cell was the least reliable."""
    spread = {scored.title: _spread(scored) for scored in row.networks}
    title, (best, worst) = max(spread.items(), key=lambda item: abs(item[1][0] - item[1][1]))
    count = len(row.networks[0].of_seeds)
    said = ngettext(
        "Each network is the only one that was trained.",
        "Each network was chosen from {count} that started from other random weights.",
        count,
    ).format(count=count)
    if best == worst:
        return said
    return (
        said
        + " "
        + _("They differ most for {cell}: from {worst} to {best}.").format(
            cell=title, worst=short(row.task, worst), best=short(row.task, best)
        )
    )


def _spread(scored: Scored) -> tuple[float, float]:
    values = scored.of_seeds or (scored.value,)
    best, worst = max(values), min(values)
    return (best, worst) if scored.network.task.score.higher_is_better else (worst, best)


def _distances(row: Learnt) -> str:
    lstm = row.of("lstm").metrics
    right = {far: share for far, share, _ in lstm["accuracy_by_distance"]}
    return _(
        "With {far} words between, the LSTM says the right pronoun in {share} of all cases; with "
        "more than {trained}, further than it was trained, in {beyond}."
    ).format(
        far=UP_TO,
        share=f"{right[UP_TO]:.0%}",
        trained=LONGEST_DISTANCE,
        beyond=f"{lstm['accuracy_beyond']:.0%}",
    )


def _memory(row: Learnt) -> str:
    """The LSTM's unit that holds the subject, and what its gate does."""
    lstm = row.of("lstm")
    seen = lstm.metrics["memory_of_the_subject"]
    return _(
        "Its unit {unit} holds the subject: {gate} is {between:.2f} on average, and {new:.2f} "
        "where a subject of the other sex is named."
    ).format(
        unit=seen["unit"],
        gate=lstm.cell.kept,
        between=seen["kept_between"],
        new=seen["kept_at_new"],
    )


def _starts(row: Learnt) -> str:
    starts = ", ".join(
        _("{cell} {times} of {starts}").format(
            cell=scored.title,
            times=sum(share >= RIGHT for share in scored.of_seeds),
            starts=len(scored.of_seeds),
        )
        for scored in row.networks
    )
    return _("Random starts from which it was learnt: {starts}.").format(starts=starts)


def _of_counting(row: Learnt) -> str:
    far = max(row.networks, key=lambda scored: scored.value)
    near = min(row.networks, key=lambda scored: scored.value)
    return _(
        "All were trained up to {trained}. {far_cell} counts to {far}, {near_cell} to {near}."
    ).format(
        trained=TRAINED_TO,
        far_cell=far.title,
        far=short(row.task, far.value),
        near_cell=near.title,
        near=short(row.task, near.value),
    )


def _counter(row: Learnt) -> str:
    seen = row.of("lstm").metrics["counter"]
    return _(
        "In the LSTM unit {unit} counts: its memory goes with the number of a that wait for their "
        "b (correlation {correlation:.2f})."
    ).format(**seen)


def _letter(row: Learnt) -> str:
    told = {s.title: s.network.metrics["memory_of_the_letter"] for s in row.networks}
    title = max(told, key=lambda title: told[title]["tells"])
    return _(
        "The clearest memory of it is unit {unit} of {cell}: it tells the letter at {share} of all "
        "steps on the way."
    ).format(unit=told[title]["unit"], cell=title, share=f"{told[title]['tells']:.0%}")


def _of_reber(row: Learnt) -> str:
    letters = [
        f"{scored.title} {scored.network.metrics['remembered_letter_right']:.0%}"
        for scored in row.networks
    ]
    return _("The letter that has to be remembered is said right: {letters}.").format(
        letters=", ".join(letters)
    )


def _of_python(row: Learnt) -> str:
    best = min(row.networks, key=lambda scored: scored.value)
    return _(
        "{cell} guesses the next character right in {share} of all cases; it needs {bits:.2f} bits "
        "for each, where counting single characters needs {unigram:.2f}."
    ).format(
        cell=best.title,
        share=f"{best.network.metrics['top_character_right']:.0%}",
        bits=best.value,
        unigram=max(row.baselines.values()),
    )


def _known(row: Learnt) -> str:
    seen = row.of("lstm").metrics["units_that_know"]
    units = ", ".join(
        _("{what} by unit {unit} ({share})").format(
            what=_(what), unit=told["unit"], share=f"{told['tells']:.0%}"
        )
        for what, told in seen.items()
    )
    return _("In the LSTM it is told best: {units}; 50% would be a coin.").format(units=units)


def _of_load(row: Learnt) -> str:
    by_hour = row.of("lstm").metrics["squared_error_by_hour_of_week"]
    worst = max(range(len(by_hour)), key=by_hour.__getitem__)
    return _(
        "The LSTM is wrong the most on {day} at {hour}:00, where its squared error is {worst:.1f} "
        "MW²: until then the day looks like the one before."
    ).format(day=_(DAYS[worst // 24]), hour=worst % 24, worst=by_hour[worst])


DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)

_CAPTIONS: Mapping[str, tuple[Callable[[Learnt], str], ...]] = {
    "subject": (_distances, _memory, _starts),
    "subject_zh": (_distances, _memory, _starts),
    "counting": (_of_counting, _counter, seeds),
    "reber": (_of_reber, _letter, seeds),
    "python": (_of_python, _known, seeds),
    "load": (_of_load, seeds),
}
