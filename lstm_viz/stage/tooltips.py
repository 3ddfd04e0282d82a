"""What a key of the stage is, in words: for the tooltips, and beside each term of a sum.

``names`` says what a notation calls names of the cell that it calls otherwise, as ``names_in`` of
`notation/libraries.py` has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from lstm_viz import counted
from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import INPUT, PAST, Binary, Expression, Name, Number, Product
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.symbols import plain, with_minus
from lstm_viz.cells.text import VECTOR, Line
from lstm_viz.language import _
from lstm_viz.notation.typeset import OUR_NAMES
from lstm_viz.run.trace import Trace
from lstm_viz.stage.payload_types import About

Names: TypeAlias = Mapping[str, tuple[str, ...]]


def written(name: str, names: Names = OUR_NAMES) -> str:
    """A name in one line of Unicode: ``cₜ₋₁``."""
    return " + ".join(plain(theirs) for theirs in names.get(name, (name,)))


def title(signal: str, cell: Cell, names: Names = OUR_NAMES) -> str:
    """Symbol and friendly name: ``fₜ  forget gate``."""
    return f"{written(signal, names)}  {_(cell.called(signal))}"


def about(key: str, trace: Trace, names: Names = OUR_NAMES) -> About:
    """Name, meaning and shape of what a key shows."""
    cell = trace.cell
    T, _B, H = trace["h"].shape
    units = f"{counted.units(H)} × {counted.steps(T)}"
    base = key.removesuffix(PAST)
    if key in cell.signals:
        return _entry(title(key, cell, names), _(cell.roles[key].meaning), units)
    if base in cell.signals:
        past = _("{symbol}  {name}, one step ago").format(
            symbol=written(key, names), name=_(cell.called(base))
        )
        return _entry(past, _(cell.roles[base].meaning), units)
    if key == INPUT:
        shape = f"{counted.numbers(trace.x.shape[-1])} × {counted.steps(T)}"
        return _entry(_("xₜ  input"), _("what is read at this step"), shape)
    return _entry(in_symbols(key, cell, names), "", units)


def _entry(name: str, meaning: str, shape: str) -> About:
    return {"name": name, "meaning": meaning, "shape": shape}


def in_symbols(key: str, cell: Cell, names: Names = OUR_NAMES) -> str:
    """An expression in one line of Unicode, with the symbols of its names: ``fₜ · cₜ₋₁``."""
    known = {*cell.names, *names, INPUT}

    def symbol(found: re.Match[str]) -> str:
        name = found.group()
        return written(name, names) if name in known else _sign(name)

    text = re.sub(r"[A-Za-z_]\w*", symbol, key)
    return with_minus(text.replace(" @ ", " ").replace("*", "·"))


def _sign(function: str) -> str:
    return FUNCTIONS[function].sign if function in FUNCTIONS else function


def origin(term: Expression, line: Line, cell: Cell) -> str:
    """Where a term of a sum comes from, or nothing where its symbols say it."""
    match term:
        case Product(operand=Name(id=name)) if name == INPUT:
            return _("from the input")
        case Product():
            return _("from the last step")
        case Name(id=name) if name.startswith(VECTOR):
            return _("bias")
        case Number():
            return _("constant")
        case Binary(operator="*", left=Name(id=name)) if name.startswith("p_"):
            return _("peephole, from the memory")
    if line.name == cell.memory:
        return _("kept") if line.name + PAST in str(term) else _("written")
    return ""
