"""Which earlier elements a prediction depends on, through all layers of a trained network."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.gradients.backward import Slopes, by_input
from lstm_viz.networks.network import Network
from lstm_viz.run.trace import Trace
from lstm_viz.tasks import Sequence


def connectivity(network: Network, sequence: Sequence) -> np.ndarray:
    """(T, T): in row t the norm of the derivative of answer t by each element that was read.

    Answer t is the logit of the element that really came next (of the likeliest one after the
    last), or the forecast. What was read later does not count: 0 (Madsen 2019, Distill).
    """
    recording = network.read(sequence)
    answered = network.head_weight[_answers(network, sequence, recording.output)]
    T = len(answered)
    given = np.zeros((T, T, 1, answered.shape[1]))
    given[np.arange(T), np.arange(T), 0] = answered
    for layer in reversed(range(recording.layers)):
        given = _by_input(recording[layer], given)
    return np.linalg.norm(given[:, :, 0], axis=-1)


def asked(network: Network, sequence: Sequence, step: int) -> tuple[Trace, np.ndarray]:
    """The last layer's reading up to a step, and the derivative of that step's loss by its h.

    The loss is the cross-entropy of what came next, or the squared error of the forecast. Raises
    ValueError for a step of which the sequence does not say what came next.
    """
    if not 0 <= step < len(sequence) - 1:
        raise ValueError(f"step is from 0 to {len(sequence) - 2}; got {step}.")
    recording = network.read(sequence[: step + 1])
    trace, output = recording[recording.layers - 1], recording.output[-1, 0]
    came = network.task.encode(sequence)[step + 1]
    if network.symbols is None:
        error = 2 * (output - came)
    else:
        odds = np.exp(output - output.max())
        error = odds / odds.sum() - (np.arange(len(output)) == came)
    loss = np.zeros(trace.h.shape)
    loss[-1, 0] = error @ network.head_weight
    return trace, loss


def _answers(network: Network, sequence: Sequence, output: np.ndarray) -> np.ndarray:
    """For each step the row of the head that is asked about, (T,)."""
    T = len(output)
    if network.symbols is None:
        return np.zeros(T, int)
    came = network.task.encode(sequence)[1 : T + 1]
    return came if len(came) == T else np.append(came, output[-1, 0].argmax())


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


def telling(strengths: np.ndarray) -> int:
    """The step whose answer depends most clearly on something far back: a good one to show."""
    T = len(strengths)
    shares = strengths / np.maximum(strengths.sum(axis=1, keepdims=True), 1e-300)
    scores = [
        (t - strongest(strengths, t)) * shares[t, strongest(strengths, t)] for t in range(T - 1)
    ]
    return int(np.argmax(scores)) if scores else 0
