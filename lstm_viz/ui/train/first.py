"""What to train first: a few experiments, each one press away, while there is no run to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lstm_viz import counted
from lstm_viz.cells import CELLS
from lstm_viz.language import N_, _
from lstm_viz.tasks import TASKS
from lstm_viz.training.settings import checked_settings, estimate, task_in, usual
from lstm_viz.ui.train.link import train_runs
from lstm_viz.ui.train.settings import start_of


@dataclass(frozen=True)
class First:
    """A task, the cells that try it, each from a start or "" for the usual one, and what to see."""

    task: str
    runs: tuple[tuple[str, str], ...]
    look: str

    @property
    def settings(self) -> list[dict[str, Any]]:
        """What each of its runs is asked for."""
        return [
            checked_settings(usual(self.task, cell) | ({"start": start} if start else {}))
            for cell, start in self.runs
        ]


# The cell and the start are told apart: RNN and LSTM from one start, the LSTM from two.
FIRST = (
    First(
        "order",
        (("rnn", "plain"), ("lstm", "plain"), ("lstm", "chrono")),
        N_("Two marks far apart. Who still knows the first one: is it the cell, or its start?"),
    ),
    First("anbn", (("lstm", ""),), N_("No one tells it to count. Which unit begins to, and when?")),
    First(
        "parity",
        (("lstm", ""), ("gru", "")),
        N_("Nothing for a long time, then all at once. When?"),
    ),
)


def first_experiments() -> None:
    """The experiments beside each other, each with about how long it takes."""
    st.subheader(_("To begin with"))
    for column, first in zip(st.columns(len(FIRST), gap="medium"), FIRST, strict=True):
        wanted = first.settings
        seconds = sum(estimate(settings, task_in(settings)) for settings in wanted)
        cells = list(dict.fromkeys(cell for cell, _start in first.runs))
        names = _(" and ").join(_(CELLS[cell].title) for cell in cells)
        with column.container(border=True):
            st.markdown(f"**{_(TASKS[first.task].title)}**  \n{_(first.look)}")
            st.caption(_starts_said(wanted))
            st.caption(
                _("About {seconds} on one core.").format(
                    seconds=counted.seconds(max(1, round(seconds)))
                )
            )
            if st.button(_("Watch {cells}").format(cells=names), key=f"first {first.task}"):
                train_runs(first.task, wanted)


def _starts_said(wanted: Sequence[Mapping[str, Any]]) -> str:
    """How each run starts: two runs of a cell may differ in nothing else."""
    runs = _("; ").join(
        _("{name}: {what}").format(name=_(CELLS[s["cell"]].title), what=start_of(s)) for s in wanted
    )
    return _("Starting weights: {start}.").format(start=runs)
