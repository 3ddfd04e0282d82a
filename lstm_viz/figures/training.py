"""The curves of a run as Plotly sees them: plain dictionaries, cheap to make again and again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from plotly import graph_objects

from lstm_viz.cells import Cell
from lstm_viz.cells.marks import marks_of
from lstm_viz.colours import PAGE, TEXT
from lstm_viz.figures.look import (
    BELOW,
    Part,
    across,
    axis,
    layout,
    note,
    rule,
    upright,
)
from lstm_viz.language import _
from lstm_viz.training.run_folder import Record
from lstm_viz.words.turning_points import Turn, fall, fall_said, opening, opening_said

POINTS = 240  # as many points of the training loss are drawn

HEIGHT = 330
PICTURE_HEIGHT = 210
SIGN = 13  # pixels of the sign that stands where the loss fell


@lru_cache(maxsize=200)
def checked(figure: str) -> graph_objects.Figure:
    """A figure, as JSON, that Plotly has checked: that takes longer than all else about it.

    A page that is run again shows the same one, as long as no more has been learnt.
    """
    return graph_objects.Figure(json.loads(figure))


@dataclass(frozen=True)
class RunLine:
    """One run in a figure, in the colour of its cell; ``dash`` tells two of one cell apart."""

    label: str
    cell: Cell
    record: Record
    dash: str = "solid"


def loss(curves: Sequence[RunLine], unit: str, is_dark: bool) -> Part:
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
                dash=curve.dash,
            )
        )
        lines += _signs(curve, colour, curve.record.validation)
    levels: dict[str, float] = {}
    for curve in curves:
        levels |= {_(label): value for label, value in curve.record.knowing.items()}
        if curve.record.best:
            levels[_("best possible")] = curve.record.best
    return _figure(lines, _("loss in {unit}").format(unit=unit), is_dark, levels, "log")


def metric(curves: Sequence[RunLine], title: str, is_share: bool, is_dark: bool) -> Part:
    """The task's own number, examined on what is held out."""
    lines = []
    marks = marks_of(curve.cell for curve in curves)
    for curve in curves:
        mark = marks[curve.cell]
        at = _from_one(curve.record.at, curve.record.metric)
        colour = mark.colour.on(is_dark)
        lines.append(_line(*at, curve.label, colour, marker=mark.marker, dash=curve.dash))
        lines += _signs(curve, colour, curve.record.metric)
    figure = _figure(lines, title, is_dark, {}, "linear")
    figure["layout"]["yaxis"] |= {"rangemode": "tozero"}
    if is_share:
        figure["layout"]["yaxis"] |= {"tickformat": ".0%", "range": [0, 1.03]}
    return figure


def picture(curve: RunLine, title: str, is_share: bool, last: int, is_dark: bool) -> Part:
    """One run's number by itself, small, up to the step ``last``, as its neighbours are drawn."""
    figure = metric([curve], title, is_share, is_dark)
    drawn = figure["layout"]
    drawn |= {"height": PICTURE_HEIGHT, "showlegend": False}
    drawn["xaxis"] |= {"range": [0, float(np.log10(max(10, last))) + 0.05]}
    if turn := fall(curve.record.at.tolist(), curve.record.validation.tolist()):
        drawn["shapes"] += [rule(is_dark, upright(turn.last), "dot", 1.5)]
        drawn["annotations"] += [_turn_note(turn, fall_said(turn), is_dark)]
    return figure


def _turn_note(turn: Turn, said: str, is_dark: bool, y: float = 0.97) -> Part:
    """What happened, beside the step after which it had, on the side where there is room."""
    steps = _("steps {first} to {last}").format(first=turn.first, last=turn.last)
    place = {
        "x": float(np.log10(max(1, turn.last))),
        "y": y,
        "yref": "paper",
        "yanchor": "top",
        "xanchor": "right",
        "xshift": -5,
        "align": "right",
        "bgcolor": PAGE.on(is_dark),
    }
    return note(is_dark, f"{steps}:<br>{said}", place, of=TEXT)


