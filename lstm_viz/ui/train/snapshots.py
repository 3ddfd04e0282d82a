"""A run at every snapshot of its training, and beside a pinned one: controls and stage."""

from __future__ import annotations

import random
from collections.abc import Mapping

import streamlit as st

from lstm_viz.figures import training as figures
from lstm_viz.jobs.settings import is_job_id
from lstm_viz.language import _
from lstm_viz.training.run_folder import Run, exported
from lstm_viz.training.runs import jobs
from lstm_viz.training.runs import run as find_run
from lstm_viz.ui import address, controls, parameters
from lstm_viz.ui.components import pair, stage
from lstm_viz.ui.figure import is_dark_page
from lstm_viz.ui.train.goes_on import goes_on
from lstm_viz.ui.train.payloads import Pin, gates_of, pinned_beside, training_of
from lstm_viz.ui.train.reached import in_words
from lstm_viz.ui.train.runs import any_alive, chart, label_of
from lstm_viz.words.turning_points import fall


def gates_as_it_learns(shown: list[str]) -> None:
    """The gates at every kept moment of a run; beside a pinned one, where one is pinned."""
    is_alive = any_alive(shown)
    pause = random.uniform(5.0, 6.0)  # a stage is more work than a curve
    address.fragment(in_words(_tried), run_every=pause if is_alive else None)(shown)


def _tried(shown: list[str]) -> None:
    try:
        _gates_as_it_learns(shown)
    except ValueError as problem:
        st.warning(str(problem))


def _gates_as_it_learns(shown: list[str]) -> None:
    """Raises ValueError where weights are damaged."""
    # Read once: whoever deletes a run, or begins it again, while it is drawn, changes nothing.
    found = {name: run for name in shown if (run := find_run(name)) and run.kept}
    if not found:
        return
    st.header(_("The gates as it learns"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = _run_on_stage(found)
        run = found[name]
        example = _example(run)
        pinned = _pin(run, list(found))
    moved = _on_stage(found, name, example, pinned)
    if moved is not None:
        _put_pin(name, int(moved))
        st.rerun(scope="fragment")
    means = gates_of(run, example)
    if any(means.values()):  # a plain RNN has no gates
        asked = _("When did the gates open?")
        st.markdown(f"**{asked}**")
        cell = run.network(run.kept[-1]).cell
        chart(figures.gate_means(cell, means, is_dark_page()), "gate means", asked)
    goes_on(run, example)
    _take_away(run)


def _on_stage(
    found: Mapping[str, Run],
    name: str,
    example: int,
    pinned: Pin | None,
) -> int | None:
    """Draws the run; returns after how many training steps it has just been pinned, if it was."""
    settings, names_in_address = found[name].settings, parameters.in_browser("train")
    if pinned is None:
        alone = training_of(found[name], example, names_in_address, _asked())
        return stage(alone, key=f"stage of {settings['cell']} {settings['task']}")
    other, after = pinned
    among = {**found, other.name: other}
    names = (
        _("{run}, pinned after training step {after}").format(
            run=label_of(other, among), after=after
        ),
        label_of(found[name], among),
    )
    payload = pinned_beside(pinned, found[name], example, names, names_in_address, _asked())
    return pair(payload, key=f"pinned beside {settings['cell']} {settings['task']}").pinned


def _asked() -> tuple[int, ...]:
    """The moment that the address asks for: where not all can be sent, it is among them."""
    after = address.of_browser("after")
    return () if after is None else (after,)


def _run_on_stage(found: Mapping[str, Run]) -> str:
    return controls.choice(
        "run",
        _("Run"),
        list(found),
        _turned_most(found),
        title=lambda name: label_of(found[name], found),
    )


def _turned_most(found: Mapping[str, Run]) -> str:
    """The run whose loss fell most at once: there is something to see."""

    def fell(name: str) -> float:
        record = found[name].record
        turn = fall(record.at.tolist(), record.validation.tolist()) if record else None
        return turn.before - turn.after if turn else 0.0

    return max(found, key=fell)


def _example(run: Run) -> int:
    """Which of the task's examples is read, counted from 0."""
    titles = list(run.task.examples)
    chosen = controls.choice(
        "sequence",
        _("Probe sequence"),
        range(1, len(titles) + 1),
        title=lambda number: _(titles[number - 1]),
        scope=run.settings["task"],
    )
    return chosen - 1


def _pin(run: Run, shown: list[str]) -> Pin | None:
    """The moment that is pinned, to be chosen here once there is one."""
    state, pinned = st.session_state, _read_pin(address.value("pin")[0])
    there = _comparable(run, pinned, shown) if pinned else {}
    if not pinned or not there:
        address.put("pin", "")
        return None
    state["pinned run"], kept = pinned[0], there[pinned[0]].kept
    state["pinned after"] = min(kept, key=lambda step: abs(step - pinned[1]))
    st.selectbox(
        _("Pinned run"),
        list(there),
        format_func=lambda name: label_of(there[name], there),
        key="pinned run",
        on_change=_repin,
    )
    st.selectbox(_("Pinned after training steps"), kept, key="pinned after", on_change=_repin)
    st.button(_("Unpin"), on_click=address.put, args=("pin", ""))
    return there[state["pinned run"]], state["pinned after"]


def _repin() -> None:
    _put_pin(st.session_state["pinned run"], st.session_state["pinned after"])


def _put_pin(run: str, after: int) -> None:
    address.put("pin", f"{run}~{after}")


def _read_pin(text: str) -> tuple[str, int] | None:
    """``RUN~STEPS``, as the address has it."""
    job, _tilde, after = text.partition("~")
    return (job, int(after)) if is_job_id(job) and after.isdecimal() and len(after) < 7 else None


def _comparable(run: Run, pinned: tuple[str, int], shown: list[str]) -> dict[str, Run]:
    """The runs that read the same sequences with as many units, the pinned one among them.

    Empty if that one is gone, or is none of them.
    """
    kept = [job.id for job in jobs().listed(30)]
    names = dict.fromkeys([pinned[0], *shown, *kept])
    found = {
        name: other
        for name in names
        if (other := find_run(name)) and other.kept and _shared(other) == _shared(run)
    }
    return found if pinned[0] in found else {}


def _shared(run: Run) -> tuple[object, ...]:
    """What two runs must share to be compared."""
    of = run.settings
    return of["task"], of["size"], of["material"], of["hidden"]


def _take_away(run: Run) -> None:
    kept = run.kept
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = st.selectbox(
            _("Weights after training steps"), kept, len(kept) - 1, key=f"take away {len(kept)}"
        )
        st.download_button(
            _("These weights as safetensors"),
            data=lambda: exported(run, step),
            file_name=f"{run.settings['task']}-{run.network(step).cell.name or 'own-cell'}-{step}"
            ".safetensors",
            on_click="ignore",
        )
    st.caption(
        _(
            "The address of this page finds the run again. Whoever has it can look at the run, and "
            "let it go on; it is deleted, or begun again, in the browser in which it was begun."
        )
    )
