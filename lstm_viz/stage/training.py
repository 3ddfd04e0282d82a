"""A cell at many moments of its training, reading one sequence: the stage with a second cursor.

Of each moment only the weights travel, and what the network answered: a tenth of all the numbers
that follow from them. The browser runs the cell's equations on them itself (run.js).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import INPUT
from lstm_viz.language import _
from lstm_viz.notation.trees import lines_as_trees, tree
from lstm_viz.run.statistics import mean_gates
from lstm_viz.run.trace import Trace
from lstm_viz.stage.encoded import packed
from lstm_viz.stage.equations import shown_keys
from lstm_viz.stage.memory import memory_keys
from lstm_viz.stage.payload_types import SentSnapshot, Training, TrainingMark, TrainingWords
from lstm_viz.stage.scales import scales
from lstm_viz.stage.scene import scene
from lstm_viz.stage.tokens import Guess, Series, Token
from lstm_viz.words.turning_points import fall, fall_said, opening, opening_said

# On sequences that are never trained on: the loss, and the task's own number as it is read.
Result: TypeAlias = tuple[float | None, str]

MOST_BYTES = 3_000_000  # of one payload's snapshots, as they are sent


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network after so many training steps and what it makes of one sequence.

    ``weights`` and ``x`` are packed; a guess is its text and, where it has one, its probability.
    ``limits`` says for each key what is drawn at full strength; ``means`` are those of the gates.
    """

    after: int
    weights: str
    x: str
    guesses: list[list[list[str | float]]]
    right: list[bool | None]
    forecast: list[float] | None
    limits: Mapping[str, float]
    means: Mapping[str, float]

    @property
    def size(self) -> int:
        """Bytes, as JSON."""
        return len(json.dumps(sent_snapshot(self, (None, ""))))


@dataclass(frozen=True, eq=False)
class Learning:
    """What there is to scrub through: the snapshots that are sent, the newest one last.

    ``kept`` is how many there are on disk; ``results`` are those that are known, by training steps;
    ``pins`` offers a button that pins a moment.
    """

    snapshots: Sequence[Snapshot]
    kept: int
    results: Mapping[int, Result] = field(default_factory=dict)
    pins: bool = False


def snapshot(
    after: int, trace: Trace, tokens: Sequence[Token], series: Series | None = None
) -> Snapshot:
    """What is told of a trace of one sequence. Raises ValueError when a number is not finite."""
    cell = trace.cell
    values = {key: trace.x if key == INPUT else trace.value(key) for key in shown_keys(cell)}
    for key, array in values.items():
        if not np.isfinite(array).all():
            raise ValueError(
                _("{key} is not finite somewhere, so it cannot be drawn.").format(key=key)
            )
    of_one = {key: array[:, 0] for key, array in values.items()}
    found = scales(of_one, cell, scene(cell)["alike"])
    return Snapshot(
        after,
        weights=packed(trace.weights[name] for name in cell.weight_names),
        x=packed([trace.x]),
        guesses=[[_guess(guess) for guess in token.predictions] for token in tokens],
        right=[token.right for token in tokens],
        forecast=[float(f"{n:.5g}") for n in series.forecast] if series else None,
        limits={key: scale["limit"] for key, scale in found.items()},
        means=mean_gates(trace),
    )


def _guess(guess: Guess) -> list[str | float]:
    return [guess.text] if guess.p is None else [guess.text, round(guess.p, 4)]


