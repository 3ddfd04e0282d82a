"""Two runs of one sequence, and what differs between them, as the browser shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from lstm_viz.language import _
from lstm_viz.run.trace import Trace
from lstm_viz.stage.encoded import encoded, fingerprint
from lstm_viz.stage.payload import ShownRun, limits_of, stage_payload
from lstm_viz.stage.payload_types import Apart, Encoded, HeldSpan, PairPayload, Scene, Signal

SAME = 1e-9  # differences below are rounding, and are shown as none


def pair_payload(
    left: ShownRun,
    right: ShownRun,
    names: tuple[str, str],
    address: Mapping[str, str],
    held: Sequence[HeldSpan] = (),
    holding: bool = False,
    caption: str = "",
    opens: int | None = None,
) -> PairPayload:
    """What `pair.js` draws: two runs, and right minus left for common signals.

    ``opens`` is the step, counted from 0, at which an answer differs: there it begins.
    ``held`` are the spans to be framed on the right run's strips; ``holding`` lets one draw more.
    Of a right run that is sent with its whole training the browser takes the differences.
    A value of what both have is drawn alike in both.
    """
    scale = _larger(limits_of(left), limits_of(right))
    one, other = (stage_payload(run, scale, opens=False) for run in (left, right))
    common = [signal for signal in other["signals"] if signal["name"] in left.cell.signals]
    payload: PairPayload = {
        "id": "",  # follows from all the rest
        "caption": caption,
        "opens": opens,
        "left": one,
        "right": other,
        "difference": {
            "signals": [_of_difference(signal) for signal in common],
            "values": None if right.learning else _differences(left, right, common),
            "tokens": one["tokens"],
            "shown": other["shown"],
            "steps": one["steps"],
            "units": one["units"],
        },
        "changed": changed_lines(left.trace, right.trace),
        "apart": _wires_apart(one["scene"], other["scene"]),
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
        },
    }
    return {**payload, "id": fingerprint(payload)}


def _larger(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """Both scales in one: what both have is drawn as by the one that reaches further."""
    return {key: max(one.get(key, 0.0), other.get(key, 0.0)) for key in one.keys() | other.keys()}


def _of_difference(signal: Signal) -> Signal:
    return {**signal, "scale": "signed", "title": f"Δ {signal['title']}"}


def changed_lines(before: Trace, after: Trace) -> list[str]:
    """The signals whose line is not the same in both cells."""
    lines = {line.name: line.text for line in before.cell.lines}
    others = {line.name: line.text for line in after.cell.lines}
    return sorted(
        name for name in lines.keys() | others.keys() if lines.get(name) != others.get(name)
    )


def _differences(left: ShownRun, right: ShownRun, common: Sequence[Signal]) -> dict[str, Encoded]:
    names = [signal["name"] for signal in common]
    return {name: encoded(name, _difference(left, right, name)) for name in names}


def _difference(left: ShownRun, right: ShownRun, name: str) -> np.ndarray:
    after, before = (run.trace[name][:, run.sequence] for run in (right, left))
    found = np.asarray(after - before)
    return np.where(np.abs(found) < SAME, 0.0, found)


def _wires_apart(left: Scene, right: Scene) -> Apart:
    """The parts and wires of one drawing only, each as pair.js knows it again."""
    here, there = _identities(left), _identities(right)
    return {"left": _listed(here - there), "right": _listed(there - here)}


Identity: TypeAlias = tuple[str | None, ...]


def _identities(scene: Scene) -> set[Identity]:
    nodes: set[Identity] = {(node["id"], node["label"]) for node in scene["nodes"]}
    return nodes | {(wire["value"], wire["to"], wire["kind"]) for wire in scene["wires"]}


def _listed(parts: set[Identity]) -> list[list[str | None]]:
    return sorted((list(part) for part in parts), key=str)
