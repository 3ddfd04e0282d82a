"""How does the loss reach a weight that was used many steps ago?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui.backprop import agreement, follow, loss_choice, skip_choice, weight_sums
from lstm_viz.ui.choices import (
    cell_choice,
    chosen_sequence,
    sequence_choice,
    task_choice,
)
from lstm_viz.ui.components import stage
from lstm_viz.ui.shell import choices_line

line = choices_line()
with line:
    task = task_choice()
    cell = cell_choice(task)
    choice = sequence_choice(task)
    last_only = loss_choice()
    skip = skip_choice(cell)
sequence = chosen_sequence(task, choice)

following = follow(task, cell, sequence, last_only, skip)
with line:
    agreement(following)
stage(following.payload, key="backward stage")
st.caption(
    _(
        "Every strand is a gradient: how much the loss would grow if what flows there grew. The "
        "loss enters at the top, the future comes in from the right, and → goes one step back."
    )
)
weight_sums(following)