def _signs(curve: RunLine, colour: str, values: np.ndarray) -> list[Part]:
    """A sign on a curve, large enough to be found, where the loss fell furthest."""
    record = curve.record
    turn = fall(record.at.tolist(), record.validation.tolist())
    if turn is None:
        return []
    place = int(np.flatnonzero(record.at == turn.last)[0])
    said = fall_said(turn)
    sign = _line(np.array([turn.last]), values[[place]], said, colour, marker="diamond")
    sign["marker"] |= {"size": SIGN}
    return [sign | {"showlegend": False, "hovertemplate": f"{said}<extra></extra>"}]


def gate_means(cell: Cell, means: Mapping[int, Mapping[str, float]], is_dark: bool) -> Part:
    """When each gate opened and closed: its mean over the probe after so many training steps."""
    lines = []
    x = np.maximum(np.array(list(means)), 1)
    for name in next(iter(means.values())):
        role = cell.roles[name]
        y = np.array([of_step[name] for of_step in means.values()])
        colour = role.colour.on(is_dark)
        lines.append(
            _line(
                x,
                y,
                _("{name}: {what}").format(name=name, what=_(cell.called(name))),
                colour,
                marker="circle",
            )
        )
    figure = _figure(lines, _("mean over the probe"), is_dark, {}, "linear")
    figure["layout"]["yaxis"] |= {"range": [0, 1]}
    if found := opening(means):
        gate, turn = found
        figure["layout"]["shapes"] += [rule(is_dark, upright(max(1, turn.last)), "dot", 1.5)]
        figure["layout"]["annotations"] += [
            _turn_note(turn, opening_said(gate, turn), is_dark, y=0.03) | {"yanchor": "bottom"}
        ]
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
    dash: str = "solid",
) -> Part:
    return {
        "type": "scatter",
        "x": np.asarray(x, float).tolist(),
        "y": [float(f"{value:.5g}") if np.isfinite(value) else None for value in y],
        "name": name,
        "mode": "lines+markers" if marker else "lines",
        "line": {"color": colour, "width": width, "dash": dash},
        "marker": {"size": 5, "color": colour, "symbol": marker or "circle"},
        "opacity": opacity,
        "hovertemplate": "%{y:.4g}",
    }


def _figure(
    lines: list[Part], title: str, is_dark: bool, levels: Mapping[str, float], scale: str
) -> Part:
    # Room for a legend of a row a line, so that it is not taken from the curves.
    rows = sum(line.get("showlegend", True) for line in lines)
    drawn = layout(is_dark, HEIGHT + 18 * max(0, rows - 1), legend=BELOW)
    drawn["hovermode"] = "x unified"
    steps = {"type": "log", "dtick": 1, "range": [0, _decades(lines)]}
    drawn["xaxis"] = axis(is_dark, _("training steps, log scale")) | steps
    drawn["yaxis"] = axis(is_dark, title) | {"type": scale, "minor": {"showgrid": False}}
    if scale == "log":
        drawn["yaxis"] |= {"tickformat": "~g", "dtick": "D2"}
    drawn["shapes"] = [rule(is_dark, across(value)) for value in levels.values()]
    drawn["annotations"] = [
        note(
            is_dark,
            _("{value} ({more})").format(value=label, more=f"{value:.3g}"),
            {
                "xref": "paper",
                "x": 0.99,  # where what learns has left it
                "xanchor": "right",
                "yanchor": "bottom",
                "y": float(np.log10(value)),
                "yshift": 2,
                "bgcolor": PAGE.on(is_dark),  # a curve along the level does not cross its name
            },
        )
        for label, value in levels.items()
    ]
    return {"data": lines, "layout": drawn}


def _decades(lines: list[Part]) -> float:
    last = max((max(line["x"], default=1) for line in lines), default=1)
    return float(np.log10(max(10, last))) + 0.02
