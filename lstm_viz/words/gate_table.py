"""The gate table of a cell: which of its gates, held at 0 or 1, keep, add, erase, overwrite, hide.

Read off the shares that its own lines give to the past and to the candidate, so that it speaks of
``f`` and ``i`` for an LSTM and of ``z`` alone for a GRU.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import evaluate, quiet
from lstm_viz.cells.expressions import PAST, Number, names
from lstm_viz.cells.symbols import plain, with_minus
from lstm_viz.cells.variants import CORNERS, hides, output_with, reachable, showing
from lstm_viz.language import _

MOST_GATES = 8  # with more of them, no setting is looked for


@dataclass(frozen=True)
class Row:
    """``held`` are the gates to hold, and at what; empty where no setting does it.

    ``gates`` is what every gate of the table then is, ``becomes`` what the memory or the output
    is, ``why_not`` the reason where nothing can be held, in words.
    """

    name: str
    held: Mapping[str, float] = field(default_factory=dict)
    gates: Mapping[str, float] = field(default_factory=dict)
    becomes: str = ""
    why_not: str = ""


def gate_table(cell: Cell) -> tuple[Row, ...]:
    """Keep, add, erase and overwrite; hide and show; and, where a gate resets, ignore the past."""
    return (*_memory_rows(cell), *_single_rows(cell))


def gates_of_table(cell: Cell) -> tuple[str, ...]:
    """The signals that are columns of the table: what keeps, writes, shows and resets."""
    order = ("keep", "write", "show", "reset")
    found = [s for s in cell.signals if cell.roles[s].key in order]
    return tuple(sorted(found, key=lambda s: order.index(cell.roles[s].key)))


# ---- the memory ----------------------------------------------------------------------------------


def _memory_rows(cell: Cell) -> list[Row]:
    possible, settings = set(reachable(cell)), _settings(cell)
    rows = []
    for corner, ends in CORNERS.items():
        fitting = [s for s, shares in settings if np.allclose(shares, ends, rtol=0, atol=1e-9)]
        if corner in possible and fitting:
            held, gates = fitting[0]
            rows.append(Row(corner, held, gates, becomes=_becomes(cell, *ends)))
        else:
            rows.append(
                Row(corner, why_not=_why_not(cell, corner, [s for _setting, s in settings]))
            )
    return rows


Setting = tuple[dict[str, float], dict[str, float]]


def _settings(cell: Cell) -> list[tuple[Setting, tuple[float, float]]]:
    """Every choice of 0 or 1 for the gates behind both shares, all gates then, and the shares."""
    if cell.kept is None or cell.written is None:
        return []
    shares = names(cell.kept) | names(cell.written)
    if not shares <= set(cell.signals):
        return []
    computed = {s for s in shares if names(cell[s].expression) <= shares}
    free = sorted(shares - computed, key=cell.signals.index)
    if len(free) > MOST_GATES:
        return []
    found = []
    for ends in product((1.0, 0.0), repeat=len(free)):
        held = dict(zip(free, ends, strict=True))
        gates = dict(held)
        with quiet():
            for line in cell.order:
                if line.name in computed:
                    gates[line.name] = float(evaluate(line.expression, gates))
            kept, written = (float(evaluate(s, gates)) for s in (cell.kept, cell.written))
        found.append(((held, gates), (kept, written)))
    return found


def _becomes(cell: Cell, kept: float, written: float) -> str:
    candidate = next(s for s, role in cell.roles.items() if role.key == "candidate")
    parts = [plain(f"{cell.memory}{PAST}")] if kept else []
    parts += [plain(candidate)] if written else []
    return f"{plain(cell.memory or 'h')} = {' + '.join(parts) or '0'}"


def _why_not(cell: Cell, corner: str, shares: list[tuple[float, float]]) -> str:
    """Why no setting of the gates is this row."""
    if cell.kept is None or cell.written is None:
        return _("no gate: this cell computes all of {state} anew at each step").format(
            state=plain(cell.memory or "h")
        )
    kept, written = CORNERS[corner]
    past, candidate = plain(f"{cell.memory}{PAST}"), _("the candidate")
    for wanted, column, what in ((kept, 0, past), (written, 1, candidate)):
        values = {pair[column] for pair in shares}
        if len(values) == 1 and values != {wanted}:
            return _("{what} is always multiplied by {value:g}").format(
                what=what, value=values.pop()
            )
    if shares and all(np.isclose(sum(pair), 1) for pair in shares if not np.isnan(pair).any()):
        return _("the shares kept and written, {kept} and {written}, always add up to 1").format(
            kept=_said(cell.kept), written=_said(cell.written)
        )
    return _("its own gates never stand like this together")


def _said(share: object) -> str:
    return with_minus(str(share))


# ---- one gate alone ------------------------------------------------------------------------------


def _single_rows(cell: Cell) -> list[Row]:
    memory, output = plain(cell.memory or "h"), plain("h")
    by_role = {role: [s for s in cell.signals if cell.roles[s].key == role] for role in _SINGLE}
    shows = [s for s in showing(cell) if cell.ranges[s] == (0, 1)]
    rows = []
    if shows and hides(cell):
        gates = dict.fromkeys(shows, 0.0)
        rows.append(Row("hide", gates, gates, _hidden(cell, gates)))
    else:
        rows.append(Row("hide", why_not=_why_not_hidden(cell, by_role["show"], shows)))
    if shows:
        gates = dict.fromkeys(shows, 1.0)
        becomes = _("{output} shows all of {memory}").format(output=output, memory=memory)
        rows.append(Row("show", gates, gates, becomes))
    if by_role["reset"]:
        gates = dict.fromkeys(by_role["reset"], 0.0)
        candidate = next(s for s, role in cell.roles.items() if role.key == "candidate")
        becomes = _("{candidate} without {past}").format(
            candidate=plain(candidate), past=plain(f"h{PAST}")
        )
        rows.append(Row("ignore", gates, gates, becomes))
    return rows


_SINGLE = ("show", "reset")


def _hidden(cell: Cell, shut: Mapping[str, float]) -> str:
    """What h is while no memory is shown: nothing, or what goes past the memory."""
    if output_with(cell, shut) == Number(0):
        return f"{plain('h')} = 0"
    return _("{candidate} without {past}").format(
        candidate=plain("h"), past=plain(cell.memory or "h")
    )


def _why_not_hidden(cell: Cell, gates: Collection[str], can_shut: Collection[str]) -> str:
    names_of = {"memory": plain(cell.memory or "h"), "output": plain("h")}
    if cell.memory is None or cell.memory == "h":
        return _("{output} is all that this cell carries: nothing stands before it").format(
            output=names_of["output"]
        )
    if can_shut:
        return _("{memory} reaches {output} past {gates}, too").format(
            gates=_(", ").join(map(plain, can_shut)), **names_of
        )
    if gates:
        return _("the output gate is fixed open")
    return _("no gate stands between {memory} and {output}").format(**names_of)
