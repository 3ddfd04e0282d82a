"""Which of the sequences that judge a network it was trained on: counted, not believed.

A training's batches follow from the task and a seed. Drawing them once more, without training, says
exactly which sequences were among them; that takes no weights, and holds for any task. Two
sequences are the same where all that is read and all that is asked is, up to the last answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from lstm_viz.language import _
from lstm_viz.rounded import percent
from lstm_viz.tasks.loss import is_asked

Batch: TypeAlias = tuple[np.ndarray, np.ndarray]  # inputs and targets
Draw: TypeAlias = Callable[[np.random.Generator, int], Batch]


def parts(batch: Batch) -> Iterator[Batch]:
    """Each sequence of a batch, (T,) or (T, D), up to the last step of which something is asked."""
    inputs, targets = batch
    asked = is_asked(targets)
    lengths = len(asked) - asked[::-1].argmax(axis=0)
    for column, length in enumerate(lengths.tolist()):
        yield inputs[:length, column], targets[:length, column]


def key(inputs: np.ndarray, targets: np.ndarray) -> bytes:
    """What is the same for the same sequence, on every machine."""
    kind = "<f8" if inputs.dtype.kind == "f" else "<i8"
    return inputs.astype(kind).tobytes() + targets[-1:].astype(kind).tobytes()


class Seen:
    """Which of the sequences of ``examined`` were among those that ``look`` was shown."""

    def __init__(self, examined: Batch):
        self.keys = [key(*part) for part in parts(examined)]
        self.waiting = set(self.keys)

    def look(self, batch: Batch) -> None:
        """Strike off what is trained on."""
        if self.waiting:
            self.waiting.difference_update([key(*part) for part in parts(batch)])

    @property
    def flags(self) -> np.ndarray:
        """For each examined sequence whether it was shown, (B,)."""
        return np.array([each not in self.waiting for each in self.keys])

    @flags.setter
    def flags(self, flags: np.ndarray) -> None:
        shown = zip(self.keys, flags, strict=True)
        self.waiting = {each for each, is_seen in shown if not is_seen}

    @property
    def share(self) -> float:
        return float(self.flags.mean())


def share_seen(batch: Draw, steps: int, size: int, seed: int, examined: Batch) -> float:
    """How many of the examined sequences are in so many batches drawn from this seed."""
    rng, seen = np.random.default_rng(seed), Seen(examined)
    for _step in range(steps):
        if not seen.waiting:
            break
        seen.look(batch(rng, size))
    return seen.share


def share_said(share: float, count: int) -> str:
    """What that means for those who read a score."""
    if share == 0:
        return _("None of the {count} sequences it is examined on was trained on.").format(
            count=f"{count:,}"
        )
    if share == 1:
        return _("All of the {count} sequences it is examined on were trained on as well.").format(
            count=f"{count:,}"
        )
    return _("Of the {count} sequences it is examined on {share} were trained on as well.").format(
        count=f"{count:,}", share=percent(share)
    )
