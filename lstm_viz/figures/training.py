"""The curves of a run as Plotly sees them: plain dictionaries, cheap to make again and again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from plotly import graph_objects

from lstm_viz.cells import Cell
from lstm_viz.cells.marks import marks_of
from lstm_viz.language import _
from lstm_viz.training.record import Record

POINTS = 240  # as many points of the training loss are drawn
PAPER = ("#ffffff", "#11161d")  # a light and a dark page
GREY = ("#5b6777", "#a3b1c6")

Figure = dict[str, Any]


@lru_cache(maxsize=200)
def checked(figure: str) -> graph_objects.Figure:
    """A figure, as JSON, that Plotly has checked: that takes longer than all else about it.

    A page that is run again shows the same one, as long as no more has been learnt.
    """
    return graph_objects.Figure(json.loads(figure))


@dataclass(frozen=True)
class Curve:
    """One run in a figure, in the colour of its cell."""

    label: str
    cell: Cell
    record: Record


def loss(curves: Sequence[Curve], unit: str, is_dark: bool) -> Figure:
    """Training and validation loss on a logarithmic axis, beside what knowing some of it costs."""
    lines = []
    marks = marks_of(curve.cell for curve in curves)
    for curve in curves:
        x, y = thinned(curve.record.loss)
        mark = marks[curve.cell]
        colour = mark.colour.on(is_dark)
        name = _("{run}, training").format(run=curve.label)
        training = _line(x, y, name, colour, width=1, opacity=0.45)
        lines.append(training | {"showlegend": False})
        lines.append(
            _line(
                *_from_one(curve.record.at, curve.record.validation),
                _("{run}, validation").format(run=curve.label),
                colour,
                marker=mark.marker,
            )
        )
    levels: dict[str, float] = {}
    for curve in curves:
        levels |= {_(label): value for label, value in curve.record.knowing.items()}
        if curve.record.best:
            levels[_("best possible")] = curve.record.best
    return _figure(lines, _("loss in {unit}").format(unit=unit), is_dark, levels, "log")


def metric(curves: Sequence[Curve], title: str, is_share: bool, is_dark: bool) -> Figure:
    """The task's own number, examined on what is never trained on."""
    lines = []
    marks = marks_of(curve.cell for curve in curves)
    for curve in curves:
        mark = marks[curve.cell]
        at = _from_one(curve.record.at, curve.record.metric)
        colour = mark.colour.on(is_dark)
        lines.append(_line(*at, curve.label, colour, marker=mark.marker))
    figure = _figure(lines, title, is_dark, {}, "linear")
    figure["layout"]["yaxis"] |= {"rangemode": "tozero"}
    if is_share:
        figure["layout"]["yaxis"] |= {"tickformat": ".0%", "range": [0, 1.03]}
    return figure


def gate_means(cell: Cell, means: Mapping[int, Mapping[str, float]], is_dark: bool) -> Figure:
    """When each gate opened and closed: its mean over the probe after so many training steps."""
    lines = []
    x = np.maximum(np.array(list(means)), 1)
    for name in next(iter(means.values())):
        role = cell.roles[name]
        y = np.array([of_step[name] for of_step in means.values()])
        colour = role.colour.on(is_dark)
        lines.append(_line(x, y, f"{name}: {_(role.name)}", colour, marker="circle"))
    figure = _figure(lines, _("mean over the probe"), is_dark, {}, "linear")
    figure["layout"]["yaxis"] |= {"range": [0, 1]}
    return figure


def thinned(values: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """Steps and mean values of about so many stretches, as wide as they look on a log axis."""
    if len(values) == 0:
        return np.empty(0), np.empty(0)
    edges = np.unique(np.geomspace(1, len(values) + 1, points + 1).round().astype(int))
    sums = np.add.reduceat(values, edges[:-1] - 1)
    widths = np.diff(edges)
    return (edges[:-1] + edges[1:] - 1) / 2, sums / widths


def _from_one(at: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Without the beginning, for which a logarithmic axis has no place."""
    return at[at > 0], values[at > 0]


def _line(
    x: np.ndarray,
    y: np.ndarray,
    name: str,
    colour: str,
    width: float = 2,
    opacity: float = 1,
    marker: str = "",
) -> Figure:
    return {
        "type": "scatter",
        "x": np.asarray(x, float).tolist(),
        "y": [float(f"{value:.5g}") if np.isfinite(value) else None for value in y],
        "name": name,
        "mode": "lines+markers" if marker else "lines",
        "line": {"color": colour, "width": width},
        "marker": {"size": 5, "color": colour, "symbol": marker or "circle"},
        "opacity": opacity,
        "hovertemplate": "%{y:.4g}",
    }


def _layout(is_dark: bool) -> Figure:
    return {
        "margin": {"l": 10, "r": 10, "t": 10, "b": 10},
        "height": 330,
        "hovermode": "x unified",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 12, "color": "#e9eef5" if is_dark else "#1b2430"},
        "legend": {"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0},
    }


def _figure(
    lines: list[Figure], title: str, is_dark: bool, levels: Mapping[str, float], axis: str
) -> Figure:
    layout = _layout(is_dark)
    # Room for a legend of a row a line, so that it is not taken from the curves.
    rows = sum(line.get("showlegend", True) for line in lines)
    layout["height"] += 18 * max(0, rows - 1)
    grid = "#2a3442" if is_dark else "#e3e8ef"
    ticks = {"gridcolor": grid, "zeroline": False, "automargin": True}
    steps = {"title": {"text": _("training steps")}, "type": "log", "dtick": 1}
    layout["xaxis"] = ticks | steps | {"range": [0, _decades(lines)]}
    layout["yaxis"] = ticks | {
        "title": {"text": title, "standoff": 10},
        "type": axis,
        "minor": {"showgrid": False},
    }
    if axis == "log":
        layout["yaxis"] |= {"tickformat": "~g", "dtick": "D2"}
    layout["shapes"] = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": value,
            "y1": value,
            "line": {"color": GREY[is_dark], "width": 1, "dash": "dash"},
        }
        for value in levels.values()
    ]
    layout["annotations"] = [
        {
            "xref": "paper",
            "x": 0.01,
            "xanchor": "left",
            "yanchor": "bottom",
            "y": float(np.log10(value)),
            "text": f"{label} ({value:.3g})",
            "showarrow": False,
            "font": {"size": 11, "color": GREY[is_dark]},
            "bgcolor": PAPER[is_dark],  # a curve that runs along the level does not cross its name
            "yshift": 2,
        }
        for label, value in levels.items()
    ]
    return {"data": lines, "layout": layout}


def _decades(lines: list[Figure]) -> float:
    last = max((max(line["x"], default=1) for line in lines), default=1)
    return float(np.log10(max(10, last))) + 0.02
