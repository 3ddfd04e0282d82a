"""Every gate inside ``torch.nn.LSTM``, ``GRU``, ``RNN`` and their ``*Cell``s.

torch's kernels return h and keep the gates to themselves. So each layer and direction is run again,
from the module's own weights, by the same equations as everything else here; the module's own
answer is the judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import isfinite
from typing import Any

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.evaluation import evaluate, in_numpy, quiet
from lstm_viz.cells.expressions import (
    PAST,
    Expression,
    Name,
    children,
    names,
)
from lstm_viz.networks.gate_order import TORCH, from_torch
from lstm_viz.networks.torch.modules import (
    Given,
    Parameters,
    TorchModule,
    kernel_is_exact,
    kernels_h,
)
from lstm_viz.run.layers import traced
from lstm_viz.run.recording import Place, Recording
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace

# Up to so many numbers in a step of a signal, calling NumPy costs more than its arithmetic.
FEW = 512


def record_module(module: Any, x: Any, state: Any = None) -> Recording:
    """What ``lv.record`` does for a recurrent module of torch."""
    asked = TorchModule(module)
    asked.refuse_chance()
    given = asked.given(x, state)

    def trace_of(place: Place, read: np.ndarray) -> Trace:
        number = asked.places.index(place)
        start = {name: stack[number] for name, stack in given.states.items()}
        return _trace(asked.kind, asked.parameters(place), read, start)

    traces, h = traced(asked.places, given.x, trace_of, given.lengths)
    output = given.ended(h, 0.0)
    return Recording(
        {place: _without_padding(trace, given) for place, trace in traces.items()},
        asked.as_returned(output, given),
        lambda: _difference(asked, given, traces, output),
        None if given.lengths is None else tuple(given.lengths.tolist()),
    )


def _without_padding(trace: Trace, given: Given) -> Trace:
    """NaN behind each sequence's end, where the module read nothing."""
    if given.lengths is None:
        return trace
    signals = {name: given.ended(signal, np.nan) for name, signal in trace.signals.items()}
    return replace(trace, x=given.ended(trace.x, np.nan), signals=signals)


def _difference(
    asked: TorchModule, given: Given, traces: Mapping[Place, Trace], output: np.ndarray
) -> float:
    """max |recorded - the module's own| over h at every step and the last states of every layer."""
    asked.refuse_chance()
    for place, trace in traces.items():
        weights = from_torch(asked.kind, *(p.numpy() for p in asked.parameters(place)))
        if not all(np.array_equal(weights[name], trace.weights[name]) for name in weights):
            raise ValueError(
                f"This {asked.name} has other weights now than when it was recorded, so its answer "
                "proves nothing about the recording. Record it again."
            )
    own, last = asked.answer(given)
    pairs = [(output, given.ended(own, 0.0))]
    for number, trace in enumerate(traces.values()):
        pairs += [(given.last(trace[name]), stack[number]) for name, stack in last.items()]
    return max(float(np.abs(ours - theirs).max()) for ours, theirs in pairs)


# ---- one layer, one direction --------------------------------------------------------------------


def _trace(
    kind: str, parameters: Parameters, x: np.ndarray, start: Mapping[str, np.ndarray]
) -> Trace:
    arrays = [parameter.numpy() for parameter in parameters]
    cell, weights = CELLS[kind.lower()], from_torch(kind, *arrays)
    if kind == "LSTM" and start["h"].size <= FEW and x.dtype == np.float32 and kernel_is_exact():
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
    recipe, (W, U, *biases), (T, B, H) = _recipe(cell), arrays, h.shape
    past = np.concatenate([start["h"][None], h[:-1]])
    values: dict[str, np.ndarray] = {}
    with quiet():
        drives = x.reshape(T * B, -1) @ W.T
        drives += past.reshape(T * B, H) @ U.T
        if biases:
            drives += np.add(*biases)
        gates = np.ascontiguousarray(drives.reshape(T, B, -1, H).transpose(2, 0, 1, 3))
        applied = {function: in_numpy(function)(gates) for function in recipe.functions}
        for number, (signal, function) in enumerate(recipe.gates):
            values[signal] = applied[function][number]
        kept, written = (evaluate(part, values) for part in (recipe.kept, recipe.written))
        values["c"] = _memory(kept, written, start["c"])
        values["h"] = evaluate(cell["h"].expression, values)
    return {name: values[name] for name in cell.signals}


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
    """An LSTM's own lines: its gates in torch's order, each with its function; c's two terms."""

    gates: tuple[tuple[str, str], ...]
    functions: frozenset[str]
    kept: Expression
    written: Expression


@cache
def _recipe(cell: Cell) -> _Recipe:
    lines = [cell["c_tilde" if gate == "c" else gate] for gate in TORCH["LSTM"]]
    gates = tuple((line.name, line.function or "") for line in lines)
    past = "c" + PAST
    (written,) = (term for term in cell["c"].terms.values() if past not in names(term))
    (keeping,) = (term for term in cell["c"].terms.values() if past in names(term))
    (kept,) = (factor for factor in children(keeping) if factor != Name(past))
    return _Recipe(gates, frozenset(function for _, function in gates), kept, written)
