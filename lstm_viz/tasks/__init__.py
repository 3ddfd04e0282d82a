"""What can be learnt, in the order of the menus. A new task is a file here and a line in this list.

A task says itself whether trained networks of it come with the app, and whether it has a size or is
made of what a person brings.
"""

from collections.abc import Mapping
from functools import lru_cache

from lstm_viz.bounded import Bounded
from lstm_viz.language import _
from lstm_viz.tasks import (
    adding,
    anbn,
    copying,
    counting,
    echo,
    order,
    own_series,
    own_text,
    parity,
    python,
    reber,
    sine,
    someone,
)
from lstm_viz.tasks import power_load as load
from lstm_viz.tasks.subject import chinese, english
from lstm_viz.tasks.task import MAX_STEPS, Examined, Recipe, Sequence, Task

TASKS: Mapping[str, Task] = {
    task.name: task
    for task in (
        adding.TASK,
        copying.TASK,
        anbn.TASK,
        anbn.WITH_C,
        parity.TASK,
        order.TASK,
        echo.TASK,
        sine.TASK,
        english.TASK,
        chinese.TASK,
        someone.TASK,
        counting.TASK,
        reber.TASK,
        python.TASK,
        load.TASK,
        own_text.TASK,
        own_series.TASK,
    )
}

__all__ = [
    "MAX_STEPS",
    "TASKS",
    "Examined",
    "Recipe",
    "Sequence",
    "Task",
    "read_forward",
    "task_of",
]


def read_forward() -> tuple[str, ...]:
    """The names of the tasks that a network which reads forward can learn."""
    return tuple(name for name, task in TASKS.items() if not task.looks_ahead)


def task_of(name: str, size: int | None = None, material: str = "") -> Task:
    """The task of this name, of its usual size unless one is given, or of someone's material.

    Raises ValueError in words for a name that is none, a size out of
    range, or bad material.
    """
    if name not in TASKS:
        raise ValueError(
            _("There is no task {name!r}; there are {tasks}.").format(
                name=name[:40], tasks=_(", ").join(TASKS)
            )
        )
    task = TASKS[name]
    if task.material is not None:
        of = task.material.of
        return _OF_MATERIAL.get((name, material), lambda: (of(material), len(material)))[0]
    return task if size is None else _resized(task, size)


BYTES_A_CHARACTER = 24  # the text, its symbols' numbers, and what counts them

# A page that watches a run asks for its task at each look, and to count a long text takes a while.
_OF_MATERIAL: Bounded[tuple[Task, int]] = Bounded(
    48 * 2**20, lambda made: BYTES_A_CHARACTER * made[1]
)


@lru_cache(200)
def _resized(task: Task, size: int) -> Task:
    return task.resized(size)
