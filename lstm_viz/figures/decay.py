"""The figures of how far the gradient reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from plotly.graph_objects import Figure

from lstm_viz.cells.marks import mark_of
from lstm_viz.cells.roles import ROLES
from lstm_viz.cells.titles import title_of
from lstm_viz.gradients.decay import BANDS, QUANTITIES, Bounds, Curve, Split
from lstm_viz.language import _
from lstm_viz.words.decay import path_name, share, steps_to_halve

FONT = "system-ui, sans-serif"
DEEPEST = -18.0  # decades shown at first; the axis can be dragged further
RISING = 6.0  # decades above 1 to which a rising bound is followed

# Pixels: of the figures, of their margins above and below, of two lines of a label beside a curve.
DECAY_HEIGHT, CUT_HEIGHT, SHARES_HEIGHT = 470, 340, 320
TOP, BOTTOM, RIGHT, LABEL = 12, 52, 118, 36
MARGINS = TOP + BOTTOM


@dataclass(frozen=True)
class Look:
    """The colours of a page: ``dark`` or not, and what follows from it."""

    dark: bool

    @property
    def text(self) -> str:
        return "#e9eef5" if self.dark else "#1b2430"

    @property
    def muted(self) -> str:
        return "#a3b1c6" if self.dark else "#5b6777"

    @property
    def faded(self) -> str:
        return "#3a4656" if self.dark else "#d9dde6"

    @property
    def grid(self) -> str:
        return "rgba(163,177,198,0.16)" if self.dark else "rgba(91,103,119,0.16)"

    @property
    def surface(self) -> str:
        return "#1b222c" if self.dark else "#ffffff"

    def of(self, thing: Any) -> str:
        """The colour of anything that has one for light and one for dark pages."""
        return thing.colour.on(self.dark)

    def band(self, number: int) -> str:
        """The four bands, from exploding to lost: warm, clear, grey, greyer."""
        strengths = (0.10, 0.0, 0.07, 0.16)
        warm = "255,138,77" if self.dark else "209,80,10"
        grey = "163,177,198" if self.dark else "91,103,119"
        return f"rgba({warm if number == 0 else grey},{strengths[number]})"


def decay_figure(
    curves: Sequence[Curve],
    look: Look,
    before: Sequence[Curve] = (),
    classical: Bounds | None = None,
    read: Sequence[str] = (),
    lag: int | None = None,
) -> Figure:
    """Each cell's derivative against the distance, its product of keep gates dotted beside it.

    ``before`` are the same cells before training, thin and dashed; ``classical`` draws what the
    plain RNN's matrix says by itself; ``read`` is what was read at each distance; at ``lag`` stands
    what the task wants to be remembered.
    """
    T = max(len(curve.mean) for curve in curves)
    lowest, highest = _extent([*curves, *before])
    traces: list[dict[str, Any]] = []
    for curve in curves:
        traces += _spread(curve, look)
    for curve in before:
        traces.append(
            _line(curve.mean, curve, look, _("{cell}, untrained"), dash="dash", width=1.5)
        )
    for curve in curves:
        if curve.kept_mean is not None and not curve.largest:
            name = _("{cell}: product of the keep gates alone")
            traces.append(_line(curve.kept_mean, curve, look, name, dash="dot", width=1.5))
    for curve in curves:
        traces.append(_line(curve.mean, curve, look, "{cell}", width=3, marked=True))
    if classical is not None:
        traces += _bound_lines(classical, T, look)
        # The bounds may rise for ever; so much of them is shown that one sees that they do.
        rising = min(RISING, (T - 1) * float(np.log10(classical.largest)))
        highest = max(highest, rising)
    layout = base_layout(look, DECAY_HEIGHT, right=RIGHT)
    layout["xaxis"] |= {"range": [-0.4, T - 1 + 0.4]}
    if read:
        labels = [f"{word} {k}" for k, word in enumerate(read)]
        layout["xaxis"] |= read_axis(labels)
        traces = [trace | {"x": labels[: len(trace["x"])]} for trace in traces]
    layout["xaxis"]["title"] |= {"text": _distance()}
    layout["yaxis"] |= _decades(lowest, highest, curves)
    layout["shapes"] = [*_band_shapes(lowest, highest, look), *_lag_line(lag, look)]
    layout["annotations"] = [
        *_band_names(lowest, highest, look),
        *_lag_name(lag, look),
        *_end_labels(curves, T - 1, lowest, highest, look),
    ]
    return Figure({"data": traces, "layout": layout})


def cut_figure(whole: Curve, left: Curve, look: Look) -> Figure:
    """A cell's curve, and what is left of it when paths are cut."""
    lowest, highest = _extent([whole, left])
    last = len(whole.mean) - 1
    traces = [_line(whole.mean, whole, look, _("{cell}, all paths"), width=3, marked=True)]
    if whole.kept_mean is not None:
        name = _("{cell}: product of the keep gates alone")
        traces.append(_line(whole.kept_mean, whole, look, name, dash="dot", width=1.5))
    traces.append(_line(left.mean, whole, look, _("{cell}, with the cut"), dash="dash", width=2.5))
    layout = base_layout(look, CUT_HEIGHT, right=RIGHT)
    layout["xaxis"] |= {"range": [-0.4, last + 0.4]}
    layout["xaxis"]["title"] |= {"text": _distance()}
    layout["yaxis"] |= _decades(lowest, highest, [whole])
    layout["shapes"] = list(_band_shapes(lowest, highest, look))
    colour = look.of(mark_of(whole.cell))
    ends = [
        (curve.mean, name, steps_to_halve(curve.half_life), colour)
        for curve, name in ((whole, _("all paths")), (left, _("with the cut")))
    ]
    layout["annotations"] = [
        *_band_names(lowest, highest, look),
        *_labels(ends, last, lowest, highest, CUT_HEIGHT),
    ]
    return Figure({"data": traces, "layout": layout})


