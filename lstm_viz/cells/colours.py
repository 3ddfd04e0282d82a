"""The colour of a cell where cells are compared: one table, the catalogue in its order.

Eight hues that stay apart for the common kinds of colour blindness, on a light and on a dark page;
cells that share a hue differ by the marker on their line.
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.cells.catalogue import CELLS
from lstm_viz.cells.cell import Cell

# On a light page, on a dark page.
HUES = (
    ("#d07a10", "#d0661a"),
    ("#1341e4", "#a1c6fc"),
    ("#670868", "#c23cfc"),
    ("#584206", "#fcde26"),
    ("#15a76c", "#2cf094"),
    ("#037ebb", "#2a86ae"),
    ("#70183b", "#e8406e"),
    ("#6d8491", "#d5d9db"),
)
MARKERS = ("circle", "square", "diamond", "triangle-up")


@dataclass(frozen=True)
class CellColour:
    """The line of a cell: its colour on a light and on a dark page, and its marker."""

    light: str
    dark: str
    marker: str


def colour_of(cell: Cell) -> CellColour:
    """The colour of a catalogue cell; one that is typed by hand has the last hue."""
    names = list(CELLS)
    number = names.index(cell.name) if cell.name in names else len(HUES) * len(MARKERS) - 1
    return CellColour(*HUES[number % len(HUES)], MARKERS[number // len(HUES)])
