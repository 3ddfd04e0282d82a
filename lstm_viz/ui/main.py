"""The main script: runs before every page, on every rerun."""

import streamlit as st

from lstm_viz import language
from lstm_viz.stage import bundle
from lstm_viz.ui.navigation import streamlit_pages
from lstm_viz.ui.speaking import session_language

# An emoji, because Streamlit would fetch an icon from another host.
st.set_page_config(page_icon="🧠", layout="wide")
st.html(bundle.page_styles())
language.speak(session_language())
st.navigation(streamlit_pages(), position="top").run()
