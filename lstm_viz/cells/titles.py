"""Which cell is meant: by its name in the catalogue, or, for any other, by its text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.draft import typed
from lstm_viz.cells.text import Line
from lstm_viz.language import _

MOST_EDITS = 3  # lines in which a cell may differ from a known one and still be called after it
LONGEST = 50  # characters of equations in a title


@lru_cache(500)
def cell_of(key: str) -> Cell:
    """The cell of this name, or of this text; a catalogue's own where the text is one's.

    Raises EquationError for a text that is none, or too large to be drawn.
    """
    if key in CELLS:
        return CELLS[key]
    read = typed(key)
    return next((cell for cell in CELLS.values() if cell == read), read)


def key_of(cell: Cell) -> str:
    """What ``cell_of`` knows the cell by."""
    return cell.name if CELLS.get(cell.name) == cell else cell.text


def title_of(cell: Cell) -> str:
    """What a person calls the cell: its title, or the edit that makes it of a cell with one."""
    if cell.title:
        return _(cell.title)
    base = min(CELLS.values(), key=lambda known: (_edits(cell, known), len(known.lines)))
    new = [line for line in cell.lines if line not in base.lines]
    if 0 < len(new) < len(cell.lines) and _edits(cell, base) <= MOST_EDITS:
        return _("{cell} with {equations}").format(cell=_(base.title), equations=_written(new))
    return _("Own cell: {equations}").format(equations=_written(cell.lines))


def _edits(cell: Cell, base: Cell) -> int:
    """How many signals of either are computed otherwise, or not at all, in the other."""
    ours, theirs = ({line.name: line for line in one.lines} for one in (cell, base))
    return sum(ours.get(name) != theirs.get(name) for name in {*ours, *theirs})


def _written(lines: Iterable[Line]) -> str:
    # A multiplication sign, because two asterisks would be read as markup.
    text = ", ".join(line.text for line in lines).replace(" ** ", "^").replace(" * ", " · ")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
