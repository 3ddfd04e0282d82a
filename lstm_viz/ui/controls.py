"""The controls of the pages, each tied to its row in the address.

A control here draws a widget of Streamlit's for a row of the table (ui/parameters.py) and returns
what was chosen; it owns the widget's key. It begins with what a link says, and the address says
what it shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import streamlit as st

from lstm_viz.language import _
from lstm_viz.ui import address
from lstm_viz.ui.parameters import (
    MOST,
    Texts,
    inside,
    number_in,
    parts_of,
    switch_in,
    text_of,
    whole_in,
)

Option = TypeVar("Option")
Value = TypeVar("Value")
Begin = TypeVar("Begin")


def _drawn(
    name: str,
    label: str,
    control: Callable[..., Value],
    key: str,
    begin: Begin,
    /,
    *arguments: object,
    **settings: object,
) -> Value | Begin:
    """What the widget returns. One that is hidden by a link is not drawn and means what the link
    says, one that is locked is drawn and cannot be changed (ui/lesson_link.py)."""
    state = address.visit()
    state.labels[name] = label
    if name in state.hidden:
        found: Value | Begin = st.session_state.get(key, begin)
        return found
    if name in state.locked:
        settings["disabled"] = True
    return control(label, *arguments, key=key, **settings)


def choice(
    name: str,
    label: str,
    options: Sequence[Option],
    default: Option | None = None,
    title: Callable[[Option], str] = str,
    control: Callable[..., Option | None] = st.selectbox,
    scope: str = "",
    elsewhere: Option | None = None,
    nearest: bool = False,
    **settings: object,
) -> Option:
    """One of the options; the first one where neither the row nor the call has a default.

    ``nearest``: the options are whole numbers, and one that is not among them means the next one.

    ``scope`` is for what is chosen for each of something else: for each task a sequence.
    ``elsewhere`` is what an address without this name means where what ``default`` came from, a
    run, is not known: then it is written although it is the default.
    """
    begin = address.row_of(name).default if default is None else default
    first = next((option for option in options if option == begin), options[0])
    by_text = {text_of(option): option for option in options}

    def read(texts: Texts) -> Option | None:
        number = number_in(texts, -math.inf, math.inf) if nearest else None
        if number is not None:
            return min(options, key=lambda option: abs(float(str(option)) - number))
        return by_text.get(texts[-1])

    key = address.begin(name, first, read, scope, lambda value: value in options)
    chosen = _drawn(name, label, control, key, first, options, format_func=title, **settings)
    found: Option = first if chosen is None else chosen
    address.end(name, key, found, first, elsewhere)
    return found


def choices(
    name: str,
    label: str,
    options: Sequence[Option],
    default: Sequence[Option],
    title: Callable[[Option], str] = str,
    control: Callable[..., list[Option]] = st.multiselect,
    most: int = MOST,
    begin: Sequence[Option] | None = None,
    scope: str = "",
    elsewhere: Sequence[Option] | None = None,
    **settings: object,
) -> list[Option]:
    """Some of the options, at most so many.

    ``begin`` is what a visitor who came without a link begins with, if it is not the default.
    """
    row = address.row_of(name)
    by_text = {text_of(option): option for option in options}

    def read(texts: Texts) -> list[Option] | None:
        found = [by_text[text] for text in parts_of(texts, row.kind) if text in by_text]
        return found[:most] if found or texts == ("",) else None

    unasked = list(begin) if begin else None
    key = address.begin(name, list(default), read, scope, unasked=unasked)
    known = [one for one in st.session_state[key] if one in options]
    if known != st.session_state[key]:
        st.session_state[key] = known
    chosen = _drawn(
        name, label, control, key, list(default), options, format_func=title, **settings
    )
    address.end(name, key, list(chosen), list(default), elsewhere)
    return list(chosen)


def whole(
    name: str,
    label: str,
    low: int,
    high: int,
    default: int | None = None,
    control: Callable[..., float] = st.number_input,
    scope: str = "",
    elsewhere: int | None = None,
    **settings: object,
) -> int:
    """A whole number between bounds."""
    begin: int = address.row_of(name).default if default is None else default
    begin = min(max(begin, low), high)
    key = address.begin(
        name, begin, lambda texts: whole_in(texts, low, high), scope, inside(low, high)
    )
    chosen = int(_drawn(name, label, control, key, begin, low, high, **{"step": 1} | settings))
    address.end(name, key, chosen, begin, elsewhere)
    return chosen


def span(
    first: str,
    last: str,
    label: str,
    steps: int,
    default: int,
    title: Callable[[int], str],
    scope: str = "",
    **settings: object,
) -> tuple[int, int]:
    """Two of so many steps and all between; in the address, under two names, they count from 1."""
    state, key = address.visit(), f"{address.row_of(first).key} of {scope}"
    asked = [state.pending.pop(name, None) for name in (first, last)]
    begin, version = state.kept.get(key, ((default, default), 0))
    if asked[0] is not None:
        found = [whole_in(texts, 1, steps) if texts else None for texts in asked]
        begin = tuple(sorted(default if one is None else one - 1 for one in found))
        version += 1  # another widget: Streamlit knows that it has two ends by what it begins with
    low, high = _drawn(
        first,
        label,
        st.select_slider,
        f"{key} {version}",
        begin,
        range(steps),
        begin,
        format_func=title,
        **settings,
    )
    for name, step in ((first, low), (last, high)):
        address.end(name, f"{key} {name}", step + 1, default + 1)
    state.kept[key] = ((low, high), version)
    return low, high


def real(
    name: str,
    label: str,
    low: float,
    high: float,
    default: float | None = None,
    control: Callable[..., float] = st.number_input,
    scope: str = "",
    elsewhere: float | None = None,
    **settings: object,
) -> float:
    """A number between bounds."""
    begin: float = address.row_of(name).default if default is None else default
    key = address.begin(
        name,
        float(begin),
        lambda texts: number_in(texts, low, high),
        scope,
        inside(low, high),
    )
    chosen = float(_drawn(name, label, control, key, begin, low, high, **settings))
    address.end(name, key, chosen, float(begin), None if elsewhere is None else float(elsewhere))
    return chosen


def switch(
    name: str,
    label: str,
    default: bool | None = None,
    scope: str = "",
    elsewhere: bool | None = None,
    **settings: object,
) -> bool:
    """On or off."""
    begin = bool(address.row_of(name).default) if default is None else default
    key = address.begin(name, begin, switch_in, scope)
    chosen = _drawn(name, label, st.toggle, key, begin, **settings)
    address.end(name, key, chosen, begin, elsewhere)
    return chosen


def words(
    name: str,
    label: str,
    default: str = "",
    control: Callable[..., str] = st.text_input,
    scope: str = "",
    **settings: object,
) -> str:
    """A text; one that is too long for an address is not in it, and the page says so."""
    key = address.begin(name, default, lambda texts: texts[-1], scope)
    typed = _drawn(name, label, control, key, default, **settings)
    address.end(name, key, typed, default)
    if len(typed) > address.row_of(name).kind.longest:
        st.caption(_("This text is too long for an address: that of this page is without it."))
    return typed
