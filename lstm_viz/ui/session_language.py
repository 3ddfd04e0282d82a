"""Which language this session speaks."""

import streamlit as st

from lstm_viz import language
from lstm_viz.ui import address


def session_language() -> str:
    """What the address asks for (`?lang=zh`), else what this session spoke, else the browser's."""
    asked = address.language() or st.session_state.get("language") or st.context.locale
    spoken = language.closest(asked)
    st.session_state["language"] = spoken  # a link to the next page does not repeat ?lang=
    return spoken