def paths_figure(split: Split, unit: int | None, look: Look) -> Figure:
    """Which path one step of the memory's derivative took, at every distance."""
    roles = split.cell.roles
    bars = []
    for path, shares in split.steps(unit).items():
        role = ROLES["memory"] if path == "direct" else roles[path]
        name = path_name(split.cell, path)
        bars.append(_bar(np.arange(1, len(shares) + 1), shares, name, look.of(role)))
    memory = split.cell.memory
    step = f"∂{memory}<sub>t</sub>/∂{memory}<sub>t−1</sub>"
    return _shares(bars, look, _distance(), _("share of {step}").format(step=step))


def excursions_figure(split: Split, look: Look) -> Figure:
    """How often the gradient that is left has gone through a gate on its way."""
    most = len(split.excursions) - 1
    names = [_("never: the direct path"), _("once"), _("twice")]
    names = [*names[:most], _("{n} times or more").format(n=most)]
    colours = _ramp(look.of(ROLES["memory"]), look.faded, most + 1)
    bars = [
        _bar(np.arange(len(shares)), shares, name, colour)
        for shares, name, colour in zip(split.excursions, names, colours, strict=True)
    ]
    return _shares(bars, look, _distance(), _("share of what is left"))


# -- pieces ---------------------------------------------------------------------------------------


def _distance() -> str:
    return _("distance to the last step, in steps")


def _line(
    decades: np.ndarray,
    curve: Curve,
    look: Look,
    name: str,
    width: float,
    dash: str = "solid",
    marked: bool = False,
) -> dict[str, Any]:
    named = name.format(cell=title_of(curve.cell))
    mark = mark_of(curve.cell)
    every = max(1, len(decades) // 12)
    trace: dict[str, Any] = {
        "type": "scatter",
        "x": np.arange(len(decades)),
        "y": _drawn(decades),
        "name": named,
        "mode": "lines",
        "line": {"color": look.of(mark), "width": width, "dash": dash},
        "customdata": [share(value) for value in decades],
        "hovertemplate": f"{named}: %{{customdata}}<extra></extra>",
        "showlegend": False,
    }
    if marked:
        sizes = [7 if k % every == 0 else 0 for k in range(len(decades))]
        trace["mode"] = "lines+markers"
        colour = look.of(mark)
        trace["marker"] = {
            "symbol": mark.marker,
            "size": sizes,
            "color": colour,
            "line": {"width": 0},
        }
    return trace


def _drawn(decades: np.ndarray) -> np.ndarray:
    """What is exactly 0 has no place on a log axis."""
    return np.where(np.isfinite(decades), decades, np.nan)


def _spread(curve: Curve, look: Look) -> list[dict[str, Any]]:
    """From the smallest to the largest of the sequences."""
    if curve.decades.shape[1] < 2:
        return []
    low, high = _drawn(curve.decades.min(axis=1)), _drawn(curve.decades.max(axis=1))
    x = np.arange(len(low))
    plain = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False}
    line = {"width": 0, "color": look.of(mark_of(curve.cell))}
    fill = {"fill": "tonexty", "fillcolor": _faint(look.of(mark_of(curve.cell)), 0.15)}
    return [
        plain | {"x": x, "y": low, "line": line},
        plain | {"x": x, "y": high, "line": line} | fill,
    ]


