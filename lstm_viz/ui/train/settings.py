"""What a run on the Train page is asked for: the controls, and what they say beforehand."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.cells.titles import cell_of, key_of, title_of
from lstm_viz.language import N_, _, ngettext
from lstm_viz.networks.network import shipped
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.own_series import LONGEST, columns
from lstm_viz.training.runs import run as find_run
from lstm_viz.training.settings import (
    OPTIMISERS,
    TRAINED,
    base_of,
    can_start_biased,
    checked_settings,
    estimate,
    task_in,
    usual,
)
from lstm_viz.ui.address import write

Settings = dict[str, Any]

MOST_CELLS = 4
SEEDS = 3
ADDRESS = "runs"  # in the address bar
FOLLOWED = "followed runs"
ASKED = ("task", "cells", "start")  # in the address bar as well, for where the runs are not known
_OWN, _READ = "cells of one's own", "address that was read"

START_TITLES = {
    "plain": N_("as PyTorch starts it"),
    "forget": N_("with a forget bias"),
    "chrono": N_("chrono: to remember as long as the task lasts"),
}
FROM_TRAINED = N_("those of the trained {cell}, wherever they fit")
OPTIMISER_TITLES = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": N_("SGD with momentum")}


def wanted() -> list[Settings]:
    """The settings of the runs to train, one for each cell and seed; [] while something is wrong.

    What is wrong is said on the page.
    """
    _follow_address()
    st.session_state.setdefault("learning cells", ["lstm"])
    own = [*st.session_state.setdefault(_OWN, [])]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        task = st.selectbox(
            _("Task"), list(TASKS), format_func=lambda name: _(TASKS[name].title), key="learn"
        )
        cells = st.multiselect(
            _("Cells, up to four to compare"),
            [*own, *CELLS],
            format_func=lambda key: title_of(cell_of(key)),
            max_selections=MOST_CELLS,
            key="learning cells",
        )
    _write_address(task=task, cells=cells)
    material = _material(task)
    try:
        base = usual(task, material=material)
    except ValueError as problem:
        st.info(str(problem))
        return []
    st.caption(_(task_in(base).question))
    changed = base | _main_choices(task, base)
    changed |= _advanced(task, base)
    _write_address(start=changed["start"] if base_of(changed) else ())
    seeds = range(changed["seed"], changed["seed"] + (SEEDS if changed.pop("three") else 1))
    try:
        found = [
            checked_settings(changed | {"cell": cell, "seed": seed})
            for cell in cells
            for seed in seeds
        ]
    except ValueError as problem:
        st.error(str(problem))
        return []
    if found:
        st.caption(_said_beforehand(found))
    return found


def _follow_address() -> None:
    """A page opened from a link shows what the link says: its runs, else its task and cells.

    Coming back from another page, the runs shown before.
    """
    state, query = st.session_state, st.query_params
    if not any(name in query for name in (ADDRESS, *ASKED)) and state.get(FOLLOWED):
        query[ADDRESS] = state[FOLLOWED]
    if state.get(_READ) == _address() and "learn" in state:
        return
    state[_READ] = _address()
    state[FOLLOWED] = query.get(ADDRESS, "")
    found = [run.settings for job in state[FOLLOWED].split(",") if (run := find_run(job))]
    if found:
        _show(found)
    elif query.get("task") in TASKS:
        state["learn"] = query["task"]
        if "cells" in query:
            _choose(query.get_all("cells"))
        if query.get("start") in _starts(state["learn"]):
            state[f"start of {state['learn']}"] = query["start"]


def _address() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(st.query_params.get_all(name)) for name in (ADDRESS, *ASKED))


def _write_address(**asked: str | Sequence[str]) -> None:
    for name, value in asked.items():
        write(name, value, ())
    st.session_state[_READ] = _address()


def _choose(cells: list[str]) -> None:
    """These cells in the control; what is no cell is left out."""
    known = []
    for key in dict.fromkeys(cells):
        with contextlib.suppress(ValueError):
            known.append(key_of(cell_of(key)))
    own = st.session_state.setdefault(_OWN, [])
    own += [key for key in known if key not in CELLS and key not in own]
    st.session_state["learning cells"] = known[:MOST_CELLS]


def _show(found: list[Mapping[str, Any]]) -> None:
    """The settings of these runs in the controls."""
    first = found[0]
    task = first["task"]
    st.session_state["learn"] = task
    _choose([settings["cell"] for settings in found])
    st.session_state["three seeds"] = len({s["seed"] for s in found}) == SEEDS
    # A cell without a gate to be biased starts plainly, whatever was chosen for all of them.
    biased = next((settings for settings in found if settings["start"] != "plain"), first)
    for name in ("size", "hidden", "steps", "batch", "learning_rate", "optimiser"):
        st.session_state[f"{name} of {task}"] = first[name]
    for name in ("start", "forget_bias"):
        st.session_state[f"{name} of {task}"] = biased[name]
    st.session_state[f"seed of {task}"] = min(s["seed"] for s in found)
    st.session_state[f"clip of {task}"] = first["clip"] or 0.0
    if first["material"]:
        st.session_state[f"material of {task}"] = first["material"]


def _material(task: str) -> str:
    """The user's own text or series, as the task reads it; "" where none is needed."""
    material, key = TASKS[task].material, f"material of {task}"
    kind = material.kind if material else ""
    if kind == "text":
        st.session_state.setdefault(key, "")
        file = st.file_uploader(_("A text file"), type=["txt", "md", "py", "csv"], key="text file")
        if file is not None:
            return file.getvalue().decode("utf-8", "replace")
        return st.text_area(_("or paste a text of 500 to 100,000 characters"), key=key, height=140)
    if kind == "series":
        file = st.file_uploader(_("A table as CSV"), type=["csv", "txt"], key="series file")
        if file is None:
            return str(st.session_state.get(key, ""))
        try:
            found = columns(file.getvalue().decode("utf-8", "replace"))
        except ValueError as problem:
            st.error(str(problem))
            return ""
        name = st.selectbox(_("Column"), list(found), key="series column")
        return " ".join(f"{value:.10g}" for value in found[name][:LONGEST])
    return ""


