"""Which of the things that are said about these cells are true?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui.cards import cards

cards()
st.caption(
    _(
        "Sentences from lectures, blogs and libraries. Decide first; then a run of the cell "
        "settles it in front of you, or the source that does is named."
    )
)
