"""Everything that the browser draws with scripts of its own: each is registered here, once.

One thin function a component: it takes the payload that Python made (see `stage/wire.py`) and
returns what came back. The same key keeps the same view on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lstm_viz.stage import bundle
from lstm_viz.stage.payload_types import (
    Asked,
    ColouredTextPayload,
    ConnectionsPayload,
    CoursePayload,
    CurvesPayload,
    DrawnSpan,
    EditorPayload,
    ForecastPayload,
    LessonPayload,
    PairPayload,
    PictureButtonPayload,
    SharePayload,
    SheetsPayload,
    StackPayload,
    StagePayload,
    TogetherPayload,
    Typed,
    ValvesPayload,
    WalkPayload,
    WordsPayload,
)
from lstm_viz.ui.parameters import LONGEST_NAME, MOST


def _registered(entry: str, markup: str) -> Callable[..., Mapping[str, Any]]:
    """The component whose script is `browser/entries/` + entry."""
    mount: Callable[..., Mapping[str, Any]] = st.components.v2.component(
        f"lstm_viz_{entry}", html=markup, js=bundle.module(entry)
    )
    return mount


def _box(kind: str) -> str:
    return f'<div class="{kind}">\n</div>'


_stage = _registered("stage", bundle.MARKUP)
_glimpse = _registered("glimpse", _box("stage glimpse"))
_walk = _registered("walk", bundle.MARKUP)
_pair = _registered("pair", _box("stage pair"))
_stack = _registered("stack", _box("stage stack"))
_valves = _registered("valves", _box("valves"))
_connections = _registered("connections", _box("connections"))
_coloured_text = _registered("coloured_text", _box("coloured"))
_editor = _registered("editor", _box("editor"))
_lesson = _registered("lesson", _box("lesson"))
_course = _registered("course", _box("course"))
_curves = _registered("curves", _box("curves"))
_forecast = _registered("forecast", _box("forecast"))
_together = _registered("together", _box("together"))
_share = _registered("share", _box("share"))
_words = _registered("words", _box("words"))
_sheets = _registered("sheets", _box("sheets"))
_picture_button = _registered("picture_button", '<button type="button">\n</button>')


def stage(payload: StagePayload, key: str = "stage") -> int | None:
    """The stage, as wide as the page.

    The cursors live in the page; what comes back is the number of training steps whose moment has
    just been pinned, if one was.
    """
    st.session_state[_ON_STAGE] = payload
    result = _stage(key=key, data=_sent(payload), on_pinned_change=_nothing, **_WIDE)
    pinned: int | None = result.get("pinned")
    return pinned


@dataclass(frozen=True)
class PairAnswer:
    """What was done on the right run just now.

    The span that was drawn on a strip, and the training steps of the moment that was pinned.
    """

    drawn: DrawnSpan | None
    pinned: int | None


def pair(payload: PairPayload, key: str) -> PairAnswer:
    """Two runs side by side under one cursor."""
    st.session_state[_ON_STAGE] = payload["right"]
    result = _pair(
        key=key,
        data=_sent(payload),
        on_drawn_change=_nothing,
        on_pinned_change=_nothing,
        **_WIDE,
    )
    return PairAnswer(result.get("drawn"), result.get("pinned"))


def walk(payload: WalkPayload, key: str = "walk") -> None:
    """Unrolled networks and what flows back through them."""
    _walk(key=key, data=_sent(payload), **_WIDE)


def stack(payload: StackPayload, key: str = "stack") -> None:
    """Layers of cells over time."""
    _stack(key=key, data=_sent(payload), **_WIDE)


def valves(payload: ValvesPayload, key: str) -> None:
    """One unit as a tank with valves."""
    _valves(key=key, data=_sent(payload), **_WIDE)


def connections(payload: ConnectionsPayload, key: str) -> None:
    """A text in which each prediction can be asked what it depends on; see ``asked_in``."""
    _connections(key=key, data=_sent(payload), on_asked_change=_nothing)


def asked_in(key: str, text: str) -> int | None:
    """Which element was last asked about in the text of this key; None until someone asks."""
    asked: Asked | None = (st.session_state.get(key) or {}).get("asked")
    if asked is None or asked.get("text") != text or not isinstance(asked.get("at"), int):
        return None
    return asked["at"]


def coloured_text(payload: ColouredTextPayload, key: str = "coloured text") -> None:
    """A text on coloured grounds."""
    _coloured_text(key=key, data=_sent(payload))


def editor(payload: EditorPayload, key: str = "editor") -> None:
    """A box to type equations in; see ``typed_in``."""
    _editor(key=key, data=_sent(payload), on_typed_change=_nothing)


def typed_in(key: str, version: str, text: str) -> str:
    """What stands in the editor of this key: ``text``, until something else is typed."""
    typed: Typed | None = (st.session_state.get(key) or {}).get("typed")
    if typed is None or typed.get("version") != version or not isinstance(typed.get("text"), str):
        return text
    return typed["text"]


def curves(payload: CurvesPayload, key: str) -> None:
    """Lines over whole numbers, labelled at their ends."""
    _curves(key=key, data=_sent(payload))


def forecast(payload: ForecastPayload, key: str = "forecast") -> None:
    """A forecast of many steps, and how far off it is by how far ahead."""
    _forecast(key=key, data=_sent(payload), **_WIDE)


def lesson(payload: LessonPayload) -> None:
    """One step of a lesson; see ``moved_beside``."""
    _lesson(key=_BESIDE, data=_sent(payload), on_moved_change=_nothing, **_WIDE)


def moved_beside() -> dict[str, str]:
    """What the step asked the browser for: texts by their names in the address."""
    moved = (st.session_state.get(_BESIDE) or {}).get("moved")
    if not isinstance(moved, dict):
        return {}
    return {str(name): str(text)[:LONGEST_NAME] for name, text in list(moved.items())[:MOST]}


def glimpse(payload: StagePayload) -> None:
    """A stage that moves by itself, without anything to choose."""
    _glimpse(key="glimpse", data=_sent(payload), **_WIDE)


def course(payload: CoursePayload, key: str = "course") -> None:
    """The ways in, and the lessons."""
    _course(key=key, data=_sent(payload), **_WIDE)


def together(payload: TogetherPayload, key: str) -> None:
    """The bar of a class, which is seen while one is in it, or the door at which one comes in."""
    _together(key=key, data=_sent(payload), **_WIDE)


def share(payload: SharePayload, key: str = "share") -> None:
    """What makes a link of this view, with something written on it."""
    _share(key=key, data=_sent(payload), **_WIDE)


def words(payload: WordsPayload) -> None:
    """What opens the glossary at any word of it on this page."""
    _words(key="words", data=_sent(payload), **_WIDE)


def on_stage() -> StagePayload | None:
    """The run that the page has just drawn, the right one of two; None where it draws none."""
    payload: StagePayload | None = st.session_state.pop(_ON_STAGE, None)
    return payload


def sheets(payload: SheetsPayload, key: str) -> None:
    """What asks for worksheets; see ``sheets_asked``."""
    _sheets(key=key, data=_sent(payload), on_asked_change=_nothing, **_WIDE)


def sheets_asked(key: str) -> Mapping[str, Any] | None:
    """What has just been asked for under this key, as a stranger's browser may have said it."""
    asked = (st.session_state.get(key) or {}).get("asked")
    return asked if isinstance(asked, dict) else None


def picture_button(label: str, key: str = "picture") -> None:
    """A button that saves the stage on this page, as it stands, as a PNG."""
    payload: PictureButtonPayload = {"label": label}
    _picture_button(key=key, data=_sent(payload), **_WIDE)


_BESIDE = "lesson step"
_ON_STAGE = "on stage"
_WIDE = {"width": "stretch", "height": "content"}


def _sent(payload: object) -> list[object]:
    # In a list: in a dictionary, Streamlit looks for data frames, with pandas, which takes a second
    # to import.
    return [payload]


def _nothing() -> None:
    """Streamlit tells what came back only to those who listen."""
