"""The stage as a Streamlit component: the only file here that knows Streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lstm_viz.stage import bundle

_stage = st.components.v2.component(
    "lstm_viz_stage",
    html=bundle.MARKUP,
    css=bundle.styles(*bundle.STAGE_STYLES),
    js=bundle.module(),
)
_walk = st.components.v2.component(
    "lstm_viz_walk",
    html=bundle.MARKUP,
    css=bundle.styles(*bundle.STAGE_STYLES),
    js=bundle.module(entry="walk"),
)
_picture_button = st.components.v2.component(
    "lstm_viz_picture_button",
    html='<button type="button">\n</button>',
    css=bundle.styles("picture_button"),
    js=bundle.source("picture_button"),
)


def stage(payload: Mapping[str, Any], key: str = "stage") -> int | None:
    """The stage, as wide as the page. The same key keeps the same view on the screen.

    ``payload`` is what `stage_payload` or `training_payload` returns. The cursors live in the page;
    what comes back is the number of training steps whose moment has just been pinned, if one was.
    """
    # In a list: in a dictionary, Streamlit looks for data frames, with pandas, which takes a second
    # to import.
    result = _stage(
        key=key,
        data=[dict(payload)],
        width="stretch",
        height="content",
        on_pinned_change=lambda: None,
    )
    return result.get("pinned")


def walk(payload: Mapping[str, Any], key: str = "walk") -> None:
    """Unrolled networks and what flows back through them; ``payload`` is what `walk_payload` says.

    As with the stage, the cursor lives in the page, and the same key keeps it where it is.
    """
    _walk(key=key, data=[dict(payload)], width="stretch", height="content")


def picture_button(label: str, key: str = "picture") -> None:
    """A button that saves the stage on this page, as it stands, as a PNG."""
    _picture_button(key=key, data={"label": label}, width="stretch", height="content")
