"""Which pages there are, and where. A new page is one line here and one file in pages/."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from lstm_viz.language import N_, _

PAGES_FOLDER = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class PageEntry:
    """A page: `pages/<address>.py` is shown at `/<address>`, under this title."""

    address: str
    title: str

    @property
    def file(self) -> Path:
        return PAGES_FOLDER / f"{self.address}.py"


# In the order of the menu; the first one opens at "/" as well.
PAGES = (
    PageEntry("stage", N_("Watch it think")),
    PageEntry("valves", N_("Gates as valves")),
    PageEntry("variants", N_("Toggle the cell")),
    PageEntry("what_if", N_("What if?")),
    PageEntry("train", N_("Watch it learn")),
    PageEntry("gradients", N_("How far back?")),
    PageEntry("backprop", N_("Follow it back")),
    PageEntry("own_cell", N_("Your own cell")),
    PageEntry("layers", N_("From one cell to a network")),
    PageEntry("model", N_("Your own model")),
    PageEntry("scores", N_("What they learnt")),
    PageEntry("true_or_false", N_("True or false?")),
)


def streamlit_pages() -> list[StreamlitPage]:
    """The pages for `st.navigation`, their titles in the language that is being spoken."""
    home = PAGES[0]
    visible = [
        st.Page(page.file, title=_(page.title), url_path=page.address, visibility="visible")
        for page in PAGES
    ]
    # Streamlit shows its default page at "/" only; links name the page, and must outlive the order.
    root = st.Page(
        home.file, title=_(home.title), url_path="home", default=True, visibility="hidden"
    )
    return [root, *visible]
