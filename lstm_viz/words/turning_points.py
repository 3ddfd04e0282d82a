"""When a run turned: between which moments its loss fell furthest, and which gate moved most then.

A run is looked at on a logarithmic scale of steps, so that a long time of nothing and the fall at
its end are a few points of a curve. What is named here is the largest fall between two neighbouring
looks, and it is named only where it is a good part of the whole way; so is the move of a gate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from lstm_viz.language import _
from lstm_viz.run.statistics import gates
from lstm_viz.run.trace import Trace
from lstm_viz.words.captions import Caption

WORTH = 0.25  # of what the loss was at first: a smaller fall is none
MOVED = 0.05  # a gate whose mean moves by less from one look to the next stays


@dataclass(frozen=True)
class Turn:
    """What changed most between two neighbouring looks: after how many steps, from and to what."""

    first: int
    last: int
    before: float
    after: float


def fall(at: Sequence[int], losses: Sequence[float]) -> Turn | None:
    """The largest fall of the loss from one look to the next; None where it hardly falls."""
    known = [(step, loss) for step, loss in zip(at, losses, strict=True) if np.isfinite(loss)]
    turns = [Turn(first, last, before, after) for (first, before), (last, after) in pairwise(known)]
    found = max(turns, key=lambda turn: turn.before - turn.after, default=None)
    if found is None or found.before - found.after < WORTH * known[0][1]:
        return None
    return found


def opening(means: Mapping[int, Mapping[str, float]]) -> tuple[str, Turn] | None:
    """The gate whose mean moves furthest from one look to the next; None where none moves much."""
    steps = list(means)
    turns = [
        (gate, Turn(first, last, means[first][gate], means[last][gate]))
        for first, last in pairwise(steps)
        for gate in means[last]
    ]
    found = max(turns, key=lambda turn: abs(turn[1].after - turn[1].before), default=None)
    if found is None or abs(found[1].after - found[1].before) < MOVED:
        return None
    return found


def fall_said(turn: Turn) -> str:
    """The fall in a few words."""
    return _("loss falls from {before:.3g} to {after:.3g}").format(
        before=turn.before, after=turn.after
    )


def opening_said(gate: str, turn: Turn) -> str:
    """What the gate did, in a few words."""
    pattern = (
        _("{gate} opens from {before:.2f} to {after:.2f}")
        if turn.after > turn.before
        else _("{gate} closes from {before:.2f} to {after:.2f}")
    )
    return pattern.format(gate=gate, before=turn.before, after=turn.after)


def turning_caption(turn: Turn, before: Trace, after: Trace, tokens: Sequence[str]) -> Caption:
    """When the loss fell, and the unit whose gate, or h where there is none, moved most with it.

    ``before`` and ``after`` are one sequence read at both moments; the caption's step is where what
    moved is furthest from what it was.
    """
    names = gates(after) or ("h",)
    moved = {name: after[name][:, 0] - before[name][:, 0] for name in names}
    name = max(names, key=lambda one: float(np.abs(moved[one].mean(0)).max()))
    unit = int(np.abs(moved[name].mean(0)).argmax())
    t = int(np.abs(moved[name][:, unit]).argmax())
    said = _(
        "Between {first} and {last} training steps the loss falls furthest, from {before:.3g} to "
        "{after:.3g}. With it {name} of unit {unit} moves most: its mean over this sequence goes "
        "from {old:.2f} to {new:.2f}, and at “{token}” (step {t}) from {was:.2f} to {now:.2f}."
    ).format(
        first=turn.first,
        last=turn.last,
        before=turn.before,
        after=turn.after,
        name=name,
        unit=unit,
        old=float(before[name][:, 0, unit].mean()) + 0.0,
        new=float(after[name][:, 0, unit].mean()) + 0.0,
        token=tokens[t],
        t=t + 1,
        was=float(before[name][t, 0, unit]) + 0.0,
        now=float(after[name][t, 0, unit]) + 0.0,
    )
    return Caption(said, t, unit)


def no_turn_said(at: Sequence[int], losses: Sequence[float]) -> str:
    """Of a run whose loss hardly falls: that it does, with its ends; "" while nothing is known."""
    if not len(at):
        return ""
    return _(
        "The loss hardly falls: {first:.3g} before the first training step, {last:.3g} after "
        "{steps}."
    ).format(first=losses[0], last=losses[-1], steps=at[-1])
