"""What one layer of one's own model did over everything it read, as figures and sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

import lstm_viz as lv
from lstm_viz.language import N_, _, spoken
from lstm_viz.run.statistics import gates
from lstm_viz.run.trace import Trace
from lstm_viz.ui.figure import is_dark_page, show_figure
from lstm_viz.ui.model.shown import Seen
from lstm_viz.words.statistics import (
    distribution_said,
    half_life_said,
    saturation_said,
    slowness_said,
)

COLUMNS = 2
KEPT_FIGURES = 64  # each some 50 KB

# Of trace_figures.STATISTICS: a title, and the sentence that says what is to be seen.
STATISTICS: dict[str, tuple[str, Callable[[Trace], str]]] = {
    "saturation": (N_("How often each gate is shut, and open"), saturation_said),
    "distributions": (N_("Which values each signal has"), distribution_said),
    "half_lives": (N_("How long each unit remembers"), half_life_said),
    "slowness": (N_("How slowly the memory moves beside h"), slowness_said),
}


def statistics(seen: Seen) -> None:
    """The figures that this cell has, side by side, each with its sentence."""
    dark = is_dark_page()
    drawn = [name for name in STATISTICS if _has(seen.trace, name)]
    for first in range(0, len(drawn), COLUMNS):
        row = drawn[first : first + COLUMNS]
        for column, name in zip(st.columns(COLUMNS, gap="large"), row, strict=False):
            figure, said = _statistic(seen.key, name, dark, spoken(), seen)
            with column:
                st.markdown(f"**{_(STATISTICS[name][0])}**")
                show_figure(figure, said, name)


def _has(trace: Trace, name: str) -> bool:
    """Whether a cell has what the figure shows: gates, something that is kept, a c beside h."""
    if name == "half_lives":
        return trace.cell.kept is not None
    if name == "slowness":
        return trace.cell.memory not in (None, "h")
    return name != "saturation" or bool(gates(trace))


@st.cache_resource(max_entries=KEPT_FIGURES, show_spinner=False)
def _statistic(key: str, name: str, dark: bool, language: str, _seen: Seen) -> tuple[Any, str]:
    del key, language
    return lv.figure(_seen.trace, name, dark=dark), STATISTICS[name][1](_seen.trace)
