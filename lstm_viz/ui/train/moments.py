"""What a run looked like at every moment that was kept, and beside one that is pinned."""

from __future__ import annotations

import random
from collections.abc import Mapping

import streamlit as st

from lstm_viz.figures import training as figures
from lstm_viz.jobs import State
from lstm_viz.jobs.settings import is_job_id
from lstm_viz.language import _
from lstm_viz.training.record import Run, exported
from lstm_viz.training.runs import jobs
from lstm_viz.training.runs import run as find_run
from lstm_viz.ui.components import pair, stage
from lstm_viz.ui.figure import is_dark_page
from lstm_viz.ui.train.moment import Pin, gates_of, pinned_beside, training_of
from lstm_viz.ui.train.runs import chart, label_of, look
from lstm_viz.ui.train.settings import ADDRESS

PINNED = "pinned moment"
RUN, PROBE, PIN, AFTER = "run", "probe", "pin", "after"  # in the address bar
ALIKE = ("task", "size", "material", "hidden")  # what two runs must share to be compared


def moments(shown: list[str]) -> None:
    """The gates at every kept moment of a run; beside a pinned one, where one is pinned."""
    is_alive = any((job := look(name)) and job.state.is_alive for name in shown)
    pause = random.uniform(5.0, 6.0)  # a stage is more work than a curve
    st.fragment(_moments, run_every=pause if is_alive else None)(shown)


def _moments(shown: list[str]) -> None:
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
    st.subheader(_("The gates as it learns"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = _run_on_stage(found)
        run = found[name]
        example = _probe(run)
        pinned = _pin(run, list(found))
    address = {
        ADDRESS: ",".join(shown),
        RUN: name if len(found) > 1 else "",
        PROBE: str(example + 1) if example else "",
        PIN: f"{pinned[0].name}~{pinned[1]}" if pinned else "",
    }
    moved = _on_stage(found, name, example, pinned, address)
    if moved is not None:
        st.session_state[PINNED] = (name, int(moved))
        st.rerun(scope="fragment")
    means = gates_of(run, example)
    if any(means.values()):  # a plain RNN has no gates
        st.markdown("**" + _("When did the gates open?") + "**")
        cell = run.network(run.kept[-1]).cell
        chart(figures.gate_means(cell, means, is_dark_page()), "gate means")
    _take_away(run)


def _on_stage(
    found: Mapping[str, Run],
    name: str,
    example: int,
    pinned: Pin | None,
    address: Mapping[str, str],
) -> int | None:
    """Draws the run; returns after how many training steps it has just been pinned, if it was."""
    settings = found[name].settings
    if pinned is None:
        alone = training_of(found[name], example, address, _asked())
        return stage(alone, key=f"stage of {settings['cell']} {settings['task']}")
    other, after = pinned
    among = {**found, other.name: other}
    names = (
        _("{run}, pinned after {after} training steps").format(
            run=label_of(other, among), after=after
        ),
        label_of(found[name], among),
    )
    payload = pinned_beside(pinned, found[name], example, names, address, _asked())
    return pair(payload, key=f"pinned beside {settings['cell']} {settings['task']}").pinned


def _asked() -> tuple[int, ...]:
    """The moment that the address asks for: where not all can be sent, it is among them."""
    after = st.query_params.get(AFTER, "")
    return (int(after),) if after.isdecimal() and len(after) < 7 else ()


def _run_on_stage(found: Mapping[str, Run]) -> str:
    names, key = list(found), "run on stage"
    if st.session_state.get(key) not in names:
        asked = st.query_params.get(RUN)
        st.session_state[key] = asked if asked in names else names[0]
    return st.selectbox(_("Run"), names, format_func=lambda n: label_of(found[n], found), key=key)


def _probe(run: Run) -> int:
    titles, key = list(run.task.examples), f"probe of {run.settings['task']}"
    if key not in st.session_state:
        asked = st.query_params.get(PROBE, "")
        st.session_state[key] = int(asked) - 1 if asked in map(str, range(1, len(titles))) else 0
    return st.selectbox(
        _("Probe sequence"), range(len(titles)), format_func=lambda k: _(titles[k]), key=key
    )


def _pin(run: Run, shown: list[str]) -> Pin | None:
    """The moment that is pinned, to be chosen here once there is one."""
    state = st.session_state
    if PINNED not in state:
        state[PINNED] = _read_pin(st.query_params.get(PIN, ""))
    there = _comparable(run, state[PINNED], shown) if state[PINNED] else {}
    if not there:
        state[PINNED] = None
        return None
    state["pinned run"], kept = state[PINNED][0], there[state[PINNED][0]].kept
    state["pinned after"] = min(kept, key=lambda step: abs(step - state[PINNED][1]))
    st.selectbox(
        _("Pinned run"),
        list(there),
        format_func=lambda name: label_of(there[name], there),
        key="pinned run",
        on_change=_repin,
    )
    st.selectbox(_("Pinned after training steps"), kept, key="pinned after", on_change=_repin)
    st.button(_("Unpin"), on_click=lambda: state.update({PINNED: None}))
    return there[state["pinned run"]], state["pinned after"]


def _repin() -> None:
    st.session_state[PINNED] = (st.session_state["pinned run"], st.session_state["pinned after"])


def _read_pin(text: str) -> tuple[str, int] | None:
    """``RUN~STEPS``, as the address has it."""
    job, _tilde, after = text.partition("~")
    return (job, int(after)) if is_job_id(job) and after.isdecimal() and len(after) < 7 else None


def _comparable(run: Run, pinned: tuple[str, int], shown: list[str]) -> dict[str, Run]:
    """The runs that read the same sequences with as many units, the pinned one among them.

    Empty if that one is gone, or is none of them.
    """
    kept = [job.id for job in jobs().listed(30) if job.state is State.DONE]
    names = dict.fromkeys([pinned[0], *shown, *kept])
    wanted = [run.settings[name] for name in ALIKE]
    found = {
        name: other
        for name in names
        if (other := find_run(name))
        and other.kept
        and [other.settings[part] for part in ALIKE] == wanted
    }
    return found if pinned[0] in found else {}


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
    st.caption(_("The address of this page finds the run again; whoever has it can delete it."))
