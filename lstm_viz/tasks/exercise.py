"""What a task needs beyond ``Task`` to be learnt before one's eyes.

Its answers may be other symbols than its inputs, and a step may give several numbers. What a loss
is worth is known before anyone trains: the losses of those who know some of it, and the best one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lstm_viz.language import _
from lstm_viz.tasks.task import IGNORED, Batch, Reads, Sequence, Task


class Examined(NamedTuple):
    """A batch and what a network answered: inputs and targets as ``Task.batch``, (T, B, O)."""

    inputs: np.ndarray
    targets: np.ndarray
    outputs: np.ndarray


@dataclass(frozen=True, eq=False, kw_only=True)
class Exercise(Task):
    """A task with all that is shown while it is learnt.

    ``held_out(rng, size)`` draws like ``batch``, from what is never trained on. ``metric(network,
    examined)`` is the task's own number, as ``score`` describes it. ``knowing()`` has the loss of
    those who know some of it, ``best`` the smallest there can be, None where nobody knows; both in
    nats, or the mean squared error of the scaled numbers, per answer that is asked for.
    ``answers`` are what is chosen from, () where that is ``symbols``; ``answer`` is what an answer
    is called, as a row of a table is, "" where it is what comes next; ``channels`` name the numbers
    of a step where there is more than one. ``chrono`` is the longest time lag to be bridged, for
    starting weights that remember so long; None where a forget bias is enough. ``lag`` is how many
    steps before an answer, at least, the oldest thing stands that it needs; None where it varies.
    """

    held_out: Callable[[np.random.Generator, int], Batch]
    metric: Callable[[Reads, Examined], float]
    knowing: Callable[[], Mapping[str, float]]
    best: float | None = None
    channels: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answer: str = ""
    chrono: float | None = None
    lag: int | None = None

    @property
    def choices(self) -> tuple[str, ...] | None:
        """What the network chooses from at each step; None where it answers with a number."""
        return self.answers or self.symbols

    @property
    def width(self) -> int:
        return len(self.channels) or 1

    @property
    def outputs(self) -> int:
        return len(self.choices or (0,))

    def encode(self, sequence: Sequence) -> np.ndarray:
        if self.symbols is not None:
            return super().encode(sequence)
        numbers = np.array(sequence, float).reshape(len(sequence), -1)
        return (numbers - self.centre) / self.spread


def measured_on(
    held_out: Callable[[np.random.Generator, int], Batch],
    metric: Callable[[Reads, Examined], float],
    key: str,
    size: int = 500,
) -> Callable[[Reads], dict[str, Any]]:
    """``Task.measure`` of an exercise: its metric on ``size`` sequences nobody has trained on."""

    def measure(network: Reads) -> dict[str, Any]:
        inputs, targets = held_out(np.random.default_rng(1), size)
        return {key: metric(network, Examined(inputs, targets, network.record(inputs).output))}

    return measure


def share_right(network: Reads, examined: Examined) -> float:
    """How many of the answers that were asked for are the most probable ones."""
    del network
    asked = examined.targets != IGNORED
    return float((examined.outputs.argmax(-1) == examined.targets)[asked].mean())


def squared_error(network: Reads, examined: Examined) -> float:
    """The mean squared error over the answers that were asked for, in the task's own unit."""
    error = (examined.outputs - examined.targets)[~np.isnan(examined.targets)]
    return float((error**2).mean() * network.task.spread**2)


def nobody_knows(sequence: Sequence, answers: np.ndarray) -> tuple[bool | None, ...]:
    """``Task.right`` where an answer is nearer or farther, not right or wrong."""
    del answers
    return (None,) * len(sequence)


def no_text(text: str) -> Sequence:
    """``Task.read_text`` of a task whose sequences nobody types."""
    del text
    raise ValueError(_("Sequences of this task are drawn, not typed; choose one of the examples."))
