"""When a run is looked at: often at first, when most happens, then ever more rarely.

Weights are kept on a logarithmic scale of steps. How many there are hardly depends on the length of
the run, and so neither does what is written to disk and sent to the browser. To examine a network
leaves two numbers only, so it is also done evenly in between: a curve needs points at its end, too.
"""

from __future__ import annotations

import numpy as np

MOST = 28  # snapshots; with other moments, a run is another: raise settings.VERSION
FEWEST = 6
LARGEST = 24 * 2**20  # bytes of all the weights that a run keeps; a large network keeps fewer
EXAMINATIONS = 10  # evenly spread, beside the snapshots


def snapshots(steps: int, most: int = MOST) -> tuple[int, ...]:
    """After how many steps the weights are kept: 0, then evenly on a logarithmic scale, the end."""
    return tuple(sorted({0, *np.geomspace(1, steps, most).round().astype(int).tolist()}))


def most_kept(size: int) -> int:
    """Of how many moments the weights of a network of that many bytes are kept."""
    return max(FEWEST, min(MOST, LARGEST // max(1, size)))


def examinations(steps: int) -> tuple[int, ...]:
    """After how many steps the network is examined: with every snapshot, and evenly between."""
    even = np.linspace(0, steps, EXAMINATIONS + 1).round().astype(int).tolist()
    return tuple(sorted({*snapshots(steps), *even}))
