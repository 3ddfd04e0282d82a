"""A text in which each prediction can be asked what it depends on."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.cells.marks import mark_of
from lstm_viz.cells.titles import title_of
from lstm_viz.stage import bundle

_connections = st.components.v2.component(
    "lstm_viz_connections",
    html='<div class="connections">\n</div>',
    css=bundle.styles("connections"),
    js=bundle.source("connections"),
)


def asked_in(key: str, name: str, first: int) -> int:
    """Which element was last asked about in the text of this key; ``first`` until someone asks."""
    asked = (st.session_state.get(key) or {}).get("asked") or {}
    at = asked.get("at")
    return at if asked.get("text") == name and isinstance(at, int) else first


def connections(
    read: Sequence[str],
    strengths: Mapping[str, np.ndarray],
    at: int,
    name: str,
    dark: bool,
    key: str,
) -> None:
    """One line of text a cell, coloured by what the prediction of the element ``at`` depends on.

    ``strengths`` has (T, T) by name of the cell: in row t how much the answer after step t depends
    on each element. A new ``name`` is another text.
    """
    rows = [
        {
            "name": title_of(CELLS[cell]),
            "colour": mark_of(CELLS[cell]).colour.on(dark),
            "strengths": _bytes(matrix),
        }
        for cell, matrix in strengths.items()
    ]
    data = {
        "read": list(read),
        "characters": all(len(text) == 1 for text in read),
        "rows": rows,
        "at": at,
        "text": name,
        "version": f"{name} {' '.join(strengths)} {dark}",
    }
    _connections(key=key, data=data, on_asked_change=lambda: None)


def _bytes(matrix: np.ndarray) -> str:
    """Each row against its largest, in 255 steps."""
    largest = matrix.max(axis=1, keepdims=True)
    shares = np.divide(matrix, largest, out=np.zeros_like(matrix), where=largest > 0)
    return base64.b64encode(np.round(255 * shares).astype(np.uint8).tobytes()).decode()