def _bound_lines(classical: Bounds, T: int, look: Look) -> list[dict[str, Any]]:
    x = np.arange(T)
    lines = (
        (_("largest singular value to the power of the distance"), classical.largest, "longdash"),
        (_("spectral radius to the power of the distance"), classical.radius, "longdashdot"),
    )
    return [
        {
            "type": "scatter",
            "x": x,
            "y": x * np.log10(value),
            "mode": "lines",
            "name": name,
            "line": {"color": look.muted, "width": 1.5, "dash": dash},
            "customdata": [share(v) for v in x * np.log10(value)],
            "hovertemplate": f"{name}: %{{customdata}}<extra></extra>",
            "showlegend": True,
        }
        for name, value, dash in lines
    ]


def _extent(curves: Sequence[Curve]) -> tuple[float, float]:
    """The decades to show at first: every curve, but no deeper than DEEPEST."""
    lines = [curve.mean for curve in curves]
    lines += [c.kept_mean for c in curves if c.kept_mean is not None and not c.largest]
    seen = np.concatenate([line[np.isfinite(line)] for line in lines] or [np.zeros(1)])
    lowest = max(DEEPEST, min(-3.0, float(seen.min(initial=0)))) - 0.5
    return lowest, max(0.0, float(seen.max(initial=0))) + 0.06 * (1 - lowest)


