"""What of a signal is drawn at full strength: the one rule for stage, notebook and figures."""

from __future__ import annotations

import numpy as np

USUAL = 0.95  # where the equations guarantee no range, this share of the values is to scale


def full_strength(values: np.ndarray, bounds: tuple[float, float]) -> float:
    """The size of a value that is drawn at full strength: the end of the range ``bounds``.

    Where that is infinite, the size that 95 in 100 of the ``values`` stay within, one of theirs:
    one unit that counts to 50 must not make all others look like nothing. ``values`` are those of
    one sequence, all its steps and units, so that every view of it has the same scale.
    """
    bound = max(abs(bounds[0]), abs(bounds[1]))
    if not np.isfinite(bound):
        sizes = np.abs(values[np.isfinite(values)])
        bound = np.quantile(sizes, USUAL, method="higher") or sizes.max() if sizes.size else 1.0
    return float(bound) or 1.0
