"""Every gate inside ``torch.nn.LSTM``, ``GRU``, ``RNN`` and their ``*Cell``s.

torch's kernels return h and keep the gates to themselves. So each layer and direction is run again,
from the module's own weights, by the same equations as everything else here; the module's own
answer is the judge. Where nothing stands around torch's own forward, its weights are read from the
module, and the judge is asked when the proof is: that takes twice the time of a forward. Where
hooks, parametrizations or a class of one's own may do anything to weights, input and output, the
module is run (``kernels`` overhears what its kernel is given), and the proof is made at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import groupby, pairwise
from math import isfinite
from typing import Any

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import evaluate, in_numpy, quiet
from lstm_viz.cells.expressions import (
    PAST,
    Expression,
    Name,
    children,
    names,
)
from lstm_viz.language import _, ngettext
from lstm_viz.networks.gate_order import TORCH, cell_of, from_torch
from lstm_viz.networks.torch.kernels import (
    Call,
    Given,
    Parameters,
    follows,
    is_plain,
    joined,
    own_call,
)
from lstm_viz.networks.torch.modules import (
    TorchModule,
    as_it_computes,
    kernel_is_exact,
    kernels_h,
    run_eagerly,
)
from lstm_viz.networks.torch.unchanged import unchanged
from lstm_viz.run.layers import traced
from lstm_viz.run.recording import Place, Recording
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace

# Up to so many numbers in a step of a signal, calling NumPy costs more than its arithmetic; and
# with fewer sequences than these, a step's product fetches the whole matrix for little more than a
# vector, where one product for all steps fetches it once. There h from torch's kernel and one
# product took 0.7 to 1 of the time of ``run``; with 8 sequences and more, 1 to 1.4 of it.
FEW, FEW_SEQUENCES = 512, 8


# So far the recomputed may be from the kernel's own numbers, for each 1 of their size.
FAR = {"float32": 1e-3, "float64": 1e-9}


def record_module(module: Any, x: Any, state: Any = None) -> Recording:
    """What ``lv.record`` does for a recurrent module of torch."""
    asked = TorchModule(module)
    if not is_plain(module):
        return _record_by_running(asked, x, state)
    asked.refuse_chance()
    given = asked.given(x, state)
    traces, h = _read(asked.kind, asked.cell, asked, given)
    output = given.ended(h, 0.0)
    return Recording(
        {place: _without_padding(trace, given) for place, trace in traces.items()},
        asked.as_returned(output, given),
        lambda: _difference(asked, given, traces, output),
        lengths_of(given),
    )


def _record_by_running(asked: TorchModule, x: Any, state: Any) -> Recording:
    """Of a module that does more than torch wrote: it is run, and its kernel's call overheard."""
    module = asked.module
    read, before = asked.as_tensors(x, state)

    arguments = (read,) if before is None else (read, before)
    with unchanged(module), as_it_computes(asked.like.device.type):
        if asked.is_cell:
            return _record_steps(asked, read, before)
        try:
            call, returned = own_call(module, partial(run_eagerly, module, *arguments))
        except ValueError:
            asked.given(x, state)  # says it better, where x does not fit
            raise
    return recording_of(call, asked.name, asked.answer_of(returned))


def _record_steps(asked: TorchModule, x: Any, state: Any) -> Recording:
    """Of a ``*Cell``: one step after the other, each from what the one before returned."""
    if not hasattr(x, "ndim") or x.ndim != 3:
        asked.given(x, state)
    calls, shown, now = [], [], state
    for read in x:
        arguments = (read,) if now is None else (read, now)
        call, now = own_call(asked.module, partial(run_eagerly, asked.module, *arguments))
        parts = now if isinstance(now, tuple | list) else (now,)
        if len(parts) != len(asked.states):
            raise ValueError(
                ngettext(
                    "This {name} returns {parts} tensor, and its next step needs {states}. "
                    "Record the loop around it: with lv.recording(model) as tape: model(batch).",
                    "This {name} returns {parts} tensors, and its next step needs {states}. "
                    "Record the loop around it: with lv.recording(model) as tape: model(batch).",
                    len(parts),
                ).format(name=asked.name, parts=len(parts), states=_(" and ").join(asked.states))
            )
        calls.append(call)
        shown.append(asked.answer_of(parts[0]))
    if any(not follows(later, before) for before, later in pairwise(calls)):
        raise ValueError(
            _(
                "What stands around this {name} changes its state from one step to the next, "
                "which none of its equations does. with lv.recording(model) as tape: "
                "model(batch) records every step by itself."
            ).format(name=asked.name)
        )
    return recording_of(joined(calls), asked.name, np.stack(shown))