def _main_choices(task: str, base: Settings) -> Settings:
    found: Settings = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if size := TASKS[task].size:
            found["size"] = _whole(_(size.label), task, "size", size.value, size.low, size.high)
        found["hidden"] = _whole(_("Hidden units"), task, "hidden", base["hidden"], 1, 128)
        found["seed"] = _whole(
            _("Seed"),
            task,
            "seed",
            base["seed"],
            0,
            1_000_000,
            _("The same seed gives the same run, bit for bit on the same machine."),
        )
        found["three"] = st.toggle(
            _("Three seeds"),
            key="three seeds",
            help=_("One seed is one seed: how much of a difference is luck?"),
        )
    return found


def _advanced(task: str, base: Settings) -> Settings:
    """What rarely needs a change, each with one sentence on what it does."""
    found: Settings = {}
    with st.expander(_("More settings")):
        left, right = st.columns(2)
        with left:
            found["steps"] = _whole(
                *(_("Training steps"), task, "steps", base["steps"], 10, 20_000),
                _("How often the weights are changed; the learning rate falls over this time."),
            )
            found["batch"] = _whole(
                *(_("Sequences in a batch"), task, "batch", base["batch"], 1, 128),
                _("More make each step surer and slower."),
            )
            found["learning_rate"] = _real(
                *(_("Learning rate"), task, "learning_rate", base["learning_rate"], 1e-6, 10.0),
                _("How far a step goes; it falls to a tenth by the end. Too far and it diverges."),
            )
            found["optimiser"] = _one_of(
                *(_("Optimiser"), task, "optimiser", list(OPTIMISERS), base["optimiser"]),
                OPTIMISER_TITLES,
                _("Adam and RMSprop fit the size of a step to each weight; SGD does not."),
            )
        with right:
            clip = _real(
                *(_("Gradient clipping"), task, "clip", base["clip"] or 0.0, 0.0, 1000.0),
                _("A longer gradient is shortened to this length: no step goes too far. 0: none."),
            )
            found["clip"] = clip or None
            found["start"] = _one_of(
                *(_("Starting weights"), task, "start", list(_starts(task)), base["start"]),
                _starts(task),
                _("Cells without a gate that keeps the memory start as in PyTorch in any case."),
            )
            found["forget_bias"] = _real(
                *(_("Forget bias"), task, "forget_bias", base["forget_bias"] or 1.0, -20.0, 20.0),
                _("Where the gate that keeps starts: 1 is a half-life of 2.2 steps, 5 of 100."),
                found["start"] != "forget",
            )
    return found


def _starts(task: str) -> dict[str, str]:
    """How the runs of a task may start, in words."""
    trained = [name for learnt, name in shipped() if learnt == task]
    from_trained = {
        f"{TRAINED}{name}": _(FROM_TRAINED).format(cell=_(CELLS[name].title)) for name in trained
    }
    return START_TITLES | from_trained


def _whole(
    label: str, task: str, name: str, value: int, low: int, high: int, help: str | None = None
) -> int:
    key = f"{name} of {task}"
    st.session_state.setdefault(key, value)
    return int(st.number_input(label, low, high, step=1, key=key, help=help, width=170))


def _real(
    label: str,
    task: str,
    name: str,
    value: float,
    low: float,
    high: float,
    help: str,
    is_idle: bool = False,
) -> float:
    key = f"{name} of {task}"
    st.session_state.setdefault(key, float(value))
    return float(
        st.number_input(
            label, low, high, step=None, format="%g", key=key, help=help, disabled=is_idle
        )
    )


def _one_of(
    label: str,
    task: str,
    name: str,
    options: list[str],
    value: str,
    titles: Mapping[str, str],
    help: str,
) -> str:
    key = f"{name} of {task}"
    st.session_state.setdefault(key, value)
    return st.selectbox(label, options, format_func=lambda o: _(titles[o]), key=key, help=help)


def _said_beforehand(found: list[Settings]) -> str:
    seconds = sum(estimate(settings, task_in(settings)) for settings in found)
    said = ngettext(
        "{count} run, about {seconds} seconds on one core.",
        "{count} runs, about {seconds} seconds on one core together.",
        len(found),
    ).format(count=len(found), seconds=max(1, round(seconds)))
    biased = [s["start"] for s in found if can_start_biased(s["cell"])]
    if len(biased) < len(found) and biased and biased[0] in ("forget", "chrono"):
        said += " " + _("Cells without a keep gate start as PyTorch does.")
    return said
