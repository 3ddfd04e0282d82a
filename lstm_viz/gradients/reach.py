"""The reach of a cell: how far back its last output can feel its input, one curve, one number.

It is measured by the input, which every cell has, and not by a state, so that all can be compared.
"""

from __future__ import annotations

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.gradients.flow import gradient_flow
from lstm_viz.run.run import run
from lstm_viz.run.statistics import half_life
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights


def reach(trace: Trace, sequence: int = 0) -> np.ndarray:
    """log10 of how much of the gradient is left k steps back, (T,); entry 0 is 0.

    The norm of the derivative of the sum of the last h by the input k steps before the end, against
    that by the last input; NaN throughout where the last input does not count at all.
    """
    trace, sequence = trace.piece(slice(None), sequence), 0
    back = gradient_flow(trace).log10_loss("x")[::-1, sequence]
    if not np.isfinite(back[0]):
        return np.full(back.shape, np.nan)
    lost: np.ndarray = back - back[0]
    return lost


def untrained_trace(cell: Cell, steps: int = 60, D: int = 8, H: int = 16, seed: int = 0) -> Trace:
    """The cell as PyTorch would start it, reading noise: the same noise for every cell."""
    x = np.random.default_rng(seed).normal(size=(steps, 1, D))
    return run(cell, init_weights(cell, D, H, seed=seed), x)


def halving(curve: np.ndarray, steps: int = 20) -> float | None:
    """In how many steps half of the gradient is lost, on average over ``steps`` steps back.

    Counted from one step back, where the last step's own gates no longer matter. None where the
    gradient does not fall, and where there is nothing to measure.
    """
    last = min(steps, len(curve) - 1)
    if last < 2 or not np.isfinite(curve[1]):
        return None
    lost = float(curve[1] - curve[last])
    if np.isnan(lost) or lost <= 0:
        return None
    return float(half_life(np.log(10) * lost / (last - 1)))
