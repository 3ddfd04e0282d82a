"""A network at every moment of its training, on the stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import streamlit as st

from lstm_viz.language import _, spoken
from lstm_viz.networks.network import Network
from lstm_viz.run.recording import Recording
from lstm_viz.stage.pair import pair_payload
from lstm_viz.stage.payload import stage_payload
from lstm_viz.stage.tokens import read_series, read_tokens
from lstm_viz.stage.training import Result, Snapshot, snapshot, thinned, training_payload
from lstm_viz.tasks import Sequence
from lstm_viz.training.record import Run
from lstm_viz.words.captions import look_at

Pin: TypeAlias = tuple[Run, int]  # a run, and after how many of its training steps


def training_of(
    run: Run, example: int, address: Mapping[str, str], needed: tuple[int, ...] = ()
) -> dict[str, Any]:
    """What the stage shows of a run's probe sequence at every moment that was kept.

    Those ``needed`` are among them also where not all can be sent. Raises ValueError if nothing
    can be shown.
    """
    kept = _snapshots_of(run.name, run.kept, example, run)
    if not kept:
        raise ValueError(_("None of the weights that were kept can be shown."))
    chosen = thinned([one.after for one in kept], kept[-1].size, needed)
    known = results(run, chosen)
    where = tuple(address.items())
    return _training(run.name, chosen, len(kept), example, where, spoken(), len(known), known, run)


def pinned_beside(
    pinned: Pin,
    run: Run,
    example: int,
    names: tuple[str, str],
    address: Mapping[str, str],
    needed: tuple[int, ...] = (),
) -> dict[str, Any]:
    """The pinned moment on the left, on the right every moment of a run, as the pair shows them.

    Raises ValueError if one of them cannot be shown.
    """
    right = training_of(run, example, address, needed)
    other, after = pinned
    if not _snapshot_of(other.name, after, example, other):
        raise ValueError(_("The weights that were pinned cannot be shown."))
    left = _training(other.name, (after,), 1, example, (), spoken(), 0, {}, other)
    traces = tuple(_read(*at, example)[2][0] for at in (pinned, (run, run.kept[-1])))
    return pair_payload(left, right, (traces[0], traces[1]), names, address)


def results(found: Run, steps: tuple[int, ...]) -> dict[int, Result]:
    """Validation loss and metric at those moments at which they are known."""
    record, score = found.record, found.task.watch.score
    if record is None:
        return {}
    known = zip(record.at.tolist(), record.validation, record.metric, strict=True)
    return {
        step: (float(loss), f"{_(score.label)} {score.written(metric)}")
        for step, loss, metric in known
        if step in steps
    }


@st.cache_resource(max_entries=60, show_spinner=False)
def _training(
    job: str,
    chosen: tuple[int, ...],
    kept: int,
    example: int,
    address: tuple[tuple[str, str], ...],
    language: str,
    count: int,
    _known: Mapping[int, Result],
    _run: Run,
) -> dict[str, Any]:
    del language, count  # the words of the payload depend on it, and what is known on how much
    network, sequence, recording = _read(_run, chosen[-1], example)
    read = read_tokens(network, recording, sequence)
    newest = stage_payload(
        recording[0],
        read,
        look_at(recording[0], [token.text for token in read]),
        series=read_series(network, recording, sequence),
        address=dict(address),
        answer=_(network.task.answer) if network.task.answer else "",
        file_name=f"{network.task.name}-{network.cell.name or 'own-cell'}",
    )
    there = _snapshots_of(job, chosen, example, _run)
    return training_payload(newest, recording[0], there, kept, _known, pins=True)


@st.cache_resource(max_entries=300, show_spinner=False)
def _snapshots_of(
    job: str, steps: tuple[int, ...], example: int, _run: Run
) -> tuple[Snapshot, ...]:
    """Those of the moments that can be shown. Asked for as one: a key costs more than a look."""
    return tuple(one for step in steps if (one := _snapshot_of(job, step, example, _run)))


@st.cache_resource(max_entries=1000, show_spinner=False)
def _snapshot_of(job: str, step: int, example: int, _run: Run) -> Snapshot | None:
    """A moment of a run; None where its weights are damaged or beyond all bounds.

    The same for every run of this name: its settings say what it learns.
    """
    try:
        network, sequence, recording = _read(_run, step, example)
        read = read_tokens(network, recording, sequence)
        return snapshot(step, recording[0], read, read_series(network, recording, sequence))
    except (ValueError, FloatingPointError):
        return None


def _read(run: Run, step: int, example: int) -> tuple[Network, Sequence, Recording]:
    network = run.network(step)
    sequence = list(run.task.examples.values())[example]
    return network, sequence, network.read(sequence)


def gates_of(run: Run, example: int) -> dict[int, Mapping[str, float]]:
    """For every kept moment that can be shown the mean of each gate over the example."""
    return {one.after: one.means for one in _snapshots_of(run.name, run.kept, example, run)}
