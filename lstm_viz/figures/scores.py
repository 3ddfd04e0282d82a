"""What networks scored, as Plotly reads it: plain dictionaries, with every colour named.

The score of every task is drawn alike; what a task shows beyond it the task says as plain data
(``tasks/chart.py``), and here it is drawn.

A line or dot has the colour of its cell wherever cells are compared (``cells/marks.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstm_viz.cells.marks import mark_of
from lstm_viz.colours import TEXT
from lstm_viz.figures.look import BELOW, Part, axis, layered, layout, note, rule, upright
from lstm_viz.language import _
from lstm_viz.tasks.chart import Chart, Curves, Marks
from lstm_viz.tasks.score import BEST_POSSIBLE, Learnt, Scored

HEIGHT = 340
LABEL = 0.36  # rows that the name of a level takes above the others


def scores(learnt: Learnt, dark: bool) -> Part:
    """Every start a small ring, as it was validated; the shipped network a full dot, as tested."""
    score, rows = learnt.score, learnt.networks
    data = []
    for scored in rows:
        rings = _points(scored, list(scored.of_seeds), [scored.title] * len(scored.of_seeds), dark)
        rings["marker"] |= {"symbol": "circle-open", "size": 9, "line": {"width": 1.5}}
        rings["name"] = _("{cell}, one of its starts, validated").format(cell=scored.title)
        shipped = _points(scored, [scored.value], [scored.title], dark)
        shipped["marker"] |= {"size": 13}
        data += [rings, shipped]
    title = _(score.label) + ("" if score.unit in ("", "%") else f" ({_(score.unit)})")
    drawn = layout(dark, HEIGHT, legend=BELOW) | {"showlegend": False}
    drawn["xaxis"] = axis(dark, title) | ({"tickformat": ".0%"} if score.unit == "%" else {})
    drawn["yaxis"] = _rows(learnt, len(learnt.levels), dark)
    levels = {
        _("{value} ({more})").format(value=name, more=score.short(at)): at
        for name, at in learnt.levels.items()
    }
    return {"data": data, "layout": _with_levels(drawn, levels, len(rows), dark)}


def deeper(learnt: Learnt, chart: Chart, dark: bool) -> Part:
    """The figure that goes deeper than the score."""
    return (
        _curves(learnt, chart, dark) if isinstance(chart, Curves) else _marks(learnt, chart, dark)
    )


def _curves(learnt: Learnt, chart: Curves, dark: bool) -> Part:
    mode = "lines+markers" if chart.has_dots else "lines"
    data = [
        _line(scored, *chart.of[scored.cell.name], dark) | {"mode": mode}
        for scored in learnt.networks
    ]
    data = layered(data)
    drawn = layout(dark, HEIGHT, legend=BELOW)
    drawn["xaxis"] = axis(dark, chart.x_title)
    if chart.ticks:
        drawn["xaxis"] |= {
            "tickvals": list(chart.ticks),
            "ticktext": list(chart.ticks.values()),
            "showgrid": False,
        }
    elif chart.tick_step:
        drawn["xaxis"]["dtick"] = chart.tick_step
    drawn["yaxis"] = axis(dark, chart.y_title)
    drawn["yaxis"] |= {"range": [*chart.y_range]} if chart.y_range else {"rangemode": "tozero"}
    drawn["yaxis"] |= {"tickformat": ".0%"} if chart.is_share else {}
    drawn["shapes"] = [rule(dark, upright(x), "dot", 0.5) for x in chart.borders]
    if chart.reference:
        data.append(_reference(*chart.reference, dark))
    return {"data": data, "layout": drawn}


def _marks(learnt: Learnt, chart: Marks, dark: bool) -> Part:
    data = []
    for scored in learnt.networks:
        x = chart.of[scored.cell.name]
        points = _points(scored, x, [scored.title] * len(x), dark)
        points["marker"] |= {"symbol": "square", "size": 6}
        points["hovertemplate"] = chart.said + "<extra>%{y}</extra>"
        data.append(points)
    drawn = layout(dark, HEIGHT, legend=BELOW) | {"showlegend": False}
    drawn["xaxis"] = axis(dark, chart.x_title) | {"range": [*chart.x_range]}
    drawn["yaxis"] = _rows(learnt, len(chart.levels), dark)
    return {"data": data, "layout": _with_levels(drawn, chart.levels, len(data), dark)}


def _rows(learnt: Learnt, levels: int, dark: bool) -> Part:
    """One row a network, the first one on top, and room above for the names of levels."""
    titles = [scored.title for scored in reversed(learnt.networks)]
    return axis(dark) | {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": titles,
        "range": [-0.6, len(titles) - 0.1 + LABEL * levels],
    }


def _points(scored: Scored, x: Sequence[float], y: Sequence[str], dark: bool) -> Part:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(x),
        "y": list(y),
        "name": scored.title,
        "marker": {"color": mark_of(scored.cell).colour.on(dark)},
        "hovertemplate": "%{x:.4g}<extra>" + scored.title + "</extra>",
    }


def _line(scored: Scored, x: Sequence[float], y: Sequence[float], dark: bool) -> Part:
    mark = mark_of(scored.cell)
    hue = mark.colour.on(dark)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(x),
        "y": list(y),
        "name": scored.title,
        "line": {"color": hue, "width": 2, "dash": mark.dash},
        "marker": {"color": hue, "symbol": mark.marker, "size": 6},
        "hovertemplate": "%{y:.3g}<extra>" + scored.title + "</extra>",
    }


def _reference(x: Sequence[float], y: Sequence[float], dark: bool) -> Part:
    """The best possible, dotted."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": list(x),
        "y": list(y),
        "name": _(BEST_POSSIBLE),
        "line": {"color": TEXT.on(dark), "width": 1.5, "dash": "dot"},
        "hovertemplate": "%{y:.3g}<extra>" + _(BEST_POSSIBLE) + "</extra>",
    }


def _with_levels(drawn: Part, levels: Mapping[str, float], rows: int, dark: bool) -> Part:
    """An upright rule for each level, its name above the rows, one line each.

    Each name stands to the left of its own rule, above the rules that it passes.
    """
    ordered = sorted(levels.items(), key=lambda level: level[1])
    ends = [
        {"x0": value, "x1": value, "yref": "y", "y0": -0.6, "y1": rows - 0.1 + LABEL * place}
        for place, (_name, value) in enumerate(ordered)
    ]
    drawn["shapes"] = [rule(dark, end, "dot", 1.2) for end in ends]
    drawn["annotations"] = [
        note(
            dark,
            name,
            {
                "x": value,
                "y": rows - 0.3 + LABEL * place,
                "xanchor": "right",
                "xshift": -3,
                "yanchor": "bottom",
            },
        )
        for place, (name, value) in enumerate(ordered)
    ]
    return drawn
