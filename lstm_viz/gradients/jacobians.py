"""The exact Jacobian of one step of the whole state, for all steps of a trace.

One block of it, the derivative of one state by another state's past, is a diagonal plus products
through weight matrices, ``diag(scale) U``. It is kept as these factors, (T, B, H) each, and written
out as a matrix for a few steps at a time, since the matrices of all steps may not fit in memory.
A past that no matrix reads (``c_prev`` in an LSTM) has a column of diagonals, which is never
multiplied as a matrix: that halves the work of a chain over time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstm_viz.cells.derivatives import Atom
from lstm_viz.cells.expressions import PAST, Name, Product
from lstm_viz.gradients.backward import Slopes

CHUNK = 4 * 2**20  # bytes of Jacobians at a time while they are only passed through

Flat = Mapping[Atom, np.ndarray]
Term = tuple[np.ndarray, np.ndarray, "Block | None"]


@dataclass(frozen=True, eq=False)
class Block:
    """The derivative of one signal by one state: diag(units) + the sum of diag(scale) U inner.

    ``units`` and every scale are (T, B, H); an inner block of None is the identity.
    """

    units: np.ndarray
    terms: tuple[Term, ...]

    @cached_property
    def _direct(self) -> tuple[np.ndarray, np.ndarray] | None:
        """The terms without an inner block: scales (terms, T, B, H), matrices (H, terms, H)."""
        direct = [(scale, matrix) for scale, matrix, inner in self.terms if inner is None]
        if not direct:
            return None
        scales = np.stack([scale for scale, _ in direct])
        return scales, np.stack([matrix for _, matrix in direct], axis=1)

    def fill(self, out: np.ndarray, steps: slice) -> None:
        """Write the matrices of these steps into ``out``, (steps * B, H, H)."""
        if self._direct is None:
            out[...] = 0
        else:
            scales, matrices = self._direct
            H, K = matrices.shape[:2]
            # Unit by unit: the unit's row of every U, weighted by its scales at all steps.
            by_unit = scales[:, steps].reshape(K, -1, H).transpose(2, 1, 0)
            np.matmul(by_unit, matrices, out=out.transpose(1, 0, 2))
        for scale, matrix, inner in self.terms:
            if inner is not None:
                within = np.empty(out.shape)
                inner.fill(within, steps)
                out += scale[steps].reshape(*out.shape[:2], 1) * (matrix @ within)
        np.einsum("kii->ki", out)[...] += self.units[steps].reshape(out.shape[:2])

    def matrices(self, steps: slice) -> np.ndarray:
        """The block of these steps multiplied out, (steps, B, H, H)."""
        T, B, H = self.units[steps].shape
        out = np.empty((T * B, H, H))
        self.fill(out, steps)
        return out.reshape(T, B, H, H)

    def after(self, rows: np.ndarray, steps: slice) -> np.ndarray:
        """Rows times the block at these steps, (steps, B, R, H)."""
        found: np.ndarray = (
            rows @ self.matrices(steps) if self.terms else rows * self.units[steps][:, :, None]
        )
        return found


class Step:
    """The Jacobian of one step; ``rows @ step`` multiplies rows (B, R, states, H) by it."""

    __array_ufunc__ = None  # NumPy leaves rows @ step to us

    def __init__(
        self,
        matrices: Mapping[int, np.ndarray],
        diagonals: Mapping[int, Mapping[int, np.ndarray]],
    ):
        self.matrices, self.diagonals = matrices, diagonals

    def __rmatmul__(self, rows: np.ndarray) -> np.ndarray:
        found = np.empty(rows.shape)
        self.write(rows, found)
        return found

    def write(self, rows: np.ndarray, out: np.ndarray) -> None:
        """``rows @ step`` into ``out``; rows are one block of memory."""
        B, R, n, H = rows.shape
        for column, matrix in self.matrices.items():
            np.matmul(rows.reshape(B, R, n * H), matrix, out=out[:, :, column])
        for column, diagonals in self.diagonals.items():
            of_column, is_first = out[:, :, column], True
            for row, units in diagonals.items():
                if is_first:
                    np.multiply(rows[:, :, row], units[:, None], out=of_column)
                else:
                    of_column += rows[:, :, row] * units[:, None]
                is_first = False
            if is_first:
                of_column[...] = 0


class Jacobians:
    """The derivatives of every state by every state's past, block by block."""

    def __init__(self, slopes: Slopes):
        self.slopes = slopes
        self.states = slopes.trace.cell.states
        flat = self.flat()
        found = {
            (row, column): self.block(flat[state], Name(past + PAST), flat)
            for row, state in enumerate(self.states)
            for column, past in enumerate(self.states)
        }
        self.blocks = {place: block for place, block in found.items() if block is not None}
        self.mixed = sorted({column for (_, column), block in self.blocks.items() if block.terms})

    def flat(self, base: str | None = None) -> dict[str, Flat]:
        """For each signal its derivatives by pasts and by matrix products, other signals resolved.

        The signal ``base``, if given, is not resolved but taken as a variable of its own.
        """
        found: dict[str, Flat] = {}
        for line in self.slopes.trace.cell.order:
            if line.name == base:
                found[base] = {Name(base): np.ones(self.slopes.trace.h.shape)}
            else:
                found[line.name] = resolved(self.slopes.of[line.name], found)
        return found

    def block(self, slopes: Flat, by: Name, flat: Mapping[str, Flat]) -> Block | None:
        """The derivative by ``by`` of what has these slopes; None where it is 0."""
        terms: list[Term] = []
        for atom, scale in slopes.items():
            if not isinstance(atom, Product) or atom not in self.slopes.inside:
                continue
            matrix = self.slopes.trace.weights[atom.weight]
            if atom.operand == by:
                terms.append((scale, matrix, None))
            elif inner := self.block(resolved(self.slopes.inside[atom], flat), by, flat):
                terms.append((scale, matrix, inner))
        if by not in slopes and not terms:
            return None
        return Block(slopes.get(by, np.zeros(self.slopes.trace.h.shape)), tuple(terms))

    def all(self) -> np.ndarray:
        """(T, B, S, S), the states stacked in their order."""
        T, B, H = self.slopes.trace.h.shape
        n = len(self.states)
        J = np.zeros((T * B, n, H, n, H))
        for (row, column), block in self.blocks.items():
            block.fill(J[:, row, :, column], slice(0, T))
        return J.reshape(T, B, n * H, n * H)

    def backwards(self) -> Iterator[tuple[int, Step]]:
        """Each step and its Jacobian, from the last to the first; each is good until the next."""
        for end, steps in self.chunks():
            yield from zip(range(end - 1, -1, -1), steps, strict=False)

    def chunks(self, most: int = 2**31) -> Iterator[tuple[int, list[Step]]]:
        """At most so many steps at once, where they end and their Jacobians from the last back.

        The last chunk comes first; each is good until the next.
        """
        T, B, H = self.slopes.trace.h.shape
        n = len(self.states)
        length = max(1, min(most, CHUNK // (8 * B * n * H * H * max(1, len(self.mixed)))))
        matrices = {column: np.zeros((length * B, n, H, H)) for column in self.mixed}
        diagonal = [column for column in range(n) if column not in self.mixed]
        for end in range(T, 0, -length):
            start = max(0, end - length)
            for (row, column), block in self.blocks.items():
                if column in matrices:
                    block.fill(matrices[column][: (end - start) * B, row], slice(start, end))
            steps = []
            for t in reversed(range(start, end)):
                here = slice((t - start) * B, (t - start + 1) * B)
                steps.append(
                    Step(
                        {c: matrix[here].reshape(B, n * H, H) for c, matrix in matrices.items()},
                        {c: self._units(c, t) for c in diagonal},
                    )
                )
            yield end, steps

    def _units(self, column: int, t: int) -> dict[int, np.ndarray]:
        return {row: block.units[t] for (row, at), block in self.blocks.items() if at == column}


def resolved(slopes: Flat, flat: Mapping[str, Flat]) -> dict[Atom, np.ndarray]:
    """The slopes with every signal replaced by what it is made of: the chain rule, unit by unit."""
    found: dict[Atom, np.ndarray] = {}

    def add(atom: Atom, amount: np.ndarray) -> None:
        found[atom] = found[atom] + amount if atom in found else amount

    for atom, slope in slopes.items():
        if isinstance(atom, Name) and atom.id in flat:
            for base, inner in flat[atom.id].items():
                add(base, slope * inner)
        else:
            add(atom, slope)
    return found
