"""What a network of a run reads and is asked last, on sequences that it is never trained on."""

from __future__ import annotations

import numpy as np

from lstm_viz.networks.network import Network
from lstm_viz.run.trace import Trace
from lstm_viz.tasks.exercises import Exercise
from lstm_viz.tasks.task import IGNORED

DRAWN = 64  # sequences, of which those are read whose last answer comes at the same step


def last_answer(network: Network, count: int = 4, seed: int = 0) -> tuple[Trace, np.ndarray]:
    """The last layer's reading up to the last answer, and the loss's derivative by its h.

    The loss is that of the last answer alone: its cross-entropy, or its squared error. Up to
    ``count`` sequences, the same for every network of a task.
    """
    practised = network.task
    if not isinstance(practised, Exercise):
        raise TypeError(f"{practised.name} is no exercise: nothing of it is held out.")
    inputs, targets = practised.held_out(np.random.default_rng(seed), DRAWN)
    named = practised.choices is not None
    asked = np.asarray(targets != IGNORED if named else ~np.isnan(targets).any(axis=-1))
    last = len(asked) - 1 - asked[::-1].argmax(axis=0)
    step = int(np.bincount(last).argmax())
    chosen = np.flatnonzero(last == step)[:count]
    recording = network.record(inputs[: step + 1, chosen])
    trace, output = recording[recording.layers - 1], recording.output[-1]
    wanted = targets[step, chosen]
    if practised.choices is None:
        error = 2 * (output - wanted)
    else:
        odds = np.exp(output - output.max(axis=-1, keepdims=True))
        error = odds / odds.sum(axis=-1, keepdims=True)
        error[np.arange(len(chosen)), wanted] -= 1
    loss = np.zeros(trace.h.shape)
    loss[-1] = error @ network.head_weight
    return trace, loss
