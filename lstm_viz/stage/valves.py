"""One unit of an LSTM as a tank with valves: by hand, or with its gates computed from one input."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lstm_viz.cells import CELLS
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.symbols import plain
from lstm_viz.language import _
from lstm_viz.notation.trees import lines_as_trees
from lstm_viz.stage.payload_types import Control, Corner, Sentence, ValvesPayload, ValvesWords

CELL = CELLS["lstm"]
GATES = ("f", "i", "c_tilde", "o")

# One unit that reads one number, with weights that make each gate easy to foresee: a large input is
# written and kept, a very negative one wipes the memory, and the output opens once h has begun.
WEIGHTS = {
    "W_f": 6.0,
    "U_f": 0.0,
    "b_f": 4.0,
    "W_i": 4.0,
    "U_i": 0.0,
    "b_i": -2.0,
    "W_c": 2.0,
    "U_c": 0.0,
    "b_c": 0.0,
    "W_o": 1.0,
    "U_o": 2.0,
    "b_o": 0.0,
}


def valves_by_hand(address: Mapping[str, str] | None = None) -> ValvesPayload:
    """The four valves with a slider each, and the table of their corners.

    ``address`` says under which name the address bar has each slider.
    """
    start = {"f": 0.9, "i": 0.5, "c_tilde": 0.8, "o": 1.0}
    controls = [_gate_control(name, value) for name, value in start.items()]
    return _payload(controls, corners(), ("c", "h"), address)


def valves_computed(address: Mapping[str, str] | None = None) -> ValvesPayload:
    """The same unit, its gates computed from one input and from its own output."""
    control: Control = {
        "name": "x",
        "symbol": plain("x"),
        "title": _("input"),
        "meaning": _("what the unit reads at the next step"),
        "role": "",  # no signal of the cell
        "low": -1,
        "high": 1,
        "value": 0.8,
        "holds": False,
    }
    return _payload([control], [], CELL.signals, address)


def corners() -> list[Corner]:
    """The gate table: what the gates are set to, what becomes of c, and what that is called."""
    rows: tuple[tuple[str, dict[str, float], str], ...] = (
        (_("keep"), {"f": 1, "i": 0}, _("c stays; the input is ignored")),
        (_("add"), {"f": 1, "i": 1}, _("c grows by c̃: a counter")),
        (_("erase"), {"f": 0, "i": 0}, _("c becomes 0")),
        (_("overwrite"), {"f": 0, "i": 1}, _("c becomes c̃; the past is gone")),
        (_("hide"), {"o": 0}, _("h is 0; c is untouched")),
        (_("show"), {"o": 1}, _("h is tanh(c)")),
    )
    return [
        {
            "name": name,
            "sets": sets,
            "cells": [*(f"{sets[gate]:g}" if gate in sets else "" for gate in "fio"), what],
        }
        for name, sets, what in rows
    ]


def _gate_control(name: str, value: float) -> Control:
    role, (low, high) = CELL.roles[name], CELL.ranges[name]
    return {
        "name": name,
        "symbol": plain(name),
        "title": _(role.name),
        "meaning": _(role.meaning),
        "role": role.key,
        "low": low,
        "high": high,
        "value": value,
        "holds": True,
    }


def _payload(
    controls: list[Control],
    rows: list[Corner],
    told: tuple[str, ...],
    address: Mapping[str, str] | None,
) -> ValvesPayload:
    own = [control["name"] for control in controls]
    return {
        "lines": lines_as_trees(CELL),
        "states": list(CELL.states),
        "weights": {**WEIGHTS, "x": 0.0},
        "controls": controls,
        "corners": rows,
        "sentences": [_sentence(name) for name in told],
        "running": bool(rows),
        "address": {part: name for part, name in (address or {}).items() if part in own},
        "words": _words(),
    }


def _sentence(name: str) -> Sentence:
    """An equation in symbols; and behind it, with a place for each number and for its result."""
    source = str(CELL[name].expression).replace(" @ ", " · ").replace("*", "·")
    source = source.replace("sigmoid", FUNCTIONS["sigmoid"].sign)
    names = re.compile(r"\b[A-Za-z]\w*\b(?!\()")
    symbols = names.sub(lambda found: plain(found[0]), source)
    places = names.sub(lambda found: f"{{{found[0]}}}", source)
    return {
        "symbols": f"{plain(name)} = {symbols}",
        "numbers": f" = {places} = {{{name}}}",
    }


def _words() -> ValvesWords:
    return {
        "step": _("One step"),
        "next_step": _("The next step, t = {t}:"),
        "this_step": _("This step, t = {t}:"),
        "run": _("Keep going"),
        "pause": _("Pause"),
        "empty": _("Empty the memory"),
        "candidate": _does("c_tilde"),
        "write": _does("i"),
        "keep": _("{gate}: 1 shuts the drain").format(gate=_does("f")),
        "show": _does("o"),
        "output": _("output h"),
        "picture": _(
            "A tank whose level is the memory c. The candidate flows in through the input gate, "
            "what the forget gate does not keep drains, and the output is drawn off through tanh "
            "and the output gate."
        ),
        "picture_now": _(
            "Now f {f}, i {i}, o {o} and c̃ {c_tilde}: the memory {c_prev} becomes {c}, "
            "and {h} is shown."
        ),
        "record": _("The memory and the output over the last steps"),
        "record_now": _("after {steps} steps c is {c} and h is {h}"),
        "recorded": _("solid: memory c, dashed: output h"),
        "over": _("the last {steps} steps →"),
        "table": [_("Set the gates to"), *map(_does, "fio"), _("what becomes of c and h")],
    }


def _does(name: str) -> str:
    """What a signal does and its letter, as everywhere: ``forget f``."""
    return f"{_(CELL.roles[name].does)} {plain(name).removesuffix('ₜ')}"
