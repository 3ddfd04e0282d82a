"""Two runs of one sequence on the screen, and the networks behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lstm_viz.networks.edited import Edited
from lstm_viz.notation.libraries import OURS, Notation
from lstm_viz.run.recording import Recording
from lstm_viz.stage import bundle
from lstm_viz.stage.pair import pair_payload
from lstm_viz.stage.payload import stage_payload
from lstm_viz.stage.renaming import written_in
from lstm_viz.stage.tokens import read_series, read_tokens
from lstm_viz.tasks import Sequence
from lstm_viz.words.captions import look_at

_pair = st.components.v2.component(
    "lstm_viz_pair",
    html='<div class="stage pair">\n</div>',
    css=bundle.styles(*bundle.STAGE_STYLES, "pair"),
    js=bundle.module(entry="pair"),
)


def shown_run(
    found: Edited, recording: Recording, sequence: Sequence, layer: int = 0
) -> dict[str, Any]:
    """One layer of one of the two runs as the stage would show it."""
    tokens = read_tokens(found.network, recording, sequence)
    return stage_payload(
        recording[layer],
        tokens,
        look_at(recording[layer], [token.text for token in tokens]),
        series=read_series(found.network, recording, sequence),
    )


def pair(
    runs: tuple[tuple[Edited, Recording], tuple[Edited, Recording]],
    sequence: Sequence,
    names: tuple[str, str],
    address: Mapping[str, str],
    after_sequence: Sequence | None = None,
    layer: int = 0,
    notation: Notation = OURS,
    **holds: Any,
) -> dict[str, Any]:
    """The payload of two runs: a network and what it recorded, each.

    ``after_sequence`` is what the right one read, where it was something else; ``notation`` is in
    whose letters both are written.
    """
    traces = (runs[0][1][layer], runs[1][1][layer])
    left = shown_run(*runs[0], sequence, layer)
    right = shown_run(*runs[1], after_sequence or sequence, layer)
    left, right = (
        written_in(side, trace.cell, notation)
        for side, trace in zip((left, right), traces, strict=True)
    )
    return pair_payload(left, right, traces, names, address, **holds)


def side_by_side(payload: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """Draws them; returns the span that was just drawn on a strip of the right run, if one was."""
    return _drawn(payload, key).get("drawn")


def beside_pinned(payload: Mapping[str, Any], key: str) -> int | None:
    """Draws them; returns the training steps of the right run's moment that was just pinned."""
    return _drawn(payload, key).get("pinned")


def _drawn(payload: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    return _pair(
        key=key,
        data=[dict(payload)],  # in a list, as the stage's: see component.py
        width="stretch",
        height="content",
        on_drawn_change=lambda: None,
        on_pinned_change=lambda: None,
    )
