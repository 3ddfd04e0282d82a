"""The loss, once: what training minimises, what a page follows back, and what a metric counts in.

A network answers with logits where it chooses, and then an answer costs its cross-entropy in nats,
-ln softmax(logits)[target]; or with numbers, and then an answer costs the squared error of the
scaled numbers, the whole of it. The loss of many answers is their mean. That is what torch's
CrossEntropyLoss and MSELoss compute, which training uses; the half that textbooks put before a
square would make every derivative here half of the one that is learnt from.
"""

from __future__ import annotations

import numpy as np

from lstm_viz.rounded import interval_of_mean

IGNORED = -1  # the target of a step that nothing is asked of, such as padding; for numbers NaN


def softmax(logits: np.ndarray) -> np.ndarray:
    """The probabilities that belong to logits, along the last axis; however large these are."""
    odds: np.ndarray = np.exp(logits - logits.max(-1, keepdims=True))
    odds /= odds.sum(-1, keepdims=True)
    return odds


def is_asked(targets: np.ndarray) -> np.ndarray:
    """Of which steps an answer is asked: of symbols (...), of numbers (..., O) -> (...)."""
    if targets.dtype.kind == "f":
        return np.asarray(~np.isnan(targets).any(axis=-1))
    return np.asarray(targets != IGNORED)


def losses(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """What each answer costs, (...): 0 where none is asked for.

    ``outputs`` (..., O) are logits and ``targets`` (...) whole numbers, or both are numbers.
    """
    asked = is_asked(targets)
    if targets.dtype.kind == "f":
        return np.where(asked, ((outputs - targets) ** 2).sum(-1), 0.0)
    shifted = outputs - outputs.max(-1, keepdims=True)
    chosen = np.take_along_axis(shifted, np.where(asked, targets, 0)[..., None], -1)[..., 0]
    return np.where(asked, np.log(np.exp(shifted).sum(-1)) - chosen, 0.0)


def slopes(outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """The derivative of ``losses`` by the outputs, (..., O)."""
    asked = is_asked(targets)[..., None]
    if targets.dtype.kind == "f":
        return np.where(asked, 2 * (outputs - targets), 0.0)
    is_target = np.arange(outputs.shape[-1]) == targets[..., None]
    return np.where(asked, softmax(outputs) - is_target, 0.0)


def interval_of_loss(outputs: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
    """The interval of ``mean_loss`` at the level 0.95, from how the sequences (T, B) differ."""
    counts = is_asked(targets).sum(axis=0)
    return interval_of_mean(losses(outputs, targets).sum(axis=0).tolist(), counts.tolist())


def mean_loss(outputs: np.ndarray, targets: np.ndarray) -> float:
    """The mean of ``losses`` over the answers that are asked for."""
    return float(losses(outputs, targets)[is_asked(targets)].mean())
