"""Two runs of one sequence, and what differs between them, as the browser shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_viz.language import _
from lstm_viz.run.trace import Trace
from lstm_viz.stage.payload import encoded, fingerprint

SAME = 1e-9  # differences below are rounding, and are shown as none


def pair_payload(
    left: Mapping[str, Any],
    right: Mapping[str, Any],
    traces: tuple[Trace, Trace],
    names: tuple[str, str],
    address: Mapping[str, str],
    held: Sequence[Mapping[str, Any]] = (),
    holding: bool = False,
) -> dict[str, Any]:
    """What `pair.js` draws: two payloads of the stage, and right minus left for common signals.

    ``held`` are the spans to be framed on the right run's strips; ``holding`` lets one draw more.
    Of a right run that is sent with its whole training the browser takes the differences.
    A value of what both have is drawn alike in both.
    """
    before, after = traces
    left, right = on_one_scale(left, right)
    common = [signal for signal in right["signals"] if signal["name"] in before.cell.signals]
    differences = {s["name"]: _difference(before[s["name"]], after[s["name"]]) for s in common}
    data = {
        "left": left,
        "right": right,
        "difference": {
            "signals": [
                signal | {"scale": "signed", "title": f"Δ {signal['title']}"} for signal in common
            ],
            "values": None
            if "training" in right
            else {name: encoded(name, array) for name, array in differences.items()},
            "tokens": left["tokens"],
            "shown": right["shown"],
        },
        "changed": changed_lines(before, after),
        "apart": _wires_apart(left["scene"], right["scene"]),
        "held": list(held),
        "holding": holding,
        "address": dict(address),
        "words": {
            "left": names[0],
            "right": names[1],
            "difference": _("{right} − {left}, signal by signal").format(
                left=names[0], right=names[1]
            ),
            "held": _("held by hand"),
            "nothing_common": _("The two cells have no signal in common."),
        },
    }
    return data | {"id": fingerprint(data)}


def on_one_scale(
    left: Mapping[str, Any], right: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both payloads, in which the same value of the same thing has the same colour and width."""
    strips = [
        {signal["name"]: signal["limit"] for signal in side["signals"]} for side in (left, right)
    ]
    wires = [
        {key: scale["limit"] for key, scale in side["scales"].items()} for side in (left, right)
    ]
    colours, widths = _larger(*strips), _larger(*wires)
    one, other = (
        {
            **side,
            "signals": [{**s, "limit": colours[s["name"]]} for s in side["signals"]],
            "scales": {key: {**s, "limit": widths[key]} for key, s in side["scales"].items()},
        }
        for side in (left, right)
    )
    return one, other


def _larger(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {key: max(one.get(key, 0.0), other.get(key, 0.0)) for key in one.keys() | other.keys()}


def changed_lines(before: Trace, after: Trace) -> list[str]:
    """The signals whose line is not the same in both cells."""
    lines = {line.name: line.text for line in before.cell.lines}
    others = {line.name: line.text for line in after.cell.lines}
    return sorted(
        name for name in lines.keys() | others.keys() if lines.get(name) != others.get(name)
    )


def _difference(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    found = np.asarray(after - before)[:, 0]
    return np.where(np.abs(found) < SAME, 0.0, found)


def _wires_apart(left: Mapping[str, Any], right: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """The parts and wires of one drawing only, each as pair.js knows it again."""
    parts: list[set[tuple[str, ...]]] = [
        {(node["id"], node["label"]) for node in scene["nodes"]}
        | {(wire["value"], wire["to"], wire["kind"]) for wire in scene["wires"]}
        for scene in (left, right)
    ]
    here, there = parts
    return {"left": _listed(here - there), "right": _listed(there - here)}


def _listed(parts: set[tuple[str, ...]]) -> list[list[str]]:
    return sorted((list(part) for part in parts), key=str)
