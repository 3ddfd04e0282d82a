"""The equations of a cell as the stage shows them, and the keys that stand on the screen.

Keys are always ours, so that values, highlights and colours find each other; how a line is written
is the notation's: its tree is typeset with that notation's names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import INPUT, names, walk
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.text import Line
from lstm_viz.notation.libraries import OURS, Notation, names_in, paired, pairs_up
from lstm_viz.notation.substituted import substituted
from lstm_viz.notation.trees import function_tree
from lstm_viz.notation.typeset import mathml, terms_mathml
from lstm_viz.stage.payload_types import Equation, Function
from lstm_viz.stage.scene import Drawing, scene
from lstm_viz.stage.tooltips import origin


def equations(cell: Cell, drawing: Drawing, notation: Notation = OURS) -> list[Equation]:
    """One equation a line, in the order of the text, as the notation writes it."""
    theirs, phases = names_in(cell, notation), _phases(cell, drawing)
    written = paired(cell) if pairs_up(cell, notation) else cell.lines
    return [
        {
            "signal": line.name,
            "mathml": mathml(typeset, names=theirs),
            "function": _function(line.function) if line.function else None,
            "pre": str(line.pre),
            "terms": [
                {
                    "key": key,
                    "sign": sign,
                    "mathml": source,
                    "from": origin(line.terms[key], line, cell),
                }
                for key, sign, source in terms_mathml(line, theirs)
            ],
            "substituted": substituted(line),
            "phase": phases[line.name],
            "folded": False,
        }
        for line, typeset in zip(cell.lines, written, strict=True)
    ]


def _function(name: str) -> Function:
    """How it is printed, alone and round an argument; its formula over a."""
    row = FUNCTIONS[name]
    before, after = row.around
    return {"sign": row.sign, "before": before, "after": after, "tree": function_tree(name)}


@lru_cache(maxsize=256)
def shown_keys(cell: Cell) -> tuple[str, ...]:
    """Each key that the stage shows of a cell, once."""
    drawing = scene(cell)
    return keys_of(drawing, equations(cell, drawing))


def keys_of(drawing: Drawing, lines: Iterable[Equation]) -> tuple[str, ...]:
    """Each key that something on the screen names, once."""
    found = {part["value"]: None for part in [*drawing["wires"], *drawing["nodes"]]}
    for equation in lines:
        found[equation["signal"]] = None
        found[equation["pre"]] = None
        found |= {term["key"]: None for term in equation["terms"]}
        found |= {part["key"]: None for part in equation["substituted"] if "key" in part}
    return tuple(found)


def lights(keys: Iterable[str], cell: Cell, drawing: Drawing) -> dict[str, str]:
    """For what has no part in the drawing: the part to light for it.

    A term lights what it is made of, a bias or a whole sum the signal that it belongs to.
    """
    drawn = {part["value"] for part in [*drawing["nodes"], *drawing["wires"]]}
    found = {}
    for line in cell.lines:
        inside = [key for key in keys if key not in drawn and key in _parts(line)]
        for key in inside:
            made_of = [] if key == str(line.pre) else sorted(_names(key, cell) & drawn)
            found[key] = made_of[0] if made_of else line.name
    return found


def _parts(line: Line) -> set[str]:
    return {str(node) for node in walk(line.expression)} | set(line.terms)


def _names(key: str, cell: Cell) -> set[str]:
    return {INPUT} if key == INPUT else set(names(cell.expression(key)))


def _phases(cell: Cell, drawing: Drawing) -> Mapping[str, int]:
    """For each signal the first phase in which it is there: not before what it is made of."""
    parts = [*drawing["nodes"], *drawing["wires"]]
    found: dict[str, int] = {}
    for line in cell.order:
        drawn = [part["phase"] for part in parts if part["value"] == line.name]
        needed = [found[name] for name in names(line.expression) if name in found]
        found[line.name] = max([min(drawn, default=0), *needed])
    return found
