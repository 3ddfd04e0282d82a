"""Where the list of runs cannot be reached, the page says why, and goes on when it can."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from lstm_viz.jobs import State, UnreachableError
from lstm_viz.training.runs import jobs

AGAIN = 3.0  # seconds
Given = ParamSpec("Given")


def in_words(drawn: Callable[Given, None]) -> Callable[Given, None]:
    """A part of a page that says so itself; the rest of the page goes on without it."""

    @functools.wraps(drawn)
    def part(*given: Given.args, **named: Given.kwargs) -> None:
        try:
            drawn(*given, **named)
        except UnreachableError as problem:
            st.warning(str(problem))

    return part


def tell_unreachable(problem: UnreachableError) -> None:
    """In the place of a page: why it cannot be drawn; it is drawn as soon as it can be."""
    st.warning(str(problem))
    st.fragment(_look_again, run_every=AGAIN)([])


def _look_again(looked: list[float]) -> None:
    if not looked:  # the page has only just been told so
        looked.append(AGAIN)
        return
    try:
        jobs().store.count(State.QUEUED)
    except UnreachableError:
        return
    st.rerun()
