"""The box in which equations are typed, and what is wrong with them at its line."""

from __future__ import annotations

from lstm_viz.cells.draft import Draft
from lstm_viz.cells.text import MAX_CHARACTERS
from lstm_viz.language import _
from lstm_viz.stage.payload_types import EditorPayload


def editor_payload(read: Draft, version: str, ran_before: bool = False) -> EditorPayload:
    """``read`` is what stands in it; a new ``version`` puts its text in place of what was typed.

    ``ran_before`` says that an earlier text could be run, and is shown while this one cannot.
    """
    return {
        "text": read.text,
        "version": version,
        "problem": read.problem,
        "fine": _("These equations are read and run as they stand."),
        "meanwhile": _("Shown meanwhile: the last equations that could be read and run.")
        if ran_before
        else _("Shown until these can be read and run: the LSTM."),
        "line": read.line,
        "label": _("Equations, one to a line"),
        "longest": MAX_CHARACTERS,
    }
