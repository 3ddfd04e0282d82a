"""A text, each of its symbols on a ground as strong as a number that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_viz.cells.roles import Role
from lstm_viz.colours import NEGATIVE, POSITIVE
from lstm_viz.language import _
from lstm_viz.stage.payload_types import ColouredTextPayload
from lstm_viz.stage.tokens import shown


def coloured_text_payload(
    tokens: Sequence[str],
    values: np.ndarray,
    limit: float,
    role: Role,
    is_gate: bool,
    name: str,
    dark: bool,
) -> ColouredTextPayload:
    """The tokens with the (T,) values behind them, in full colour at ``limit`` and beyond.

    A gate has the one colour of its role, from 0 on; anything else one for each sign. ``name`` says
    what the values are.
    """
    positive = role.colour if is_gate else POSITIVE
    return {
        "tokens": [(token, shown(token)) for token in tokens],
        "values": [round(float(value), 4) for value in values],
        "limit": float(limit),
        "signed": not is_gate,
        "colours": {"positive": positive.on(dark), "negative": NEGATIVE.on(dark)},
        "name": name,
        "label": _("The text in the colours of {name}").format(name=name),
        "ends": _ends(limit, is_gate),
    }


def _ends(limit: float, is_gate: bool) -> list[str]:
    """What stands at both ends of the key of colours."""
    if is_gate:
        return [_("0 closed"), _("1 open")]
    return [f"−{limit:.2g}", f"+{limit:.2g}"]
