"""What a visitor chooses: task, cell, sequence. Each control is a function that returns a value.

The choices stand in the address by their short names (`?task=counting&cell=gru&sequence=2`), the
same in every language. The stage writes them there beside its step and unit, in the browser and
without a rerun; here they are read when a page is opened from a link.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.language import _
from lstm_viz.networks.network import shipped
from lstm_viz.tasks import TASKS, Sequence, Task

OWN = "own"
_ADDRESS = ("task", "cell", "sequence", "text")
_ASKED, _SHOWN = "address as it was last asked with", "choices on the screen"


def follow_address() -> None:
    """Where the page was opened from a link, the controls show what the link says.

    The stage, too, writes into the address, and with the next choice comes what was on the screen
    before it: that is no link, and must not take the choice back.
    """
    asked = {name: st.query_params[name] for name in _ADDRESS if name in st.query_params}
    known = [st.session_state.get(key, {}) for key in (_ASKED, _SHOWN)]
    st.session_state[_ASKED] = asked
    new = {
        name: value for name, value in asked.items() if all(value != one.get(name) for one in known)
    }
    task = new.get("task", st.session_state.get("task", _tasks()[0]))
    found = {"task": task, "cell": new.get("cell"), f"sequence of {task}": new.get("sequence")}
    found[f"text for {task}"] = new.get("text")
    for key, value in found.items():
        if value is not None:
            st.session_state[key] = value


def task_choice() -> Task:
    """One of the tasks that a network has learnt."""
    name = _selected(_("Task"), _tasks(), lambda name: _(TASKS[name].title), "task")
    return TASKS[name]


def cell_choice(task: Task) -> str:
    """The name of a cell that has learnt the task."""
    names = [cell for learnt, cell in shipped() if learnt == task.name]
    default = names.index("lstm") if "lstm" in names else 0
    return _selected(_("Cell"), names, lambda name: _(CELLS[name].title), "cell", default)


def sequence_choice(task: Task) -> str:
    """The number of an example, counted from 1, or OWN."""
    titles = {str(k): _(title) for k, title in enumerate(task.examples, start=1)}
    titles[OWN] = _("Your own …")
    return _selected(_("Sequence"), list(titles), titles.__getitem__, f"sequence of {task.name}")


def chosen_sequence(task: Task, choice: str) -> tuple[Sequence, dict[str, str]]:
    """The sequence to read, and what the address says about it.

    For OWN a box to type in; while what stands there cannot be read, what could be read last.
    """
    if choice != OWN:
        return list(task.examples.values())[int(choice) - 1], {"sequence": choice, "text": ""}
    first = next(iter(task.examples.values()))
    key, last = f"text for {task.name}", f"last text for {task.name}"
    st.session_state.setdefault(key, task.write(first))
    typing = (
        st.text_area
        if any("\n" in task.write(e) for e in task.examples.values())
        else st.text_input
    )
    text = typing(_("Your own sequence"), key=key, persist_state="session")
    try:
        sequence = task.parse(text)
    except ValueError as problem:
        st.error(str(problem))
        text = st.session_state.get(last, task.write(first))
        sequence = task.parse(text)
    st.session_state[last] = text
    _on_screen("text", text)
    return sequence, {"sequence": OWN, "text": text}


def _tasks() -> list[str]:
    return list(dict.fromkeys(task for task, _cell in shipped()))


def _selected(
    label: str, options: list[str], title: Callable[[str], str], key: str, default: int = 0
) -> str:
    # Set here and not as the widget's default: Streamlit allows only one of the two.
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[default]
    chosen = st.selectbox(label, options, format_func=title, key=key, persist_state="session")
    _on_screen(key.partition(" ")[0], chosen)
    return chosen


def _on_screen(name: str, value: str) -> None:
    st.session_state[_SHOWN] = {**st.session_state.get(_SHOWN, {}), name: value}
