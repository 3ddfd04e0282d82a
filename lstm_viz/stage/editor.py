"""The box in which equations are typed, and what is wrong with them at its line."""

from __future__ import annotations

from lstm_viz.cells.draft import Draft
from lstm_viz.cells.text import MAX_CHARACTERS
from lstm_viz.language import _
from lstm_viz.stage.payload_types import EditorPayload


def editor_payload(read: Draft, version: str) -> EditorPayload:
    """``read`` is what stands in it; a new ``version`` puts its text in place of what was typed."""
    return {
        "text": read.text,
        "version": version,
        "problem": read.problem,
        "line": read.line,
        "label": _("Equations, one to a line"),
        "longest": MAX_CHARACTERS,
    }
