"""What did these networks learn?"""

import streamlit as st

from lstm_viz.figures import scores as figures
from lstm_viz.language import _
from lstm_viz.ui.choices import task_choice
from lstm_viz.ui.figure import is_dark_page
from lstm_viz.ui.shell import choices_line
from lstm_viz.words import scores

with choices_line():
    task = task_choice(scores.sharpest_task)
learnt = scores.learnt(task)
dark = is_dark_page()
st.markdown(f"**{scores.difference_said(learnt)}**")
found = [figures.scores(learnt, dark)]
if task.chart:
    found.append(figures.deeper(learnt, task.chart(learnt), dark))
said = f"{scores.difference_said(learnt)} {scores.caption(task, learnt)}"
for column, figure in zip(st.columns(len(found), gap="large"), found, strict=True):
    column.plotly_chart(figure, theme=None, config={"displayModeBar": False}, alt=said)
st.write(scores.caption(task, learnt))
st.table(scores.starts(learnt), border="horizontal", hide_index=True)
st.caption(scores.starts_caption(learnt))
st.header(_("All tasks"), anchor=False)
st.table(scores.table(), border="horizontal", hide_index=True)
st.write(
    _(
        "For every cell the same tasks and the same lessons, from as many random starts as stand "
        "beside what was measured. Of several the best on validation sequences, or of equals the "
        "clearest, is on these pages, with its score in a test which has chosen nothing; in "
        "brackets, the worst of them, as validated. Every start and the intervals stand above, "
        "task by task."
    )
)
st.caption(_(scores.MISSING))
