"""Where a loss enters a network that was read: its derivative by the last layer's h.

What an answer costs, and how that changes with the outputs, is said in ``tasks/loss.py``; through
the head, a matrix, it comes to h. Three losses are asked about: of everything that a sequence's
reader answers, of one answer, and of the last answer to sequences that nobody has trained on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.network import Network
from lstm_viz.run.recording import Recording
from lstm_viz.run.trace import Trace
from lstm_viz.tasks import Sequence
from lstm_viz.tasks.loss import is_asked, losses, slopes

DRAWN = 64  # sequences, of which those are read whose last answer comes at the same step


@dataclass(frozen=True, eq=False)
class Loss:
    """``values`` (T,) is the loss of each step's prediction, 0 where it is not counted.

    ``by_output`` (T, 1, H) is the derivative of their sum by h.
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
    targets = network.task.targets(sequence)
    counted = is_asked(targets)
    if last_only:
        right = network.task.right(sequence, network.predictions(recording)[:, 0])
        judged = [t for t, verdict in enumerate(right) if verdict is not None and counted[t]]
        last = judged[-1] if judged else int(np.flatnonzero(counted)[-1])
        counted = np.arange(len(counted)) == last
    output = recording.output[:, 0]
    values = np.where(counted, losses(output, targets), 0.0)
    by_output = np.where(counted[:, None], slopes(output, targets), 0.0)
    return Loss(values, (by_output @ network.head_weight)[:, None, :])


def answer_loss(network: Network, sequence: Sequence, step: int) -> tuple[Trace, np.ndarray]:
    """The last layer's reading up to a step, and the derivative of that answer's loss by its h.

    Raises ValueError for a step at which the sequence does not say what should be answered.
    """
    targets = network.task.targets(sequence)
    known = np.flatnonzero(is_asked(targets))
    if step not in known:
        raise ValueError(
            _(
                "Nothing is to be answered at step {step}: the last of {known} answers is at "
                "step {last}."
            ).format(step=step, known=len(known), last=known[-1])
        )
    recording = network.read(sequence[: step + 1])
    return _at_the_end(network, recording, targets[step : step + 1])


def last_answer(network: Network, count: int = 4, seed: int = 0) -> tuple[Trace, np.ndarray]:
    """The last layer's reading up to the last answer, and the derivative of its loss by its h.

    Up to ``count`` sequences of those that nobody trains on, the same for every network of a task.
    """
    inputs, targets = network.task.held_out(np.random.default_rng(seed), DRAWN)
    asked = is_asked(targets)
    last = len(asked) - 1 - asked[::-1].argmax(axis=0)
    step = int(np.bincount(last).argmax())
    chosen = np.flatnonzero(last == step)[:count]
    recording = network.record(inputs[: step + 1, chosen])
    return _at_the_end(network, recording, targets[step, chosen])


def _at_the_end(
    network: Network, recording: Recording, targets: np.ndarray
) -> tuple[Trace, np.ndarray]:
    """The last layer's trace, and the loss of its last answers (B, ...) by all of its h."""
    trace = recording[recording.layers - 1]
    by_h = np.zeros(trace.h.shape)
    by_h[-1] = slopes(recording.output[-1], targets) @ network.head_weight
    return trace, by_h
