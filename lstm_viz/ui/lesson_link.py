"""A link that a teacher made of a view: with a title, a note and a question on it, and with some of
the page's controls locked or hidden.

All of it is in the address, as rows of its table, so that it opens in any browser and nothing is
stored. The texts are a stranger's: they are shown letter by letter, and a line says whose they are.
They belong to the page that they were written on, and are gone from the address of another.

`opened` is called before the page is drawn, so that its controls know (ui/controls.py); `share`
afterwards, when they are known.
"""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz.language import _
from lstm_viz.lessons.lesson import Lesson
from lstm_viz.stage.share import share_payload
from lstm_viz.ui import address, components, worksheets
from lstm_viz.ui.escaped import escaped
from lstm_viz.ui.parameters import rows_of

TEXTS = ("title", "note", "question")
LISTS = ("lock", "hide")


def opened() -> None:
    """Shows what is written on the link of this page, and tells the controls of it."""
    state = address.visit()
    said = {name: address.value(name, scope=state.page)[0] for name in TEXTS}
    said |= {name: ",".join(_controls(name)) for name in LISTS}
    state.locked, state.hidden = (frozenset(said[name].split(",")) for name in LISTS)
    if not any(said.values()):
        return
    with st.container(border=True, key="lesson link", gap="xsmall"):
        if said["title"]:
            st.markdown(f"**{_line(said['title'])}**")
        for paragraph in filter(str.strip, said["note"].splitlines()):
            st.markdown(_line(paragraph))
        if said["question"]:
            st.markdown(f"**?** {_line(said['question'])}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(_("Whoever made this link wrote this, and chose what is shown."))
            st.button(_("Show the whole page"), on_click=_forget, type="tertiary")


def share(line: DeltaGenerator | None, lesson: Lesson | None = None) -> None:
    """Adds, at the end of a page's line of choices, what makes a link of the page, or a worksheet
    of it or of the ``lesson`` beside it."""
    state = address.visit()
    if line is None:
        return
    rows = rows_of(state.page)
    longest = {name: rows[name].kind.longest for name in TEXTS}
    with line, st.popover(_("Share"), key="share panel", width="content"):
        components.share(share_payload(state.labels, longest))
        worksheets.of_view(lesson)


def _controls(name: str) -> list[str]:
    """The controls of this page that a list of the link names; any other name is passed over."""
    page = address.visit().page
    text, _is_new = address.value(name, scope=page)
    rows = rows_of(page).values()
    known = {row.name for row in rows if row.pages and not row.in_browser}
    found = [one for one in dict.fromkeys(text.split(",")) if one in known]
    address.put(name, ",".join(found), scope=page, default="")
    return found


def _forget() -> None:
    """The page is as if nobody had written on its link."""
    page = address.visit().page
    for name in (*TEXTS, *LISTS):
        address.put(name, "", scope=page, default="")


def _line(text: str) -> str:
    return escaped(" ".join(text.split()))
