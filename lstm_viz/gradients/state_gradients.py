"""What flows back on each state of an unrolled network, step by step.

Drawn as one lane a state, as wide as the gradient is large there (``stage/unrolled.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.gradients.flow import GradientFlow


@dataclass(frozen=True, eq=False)
class StateGradients:
    """``left`` has for each state, the memory first, log10 of the norm of the derivative by it.

    Each is (T,), by step, the geometric mean over the sequences; 0 is what was put in at step
    ``last``, or the largest of all (``largest``) where something is put in at many steps. ``along``
    is (T,): the share of the memory's that came along the direct path alone, None without a memory.
    """

    left: Mapping[str, np.ndarray]
    along: np.ndarray | None
    last: int
    largest: bool = False


def state_gradients(flow: GradientFlow, state: str | None = None) -> StateGradients:
    """The total derivative of the last ``state``, or of the flow's loss, by every state."""
    return _of_loss(flow) if state is None else _of_state(flow, state)


def in_order(flow: GradientFlow) -> list[str]:
    """The states, the memory first."""
    return sorted(flow.states, key=lambda state: state != flow.trace.cell.memory)


def _of_state(flow: GradientFlow, state: str) -> StateGradients:
    T, _, H = flow.trace.h.shape
    left = {
        by: flow.log10_norm(state, total=True, by=by).mean(axis=1) - np.log10(H) / 2
        for by in in_order(flow)
    }
    along = flow.along(state).mean(axis=1) if flow.trace.cell.memory else None
    return StateGradients(left, along, T - 1)


def _of_loss(flow: GradientFlow) -> StateGradients:
    T = len(flow.trace.h)
    entered = np.zeros(T, bool)
    for direct in flow.given.values():
        entered |= np.broadcast_to(direct, flow.trace.h.shape).any(axis=(1, 2))
    steps = np.flatnonzero(entered)
    last = int(steps[-1]) if steps.size else T - 1
    left = {by: flow.log10_loss(by).mean(axis=1) for by in in_order(flow)}
    largest = len(steps) > 1
    there = [part.max() if largest else part[last] for part in left.values()]
    unit = max(there)
    unit = unit if np.isfinite(unit) else 0.0
    left = {by: part - unit for by, part in left.items()}
    return StateGradients(left, _along(flow) if flow.trace.cell.memory else None, last, largest)


def _along(flow: GradientFlow) -> np.ndarray:
    straight, rest = flow.excursions(1)
    whole = straight + rest
    with np.errstate(invalid="ignore", divide="ignore", under="ignore"):
        share = (straight * whole).sum(axis=-1) / (whole * whole).sum(axis=-1)
    mean: np.ndarray = np.where(np.isfinite(share), share, 0.0).mean(axis=1)
    return mean
