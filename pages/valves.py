"""What does a gate do?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.stage.valves import valves_by_hand, valves_computed
from lstm_viz.ui import parameters
from lstm_viz.ui.components import valves

names = parameters.in_browser("valves")
valves(valves_by_hand(names), key="valves by hand")
st.write(
    _(
        "One unit of an LSTM: its memory is the level in the tank. At every step some of it "
        "drains, something new flows in, and a part of it is shown."
    )
)
st.caption(
    _(
        "The dashed line is the level after the next step. Set the gates to “add” with the "
        "candidate at 1 and keep going: the memory counts, and leaves the tank."
    )
)

st.header(_("Now the gates set themselves"))
st.write(
    _(
        "The same unit with weights: each valve is computed from what is read, the output gate "
        "from the last output as well. Only the input is yours."
    )
)
valves(valves_computed(names), key="valves computed")
st.caption(
    _(
        "Read 0.80 for some steps, then 0.00, and watch the memory stay; then read −1.00 and see "
        "it go. The weights were set by hand so that the forget gate closes below zero; in a "
        "trained network they are learnt."
    )
)
