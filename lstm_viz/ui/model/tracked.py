"""What the units of one's own model follow, and the text in the colours of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st

from lstm_viz.cells.symbols import plain, with_minus
from lstm_viz.language import N_, _, ngettext
from lstm_viz.run import text_features
from lstm_viz.run.files import plain_cell
from lstm_viz.run.scale import full_strength
from lstm_viz.run.statistics import Tracker, trackers
from lstm_viz.stage.coloured_text import coloured_text_payload
from lstm_viz.ui import address, controls
from lstm_viz.ui.components import coloured_text
from lstm_viz.ui.escaped import escaped
from lstm_viz.ui.figure import is_dark_page
from lstm_viz.ui.model.shown import Seen

MOST_INPUTS = 6  # inputs that units are compared with
LONGEST_CLASS = 200
KEPT_TABLES = 64

POSITION = N_("position in the sequence")


def followed(seen: Seen) -> None:
    """A table of what is followed best, and the text below it; a row colours the text."""
    if seen.is_text:
        chosen = controls.words(
            "symbol",
            _("Symbols of your own, as another feature"),
            max_chars=LONGEST_CLASS,
            placeholder=_("for example the digits 0123456789"),
        )
    else:
        chosen = ""
    found = _followed(seen.key, seen.sequence, chosen, seen)
    if not found:
        st.caption(_("Nothing here moves that a unit could follow."))
        return
    st.caption(_said(found))
    _table(seen, found)
    if seen.is_text:
        _text(seen, found)


def _said(found: list[Tracker]) -> str:
    """How many features have a unit of their own, in a sentence."""
    clear = [one for one in found if one.is_found]
    said = ngettext(
        "{clear} of {all} feature is followed by a unit more closely than by chance.",
        "{clear} of {all} features are followed by a unit more closely than by chance.",
        len(found),
    ).format(clear=len(clear), all=len(found))
    if not clear:
        return said
    return f"{said} " + _(
        "The clearest: {signal} with “{feature}”, a correlation of {value}."
    ).format(
        signal=_of_unit(clear[0].signal, clear[0].unit),
        feature=escaped(_(clear[0].feature)),
        value=with_minus(f"{clear[0].correlation:+.2f}"),
    )


def _table(seen: Seen, found: list[Tracker]) -> None:
    key = f"followed {seen.key} {seen.sequence} {len(found)}"

    def opened() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            one = found[rows[0]]
            address.put("colour", one.signal)
            address.put("of", one.unit)

    on_select: Any = opened if seen.is_text else "ignore"
    st.dataframe(
        [
            {
                "feature": plain_cell(_(one.feature)),  # the browser saves this table as CSV, too
                "by": _of_unit(one.signal, one.unit),
                "correlation": one.correlation,
                "chance": one.chance,
                "found": one.is_found,
            }
            for one in found
        ],
        hide_index=True,
        on_select=on_select,
        selection_mode="single-row",
        key=key,
        column_config={
            "feature": _("what is followed"),
            "by": _("by"),
            "correlation": st.column_config.NumberColumn(_("correlation"), format="%+.2f"),
            "chance": st.column_config.NumberColumn(
                _("by chance"),
                format="%.2f",
                help=_(
                    "What the best of all units reaches on the same feature shifted in time, in 19 "
                    "of 20 shifts."
                ),
            ),
            "found": st.column_config.CheckboxColumn(_("clearer than chance")),
        },
    )


@st.cache_resource(max_entries=KEPT_TABLES, show_spinner=False)
def _followed(key: str, sequence: int, chosen: str, _seen: Seen) -> list[Tracker]:
    del key
    trace = _seen.trace.piece(slice(None), sequence) if _seen.is_text else _seen.trace
    return trackers(trace, _features(_seen, chosen))


def _features(seen: Seen, chosen: str) -> Mapping[str, np.ndarray]:
    """Each feature in the order of the trace: (T, 1) of the text, (T, B) of numbers."""
    if seen.is_text:
        found = text_features.of_text(seen.tokens)
        if chosen:
            has_words = any(len(token) > 1 for token in seen.tokens)
            wanted = chosen.split() if has_words else chosen
            found[chosen] = text_features.is_one_of(wanted)(seen.tokens)[:, None]
    else:
        x = seen.recorded.read.x
        T, B, D = x.shape
        found = {POSITION: np.repeat(np.arange(T, dtype=float)[:, None], B, axis=1)}
        for k in range(min(D, MOST_INPUTS)):
            found[_("input {number}").format(number=k + 1)] = x[..., k]
    return {name: seen.as_read(values) for name, values in found.items()}


def _text(seen: Seen, found: list[Tracker]) -> None:
    """The text, each symbol in the strength of one signal of one unit when it was read."""
    trace = seen.trace
    signals, units = list(trace.cell.signals), trace["h"].shape[-1]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        signal = controls.choice(
            "colour",
            _("Colour the text by"),
            signals,
            found[0].signal,
            title=plain,
            control=st.segmented_control,
            required=True,
            wrap=True,
        )
        unit = controls.whole("of", _("of unit"), 0, units - 1, found[0].unit, width=140)
    values = trace[signal][:, seen.sequence, unit]
    low, high = trace.cell.ranges[signal]
    payload = coloured_text_payload(
        seen.tokens,
        seen.as_read(values),
        limit=full_strength(values, (low, high)),
        role=trace.cell.roles[signal],
        is_gate=low >= 0,
        name=_of_unit(signal, unit),
        dark=is_dark_page(),
    )
    coloured_text(payload)


def _of_unit(signal: str, unit: int) -> str:
    return _("{signal} of unit {unit}").format(signal=plain(signal), unit=unit)
