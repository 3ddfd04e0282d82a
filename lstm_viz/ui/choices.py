"""What a visitor chooses to be read: task, cell, sequence. Pages share these rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.language import _
from lstm_viz.networks.network import shipped
from lstm_viz.tasks import TASKS, Sequence, Task
from lstm_viz.ui import controls

OWN = "own"


def task_choice(opens_on: Callable[[Iterable[str]], str] | None = None) -> Task:
    """One of the tasks that a network has learnt; ``opens_on`` says of all which one comes first,
    where it is not the first of the list."""
    names = list(dict.fromkeys(task for task, _cell in shipped()))
    return TASKS[
        controls.choice(
            "task",
            _("Task"),
            names,
            opens_on(names) if opens_on else None,
            title=lambda name: _(TASKS[name].title),
        )
    ]


def cell_choice(task: Task) -> str:
    """The name of a cell that has learnt the task."""
    names = [cell for learnt, cell in shipped() if learnt == task.name]
    return controls.choice("cell", _("Cell"), names, title=lambda name: _(CELLS[name].title))


def sequence_choice(task: Task) -> str:
    """The number of an example, counted from 1, or OWN."""
    titles = {str(k): _(title) for k, title in enumerate(task.examples, start=1)}
    titles[OWN] = _("Your own …")
    return controls.choice(
        "sequence", _("Sequence"), list(titles), title=titles.__getitem__, scope=task.name
    )


def chosen_sequence(task: Task, choice: str) -> Sequence:
    """The sequence to read.

    For OWN a box to type in; while what stands there cannot be read, what could be read last.
    """
    if choice != OWN:
        return list(task.examples.values())[int(choice) - 1]
    first = next(iter(task.examples.values()))
    last = f"last text for {task.name}"
    has_lines = any("\n" in task.write(example) for example in task.examples.values())
    text = controls.words(
        "text",
        _("Your own sequence"),
        task.write(first),
        control=st.text_area if has_lines else st.text_input,
        scope=task.name,
    )
    try:
        sequence = task.parse(text)
    except ValueError as problem:
        st.error(str(problem))
        return task.parse(st.session_state.get(last, task.write(first)))
    st.session_state[last] = text
    return sequence
