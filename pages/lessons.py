"""Which lessons are there, and how far have I come?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui import lessons

if not lessons.opened_by_link():
    lessons.leave()
    st.write(
        _(
            "Each lesson is finished by doing: you move, hold and guess in the pages themselves. "
            "Where you are is kept in this browser."
        )
    )
    lessons.course_list()
    lessons.own_lesson()
    lessons.printed()
    lessons.show_glossary()
