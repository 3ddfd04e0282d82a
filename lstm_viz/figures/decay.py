"""The figures of how far the gradient reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from plotly.graph_objects import Figure as Figure  # for the pages, which know no Plotly

from lstm_viz.cells.marks import mark_of
from lstm_viz.cells.roles import ROLES
from lstm_viz.cells.titles import title_of
from lstm_viz.colours import BORDER, MUTED, POSITIVE, TEXT, faint
from lstm_viz.counted import steps
from lstm_viz.figures.look import SIZE, Part, axis, layout, note, read_axis, rule, upright
from lstm_viz.gradients.decay import BANDS, QUANTITIES, Bounds, Curve, Split
from lstm_viz.language import _
from lstm_viz.rounded import percent
from lstm_viz.words.decay import path_name, share, steps_to_halve

DEEPEST = -18.0  # decades shown at first; the axis can be dragged further
RISING = 6.0  # decades above 1 to which a rising bound is followed

# Pixels: of the figures, of their margins above and below, of two lines of a label beside a curve.
DECAY_HEIGHT, CUT_HEIGHT, SHARES_HEIGHT = 470, 340, 320
TOP, BOTTOM, RIGHT, LABEL = 12, 56, 132, 40
MARGINS = TOP + BOTTOM


def decay_figure(
    curves: Sequence[Curve],
    dark: bool,
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
    traces: list[Part] = []
    for curve in curves:
        traces += _spread(curve, dark)
    for curve in before:
        traces.append(
            _line(curve.mean, curve, dark, _("{cell}, untrained"), dash="dash", width=1.5)
        )
    for curve in curves:
        if curve.kept_mean is not None and not curve.largest:
            name = _("{cell}: product of the keep gates alone")
            traces.append(_line(curve.kept_mean, curve, dark, name, dash="dot", width=1.5))
    for curve in curves:
        traces.append(_line(curve.mean, curve, dark, "{cell}", width=3, marked=True))
    if classical is not None:
        traces += _bound_lines(classical, T, dark)
        # The bounds may rise for ever; so much of them is shown that one sees that they do.
        rising = min(RISING, (T - 1) * float(np.log10(classical.largest)))
        highest = max(highest, rising)
    drawn = base_layout(dark, DECAY_HEIGHT)
    drawn["xaxis"] = axis(dark, _distance()) | {"range": [-0.4, T - 1 + 0.4]}
    if read:
        labels = [f"{word} {k}" for k, word in enumerate(read)]
        drawn["xaxis"] |= read_axis(labels)
        traces = [trace | {"x": labels[: len(trace["x"])]} for trace in traces]
    drawn["yaxis"] = _decades(lowest, highest, curves, dark)
    drawn["shapes"] = [*_band_shapes(lowest, highest, dark), *_lag_line(lag, dark)]
    drawn["annotations"] = [
        *_band_names(lowest, highest, dark),
        *_lag_name(lag, dark),
        *_end_labels(curves, T - 1, lowest, highest, dark),
    ]
    return Figure({"data": traces, "layout": drawn})


def cut_figure(whole: Curve, left: Curve, dark: bool) -> Figure:
    """A cell's curve, and what is left of it when paths are cut."""
    lowest, highest = _extent([whole, left])
    last = len(whole.mean) - 1
    traces = [_line(whole.mean, whole, dark, _("{cell}, all paths"), width=3, marked=True)]
    if whole.kept_mean is not None:
        name = _("{cell}: product of the keep gates alone")
        traces.append(_line(whole.kept_mean, whole, dark, name, dash="dot", width=1.5))
    traces.append(_line(left.mean, whole, dark, _("{cell}, with the cut"), dash="dash", width=2.5))
    drawn = base_layout(dark, CUT_HEIGHT)
    drawn["xaxis"] = axis(dark, _distance()) | {"range": [-0.4, last + 0.4]}
    drawn["yaxis"] = _decades(lowest, highest, [whole], dark)
    drawn["shapes"] = list(_band_shapes(lowest, highest, dark))
    colour = mark_of(whole.cell).colour.on(dark)
    ends = [
        (curve.mean, name, steps_to_halve(curve.half_life), colour)
        for curve, name in ((whole, _("all paths")), (left, _("with the cut")))
    ]
    drawn["annotations"] = [
        *_band_names(lowest, highest, dark),
        *_labels(ends, last, lowest, highest, CUT_HEIGHT),
    ]
    return Figure({"data": traces, "layout": drawn})


