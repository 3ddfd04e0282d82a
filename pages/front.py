"""What is this, and where does one begin?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui import lessons
from lstm_viz.ui.components import glimpse
from lstm_viz.ui.front import doors, glimpse_payload

st.write(
    "**"
    + _(
        "Watch a recurrent network think: it reads a sentence word by word, and its gates decide "
        "what it remembers."
    )
    + "** "
    + _("Every number is computed from a trained network as you look.")
)
picture, ways = st.columns((3, 2), gap="large")
with picture:
    glimpse(glimpse_payload())
with ways:
    lessons.course_list(doors(), listed=False)
