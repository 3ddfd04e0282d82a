"""A cell compiled to a list of NumPy calls: what reads and learns fast, forward and back.

Evaluated in turn, as in ``step``, an equation makes a new array for every operation, and its gates
one small product each. Here everything is laid out beforehand in a ``Workspace``: fixed memory,
small enough to stay in the processor's cache, and the list of calls that fill it. A step is these
calls, one copy of what is read into this memory, and one copy of what is told out of it. Between
two calls Python does nothing but fetch the next, since at small sizes its own time is what counts.

Units come before sequences, (H, B): each signal is then one contiguous block, and so is every row
block of a stacked matrix product. A step's sources, a one and its input stand above each other, so
that one product with the stacked weights gives all drives, biases included. A gate is computed
where its drive was, gates of one function side by side in one call.

The same pass reads for a ``Trace`` (it records every signal, and holds what is to be held) and
for training (it records what the way back, in ``compiled_back``, will read).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from lstm_viz.cells.adjoint import flat
from lstm_viz.cells.cell import Cell
from lstm_viz.cells.evaluation import in_numpy, quiet
from lstm_viz.cells.expressions import PAST, Expression, names
from lstm_viz.cells.plan import DRIVE, Together
from lstm_viz.run.calls import Call, compiled, of_half, sigmoid_calls


class Workspace:
    """Room for passes over ``batch`` sequences of D inputs with H units, used again and again.

    ``recorded`` names what a pass leaves in its record, beside the states; signals in ``held`` are
    replaced at each step by the numbers that the pass is given for them, where these are not NaN.
    It serves one pass at a time.
    """

    def __init__(
        self,
        cell: Cell,
        D: int,
        H: int,
        batch: int,
        dtype: np.dtype,
        recorded: Collection[str],
        held: Sequence[str] = (),
    ):
        self.cell, self.plan, self.lines = cell, cell.plan, flat(cell)
        self.D, self.H, self.B, self.dtype = D, H, batch, np.dtype(dtype)
        self.nbytes = 0
        self.is_of_half = of_half(self.dtype, H * batch)
        self.places = _Places(cell, recorded)
        self._lay_out_weights()
        self._lay_out_step(held)
        self.calls = self._step_calls()

    def array(self, *shape: int) -> np.ndarray:
        """Zeros that belong to this workspace."""
        found = np.zeros(shape, self.dtype)
        self.nbytes += found.nbytes
        return found

    def rows(self, name: str) -> slice:
        """Where a recorded name stands in a step's memory."""
        first = self.places.slots[name] * self.H
        return slice(first, first + self.H)

    # -- what lies where

    def _lay_out_weights(self) -> None:
        """The stacked matrix, and where each weight goes in it, with which factor."""
        H, plan = self.H, self.plan
        self.drives, self.height = len(plan.drives) * H, len(plan.sources) * H
        # Columns: the sources, the biases, the input.
        self.matrix = self.array(self.drives, self.height + 1 + self.D)
        self.factors = np.ones((self.drives, 1), self.dtype)
        for group in self.places.overwriting:
            if group.function == "sigmoid":
                rows = slice(group.first * H, (group.first + len(group.names)) * H)
                self.factors[rows] = 0.5 if self.is_of_half else -1
        columns = {source: slice(k * H, (k + 1) * H) for k, source in enumerate(plan.sources)}
        bias, inputs = slice(self.height, self.height + 1), slice(self.height + 1, None)
        self.loads: list[tuple[str, np.ndarray, float, bool]] = []
        filled = set()
        for number, drive in enumerate(plan.drives):
            rows = slice(number * H, (number + 1) * H)
            parts = [(sign, name, inputs) for sign, name in drive.inputs]
            parts += [(sign, name, columns[source]) for sign, name, source in drive.states]
            parts += [(sign, name, bias) for sign, name in drive.biases]
            for sign, name, where in parts:
                place = number, where.start
                view, factor = self.matrix[rows, where], sign * float(self.factors[rows][0, 0])
                self.loads.append((name, view, factor, place in filled))
                filled.add(place)
        shapes = self.cell.weight_shapes(1, 2)
        self.vectors = {n: self.array(H, self.B) for n in shapes if shapes[n] == (2,)}
        products = [line.product for line in self.lines if line.product]
        self.squares = {p.weight: self.array(H, H) for p in products}

    def _lay_out_step(self, held: Sequence[str]) -> None:
        """``now`` is one step: drives and signals, the states last, a one, x, what is held."""
        H, B, count = self.H, self.B, max(self.places.slots.values()) + 1
        self.told = count * H
        self.now = self.array(self.told + 1 + self.D + len(held) * H, B)
        self.now[self.told] = 1
        end = self.told + 1 + self.D
        self.stack = slice(self.told - self.height, end)
        self.given = self.now[self.told + 1 :]
        self.values = {name: self.now[self.rows(name)] for name in self.places.slots}
        self.values |= {n: self.array(H, B) for n in self.places.fleeting} | self.vectors
        for state in self.cell.states:
            is_copied = state in self.places.copied
            self.values[state + PAST] = self.array(H, B) if is_copied else self.values[state]
        self.held = {n: self.now[end + k * H : end + (k + 1) * H] for k, n in enumerate(held)}
        self.is_number = np.zeros((H, B), bool)

    # -- the calls

    def _step_calls(self) -> list[Call]:
        calls: list[Call] = [
            (np.copyto, (self.values[state + PAST], self.values[state]))
            for state in self.places.copied
        ]
        if self.drives:
            product = (self.matrix, self.now[self.stack], self.now[: self.drives])
            calls.append((np.matmul, product))
        calls += self._together()
        done = [name for group in self.places.overwriting for name in group.names]
        for name in done:
            calls += self._hold(name)
        for line in self.lines:
            if line.product:
                square, operand = self.squares[line.product.weight], self.values[line.operand]
                calls.append((np.matmul, (square, operand, self.values[line.name])))
            elif line.name not in done:
                calls += self._elementwise(line.expression, self.values[line.name])
            if line.name not in done:
                calls += self._hold(line.name)
        return calls

    def _elementwise(self, expression: Expression, out: np.ndarray) -> list[Call]:
        # Each by itself: a state may take the place of its past, so that values change their name.
        wanted = [(expression, out)]
        return compiled(wanted, self.values.__getitem__, (self.H, self.B), self.dtype)

    def _hold(self, name: str) -> list[Call]:
        if name not in self.held:
            return []
        held, is_number = self.held[name], self.is_number
        return [
            (np.equal, (held, held, is_number)),  # NaN alone is not equal to itself
            (np.copyto, (self.values[name], held, "same_kind", is_number)),
        ]

    def _together(self) -> list[Call]:
        """All gates at once; where a sigmoid is a tanh of half, it shares the call of tanh."""
        H = self.H
        groups = [
            (g.function, slice(g.first * H, (g.first + len(g.names)) * H))
            for g in self.places.overwriting
        ]
        if not self.is_of_half:
            calls: list[Call] = []
            for function, rows in groups:
                part = self.now[rows]
                if function == "sigmoid":  # the matrix gave -a
                    calls += sigmoid_calls(part, part, "-a")
                else:
                    calls.append((in_numpy(function), (part, part)))
            return calls
        of_tanh = [rows for function, rows in groups if function in ("sigmoid", "tanh")]
        if len(of_tanh) == 2 and of_tanh[0].stop == of_tanh[1].start:
            of_tanh = [slice(of_tanh[0].start, of_tanh[1].stop)]
        calls = [(np.tanh, (self.now[rows], self.now[rows])) for rows in of_tanh]
        for function, rows in groups:
            part = self.now[rows]
            if function == "sigmoid":  # the matrix gave a / 2
                calls += sigmoid_calls(part, part, "a / 2")[1:]
            elif function != "tanh":
                calls.append((in_numpy(function), (part, part)))
        return calls

    # -- a pass

    def read(
        self,
        weights: Mapping[str, np.ndarray],
        x: np.ndarray,
        initial: Mapping[str, np.ndarray],
        held: Mapping[str, np.ndarray],
    ) -> dict[str, np.ndarray]:
        """Every signal (T, B, H), in memory of its own, for x (T, B, D).

        ``initial`` has each state's values before, (B, H), and ``held`` (T, B, H) of what is held.
        """
        record = np.empty((len(x) + 1, self.told, self.B), self.dtype)
        given = np.concatenate([x, *(held[name] for name in self.held)], 2) if held else x
        self.load(weights)
        self.go(given, initial, record)
        return {name: record[1:, self.rows(name)].transpose(0, 2, 1) for name in self.cell.signals}

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """The weights of this pass, stacked and spread as the calls need them."""
        for name, view, factor, is_added in self.loads:
            weight = weights[name] if weights[name].ndim == 2 else weights[name][:, None]
            if is_added:
                view += factor * weight
            else:
                np.multiply(weight, factor, out=view)
        for name, whole in self.vectors.items():
            whole[...] = weights[name][:, None]
        for name, square in self.squares.items():
            np.copyto(square, weights[name])

    def go(self, given: np.ndarray, initial: Mapping[str, np.ndarray], record: np.ndarray) -> None:
        """Read ``given`` (T, B, D + held) and leave the upper rows of ``now`` in ``record``.

        Entry 0 is what was before the first step, with the first step's input, and so on.
        """
        told, calls, here = self.now[: record.shape[1]], self.calls, self.given
        for state in self.cell.states:
            self.values[state][...] = initial[state].T
        following = given.transpose(0, 2, 1)
        with quiet():
            here[...] = following[0]
            np.copyto(record[0], told)
            for at_step, coming in zip(record[1:-1], following[1:], strict=True):
                for function, arguments in calls:
                    function(*arguments)
                np.copyto(here, coming)
                np.copyto(at_step, told)
            for function, arguments in calls:
                function(*arguments)
            np.copyto(record[-1], told)


