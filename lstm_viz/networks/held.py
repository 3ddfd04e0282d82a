"""What if? Gates held over spans of steps, written so that an address can carry them.

``f:4-9=0`` holds f of all units at 0 from step 4 to step 9, ``f3:4-9=0`` that of unit 3 only, and
``2.f:4-9=0`` f of the second layer; several are joined by ``;``. Steps and layers count from 1, as
on the screen, and units from 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Sequence as Listed
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.networks.network import Network
from lstm_viz.run.layers import read_layers
from lstm_viz.run.recording import Place, Recording
from lstm_viz.tasks import Sequence

MOST_SPANS = 24
_SPAN = re.compile(
    r"(?:(\d)\.)?([A-Za-z][A-Za-z_]*)(\d{1,3})?:(\d{1,3})-(\d{1,3})=(-?\d{1,3}(?:\.\d{1,3})?)"
)


@dataclass(frozen=True)
class Span:
    """One signal held at a value from ``first`` to ``last`` (counted from 0, both included).

    ``unit`` is None for all units; ``layer`` 0 is the one that reads the input.
    """

    signal: str
    first: int
    last: int
    value: float
    unit: int | None = None
    layer: int = 0

    def covers(self, other: Span) -> bool:
        """Whether nothing is left of the other one when this one is held after it."""
        same = (self.signal, self.layer) == (other.signal, other.layer)
        units = self.unit is None or self.unit == other.unit
        return same and units and self.first <= other.first and other.last <= self.last

    def __str__(self) -> str:
        unit = "" if self.unit is None else self.unit
        layer = f"{self.layer + 1}." if self.layer else ""
        return f"{layer}{self.signal}{unit}:{self.first + 1}-{self.last + 1}={self.value:.4g}"


def read_spans(text: str, cells: Listed[Cell], steps: int, units: int) -> tuple[Span, ...]:
    """The spans that a text names, those that these layers, this sequence and size can have."""
    found = []
    for part in text[:2000].split(";")[:MOST_SPANS]:
        match = _SPAN.fullmatch(part.strip())
        if not match:
            continue
        layer, signal, unit = int(match[1] or 1) - 1, match[2], int(match[3]) if match[3] else None
        first, last = int(match[4]) - 1, int(match[5]) - 1
        fits = 0 <= first <= last < steps and (unit is None or unit < units)
        if fits and 0 <= layer < len(cells) and signal in cells[layer].signals:
            found.append(Span(signal, first, last, float(match[6]), unit, layer))
    return tuple(found)


def held_after(spans: Listed[Span], new: Listed[Span]) -> tuple[Span, ...]:
    """The new spans behind those of the old ones of which they leave something."""
    left = [span for span in spans if not any(one.covers(span) for one in new)]
    return (*left, *new)[-MOST_SPANS:]


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


def answers_held(
    network: Network, sequence: Sequence, choices: Listed[tuple[Span, ...]]
) -> np.ndarray:
    """What is predicted (T, choices, O) when each choice of spans is held, all read at once."""
    steps, units = len(sequence), network.hidden
    holds: dict[Place, dict[str, np.ndarray]] = {}
    for place in network.layers:
        spans = [[s for s in choice if s.layer == place[0]] for choice in choices]
        columns = [hold_of(choice, steps, units) for choice in spans]
        free = np.full((steps, 1, units), np.nan)
        holds[place] = {
            signal: np.concatenate([column.get(signal, free) for column in columns], axis=1)
            for signal in {name for column in columns for name in column}
        }
    inputs = np.repeat(network.task.encode(sequence)[:, None], len(choices), axis=1)
    return network.predictions(network.record(inputs, hold=holds))


def read_held(network: Network, inputs: np.ndarray, spans: Iterable[Span]) -> Recording:
    """The network reading with each span held in its layer."""
    spans, steps = tuple(spans), len(inputs)
    hold = {
        place: hold_of((s for s in spans if s.layer == place[0]), steps, network.hidden)
        for place in network.layers
    }
    return network.answered(*read_layers(network.layers, inputs, hold=hold))