def paths_figure(split: Split, unit: int | None, dark: bool) -> Figure:
    """Which path one step of the memory's derivative took, at every distance."""
    roles = split.cell.roles
    bars = []
    for path, shares in split.steps(unit).items():
        role = ROLES["memory"] if path == "direct" else roles[path]
        name = path_name(split.cell, path)
        bars.append(_bar(np.arange(1, len(shares) + 1), shares, name, role.colour.on(dark)))
    memory = split.cell.memory
    step = f"∂{memory}<sub>t</sub>/∂{memory}<sub>t−1</sub>"
    return _shares(bars, dark, _distance(), _("share of {step}").format(step=step))


def excursions_figure(split: Split, dark: bool) -> Figure:
    """How often the gradient that is left has gone through a gate on its way."""
    most = len(split.excursions) - 1
    names = [_("never: the direct path"), _("once"), _("twice")]
    names = [*names[:most], _("{n} times or more").format(n=most)]
    colours = _ramp(ROLES["memory"].colour.on(dark), BORDER.on(dark), most + 1)
    bars = [
        _bar(np.arange(len(shares)), shares, name, colour)
        for shares, name, colour in zip(split.excursions, names, colours, strict=True)
    ]
    return _shares(bars, dark, _distance(), _("share of what is left"))


# -- pieces ---------------------------------------------------------------------------------------


def _distance() -> str:
    return _("distance to the last step, in steps")


def _line(
    decades: np.ndarray,
    curve: Curve,
    dark: bool,
    name: str,
    width: float,
    dash: str = "solid",
    marked: bool = False,
) -> Part:
    named = name.format(cell=title_of(curve.cell))
    mark = mark_of(curve.cell)
    every = max(1, len(decades) // 12)
    trace: Part = {
        "type": "scatter",
        "x": np.arange(len(decades)),
        "y": _drawn(decades),
        "name": named,
        "mode": "lines",
        "line": {"color": mark.colour.on(dark), "width": width, "dash": dash},
        "customdata": [share(value) for value in decades],
        "hovertemplate": f"{named}: %{{customdata}}<extra></extra>",
        "showlegend": False,
    }
    if marked:
        sizes = [7 if k % every == 0 else 0 for k in range(len(decades))]
        trace["mode"] = "lines+markers"
        colour = mark.colour.on(dark)
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


def _spread(curve: Curve, dark: bool) -> list[Part]:
    """From the smallest to the largest of the sequences."""
    if curve.decades.shape[1] < 2:
        return []
    low, high = _drawn(curve.decades.min(axis=1)), _drawn(curve.decades.max(axis=1))
    x = np.arange(len(low))
    plain = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False}
    line = {"width": 0, "color": mark_of(curve.cell).colour.on(dark)}
    fill = {"fill": "tonexty", "fillcolor": faint(mark_of(curve.cell).colour.on(dark), 0.15)}
    return [
        plain | {"x": x, "y": low, "line": line},
        plain | {"x": x, "y": high, "line": line} | fill,
    ]


def _bound_lines(classical: Bounds, T: int, dark: bool) -> list[Part]:
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
            "line": {"color": MUTED.on(dark), "width": 1.5, "dash": dash},
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


def _decades(lowest: float, highest: float, curves: Sequence[Curve], dark: bool) -> Part:
    unit = _("1 at its largest") if curves[0].largest else _("1 at distance 0")
    quantity = curves[0].quantity
    if quantity == "memory" and all(curve.cell.memory != "c" for curve in curves):
        quantity = "h"
    symbol = QUANTITIES[quantity].symbol
    step = next(s for s in (1, 2, 3, 5, 10) if (highest - lowest) / s <= 11 or s == 10)
    ticks = np.arange(-200 * step, 200 * step + 1, step)
    return axis(dark, f"‖{_subscripted(symbol)}‖, {unit}") | {
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


def _band_shapes(lowest: float, highest: float, dark: bool) -> Iterable[Part]:
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
            "fillcolor": _band_colour(number, dark),
            "layer": "below",
        }


