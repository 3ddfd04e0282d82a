"""A network that reads piece by piece, its states carried from one piece to the next.

So a text may be longer than what fits into memory with all its signals, and what is read next may
depend on what was answered last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.network import Network
from lstm_viz.run.layers import BACKWARD, FORWARD, Weights, read_layers
from lstm_viz.run.recording import Place, Recording
from lstm_viz.tasks import Sequence

PIECE = 1000  # steps


class Piecewise:
    """``held`` are numbers (T, B, H) for signals of a layer, over all the pieces together."""

    def __init__(self, network: Network, held: Mapping[Place, Weights] | None = None):
        if BACKWARD in network.ways:
            raise ValueError(
                _("What reads backward as well begins at the end: it cannot read piece by piece.")
            )
        self.network, self.held = network, held or {}
        self.states: dict[Place, Weights] = {}
        self.done = 0

    def read(self, codes: np.ndarray) -> Recording:
        """The network reading this piece, as ``Task.encode`` has it."""
        column = codes[:, None]
        x = column if self.network.embedding is None else self.network.embedding[column]
        now = slice(self.done, self.done + len(codes))
        hold = {
            place: {name: values[now] for name, values in signals.items()}
            for place, signals in self.held.items()
        }
        traces, h = read_layers(self.network.layers, x, self.states, hold)
        self.states = {place: trace.last for place, trace in traces.items()}
        self.done = now.stop
        return self.network.answered(traces, h)


def scan(
    network: Network,
    sequence: Sequence,
    signal: str = "h",
    told: Callable[[float], None] = lambda share: None,
) -> np.ndarray:
    """A signal of the first layer over a sequence of any length, (T, H) float32.

    ``told`` is called with the share that has been read, 0 to 1. Raises ValueError for a network
    that reads backward, and KeyError for a signal that its cell has not.
    """
    codes, reading = network.task.encode(sequence), Piecewise(network)
    found = np.empty((len(codes), network.hidden), np.float32)
    for first in range(0, len(codes), PIECE):
        piece = codes[first : first + PIECE]
        found[first : first + len(piece)] = reading.read(piece)[0, FORWARD][signal][:, 0]
        told((first + len(piece)) / len(codes))
    return found
