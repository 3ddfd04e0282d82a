"""What to look at in a trace, in a sentence computed from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.gradients.backward import Backward
from lstm_viz.language import _
from lstm_viz.run.trace import Trace

KEPT = 0.75  # a memory of which at least this share stays is being held
LONG = 12  # steps over which holding something is no longer a small feat
WORTH_SAYING = 0.15  # below this score an event is too faint to send anyone looking for it


@dataclass(frozen=True)
class Caption:
    """A sentence, and the step and unit at which to see what it says."""

    text: str
    t: int
    unit: int


@dataclass(frozen=True)
class _Event:
    score: float
    t: int
    unit: int
    start: int


def look_at(trace: Trace, tokens: Sequence[str], sequence: int = 0) -> Caption:
    """The most telling event of one sequence of the trace.

    A memory that was held for some steps and then replaced by one that is held again; a memory that
    counts; or, failing both, the largest change. ``tokens`` are the T symbols that were read, as
    they are shown.
    """
    trace, sequence = trace.piece(slice(None), sequence), 0
    memory = trace.cell.memory
    if memory is None:
        return _largest_change(trace, "h", tokens, sequence)
    values = _of(trace.past(memory), sequence), _of(trace[memory], sequence)
    dropped, counted = _Event(0, 0, 0, 0), _counting(values[1])
    if trace.cell.kept is not None:
        kept = _of(trace.value(trace.cell.kept), sequence)
        dropped = _dropping(kept, values[1] - values[0])
    if max(dropped.score, counted.score) < WORTH_SAYING:
        return _largest_change(trace, memory, tokens, sequence)
    if counted.score > dropped.score:
        return _say_counting(values[1], counted, memory, tokens)
    return _say_dropping(trace, dropped, memory, tokens, sequence)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _of(signal: np.ndarray, sequence: int) -> np.ndarray:
    return np.asarray(signal)[:, sequence, :]


def _dropping(kept: np.ndarray, moved: np.ndarray) -> _Event:
    """The clearest end of a span of at least 3 steps over which a unit held its memory.

    Clear is a far fall of what is kept between two long spans, and a memory that is another one
    afterwards: what came there mattered as long as its trace is kept.
    """
    best = _Event(0, 0, 0, 0)
    for unit in range(kept.shape[1]):
        start = 0
        for t in range(1, len(kept)):
            if kept[t, unit] >= KEPT:
                start = t if kept[t - 1, unit] < KEPT else start
                continue
            length = t - start if kept[t - 1, unit] >= KEPT else 0
            if length >= 3:
                drop = float(kept[start:t, unit].mean() - kept[t, unit])
                low = np.flatnonzero(kept[t + 1 :, unit] < KEPT)
                end = t + 1 + int(low[0]) if len(low) else len(kept)
                spans = np.sqrt(min(length, LONG) * min(end - t, LONG)) / LONG
                score = drop * spans * min(abs(float(moved[t, unit])), 1.0)
                best = max(best, _Event(score, t, unit, start), key=lambda e: e.score)
    return best


def _counting(memory: np.ndarray) -> _Event:
    """The longest span over which a unit's memory moves by nearly the same amount each step."""
    best = _Event(0, 0, 0, 0)
    steps = np.diff(memory, axis=0)
    for unit in range(memory.shape[1]):
        start = 0
        for t in range(1, len(steps) + 1):
            span = steps[start:t, unit]
            even = np.ptp(span) <= 0.35 * abs(span.mean()) and abs(span.mean()) > 0.15
            if even and t - start >= 4:
                score = min(t - start, LONG) / LONG * min(abs(float(span.mean())), 1.0)
                best = max(best, _Event(score, t, unit, start), key=lambda e: e.score)
            elif not even and t - start > 1:
                start = t - 1
    return best


