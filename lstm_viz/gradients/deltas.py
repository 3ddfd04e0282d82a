"""The deltas of backpropagation, told piece by piece: how each part of a cell moves the loss.

A delta is the derivative of the loss by a signal or by what stands under its function. Going back
from a line to something on its right side, the gradient is multiplied by local derivatives and, at
every matrix product on the way, by the transposed matrix. A ``Way`` is one such route, as symbols;
``Deltas`` walks it with the numbers of a trace. The symbols come first so that the sum that is
written on the page and the sum that is computed are the same object.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.derivatives import ONE, ZERO, atoms, derivative
from lstm_viz.cells.expressions import INPUT, PAST, Expression, Name, Product, names, walk
from lstm_viz.cells.text import VECTOR, Line
from lstm_viz.gradients.backward import Backward


@dataclass(frozen=True)
class Way:
    """Each of ``chain`` is a factor and the matrix whose transpose follows; ``last`` ends it."""

    chain: tuple[tuple[Expression, str], ...]
    last: Expression


@dataclass(frozen=True)
class Share:
    """One summand of a signal's gradient: what comes through one line, this step's or the next's.

    ``through`` is that line's signal and ``inside`` whether the way begins under its function, at
    the derivative by its argument.
    """

    through: str
    later: bool
    inside: bool
    way: Way

    @property
    def key(self) -> str:
        """A name that no other share of the same signal has."""
        matrices = "".join(f" {weight}" for _, weight in self.way.chain)
        return f"{self.through}{' later' if self.later else ''}{matrices}"


def ways(node: Expression, to: Expression) -> tuple[Way, ...]:
    """Every route from the value of ``node`` back to one part of it."""
    found = []
    straight = derivative(node, to)
    if straight != ZERO:
        found.append(Way((), straight))
    for atom in atoms(node):
        if isinstance(atom, Product) and atom != to and to in walk(atom.operand):
            factor = derivative(node, atom)
            found += [
                Way(((factor, atom.weight), *rest.chain), rest.last)
                for rest in ways(atom.operand, to)
            ]
    return tuple(found)


def inner_slope(line: Line) -> Expression:
    """The derivative of a line by the argument of its outer function; 1 where it has none."""
    if line.function is None:
        return ONE
    return derivative(line.expression, line.pre, {line.expression: Name(line.name)})


def shares(cell: Cell, signal: str) -> tuple[Share, ...]:
    """What a signal's gradient is the sum of, beside the loss's own: this step's lines first."""
    found = []
    for later, name in ((False, signal), (True, signal + PAST)):
        for line in reversed(cell.order):
            found += [
                Share(line.name, later, line.function is not None, way)
                for way in ways(line.pre, Name(name))
            ]
    return tuple(found)


class Deltas:
    """The numbers: the derivative of the loss by every expression of a cell, each (T, B, H)."""

    def __init__(self, backward: Backward):
        self.backward, self.trace = backward, backward.trace

    @cached_property
    def _passing(self) -> dict[str, np.ndarray]:
        """For each signal what goes on through its line: nothing where the signal is held."""
        hold = self.trace.hold
        return {
            name: np.where(np.isnan(hold[name]), total, 0.0) if name in hold else total
            for name, total in self.backward.signals.items()
        }

    def inside(self, signal: str) -> np.ndarray:
        """By the argument of the outer function of the signal's line."""
        slope = self.trace.value(inner_slope(self.trace.cell[signal]))
        inside: np.ndarray = self._passing[signal] * slope
        return inside

    def loss(self, signal: str) -> np.ndarray:
        """By a signal, from the loss itself: without what comes through any line."""
        return np.broadcast_to(self.backward.given.get(signal, 0.0), self.trace[signal].shape)

    def share(self, share: Share) -> np.ndarray:
        """What comes through one line; of the next step, where the share is a later one."""
        carried = self._carried(self.inside(share.through), share.way)
        if not share.later:
            return carried
        return np.concatenate([carried[1:], np.zeros_like(carried[:1])])

    def later(self, state: str) -> np.ndarray:
        """By a state, all that comes back from the next step."""
        found = [self.share(share) for share in shares(self.trace.cell, state) if share.later]
        return sum(found[1:], start=found[0]) if found else np.zeros(self.trace[state].shape)

    def through(self, signal: str, part: Expression, to: Expression) -> np.ndarray:
        """By ``to``, as far as it flows through ``part`` of the signal's line."""
        line = self.trace.cell[signal]
        delta = self._passing[signal]
        if part != line.expression:
            delta = self._sum([self._carried(delta, way) for way in ways(line.expression, part)])
        return self._sum([self._carried(delta, way) for way in ways(part, to)])

    def by(self, to: str | Expression) -> np.ndarray:
        """By any expression, within one step: the past of a state gets what this step sends back.

        ``x`` is (T, B, D).
        """
        if to == INPUT:
            return self.backward.x
        if isinstance(to, str):
            to = self.trace.cell.expression(to)
        if isinstance(to, Name) and to.id in self.backward.signals:
            return self.backward.signals[to.id]
        return self._sum(
            [
                self._carried(self._passing[line.name], way)
                for line in self.trace.cell.lines
                for way in ways(line.expression, to)
            ]
        )

    def weight_sums(self) -> dict[str, np.ndarray]:
        """For each line with weights, the norm of their gradients' sum from the end back, (T,).

        Entry t is what has been gathered when step t has been passed; entry 0 is the whole.
        """
        cell, products = self.trace.cell, self.backward.products
        found = {}
        for line in cell.lines:
            squares = np.zeros(len(self.trace.x))
            within = {node for node in walk(line.expression) if isinstance(node, Product)}
            for product in within & set(products):
                operand = self.trace.value(product.operand)
                gathered = _gathered(np.einsum("tbi,tbj->tij", products[product], operand))
                squares += (gathered**2).sum(axis=(1, 2))
            for name in sorted(names(line.expression) & set(_vectors(cell))):
                gathered = _gathered(self.by(Name(name)).sum(axis=1))
                squares += (gathered**2).sum(axis=1)
            if squares.any():
                found[line.name] = np.sqrt(squares)
        return found

    def _sum(self, parts: list[np.ndarray]) -> np.ndarray:
        return sum(parts[1:], start=parts[0]) if parts else np.zeros(self.trace.h.shape)

    def _carried(self, delta: np.ndarray, way: Way) -> np.ndarray:
        for factor, weight in way.chain:
            delta = (delta * self.trace.value(factor)) @ self.trace.weights[weight]
        return delta if way.last == ONE else delta * self.trace.value(way.last)


def _gathered(by_step: np.ndarray) -> np.ndarray:
    """The sum over this step and all later ones."""
    return by_step[::-1].cumsum(axis=0)[::-1]


def _vectors(cell: Cell) -> list[str]:
    return [name for name in cell.weight_names if name.startswith(VECTOR)]
