"""The network unrolled over time, and what flows back through it: one row of cells a network.

A lane is a state. Its width at a step is what is left there of the gradient that was put in at the
end; of the memory's, the core is what came along the direct path alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.marks import mark_of
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.titles import title_of
from lstm_viz.gradients.decay import FLOAT32, Curve
from lstm_viz.gradients.lanes import Lanes
from lstm_viz.language import _, ngettext
from lstm_viz.stage.payload import fingerprint
from lstm_viz.stage.words import words
from lstm_viz.words.decay import share

OPENS_AT = 20  # steps back


@dataclass(frozen=True)
class Row:
    """A network and what flows back through it."""

    cell: Cell
    lanes: Lanes


def unrolled(rows: Sequence[Row], read: Sequence[str] = ()) -> dict[str, Any]:
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


def walk_payload(curves: Sequence[Curve], read: Sequence[str] = ()) -> dict[str, Any]:
    """The rows of these curves by themselves, with all that moves the cursor.

    ``read`` is what was read at each step; nothing where that was noise.
    """
    rows = [Row(curve.cell, curve.lanes) for curve in curves if curve.lanes is not None]
    drawn = unrolled(rows, read)
    steps = len(drawn["back"])
    said = words() if read else words() | {"step_reads": _("Step {t}.")}
    said |= {
        "forward": _("One step further back in time (→)"),
        "back": _("One step later again (←)"),
    }
    payload = {
        "unrolled": drawn,
        "steps": steps,
        "towards": -1,
        "tokens": [{"text": text} for text in read or [""] * steps],
        "start": {"t": max(0, drawn["last"] - OPENS_AT)},
        "scene": {"phases": [""]},
        "words": said,
    }
    return payload | {"id": fingerprint(payload)}


def _row(row: Row) -> dict[str, Any]:
    along = row.lanes.along
    return {
        "title": title_of(row.cell),
        "colour": asdict(mark_of(row.cell).colour),
        "last": row.lanes.last,
        "lanes": [
            {
                "name": plain(state).removesuffix("ₜ"),
                "role": row.cell.roles[state].key,
                "decades": [_finite(value) for value in decades],
                "left": [share(float(value)) for value in decades],
                **(_straight(along) if along is not None and state == row.cell.memory else {}),
            }
            for state, decades in row.lanes.left.items()
        ],
    }


def _finite(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def _straight(along: np.ndarray) -> Mapping[str, Any]:
    return {
        "along": [round(float(np.clip(part, 0, 1)), 4) for part in along],
        "straight": [_straight_said(float(part)) for part in along],
    }


def _straight_said(part: float) -> str:
    if part < 0.005:
        return _("none of it straight")
    if part > 1.005:
        return _("all of it straight, the rest works against it")
    return _("{part:.0%} of it straight").format(part=part)


def _back(distance: int) -> str:
    if distance < 0:
        return _("after the loss")
    return ngettext("{n} step back", "{n} steps back", distance).format(n=distance)


def _full(largest: float) -> str:
    """What a lane in full stands for."""
    if largest == 0:
        return _("Full width is all that was put in.")
    grown = share(largest) if largest < 6 else _("{times} times").format(times=share(largest))
    return _("Full width is {grown} what was put in.").format(grown=grown)


def _words(rows: Sequence[Row], most: float) -> dict[str, str]:
    largest = any(row.lanes.largest for row in rows)
    return {
        "title": _("The unrolled network: what flows back on each state"),
        "row": _("{cell}, unrolled. {now}"),
        "readout": _("{back}, of the largest: {lanes}.") if largest else _("{back}: {lanes}."),
        "on_lane": _("{share} on {lane}"),
        "with_straight": _("{lane} ({straight})"),
        "and": _(", "),
        "width": _("Width of the lanes"),
        "proportional": _("width: what is left"),
        "logarithmic": _("width: powers of ten"),
        "full": _("Full width is the largest of all.") if largest else _full(most),
        "none": _("None is {least} or less, lost in float32.").format(least=share(FLOAT32)),
        "straight": _("straight along the memory, times its keep gate at every step"),
        "through": _("through a gate or the candidate at least once"),
        "axis": _("steps back from the last one; time runs to the right"),
    }
