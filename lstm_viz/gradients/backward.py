"""Backpropagation through time, from the local derivatives of the cell's own lines.

The plain one, made to be asked rather than to be fast: the total derivative by every signal and
every matrix product at every step is kept, anything can be cut, and each number is a sum of
products that the page shows. Training goes back through ``run/compiled_back`` instead; the tests
compare both with autograd.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.derivatives import Atom, atoms, derivative, partials
from lstm_viz.cells.expressions import INPUT, PAST, Expression, Name, Product
from lstm_viz.language import N_, TranslatableError, _
from lstm_viz.run.trace import Trace

Key = TypeVar("Key")

DIRECT = "direct"  # the memory's own past in the memory's own line: what f multiplies


class NoSlope(TranslatableError, FloatingPointError):
    """A derivative that is no finite number: of ``signal``'s ``equation``, first at ``step``."""

    def __init__(self, signal: str, equation: str, slope: str, step: int):
        super().__init__(
            N_(
                'At step {step} the slope {slope} of "{equation}" is no finite number: the '
                "equation has a corner or a pole there."
            ),
            step=step,
            slope=slope,
            equation=equation,
        )
        self.signal, self.equation, self.slope, self.step = signal, equation, slope, step


class Slopes:
    """Every local derivative of a trace, evaluated: for each signal, atom -> (T, B, H).

    Zero where the signal is held. Behind the end of a packed sequence nothing is read any more and
    every state stays as it is, so that its last step is followed from T like all others. Nothing
    flows back through what is in ``cut``: signals, weights (the peephole "p_f", the matrix "U_f"),
    and "direct" for the memory's own past in its own line. Raises ValueError for other names,
    NoSlope where a derivative is no finite number.
    """

    def __init__(self, trace: Trace, cut: Collection[str] = ()):
        cell = trace.cell
        _check_cut(cell, cut)
        self.trace = trace
        self.constant = frozenset(cut) & set(cell.weight_names)  # with what they multiply
        self.of: dict[str, dict[Atom, np.ndarray]] = {}
        for name, found in partials(cell, self.constant).items():
            skipped = Name(name + PAST) if DIRECT in cut and name == cell.memory else None
            self.of[name] = {
                partial.by: self._slope(name, partial.value)
                for partial in found
                if name not in cut and partial.by != skipped
            }
        if trace.is_over is not None:
            for state in cell.states:
                past = Name(state + PAST)
                slope = self.of[state].get(past, np.zeros(trace.h.shape))
                self.of[state][past] = np.where(trace.is_over, 1.0, slope)

    def value(self, expression: Expression) -> np.ndarray:
        """Its value at every step, 0 behind the end of each sequence."""
        found = self.trace.value(expression)
        return found if self.trace.is_over is None else np.where(self.trace.is_over, 0.0, found)

    def _slope(self, name: str, value: Expression) -> np.ndarray:
        slope = self.value(value)
        if name in self.trace.hold:
            slope = np.where(np.isnan(self.trace.hold[name]), slope, 0.0)
        if not np.isfinite(slope).all():
            t = int(np.argmax(~np.isfinite(slope).all(axis=(1, 2))))
            raise NoSlope(name, self.trace.cell[name].text, str(value), step=t)
        return slope

    @cached_property
    def inside(self) -> dict[Product, dict[Atom, np.ndarray]]:
        """For each matrix product of states, the derivatives of its operand by that one's atoms."""
        found: dict[Product, dict[Atom, np.ndarray]] = {}
        waiting = [atom for slopes in self.of.values() for atom in slopes]
        for atom in waiting:
            if isinstance(atom, Product) and atom.operand != Name(INPUT) and atom not in found:
                found[atom] = {
                    inner: self.value(derivative(atom.operand, inner, cut=self.constant))
                    for inner in atoms(atom.operand)
                }
                waiting.extend(found[atom])
        return found

    def back(
        self, total: dict[str, np.ndarray], t: int | slice, stop: Collection[str] = ()
    ) -> Arrived:
        """Follow what arrives at the signals of step ``t``, (B, H) each, back through that step.

        ``total`` is completed: it ends with the total derivative by every signal that is reached.
        What arrives at a signal in ``stop`` is not followed further. A slice follows many steps at
        once, (steps, B, H), each by itself.
        """
        products: dict[Product, np.ndarray] = {}
        pasts: dict[str, np.ndarray] = {}

        def arrives(atom: Atom, amount: np.ndarray) -> None:
            if isinstance(atom, Product):
                _add(products, atom, amount)
                if atom in self.inside:
                    through = amount @ self.trace.weights[atom.weight]
                    for inner, slope in self.inside[atom].items():
                        arrives(inner, through * slope[t])
            elif atom.id in self.of:
                _add(total, atom.id, amount)
            elif atom.id.endswith(PAST):
                _add(pasts, atom.id[: -len(PAST)], amount)

        for line in reversed(self.trace.cell.order):
            if line.name in total and line.name not in stop:
                for atom, slope in self.of[line.name].items():
                    arrives(atom, total[line.name] * slope[t])
        return Arrived(products, pasts)


