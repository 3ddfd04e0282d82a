"""A text that someone is typing: the cell that it is, or what is wrong with it and in which line.

Whatever the text, the answer comes at once: its length is bounded where it is parsed, and what this
module accepts is small enough to be run, followed back and drawn while someone waits.
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.cells import Cell
from lstm_viz.cells.errors import EquationError
from lstm_viz.cells.expressions import walk
from lstm_viz.cells.text import MAX_CHARACTERS
from lstm_viz.language import N_

MAX_OPERATIONS = 160  # names, numbers and operators in all equations; the catalogue has up to 82
MAX_LINES = 18
MAX_STATES = 6


@dataclass(frozen=True)
class Draft:
    """``cell`` is None while there is a ``problem``; ``line`` counts from 1, None for the whole."""

    text: str
    cell: Cell | None = None
    problem: str = ""
    line: int | None = None


def typed(text: str) -> Cell:
    """The cell of a typed text. Raises EquationError where it is none, or too large."""
    cell = Cell(text)
    _check_size(cell)
    return cell


def draft(text: str) -> Draft:
    """What a typed text is."""
    try:
        cell = typed(text)
    except EquationError as problem:
        return Draft(text[:MAX_CHARACTERS], None, str(problem), problem.line)
    return Draft(text, cell)


def _check_size(cell: Cell) -> None:
    operations = sum(1 for line in cell.lines for _node in walk(line.expression))
    if operations > MAX_OPERATIONS:
        raise EquationError(
            N_(
                "These equations have {count} names, numbers and operators; at most {most} can be "
                "drawn here."
            ),
            count=operations,
            most=MAX_OPERATIONS,
        )
    if not cell.weight_names:
        raise EquationError(
            N_(
                "These equations have no weights, so nothing can be read or learnt; write for "
                "example W_c @ x."
            )
        )
    if len(cell.lines) > MAX_LINES:
        raise EquationError(
            N_("These are {count} equations; at most {most} can be drawn here."),
            count=len(cell.lines),
            most=MAX_LINES,
        )
    if len(cell.states) > MAX_STATES:
        raise EquationError(
            N_("This cell carries {count} states ({names}); at most {most} can be drawn here."),
            count=len(cell.states),
            names=", ".join(cell.states),
            most=MAX_STATES,
        )
