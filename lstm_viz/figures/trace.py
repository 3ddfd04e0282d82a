"""What a trace did, as Plotly figures: a signal at all steps, and the statistics over a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lstm_viz import counted
from lstm_viz.cells.symbols import plain
from lstm_viz.colours import PAGE
from lstm_viz.figures.look import across, axis, gate_scale, layout, note, rule, signed_scale
from lstm_viz.figures.notebook import NotebookFigure
from lstm_viz.language import _
from lstm_viz.rounded import percent
from lstm_viz.run import statistics
from lstm_viz.run.scale import full_strength
from lstm_viz.run.trace import Trace

HEIGHT = 340
MARKERS = ("circle", "diamond", "square", "triangle-up", "cross", "x")
SHORTEST = 0.3  # steps; a correlation time below says no more than that it is short
READABLE = 60  # tokens that fit below an axis


def figure(trace: Trace, of: str = "h", **settings: Any) -> go.Figure:
    """``lv.figure``: of a signal, units by steps, or one of STATISTICS.

    ``lv.figure(trace, "f", sequence=2)``, ``lv.figure(trace, "saturation", dark=True)``. Raises
    ValueError with the names that there are.
    """
    if of in trace.signals:
        return NotebookFigure(at_all_steps(trace, of, **settings))
    if of in STATISTICS:
        return NotebookFigure(STATISTICS[of](trace, **settings))
    known = _(", ").join([*trace.signals, *STATISTICS])
    raise ValueError(
        _("There is no figure of {of!r}; there are {known}.").format(of=of, known=known)
    )


def at_all_steps(
    trace: Trace, signal: str, sequence: int = 0, tokens: Sequence[str] = (), dark: bool = False
) -> go.Figure:
    """Every unit of one sequence at every step: gates in their colour, the others by sign.

    Steps stand as the trace has them, of one that reads backward the last of the sequence first.
    ``tokens`` are what was read, in the order of time: each is put to the step that read it. Raises
    ValueError for other tokens than steps.
    """
    trace = trace.piece(slice(None), sequence)
    values = trace[signal][:, 0].T
    if tokens and len(tokens) != values.shape[1]:
        raise ValueError(
            _("There are {tokens} for {steps}.").format(
                tokens=counted.tokens(len(tokens)), steps=counted.steps(values.shape[1])
            )
        )
    low, high = trace.cell.ranges[signal]
    limit = full_strength(values, (low, high))
    role = trace.cell.roles[signal]
    steps = list(range(1, values.shape[1] + 1))
    tokens = tokens[::-1] if trace.is_backward else tokens
    read = list(tokens) or [""] * len(steps)
    found = go.Figure(
        go.Heatmap(
            z=np.asarray(values, "f4"),
            x=steps,
            customdata=np.broadcast_to(np.array(read, dtype=object), values.shape),
            colorscale=gate_scale(role.colour, dark) if low >= 0 else signed_scale(dark),
            zmin=0 if low >= 0 else -limit,
            zmax=limit,
            colorbar={"thickness": 10, "outlinewidth": 0, "title": plain(signal)},
            hovertemplate=_("unit %{y}, step %{x}")
            + (" “%{customdata}”" if tokens else "")
            + ": %{z:.3f}<extra></extra>",
        )
    )
    along = _("step, the last of the sequence first") if trace.is_backward else _("step")
    _laid_out(found, dark, along, _("unit"))
    found.update_layout(height=max(220, min(640, 90 + 9 * len(values))))
    found.update_yaxes(showgrid=False, autorange="reversed", rangemode="tozero")
    found.update_xaxes(showgrid=False)
    if tokens and len(tokens) <= READABLE:
        found.update_xaxes(tickvals=steps, ticktext=[_as_text(token) for token in tokens])
    return found


def saturation(trace: Trace, dark: bool = False) -> go.Figure:
    """Karpathy, Johnson and Fei-Fei 2015: each unit's gate, by how often it is shut and open."""
    found = go.Figure()
    for gate, marker in zip(statistics.gates(trace), MARKERS * 9, strict=False):
        of = statistics.saturation(trace, gate)
        role = trace.cell.roles[gate]
        found.add_scatter(
            x=of.left,
            y=of.right,
            mode="markers",
            name=f"{plain(gate)}, {_(trace.cell.called(gate))}",
            marker={
                "color": role.colour.on(dark),
                "symbol": marker,
                "size": 9,
                "opacity": 0.75,
                "line": {"width": 1, "color": PAGE.on(dark)},
            },
            text=[
                _("unit {unit}: shut {left}, open {right} of the time").format(
                    unit=unit, left=percent(left), right=percent(right)
                )
                for unit, (left, right) in enumerate(zip(of.left, of.right, strict=True))
            ],
            hovertemplate="%{text}",
        )
    found.add_shape(rule(dark, {"x0": 0, "y0": 1, "x1": 1, "y1": 0}, "dot"))
    share = {"range": [-0.03, 1.03], "tickformat": ".0%", "dtick": 0.25}
    _laid_out(
        found,
        dark,
        _("share of steps below {left}").format(left=statistics.LEFT),
        _("share of steps above {right}").format(right=statistics.RIGHT),
    )
    found.update_xaxes(**share)
    found.update_yaxes(**share)
    return found


