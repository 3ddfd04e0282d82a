"""In whose letters the page of variants is written, and where a library stores the gates."""

from __future__ import annotations

import streamlit as st

from lstm_viz.cells import Cell
from lstm_viz.cells.symbols import plain
from lstm_viz.figures.stacks import stacked
from lstm_viz.language import _
from lstm_viz.networks.edited_cell import Edited
from lstm_viz.notation.libraries import NOTATIONS, Notation, gates_of, kind_of, lines_in, names_in
from lstm_viz.notation.typeset import aligned_latex
from lstm_viz.run.layers import FORWARD
from lstm_viz.ui import controls
from lstm_viz.ui.figure import is_dark_page


def notation_choice() -> Notation:
    """In whose letters the page is written."""
    chosen = controls.choice(
        "notation",
        _("Notation"),
        list(NOTATIONS),
        title=lambda key: _(NOTATIONS[key].title),
        control=st.segmented_control,
    )
    return NOTATIONS[chosen]


def notations(cell: Cell, found: Edited, notation: Notation) -> None:
    """The cell's equations as others write them, and where their gates are stored."""
    kind = kind_of(cell)
    H = found.network.hidden
    dark = is_dark_page()
    left, right = st.columns([3, 2], gap="large")
    with left:
        theirs = names_in(cell, notation)
        colours = {
            theirs.get(signal, (signal,))[0]: role.colour.on(dark)
            for signal, role in cell.roles.items()
        }
        st.latex(aligned_latex(lines_in(cell, notation), colours))
    with right:
        if kind is None:
            st.write(_("No library has this cell under letters of its own; these are its paper’s."))
            return
        st.write(_(notation.notes[kind]))
        if not notation.orders:
            return
        st.table(
            [
                {
                    _("here"): plain(gate.signal),
                    _("there"): gate.places[notation.key].letter,
                    _("stored in"): _stored(gate.places[notation.key].block, notation),
                }
                for gate in gates_of(cell, H)
            ]
        )
    weights = found.network.layers[0, FORWARD][1]
    figure = stacked(cell, weights, notation, dark)
    said = _(
        "The weights of the cell above, stacked as {library} stores them; blank where the library "
        "keeps room for a gate that this cell does without."
    ).format(library=_(notation.title))
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, alt=said)
    st.caption(said)


def _stored(block: slice | None, notation: Notation) -> str:
    if block is None:
        return "–"
    return _("{along} {first}–{last} of {stacks}").format(
        along=_(notation.along), first=block.start, last=block.stop - 1, stacks=notation.stacks
    )
