"""What makes a link of a view: what is written on it, and which controls it locks or hides."""

from __future__ import annotations

from collections.abc import Mapping

from lstm_viz.language import _
from lstm_viz.stage.payload_types import SharePayload


def share_payload(controls: Mapping[str, str], longest: Mapping[str, int]) -> SharePayload:
    """``controls``: name in the address -> label, of those on the page; ``longest``: the characters
    that each text of a link may have, by its name in the address."""
    return {
        "controls": [{"name": name, "label": label} for name, label in controls.items()],
        "longest": dict(longest),
        "words": words(),
    }


def words() -> dict[str, str]:
    """All that it says, in the language that is being spoken."""
    return {
        "title": _("Title"),
        "note": _("A note"),
        "question": _("A question"),
        "controls": _("Controls"),
        "shown": _("shown"),
        "locked": _("locked"),
        "hidden": _("hidden"),
        "link": _("The link to this view, as it is now"),
        "copy": _("Copy the link"),
        "copied": _("Copied"),
        "says": _(
            "Whoever opens it sees this page, step and unit in their own language. Nothing is "
            "stored: what you write is in the link."
        ),
        "long": _("This link has {count} characters: some programs cut such a long one."),
    }
