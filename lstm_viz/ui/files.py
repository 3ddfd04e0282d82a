"""A file of a visitor's, as it was understood: shown before anything is computed from it."""

from __future__ import annotations

import streamlit as st

from lstm_viz.cells.symbols import with_minus
from lstm_viz.files.table import Table, read_table
from lstm_viz.language import _, spoken
from lstm_viz.run.files import plain_cell
from lstm_viz.ui.escaped import escaped

FIRST = 8  # values of a column that are shown
KEPT_TABLES = 16
TABLE_FILES = ("csv", "tsv", "txt", "dat")


def table_in(data: bytes) -> Table:
    """The table in a file. Raises ValueError with a sentence."""
    return _table(data, spoken())


@st.cache_resource(max_entries=KEPT_TABLES, show_spinner=False)
def _table(data: bytes, language: str) -> Table:
    del language  # in which the notes are written
    return read_table(data)


def table_shown(table: Table) -> None:
    """What was understood: the notes, and of each column how much there is and how it begins."""
    with st.expander(_("What was understood of this file"), expanded=True):
        st.markdown("\n".join(f"- {escaped(note)}" for note in table.notes))
        st.dataframe(
            [
                {
                    "column": plain_cell(name),  # the browser saves this table as CSV, too
                    "numbers": len(values) - table.gaps(name),
                    "gaps": table.gaps(name),
                    "first": _(", ").join(
                        "·" if v != v else with_minus(f"{v:.6g}") for v in values[:FIRST].tolist()
                    ),
                }
                for name, values in table.columns.items()
            ],
            hide_index=True,
            column_config={
                "column": _("column"),
                "numbers": _("numbers"),
                "gaps": _("gaps"),
                "first": _("first values"),
            },
        )


def _shown(value: float) -> str:
    return "·" if value != value else with_minus(f"{value:.6g}")


def part_choice(label: str, length: int, most: int, key: str, least: int = 1) -> slice:
    """Which part of something long is taken, as a slice; all of it where it is short.

    Raises ValueError with a sentence where the part that was chosen is longer than ``most``.
    """
    if length <= least:
        return slice(None)
    first, last = st.slider(label, 1, length, (1, min(length, most)), key=f"{key} of {length}")
    if last - first >= most:
        raise ValueError(
            _("This part has {length}; at most {most} are taken. Choose a shorter one.").format(
                length=last - first + 1, most=most
            )
        )
    return slice(first - 1, last)