def read_axis(labels: Sequence[str]) -> dict[str, Any]:
    """An axis on which stands what was read; where there is no room for all, every so many."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(labels),
        "tickangle": -90,
        "tickfont": {"size": 11},
        "automargin": True,
    }


def _decades(lowest: float, highest: float, curves: Sequence[Curve]) -> dict[str, Any]:
    unit = _("1 at its largest") if curves[0].largest else _("1 at distance 0")
    quantity = curves[0].quantity
    if quantity == "memory" and all(curve.cell.memory != "c" for curve in curves):
        quantity = "h"
    symbol = QUANTITIES[quantity].symbol
    step = next(s for s in (1, 2, 3, 5, 10) if (highest - lowest) / s <= 11 or s == 10)
    ticks = np.arange(-200 * step, 200 * step + 1, step)
    return {
        "title": {
            "text": f"‖{_subscripted(symbol)}‖, {unit}",
            "font": {"size": 13},
            "standoff": 8,
        },
        "automargin": True,
        "range": [lowest, highest],
        "tickvals": ticks,
        "ticktext": [_power_of_ten(int(k)) for k in ticks],
    }


def _power_of_ten(exponent: int) -> str:
    return "1" if exponent == 0 else "10" if exponent == 1 else f"10<sup>{exponent}</sup>"


def _subscripted(symbol: str) -> str:
    """``∂h_T`` with its T below."""
    parts = symbol.split("_")
    return parts[0] + "".join(f"<sub>{part[0]}</sub>{part[1:]}" for part in parts[1:])


def _band_shapes(lowest: float, highest: float, look: Look) -> Iterable[dict[str, Any]]:
    for number, band in enumerate(BANDS):
        low, high = max(band.low, 2 * lowest - 5), min(band.high, highest + 40)
        yield {
            "type": "rect",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": low,
            "y1": high,
            "line": {"width": 0},
            "fillcolor": look.band(number),
            "layer": "below",
        }


def _band_names(lowest: float, highest: float, look: Look) -> Iterable[dict[str, Any]]:
    for band in BANDS:
        low, high = max(band.low, lowest), min(band.high, highest)
        if high - low < 0.045 * (highest - lowest):
            continue
        # Curves start at 1 and fall: what is above has its name on top, what is below at its foot.
        above = band.high > 0
        yield {
            "xref": "paper",
            "x": 0.006,
            "y": high if above else low,
            "xanchor": "left",
            "yanchor": "top" if above else "bottom",
            "showarrow": False,
            "align": "left",
            "text": f"{_(band.name)}: {_(band.meaning)}",
            "font": {"size": 11, "color": look.muted},
        }


def _lag_line(lag: int | None, look: Look) -> Iterable[dict[str, Any]]:
    if lag is not None:
        line = {"color": look.text, "width": 1.5, "dash": "dash"}
        ends = {"x0": lag, "x1": lag, "yref": "paper", "y0": 0, "y1": 1}
        yield {"type": "line", "line": line, **ends}


def _lag_name(lag: int | None, look: Look) -> Iterable[dict[str, Any]]:
    if lag is not None:
        yield {
            "x": lag,
            "yref": "paper",
            "y": 0.8,
            "xanchor": "right",
            "yanchor": "top",
            "xshift": -3,
            "textangle": -90,
            "showarrow": False,
            "text": _("the task’s lag: {n} steps").format(n=lag),
            "font": {"size": 12, "color": look.text},
        }


def _end_labels(
    curves: Sequence[Curve], last: int, lowest: float, highest: float, look: Look
) -> list[dict[str, Any]]:
    entries = [
        (
            curve.mean,
            title_of(curve.cell),
            "" if curve.largest else steps_to_halve(curve.half_life),
            look.of(mark_of(curve.cell)),
        )
        for curve in curves
    ]
    return _labels(entries, last, lowest, highest, DECAY_HEIGHT)


def _labels(
    entries: Sequence[tuple[np.ndarray, str, str, str]],
    last: int,
    lowest: float,
    highest: float,
    height: int,
) -> list[dict[str, Any]]:
    """A name at the end of each line, pushed apart where they would cover each other."""
    gap = LABEL / (height - MARGINS) * (highest - lowest)
    ends = []
    for decades, *words in entries:
        visible = decades[np.isfinite(decades)]
        end = float(visible[-1]) if visible.size else lowest
        ends.append((min(max(end, lowest + gap / 2), highest - gap / 2), words))
    ends.sort(key=lambda entry: -entry[0])
    places: list[float] = []
    for end, _words in ends:
        places.append(min(end, places[-1] - gap) if places else end)
    # What was pushed below the edge moves all above it up again.
    floor = lowest + gap / 2
    for k in reversed(range(len(places))):
        places[k] = max(places[k], floor)
        floor = places[k] + gap
    return [
        {
            "x": last,
            "y": place,
            "xanchor": "left",
            "xshift": 10,
            "showarrow": False,
            "align": "left",
            "text": f"<b>{name}</b>" + (f"<br>{below}" if below else ""),
            "font": {"size": 12, "color": colour},
        }
        for place, (_end, (name, below, colour)) in zip(places, ends, strict=True)
    ]


def _bar(x: np.ndarray, shares: np.ndarray, name: str, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "x": x,
        "y": _drawn(shares),
        "name": name,
        "marker": {"color": colour, "line": {"width": 0}},
        "hovertemplate": f"{name}: %{{y:.1%}}<extra></extra>",
    }


def _shares(bars: Sequence[Mapping[str, Any]], look: Look, x: str, y: str) -> Figure:
    layout = base_layout(look, SHARES_HEIGHT, right=8)
    layout |= {"barmode": "relative", "bargap": 0, "showlegend": True}
    layout["xaxis"]["title"] |= {"text": x}
    layout["yaxis"] |= {
        "title": {"text": y, "font": {"size": 13}, "standoff": 8},
        "tickformat": ".0%",
        "automargin": True,
    }
    return Figure({"data": list(bars), "layout": layout})


def base_layout(look: Look, height: int, right: int) -> dict[str, Any]:
    axis = {
        "gridcolor": look.grid,
        "zeroline": False,
        "linecolor": look.muted,
        "tickcolor": look.muted,
        "tickfont": {"size": 12},
    }
    title = {"font": {"size": 13}, "standoff": 10}
    return {
        "height": height,
        "margin": {"l": 64, "r": right, "t": TOP, "b": BOTTOM},
        "font": {"family": FONT, "size": 13, "color": look.text},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": look.surface, "font": {"color": look.text, "size": 12}},
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 12},
        },
        "xaxis": {**axis, "title": dict(title)},
        "yaxis": {**axis, "title": {"font": {"size": 13}}},
        "dragmode": False,  # a finger on the figure scrolls the page
        "modebar": {
            "bgcolor": "rgba(0,0,0,0)",
            "color": look.muted,
            "activecolor": look.text,
        },
    }


def _faint(colour: str, strength: float) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength})"


def _ramp(first: str, last: str, count: int) -> list[str]:
    """Colours from one to another in equal steps."""
    ends = [np.array([int(c[k : k + 2], 16) for k in (1, 3, 5)]) for c in (first, last)]
    mixed = [ends[0] + (ends[1] - ends[0]) * k / max(1, count - 1) for k in range(count)]
    return ["#" + "".join(f"{round(v):02x}" for v in colour) for colour in mixed]