@dataclass(frozen=True)
class Arrived:
    """What flows out of a step backwards: into its matrix products, and into the states before."""

    products: Mapping[Product, np.ndarray]
    pasts: Mapping[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Backward:
    """What backpropagation found.

    ``signals`` has for each signal the total derivative of the loss by it at every step, (T, B, H);
    ``products`` the same for each matrix product that is reached; ``weights`` for each weight the
    sum over steps and sequences, in the weight's shape; ``x`` is (T, B, D); ``initial`` is (B, H)
    for each state.
    """

    trace: Trace
    given: Mapping[str, np.ndarray]
    signals: Mapping[str, np.ndarray]
    products: Mapping[Product, np.ndarray]
    weights: Mapping[str, np.ndarray]
    x: np.ndarray
    initial: Mapping[str, np.ndarray]


def backprop(
    trace: Trace,
    given: Mapping[str, np.ndarray],
    cut: Collection[str] = (),
    slopes: Slopes | None = None,
) -> Backward:
    """The derivatives of a loss by everything in the trace.

    ``given`` has for some signals the direct derivative of the loss by them, broadcasting to
    (T, B, H): what comes from the layer above, without what comes back through later steps.
    """
    slopes = slopes or Slopes(trace, cut)
    cell, shape = trace.cell, trace.h.shape
    direct = {name: np.broadcast_to(loss, shape) for name, loss in given.items()}
    signals = {name: np.zeros(shape) for name in cell.signals}
    products: dict[Product, np.ndarray] = {}
    later: Mapping[str, np.ndarray] = {}
    for t in reversed(range(shape[0])):
        total = dict(later)
        for name, loss in direct.items():
            _add(total, name, loss[t].copy())
        arrived = slopes.back(total, t)
        for name, amount in total.items():
            signals[name][t] = amount
        for product, amount in arrived.products.items():
            products.setdefault(product, np.zeros(shape))[t] = amount
        later = arrived.pasts
    initial = {state: later.get(state, np.zeros(shape[1:])) for state in cell.states}
    weights = _weight_gradients(trace, slopes, signals, products)
    return Backward(
        trace, dict(given), signals, products, weights, by_input(trace, products), initial
    )


def by_input(trace: Trace, products: Mapping[Product, np.ndarray]) -> np.ndarray:
    """The derivative by x, (..., D), from those by the matrix products, (..., H)."""
    parts = [
        delta @ trace.weights[product.weight]
        for product, delta in products.items()
        if product.operand == Name(INPUT)
    ]
    return sum(parts[1:], start=parts[0]) if parts else np.zeros(trace.x.shape[2:])


def _weight_gradients(
    trace: Trace,
    slopes: Slopes,
    signals: Mapping[str, np.ndarray],
    products: Mapping[Product, np.ndarray],
) -> dict[str, np.ndarray]:
    """All steps in one product for each weight."""
    weights = {name: np.zeros_like(weight) for name, weight in trace.weights.items()}
    for product, delta in products.items():
        operand = slopes.value(product.operand)
        weights[product.weight] += np.tensordot(delta, operand, axes=((0, 1), (0, 1)))
        through = delta @ trace.weights[product.weight]
        _add_vectors(weights, through, slopes.inside.get(product, {}))
    for name, found in slopes.of.items():
        _add_vectors(weights, signals[name], found)
    return weights


def _add_vectors(
    weights: Mapping[str, np.ndarray], delta: np.ndarray, slopes: Mapping[Atom, np.ndarray]
) -> None:
    for atom, slope in slopes.items():
        if isinstance(atom, Name) and atom.id in weights:
            weights[atom.id][...] += (delta * slope).sum(axis=(0, 1))


def _add(found: dict[Key, np.ndarray], key: Key, amount: np.ndarray) -> None:
    if key in found:
        found[key] += amount
    else:
        found[key] = amount


def _check_cut(cell: Cell, cut: Collection[str]) -> None:
    known = [*cell.signals, *cell.weight_names, *([DIRECT] if cell.memory else [])]
    for name in cut:
        if name not in known:
            raise ValueError(
                _("cut names {name}; what can be cut here: {known}.").format(
                    name=name, known=_(", ").join(known)
                )
            )
