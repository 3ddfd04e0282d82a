"""What an answer depends on: each word is blanked in turn, and the answer is looked at again."""

from __future__ import annotations

import numpy as np

from lstm_viz.networks.network import Network
from lstm_viz.run.layers import BACKWARD, read_layers
from lstm_viz.tasks import Sequence


def depends(network: Network, sequence: Sequence) -> np.ndarray:
    """(T, T): in row t how much the answer at step t changes when each other step is blanked.

    The answer is the difference of the first two logits; blanked, a step gives the first layer 0. A
    step that the answer cannot see changes nothing: exactly 0.
    """
    answers, whole = blanked(network, sequence)
    moved: np.ndarray = np.abs(answers - whole[:, None])
    # A sequence's last digits may depend on its place in the batch: not on that rests the 0.
    return moved if BACKWARD in network.ways else np.tril(moved)


def blanked(network: Network, sequence: Sequence) -> tuple[np.ndarray, np.ndarray]:
    """The answer (T, T) at each step without each other step, and (T,) with all of them."""
    x = network.inputs(sequence)
    without = np.repeat(x, 1 + len(x), axis=1)  # the last sequence stays as it is
    without[np.arange(len(x)), np.arange(len(x))] = 0
    output = network.answered(*read_layers(network.layers, without)).output
    answers: np.ndarray = output[..., 0] - output[..., 1]
    return answers[:, :-1], answers[:, -1]
