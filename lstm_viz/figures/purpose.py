"""The figure of what runs have learnt, in the colours in which their gradients are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from plotly.graph_objects import Figure

from lstm_viz.cells.marks import mark_of
from lstm_viz.cells.titles import title_of
from lstm_viz.figures.decay import CUT_HEIGHT, RIGHT, Look, base_layout
from lstm_viz.language import _
from lstm_viz.words.purpose import Lesson, baseline_said


def learning_figure(lessons: Sequence[Lesson], look: Look) -> Figure:
    """Each run's metric against the training steps, with the step that is looked at."""
    score, step = lessons[0].exercise.score, lessons[0].step
    lines = []
    for lesson in lessons:
        mark, after = mark_of(lesson.now.cell), lesson.at > 0
        lines.append(
            {
                "type": "scatter",
                "x": lesson.at[after],
                "y": np.where(np.isfinite(lesson.metric), lesson.metric, np.nan)[after],
                "name": title_of(lesson.now.cell),
                "mode": "lines+markers",
                "line": {"color": look.of(mark), "width": 2.5},
                "marker": {"symbol": mark.marker, "size": 6, "color": look.of(mark)},
            }
        )
    drawn = base_layout(look, CUT_HEIGHT, right=RIGHT)
    drawn |= {"showlegend": True}
    last = max((int(lesson.at[-1]) for lesson in lessons if len(lesson.at)), default=10)
    drawn["xaxis"] |= {
        "type": "log",
        "dtick": 1,
        "range": [0, float(np.log10(max(last, 10))) + 0.03],
    }
    drawn["xaxis"]["title"] |= {"text": _("training steps")}
    unit = "" if score.unit in ("", "%") else f", {_(score.unit)}"
    drawn["yaxis"] |= {
        "title": {"text": f"{_(score.label)}{unit}", "font": {"size": 13}},
        "rangemode": "tozero",
        "tickformat": ".0%" if score.unit == "%" else "~g",
    }
    muted = {"color": look.muted, "width": 1, "dash": "dash"}
    across = {"xref": "paper", "x0": 0, "x1": 1}
    known = baseline_said(lessons[0])
    drawn["shapes"] = [
        {"type": "line", "line": muted, **across, "y0": value, "y1": value}
        for value in known.values()
    ]
    if step > 0:
        here = {"color": look.text, "width": 1.5, "dash": "dot"}
        ends = {"x0": step, "x1": step, "yref": "paper", "y0": 0, "y1": 1}
        drawn["shapes"].append({"type": "line", "line": here, **ends})
    drawn["annotations"] = [
        {
            "xref": "paper",
            "x": 1,
            "xshift": 6,
            "y": value,
            "xanchor": "left",
            "yanchor": "middle",
            "align": "left",
            "text": "<br>".join(wrap(who, 16)),
            "showarrow": False,
            "font": {"size": 12, "color": look.muted},
        }
        for who, value in known.items()
    ]
    return Figure({"data": lines, "layout": drawn})
