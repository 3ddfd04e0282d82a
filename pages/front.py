"""What is this, and where does one begin?"""

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui import address, lessons
from lstm_viz.ui.components import glimpse
from lstm_viz.ui.front import accessibility, doors, glimpse_payload
from lstm_viz.ui.navigation import PAGES_FOLDER

# The stage stood here; whoever kept a link to a scene of it is led there.
if scene := address.meant_for("stage"):
    st.switch_page(PAGES_FOLDER / "stage.py", query_params=scene)

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
with st.expander(_("Accessibility")):
    st.markdown(accessibility())
