"""What a run looked like at any moment that was kept, and two moments beside each other."""

from __future__ import annotations

import random
from collections.abc import Mapping

import streamlit as st

from lstm_viz.language import _
from lstm_viz.practice import figures
from lstm_viz.practice.desk import run as find_run
from lstm_viz.practice.record import Run, exported
from lstm_viz.stage.component import stage
from lstm_viz.ui.moment import gates_of, payload_of, signal_of
from lstm_viz.ui.practice_runs import chart, is_dark_page, label_of, look, said
from lstm_viz.ui.practice_settings import ADDRESS


def moments(shown: list[str]) -> None:
    """The gates at any kept moment of a run, and two moments beside each other."""
    is_alive = any((job := look(name)) and job.state.is_alive for name in shown)
    pause = random.uniform(5.0, 6.0)  # a stage is more work than a curve
    st.fragment(_moments, run_every=pause if is_alive else None)(shown)


def _moments(shown: list[str]) -> None:
    found = {name: run for name in shown if (run := find_run(name)) and run.kept}
    if not found:
        return
    st.subheader(_("The gates as it learns"))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = _chosen_run(found, _("Run"), "run on stage")
        run = found[name]
        titles = list(run.exercise.examples)
        example = st.selectbox(
            *(_("Probe sequence"), range(len(titles))),
            format_func=lambda k: _(titles[k]),
            key=f"probe of {run.settings['task']}",
        )
    kept = run.kept
    step = _moment(kept, _("After how many training steps"), f"moment of {name}", kept[-1])
    try:
        payload = payload_of(name, step, example, {ADDRESS: ",".join(shown)})
    except ValueError as problem:
        st.warning(str(problem))
        return
    _examined(run, step)
    stage(payload, key=f"stage of {run.settings['cell']} {run.settings['task']}")
    means = gates_of(name, kept, example)
    if means:
        st.markdown(f"**{_('When did the gates open?')}**")
        chart(figures.gate_means(run.network(step).cell, kept, means, is_dark_page()), "gate means")
    with st.expander(_("Two moments side by side")):
        _side_by_side(found, name, example)
    _take_away(run, step)


def _chosen_run(found: Mapping[str, Run], label: str, key: str) -> str:
    names = list(found)
    if st.session_state.get(key) not in names:
        st.session_state.pop(key, None)
    return st.selectbox(label, names, format_func=lambda n: label_of(found[n], found), key=key)


def _moment(kept: tuple[int, ...], label: str, key: str, default: int) -> int:
    """A kept moment; whoever stands at the newest stays at the newest while a run goes on."""
    newest = f"newest for {key}"
    at = st.session_state.get(key)
    if at not in kept or (default == kept[-1] and at == st.session_state.get(newest)):
        st.session_state[key] = default
    st.session_state[newest] = kept[-1]
    return st.select_slider(label, kept, key=key)


def _examined(run: Run, step: int) -> None:
    record = run.record
    if record is None or step not in record.at:
        return
    place = record.at.tolist().index(step)
    score = run.exercise.score
    st.caption(
        _("After {step} steps: validation loss {loss:.4f}, {metric} {value}.").format(
            step=step,
            loss=record.validation[place],
            metric=_(score.label),
            value=said(record.metric[place], score),
        )
    )


def _side_by_side(found: Mapping[str, Run], name: str, example: int) -> None:
    """Two runs or two moments of one, one signal of each, and the difference."""
    columns = st.columns(2)
    chosen = []
    for place, column in enumerate(columns):
        with column:
            run_name = _chosen_run(found, _("Run"), f"pinned run {place}")
            kept = found[run_name].kept
            default = kept[0] if place == 0 else kept[-1]
            step = _moment(kept, _("After steps"), f"pinned {place} of {run_name}", default)
            chosen.append((run_name, step))
    cells = [found[run_name].network(step).cell for run_name, step in chosen]
    signals = [signal for signal in cells[0].signals if signal in cells[1].signals]
    signal = st.segmented_control(_("Signal"), signals, default=signals[0], key="pinned signal")
    signal = signal if signal in signals else signals[0]
    values = [signal_of(run_name, step, example, signal) for run_name, step in chosen]
    is_gate = all(cell.ranges[signal] == (0, 1) for cell in cells)
    limit = max(1e-9, *(float(abs(value).max()) for value in values))
    span = (0.0, 1.0) if is_gate else (-limit, limit)
    for place, ((run_name, step), value) in enumerate(zip(chosen, values, strict=True)):
        label = _("{signal}, {run}, after {step} steps").format(
            signal=signal, run=label_of(found[run_name], found), step=step
        )
        with columns[place]:
            chart(figures.heat(value, label, span, is_dark_page()), f"pinned {place}")
    if values[0].shape == values[1].shape:
        difference = values[1] - values[0]
        limit = max(1e-9, float(abs(difference).max()))
        title = _("difference: the right one minus the left one")
        chart(figures.heat(difference, title, (-limit, limit), is_dark_page()), "difference")


def _take_away(run: Run, step: int) -> None:
    with st.container(horizontal=True):
        st.download_button(
            _("These weights as safetensors"),
            data=lambda: exported(run, step),
            file_name=f"{run.settings['task']}-{run.network(step).cell.name or 'own-cell'}-{step}"
            ".safetensors",
            on_click="ignore",
        )
        st.caption(_("The address of this page finds the run again; whoever has it can rewind it."))
