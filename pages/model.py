"""What happens inside your own LSTM?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui.components import stage
from lstm_viz.ui.model.given import EXAMPLE, described, given_model, model_choice, offer_example
from lstm_viz.ui.model.reads import reads_choice, recorded
from lstm_viz.ui.model.shown import inputs_said, place_choice, size_said, stage_of, take_away
from lstm_viz.ui.model.statistics import statistics
from lstm_viz.ui.model.tracked import followed
from lstm_viz.ui.shell import choices_line

line = choices_line()
with line:
    whose = model_choice()
given, model = given_model(whose)
with line:
    kind = reads_choice(model)
    if whose == EXAMPLE:
        offer_example()
found = recorded(given, model, kind)
with line:
    seen = place_choice(found)
payload = stage_of(seen)
with line:
    take_away(seen, payload)
stage(payload)
st.caption(f"{described(given, model)} {size_said(seen)} {inputs_said(seen)}")
st.write(
    _(
        "Give an LSTM, GRU or plain RNN as PyTorch saved it, and something for it to read. Every "
        "gate is computed here from its weights, in float64."
    )
)

st.header(_("Over all steps and sequences"))
statistics(seen)
st.header(_("What do its units follow?"))
followed(seen)