def distributions(trace: Trace, dark: bool = False) -> go.Figure:
    """How often each signal has which value, over all units, steps and sequences."""
    signals = trace.cell.signals
    columns = min(3, len(signals))
    found = make_subplots(-(-len(signals) // columns), columns, vertical_spacing=0.2)
    for number, signal in enumerate(signals):
        of = statistics.distribution(trace, signal)
        role = trace.cell.roles[signal]
        low, high = trace.cell.ranges[signal]
        if not np.isfinite([low, high]).all():
            reach = full_strength(trace[signal], (low, high))
            low, high = max(of.edges[0], -1.5 * reach), min(of.edges[-1], 1.5 * reach)
        place = {"row": number // columns + 1, "col": number % columns + 1}
        hue = role.colour.on(dark)
        found.add_bar(
            x=(of.edges[:-1] + of.edges[1:]) / 2,
            y=of.share,
            width=np.diff(of.edges),
            name=plain(signal),
            marker={"color": hue, "line": {"width": 0}},
            customdata=[percent(share, 1) for share in of.share],
            hovertemplate="%{x:.2f}: %{customdata}",
            **place,
        )
        found.update_xaxes(title={"text": plain(signal), "font": {"color": hue}}, **place)
        found.update_xaxes(range=[low, high], nticks=4, tickangle=0, title_standoff=2, **place)
    _laid_out(found, dark)
    found.update_layout(showlegend=False, bargap=0, margin={"b": 40})
    found.update_yaxes(showticklabels=False, showgrid=False)
    return found


def half_lives(trace: Trace, dark: bool = False) -> go.Figure:
    """After how many steps half of each unit's memory is left, the shortest first."""
    steps = statistics.half_lives(trace)
    order = np.argsort(steps, kind="stable")
    role = trace.cell.roles[trace.cell.memory or "h"]
    drawn = np.clip(steps[order], 1e-2, 1e6)
    found = go.Figure(
        go.Scatter(
            x=np.arange(1, len(order) + 1),
            y=drawn,
            mode="markers",
            marker={"color": role.colour.on(dark), "size": 8},
            customdata=order,
            hovertemplate=_("unit %{customdata}, steps: %{y:.3g}") + "<extra></extra>",
        )
    )
    T = len(trace.x)
    found.add_shape(rule(dark, across(T), "dot"))
    corner = {"x": 1, "xref": "paper", "xanchor": "right", "y": np.log10(T), "yanchor": "bottom"}
    found.add_annotation(note(dark, _("length of the sequence"), corner))
    _laid_out(found, dark, _("units, the most forgetful first"), _("steps until half is left"))
    found.update_yaxes(type="log", exponentformat="none", dtick=1)
    return found


def slowness(trace: Trace, dark: bool = False) -> go.Figure:
    """How long each unit's memory stays like itself, beside its h; above the line it is slower."""
    memory = trace.cell.memory
    if memory in (None, "h"):
        raise ValueError(_("This cell shows its memory as it is: there is no c beside h."))
    most = max(2.0, len(trace.x) / 2)
    times = [statistics.correlation_time(trace, signal) for signal in ("h", memory)]
    x, y = (np.clip(of, SHORTEST, most) for of in times)
    role = trace.cell.roles[memory]
    found = go.Figure(
        go.Scatter(
            x=x,
            y=y,
            mode="markers",
            marker={"color": role.colour.on(dark), "size": 9, "opacity": 0.8},
            customdata=np.arange(len(x)),
            hovertemplate=_("unit %{customdata}: ")
            + f"{plain('h')} %{{x:.2g}}, {plain(memory)} %{{y:.2g}}<extra></extra>",
        )
    )
    diagonal = {"x0": SHORTEST, "y0": SHORTEST, "x1": most, "y1": most}
    found.add_shape(rule(dark, diagonal, "dot"))
    what = _("steps until {signal} is unlike itself")
    _laid_out(found, dark, what.format(signal=plain("h")), what.format(signal=plain(memory)))
    decades = [0.3, 1, 3, 10, 30, 100, 300]
    ends = [np.log10(SHORTEST) - 0.05, np.log10(most) + 0.05]
    for axes in (found.update_xaxes, found.update_yaxes):
        axes(type="log", range=ends, tickvals=decades, ticktext=[f"{tick:g}" for tick in decades])
    return found


STATISTICS: Mapping[str, Callable[..., go.Figure]] = {
    "saturation": saturation,
    "distributions": distributions,
    "half_lives": half_lives,
    "slowness": slowness,
}


def _laid_out(found: go.Figure, dark: bool, x: str = "", y: str = "") -> None:
    found.update_layout(layout(dark, HEIGHT))
    found.update_xaxes(axis(dark, x))
    found.update_yaxes(axis(dark, y))


def _as_text(token: str) -> str:
    """A token as Plotly prints it: what looks like its markup stays text."""
    return token.replace("&", "&amp;").replace("<", "&lt;") or " "
