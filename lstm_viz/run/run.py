"""``lv.run``: a cell reads sequences, and every signal is recorded.

What comes in is checked here, in words; the compiled pass reads; what comes out is checked to be
numbers. Workspaces are kept for the next run of the same cell and sizes, which is the rule: a
layer reads one sequence after another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import quiet
from lstm_viz.cells.text import MATRIX_OF_INPUT
from lstm_viz.language import N_, _
from lstm_viz.run.compiled import Workspace
from lstm_viz.run.idle import Idle
from lstm_viz.run.numbers import numbers
from lstm_viz.run.overflow import require_range, size
from lstm_viz.run.trace import Trace

BUDGET = 4 * 2**30  # bytes one run may take
UNEQUAL = N_("Run one sequence at a time: [lv.run(cell, weights, one[:, None, :]) for one in x].")

_IDLE = Idle(Workspace, most=32, most_bytes=64 * 2**20)


def run(
    cell: Cell,
    weights: Mapping[str, np.ndarray],
    x: np.ndarray,
    state: Mapping[str, np.ndarray] | None = None,
    hold: Mapping[str, np.ndarray] | None = None,
    dtype: str = "float64",
) -> Trace:
    """Read ``x`` step by step and record every signal of the cell.

    ``x`` is (T, B, D). ``weights`` has an array for each of ``cell.weight_names`` (others are left
    alone). ``state`` gives states before the first step, each (B, H) or (H,); what it leaves out
    starts at the cell's initial value. ``hold`` maps a signal to an array that broadcasts to
    (T, B, H): where it is a number the signal is that number whatever its equation says, where it
    is NaN the signal is free; everything later in this step and the next ones sees what is held.

    Raises ValueError, before anything large is allocated, with a sentence that says what was given
    and what was expected; LeftRange, a FloatingPointError, when a value is no finite number, and
    when what a matrix product adds up is none, whatever becomes of it.
    """
    x, weights, H = _checked(cell, weights, x, np.dtype(dtype))
    T, B, D = x.shape
    _check_size(cell, T, B, D, H, x.dtype.itemsize)
    initial = _initial(cell, {} if state is None else state, B, H, x.dtype)
    given = _largest(weights, x, initial)
    held = _held(cell, {} if hold is None else hold, (T, B, H), x.dtype)
    with _IDLE.lent(cell, D, H, B, x.dtype, cell.signals, tuple(held)) as workspace:
        signals = workspace.read(weights, x, initial, held)
    trace = Trace(cell, weights, x, initial, held, signals)
    require_range(trace, given)
    return trace


def _checked(
    cell: Cell, weights: Mapping[str, np.ndarray], x: np.ndarray, dtype: np.dtype
) -> tuple[np.ndarray, dict[str, np.ndarray], int]:
    if not isinstance(cell, Cell):
        raise ValueError(_("run needs a Cell first; got {kind}.").format(kind=type(cell).__name__))
    if dtype not in (np.float64, np.float32):
        raise ValueError(_("dtype is float64 or float32, not {dtype}.").format(dtype=dtype))
    x = _numbers("x", x, dtype)
    if x.ndim != 3:
        fix = _(" For one sequence write x[:, None, :].") if x.ndim == 2 else ""
        raise ValueError(
            _(
                "x has the shape {shape}; expected three axes (T steps, B sequences, D "
                "inputs).{fix}"
            ).format(shape=x.shape, fix=fix)
        )
    if 0 in x.shape:
        raise ValueError(
            _("x has the shape {shape}; give at least one step, sequence and input.").format(
                shape=x.shape
            )
        )
    given = {}
    _require_names("weights", weights)
    for name in cell.weight_names:
        if name not in weights:
            raise ValueError(
                _(
                    "The weight {name} is missing; this cell needs {weight_names}, and got "
                    "{weights}."
                ).format(
                    name=name,
                    weight_names=_(", ").join(cell.weight_names),
                    weights=_(", ").join(sorted(weights)) or _("none"),
                )
            )
        given[name] = _numbers(name, weights[name], dtype)
    H = _units(cell, given)
    for name, shape in cell.weight_shapes(x.shape[2], H).items():
        if given[name].shape != shape:
            is_input = name.startswith(MATRIX_OF_INPUT)
            letters = "(H, D)" if is_input else "(H, H)" if len(shape) == 2 else "(H,)"
            raise ValueError(
                _(
                    "{name} has the shape {shape}; expected {letters} = {shape2}, as x has D = "
                    "{shape3} and the cell H = {H}."
                ).format(
                    name=name,
                    shape=given[name].shape,
                    letters=letters,
                    shape2=shape,
                    shape3=x.shape[2],
                    H=H,
                )
            )
    return x, given, H


def _units(cell: Cell, weights: Mapping[str, np.ndarray]) -> int:
    """H, as most of the weights have it; 1 for a cell without any."""
    counts = [weight.shape[0] for weight in weights.values() if weight.ndim]
    return max(set(counts), key=counts.count) if counts else 1


def _numbers(name: str, given: object, dtype: np.dtype) -> np.ndarray:
    return numbers(name, given, _(UNEQUAL)).astype(dtype, copy=False)


def _require_names(what: str, given: object) -> None:
    if not isinstance(given, Mapping):
        raise ValueError(
            _("{what} is a dictionary from names to arrays; got {kind}.").format(
                what=what, kind=type(given).__name__
            )
        )


def _largest(
    weights: Mapping[str, np.ndarray], x: np.ndarray, initial: Mapping[str, np.ndarray]
) -> float:
    """The size of the largest of them. Every value has to be a finite number."""
    arrays = {**weights, "x": x, **{f"state[{name!r}]": a for name, a in initial.items()}}
    with quiet():
        sizes = [size(array) for array in arrays.values()]
    for (name, array), found in zip(arrays.items(), sizes, strict=True):
        if not math.isfinite(found):
            where = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
            raise ValueError(
                _("{name}{where} is {array}; every value has to be a finite number.").format(
                    name=name, where=list(where), array=array[where]
                )
            )
    return max(sizes)


def _check_size(cell: Cell, T: int, B: int, D: int, H: int, itemsize: int) -> None:
    plan = cell.plan
    gates = sum(len(group.names) for group in plan.together)  # these lie where their drives were
    rows = H * (len(plan.drives) + len(cell.signals) - gates)
    needed = (T + 1) * B * rows * itemsize
    if needed > BUDGET:
        raise ValueError(
            _(
                "T = {T} steps of B = {B} sequences with D = {D} inputs and H = {H} units "
                "would take {needed:.1f} GiB; at most {budget:.0f} GiB are allowed. Read fewer "
                "sequences at a time, or a long one in pieces: state=trace.last goes on."
            ).format(T=T, B=B, D=D, H=H, needed=needed / 2**30, budget=BUDGET / 2**30)
        )


def _initial(
    cell: Cell, state: Mapping[str, np.ndarray], B: int, H: int, dtype: np.dtype
) -> dict[str, np.ndarray]:
    _require_names("state", state)
    for name in state:
        if name not in cell.states:
            raise ValueError(
                _("state names {name}; the states of this cell are {states}.").format(
                    name=name, states=_(", ").join(cell.states) or _("none")
                )
            )
    initial = {}
    for name in cell.states:
        given = _numbers(f"state[{name!r}]", state.get(name, cell.initial.get(name, 0.0)), dtype)
        try:
            initial[name] = np.broadcast_to(given, (B, H)).copy()
        except ValueError:
            raise ValueError(
                _("state[{name!r}] has the shape {shape}; expected (B, H) = {value}.").format(
                    name=name, shape=given.shape, value=(B, H)
                )
            ) from None
    return initial


def _held(
    cell: Cell, hold: Mapping[str, np.ndarray], shape: tuple[int, int, int], dtype: np.dtype
) -> dict[str, np.ndarray]:
    held = {}
    _require_names("hold", hold)
    for name, given in hold.items():
        if name not in cell.signals:
            raise ValueError(
                _("hold names {name}; the signals of this cell are {signals}.").format(
                    name=name, signals=_(", ").join(cell.signals)
                )
            )
        values = _numbers(f"hold[{name!r}]", given, dtype)
        try:
            held[name] = np.broadcast_to(values, shape).copy()
        except ValueError:
            raise ValueError(
                _(
                    "hold[{name!r}] has the shape {shape}, which does not broadcast to (T, B, "
                    "H) = {shape2}."
                ).format(name=name, shape=values.shape, shape2=shape)
            ) from None
        if np.isinf(values).any():
            raise ValueError(
                _("hold[{name!r}] is infinite somewhere; give numbers, NaN for free.").format(
                    name=name
                )
            )
    return held