def _say_dropping(
    trace: Trace, event: _Event, memory: str, tokens: Sequence[str], sequence: int
) -> Caption:
    t, unit = event.t, event.unit
    kept = _of(trace.value(trace.cell.kept or ""), sequence)[:, unit]
    before, after = (
        _of(values, sequence)[t, unit] for values in (trace.past(memory), trace[memory])
    )
    sentence = _(
        "Unit {unit} held its memory for {length} steps ({kept} above {floor:.2f}); "
        "at “{token}” {kept} fell to {value:.2f} and {memory} went from {before} "
        "to {after}."
    ).format(
        unit=unit,
        length=t - event.start,
        kept=trace.cell.kept,
        floor=np.floor(kept[event.start : t].min() * 100) / 100,
        token=tokens[t],
        value=kept[t],
        memory=memory,
        before=_signed(before),
        after=_signed(after),
    )
    return Caption(sentence, t, unit)


def _say_counting(values: np.ndarray, event: _Event, memory: str, tokens: Sequence[str]) -> Caption:
    start, t, unit = event.start, event.t, event.unit
    sentence = _(
        "Unit {unit} counts: over {length} steps {memory} moves by about {step} each time, "
        "from {before} to {after} at “{token}”."
    ).format(
        unit=unit,
        length=t - start,
        memory=memory,
        step=_signed(np.diff(values[start : t + 1, unit]).mean()),
        before=_signed(values[start, unit]),
        after=_signed(values[t, unit]),
        token=tokens[t],
    )
    return Caption(sentence, t, unit)


def _largest_change(trace: Trace, state: str, tokens: Sequence[str], sequence: int) -> Caption:
    # What is no state had no value before the first step: it begins unchanged.
    first = trace.initial.get(state, trace[state][0])
    before = _of(np.concatenate([first[None], trace[state][:-1]]), sequence)
    after = _of(trace[state], sequence)
    moved = np.abs(after - before)
    t, unit = (int(k) for k in np.unravel_index(moved.argmax(), moved.shape))
    nothing_kept = trace.cell.memory is None
    sentence = _(
        "The largest change is at “{token}”: {state} of unit {unit} goes from {before} to {after}."
    ).format(
        token=tokens[t],
        state=state,
        unit=unit,
        before=_signed(before[t, unit]),
        after=_signed(after[t, unit]),
    )
    if nothing_kept:
        sentence += " " + _(
            "No gate holds anything here: on average {state} changes by {mean:.2f} a step."
        ).format(state=state, mean=moved.mean())
    return Caption(sentence, t, unit)


def look_back(backward: Backward, tokens: Sequence[str], sequence: int = 0) -> Caption:
    """Where, on the way back from the loss, most of the gradient by the memory is lost.

    The step is that of the largest fall of its norm, as a ratio; the unit the one that carried most
    of it there.
    """
    cell = backward.trace.cell
    state = cell.memory or "h"
    delta = backward.signals[state][:, sequence]
    norms = np.linalg.norm(delta, axis=-1)
    start = int(np.flatnonzero(norms)[-1]) if norms.any() else len(norms) - 1
    if start < 1 or not norms[start]:
        return Caption(_("No loss is counted after the first step: nothing flows back."), 0, 0)
    ratios = norms[:start] / np.maximum(norms[1 : start + 1], 1e-300)
    t = int(ratios.argmin()) + 1
    unit = int(np.abs(delta[t]).argmax())
    sentence = _(
        "The gradient by {state} starts with a norm of {first:.2g} at “{last_token}” and is "
        "{left:.2g} after {steps} steps back. It falls most at “{token}”: from {before:.2g} to "
        "{after:.2g} in one step"
    ).format(
        state=state,
        first=norms[start],
        last_token=tokens[start],
        left=norms[0],
        steps=start,
        token=tokens[t],
        before=norms[t],
        after=norms[t - 1],
    )
    if cell.kept is not None:
        kept = _of(backward.trace.value(cell.kept), sequence)[t, unit]
        sentence += _(" ({kept} of unit {unit} is {value:.2f} there).").format(
            kept=cell.kept, unit=unit, value=kept
        )
    else:
        sentence += "."
    return Caption(sentence, start, unit)
