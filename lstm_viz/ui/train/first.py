"""What to train first: a few experiments, each with what came of it and one press away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lstm_viz import counted
from lstm_viz.cells import CELLS
from lstm_viz.language import _
from lstm_viz.tasks import TASKS
from lstm_viz.training.experiments import EXPERIMENTS
from lstm_viz.training.finished import finished_runs
from lstm_viz.training.settings import Settings, seconds_of_work
from lstm_viz.ui import address
from lstm_viz.ui.train.link import train_runs
from lstm_viz.ui.train.settings import start_of


def first_experiments() -> None:
    """The experiments beside each other: what to see, and a button that does it here and now."""
    st.header(_("Three experiments"), anchor=False)
    columns = st.columns(len(EXPERIMENTS), gap="medium")
    for column, experiment in zip(columns, EXPERIMENTS, strict=True):
        wanted, task = experiment.settings, experiment.task
        seconds = sum(map(seconds_of_work, wanted))
        cells = list(dict.fromkeys(cell for cell, _start in experiment.runs))
        names = _(" and ").join(_(CELLS[cell].title) for cell in cells)
        with column.container(border=True):
            st.markdown(f"**{_(TASKS[task].title)}**  \n{_(experiment.look)}")
            st.caption(
                _starts_said(wanted)
                + " "
                + _("About {seconds} on one core.").format(
                    seconds=counted.seconds(max(1, round(seconds)))
                )
            )
            with st.container(horizontal=True):
                if st.button(_("Watch {cells}").format(cells=names), key=f"first {task}"):
                    train_runs(task, wanted)
                done = finished_runs(task)
                if done and st.button(_("What came of it"), key=f"finished {task}"):
                    address.put("runs", ",".join(done))
                    st.rerun()


def _starts_said(wanted: Sequence[Settings]) -> str:
    """How each run starts: two runs of a cell may differ in nothing else."""
    runs = _("; ").join(
        _("{name}: {what}").format(name=_(CELLS[s["cell"]].title), what=start_of(s)) for s in wanted
    )
    return _("Starting weights: {start}.").format(start=runs)
