"""The main script: runs before every page, on every rerun."""

import streamlit as st

from lstm_viz import language
from lstm_viz.jobs import UnreachableError
from lstm_viz.lessons.glossary import words_payload
from lstm_viz.stage import bundle
from lstm_viz.stage.together import together
from lstm_viz.ui import address, components, lesson_link, lessons, shell
from lstm_viz.ui.navigation import HOME, streamlit_pages, title_at
from lstm_viz.ui.session_language import session_language

st.set_page_config(page_icon=str(bundle.MARK), layout="wide")
language.speak(session_language())
st.html(bundle.page_styles())
page = st.navigation(streamlit_pages(), position="top")
try:
    with address.on_page(page.url_path, HOME.address):
        shell.bar(title_at(page.url_path))
        lesson_link.opened()
        page.run()
        lesson = lessons.panel(page.url_path or HOME.address)
        lesson_link.share(shell.line_of_page(), lesson)
        if page.url_path:  # not at the front door, which explains nothing yet
            components.words(words_payload())
        components.together(together(is_door=False), key="class")
except UnreachableError as problem:  # its address stays as it is
    from lstm_viz.ui.train.reached import tell_unreachable

    tell_unreachable(problem)
