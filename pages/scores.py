"""What did these networks learn?"""

import streamlit as st

from lstm_viz.figures import scores as figures
from lstm_viz.language import _
from lstm_viz.ui.choices import task_choice
from lstm_viz.ui.figure import is_dark_page
from lstm_viz.words import scores

st.title(_("What did these networks learn?"), anchor=False)
st.write(
    _(
        "For every cell the same tasks and the same lessons, each from several random starts: the "
        "best network, or of equals the clearest, is the one on these pages; in brackets, the "
        "worst. All are judged on sequences that none was trained on."
    )
)
st.table(scores.table(), border="horizontal", hide_index=True)

task = task_choice()
learnt = scores.learnt(task)
dark = is_dark_page()
st.write(scores.caption(task, learnt))
found = [figures.scores(learnt, dark)]
if task.chart:
    found.append(figures.deeper(learnt, task.chart(learnt), dark))
for column, figure in zip(st.columns(len(found), gap="large"), found, strict=True):
    column.plotly_chart(figure, theme=None, config={"displayModeBar": False})
