"""The tasks, in teaching order. A new one is a file here and its name in this list."""

from collections.abc import Mapping

from lstm_viz.tasks import counting, load, python, reber
from lstm_viz.tasks.subject import chinese as subject_zh
from lstm_viz.tasks.subject import english as subject
from lstm_viz.tasks.task import MAX_STEPS, Sequence, Task

TASKS: Mapping[str, Task] = {
    module.TASK.name: module.TASK for module in (subject, subject_zh, counting, reber, python, load)
}

__all__ = ["MAX_STEPS", "TASKS", "Sequence", "Task"]
