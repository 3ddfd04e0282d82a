"""``lv.widget``: the stage, live in a notebook (Jupyter, VS Code, Colab, marimo).

What the page and Python share is the cursor: setting ``step`` or ``unit`` moves it, and they follow
it. A new ``hold`` is run here, with the cell's own weights, and its run takes the place of the one
that was shown. The scripts are the stage's own, joined into one as for the app.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import anywidget
import numpy as np
import traitlets

from lstm_viz.language import _
from lstm_viz.run.recording import Recording
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.stage import bundle
from lstm_viz.stage.payload import stage_payload
from lstm_viz.stage.standalone import shown_run, stage_html
from lstm_viz.stage.theme import notebooks_theme


def _module() -> str:
    """The script as anywidget wants it: an ES module whose default export renders the widget."""
    styles = notebooks_theme() + bundle.styles(*bundle.STAGE_STYLES, "widget")
    return (
        f"{bundle.script(entry='widget')}\n"
        f"const styles = {json.dumps(styles)};\n"
        "export default { render: ({ model, el }) => mount({ model, el, styles }) };\n"
    )


class StageWidget(anywidget.AnyWidget):
    """One sequence of a trace as a live stage.

    ``step`` (from 0, as in the arrays) and ``unit`` are where the cursor stands: they can be read,
    set and observed. ``hold`` is what is held, as ``lv.run`` takes it. ``trace`` is the run that is
    shown, B = 1, so ``widget.trace.f[widget.step, 0, widget.unit]`` is a number on the screen.
    """

    _esm = _module()
    step = traitlets.Int().tag(sync=True)
    unit = traitlets.Int().tag(sync=True)
    payload = traitlets.Dict().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    held = traitlets.Dict().tag(sync=True)

    def __init__(self, trace: Trace, tokens: Sequence[str] = (), sequence: int = 0):
        self._given = trace.piece(slice(None), sequence)
        self._tokens, self._column = tuple(tokens), range(trace.x.shape[1])[sequence]
        self._trace, self._hold = self._given, dict(self._given.hold)
        shown = self._shown(self._given)
        start = shown["start"]
        super().__init__(step=start["t"], unit=start["unit"], **self._sent(self._given, shown))

    @property
    def trace(self) -> Trace:
        """The run that is shown; another one after each ``hold``."""
        return self._trace

    @property
    def hold(self) -> Mapping[str, Any]:
        """What is held, by signal; to hold something else, or nothing, set another dictionary.

        ``widget.hold = {"f": 0}`` holds f of every unit at 0 throughout; an array that broadcasts
        to (T, B, H) says where, with NaN for free. Raises ValueError as ``lv.run`` does, and then
        goes on showing what it showed.
        """
        return MappingProxyType(self._hold)

    @hold.setter
    def hold(self, hold: Mapping[str, Any]) -> None:
        given = self._given
        held = {name: self._of_sequence(values) for name, values in hold.items()}
        kind = str(given.x.dtype)
        trace = run(given.cell, given.weights, given.x, given.initial, held, kind)
        trace = replace(trace, direction=given.direction)
        shown = self._shown(trace)
        self._trace, self._hold = trace, dict(hold)
        with self.hold_sync():
            for name, value in self._sent(trace, shown).items():
                setattr(self, name, value)

    @traitlets.validate("step")
    def _is_step(self, proposal: Any) -> int:
        return _within("step", proposal["value"], len(self._given.x))

    @traitlets.validate("unit")
    def _is_unit(self, proposal: Any) -> int:
        return _within("unit", proposal["value"], self._given["h"].shape[2])

    def _of_sequence(self, values: Any) -> Any:
        """What is held in the sequence that is shown, of what is held in all of them."""
        shape = np.shape(values)
        each = len(shape) == 3 and shape[1] > 1
        column = self._column
        return values[: len(self._given.x), column : column + 1] if each else values

    def _shown(self, trace: Trace) -> Any:
        return stage_payload(shown_run(trace, self._tokens))

    def _sent(self, trace: Trace, shown: Any) -> dict[str, Any]:
        """What the page is told of a run. The payload is the last: with it, all is drawn anew."""
        held = ", ".join(trace.hold)
        also = " " + _("Held: {held}.").format(held=held) if held else ""
        spans = [span for name in trace.hold for span in self._spans(trace, name)]
        return {
            "held": {"spans": spans, "word": _("held by hand")},
            "said": shown["caption"] + also,
            "payload": dict(shown),
        }

    def _spans(self, trace: Trace, signal: str) -> list[dict[str, Any]]:
        """Where a signal is held, as spans of steps; unit None where it is so for all of them."""
        mask = ~np.isnan(trace.hold[signal][:, 0])
        units = [None] if (mask == mask[:, :1]).all() else list(range(mask.shape[1]))
        spans = []
        for unit in units:
            edges = np.diff(mask[:, unit or 0].astype(int), prepend=0, append=0)
            firsts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
            spans += [
                {"signal": signal, "from": int(first), "to": int(end) - 1, "unit": unit}
                for first, end in zip(firsts, ends, strict=True)
            ]
        return spans

    def _repr_mimebundle_(self, **settings: Any) -> Any:
        """With the page that needs no Python, for where no widget can live: a saved notebook."""
        found = super()._repr_mimebundle_(**settings)
        if not found:
            return found
        page = stage_html(self._trace, self._tokens)
        return {**found[0], "text/html": page._repr_html_()}, found[1]


def widget(trace: Trace | Recording, tokens: Sequence[str] = (), sequence: int = 0) -> StageWidget:
    """``lv.widget``: the live stage of one sequence, of a trace or of a recording's first layer.

    ``tokens`` are what was read at each step, as it is to be shown. Several of them in a notebook
    have nothing to do with each other. Raises ValueError as ``lv.stage_html`` does.
    """
    return StageWidget(trace[0] if isinstance(trace, Recording) else trace, tokens, sequence)


def _within(what: str, value: int, count: int) -> int:
    if not 0 <= value < count:
        problem = _("{what} is a number from 0 to {last}, not {value}.")
        raise traitlets.TraitError(problem.format(what=what, last=count - 1, value=value))
    return value