def _band_colour(number: int, dark: bool) -> str:
    """The four bands, from exploding to lost: warm, clear, grey, greyer."""
    strength = (0.10, 0.0, 0.07, 0.16)[number]
    return faint((MUTED if number else POSITIVE).on(dark), strength)


def _band_names(lowest: float, highest: float, dark: bool) -> Iterable[Part]:
    for band in BANDS:
        low, high = max(band.low, lowest), min(band.high, highest)
        if high - low < 0.045 * (highest - lowest):
            continue
        # Curves start at 1 and fall: what is above has its name on top, what is below at its foot.
        y, anchor = (high, "top") if band.high > 0 else (low, "bottom")
        place = {"xref": "paper", "x": 0.006, "y": y, "xanchor": "left", "yanchor": anchor}
        yield note(dark, _("{name}: {what}").format(name=_(band.name), what=_(band.meaning)), place)


def _lag_line(lag: int | None, dark: bool) -> Iterable[Part]:
    if lag is not None:
        yield rule(dark, upright(lag), width=1.5, of=TEXT)


def _lag_name(lag: int | None, dark: bool) -> Iterable[Part]:
    if lag is not None:
        name = _("the task’s lag: {steps}").format(steps=steps(lag))
        place = {"x": lag, "yref": "paper", "y": 0.8, "xanchor": "right", "yanchor": "top"}
        yield note(dark, name, place | {"xshift": -3, "textangle": -90}, of=TEXT)


def _end_labels(
    curves: Sequence[Curve], last: int, lowest: float, highest: float, dark: bool
) -> list[Part]:
    entries = [
        (
            curve.mean,
            title_of(curve.cell),
            "" if curve.largest else steps_to_halve(curve.half_life),
            mark_of(curve.cell).colour.on(dark),
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
) -> list[Part]:
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
            "font": {"size": SIZE, "color": colour},
        }
        for place, (_end, (name, below, colour)) in zip(places, ends, strict=True)
    ]


def _bar(x: np.ndarray, shares: np.ndarray, name: str, colour: str) -> Part:
    return {
        "type": "bar",
        "x": x,
        "y": _drawn(shares),
        "name": name,
        "marker": {"color": colour, "line": {"width": 0}},
        "customdata": [percent(float(share), 1) for share in shares],
        "hovertemplate": f"{name}: %{{customdata}}<extra></extra>",
    }


def _shares(bars: Sequence[Part], dark: bool, x: str, y: str) -> Figure:
    drawn = base_layout(dark, SHARES_HEIGHT, right=8)
    drawn |= {"barmode": "relative", "bargap": 0, "showlegend": True}
    drawn["xaxis"] = axis(dark, x)
    drawn["yaxis"] = axis(dark, y) | {"tickformat": ".0%"}
    return Figure({"data": list(bars), "layout": drawn})


def base_layout(dark: bool, height: int, right: int = RIGHT) -> Part:
    """A layout with room for names at the ends of lines, which are placed by its pixels."""
    drawn = layout(dark, height, {"l": 64, "r": right, "t": TOP, "b": BOTTOM})
    # A finger on the figure scrolls the page.
    return drawn | {"hovermode": "x unified", "dragmode": False}


def _ramp(first: str, last: str, count: int) -> list[str]:
    """Colours from one to another in equal steps."""
    ends = [np.array([int(c[k : k + 2], 16) for k in (1, 3, 5)]) for c in (first, last)]
    mixed = [ends[0] + (ends[1] - ends[0]) * k / max(1, count - 1) for k in range(count)]
    return ["#" + "".join(f"{round(v):02x}" for v in colour) for colour in mixed]
