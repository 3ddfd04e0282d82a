"""The gradient of the weights as it is gathered on the way back, as a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from lstm_viz.cells import Cell
from lstm_viz.cells.symbols import plain
from lstm_viz.figures.look import axis, layout, read_axis
from lstm_viz.language import _

HEIGHT = 300


def sums_figure(
    cell: Cell, sums: Mapping[str, np.ndarray], tokens: Sequence[str], dark: bool
) -> go.Figure:
    """One line for each line of the cell: the norm of its weights' gradient, growing leftwards."""
    labels = [f"{token} {t}" for t, token in enumerate(tokens, start=1)]
    figure = go.Figure()
    for signal, norms in sums.items():
        role = cell.roles[signal]
        figure.add_scatter(
            x=labels,
            y=np.asarray(norms, "f4"),
            name=_letter(signal),
            mode="lines",
            line={"shape": "hv", "width": 3, "color": role.colour.on(dark)},
            hovertemplate="%{y:.3g}",
        )
    figure.update_layout(layout(dark, HEIGHT), hovermode="x unified")
    across = axis(dark, _("step t; the walk back goes to the left"))
    figure.update_xaxes(across | read_axis(labels))
    figure.update_yaxes(axis(dark, _("norm of the sum so far")), rangemode="tozero")
    return figure


def sums_caption(sums: Mapping[str, np.ndarray], tokens: Sequence[str]) -> str:
    """Which line's weights get the largest gradient, and which single step gives most of it."""
    if not sums:
        return _("No weight gets any gradient here.")
    signal = max(sums, key=lambda name: sums[name][0])
    growth = -np.diff(np.append(sums[signal], 0.0))
    t = int(np.abs(growth).argmax())
    return _(
        "The same weights are used at every step, so their gradient is a sum with one summand a "
        "step. Those of {signal} end with the largest norm, {norm:.2g}; the step that changes it "
        "most is {t}, “{token}”."
    ).format(signal=_letter(signal), norm=sums[signal][0], t=t + 1, token=tokens[t])


def _letter(signal: str) -> str:
    """A gate's letter, at no particular step: these weights are those of all steps."""
    return plain(signal).rstrip("ₜ")