def recording_of(call: Call, name: str, output: np.ndarray) -> Recording:
    """What a kernel did inside, proven against its own answer; ``output`` is the module's.

    Raises ValueError for what no cell of ours computes, and where the proof fails.
    """
    if call.problem:
        raise ValueError(_(call.problem.text).format(name=name, **call.problem.values))
    given = call.given
    traces, h = _read(call.kind, cell_of(call.kind, call.nonlinearity), call, given)
    own, last = call.answer()
    difference = _largest(traces, given, (given.ended(h, 0.0), given.ended(own, 0.0)), last)
    if not difference <= FAR[h.dtype.name] * max(1.0, float(np.abs(own).max())):
        raise ValueError(
            _(
                "What is computed here from the weights of this {name} is {difference:.1e} off "
                "its own answer, so it is not shown. In float32 rounding can grow so far over "
                "many steps: try a copy in float64, copy.deepcopy(module).double()."
            ).format(name=name, difference=difference)
        )
    recording = Recording(
        {place: _without_padding(trace, given) for place, trace in traces.items()},
        output,
        partial(float, difference),
        lengths_of(given),
    )
    assert recording.proof is not None  # known from now on
    return recording


def _read(
    kind: str, cell: Cell, module: TorchModule | Call, given: Given
) -> tuple[dict[Place, Trace], np.ndarray]:
    """A trace of each layer and direction, and h of the last layer."""
    places = module.places

    def trace_of(place: Place, read: np.ndarray) -> Trace:
        number = places.index(place)
        start = {name: stack[number] for name, stack in given.states.items()}
        return _trace(kind, cell, module.parameters(place), read, start)

    return traced(places, given.x, trace_of, lengths_of(given))


def lengths_of(given: Given) -> tuple[int, ...] | None:
    return None if given.lengths is None else tuple(given.lengths.tolist())


def _without_padding(trace: Trace, given: Given) -> Trace:
    """NaN behind each sequence's end, where the module read nothing."""
    if given.lengths is None:
        return trace
    signals = {name: given.ended(signal, np.nan) for name, signal in trace.signals.items()}
    x = given.ended(trace.x, np.nan)
    return replace(trace, x=x, signals=signals, lengths=lengths_of(given))


def _difference(
    asked: TorchModule, given: Given, traces: Mapping[Place, Trace], output: np.ndarray
) -> float:
    """max |recorded - the module's own| over h at every step and the last states of every layer."""
    asked.refuse_chance()
    for place, trace in traces.items():
        weights = from_torch(asked.kind, *(p.numpy() for p in asked.parameters(place)))
        if not all(np.array_equal(weights[name], trace.weights[name]) for name in weights):
            raise ValueError(
                _(
                    "This {name} has other weights now than when it was recorded, so its "
                    "answer proves nothing about the recording. Record it again."
                ).format(name=asked.name)
            )
    own, last = asked.answer(given)
    return _largest(traces, given, (output, given.ended(own, 0.0)), last)


def _largest(
    traces: Mapping[Place, Trace],
    given: Given,
    outputs: tuple[np.ndarray, np.ndarray],
    last: Mapping[str, np.ndarray],
) -> float:
    """The largest difference between ours and theirs, in the outputs and the last states."""
    pairs = [outputs]
    for number, trace in enumerate(traces.values()):
        pairs += [(given.last(trace[name]), stack[number]) for name, stack in last.items()]
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)


# ---- one layer, one direction --------------------------------------------------------------------


