"""Which pages there are, and where. A new page is one line here and one file in pages/."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from lstm_viz.language import N_, _
from lstm_viz.ui.place import APP

PAGES_FOLDER = APP / "pages"


@dataclass(frozen=True)
class PageEntry:
    """A page: `pages/<address>.py` is shown at `/<address>`, under this title."""

    address: str
    title: str

    @property
    def file(self) -> Path:
        return PAGES_FOLDER / f"{self.address}.py"


HOME = PageEntry("front", N_("Welcome"))  # at "/", and nowhere else

# The menu: five questions, each with its pages.
MENU = {
    N_("Learn"): (
        PageEntry("lessons", N_("Lessons")),
        PageEntry("true_or_false", N_("True or false?")),
        PageEntry("together", N_("A class together")),
    ),
    N_("See inside"): (
        PageEntry("stage", N_("Watch it think")),
        PageEntry("valves", N_("Gates as valves")),
        PageEntry("layers", N_("From one cell to a network")),
        PageEntry("model", N_("Inside your own model")),
    ),
    N_("Change it"): (
        PageEntry("what_if", N_("What if?")),
        PageEntry("variants", N_("Toggle the cell")),
        PageEntry("own_cell", N_("Your own cell")),
    ),
    N_("Train it"): (
        PageEntry("train", N_("Watch it learn")),
        PageEntry("scores", N_("What they learnt")),
    ),
    N_("Follow the gradient"): (
        PageEntry("gradients", N_("How far back?")),
        PageEntry("backprop", N_("Follow it back")),
    ),
}
PAGES = tuple(page for pages in MENU.values() for page in pages)


def title_at(place: str) -> str:
    """What the page at ``/place`` is called, in the language that is being spoken."""
    found = next((page for page in PAGES if page.address == place), HOME)
    return _(found.title)


def streamlit_pages() -> dict[str, list[StreamlitPage]]:
    """The menu for `st.navigation`, its titles in the language that is being spoken."""
    home = {"title": _(HOME.title), "url_path": HOME.address}
    root = st.Page(HOME.file, default=True, visibility="hidden", **home)
    return {"": [root]} | {
        _(section): [
            st.Page(page.file, title=_(page.title), url_path=page.address, visibility="visible")
            for page in pages
        ]
        for section, pages in MENU.items()
    }
