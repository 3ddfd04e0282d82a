"""What does one cell become when it is repeated?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui.layers import (
    ARCHITECTURES,
    counted,
    example_choice,
    layers_choices,
    proof_of,
    scores,
    shapes,
    show,
)
from lstm_viz.ui.shell import choices_line

line = choices_line()
with line:
    cell, layers, both = layers_choices()
    words = example_choice()
shown = show(cell, layers, both, words)
with line:
    proof_of(shown)
st.write(
    _(
        "Copied over the words, one cell is a layer. Layers stand upon each other, and a layer may "
        "have a second half that reads from the end. Here a network is asked who “someone” is, and "
        "only the pronoun that comes later tells."
    )
)
left, right = st.columns([1.2, 1], gap="large")
with left:
    st.header(_("Who has to know what comes later?"), anchor=False)
    st.table(scores(cell), border="horizontal", hide_index=True)
    st.caption(
        _(
            "“Someone” told rightly in 300 episodes that were drawn apart from those for training; "
            "guessing is right in 50%. Each of these networks was trained once, from seed 0; in "
            "brackets the interval (95%) of what was tested."
        )
    )
with right:
    st.header(_("The same weights at every word"), anchor=False)
    st.table(shapes(cell, layers, both), border="horizontal", hide_index=True)
    st.caption(counted(cell, layers, both))
    st.code(ARCHITECTURES.format(**shown.spoken), language="python")
