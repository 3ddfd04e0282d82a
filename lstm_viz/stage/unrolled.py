"""The network unrolled over time, and what flows back through it: one row of cells a network.

A lane is a state. Its width at a step is what is left there of the gradient that was put in at the
end; of the memory's, the core is what came along the direct path alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.marks import mark_of
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.titles import title_of
from lstm_viz.counted import steps_back
from lstm_viz.gradients.decay import FLOAT32, Curve
from lstm_viz.gradients.state_gradients import StateGradients
from lstm_viz.language import _
from lstm_viz.rounded import percent
from lstm_viz.stage.encoded import fingerprint
from lstm_viz.stage.payload_types import (
    Lane,
    TransportWords,
    Unrolled,
    UnrolledRow,
    UnrolledWords,
    WalkPayload,
)
from lstm_viz.stage.sentences import words_back_in_time
from lstm_viz.words.decay import share

OPENS_AT = 20  # steps back


@dataclass(frozen=True)
class Row:
    """A network and what flows back through it."""

    cell: Cell
    lanes: StateGradients


def unrolled(rows: Sequence[Row], read: Sequence[str] = ()) -> Unrolled:
    """What `unrolled.js` draws: a row of cells for each network, under one cursor.

    All rows have as many steps; ``read`` is what was read at each.
    """
    last = rows[0].lanes.last
    steps = len(next(iter(rows[0].lanes.left.values())))
    found = [part[: row.lanes.last + 1] for row in rows for part in row.lanes.left.values()]
    largest = max(0.0, *(float(part.max()) for part in found))
    return {
        "rows": [_row(row) for row in rows],
        "read": list(read),
        "last": last,
        "back": [_back(last - t) for t in range(steps)],
        "largest": largest,
        "least": FLOAT32,
        "words": _words(rows, largest),
    }


def walk_payload(
    curves: Sequence[Curve], read: Sequence[str] = (), address: Mapping[str, str] | None = None
) -> WalkPayload:
    """The rows of these curves by themselves, with all that moves the cursor.

    ``read`` is what was read at each step; nothing where that was noise. ``address`` is as in
    `stage_payload`.
    """
    rows = [Row(curve.cell, curve.by_state) for curve in curves if curve.by_state is not None]
    drawn = unrolled(rows, read)
    steps = len(drawn["back"])
    payload: WalkPayload = {
        "id": "",  # follows from all the rest
        "unrolled": drawn,
        "steps": steps,
        "towards": -1,
        "tokens": [{"text": text} for text in read or [""] * steps],
        "start": {"t": max(0, drawn["last"] - OPENS_AT)},
        "address": dict(address or {}),
        "words": words_back_in_time() if read else _words_of_noise(),
    }
    return {**payload, "id": fingerprint(payload)}


def _words_of_noise() -> TransportWords:
    return {**words_back_in_time(), "step_reads": _("Step {t}.")}


def _row(row: Row) -> UnrolledRow:
    colour = mark_of(row.cell).colour
    return {
        "title": title_of(row.cell),
        "colour": {"light": colour.light, "dark": colour.dark},
        "last": row.lanes.last,
        "lanes": [_lane(row, state) for state in row.lanes.left],
    }


def _lane(row: Row, state: str) -> Lane:
    decades = row.lanes.left[state]
    along = row.lanes.along if state == row.cell.memory else None
    near = None if along is None else [round(float(np.clip(part, 0, 1)), 4) for part in along]
    return {
        "name": plain(state).removesuffix("ₜ"),
        "role": row.cell.roles[state].key,
        "decades": [_finite(value) for value in decades],
        "left": [share(float(value)) for value in decades],
        "along": near,
        "straight": None if along is None else [_straight_said(float(part)) for part in along],
    }


def _finite(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def _straight_said(part: float) -> str:
    if part <= 0:
        return _("none of it straight") if part == 0 else _("its straight part works against it")
    if part > 1.005:
        return _("all of it straight, the rest works against it")
    return _("{part} of it straight").format(part=percent(part))


def _back(distance: int) -> str:
    if distance < 0:
        return _("after the loss")
    return steps_back(distance)


def _full(largest: float) -> str:
    """What a lane in full stands for."""
    if largest == 0:
        return _("Full width is all that was put in.")
    grown = share(largest) if largest < 6 else _("{times} times").format(times=share(largest))
    return _("Full width is {grown} what was put in.").format(grown=grown)


def _words(rows: Sequence[Row], most: float) -> UnrolledWords:
    largest = any(row.lanes.largest for row in rows)
    return {
        "title": _("The unrolled network: what flows back on each state"),
        "row": _("{cell}, unrolled. {now}"),
        "readout": _("{back}, of the largest: {lanes}.") if largest else _("{back}: {lanes}."),
        "on_lane": _("{share} on {lane}"),
        "with_straight": _("{lane} ({straight})"),
        "join": _(", "),
        "width": _("Width of the lanes"),
        "proportional": _("width: what is left"),
        "logarithmic": _("width: powers of ten"),
        "full": _("Full width is the largest of all.") if largest else _full(most),
        "none": _("None is {least} or less, lost in float32.").format(least=share(FLOAT32)),
        "straight": _("straight along the memory, times its keep gate at every step"),
        "through": _("through a gate or the candidate at least once"),
        "axis": _("steps back from the last one; time runs to the right"),
    }
