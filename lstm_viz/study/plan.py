"""Which trials a study is made of, and in which order they are done.

Every cell has every draw on every task, alike in units and alike in parameters. They are done in
rounds of a few draws over everything, so that a study that is stopped early is a smaller one, and
not one that knows half of the cells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import product

from lstm_viz.cells import CELLS
from lstm_viz.cells.titles import cell_of, key_of
from lstm_viz.language import _
from lstm_viz.study.material import material
from lstm_viz.study.space import SPACE, draw
from lstm_viz.study.trial import ALIKE, Alike, Budget, Trial
from lstm_viz.tasks import TASKS

VERSION = 1  # another one when the same trial no longer gives the same numbers
ROUND = 10  # draws
MOST = 10_000

# The tasks of a study and how long their sequences are: short, because a trial has seconds, and of
# different kinds: a sum of numbers, symbols in order, which came first, a bit to be turned over,
# and many numbers at once. Every other task may be asked for as well.
SIZES = {"adding": 20, "copying": 5, "order": 20, "parity": 14, "echo": 5}


@dataclass(frozen=True)
class Plan:
    """What is asked for. ``cells`` as ``cell_of`` knows them;
    each task has its size of ``SIZES``. Raises ValueError in words for what is none."""

    cells: tuple[str, ...] = tuple(CELLS)
    tasks: tuple[str, ...] = tuple(SIZES)
    trials: int = 60
    alike: tuple[Alike, ...] = ALIKE
    budget: Budget = field(default_factory=Budget)
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.trials <= MOST:
            raise ValueError(
                _("A study has 1 to {most:,} trials of each cell; got {count}.").format(
                    most=MOST, count=self.trials
                )
            )
        for what, given in ((_("cell"), self.cells), (_("task"), self.tasks)):
            if not given or len(set(given)) != len(given):
                raise ValueError(_("Name each {what} once, and one at least.").format(what=what))
        object.__setattr__(self, "cells", tuple(key_of(cell_of(cell)) for cell in self.cells))
        for task in self.tasks:
            if task in TASKS and TASKS[task].looks_ahead:
                raise ValueError(
                    _("{task} can only be learnt by who reads in both directions.").format(
                        task=task
                    )
                )
            material(task, size_of(task), self.seed)  # raises for what is no task, or too small

    @property
    def groups(self) -> list[tuple[str, str, Alike]]:
        """Task, cell, and in what the cells are alike: what trials are compared within."""
        return list(product(self.tasks, self.cells, self.alike))

    def trial(self, group: tuple[str, str, Alike], number: int) -> Trial:
        task, cell, alike = group
        return Trial(cell, task, size_of(task), alike, draw(number, self.seed), self.seed)

    def __iter__(self) -> Iterator[tuple[tuple[str, str, Alike], int]]:
        """Every group and number, in the order in which they are done."""
        for numbers in _rounds(range(self.trials)):
            for group in self.groups:
                yield from ((group, number) for number in numbers)

    def __len__(self) -> int:
        return self.trials * len(self.groups)

    @property
    def terms(self) -> str:
        """What trials that are to be compared must have in common."""
        found = {
            "version": VERSION,
            "budget": asdict(self.budget),
            "space": {name: asdict(kind) for name, kind in SPACE.items()},
            "seed": self.seed,
        }
        return json.dumps(found)


def size_of(task: str) -> int | None:
    """How large the task is in a study; None for its own size."""
    return SIZES.get(task)


def _rounds(numbers: Sequence[int]) -> list[Sequence[int]]:
    return [numbers[start : start + ROUND] for start in range(0, len(numbers), ROUND)]
