"""Which earlier elements a prediction depends on, through all layers of a trained network.

One pass back for each of the T answers would take T times T steps of Python. All of them go back
together instead, as T losses side by side in one pass, from the top layer down: what a layer's
losses are by its x is by h of the layer below.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.gradients.backward import Slopes, by_input
from lstm_viz.networks.network import Network
from lstm_viz.run.trace import Trace
from lstm_viz.tasks import Sequence
from lstm_viz.tasks.loss import is_asked


def connectivity(network: Network, sequence: Sequence) -> np.ndarray:
    """(T, T): in row t the norm of the derivative of answer t by each element that was read.

    Answer t is the logit of what should have been answered (of the likeliest where nothing is
    asked, as after the last element), or the forecast. What was read later does not count: 0
    (Madsen 2019, Distill).
    """
    recording = network.read(sequence)
    answered = network.head_weight[_answers(network, sequence, recording.output)]
    T = len(answered)
    given = np.zeros((T, T, 1, answered.shape[1]))
    given[np.arange(T), np.arange(T), 0] = answered
    for layer in reversed(range(recording.layers)):
        given = _by_input(recording[layer], given)
    norms: np.ndarray = np.linalg.norm(given[:, :, 0], axis=-1)
    return norms


def _answers(network: Network, sequence: Sequence, output: np.ndarray) -> np.ndarray:
    """For each step the row of the head that is asked about, (T,)."""
    if network.task.choices is None:
        return np.zeros(len(output), int)
    targets = network.task.targets(sequence)
    return np.where(is_asked(targets), targets, output[:, 0].argmax(-1))


def _by_input(trace: Trace, given: np.ndarray) -> np.ndarray:
    """Many losses at once: (losses, T, B, H) by h into (losses, T, B, D) by x."""
    slopes, found = Slopes(trace), np.zeros((*given.shape[:3], trace.x.shape[2]))
    rows: Mapping[str, np.ndarray] = {}
    for t in reversed(range(given.shape[1])):
        total = dict(rows)
        total["h"] = given[:, t] + total.get("h", 0)
        arrived = slopes.back(total, t)
        found[:, t] = by_input(trace, arrived.products)
        rows = arrived.pasts
    return found


def strongest(strengths: np.ndarray, step: int) -> int:
    """The element on which the answer after ``step`` depends most."""
    return int(strengths[step, : step + 1].argmax())
