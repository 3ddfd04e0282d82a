"""A text that someone is typing: the cell that it is, or what is wrong with it and in which line.

Whatever the text, the answer comes at once: its length is bounded where it is parsed, and what this
module accepts is small enough to be run, followed back and drawn while someone waits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import walk
from lstm_viz.cells.text import MAX_CHARACTERS
from lstm_viz.language import _

MAX_OPERATIONS = 160  # names, numbers and operators in all equations; the catalogue has up to 82
MAX_LINES = 18
MAX_STATES = 6

_LINE = re.compile(r"Line (\d+), ")
_QUOTED = re.compile(r'"([^"]+)"')


@dataclass(frozen=True)
class Draft:
    """``cell`` is None while there is a ``problem``; ``line`` counts from 1, None for the whole."""

    text: str
    cell: Cell | None = None
    problem: str = ""
    line: int | None = None


def draft(text: str) -> Draft:
    """What a typed text is."""
    try:
        cell = Cell(text)
        _check_size(cell)
    except ValueError as problem:
        return Draft(text[:MAX_CHARACTERS], None, str(problem), line_of(str(problem), text))
    return Draft(text, cell)


def _check_size(cell: Cell) -> None:
    operations = sum(1 for line in cell.lines for _node in walk(line.expression))
    if operations > MAX_OPERATIONS:
        raise ValueError(
            _(
                "These equations have {count} names, numbers and operators; at most {most} can be "
                "drawn here."
            ).format(count=operations, most=MAX_OPERATIONS)
        )
    if not cell.weight_names:
        raise ValueError(
            _(
                "These equations have no weights, so nothing can be read or learnt; write for "
                "example W_c @ x."
            )
        )
    if len(cell.lines) > MAX_LINES:
        raise ValueError(
            _("These are {count} equations; at most {most} can be drawn here.").format(
                count=len(cell.lines), most=MAX_LINES
            )
        )
    if len(cell.states) > MAX_STATES:
        raise ValueError(
            _(
                "This cell carries {count} states ({names}); at most {most} can be drawn here."
            ).format(count=len(cell.states), names=", ".join(cell.states), most=MAX_STATES)
        )


def line_of(problem: str, text: str) -> int | None:
    """The line of the text that a complaint speaks about, counted from 1; None where it names none.

    A complaint about the form of a line counts; one about its meaning quotes the line.
    """
    counted = _LINE.match(problem)
    if counted:
        return int(counted[1])
    for quoted in _QUOTED.findall(problem):
        name, equals, _rest = quoted.partition(" = ")
        if not equals:
            continue
        lines = [
            number
            for number, source in enumerate(re.split(r"\r\n|\r|\n", text), start=1)
            if re.match(rf"\s*{re.escape(name)}\s*=", source)
        ]
        if lines:
            # Of a name assigned twice the second is the one to change.
            return lines[-1]
    return None
