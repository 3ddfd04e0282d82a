"""The still figures, as Plotly reads them: plain dictionaries, with every colour named.

A line or dot has the colour of its cell wherever cells are compared (``cells/marks.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lstm_viz.cells.marks import mark_of
from lstm_viz.figures.look import BELOW, Part, across, axis, layout, note, rule, upright
from lstm_viz.language import _
from lstm_viz.tasks.counting import TRAINED_TO
from lstm_viz.words.scores import DAYS, Learnt, Scored, short

HEIGHT = 340
LABEL = 0.36  # rows that the name of a level takes above the others


def scores(learnt: Learnt, dark: bool) -> Part:
    """Every seed a small ring, the shipped network a full dot, beside what one scores without."""
    score = learnt.task.score
    rows = learnt.networks
    data = []
    for scored in rows:
        rings = _points(scored, list(scored.of_seeds), [scored.title] * len(scored.of_seeds), dark)
        rings["marker"] |= {"symbol": "circle-open", "size": 9, "line": {"width": 1.5}}
        rings["name"] = _("{cell}, another seed").format(cell=scored.title)
        shipped = _points(scored, [scored.value], [scored.title], dark)
        shipped["marker"] |= {"size": 13}
        data += [rings, shipped]
    title = _(score.label) + ("" if score.unit in ("", "%") else f" ({_(score.unit)})")
    drawn = layout(dark, HEIGHT, legend=BELOW) | {"showlegend": False}
    drawn["xaxis"] = axis(dark, title) | ({"tickformat": ".0%"} if score.unit == "%" else {})
    drawn["yaxis"] = axis(dark) | {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": [scored.title for scored in reversed(rows)],
        "range": [-0.6, len(rows) - 0.1 + LABEL * len(learnt.levels)],
    }
    levels = {f"{name} ({short(learnt.task, at)})": at for name, at in learnt.levels.items()}
    return {"data": data, "layout": _with_levels(drawn, levels, len(rows), dark)}


def by_distance(learnt: Learnt, dark: bool) -> Part:
    """How often the pronoun is right, over the words since its subject was last named."""
    data = []
    for scored in learnt.networks:
        table = scored.network.metrics["accuracy_by_distance"]
        data.append(_line(scored, [far for far, _, _ in table], [s for _, s, _ in table], dark))
    drawn = layout(dark, HEIGHT, legend=BELOW)
    drawn["xaxis"] = axis(dark, _("words between the subject and its pronoun")) | {"dtick": 10}
    drawn["yaxis"] = axis(dark, _("pronouns right")) | {
        "tickformat": ".0%",
        "range": [0.35, 1.03],
    }
    return {"data": data, "layout": drawn}


def how_far(learnt: Learnt, dark: bool) -> Part:
    """For each cell and each n whether a^n X b^n is counted without a mistake."""
    data = []
    for scored in learnt.networks:
        counted = scored.network.metrics["counted_alone"]
        right = [n for n, is_right in enumerate(counted, start=1) if is_right]
        points = _points(scored, right, [scored.title] * len(right), dark)
        points["marker"] |= {"symbol": "square", "size": 6}
        points["hovertemplate"] = _("n = %{x}: counted") + "<extra>%{y}</extra>"
        data.append(points)
    titles = [scored.title for scored in reversed(learnt.networks)]
    drawn = layout(dark, HEIGHT, legend=BELOW) | {"showlegend": False}
    drawn["xaxis"] = axis(dark, _("n, the number of a and of b")) | {"range": [0, len(counted) + 1]}
    drawn["yaxis"] = axis(dark) | {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": titles,
        "range": [-0.6, len(titles) - 0.1 + LABEL],
    }
    level = {_("longest it was trained on"): TRAINED_TO + 0.5}
    return {
        "data": data,
        "layout": _with_levels(drawn, level, len(titles), dark),
    }


def by_hour(learnt: Learnt, dark: bool) -> Part:
    """The squared error of the forecast at each hour of the week, beside the noise."""
    data = []
    for scored in learnt.networks:
        errors = scored.network.metrics["squared_error_by_hour_of_week"]
        data.append(_line(scored, list(range(len(errors))), errors, dark) | {"mode": "lines"})
    drawn = layout(dark, HEIGHT, legend=BELOW)
    drawn["xaxis"] = axis(dark, _("hour of the week")) | {
        "tickvals": [12 + 24 * day for day in range(7)],
        "ticktext": [_(day) for day in DAYS],
        "showgrid": False,
    }
    drawn["yaxis"] = axis(dark, _("squared error (MW²)")) | {"rangemode": "tozero"}
    optimum = learnt.task.score.optimum
    levels = [] if optimum is None else [optimum]
    drawn["shapes"] = [
        *(rule(dark, across(level), "dot", 1.2) for level in levels),
        *(rule(dark, upright(24 * day), "dot", 0.5) for day in range(1, 7)),
    ]
    return {"data": data, "layout": drawn}


# The figure that goes deeper than the score, for the tasks that have one.
DEEPER = {
    "subject": by_distance,
    "subject_zh": by_distance,
    "counting": how_far,
    "load": by_hour,
}


def _points(scored: Scored, x: Sequence[float], y: Sequence[str], dark: bool) -> Part:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(x),
        "y": list(y),
        "name": scored.title,
        "marker": {"color": mark_of(scored.network.cell).colour.on(dark)},
        "hovertemplate": "%{x:.4g}<extra>" + scored.title + "</extra>",
    }


def _line(scored: Scored, x: Sequence[float], y: Sequence[float], dark: bool) -> Part:
    mark = mark_of(scored.network.cell)
    hue = mark.colour.on(dark)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(x),
        "y": list(y),
        "name": scored.title,
        "line": {"color": hue, "width": 2},
        "marker": {"color": hue, "symbol": mark.marker, "size": 6},
        "hovertemplate": "%{y:.3g}<extra>" + scored.title + "</extra>",
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
