"""The mark of a cell where cells are compared: its hue, its marker, and how its line is dashed.

The catalogue in its order takes the palette's hues (``lstm_viz/colours.py``), and with each another
marker and another line, so that who does not see the hues, or sees two lines that lie upon each
other, tells them apart as well. When the hues have all been used they begin again, one marker on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lstm_viz.cells.catalogue import CELLS
from lstm_viz.cells.cell import Cell
from lstm_viz.colours import HUES, Colour

MARKERS = (
    *("circle", "square", "diamond", "triangle-up"),
    *("cross", "x", "star", "hexagon", "triangle-down", "pentagon", "hourglass", "bowtie"),
)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")  # as Plotly calls them


@dataclass(frozen=True)
class Mark:
    """How the line of a cell is told from others."""

    colour: Colour
    marker: str
    dash: str


def mark_of(cell: Cell) -> Mark:
    """The mark of a catalogue cell; one that is typed by hand has the last one."""
    names = list(CELLS)
    return _at(names.index(cell.name) if cell.name in names else -1)


def marks_of(cells: Iterable[Cell]) -> dict[Cell, Mark]:
    """The mark of each of a few cells in one figure, no two alike.

    Typed ones have the hues from the last one backwards, with a marker that the catalogue leaves.
    """
    apart = dict.fromkeys(cells)
    typed = [cell for cell in apart if cell.name not in CELLS]
    return {cell: _at(-1 - typed.index(cell)) if cell in typed else mark_of(cell) for cell in apart}


def _at(place: int) -> Mark:
    number = place % (len(HUES) * len(MARKERS))
    turn, hue = divmod(number, len(HUES))
    marker = MARKERS[(hue + turn) % len(MARKERS)]
    return Mark(HUES[hue], marker, DASHES[(hue + turn) % len(DASHES)])
