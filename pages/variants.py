"""What does each part of the LSTM do for it?"""

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.language import _
from lstm_viz.ui.choices import chosen_sequence, sequence_choice, task_choice
from lstm_viz.ui.shell import choices_line, drawer
from lstm_viz.ui.train.link import train_on_button
from lstm_viz.ui.variants.notations import notation_choice, notations
from lstm_viz.ui.variants.switches import (
    changes,
    chosen_cell,
    compared,
    parameters_said,
    train_button,
    weights_choice,
)
from lstm_viz.ui.variants.table import claims, table_of_variants

line = choices_line()
with line:
    task = task_choice()
    chosen = sequence_choice(task)
sequence = chosen_sequence(task, chosen)
with line:
    cell = chosen_cell(task, sequence)
    with drawer():
        weights = weights_choice(cell, task)
        notation = notation_choice()
found = compared(cell, task, sequence, weights, notation)
st.caption(
    _(
        "An LSTM is a set of switches, and each variant in the literature is an edit of a line. "
        "Flip one and compare: the same sequence, the same weights wherever they still fit."
    )
)

left, right = st.columns([3, 2], gap="large")
with left:
    st.code(
        changes(cell) or _("# nothing is switched: this is the LSTM"),
        language="diff",
        wrap_lines=True,
    )
    if cell.name in CELLS and CELLS[cell.name].sentence:
        st.caption(_(CELLS[cell.name].sentence))
with right:
    st.markdown(parameters_said(cell, found))
    with st.container(horizontal=True):
        train_button(cell, task)
        train_on_button(found)

st.header(_("Notation: {whom}").format(whom=_(notation.title)))
notations(cell, found, notation)

st.header(_("All variants"))
table_of_variants(task)
st.caption(_("Click the box before a row to open that cell above; click a heading to sort."))

st.header(_("What the comparisons found"))
claims(task)
