"""From a run to what the browser draws: one payload, made once, sent once, that JSON can carry.

Every number in it has the text of its expression for a name, and every name comes from the
equations or from the drawing, so that a wire, a symbol and a strip show the same array.

A run is described first (``ShownRun``) and made into a payload last, because two things are known
only when all runs on a page are: the notation that a reader chose, and the scale on which two runs,
or all moments of a training, are drawn alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import INPUT
from lstm_viz.language import _
from lstm_viz.networks.held import Span
from lstm_viz.notation.libraries import OURS, Notation, names_in
from lstm_viz.notation.mathml import MathML
from lstm_viz.notation.typeset import symbol_mathml
from lstm_viz.run.trace import Trace
from lstm_viz.stage.encoded import encoded, fingerprint
from lstm_viz.stage.equations import equations, keys_of, lights
from lstm_viz.stage.memory import memory_sum
from lstm_viz.stage.output import Head, output_layer
from lstm_viz.stage.payload_types import About as AboutSent
from lstm_viz.stage.payload_types import (
    Encoded,
    Equation,
    MemorySum,
    OutputLayer,
    Scale,
    Scene,
    Signal,
    StagePayload,
    StageWords,
    Training,
    Unrolled,
)
from lstm_viz.stage.payload_types import Series as SeriesSent
from lstm_viz.stage.payload_types import Token as TokenSent
from lstm_viz.stage.scales import kind_of, scales
from lstm_viz.stage.scene import scene, sent
from lstm_viz.stage.sentences import stage_words
from lstm_viz.stage.tokens import Series, Token
from lstm_viz.stage.tooltips import Names, about, title
from lstm_viz.stage.training import Learning, limits_of_training, training
from lstm_viz.words.captions import Caption

STRANDS = 16  # as many units can still be told apart in the drawing


@dataclass(frozen=True, eq=False)
class ShownRun:
    """One sequence of a trace, and everything that the stage says of it.

    ``tokens`` has one entry a step; ``series`` is given as well where they are numbers. The stage
    opens where the caption points. ``address`` says under which names the address bar has what
    moves here: ``{"step": "t", "unit": "unit"}``. ``answer`` is what the guesses are called, where
    they are not of what comes next. ``notation`` is in whose letters it is written; ``learning``
    has the earlier moments of a training whose newest one this is. ``head`` is the output layer
    that reads its h, ``held`` are the spans of it that are held by hand.
    """

    trace: Trace
    tokens: Sequence[Token]
    caption: Caption | None = None
    question: str = ""
    task: str = ""
    sequence: int = 0
    file_name: str = "lstm-viz"
    series: Series | None = None
    address: Mapping[str, str] = field(default_factory=dict)
    answer: str = ""
    notation: Notation = OURS
    learning: Learning | None = None
    head: Head | None = None
    held: Sequence[Span] = ()

    @property
    def cell(self) -> Cell:
        return self.trace.cell

    @property
    def units(self) -> int:
        return int(self.trace["h"].shape[-1])


@dataclass(frozen=True, eq=False)
class Content:
    """What differs between the stage forward and the stage backward."""

    signals: list[Signal]
    values: Mapping[str, Encoded]
    scales: Mapping[str, Scale]
    about: Mapping[str, AboutSent]
    equations: list[Equation]
    lights: Mapping[str, str]
    scene: Scene
    words: StageWords
    towards: int = 1
    unrolled: Unrolled | None = None
    training: Training | None = None
    output: OutputLayer | None = None
    memory: MemorySum | None = None


def stage_payload(
    run: ShownRun, limits: Mapping[str, float] | None = None, opens: bool = True
) -> StagePayload:
    """Everything the stage shows of a run.

    ``limits`` says for each key what is drawn at full strength, where that is not this run's own
    matter; ``opens`` is whether the memory can be taken apart. Raises ValueError when a number is
    not finite.
    """
    if run.trace.lengths is not None:
        run = replace(run, trace=run.trace.piece(slice(None), run.sequence), sequence=0)
    drawing, names = scene(run.cell), names_in(run.cell, run.notation)
    lines = equations(run.cell, drawing, run.notation)
    keys = keys_of(drawing, lines)
    values = _values(run, keys)
    if limits is None and run.learning:
        limits = limits_of_training(run.learning)
    found = scales(values, run.cell, drawing["alike"], limits)
    of = run.trace.piece(slice(None), run.sequence) if opens else None
    learns = run.learning is not None
    content = Content(
        signals=_signals(run, found, names),
        # Those of a training the browser works out itself.
        values={} if learns else {key: encoded(key, array) for key, array in values.items()},
        scales=found,
        about={key: about(key, run.trace, names) for key in keys},
        equations=lines,
        lights=lights(keys, run.cell, drawing),
        scene=sent(drawing, names),
        words=stage_words(run.answer, learns),
        training=training(run.learning, run.trace) if run.learning else None,
        output=output_layer(run.head, MathML(names=names)) if run.head else None,
        memory=None if of is None else memory_sum(of, keys, learns),
    )
    return framed(run, content)


def framed(run: ShownRun, content: Content) -> StagePayload:
    """The payload that has this content, with what the run says itself."""
    shown = important_units(run.trace, run.sequence)
    caption = run.caption or Caption("", 0, 0)
    payload: StagePayload = {
        "id": "",  # follows from all the rest
        "cell": {"name": run.cell.name, "title": _title(run.cell)},
        "steps": len(run.tokens),
        "units": run.units,
        "shown": shown,
        "shown_why": _why(shown, run.units),
        "tokens": [_token(token) for token in run.tokens],
        "series": _series(run.series) if run.series else None,
        "signals": content.signals,
        "values": dict(content.values),
        "scales": dict(content.scales),
        "about": dict(content.about),
        "equations": content.equations,
        "aliases": {str(line.expression): line.name for line in run.cell.lines},
        "lights": dict(content.lights),
        "scene": content.scene,
        "question": run.question,
        "task": run.task,
        "caption": caption.text,
        "words": content.words,
        "start": {"t": caption.t, "unit": caption.unit},
        "address": dict(run.address),
        "file_name": run.file_name,
        "towards": content.towards,
        "unrolled": content.unrolled,
        "training": content.training,
        "output": content.output,
        "memory": content.memory,
        "held": [
            {"signal": s.signal, "from": s.first, "to": s.last, "unit": s.unit} for s in run.held
        ],
    }
    return {**payload, "id": fingerprint(payload)}


def limits_of(run: ShownRun) -> dict[str, float]:
    """For each key what is drawn at full strength where the run stands by itself.

    A signal is drawn on one scale throughout a training, so that it is seen to grow.
    """
    if run.learning:
        return limits_of_training(run.learning)
    drawing = scene(run.cell)
    values = _values(run, keys_of(drawing, equations(run.cell, drawing)))
    found = scales(values, run.cell, drawing["alike"])
    return {key: scale["limit"] for key, scale in found.items()}


def important_units(trace: Trace, sequence: int = 0) -> list[int]:
    """At most STRANDS units, those first whose h moves most over the sequence."""
    h = trace["h"][:, sequence, :]
    return [int(unit) for unit in np.argsort(-np.ptp(h, axis=0), kind="stable")[:STRANDS]]


def _values(run: ShownRun, keys: Sequence[str]) -> dict[str, np.ndarray]:
    """For each key its (T, width)."""
    of = {key: run.trace.x if key == INPUT else run.trace.value(key) for key in keys}
    return {key: array[:, run.sequence, :] for key, array in of.items()}


def _signals(run: ShownRun, found: Mapping[str, Scale], names: Names) -> list[Signal]:
    cell = run.cell
    signals: list[Signal] = []
    for line in cell.lines:
        role, (low, high) = cell.roles[line.name], cell.ranges[line.name]
        signals.append(
            {
                "name": line.name,
                "symbol": symbol_mathml(line.name, names),
                "role": role.key,
                "title": title(line.name, cell, names),
                "short": _(role.does),
                "range": [low, high] if np.isfinite([low, high]).all() else None,
                "scale": kind_of((low, high)),
                "limit": found[line.name]["limit"],
                "strip": True,
            }
        )
    return signals


def _title(cell: Cell) -> str:
    return _(cell.title) if cell.title else cell.name or _("A cell of one’s own")


def _token(token: Token) -> TokenSent:
    return {
        "text": token.text,
        "predictions": [
            {"text": guess.text, "p": guess.p, "after": guess.after, "drawn": guess.drawn}
            for guess in token.predictions
        ],
        "target": token.target,
        "right": token.right,
        "written": token.written,
    }


def _series(series: Series) -> SeriesSent:
    return {
        "read": list(series.read),
        "forecast": list(series.forecast),
        "unit": series.unit,
        "given": len(series.read) if series.given is None else series.given,
        "measured": list(series.measured),
    }


def _why(shown: Sequence[int], units: int) -> str:
    if len(shown) == units:
        return ""
    return _("{shown} of {units} units are drawn: those whose h moves most here.").format(
        shown=len(shown), units=units
    )
