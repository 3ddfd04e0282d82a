"""The stage in the letters of another library: what is shown changes, what it is does not.

Keys stay ours, so that values, highlights and colours find each other as before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lstm_viz.cells import Cell
from lstm_viz.cells.symbols import plain
from lstm_viz.notation.libraries import Notation, names_in, paired, pairs_up
from lstm_viz.notation.mathml import MathML
from lstm_viz.notation.typeset import mathml
from lstm_viz.stage.layout.names import runs
from lstm_viz.stage.payload import fingerprint


def written_in(payload: Mapping[str, Any], cell: Cell, notation: Notation) -> dict[str, Any]:
    """A payload of the stage with every name as the notation writes it."""
    names, one_matrix = names_in(cell, notation), pairs_up(cell, notation)
    if not names and not one_matrix:
        return dict(payload)
    lines = {line.name: mathml(line) for line in paired(cell)} if one_matrix else {}
    typeset = _replacing({ours: _typeset(ours, theirs) for ours, theirs in names.items()}, _symbol)
    said = _replacing({ours: " + ".join(map(plain, t)) for ours, t in names.items()}, plain)
    scene = payload["scene"]
    changed = {
        "equations": [
            equation
            | {
                "mathml": typeset(lines.get(equation["signal"], equation["mathml"])),
                "terms": [term | {"mathml": typeset(term["mathml"])} for term in equation["terms"]],
            }
            for equation in payload["equations"]
        ],
        "signals": [
            signal | {"symbol": typeset(signal["symbol"]), "title": said(signal["title"])}
            for signal in payload["signals"]
        ],
        "about": {
            key: entry | {"name": said(entry["name"])} for key, entry in payload["about"].items()
        },
        "scene": scene | {"labels": [_label(label, names) for label in scene["labels"]]},
    }
    changed = {**payload, **changed, "id": ""}
    return changed | {"id": fingerprint(changed)}


Names = Mapping[str, tuple[str, ...]]


def _label(label: Mapping[str, Any], names: Names) -> dict[str, Any]:
    theirs = names.get(label.get("symbol", ""))
    return dict(label) if theirs is None else {**label, "runs": runs(theirs[0])}


def _symbol(name: str) -> str:
    return MathML().symbol(name)


def _typeset(ours: str, theirs: tuple[str, ...]) -> str:
    """Their symbols, added up, each under our key."""
    keyed = [_symbol(name).replace(f'data-key="{name}"', f'data-key="{ours}"') for name in theirs]
    whole = keyed[0]
    for other in keyed[1:]:
        whole = MathML().between(whole, "+", other)
    return whole


def _replacing(new: Mapping[str, str], old: Callable[[str], str]) -> Callable[[str], str]:
    """Replaces in a text, in one pass, how each name is written."""
    if not new:
        return str
    by_text = {old(name): text for name, text in new.items()}
    longest_first = sorted(by_text, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return lambda text: pattern.sub(lambda found: by_text[found[0]], text)
