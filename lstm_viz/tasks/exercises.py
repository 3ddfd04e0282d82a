"""What can be learnt on the Train page: a new exercise is a file here and a line in this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lstm_viz.language import N_
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.adding import adding
from lstm_viz.tasks.anbn import anbn, anbncn
from lstm_viz.tasks.copying import copying
from lstm_viz.tasks.echo import echo
from lstm_viz.tasks.exercise import Examined, Exercise
from lstm_viz.tasks.order import order
from lstm_viz.tasks.own_series import own_series
from lstm_viz.tasks.own_text import own_text
from lstm_viz.tasks.parity import parity
from lstm_viz.tasks.shipped_exercises import exercise as shipped
from lstm_viz.tasks.sine import sine

__all__ = ["LESSONS", "Examined", "Exercise", "Lesson", "Size", "exercise"]


@dataclass(frozen=True)
class Size:
    """The one number that makes an exercise easier or harder."""

    label: str
    default: int
    low: int
    high: int


@dataclass(frozen=True)
class Lesson:
    """How an exercise is made: of a ``size``, of the user's ``material``, or of nothing.

    ``material`` is "text" or "series" where the user brings it, else "".
    """

    title: str
    from_size: Callable[[int], Exercise] | None = None
    from_material: Callable[[str], Exercise] | None = None
    size: Size = Size("", 0, 0, 0)
    material: str = ""


def _of_task(name: str) -> Lesson:
    return Lesson(TASKS[name].title, lambda size: shipped(name))


def _sized(make: Callable[[int], Exercise], *size: Any) -> Lesson:
    found = Size(*size)
    return Lesson(make(found.default).title, make, size=found)


LESSONS: Mapping[str, Lesson] = {
    "adding": _sized(adding, N_("Steps"), 100, 10, 200),
    "copying": _sized(copying, N_("Pause in steps"), 10, 1, 150),
    "anbn": _sized(anbn, N_("Longest n it is trained on"), 10, 2, 30),
    "anbncn": _sized(anbncn, N_("Longest n it is trained on"), 10, 2, 20),
    "parity": _sized(parity, N_("Steps"), 50, 5, 200),
    "order": _sized(order, N_("Steps"), 100, 10, 200),
    "echo": _sized(echo, N_("Delay in steps"), 10, 1, 40),
    "sine": _sized(sine, N_("Steps"), 100, 20, 200),
    **{name: _of_task(name) for name in TASKS},
    "text": Lesson(N_("Your own text"), from_material=own_text, material="text"),
    "series": Lesson(N_("Your own series"), from_material=own_series, material="series"),
}


@cache
def _made(name: str, size: int) -> Exercise:
    lesson = LESSONS[name]
    assert lesson.from_size is not None
    return lesson.from_size(size)


def exercise(name: str, size: int | None = None, material: str = "") -> Exercise:
    """The exercise of this name, of its usual size unless one is given.

    Raises ValueError in words for a name that is none, a size out of range, or bad material.
    """
    if name not in LESSONS:
        raise ValueError(f"There is no exercise {name[:40]!r}; there are {', '.join(LESSONS)}.")
    lesson = LESSONS[name]
    if lesson.from_material is not None:
        return lesson.from_material(material)
    size = lesson.size.default if size is None else size
    if not lesson.size.low <= size <= lesson.size.high:
        raise ValueError(f"{lesson.size.label} is from {lesson.size.low} to {lesson.size.high}.")
    return _made(name, size)
