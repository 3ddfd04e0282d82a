"""From a trace to what the browser draws: one dict, sent once, that JSON can carry.

Every number in it has the text of its expression for a name, and every name comes from the
equations or from the drawing, so that a wire, a symbol and a strip show the same array.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import INPUT, names, walk
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.text import Line
from lstm_viz.language import _
from lstm_viz.notation.substituted import substituted
from lstm_viz.notation.trees import function_tree
from lstm_viz.notation.typeset import mathml, symbol_mathml, terms_mathml
from lstm_viz.run.scale import full_strength
from lstm_viz.run.trace import Trace
from lstm_viz.stage.about import about, origin, title
from lstm_viz.stage.scales import kind_of, scales
from lstm_viz.stage.scene import scene
from lstm_viz.stage.tokens import Series, Token
from lstm_viz.stage.words import words
from lstm_viz.words.captions import Caption

STRANDS = 16  # as many units can still be told apart in the drawing


def stage_payload(
    trace: Trace,
    tokens: Sequence[Token],
    caption: Caption | None = None,
    sequence: int = 0,
    file_name: str = "lstm-viz",
    series: Series | None = None,
    address: Mapping[str, str] | None = None,
    answer: str = "",
) -> dict[str, Any]:
    """Everything the stage shows of one sequence of a trace.

    ``tokens`` has one entry a step; ``series`` is given as well where they are numbers. The stage
    opens where the caption points. ``address`` is what the address bar says beside the step and the
    unit. ``answer`` is what the guesses are called, where they are not of what comes next. Raises
    ValueError when a number is not finite.
    """
    drawing = scene(trace.cell)
    signals = _signals(trace, sequence)
    phases = _phases(trace.cell, drawing)
    equations = [_equation(line, trace.cell, phases[line.name]) for line in trace.cell.lines]
    keys = _keys(drawing, equations)
    of = {key: trace.x if key == INPUT else trace.value(key) for key in keys}
    values = {key: array[:, sequence, :] for key, array in of.items()}
    shown = important_units(trace, sequence)
    payload = {
        "cell": {"name": trace.cell.name, "title": _title(trace.cell)},
        "steps": len(tokens),
        "units": trace["h"].shape[-1],
        "shown": shown,
        "shown_why": _why(shown, trace["h"].shape[-1]),
        "tokens": [_token(token) for token in tokens],
        "series": _series(series) if series else None,
        "signals": signals,
        "values": {key: encoded(key, array) for key, array in values.items()},
        "scales": scales(values, trace.cell, drawing["alike"]),
        "about": {key: about(key, trace) for key in values},
        "equations": equations,
        "aliases": {str(line.expression): line.name for line in trace.cell.lines},
        "lights": _lights(keys, trace.cell, drawing),
        "scene": drawing,
        "caption": caption.text if caption else "",
        "words": words(answer),
        "start": {"t": caption.t, "unit": caption.unit} if caption else {"t": 0, "unit": 0},
        "address": dict(address or {}),
        "file_name": file_name,
    }
    return payload | {"id": fingerprint(payload)}


def fingerprint(payload: Mapping[str, Any]) -> str:
    """Two payloads with the same fingerprint look the same."""
    text = json.dumps(payload, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def important_units(trace: Trace, sequence: int = 0) -> list[int]:
    """At most STRANDS units, those first whose h moves most over the sequence."""
    h = trace["h"][:, sequence, :]
    return [int(unit) for unit in np.argsort(-np.ptp(h, axis=0), kind="stable")[:STRANDS]]


def _title(cell: Cell) -> str:
    return _(cell.title) if cell.title else cell.name or _("A cell of one’s own")


def _token(token: Token) -> dict[str, Any]:
    return {
        "text": token.text,
        "predictions": [{"text": guess.text, "p": guess.p} for guess in token.predictions],
        "target": token.target,
        "right": token.right,
    }


def _series(series: Series) -> dict[str, Any]:
    return {
        "read": list(series.read),
        "forecast": list(series.forecast),
        "unit": series.unit,
    }


def _why(shown: Sequence[int], units: int) -> str:
    if len(shown) == units:
        return ""
    return _("{shown} of {units} units are drawn: those whose h moves most here.").format(
        shown=len(shown), units=units
    )


@lru_cache(maxsize=256)
def shown_keys(cell: Cell) -> tuple[str, ...]:
    """Each key that the stage shows of a cell, once."""
    return tuple(_keys(scene(cell), [_equation(line, cell, 0) for line in cell.lines]))


def _keys(drawing: Mapping[str, Any], equations: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each key that something on the screen names, once."""
    found: dict[str, None] = {}
    for part in [*drawing["wires"], *drawing["nodes"]]:
        if part["value"] is not None:
            found[part["value"]] = None
    for equation in equations:
        found[equation["signal"]] = None
        found[equation["pre"]] = None
        found |= {term["key"]: None for term in equation["terms"]}
        found |= {part["key"]: None for part in equation["substituted"] if "key" in part}
    return list(found)


