"""What the stage is sent of a network in training: its weights at every snapshot, in one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from lstm_viz.bounded import Bounded
from lstm_viz.language import _, spoken
from lstm_viz.networks.network import Network
from lstm_viz.run.recording import Recording
from lstm_viz.stage.pair import pair_payload
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import PairPayload, StagePayload
from lstm_viz.stage.tokens import read_series, read_tokens
from lstm_viz.stage.training import Learning, Result, Snapshot, snapshot, thinned
from lstm_viz.tasks import Sequence
from lstm_viz.training.run_folder import Run
from lstm_viz.words.captions import Caption, look_at
from lstm_viz.words.turning_points import fall, no_turn_said, turning_caption

Pin: TypeAlias = tuple[Run, int]  # a run, and after how many of its training steps


def training_of(
    run: Run, example: int, address: Mapping[str, str], needed: tuple[int, ...] = ()
) -> StagePayload:
    """What the stage shows of a run's probe sequence at every moment that was kept.

    Those ``needed`` are among them also where not all can be sent. Raises ValueError if nothing
    can be shown.
    """
    kept, chosen = _chosen(run, example, needed)
    known = results(run, chosen)
    # The words depend on the language, and what is known on how much.
    key = (run.name, chosen, kept, example, *address.items(), spoken(), len(known))
    return _PAYLOADS.get(
        key, lambda: stage_payload(_shown(run, chosen, kept, example, address, known))
    )


def _chosen(run: Run, example: int, needed: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """How many moments can be shown, and those of them that are sent."""
    kept = _snapshots_of(run, run.kept, example)
    if not kept:
        raise ValueError(_("None of the weights that were kept can be shown."))
    return len(kept), thinned([one.after for one in kept], kept[-1].size, needed)


def pinned_beside(
    pinned: Pin,
    run: Run,
    example: int,
    names: tuple[str, str],
    address: Mapping[str, str],
    needed: tuple[int, ...] = (),
) -> PairPayload:
    """The pinned moment on the left, on the right every moment of a run, as the pair shows them.

    Raises ValueError if one of them cannot be shown.
    """
    kept, chosen = _chosen(run, example, needed)
    right = _shown(run, chosen, kept, example, address, results(run, chosen))
    other, after = pinned
    if not _snapshot_of(other, after, example):
        raise ValueError(_("The weights that were pinned cannot be shown."))
    left = _shown(other, (after,), 1, example, {}, {})
    return pair_payload(left, right, names, address)


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


# Of all runs and visitors together; how large one is, is whose cell it is.
_PAYLOADS: Bounded[StagePayload] = Bounded(48 * 2**20, lambda payload: len(json.dumps(payload)))
_MOMENTS: Bounded[Snapshot | None] = Bounded(48 * 2**20, lambda one: one.size if one else 1)


def _shown(
    run: Run,
    chosen: tuple[int, ...],
    kept: int,
    example: int,
    address: Mapping[str, str],
    known: Mapping[int, Result],
) -> ShownRun:
    """The newest of the chosen moments, with all that come before it."""
    network, sequence, recording = _read(run, chosen[-1], example)
    read = read_tokens(network, recording, sequence)
    return ShownRun(
        recording[0],
        read,
        _caption(run, chosen, example, known),
        task=_(network.task.title),
        series=read_series(network, recording, sequence),
        address=address,
        answer=_(network.task.answer) if network.task.answer else "",
        file_name=f"{network.task.name}-{network.cell.name or 'own-cell'}",
        learning=Learning(_snapshots_of(run, chosen, example), kept, known, pins=True),
    )


def _caption(
    run: Run, chosen: tuple[int, ...], example: int, known: Mapping[int, Result]
) -> Caption:
    """What happened in the training, with the unit and the step at which it is seen; where nothing
    did, that, and what the newest network does."""
    losses = {step: loss for step, (loss, _metric) in known.items() if loss is not None}
    network, sequence, recording = _read(run, chosen[-1], example)
    texts = [token.text for token in read_tokens(network, recording, sequence)]
    turn = fall(list(losses), list(losses.values()))
    if turn is None:
        found = look_at(recording[0], texts)
        said = no_turn_said(list(losses), list(losses.values()))
        return replace(found, text=f"{said} {found.text}".strip())
    before, after = (_read(run, step, example)[2][0] for step in (turn.first, turn.last))
    return turning_caption(turn, before, after, texts)


def _snapshots_of(run: Run, steps: tuple[int, ...], example: int) -> tuple[Snapshot, ...]:
    """Those of the moments that can be shown."""
    return tuple(one for step in steps if (one := _snapshot_of(run, step, example)))


def _snapshot_of(run: Run, step: int, example: int) -> Snapshot | None:
    """A moment of a run; None where its weights are damaged or beyond all bounds.

    The same for every run of this name: its settings say what it learns.
    """
    return _MOMENTS.get((run.name, step, example), lambda: _taken(run, step, example))


def _taken(run: Run, step: int, example: int) -> Snapshot | None:
    try:
        network, sequence, recording = _read(run, step, example)
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
    return {one.after: one.means for one in _snapshots_of(run, run.kept, example)}
