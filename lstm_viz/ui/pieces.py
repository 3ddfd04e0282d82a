"""Small parts of pages that the browser draws: the editor of equations, and lines over steps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import streamlit as st

from lstm_viz.cells.draft import Draft
from lstm_viz.cells.text import MAX_CHARACTERS
from lstm_viz.language import _
from lstm_viz.stage import bundle

_editor = st.components.v2.component(
    "lstm_viz_editor",
    html='<div class="editor">\n</div>',
    css=bundle.styles("editor"),
    js=bundle.source("editor"),
)
_curves = st.components.v2.component(
    "lstm_viz_curves",
    html='<div class="curves">\n</div>',
    css=bundle.styles("curves"),
    js=bundle.source("curves"),
)


def typed_in(key: str, version: str, text: str) -> str:
    """What stands in the editor of this key: ``text``, until something else is typed."""
    state = st.session_state.get(key) or {}
    typed = state.get("typed") or {}
    if typed.get("version") == version and isinstance(typed.get("text"), str):
        return str(typed["text"])[: MAX_CHARACTERS + 1]
    return text


def editor(read: Draft, version: str, key: str) -> None:
    """A box to type equations in, and what is wrong with them at its line.

    ``read`` is what stands in it; a new ``version`` puts its text there in place of what was typed.
    """
    data = {
        "text": read.text,
        "version": version,
        "problem": read.problem,
        "line": read.line,
        "label": _("Equations, one to a line"),
        "longest": MAX_CHARACTERS,
    }
    _editor(key=key, data=data, on_typed_change=lambda: None)


def curves(lines: Mapping[str, np.ndarray], key: str) -> None:
    """How much of the gradient is left k steps back: one line a cell, powers of ten."""
    last = max(len(curve) for curve in lines.values()) - 1
    finite = np.concatenate([curve[np.isfinite(curve)] for curve in lines.values()])
    lowest = int(np.floor(max(finite.min(initial=-1.0), -20)))
    highest = max(0, int(np.ceil(finite.max(initial=0.0))))
    spacing = -(-(highest - lowest) // 6)
    powers = range(highest, lowest - spacing, -spacing)
    data = {
        "lines": [
            {"name": name, "values": [float(v) if np.isfinite(v) else None for v in curve]}
            for name, curve in lines.items()
        ],
        "ticks": [{"at": power, "text": _power(power)} for power in reversed(powers)],
        "x": _("steps back"),
        "y": _("gradient left"),
        "label": _("How much of the gradient is left, by steps back: {names}").format(
            names=", ".join(lines)
        ),
        "last": last,
    }
    _curves(key=key, data=data)


def _power(exponent: int) -> str:
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return "1" if exponent == 0 else f"10{raised}"
