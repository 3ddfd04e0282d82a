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

title, *columns = st.columns([4.8, 4.8, 3.1, 4.1, 4.6], vertical_alignment="bottom")
title.title(_("Follow it back"), anchor=False)
with columns[0]:
    task = task_choice()
with columns[1]:
    cell = cell_choice(task)
with columns[2]:
    choice = sequence_choice(task)
with columns[3]:
    last_only = loss_choice()
    skip = skip_choice(cell)
sequence = chosen_sequence(task, choice)

following = follow(task, cell, sequence, last_only, skip)
caption, badge = st.columns([3.8, 1.2], vertical_alignment="center")
caption.write(following.caption.text)
with badge:
    agreement(following)
stage(following.payload, key="backward stage")
st.caption(
    _(
        "Every strand is a gradient: how much the loss would grow if what flows there grew. The "
        "loss enters at the top, the future comes in from the right, and → goes one step back."
    )
)
weight_sums(following)
