"""Whether all that a run computed, and all that it added up, stayed in the floating-point range.

In which order a matrix product adds up its terms, and what it rounds on the way, is up to the
processor: 8e308 - 8e308 is NaN with one kernel, with a fused one it is infinite and a sigmoid makes
1 of it, with one that carries more digits it is 0. So a sum is judged by its terms, not by what
came out: where their absolute values add up to a number, so does every part of it in any order.

Every run is asked, and nearly all are far from the limit, so a bound that takes no time comes
first; only where it does not settle the matter are the sums looked at one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import interval, quiet
from lstm_viz.cells.expressions import (
    PAST,
    Binary,
    Expression,
    Name,
    Product,
    children,
    names,
    summands,
    walk,
)
from lstm_viz.cells.text import VECTOR
from lstm_viz.run.errors import LeftRange
from lstm_viz.run.trace import Trace

ORDINARY = 1e4  # runs whose numbers are all smaller are judged alike, so that this is done once


def size(array: np.ndarray) -> float:
    """At least the largest absolute value, and no finite number where one of the values is none."""
    values = array.ravel("K")
    length = math.sqrt(np.vdot(values, values))  # three times as fast as asking each value
    return length if length < math.inf else float(np.abs(array).max())


def require_range(trace: Trace, given: float) -> None:
    """Name the first value or sum that left the floating-point range, in the order of computation.

    ``given`` is the largest ``size`` among x, the weights and the states before the first step.
    Where a signal is held nobody asks what its equation adds up. Raises LeftRange.
    """
    cell, signals, known = trace.cell, trace.signals, _known(trace.cell)
    telling = cell.signals if trace.hold else known.telling
    with quiet():  # a sum is finite only if its terms are
        is_finite = np.isfinite(sum(signals[name].sum() for name in telling))
        if is_finite and _are_sums_small(trace, known, given):
            return
        lost = {name: ~np.isfinite(values) for name, values in signals.items()}
        beyond = {line.name: _is_beyond(trace, line.expression) for line in cell.order}
    for name, held in trace.hold.items():
        beyond[name] = beyond[name] & np.isnan(held)
    for name in lost:
        lost[name] |= beyond[name]
    steps = [int(np.argmax(bad.any(axis=(1, 2)))) for bad in lost.values() if bad.any()]
    if not steps:
        return
    t = min(steps)
    line = next(line for line in cell.order if lost[line.name][t].any())
    b, unit = (int(k) for k in np.argwhere(lost[line.name][t])[0])
    is_sum = bool(np.broadcast_to(beyond[line.name], lost[line.name].shape)[t, b, unit])
    value = None if is_sum else float(signals[line.name][t, b, unit])
    raise LeftRange(line.name, line.text, step=t, sequence=b, unit=unit, value=value)


class _Sum(NamedTuple):
    """What matrices and biases add to a sum; its other terms are computed one by one."""

    products: tuple[Product, ...]
    biases: tuple[str, ...]


def _sum_of(node: Expression) -> _Sum:
    terms = [term for _sign, term in summands(node)]
    return _Sum(
        tuple(term for term in terms if isinstance(term, Product)),
        tuple(t.id for t in terms if isinstance(t, Name) and t.id.startswith(VECTOR)),
    )


def _sums_in(node: Expression) -> Iterator[_Sum]:
    """Every sum with a matrix product, at the top and deeper down."""
    found = _sum_of(node)
    if found.products:
        yield found
    for _sign, term in summands(node):
        for child in children(term):
            yield from _sums_in(child)


class _Known(NamedTuple):
    """What the equations tell about every run of a cell.

    ``telling`` are signals that are all finite only if every signal is. No sum has more matrix
    products than ``products`` or more biases than ``biases``. ``operands`` are what the matrices
    multiply, ``read`` the signals in them, ``unbounded`` those of these without a finite range;
    the others are at most ``bound``.
    """

    telling: tuple[str, ...]
    products: int
    biases: int
    operands: tuple[Expression, ...]
    read: tuple[str, ...]
    unbounded: tuple[str, ...]
    bound: float


@lru_cache(64)
def _known(cell: Cell) -> _Known:
    sums = [found for line in cell.lines for found in _sums_in(line.expression)]
    operands = dict.fromkeys(product.operand for found in sums for product in found.products)
    named = {name.removesuffix(PAST) for operand in operands for name in names(operand)}
    read = tuple(signal for signal in cell.signals if signal in named)
    bounds = {name: float(np.abs(cell.ranges[name]).max()) for name in read}
    return _Known(
        _telling(cell),
        max((len(found.products) for found in sums), default=0),
        max((len(found.biases) for found in sums), default=0),
        tuple(operands),
        read,
        tuple(name for name in read if bounds[name] == math.inf),
        max((bound for bound in bounds.values() if bound < math.inf), default=0.0),
    )


# ---- at a glance ---------------------------------------------------------------------------------


def _are_sums_small(trace: Trace, known: _Known, given: float) -> bool:
    """Whether sums stay in range even if all that is added were as large as the largest of all."""
    # What is held keeps to no equation, nor does what is computed from it.
    unsure = known.read if trace.hold else known.unbounded
    most = max([given, known.bound, *(size(trace.signals[name]) for name in unsure)])
    multiplied = [_bound(trace, operand, most) for operand in known.operands]
    terms = known.products * max(trace.x.shape[2], trace.h.shape[2])
    limit = float(np.finfo(trace.x.dtype).max) / 2
    return all((terms * bound + known.biases) * most < limit for bound in multiplied)


def _bound(trace: Trace, operand: Expression, most: float) -> float:
    """What the operand is at most if no name in it is more than ``most``."""
    if isinstance(operand, Name):
        return most
    promised = _promised(operand, max(most, ORDINARY))
    return promised if promised < math.inf else size(trace.value(operand))


@lru_cache(256)
def _promised(operand: Expression, most: float) -> float:
    low, high = interval(operand, dict.fromkeys(names(operand), (-most, most)))
    return max(-low, high)


# ---- one by one ----------------------------------------------------------------------------------


def _is_beyond(trace: Trace, node: Expression) -> np.ndarray:
    """Where a sum that the node's value is made of left the range; broadcasts to (T, B, H)."""
    found = np.zeros((1, 1, 1), bool)
    terms = _sum_of(node)
    if terms.products:
        found = _is_sum_beyond(trace, terms)
    for _sign, term in summands(node):
        for child in children(term):
            inside = _is_beyond(trace, child)
            # A matrix hands on each unit of its operand to all of its own.
            found = found | (inside.any(-1, keepdims=True) if isinstance(term, Product) else inside)
    return found


