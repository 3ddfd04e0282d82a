"""The one look of all figures: fonts, margins, axes, levels, notes, scales of colour.

Everything here is a plain dictionary, as Plotly reads it, for a light or a dark page; the colours
are the palette's (``lstm_viz/colours.py``). A figure takes `layout` and two of `axis`, and adds
what is its own with ``|``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

# Whoever shows a figure has its type from here: no other room imports Plotly.
from plotly.graph_objects import Figure as Figure

from lstm_viz.colours import MUTED, NEGATIVE, PAGE, POSITIVE, SURFACE, TEXT, Colour, faint

Part = dict[str, Any]  # of a figure

FONT = "Inter, system-ui, sans-serif"  # the page's own
SIZE = 14  # of all words: what is read on a wide screen, and a figure does not know how wide it is
CLEAR = "rgba(0,0,0,0)"  # the page shines through

# Axes push these out as far as their words need.
EDGE = {"l": 10, "r": 10, "t": 10, "b": 10}
ABOVE = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
BELOW = {"orientation": "h", "x": 0, "y": -0.3, "yanchor": "top"}


def layout(
    dark: bool,
    height: int,
    margin: Mapping[str, int] = EDGE,
    legend: Mapping[str, Any] = ABOVE,
) -> Part:
    """All of a layout but its axes; ``height`` in pixels, as wide as the page gives it."""
    return {
        "height": height,
        "margin": dict(margin),
        "font": {"family": FONT, "size": SIZE, "color": TEXT.on(dark)},
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "hoverlabel": {
            "bgcolor": SURFACE.on(dark),
            "font": {"color": TEXT.on(dark), "size": SIZE},
        },
        "legend": {**legend, "font": {"size": SIZE}},
        "modebar": {
            "bgcolor": CLEAR,
            "color": MUTED.on(dark),
            "activecolor": TEXT.on(dark),
        },
    }


def axis(dark: bool, title: str = "") -> Part:
    """An axis that makes room for its own words; without a title where there is none."""
    named = {"title": {"text": title, "font": {"size": SIZE}, "standoff": 10}} if title else {}
    return named | {
        "gridcolor": faint(MUTED.on(dark), 0.16),  # seen on a band of colour, too
        "linecolor": MUTED.on(dark),
        "tickcolor": MUTED.on(dark),
        "tickfont": {"size": SIZE},
        "zeroline": False,
        "automargin": True,
    }


def read_axis(labels: Sequence[str]) -> Part:
    """For an axis on which stands what was read; where there is no room for all, every so many."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(labels),
        "tickangle": -90,
        "tickfont": {"size": SIZE},
    }


def across(y: float) -> Part:
    """The ends of a line from edge to edge."""
    return {"xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y}


def upright(x: float) -> Part:
    """The ends of a line from the foot to the top."""
    return {"x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}


def rule(
    dark: bool, ends: Mapping[str, Any], dash: str = "dash", width: float = 1, of: Colour = MUTED
) -> Part:
    """A straight line that is no measurement: a level to compare with, a border, a moment."""
    line = {"color": of.on(dark), "width": width, "dash": dash}
    return {"type": "line", "line": line, **ends}


def layered(lines: Sequence[Part]) -> list[Part]:
    """The same lines; where some run together, each is wider than those that are drawn upon it.

    So one sees them all, the first as the widest; a line that runs alone is 2 pixels wide.
    """
    return [
        line
        | {"line": line["line"] | {"width": 2 + 1.5 * sum(_together(line, other) for other in on)}}
        for line, on in ((line, lines[place + 1 :]) for place, line in enumerate(lines))
    ]


def _together(line: Part, other: Part) -> bool:
    """Whether most of what both have measured lies closer than a line is wide."""
    of = dict(zip(other["x"], other["y"], strict=True))
    pairs = [(y, of[x]) for x, y in zip(line["x"], line["y"], strict=True) if x in of]
    pairs = [pair for pair in pairs if np.isfinite(pair).all()]
    reach = max((abs(y) for pair in pairs for y in pair), default=0.0)
    close = [abs(one - two) <= 0.01 * reach for one, two in pairs]
    return 2 * int(sum(close)) > len(close)


def note(dark: bool, text: str, place: Mapping[str, Any], of: Colour = MUTED) -> Part:
    """Words at a place of the figure, without an arrow."""
    font = {"size": SIZE, "color": of.on(dark)}
    return {"text": text, "showarrow": False, "font": font, **place}


def signed_scale(dark: bool) -> list[list[Any]]:
    """For a map of values with a sign, as far below 0 as above: 0 is the page itself."""
    return [[0, NEGATIVE.on(dark)], [0.5, PAGE.on(dark)], [1, POSITIVE.on(dark)]]


def gate_scale(colour: Colour, dark: bool) -> list[list[Any]]:
    """For a map of values from 0 up: 0 is the page itself."""
    return [[0, PAGE.on(dark)], [1, colour.on(dark)]]
