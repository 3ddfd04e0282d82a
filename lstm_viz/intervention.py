"""What if? Gates held over spans of steps, written so that an address can carry them.

``f:4-9=0`` holds f of all units at 0 from step 4 to step 9, ``f3:4-9=0`` that of unit 3 only;
several are joined by ``;``. Steps count from 1, as on the screen, and units from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.network import Network
from lstm_viz.recording import Recording
from lstm_viz.run import run

MOST_SPANS = 24
_SPAN = re.compile(r"([A-Za-z][A-Za-z_]*)(\d{1,3})?:(\d{1,3})-(\d{1,3})=(-?\d{1,3}(?:\.\d{1,3})?)")

# Which gates, by role, a button of the gate table sets, and to what.
CORNERS: Mapping[str, Mapping[str, float]] = {
    "keep": {"keep": 1, "write": 0},
    "add": {"keep": 1, "write": 1},
    "erase": {"keep": 0, "write": 0},
    "overwrite": {"keep": 0, "write": 1},
    "hide": {"show": 0},
    "show": {"show": 1},
}


@dataclass(frozen=True)
class Span:
    """One signal held at a value from ``first`` to ``last`` (counted from 0, both included).

    ``unit`` is None for all units.
    """

    signal: str
    first: int
    last: int
    value: float
    unit: int | None = None

    def __str__(self) -> str:
        unit = "" if self.unit is None else self.unit
        return f"{self.signal}{unit}:{self.first + 1}-{self.last + 1}={self.value:.4g}"


def read_spans(text: str, cell: Cell, steps: int, units: int) -> tuple[Span, ...]:
    """The spans that a text names, those that this cell, sequence and size can have."""
    found = []
    for part in text[:2000].split(";")[:MOST_SPANS]:
        match = _SPAN.fullmatch(part.strip())
        if not match:
            continue
        signal, unit = match[1], int(match[2]) if match[2] else None
        first, last = int(match[3]) - 1, int(match[4]) - 1
        fits = 0 <= first <= last < steps and (unit is None or unit < units)
        if fits and signal in cell.signals:
            found.append(Span(signal, first, last, float(match[5]), unit))
    return tuple(found)


def write_spans(spans: Iterable[Span]) -> str:
    """The text that ``read_spans`` reads as these spans."""
    return ";".join(map(str, spans))


def hold_of(spans: Iterable[Span], steps: int, units: int) -> dict[str, np.ndarray]:
    """What ``run`` takes as ``hold``: later spans win over earlier ones."""
    hold: dict[str, np.ndarray] = {}
    for span in spans:
        held = hold.setdefault(span.signal, np.full((steps, 1, units), np.nan))
        place = slice(None) if span.unit is None else span.unit
        held[span.first : span.last + 1, 0, place] = span.value
    return hold


def corner_spans(
    cell: Cell, corner: str, first: int, last: int, unit: int | None = None
) -> tuple[Span, ...]:
    """The spans that put a cell's gates into a corner of the gate table; () where it cannot.

    In a coupled cell one learnt gate sets both shares: it alone is held.
    """
    wanted = CORNERS[corner]
    gates = {
        signal: wanted[role.key]
        for signal, role in cell.roles.items()
        if role.key in wanted and cell.ranges[signal] == (0, 1)
    }
    if not gates:
        return ()
    return tuple(Span(signal, first, last, value, unit) for signal, value in gates.items())


def read_held(network: Network, inputs: np.ndarray, spans: Iterable[Span]) -> Recording:
    """The network reading with the spans held in its first layer."""
    cell, weights = network.layers[0]
    x = inputs
    hold = hold_of(spans, len(x), network.hidden)
    traces = {(0, "forward"): run(cell, weights, x, hold=hold)}
    for number, (above, others) in enumerate(network.layers[1:], start=1):
        below = traces[number - 1, "forward"]["h"]
        traces[number, "forward"] = run(above, others, below)
    last = traces[len(network.layers) - 1, "forward"]["h"]
    return Recording(traces, last @ network.head_weight.T + network.head_bias)
