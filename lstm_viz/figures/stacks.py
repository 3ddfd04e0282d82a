"""The weights of a layer as a library stacks them, with the block of each gate marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from lstm_viz.cells import Cell
from lstm_viz.figures.look import layout, signed_scale
from lstm_viz.language import _
from lstm_viz.notation.libraries import Notation, gates_of, kind_of

LONG, SHORT = 380, 250  # pixels, where gates are rows and where they are columns
LETTERS = "WU"
HALF = 0.5  # of a row: a frame runs along the outer edge
BARE = {"showgrid": False, "zeroline": False, "ticks": "", "automargin": True}


class Block(NamedTuple):
    """A gate in a stack: its signal and the letter of its weights here, its name and rows there."""

    signal: str
    letter: str
    called: str
    rows: slice


def stacked(
    cell: Cell, weights: Mapping[str, np.ndarray], notation: Notation, dark: bool = False
) -> go.Figure:
    """The two stacked matrices side by side, each gate framed in its signal's colour.

    Rows of gates that an edited cell does without are left blank: the library still stores them.
    """
    H = len(next(array for name, array in weights.items() if name.startswith("U_")))
    places = [(gate, gate.places[notation.key]) for gate in gates_of(cell, H)]
    gates = [Block(g.signal, g.letter, p.letter, p.block) for g, p in places if p.block]
    rows = len(notation.orders[kind_of(cell) or ""]) * H
    matrices = [_stack(weights, letter, gates, rows) for letter in LETTERS]
    gap = np.full((len(matrices[0]), 1), np.nan)
    values = np.hstack([matrices[0], gap, matrices[1]])
    in_columns = notation.along == "columns"
    largest = float(np.nanmax(np.abs(values)))
    figure = go.Figure(
        go.Heatmap(
            z=values.T if in_columns else values,
            zmin=-largest,
            zmax=largest,
            colorscale=signed_scale(dark),
            colorbar={"thickness": 10, "title": {"text": _("weight")}},
            hovertemplate=_("row %{y}, column %{x}") + ": %{z:.3f}<extra></extra>",
        )
    )
    width = matrices[0].shape[1]
    middles = [(width - 1) / 2, width + 1 + (H - 1) / 2]
    names = notation.stacks.split(", ")
    along = {
        "tickvals": [(gate.rows.start + gate.rows.stop - 1) / 2 for gate in gates],
        "ticktext": [gate.called for gate in gates],
        **BARE,
    }
    across = {"tickvals": middles, "ticktext": names, **BARE}
    figure.update_layout(
        layout(dark, SHORT if in_columns else LONG),
        xaxis=along if in_columns else across,
        yaxis=(across if in_columns else along) | {"autorange": "reversed"},
        shapes=[
            _frame(gate.rows, (first, last), cell, gate.signal, in_columns, dark)
            for gate in gates
            for first, last in ((0, width), (width + 1, width + 1 + H))
        ],
    )
    return figure


def _stack(
    weights: Mapping[str, np.ndarray], letter: str, gates: list[Block], rows: int
) -> np.ndarray:
    """One of the two matrices, gates as rows; not a number where the cell has none."""
    blocks = [(gate.rows, weights[f"{letter}_{gate.letter}"]) for gate in gates]
    found = np.full((rows, blocks[0][1].shape[1]), np.nan)
    for block, array in blocks:
        found[block] = array
    return found


def _frame(
    block: slice, span: tuple[int, int], cell: Cell, signal: str, in_columns: bool, dark: bool
) -> dict[str, Any]:
    role = cell.roles[signal]
    (x0, x1), (y0, y1) = (span, (block.start, block.stop))
    if in_columns:
        (x0, x1), (y0, y1) = (y0, y1), (x0, x1)
    return {
        "type": "rect",
        "x0": x0 - HALF,
        "x1": x1 - 1 + HALF,
        "y0": y0 - HALF,
        "y1": y1 - 1 + HALF,
        "line": {"color": role.colour.on(dark), "width": 3},
    }