def _trace(
    kind: str,
    cell: Cell,
    parameters: Parameters,
    x: np.ndarray,
    start: Mapping[str, np.ndarray],
) -> Trace:
    arrays = [parameter.numpy() for parameter in parameters]
    weights = from_torch(kind, *arrays)
    B, H = start["h"].shape
    is_small = B < FEW_SEQUENCES and B * H <= FEW
    if kind == "LSTM" and is_small and x.dtype == np.float32 and kernel_is_exact():
        # torch wants to read only what may be written to.
        x = np.require(x, requirements=("C", "W"))
        h = kernels_h(parameters, x, start)
        trace = Trace(cell, weights, x, start, {}, _around(h, cell, arrays, x, start))
        if isfinite(np.vdot(trace["c"], trace["h"])):
            return trace
        # run says where the first number is that is not.
    return run(cell, weights, x, start, dtype=x.dtype.name)


def _around(
    h: np.ndarray,
    cell: Cell,
    arrays: list[np.ndarray],
    x: np.ndarray,
    start: Mapping[str, np.ndarray],
) -> dict[str, np.ndarray]:
    """Every signal of an LSTM whose h torch's own kernel has told: all gates are one product.

    c follows by its own recurrence; atanh(h / o) would lose it where tanh saturates.
    """
    recipe = _recipe(cell)
    values: dict[str, np.ndarray] = {}
    with quiet():
        drives = _drives(h, arrays, x, start)
        for function, first, last in recipe.runs:
            in_numpy(function)(drives[first:last], out=drives[first:last])
        values |= zip(recipe.gates, drives, strict=True)
        kept, written = (evaluate(part, values) for part in (recipe.kept, recipe.written))
        values["c"] = _memory(kept, written, start["c"])
        values["h"] = evaluate(cell["h"].expression, values)
    return {name: values[name] for name in cell.signals}


def _drives(
    h: np.ndarray, arrays: list[np.ndarray], x: np.ndarray, start: Mapping[str, np.ndarray]
) -> np.ndarray:
    """Of all gates at all steps, (4, T, B, H), in torch's order: one product, biases included."""
    (W, U, *biases), (T, B, H), D = arrays, h.shape, x.shape[2]
    read = np.empty((T, B, D + H + 1), h.dtype)
    read[..., :D] = x
    read[0, :, D:-1] = start["h"]
    read[1:, :, D:-1] = h[:-1]
    read[..., -1] = 1
    matrix = np.empty((4 * H, D + H + 1), h.dtype)
    matrix[:, :D] = W
    matrix[:, D:-1] = U
    matrix[:, -1] = np.add(*biases) if biases else 0
    by_gate = matrix.reshape(4, H, -1).transpose(0, 2, 1)
    product: np.ndarray = np.matmul(read.reshape(T * B, -1), by_gate)
    return product.reshape(4, T, B, H)


def _memory(kept: np.ndarray, written: np.ndarray, before: np.ndarray) -> np.ndarray:
    """c at every step, where each step makes kept * c + written of c.

    Two such steps in a row are again one of this kind. So every step first takes in the one before
    it, then the two, then the four before those. ``written`` is used up.
    """
    c, reach = written, 1
    c[0] += kept[0] * before
    kept = kept[1:]
    while reach < len(c):
        c[reach:] += kept * c[:-reach]
        kept = kept[reach:] * kept[:-reach]
        reach *= 2
    return c


@dataclass(frozen=True)
class _Recipe:
    """An LSTM's own lines: its gates in torch's order; its functions, each from a gate to another,
    as neighbours share a call; c's two terms."""

    gates: tuple[str, ...]
    runs: tuple[tuple[str, int, int], ...]
    kept: Expression
    written: Expression


@cache
def _recipe(cell: Cell) -> _Recipe:
    lines = [cell["c_tilde" if gate == "c" else gate] for gate in TORCH["LSTM"]]
    runs, first = [], 0
    for function, alike in groupby(line.function or "" for line in lines):
        last = first + len(list(alike))
        runs.append((function, first, last))
        first = last
    past = "c" + PAST
    (written,) = (term for term in cell["c"].terms.values() if past not in names(term))
    (keeping,) = (term for term in cell["c"].terms.values() if past in names(term))
    (kept,) = (factor for factor in children(keeping) if factor != Name(past))
    return _Recipe(tuple(line.name for line in lines), tuple(runs), kept, written)
