"""What stands round every page: the bar with its name, and the one line of choices below it.

The bar is drawn by the main script, so no page can have another. Streamlit's own header with the
menu keeps its place; the bar lies upon it (browser/css/shell.css), with the product's mark and
name, the name of the page, which is the menu's, and the language.

A page begins with `choices_line()`: task, cell and sequence, then what it has of its own. What is
not needed for the first look goes into `drawer()` at the end of the line; so the picture begins at
the same height on all pages, and a control that is folded away still has its row in the address.
"""

from __future__ import annotations

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz.language import _, available, closest, own_name, spoken
from lstm_viz.ui import address

NAME = "LSTM Viz"
_SWITCH = "language switch"
_LINE = "choices line"


def bar(title: str) -> None:
    """The name and mark of the product, the page's name, and the language."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center"):
        st.html(f'<span class="brand">{NAME}</span>', width="content")
        st.title(title, anchor=False)
        st.session_state[_SWITCH] = spoken()
        st.segmented_control(
            _("Language"),
            available(),
            format_func=own_name,
            key=_SWITCH,
            label_visibility="collapsed",
            on_change=_switch_language,
            required=True,
            width="content",
        )


def _switch_language() -> None:
    chosen: str | None = st.session_state[_SWITCH]
    if chosen:
        address.speak(chosen.partition("_")[0], is_usual=chosen == closest(st.context.locale))


def choices_line() -> DeltaGenerator:
    """Where the page's compact choices stand: labels beside their boxes, as many as fit a line."""
    line = st.container(key="choices", horizontal=True, vertical_alignment="center", gap="small")
    st.session_state[_LINE] = line
    return line


def line_of_page() -> DeltaGenerator | None:
    """The line of the page that has just been drawn, if it has one: more may stand at its end."""
    line: DeltaGenerator | None = st.session_state.pop(_LINE, None)
    return line


def results(key: str) -> DeltaGenerator:
    """Where a page says what came out: not seen while a lesson beside it asks just that
    (browser/css/shell.css)."""
    return st.container(key=f"results {key}")


def drawer(label: str = "", key: str = "more") -> DeltaGenerator:
    """Where a page keeps what is not needed for the first look."""
    return st.popover(label or _("More …"), key=f"drawer {key}", width="content")


def caption_beside_or_stacked(beside: str, stacked: str) -> None:
    """A caption of two runs: the first text where they stand beside each other, the second where
    there is no room for that and one stands above the other (browser/css/shell.css)."""
    texts = {"when-beside": beside, "when-stacked": stacked}
    st.html("".join(f'<p class="placed {when}">{escape(text)}</p>' for when, text in texts.items()))
