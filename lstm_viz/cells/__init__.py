"""Cells: their text, what is derived from it, and the catalogue."""

from lstm_viz.cells.catalogue import CELLS
from lstm_viz.cells.cell import Cell

__all__ = ["CELLS", "Cell"]
