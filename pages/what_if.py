"""What if a gate had been shut here?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.networks.network import load
from lstm_viz.ui.choices import (
    cell_choice,
    chosen_sequence,
    sequence_choice,
    task_choice,
)
from lstm_viz.ui.what_if import (
    both_runs,
    changed_token,
    corner_buttons,
    example_button,
    held_spans,
    layer_choice,
    take_drawn,
    tools,
)

st.title(_("What if?"))
st.write(
    _(
        "Hold a gate by dragging along its strip on the right; everything after it is computed "
        "anew, and the untouched run stays on the left. Or use the buttons: “keep” the old memory "
        "where a new subject is introduced, and read which pronoun follows."
    )
)

columns = st.columns([2, 1, 1.5])
with columns[0]:
    task = task_choice()
with columns[1]:
    cell = cell_choice(task)
with columns[2]:
    chosen = sequence_choice(task)
sequence = chosen_sequence(task, chosen)
network = load(task.name, cell)
spans = held_spans(network, sequence)

layer = layer_choice(network)
value, everyone = tools()
with st.expander(_("By hand: the corners of the gate table, and another token")):
    corner_buttons(network, sequence, spans, layer, everyone)
    changed = changed_token(task, sequence)

if not spans and changed == sequence:
    example_button(network, sequence, layer)
drawn = both_runs(task, cell, sequence, changed, spans, layer)
take_drawn(drawn, spans, value, everyone, network, sequence, layer)