def encoded(key: str, array: np.ndarray) -> dict[str, Any]:
    """(T, width) as float32; what is the same at every step is sent once."""
    if not np.isfinite(array).all():
        raise ValueError(f"{key} is not finite somewhere, so it cannot be drawn.")
    constant = (array == array[:1]).all()
    kept = np.ascontiguousarray(array[0] if constant else array, dtype="<f4")
    return {"data": base64.b64encode(kept.tobytes()).decode(), "shape": list(kept.shape)}


def _signals(trace: Trace, sequence: int) -> list[dict[str, Any]]:
    cell = trace.cell
    found = []
    for line in cell.lines:
        role, (low, high) = cell.roles[line.name], cell.ranges[line.name]
        found.append(
            {
                "name": line.name,
                "symbol": symbol_mathml(line.name),
                "role": role.key,
                "title": title(line.name, cell),
                "short": _(role.name),
                "meaning": _(role.meaning),
                "range": [low, high] if np.isfinite([low, high]).all() else None,
                "scale": kind_of((low, high)),
                "limit": full_strength(trace[line.name][:, sequence], (low, high)),
            }
        )
    return found


def _equation(line: Line, cell: Cell, phase: int) -> dict[str, Any]:
    return {
        "signal": line.name,
        "mathml": mathml(line),
        "function": _function(line.function) if line.function else None,
        "pre": str(line.pre),
        "terms": [
            {
                "key": key,
                "sign": sign,
                "mathml": source,
                "from": origin(line.terms[key], line, cell),
            }
            for key, sign, source in terms_mathml(line)
        ],
        "substituted": substituted(line),
        "phase": phase,
    }


def _function(name: str) -> dict[str, Any]:
    """How it is printed, alone and round an argument; its formula over a."""
    row = FUNCTIONS[name]
    before, after = row.around
    return {"sign": row.sign, "before": before, "after": after, "tree": function_tree(name)}


def _lights(keys: Iterable[str], cell: Cell, drawing: Mapping[str, Any]) -> dict[str, str]:
    """For what has no part in the drawing: the part to light for it.

    A term lights what it is made of, a bias or a whole sum the signal that it belongs to.
    """
    drawn = {part["value"] for part in [*drawing["nodes"], *drawing["wires"]]}
    found = {}
    for line in cell.lines:
        inside = [key for key in keys if key not in drawn and key in _parts(line)]
        for key in inside:
            made_of = [] if key == str(line.pre) else sorted(_names(key, cell) & drawn)
            found[key] = made_of[0] if made_of else line.name
    return found


def _parts(line: Line) -> set[str]:
    return {str(node) for node in walk(line.expression)} | set(line.terms)


def _names(key: str, cell: Cell) -> set[str]:
    return {INPUT} if key == INPUT else names(cell.expression(key))


def _phases(cell: Cell, drawing: Mapping[str, Any]) -> dict[str, int]:
    """For each signal the first phase in which it is there: not before what it is made of."""
    parts = [*drawing["nodes"], *drawing["wires"]]
    found: dict[str, int] = {}
    for line in cell.order:
        drawn = [part["phase"] for part in parts if part["value"] == line.name]
        needed = [found[name] for name in names(line.expression) if name in found]
        found[line.name] = max([min(drawn, default=0), *needed])
    return found
