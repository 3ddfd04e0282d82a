"""What asks for worksheets: of what, how many, and whether each student gets another one."""

from __future__ import annotations

from collections.abc import Mapping

from lstm_viz.language import _
from lstm_viz.stage.payload_types import SheetsFile, SheetsPayload

MOST = 60  # sheets of one file


def sheets_payload(
    of: Mapping[str, str], file: SheetsFile | None = None, problem: str = ""
) -> SheetsPayload:
    """``of``: what a worksheet can be made of, key -> what it is called."""
    return {
        "of": [{"key": key, "label": label} for key, label in of.items()],
        "most": MOST,
        "file": file,
        "problem": problem,
        "words": words(),
    }


def words() -> dict[str, str]:
    """All that it says, in the language that is being spoken."""
    return {
        "title": _("A worksheet to print"),
        "of": _("Worksheet of"),
        "same": _("the same for all"),
        "different": _("a different one for each student"),
        "for_whom": _("For whom"),
        "count": _("Students"),
        "make": _("Save the worksheet"),
        "making": _("It is being made …"),
        "saved": _("Saved. Open the file and print it: sheets, answers, or all answers on a page."),
    }