class _Places:
    """Which names are recorded, and where they stand in a step's memory.

    ``slots`` numbers the recorded names and the drives; a signal that alone reads its drive takes
    its place. ``fleeting`` are forgotten after the step. ``copied`` are the states whose past is
    still read after they have been computed.
    """

    def __init__(self, cell: Cell, wanted: Collection[str]):
        lines = flat(cell)
        self.slots: dict[str, int] = {f"{DRIVE}{k}": k for k in range(len(cell.plan.drives))}
        for drive in list(self.slots):
            readers = [a.name for a in lines if drive in names(a.expression)]
            if len(readers) == 1 and drive not in wanted and readers[0] not in cell.states:
                self.slots.setdefault(readers[0], self.slots[drive])
        others = [a.name for a in lines if a.name not in self.slots and a.name not in cell.states]
        recorded = [name for name in others if name in wanted]
        self.fleeting = [name for name in others if name not in recorded]
        alone = [state for state in cell.states if state not in cell.plan.sources]
        for name in (*recorded, *alone, *cell.plan.sources):
            self.slots[name] = len(set(self.slots.values()))
        self.overwriting: list[Together] = [
            group
            for group in cell.plan.together
            if all(self.slots.get(name) == group.first + k for k, name in enumerate(group.names))
        ]
        order = [a.name for a in lines]
        self.copied = [
            state
            for state in cell.states
            if any(state + PAST in names(a.expression) for a in lines[order.index(state) + 1 :])
        ]
