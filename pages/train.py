"""What happens inside a cell while it learns?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui.gradients.runs import link_to_gradients
from lstm_viz.ui.train.first import first_experiments
from lstm_viz.ui.train.runs import buttons, listed, progress, tell_missing, tell_which, warm_up
from lstm_viz.ui.train.settings import wanted
from lstm_viz.ui.train.snapshots import gates_as_it_learns

st.write(
    _(
        "Choose a task and a cell and press Train. The loss falls, or does not; "
        "below, the gates show what they do at any moment of the training."
    )
)

warm_up()
tell_missing()
asked = wanted()
shown = buttons(asked)
if shown:
    tell_which(shown, asked)
    progress(shown)
    link_to_gradients(shown)
    gates_as_it_learns(shown)
else:
    first_experiments()
listed()