def thinned(kept: Sequence[int], size: int, needed: Sequence[int] = ()) -> tuple[int, ...]:
    """As many of the moments ``kept`` as may be sent, when each takes ``size`` bytes.

    They stay evenly spread over the places in ``kept``, which has them on a logarithmic scale: the
    first, the last and those ``needed`` are among them.
    """
    most = max(2, MOST_BYTES // max(size, 1))
    if len(kept) <= most:
        return tuple(kept)
    places = np.linspace(0, len(kept) - 1, max(2, most - len(needed))).round().astype(int)
    return tuple(sorted({*(kept[place] for place in places), *(set(needed) & set(kept))}))


def limits_of_training(learning: Learning) -> dict[str, float]:
    """For each key the largest of what is drawn at full strength at any moment."""
    snapshots = learning.snapshots
    return {key: max(s.limits[key] for s in snapshots) for key in snapshots[0].limits}


def training(learning: Learning, newest: Trace) -> Training:
    """Everything that the second cursor needs; ``newest`` is the trace of the last snapshot."""
    cell, units = newest.cell, int(newest["h"].shape[-1])
    shapes = cell.weight_shapes(newest.x.shape[-1], units)
    return {
        "program": {
            "lines": lines_as_trees(cell),
            "initial": {state: cell.initial.get(state, 0.0) for state in cell.states},
            "trees": {
                key: tree(cell.expression(key)) for key in (*shown_keys(cell), *memory_keys(cell))
            },
            "weights": [(name, shapes[name]) for name in cell.weight_names],
            "units": units,
        },
        "snapshots": _snapshots(learning),
        "pins": learning.pins,
        "marks": _marks(learning, cell),
        "signal": _learnt_most(learning.snapshots) or cell.signals[0],
        "left_out": _left_out(len(learning.snapshots), learning.kept),
        "words": _words(),
    }


def _snapshots(learning: Learning) -> list[SentSnapshot]:
    """Numbers that are read are the same at every moment; symbols have vectors that are learnt."""
    first, *others = learning.snapshots
    results = [learning.results.get(one.after, (None, "")) for one in learning.snapshots]
    sent = [sent_snapshot(first, results[0])]
    for one, result in zip(others, results[1:], strict=True):
        sent.append(sent_snapshot(one, result, reads_the_same=one.x == first.x))
    return sent


def sent_snapshot(one: Snapshot, result: Result, reads_the_same: bool = False) -> SentSnapshot:
    """What the browser is told of a snapshot, with its result where one is known."""
    loss, metric = result
    return {
        "after": one.after,
        "weights": one.weights,
        "x": None if reads_the_same else one.x,
        "guesses": one.guesses,
        "right": one.right,
        "forecast": one.forecast,
        "loss": float(f"{loss:.4g}") if loss is not None and np.isfinite(loss) else None,
        "metric": metric,
    }


def _marks(learning: Learning, cell: Cell) -> list[TrainingMark]:
    """Where the loss fell furthest and where a gate moved most, each at the moment after it."""
    places = {one.after: place for place, one in enumerate(learning.snapshots)}
    losses = {step: learning.results[step][0] for step in places if step in learning.results}
    known = {step: loss for step, loss in losses.items() if loss is not None}
    marks: list[TrainingMark] = []
    if turn := fall(list(known), list(known.values())):
        marks.append({"moment": places[turn.last], "role": "", "said": fall_said(turn)})
    if moved := opening({one.after: one.means for one in learning.snapshots}):
        gate, turn = moved
        role = cell.roles[gate].key
        marks.append({"moment": places[turn.last], "role": role, "said": opening_said(gate, turn)})
    return marks


def _learnt_most(snapshots: Sequence[Snapshot]) -> str | None:
    """The gate whose mean has moved furthest; None in a cell without gates."""
    moved = {
        gate: float(np.ptp([one.means[gate] for one in snapshots])) for gate in snapshots[0].means
    }
    return max(moved, key=lambda gate: moved[gate], default=None)


def _left_out(sent: int, kept: int) -> str:
    if sent == kept:
        return ""
    return _("{sent} of the {kept} moments that were kept are here: the network is large.").format(
        sent=sent, kept=kept
    )


def _words() -> TrainingWords:
    return {
        "comma": _(", "),
        "through_training": _("Move through training"),
        "after": _("After how many training steps"),
        "after_steps": _("after training step {after}"),
        "loss": _("loss"),
        "loss_is": _("loss {loss}"),
        "learning": _("{name} of unit {unit}, at every step of the sequence and of the training"),
        "picture_of": _("What the picture shows"),
        "of_unit": _(
            "of unit {unit}: time runs down, training to the right, its steps on a log scale"
        ),
        "at": _("t = {t}"),
        "learn_play": _("Watch it learn (l)"),
        "learn_pause": _("Pause (l)"),
        "learn_back": _("Less trained (,)"),
        "learn_forward": _("More trained (.)"),
        "training_steps": _("training steps"),
        "turned": _("{said}; go there"),
        "pin": _("Pin this moment, to compare others with it"),
    }
