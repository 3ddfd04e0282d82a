"""What a run on the Train page is asked for: the controls, and what they say beforehand."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz import counted
from lstm_viz.cells import CELLS
from lstm_viz.cells.titles import cell_of, key_of, title_of
from lstm_viz.files.table import filled
from lstm_viz.files.text import decoded
from lstm_viz.language import N_, _, ngettext
from lstm_viz.networks.network import shipped
from lstm_viz.run.statistics import kept_alone
from lstm_viz.tasks import TASKS, read_forward
from lstm_viz.tasks.own_series import LONGEST, SHORTEST
from lstm_viz.training.experiments import EXPERIMENTS
from lstm_viz.training.runs import run as find_run
from lstm_viz.training.settings import (
    TRAINED,
    Settings,
    base_of,
    can_start_biased,
    checked_settings,
    seconds_of_work,
    task_in,
    usual,
)
from lstm_viz.ui import address, controls
from lstm_viz.ui.escaped import escaped
from lstm_viz.ui.files import TABLE_FILES, part_choice, table_in, table_shown
from lstm_viz.ui.shell import drawer

T = TypeVar("T")

OPENS_ON = EXPERIMENTS[0].task
MOST_CELLS = 4
SEEDS = 3
_OWN, _SHOWN = "cells of one's own", "runs whose settings are shown"
OF_A_TASK = (
    *("size", "hidden", "seed", "steps", "batch", "learning_rate"),
    *("optimiser", "clip", "start", "forget_bias"),
)

START_TITLES = {
    "plain": N_("as PyTorch starts it"),
    "orthogonal": N_("orthogonal recurrent matrices"),
    "forget": N_("with a forget bias"),
    "chrono": N_("chrono: to remember as long as the task lasts"),
}
SHORT_STARTS = {
    "plain": N_("PyTorch’s"),
    "orthogonal": N_("orthogonal"),
    "chrono": N_("chrono"),
}
FROM_TRAINED = N_("those of the trained {cell}, wherever they fit")
OPTIMISER_TITLES = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": N_("SGD with momentum")}


def start_of(settings: Settings) -> str:
    """How the weights of a run start, in words."""
    if base := base_of(settings):
        return _(FROM_TRAINED).format(cell=_(CELLS[base].title))
    if settings["start"] == "forget":
        return _("forget bias {bias:g}").format(bias=settings["forget_bias"])
    short = SHORT_STARTS[settings["start"]]
    return _(short)


def wanted(line: DeltaGenerator) -> tuple[str, list[Settings]]:
    """The task, and the settings of the runs to train, one for each cell and seed.

    No runs while something is wrong; what is wrong is said on the page. Where the address names
    runs, it is their settings that hold unless it says others. ``line`` takes the task, the cells
    and the drawer with all else.
    """
    runs = address.value("runs")[0]
    asked = [run.settings for job in runs.split(",") if (run := find_run(job))]
    first = asked[0] if asked else None
    if first and st.session_state.get(_SHOWN) != runs:
        st.session_state[_SHOWN] = runs
        address.forget("task", "cells", "three", "text")
        address.forget(*OF_A_TASK, scope=first["task"])
    with line:
        task = controls.choice(
            "task",
            _("Task"),
            list(read_forward()),
            first["task"] if first else OPENS_ON,
            title=lambda name: _(TASKS[name].title),
            elsewhere=OPENS_ON,
        )
        cells = _cells([settings["cell"] for settings in asked])
        more = drawer(_("Settings …"))
    # The runs' settings are what their task's controls begin with, and nobody else's.
    shown = [settings for settings in asked if settings["task"] == task]
    material = _material(task, shown)
    try:
        base = usual(task, material=material)
    except ValueError as problem:
        st.info(str(problem))
        return task, []
    of_run = _settings_of(shown)
    with more:
        st.caption(_(task_in(base).question))
        main, seeds = _main_choices(task, base, of_run)
        changed = {**base, **main, **_advanced(task, base, of_run)}
    try:
        found = [
            checked_settings(changed | {"cell": cell, "seed": seed})
            for cell in cells
            for seed in seeds
        ]
    except ValueError as problem:
        st.error(str(problem))
        return task, []
    if found:
        with more:
            st.caption(_said_beforehand(found))
    return task, found


def _cells(of_runs: list[str]) -> list[str]:
    """The cells to train: those of the address, else those of its runs, else the LSTM."""
    own = st.session_state.setdefault(_OWN, [])
    for key in (*address.named("cells"), *of_runs):
        with contextlib.suppress(ValueError):  # what is no cell is left out
            known = key_of(cell_of(key))
            if known not in CELLS and known not in own:
                own.append(known)
    return controls.choices(
        "cells",
        _("Cells"),
        [*own, *CELLS],
        list(dict.fromkeys(of_runs))[:MOST_CELLS] or ["lstm"],
        title=lambda key: title_of(cell_of(key)),
        most=MOST_CELLS,
        max_selections=MOST_CELLS,
        elsewhere=["lstm"],
    )


def _settings_of(runs: list[Settings]) -> Mapping[str, object]:
    """The settings that the controls show for these runs; {} for none."""
    if not runs:
        return {}
    # A cell without a gate to be biased starts plainly, whatever was chosen for all of them.
    biased = next((settings for settings in runs if settings["start"] != "plain"), runs[0])
    bias = {"forget_bias": biased["forget_bias"]} if biased["start"] == "forget" else {}
    return {
        **{name: value for name, value in runs[0].items() if name != "forget_bias"},
        **bias,
        "start": biased["start"],
        "seed": min(settings["seed"] for settings in runs),
        "three": len({settings["seed"] for settings in runs}) == SEEDS,
        "clip": runs[0]["clip"] or 0.0,
    }


def _material(task: str, runs: list[Settings]) -> str:
    """The user's own text or series, as the task reads it; "" where none is needed.

    A file is in no address, and a text only while it is short; the address of its run has both.
    """
    material = TASKS[task].material
    kind = material.kind if material else ""
    of_run = str(runs[0]["material"]) if runs else ""
    try:
        if kind == "text":
            return _text(of_run)
        return _series(of_run) if kind == "series" else ""
    except ValueError as problem:
        st.error(escaped(str(problem)))
        return ""


def _text(of_run: str) -> str:
    """The text in a file, or the part of it that is chosen; without a file what is pasted."""
    file = st.file_uploader(_("A text file"), type=["txt", "md", "py", "csv"], key="text file")
    if file is None:
        label = _("or paste a text of 500 to 100,000 characters")
        text = controls.words("text", label, of_run, control=st.text_area, height=140)
        if text:
            st.caption(_("Whoever is given the address of this run can read this text."))
        return text
    st.caption(_(address.NO_FILE))
    text, encoding = decoded(file.getvalue())
    text = text.replace("\r\n", "\n")
    said = _("{length} characters, {symbols} different ones, in {encoding}. It begins: “{first}”")
    st.caption(
        escaped(
            said.format(
                length=f"{len(text):,}",
                symbols=len(set(text)),
                encoding=encoding.upper().replace("_", "-"),
                first=" ".join(text[:120].split())[:80],
            )
        )
    )
    most = TASKS["text"].material
    if most is None or len(text) <= most.longest:
        return text
    return text[part_choice(_("Which characters to learn"), len(text), most.longest, "text part")]


def _series(of_run: str) -> str:
    """A column of a table, or the rows of it that are chosen, as the task reads it."""
    file = st.file_uploader(_("A table as CSV"), type=list(TABLE_FILES), key="series file")
    if file is None:
        return of_run
    st.caption(_(address.NO_FILE))
    table = table_in(file.getvalue())
    table_shown(table)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        name = st.selectbox(_("Column"), list(table.columns), key="series column")
        rows = part_choice(_("Which rows to learn"), table.rows, LONGEST, "series part", SHORTEST)
        has_gaps = bool(np.isnan(table.columns[name][rows]).any())
        is_filled = has_gaps and st.toggle(
            _("Fill gaps with a straight line between their neighbours"), key="series gaps"
        )
    series = table.columns[name][rows]
    gaps = int(np.isnan(series).sum())
    if gaps and not is_filled:
        raise ValueError(
            ngettext(
                "“{name}” has {count} gap in these rows. Fill it, or choose rows without.",
                "“{name}” has {count} gaps in these rows. Fill them, or choose rows without.",
                gaps,
            ).format(name=name, count=gaps)
        )
    return " ".join(f"{value:.10g}" for value in (filled(series) if is_filled else series))


def _main_choices(
    task: str, base: Settings, run: Mapping[str, object]
) -> tuple[dict[str, object], range]:
    """What is most often changed, and the seeds of the runs."""
    found: dict[str, object] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if size := TASKS[task].size:
            found["size"] = _whole(
                _(size.label), task, "size", run, size.value, size.low, size.high
            )
        found["hidden"] = _whole(_("Hidden units"), task, "hidden", run, base["hidden"], 1, 128)
        seed = _whole(
            _("Seed"),
            task,
            "seed",
            run,
            base["seed"],
            0,
            1_000_000,
            _("The same seed gives the same run, bit for bit on the same machine."),
        )
        three = controls.switch(
            "three",
            _("Three seeds"),
            _begin(run, "three", False),
            elsewhere=False,
            help=_("One seed is one seed: how much of a difference is luck?"),
        )
    return found, range(seed, seed + (SEEDS if three else 1))


def _advanced(task: str, base: Settings, run: Mapping[str, object]) -> dict[str, object]:
    """What rarely needs a change, each with one sentence on what it does."""
    found: dict[str, object] = {}
    with st.expander(_("More settings")):
        left, right = st.columns(2)
        with left:
            found["steps"] = _whole(
                *(_("Training steps"), task, "steps", run, base["steps"], 10, 20_000),
                _("How often the weights are changed; the learning rate falls over this time."),
            )
            found["batch"] = _whole(
                *(_("Sequences in a batch"), task, "batch", run, base["batch"], 1, 128),
                _("More make each step surer and slower."),
            )
            rate = base["learning_rate"]
            found["learning_rate"] = _real(
                *(_("Learning rate"), task, "learning_rate", run, rate, 1e-6, 10.0),
                _("How far a step goes; it falls to a tenth by the end. Too far and it diverges."),
            )
            found["optimiser"] = _one_of(
                *(_("Optimiser"), task, "optimiser", run, OPTIMISER_TITLES, base["optimiser"]),
                _("Adam and RMSprop fit the size of a step to each weight; SGD does not."),
            )
        with right:
            clip = _real(
                *(_("Gradient clipping"), task, "clip", run, base["clip"] or 0.0, 0.0, 1000.0),
                _("A longer gradient is shortened to this length: no step goes too far. 0: none."),
            )
            found["clip"] = clip or None
            start = _one_of(
                *(_("Starting weights"), task, "start", run, _starts(task), base["start"]),
                _("A cell without a gate that keeps the memory has no forget bias and no chrono."),
            )
            found["start"] = start
            bias = base["forget_bias"] or 1.0
            found["forget_bias"] = _real(
                *(_("Forget bias"), task, "forget_bias", run, bias, -20.0, 20.0),
                _(
                    "Where the gate that keeps starts: what it alone keeps is halved in {one:.1f} "
                    "steps at 1, in {five:.0f} at 5."
                ).format(one=kept_alone(1), five=kept_alone(5)),
                start != "forget",
            )
    return found


def _starts(task: str) -> dict[str, str]:
    """How the runs of a task may start, in words."""
    trained = [name for learnt, name in shipped() if learnt == task]
    from_trained = {
        f"{TRAINED}{name}": _(FROM_TRAINED).format(cell=_(CELLS[name].title)) for name in trained
    }
    return START_TITLES | from_trained


def _begin(run: Mapping[str, object], name: str, usual_one: T) -> T:
    """What the run was asked for under this name, else what is usual."""
    found = run.get(name)
    return found if isinstance(found, type(usual_one)) else usual_one


def _whole(
    label: str,
    task: str,
    name: str,
    run: Mapping[str, object],
    value: int,
    low: int,
    high: int,
    help: str | None = None,
) -> int:
    return controls.whole(
        *(name, label, low, high, _begin(run, name, value)),
        scope=task,
        elsewhere=value,
        help=help,
        width=170,
    )


def _real(
    label: str,
    task: str,
    name: str,
    run: Mapping[str, object],
    value: float,
    low: float,
    high: float,
    help: str,
    is_idle: bool = False,
) -> float:
    return controls.real(
        *(name, label, low, high, _begin(run, name, value)),
        scope=task,
        elsewhere=value,
        step=None,
        format="%g",
        help=help,
        disabled=is_idle,
    )


def _one_of(
    label: str,
    task: str,
    name: str,
    run: Mapping[str, object],
    titles: Mapping[str, str],
    value: str,
    help: str,
) -> str:
    return controls.choice(
        name,
        label,
        list(titles),
        _begin(run, name, value),
        title=lambda option: _(titles[option]),
        scope=task,
        elsewhere=value,
        help=help,
    )


def seconds_of(found: list[Settings]) -> int:
    """About how many seconds of one core these runs take together."""
    return max(1, round(sum(map(seconds_of_work, found))))


def _said_beforehand(found: list[Settings]) -> str:
    said = ngettext(
        "{count} run, about {seconds} on one core.",
        "{count} runs, about {seconds} on one core together.",
        len(found),
    ).format(count=len(found), seconds=counted.seconds(seconds_of(found)))
    starts = dict.fromkeys((title_of(cell_of(s["cell"])), start_of(s)) for s in found)
    said += " " + _("Starting weights: {start}.").format(
        start=_("; ").join(
            _("{name}: {what}").format(name=title, what=start) for title, start in starts
        )
    )
    biased = [s["start"] for s in found if can_start_biased(s["cell"])]
    if len(biased) < len(found) and biased and biased[0] in ("forget", "chrono"):
        said += " " + _("Cells without a keep gate start as PyTorch does.")
    return said
