"""A cell at many moments of its training, reading one sequence: the stage with a second cursor.

Of each moment only the weights travel, and what the network answered: a tenth of all the numbers
that follow from them. The browser runs the cell's equations on them itself (run.js).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from lstm_viz.cells.expressions import INPUT
from lstm_viz.language import _
from lstm_viz.notation.trees import lines_as_trees, tree
from lstm_viz.run.probe import mean_gates
from lstm_viz.run.trace import Trace
from lstm_viz.stage.payload import fingerprint, shown_keys
from lstm_viz.stage.scales import scales
from lstm_viz.stage.scene import scene
from lstm_viz.stage.tokens import Series, Token

# On sequences that are never trained on: the loss, and the task's own number as it is read.
Result: TypeAlias = tuple[float | None, str]

MOST_BYTES = 3_000_000  # of one payload's snapshots, as they are sent


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A network after so many training steps and what it makes of one sequence.

    ``sent`` is what the browser is told; ``limits`` says for each key what is drawn at full
    strength; ``means`` are those of the gates. Raises ValueError when a number is not finite.
    """

    after: int
    sent: Mapping[str, Any]
    limits: Mapping[str, float]
    means: Mapping[str, float]

    @property
    def size(self) -> int:
        """Bytes, as JSON."""
        return len(json.dumps(self.sent))


def snapshot(
    after: int, trace: Trace, tokens: Sequence[Token], series: Series | None = None
) -> Snapshot:
    """What is told of a trace of one sequence."""
    cell = trace.cell
    values = {key: trace.x if key == INPUT else trace.value(key) for key in shown_keys(cell)}
    for key, array in values.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{key} is not finite somewhere, so it cannot be drawn.")
    of_one = {key: array[:, 0] for key, array in values.items()}
    found = scales(of_one, cell, scene(cell)["alike"])
    return Snapshot(
        after,
        {
            "after": after,
            "weights": _packed(trace.weights[name] for name in cell.weight_names),
            "x": _packed([trace.x]),
            "guesses": [[_guess(g.text, g.p) for g in token.predictions] for token in tokens],
            "right": [token.right for token in tokens],
            "forecast": [float(f"{n:.5g}") for n in series.forecast] if series else None,
        },
        {key: scale["limit"] for key, scale in found.items()},
        mean_gates(trace),
    )


def _guess(text: str, p: float | None) -> list[Any]:
    return [text] if p is None else [text, round(p, 4)]


def _packed(arrays: Any) -> str:
    """The numbers of all arrays, one after the other, as float32."""
    flat = np.concatenate([np.ravel(array) for array in arrays])
    return base64.b64encode(flat.astype("<f4").tobytes()).decode()


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


def training_payload(
    newest: Mapping[str, Any],
    trace: Trace,
    snapshots: Sequence[Snapshot],
    kept: int,
    results: Mapping[int, Result] | None = None,
    pins: bool = False,
) -> dict[str, Any]:
    """The stage's payload of the newest snapshot and its trace, with all to be scrubbed through.

    ``kept`` is how many there are on disk; ``results`` are those that are known, by training steps;
    ``pins`` offers a button that pins a moment. A signal is drawn on one scale throughout, so that
    it is seen to grow.
    """
    cell = trace.cell
    limits = {key: max(s.limits[key] for s in snapshots) for key in snapshots[0].limits}
    shapes = cell.weight_shapes(trace.x.shape[-1], newest["units"])
    payload = {
        **newest,
        "values": {},
        "signals": [{**s, "limit": limits[s["name"]]} for s in newest["signals"]],
        "scales": {key: {**s, "limit": limits[key]} for key, s in newest["scales"].items()},
        "words": _words(newest["words"]),
        "training": {
            "program": {
                "lines": lines_as_trees(cell),
                "initial": {state: cell.initial.get(state, 0.0) for state in cell.states},
                "trees": {key: tree(cell.expression(key)) for key in shown_keys(cell)},
                "weights": [[name, shapes[name]] for name in cell.weight_names],
                "units": newest["units"],
            },
            "snapshots": _sent(snapshots, results or {}),
            "pins": pins,
            "signal": _learnt_most(snapshots) or cell.signals[0],
            "left_out": _left_out(len(snapshots), kept),
        },
    }
    return payload | {"id": fingerprint(payload)}


def _sent(snapshots: Sequence[Snapshot], results: Mapping[int, Result]) -> list[dict[str, Any]]:
    """Numbers that are read are the same at every moment; symbols have vectors that are learnt."""
    first, found = snapshots[0].sent["x"], []
    for number, one in enumerate(snapshots):
        loss, metric = results.get(one.after, (None, ""))
        is_known = loss is not None and np.isfinite(loss)
        result = {"loss": float(f"{loss:.4g}") if is_known else None, "metric": metric}
        x = None if number and one.sent["x"] == first else one.sent["x"]
        found.append({**one.sent, "x": x, **result})
    return found


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


def _words(of_stage: Mapping[str, Any]) -> dict[str, Any]:
    keys = {
        "learnForward": _("one moment of training on"),
        "learnBack": _("one moment of training back"),
        "learnToggle": _("watch it learn, or pause"),
    }
    return {
        **of_stage,
        "keys": of_stage["keys"] | keys,
        "through_training": _("Move through training"),
        "after": _("After how many training steps"),
        "after_steps": _("after {after} training steps"),
        "loss": _("loss"),
        "loss_is": _("loss {loss}"),
        "learning": _("{name} of unit {unit}, at every step of the sequence and of the training"),
        "picture_of": _("What the picture shows"),
        "of_unit": _("of unit {unit}: time runs down, training to the right"),
        "at": _("t = {t}"),
        "learn_play": _("Watch it learn (l)"),
        "learn_pause": _("Pause (l)"),
        "learn_back": _("Less trained (,)"),
        "learn_forward": _("More trained (.)"),
        "training_steps": _("training steps"),
        "pin": _("Pin this moment, to compare others with it"),
    }
