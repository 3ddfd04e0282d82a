"""The colour of a cell where cells are compared: one table, the catalogue in its order.

Eight hues that stay apart for the common kinds of colour blindness, on a light and on a dark page;
cells that share a hue differ by the marker on their line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lstm_viz.cells.catalogue import CELLS
from lstm_viz.cells.cell import Cell
from lstm_viz.colours import HUES

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
    return _at(names.index(cell.name) if cell.name in names else -1)


def colours_of(cells: Iterable[Cell]) -> dict[Cell, CellColour]:
    """The colour of each of a few cells in one figure, no two alike.

    Typed ones have the hues from the last one backwards, with a marker that the catalogue leaves.
    """
    apart = dict.fromkeys(cells)
    typed = [cell for cell in apart if cell.name not in CELLS]
    return {
        cell: _at(-1 - typed.index(cell)) if cell in typed else colour_of(cell) for cell in apart
    }


def _at(place: int) -> CellColour:
    number = place % (len(HUES) * len(MARKERS))
    return CellColour(*HUES[number % len(HUES)], MARKERS[number // len(HUES)])
