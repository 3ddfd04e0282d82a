"""The sequences of a study: what is trained on, what stops a training, and what judges it.

They are drawn once for a task and are the same for every trial, as a data set is. No sequence that
validates or tests is among those trained on, and none is in both; that is looked at one by one, and
a task with too few different sequences for it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np

from lstm_viz.language import _
from lstm_viz.tasks import Task, task_of
from lstm_viz.tasks.loss import IGNORED, is_asked
from lstm_viz.tasks.seen import Batch, Draw, key, parts

TRAINED, VALIDATED, TESTED = 2048, 256, 512  # sequences
FEWEST = 128  # to validate and to test together; a third of them, at most, validates
IDLE = 20  # batches without a new sequence: there are no more


@dataclass(frozen=True, eq=False)
class Part:
    """``x`` (T, N, D) as a cell reads it, symbols as ones among zeros; ``targets`` of the steps of
    which something is asked, ``asked`` (A,): (A, N) choices, or (A, N, O) scaled numbers."""

    x: np.ndarray
    asked: np.ndarray
    targets: np.ndarray

    @property
    def count(self) -> int:
        return int(self.x.shape[1])

    def of(self, columns: np.ndarray) -> Part:
        """Some of its sequences."""
        return Part(self.x[:, columns], self.asked, self.targets[:, columns])


@dataclass(frozen=True, eq=False)
class Material:
    task: Task
    train: Part
    validation: Part
    test: Part
    inputs: np.ndarray  # of ``test``, as the task draws them
    targets: np.ndarray

    @cached_property
    def spread(self) -> np.ndarray:
        """The standard deviation of each input, (D,), over all that is trained on."""
        found: np.ndarray = self.train.x.std(axis=(0, 1))
        return found


@lru_cache(16)
def material(name: str, size: int | None = None, seed: int = 0) -> Material:
    """The sequences of this task. Raises ValueError in words for a task that has too few."""
    task = task_of(name, size)
    trained = list(islice(_drawn(task.batch, [seed, 1]), TRAINED))
    judging = _new(_drawn(task.held_out, [seed, 2]), {key(*one) for one in trained})
    if len(judging) < FEWEST:
        raise ValueError(
            _(
                "This task has too few different sequences for a study: {count} are needed that "
                "are not trained on, and {found} were found. Give it another size, or take "
                "another task."
            ).format(count=FEWEST, found=len(judging))
        )
    validating = len(judging) * VALIDATED // (VALIDATED + TESTED)
    inputs, targets = _side_by_side(judging[validating:])
    train, validation = (_part(task, _side_by_side(one)) for one in (trained, judging[:validating]))
    return Material(task, train, validation, _part(task, (inputs, targets)), inputs, targets)


DRAWN = 128  # sequences at a time


def _drawn(source: Draw, seed: list[int]) -> Iterator[Batch]:
    """Sequences without end."""
    rng = np.random.default_rng(seed)
    while True:
        yield from parts(source(rng, DRAWN))


def _new(sequences: Iterator[Batch], taken: set[bytes]) -> list[Batch]:
    """Those that are not taken and not alike, as many as judge, or as there are."""
    found: dict[bytes, Batch] = {}
    idle = 0
    while len(found) < VALIDATED + TESTED and idle < IDLE * DRAWN:
        one = next(sequences)
        name = key(*one)
        idle = idle + 1 if name in taken or name in found else 0
        if not idle:
            found[name] = one
    return list(found.values())


def _side_by_side(sequences: list[Batch]) -> Batch:
    """One batch of all, the shorter ones padded with steps of which nothing is asked."""
    length = max(len(inputs) for inputs, _targets in sequences)
    inputs = np.stack([_padded(one, length, 0) for one, _targets in sequences], axis=1)
    nothing = np.nan if sequences[0][1].dtype.kind == "f" else IGNORED
    targets = np.stack([_padded(one, length, nothing) for _inputs, one in sequences], axis=1)
    return inputs, targets


def _padded(array: np.ndarray, length: int, value: float) -> np.ndarray:
    more = [(0, length - len(array)), *[(0, 0)] * (array.ndim - 1)]
    return np.pad(array, more, constant_values=value)


def _part(task: Task, batch: Batch) -> Part:
    inputs, targets = batch
    x = np.eye(len(task.symbols))[inputs] if task.symbols else inputs
    asked = np.flatnonzero(is_asked(targets).any(axis=1))
    return Part(np.ascontiguousarray(x, np.float32), asked, np.ascontiguousarray(targets[asked]))
