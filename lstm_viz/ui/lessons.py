"""A lesson beside whatever page it is at, and the list of all lessons.

Which step it is stands in the address: ``lesson=subject.3``. So a step is a link, the browser's
back button goes a step back, and to go on is to open the next step's address. What is true of the
run on the screen is worked out when the page has been drawn, from what its address then says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import streamlit as st

from lstm_viz.language import _
from lstm_viz.lessons.glossary import glossary
from lstm_viz.lessons.lesson import Lesson, LessonError, read_lesson, said
from lstm_viz.lessons.panel import COURSE_PAGE, check, course_payload, lesson_payload, step_link
from lstm_viz.lessons.shipped import COURSE, source_of
from lstm_viz.stage.payload_types import Door
from lstm_viz.ui import address, worksheets
from lstm_viz.ui.components import course, lesson, moved_beside
from lstm_viz.ui.navigation import HOME, PAGES
from lstm_viz.ui.parameters import rows_of, text_of

OWN = "own"
WITHOUT = (HOME.address, COURSE_PAGE)  # pages beside which no lesson stands


@cache
def names_of_pages() -> Mapping[str, tuple[str, ...]]:
    """For each page the names that its address has: what a scene may say."""
    without = {"lang", "lesson"}
    return {page.address: tuple(set(rows_of(page.address)) - without) for page in PAGES}


@cache
def shipped_lesson(key: str) -> Lesson:
    return read_lesson(source_of(key), names_of_pages(), key)


def lesson_of(key: str) -> Lesson | None:
    """A lesson of the course, or the one that this visitor brought."""
    if key in COURSE:
        return shipped_lesson(key)
    own: Lesson | None = st.session_state.get("own lesson") if key == OWN else None
    return own


def panel(page: str) -> Lesson | None:
    """The step that the address asks for, beside the page; and its lesson."""
    if page in WITHOUT:
        return None
    text, _news = address.value("lesson")
    key, _dot, number = text.partition(".")
    found = lesson_of(key)
    if found is None:
        leave()
        return None
    usual = {
        name: text_of(row.default) for name, row in rows_of(page).items() if row.default is not None
    }
    names = moved_beside() | address.shown()
    with st.container(key="lesson"):
        lesson(lesson_payload(found, _step(found, number), page, names, usual))
    return found


def opened_by_link() -> bool:
    """Whether the address asks for a lesson where none can stand: then its step's page is opened
    instead. So ``lessons?lesson=subject.3`` is a link that can be assigned."""
    is_link = address.is_new("lesson")
    text, _news = address.value("lesson")
    key, _dot, number = text.partition(".")
    found = lesson_of(key) if is_link else None
    if found is None:
        return False
    course(course_payload((), to=step_link(found, _step(found, number))))
    return True


def link_to(key: str, number: int = 1) -> str:
    """A link to a step whose scene is worked out when it is opened."""
    return f"{COURSE_PAGE}?lesson={key}.{number}"


def _step(found: Lesson, number: str) -> int:
    step = int(number) if number.isdecimal() and len(number) < 4 else 1
    return min(max(step, 1), len(found.steps))


def leave() -> None:
    """No lesson is followed any more: where one was is kept by the browser."""
    address.put("lesson", "", default="")


def course_list(doors: tuple[Door, ...] = (), listed: bool = True) -> None:
    """The ways in, where one left off, and the lessons."""
    course(course_payload([shipped_lesson(key) for key in COURSE], doors, listed))


def printed() -> None:
    """A worksheet of any of the lessons."""
    own: Lesson | None = st.session_state.get("own lesson")
    with st.expander(_("A worksheet of a lesson, to print")):
        worksheets.of_lessons([*map(shipped_lesson, COURSE), *([own] if own else [])])


def show_glossary() -> None:
    """The words that lessons do not explain each time, and where each is to be seen."""
    words, see = glossary().values(), _("See it")
    with st.expander(_("{count} words, each in one sentence").format(count=len(words))):
        rows = [f"- **{said(one.word)}** · {said(one.said)} [{see}]({one.seen})" for one in words]
        st.markdown("\n".join(rows))


def own_lesson() -> None:
    """A lesson that someone wrote: read, checked, and opened from here."""
    file = st.file_uploader(_("A lesson of your own (TOML)"), type=["toml"], key="lesson file")
    if file is None:
        return
    try:
        found = read_lesson(file.getvalue().decode("utf-8"), names_of_pages(), OWN)
        check(found)
    except (LessonError, UnicodeDecodeError) as problem:
        st.error(str(problem), icon=None)
        return
    st.session_state["own lesson"] = found
    course(course_payload([found]), key="own course")
