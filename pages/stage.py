"""What happens inside a trained recurrent cell, step by step?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui.cached_reading import read
from lstm_viz.ui.choices import (
    cell_choice,
    chosen_sequence,
    sequence_choice,
    task_choice,
)
from lstm_viz.ui.components import stage
from lstm_viz.ui.escaped import escaped
from lstm_viz.ui.exports import exports
from lstm_viz.ui.proof import proof
from lstm_viz.ui.write_on import writing_of

title, *columns = st.columns([4.9, 4.6, 2.6, 3.9, 2.0, 3.2], vertical_alignment="bottom")
title.title(_("Watch it think"), anchor=False)
with columns[0]:
    task = task_choice()
with columns[1]:
    cell = cell_choice(task)
with columns[2]:
    choice = sequence_choice(task)
sequence = chosen_sequence(task, choice)

writing = writing_of(task, sequence, columns[4])
reading = read(task, cell, sequence, writing)
with columns[3]:
    exports(reading)
caption, badge = st.columns([4.1, 0.9], vertical_alignment="center")
caption.markdown(f"**{_(task.question)}** {escaped(reading.caption.text)}")
with badge:
    proof(reading)
stage(reading.payload)
