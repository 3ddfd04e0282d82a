"""The figure of what runs have learnt, in the colours in which their gradients are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from plotly.graph_objects import Figure

from lstm_viz.cells.marks import mark_of
from lstm_viz.cells.titles import title_of
from lstm_viz.colours import TEXT
from lstm_viz.figures.decay import CUT_HEIGHT, base_layout
from lstm_viz.figures.look import across, axis, layered, note, rule, upright
from lstm_viz.language import _
from lstm_viz.words.gradient_at_lag import GradientAtLag, baseline_said


def learning_figure(at_lag: Sequence[GradientAtLag], dark: bool) -> Figure:
    """Each run's metric against the training steps, with the step that is looked at."""
    score, step = at_lag[0].task.watch.score, at_lag[0].step
    lines = []
    for found in at_lag:
        mark, after = mark_of(found.now.cell), found.at > 0
        lines.append(
            {
                "type": "scatter",
                "x": found.at[after],
                "y": np.where(np.isfinite(found.metric), found.metric, np.nan)[after],
                "name": title_of(found.now.cell),
                "mode": "lines+markers",
                "line": {"color": mark.colour.on(dark), "dash": mark.dash},
                "marker": {"symbol": mark.marker, "size": 6, "color": mark.colour.on(dark)},
            }
        )
    drawn = base_layout(dark, CUT_HEIGHT)
    drawn |= {"showlegend": True}
    last = max((int(found.at[-1]) for found in at_lag if len(found.at)), default=10)
    drawn["xaxis"] = axis(dark, _("training steps, log scale")) | {
        "type": "log",
        "dtick": 1,
        "range": [0, float(np.log10(max(last, 10))) + 0.03],
    }
    unit = "" if score.unit in ("", "%") else f", {_(score.unit)}"
    drawn["yaxis"] = axis(dark, f"{_(score.label)}{unit}") | {
        "rangemode": "tozero",
        "tickformat": ".0%" if score.unit == "%" else "~g",
    }
    known = baseline_said(at_lag[0])
    drawn["shapes"] = [rule(dark, across(value)) for value in known.values()]
    if step > 0:
        drawn["shapes"].append(rule(dark, upright(step), "dot", 1.5, of=TEXT))
    beside = {"xref": "paper", "x": 1, "xshift": 6, "xanchor": "left", "align": "left"}
    drawn["annotations"] = [
        note(dark, "<br>".join(wrap(who, 16)), beside | {"y": value, "yanchor": "middle"})
        for who, value in known.items()
    ]
    return Figure({"data": layered(lines), "layout": drawn})
