"""What single units know: the one whose memory tells a fact, or follows a quantity."""

from __future__ import annotations

import numpy as np

from lstm_viz.run.recording import Recording


def unit_that_tells(memory: np.ndarray, is_so: np.ndarray, known: np.ndarray) -> dict[str, float]:
    """The unit whose memory tells best whether something is so, from which side of a threshold.

    ``memory`` is (T, B, H), the others (T, B); only steps where it is ``known`` count. ``tells`` is
    the share that is told right, the mean over both cases: 0.5 is no better than a coin.
    """
    told = told_by_each(memory, is_so, known)
    unit = int(told.argmax())
    return {"unit": unit, "tells": float(told[unit])}


def told_by_each(memory: np.ndarray, is_so: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The same for each unit, (H,)."""
    yes, no = memory[known & is_so], memory[known & ~is_so]
    threshold = (np.median(yes, 0) + np.median(no, 0)) / 2
    told = ((yes > threshold).mean(0) + (no <= threshold).mean(0)) / 2
    either_way: np.ndarray = np.maximum(told, 1 - told)
    return either_way


def unit_that_follows(memory: np.ndarray, quantity: np.ndarray) -> dict[str, float]:
    """The unit whose memory (steps, H) goes best with a quantity (steps,).

    ``correlation`` has a sign: a unit may count downwards.
    """
    found = correlations(memory, quantity)
    unit = int(np.abs(found).argmax())
    return {"unit": unit, "correlation": float(found[unit])}


def correlations(memory: np.ndarray, quantity: np.ndarray) -> np.ndarray:
    """Pearson's correlation of each unit with the quantity, (H,); 0 for one that never moves."""
    apart, of = memory - memory.mean(0), quantity - quantity.mean()
    sizes = np.sqrt((apart**2).sum(0) * (of**2).sum())
    found: np.ndarray = (apart * of[:, None]).sum(0) / np.where(sizes > 0, sizes, np.inf)
    return found


def memory_of(recording: Recording) -> np.ndarray:
    """What the last layer carries, (T, B, H): c where there is one, else h."""
    trace = recording[recording.layers - 1]
    return trace[trace.cell.memory or "h"]
