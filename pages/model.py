"""What happens inside your own LSTM?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui.components import stage
from lstm_viz.ui.escaped import escaped
from lstm_viz.ui.model.given import EXAMPLE, described, given_model, model_choice, offer_example
from lstm_viz.ui.model.reads import reads_choice, recorded
from lstm_viz.ui.model.shown import inputs_said, place_choice, size_said, stage_of, take_away
from lstm_viz.ui.model.statistics import statistics
from lstm_viz.ui.model.tracked import followed

st.title(_("What happens inside your own LSTM?"))
st.write(
    _(
        "Give an LSTM, GRU or plain RNN as PyTorch saved it, and something for it to read. Every "
        "gate is computed here from its weights, in float64."
    )
)

controls = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
with controls:
    whose = model_choice()
given, model = given_model(whose)
with controls:
    kind = reads_choice(model)
    if whose == EXAMPLE:
        offer_example()
st.caption(described(given, model))
found = recorded(given, model, kind)

seen = place_choice(found)
st.caption(f"{size_said(seen)} {inputs_said(seen)}")
payload = stage_of(seen)
caption, export = st.columns([5, 1], vertical_alignment="center")
caption.markdown(escaped(payload["caption"]))
with export:
    take_away(seen, payload)
stage(payload)

st.subheader(_("Over all steps and sequences"))
statistics(seen)
st.subheader(_("What do its units follow?"))
followed(seen)
