"""What happens if I change a line?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui.choices import chosen_sequence, sequence_choice, task_choice
from lstm_viz.ui.components import stage
from lstm_viz.ui.own_cell import (
    facts,
    reach_beside,
    save_choice,
    start_choice,
    start_over,
    take_away,
    train_button,
    typed_cell,
    weights_said,
)
from lstm_viz.ui.shell import choices_line
from lstm_viz.ui.train.link import train_on_button

line = choices_line()
with line:
    task = task_choice()
    chosen = sequence_choice(task)
    start = start_choice()
sequence = chosen_sequence(task, chosen)

left, right = st.columns([2, 3], gap="medium")
with left:
    shown = typed_cell(start, task, sequence)
    with st.container(horizontal=True):
        start_over(start)
        save_choice(start)
    facts(shown)
    st.caption(weights_said(shown.found))
    with st.container(horizontal=True):
        train_button(shown, task)
        train_on_button(shown.found)
    st.header(_("How far its gradient reaches"))
    st.caption(reach_beside(shown.cell))
with right:
    if shown.payload is not None:
        stage(shown.payload)
        take_away(shown)
st.caption(
    _(
        "A cell is its equations. Change a line, or write your own, and everything below follows: "
        "the drawing, the parameters, the run, and how far its gradient reaches."
    )
)
