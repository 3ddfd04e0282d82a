"""What to look at in a trace, in a sentence computed from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells.symbols import with_minus
from lstm_viz.counted import steps, steps_back
from lstm_viz.gradients.backward import Backward
from lstm_viz.language import _
from lstm_viz.rounded import percent
from lstm_viz.run.trace import Trace
from lstm_viz.words.quoted import quoted

KEPT = 0.75  # a gate that keeps at least this share of a step's memory is open
STAYS = 0.75  # a memory of which at least this share stays over all steps is held
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
        dropped = _dropping(kept, values[1], values[1] - values[0])
    if max(dropped.score, counted.score) < WORTH_SAYING:
        return _largest_change(trace, memory, tokens, sequence)
    if counted.score > dropped.score:
        return _say_counting(values[1], counted, memory, tokens)
    return _say_dropping(trace, dropped, memory, tokens, sequence)


def signed(value: float) -> str:
    """To two digits, with its sign."""
    return with_minus(f"{round(float(value), 2) + 0.0:+.2f}")  # −0.0 + 0.0 is 0.0


def _of(signal: np.ndarray, sequence: int) -> np.ndarray:
    return np.asarray(signal)[:, sequence, :]


def _dropping(kept: np.ndarray, memory: np.ndarray, moved: np.ndarray) -> _Event:
    """The clearest end of a span of at least 3 steps over which a unit held its memory.

    Clear is a far fall of what is kept between two long spans, and a memory that is another one
    afterwards: what came there mattered as long as its trace is kept.
    """
    best = _Event(0, 0, 0, 0)
    for unit in range(kept.shape[1]):
        gate, values = kept[:, unit], memory[:, unit]
        for t in np.flatnonzero(gate < KEPT).tolist():
            start = _held_since(gate, values, t)
            if t - start >= 3:
                drop = float(gate[start + 1 : t].mean() - gate[t])
                low = np.flatnonzero(gate[t + 1 :] < KEPT)
                end = t + 1 + int(low[0]) if len(low) else len(gate)
                spans = float(np.sqrt(min(t - start, LONG) * min(end - t, LONG))) / LONG
                score = drop * spans * min(abs(float(moved[t, unit])), 1.0)
                best = max(best, _Event(score, t, unit, start), key=lambda e: e.score)
    return best


def _held_since(gate: np.ndarray, values: np.ndarray, t: int) -> int:
    """The step from which on a unit held, up to the one before ``t``, the value it had there.

    It holds it while the product of what it keeps at each step is at least ``STAYS`` and while the
    value itself stays as it was, but for that share: a memory that is written anew at each step is
    another one, and so is one that has faded, however open its gate was.
    """
    start, product = t - 1, 1.0
    low = high = values[t - 1]
    while start > 0:
        product *= gate[start]
        low, high = min(low, values[start - 1]), max(high, values[start - 1])
        size = min(abs(low), abs(high)) if low * high > 0 else 0.0
        if gate[start] < KEPT or product < STAYS or high - low > (1 - STAYS) * size:
            break
        start -= 1
    return start


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
        "Unit {unit} held its memory for {length}: {memory} was {first}, and {share} of it "
        "was kept; at {place} {kept} fell to {value:.2f} and {memory} went from {before} to "
        "{after}."
    ).format(
        unit=unit,
        length=steps(t - event.start),
        first=signed(_of(trace[memory], sequence)[event.start, unit]),
        share=percent(float(kept[event.start + 1 : t].prod()), 1),
        kept=trace.cell.kept,
        place=quoted(tokens, t),
        value=kept[t],
        memory=memory,
        before=signed(before),
        after=signed(after),
    )
    return Caption(sentence, t, unit)


def _say_counting(values: np.ndarray, event: _Event, memory: str, tokens: Sequence[str]) -> Caption:
    start, t, unit = event.start, event.t, event.unit
    sentence = _(
        "Unit {unit} moves evenly, as one that counts: over {length} {memory} moves by about "
        "{step} each time, from {before} to {after} at {place}."
    ).format(
        unit=unit,
        length=steps(t - start),
        memory=memory,
        step=signed(np.diff(values[start : t + 1, unit]).mean()),
        before=signed(values[start, unit]),
        after=signed(values[t, unit]),
        place=quoted(tokens, t),
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
        "The largest change is at {place}: {state} of unit {unit} goes from {before} to {after}."
    ).format(
        place=quoted(tokens, t),
        state=state,
        unit=unit,
        before=signed(before[t, unit]),
        after=signed(after[t, unit]),
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
        "The gradient by {state} has the norm {first:.2g} at {last_place}; {back} it is "
        "{left:.2g}, and it falls most at {place}, from {before:.2g} to "
        "{after:.2g} in one step"
    ).format(
        state=state,
        first=norms[start],
        last_place=quoted(tokens, start),
        left=norms[0],
        back=steps_back(start),
        place=quoted(tokens, t),
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
