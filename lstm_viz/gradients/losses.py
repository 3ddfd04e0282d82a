"""The loss of a network's predictions on one sequence, and its derivative by the last layer's h."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_viz.networks.network import Network
from lstm_viz.run.recording import Recording
from lstm_viz.tasks import Sequence


@dataclass(frozen=True, eq=False)
class Loss:
    """``values`` (T,) is the loss of each step's prediction, 0 where it is not counted.

    Cross-entropy in nats for symbols; half the squared error, in units of the task's spread, for
    numbers. ``by_output`` (T, 1, H) is its derivative by h.
    """

    values: np.ndarray
    by_output: np.ndarray

    @property
    def total(self) -> float:
        return float(self.values.sum())


def prediction_loss(
    network: Network, recording: Recording, sequence: Sequence, last_only: bool = False
) -> Loss:
    """The loss of every prediction, or of the last one that can be right or wrong."""
    codes = network.task.encode(sequence)
    output = recording.output[:, 0]
    counted = np.zeros(len(codes), bool)
    counted[:-1] = True  # what follows the last element nobody knows
    if last_only:
        right = network.task.right(sequence, network.predictions(recording)[:, 0])
        judged = [t for t, verdict in enumerate(right[:-1]) if verdict is not None]
        counted[:] = False
        counted[judged[-1] if judged else max(len(codes) - 2, 0)] = True
    following = np.concatenate([codes[1:], codes[-1:]])
    values, by_output = (_symbols if network.symbols else _numbers)(output, following)
    values = np.where(counted, values, 0.0)
    by_h = (by_output * counted[:, None]) @ network.head_weight
    return Loss(values, by_h[:, None, :])


def _symbols(logits: np.ndarray, following: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    shifted = logits - logits.max(-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    steps = np.arange(len(logits))
    by_logits = np.exp(log_p)
    by_logits[steps, following] -= 1
    return -log_p[steps, following], by_logits


def _numbers(forecast: np.ndarray, following: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    error = forecast - following
    return 0.5 * (error**2).sum(-1), error
