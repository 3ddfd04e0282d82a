"""How far does the gradient reach?"""

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.language import _
from lstm_viz.ui import address
from lstm_viz.ui.gradients.controls import (
    RUN,
    TRAINED,
    UNTRAINED,
    Source,
    cells_choice,
    learnt_cells,
    learnt_choice,
    named_starts,
    quantity_choice,
    source_choice,
    start_choice,
)
from lstm_viz.ui.gradients.runs import (
    Kept,
    ask_for_runs,
    gradients_at_lag,
    lag_of,
    runs_choice,
    snapshot_choice,
)
from lstm_viz.ui.gradients.view import (
    ask_text,
    compared,
    show_decay,
    show_discoveries,
    show_gradient_at_lag,
    show_paths,
    show_walk,
)
from lstm_viz.ui.shell import choices_line, results

line = choices_line()
with line:
    weights = source_choice()
    if weights == TRAINED:
        task, sequence, name = learnt_choice()
runs = runs_choice() if weights == RUN else {}
if weights == RUN and not runs:
    ask_for_runs()
    address.stop()
result, controls = st.columns((3, 1), gap="medium")
asked = st.container()
read: list[str] = []

with controls:
    if weights == UNTRAINED:
        named_starts()
        cells = cells_choice(list(CELLS))
        source: Source = start_choice()
    elif weights == TRAINED:
        cells = cells_choice(learnt_cells(task))
    else:
        cells = list(runs)
        source = snapshot_choice(runs)

if weights == TRAINED:
    with asked:
        source, read = ask_text(task, sequence, name, cells)
with result:
    quantity = quantity_choice("memory")
    seen = compared(cells, source, quantity)
    with results("curves"):
        show_decay(seen, read, lag_of(source))
        if isinstance(source, Kept):
            st.markdown("**" + _("What it is for: what the runs have learnt") + "**")
            show_gradient_at_lag(gradients_at_lag(seen, source))
st.write(
    _(
        "A network can learn from what it read long ago only if the gradient gets back there. "
        "Here it is followed back step by step, exactly, from the weights at hand."
    )
)
with results("found"):
    show_discoveries(seen)

st.header(_("Watch it flow back"))
st.write(
    _(
        "The same networks, unrolled over time. The gradient is put in at the right and flows back "
        "to the left; a lane is a state, its width what is left there. Press → or the space bar."
    )
)
with results("walk"):
    show_walk(seen, read)

st.header(_("Which way does it come?"))
st.write(
    _(
        "A memory passes its gradient on directly, times its keep gate, and through every gate and "
        "candidate that looked at it. Cut a path, as the 1997 paper did by decree, and see what it "
        "carried."
    )
)
with results("paths"):
    show_paths(cells, source)
