"""About how long a run will take, said before it begins.

Worked out from counts, for a machine and equations that nobody has seen: it refuses what is far too
much, and lets runs that wait take turns. How long it does take is measured on its first steps
(``promise.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.cells import Cell
from lstm_viz.tasks import Task


@dataclass(frozen=True)
class _Speed:
    """Of one core of an ordinary machine, measured once: only ever said with an "about"."""

    step: float = 1.5e-3  # seconds for drawing, the loss and the optimiser
    symbols: float = 1.5e-3  # more of them where symbols are drawn, embedded and chosen from
    call: float = 35e-6  # for a time step of any size
    product: float = 4e10  # multiplications and additions a second


def estimate(task: Task, cell: Cell, hidden: int, batch: int, steps: int) -> float:
    """About how many seconds of one core the run will take."""
    speed = _Speed()
    width = task.recipe.embedding or task.width
    numbers = cell.count(width, hidden) + hidden * task.outputs
    length = max(len(sequence) for sequence in task.examples.values())
    of_step = speed.call + 6 * batch * numbers / speed.product
    once = speed.step + (speed.symbols if task.symbols else 0)
    return float(steps * (once + length * of_step))
