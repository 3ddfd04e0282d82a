"""What to train first: a few experiments, each one press away, while there is no run to look at."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.language import N_, _
from lstm_viz.tasks import TASKS
from lstm_viz.training.settings import estimate, task_in, usual
from lstm_viz.ui.train.link import train


@dataclass(frozen=True)
class First:
    """A task, the cells that try it, and what to look for."""

    task: str
    cells: tuple[str, ...]
    look: str


FIRST = (
    First("order", ("rnn", "lstm"), N_("Two marks far apart. Who still knows the first one?")),
    First("anbn", ("lstm",), N_("No one tells it to count. Which unit begins to, and when?")),
    First("parity", ("lstm", "gru"), N_("Nothing for a long time, then all at once. When?")),
)


def first_experiments() -> None:
    """The experiments beside each other, each with about how long it takes."""
    st.subheader(_("To begin with"))
    for column, first in zip(st.columns(len(FIRST), gap="medium"), FIRST, strict=True):
        wanted = [usual(first.task, cell) for cell in first.cells]
        seconds = sum(estimate(settings, task_in(settings)) for settings in wanted)
        names = _(" and ").join(_(CELLS[cell].title) for cell in first.cells)
        with column.container(border=True):
            st.markdown(f"**{_(TASKS[first.task].title)}**  \n{_(first.look)}")
            st.caption(_("About {seconds} seconds on one core.").format(seconds=round(seconds)))
            if st.button(_("Watch {cells}").format(cells=names), key=f"first {first.task}"):
                train(first.task, [CELLS[cell] for cell in first.cells])