def _is_sum_beyond(trace: Trace, terms: _Sum) -> np.ndarray:
    """Where the absolute values of the terms add up to more than any order of adding can take."""
    float64, of_type = np.float64, np.finfo(trace.x.dtype)
    total = np.zeros((1, 1, 1))
    count = len(terms.biases)
    for bias in terms.biases:
        total = total + np.abs(trace.weights[bias]).astype(float64)
    for product in terms.products:
        weight = np.abs(trace.weights[product.weight]).astype(float64)
        total = total + np.abs(trace.value(product.operand)).astype(float64) @ weight.T
        count += weight.shape[1]
    # Each addition may round up by eps; NaN is not less than the limit either.
    return ~(total < float64(of_type.max) * (1 - 2 * count * float64(of_type.eps)))


def _telling(cell: Cell) -> tuple[str, ...]:
    """Signals that are all finite only if every signal is.

    What has a finite range is never infinite, and where it is NaN, so is all that is computed from
    it in the same step; only powers end that, as NaN ** 0 is 1.
    """
    nodes = [node for line in cell.lines for node in walk(line.expression)]
    if any(isinstance(node, Binary) and node.operator == "**" for node in nodes):
        return cell.signals
    read = {node.id for node in nodes if isinstance(node, Name)}
    return tuple(
        name
        for name in cell.signals
        if name not in read or not np.isfinite(cell.ranges[name]).all()
    )
