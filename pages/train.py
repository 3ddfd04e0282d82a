"""What happens inside a cell while it learns?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.training.finished import finished_runs
from lstm_viz.ui.gradients.runs import link_to_gradients
from lstm_viz.ui.shell import choices_line, results
from lstm_viz.ui.train.first import first_experiments
from lstm_viz.ui.train.runs import (
    any_alive,
    buttons,
    listed,
    losses,
    progress,
    runs,
    tell_missing,
    tell_which,
    warm_up,
)
from lstm_viz.ui.train.settings import wanted
from lstm_viz.ui.train.snapshots import gates_as_it_learns

warm_up()
line = choices_line()
task, asked = wanted(line)
begun = runs()
shown = begun or finished_runs(task)
with line:
    buttons(asked, shown)
tell_missing()
is_alive = any_alive(shown)  # asked once: a run may come to its end while the page is drawn
with results("told"):
    tell_which(shown, asked)
    progress(shown, is_alive)
with results("gates"):
    gates_as_it_learns(shown)
if shown and not is_alive:
    with results("curves"):
        losses(shown)
link_to_gradients(shown)
if not begun:
    first_experiments()
    st.caption(
        _(
            "Choose a task and a cell and press Train. The loss falls, or does not; "
            "the gates show what they do at any moment of the training."
        )
    )
listed()
