"""A text, each of its symbols on a ground as strong as a number that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from lstm_viz.cells.roles import Role
from lstm_viz.colours import NEGATIVE, POSITIVE
from lstm_viz.language import _
from lstm_viz.stage import bundle
from lstm_viz.stage.tokens import shown

_coloured_text = st.components.v2.component(
    "lstm_viz_coloured_text",
    html='<div class="coloured">\n</div>',
    css=bundle.styles("coloured_text"),
    js=bundle.source("coloured_text"),
)


def coloured_text(
    tokens: Sequence[str],
    values: np.ndarray,
    limit: float,
    role: Role,
    is_gate: bool,
    name: str,
    key: str = "coloured text",
) -> None:
    """The tokens with the (T,) values behind them, in full colour at ``limit`` and beyond.

    A gate has the one colour of its role, from 0 on; anything else one for each sign. ``name`` says
    what the values are.
    """
    dark = st.context.theme.type == "dark"
    positive = role.colour if is_gate else POSITIVE
    data = {
        "tokens": [[token, shown(token)] for token in tokens],
        "values": [round(float(value), 4) for value in values],
        "limit": float(limit),
        "signed": not is_gate,
        "colours": {"positive": positive.on(dark), "negative": NEGATIVE.on(dark)},
        "name": name,
        "label": _("The text in the colours of {name}").format(name=name),
        "ends": _ends(limit, is_gate),
    }
    _coloured_text(key=key, data=data)


def _ends(limit: float, is_gate: bool) -> list[str]:
    """What stands at both ends of the key of colours."""
    if is_gate:
        return [_("0 closed"), _("1 open")]
    return [f"−{limit:.2g}", f"+{limit:.2g}"]
