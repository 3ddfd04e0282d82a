"""Training runs as a source of weights for the page about gradients, at any kept moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.cells.titles import title_of
from lstm_viz.gradients.decay import Loss
from lstm_viz.gradients.losses import last_answer
from lstm_viz.language import _
from lstm_viz.run.trace import Trace
from lstm_viz.tasks import TASKS, Task, task_of
from lstm_viz.training.run_folder import Run
from lstm_viz.training.runs import jobs
from lstm_viz.training.runs import run as find_run
from lstm_viz.training.settings import Settings, cell_in
from lstm_viz.ui import address, controls
from lstm_viz.ui.navigation import PAGES_FOLDER
from lstm_viz.ui.train.link import train
from lstm_viz.ui.train.runs import settings_of
from lstm_viz.ui.train.settings import start_of
from lstm_viz.words.discoveries import Comparison
from lstm_viz.words.gradient_at_lag import GradientAtLag

MOST_RUNS, LISTED = 6, 30
PAIR, PAIR_TASK, PAIR_SIZES = ("rnn", "lstm"), "order", (20, 50, 100)


@dataclass(frozen=True, eq=False)
class Kept:
    """Runs of one task as they were read, by the key of their cell, after so many steps.

    ``first`` is the first moment at which all of them were kept.
    """

    runs: Mapping[str, Run]
    step: int
    first: int = 0

    @property
    def key(self) -> str:
        """The same for the same weights: a run's name says what it learns."""
        return " ".join([*(run.name for run in self.runs.values()), str(self.step)])

    def trace(self, cell: str) -> tuple[Trace, Loss]:
        """What the run of this cell did up to a last answer, and the derivative of its loss.

        Raises ValueError where its weights are damaged.
        """
        return last_answer(self.runs[cell].network(self.step))

    @property
    def task(self) -> Task:
        return next(iter(self.runs.values())).task


def runs_choice() -> dict[str, Run]:
    """The runs to be measured, by the key of their cell: those of the address, or others."""
    followed = str(address.kept("runs", "train") or "").split(",")
    named = [*address.named("runs"), *followed]
    known = {name: settings for name in named if (settings := settings_of(name))}
    known |= {job.id: job.settings for job in jobs().listed(LISTED)}
    if not known:
        return {}
    chosen = controls.choices(
        "runs",
        _("Runs"),
        list(known),
        [],
        begin=[name for name in followed if name in known],
        title=lambda name: run_said(known[name]),
        most=MOST_RUNS,
        max_selections=MOST_RUNS,
        placeholder=_("Choose a run"),
    )
    return _comparable({name: run for name in chosen if (run := find_run(name)) and run.kept})


def _comparable(chosen: dict[str, Run]) -> dict[str, Run]:
    """Runs of the first one's task, one for each cell, that were kept at a common step."""
    comparable: dict[str, Run] = {}
    first = next(iter(chosen.values()), None)
    for run in chosen.values():
        assert first is not None
        if _reads_alike(run, first):
            comparable.setdefault(run.settings["cell"], run)
    if len(comparable) < len(chosen):
        st.caption(_("Compared are the runs of the first one’s task, one for each cell."))
    return comparable


def _reads_alike(run: Run, other: Run) -> bool:
    one, two = run.settings, other.settings
    return (one["task"], one["size"], one["material"]) == (
        two["task"],
        two["size"],
        two["material"],
    )


def run_said(settings: Settings) -> str:
    """A run by its cell, task, start and seed."""
    size = settings["size"]
    return _("{cell}, {task}, start: {start}, seed {seed}").format(
        cell=title_of(cell_in(settings)),
        start=start_of(settings),
        task=_(TASKS[settings["task"]].title) + (f" ({size})" if size else ""),
        seed=settings["seed"],
    )


def snapshot_choice(runs: Mapping[str, Run]) -> Kept:
    """After how many training steps the runs are measured; at first the last that all have."""
    common = sorted(set.intersection(*(set(run.kept) for run in runs.values())))
    if not common:
        st.info(_("These runs have no moment in common; choose one of them."))
        address.stop()
    step = common[0]
    if len(common) > 1:
        step = controls.choice(
            "after",
            _("After how many training steps"),
            common,
            common[-1],
            control=st.select_slider,
            nearest=True,
        )
    return Kept(runs, step, common[0])


def lag_of(source: object) -> int | None:
    """How far back the task of these runs wants one to remember."""
    return source.task.lag if isinstance(source, Kept) else None


def gradients_at_lag(seen: Comparison, kept: Kept) -> list[GradientAtLag]:
    """Each run's gradient before training and now, beside what has been measured of it."""
    found = []
    for run, start, now in zip(kept.runs.values(), seen.before, seen.curves, strict=True):
        record = run.record
        at = np.zeros(0, int) if record is None else record.at
        metric = np.zeros(0) if record is None else record.metric
        examined = 0 if record is None else record.examined
        found.append(GradientAtLag(run.task, start, now, kept.step, at, metric, examined))
    return found


def link_to_gradients(shown: Sequence[str]) -> None:
    """From runs on another page to their gradients."""
    if any((run := find_run(name)) and run.kept for name in shown):
        st.page_link(
            PAGES_FOLDER / "gradients.py",
            label=_("How far does their gradient reach?"),
            icon=":material/arrow_forward:",
            query_params={"weights": "run", "runs": ",".join(shown)},
        )


def ask_for_runs() -> None:
    """Where there is no run yet: start some. Two differ in nothing but their cell; the third is the
    LSTM once more, from chrono weights, which its gate allows and the RNN cannot have."""
    st.info(
        _("Choose a run, open this page from a run on the page “Watch it learn”, or start three:")
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        size = controls.choice(
            "size",
            _("Lag: so many steps must be bridged, at least"),
            PAIR_SIZES,
            PAIR_SIZES[1],
            title=lambda size: str(task_of(PAIR_TASK, size).lag),
            control=st.segmented_control,
        )
        label = _("Train a plain RNN at this lag, and an LSTM from two starts")
        if st.button(label, type="primary"):
            _train_pair(size)
    st.caption(_("Which came first, X or Y? The answer is asked for at the end of the string."))


def _train_pair(size: int) -> None:
    train(PAIR_TASK, [CELLS[name] for name in PAIR], size=size)
