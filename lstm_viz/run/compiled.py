"""A cell's pass forward and back over a batch, as fast as NumPy goes: what training runs on.

Everything is laid out beforehand in a ``Workspace``: fixed memory, small enough to stay in the
processor's cache, and the list of calls that fill it. A step forward is these calls and one copy
into the record. The way back is done in blocks of a few steps: the block's record is copied into
fixed memory, the coefficients of all its steps are computed at once, and then a handful of calls a
step remain.

Units come before sequences, (H, B): each signal is then one contiguous block, and so is every row
block of a stacked matrix product. A step's sources, its input and a one stand above each other, so
that one product with the stacked weights gives all drives, biases included, and one product a step
all their gradients.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from lstm_viz.cells.adjoint import Root, adjoint, is_past
from lstm_viz.cells.cell import Cell
from lstm_viz.cells.derivatives import ONE
from lstm_viz.cells.evaluation import quiet
from lstm_viz.cells.expressions import PAST, Expression, Name, Negative, names
from lstm_viz.cells.plan import DRIVE, Together
from lstm_viz.run.calls import Call, compiled

BLOCK = 16 * 2**10  # numbers in one coefficient of a block
LONGEST = 512  # steps in a block: each has calls of its own, which take their time to make


class Workspace:
    """Room for passes over ``batch`` sequences of D inputs with H units, used again and again."""

    def __init__(self, cell: Cell, D: int, H: int, batch: int, dtype: np.dtype):
        self.cell, self.plan, self.adjoint = cell, cell.plan, adjoint(cell)
        self.D, self.H, self.B, self.dtype = D, H, batch, np.dtype(dtype)
        self.places = _Places(cell)
        self._lay_out_weights()
        self._lay_out_step()
        self.step_calls = self._step_calls()
        self.record = self._array(0, len(self.now), batch)

    @cached_property
    def back(self) -> _Back:
        """Made by the first pass that goes back: one that only reads needs none of it."""
        return _Back(self)

    def _array(self, *shape: int) -> np.ndarray:
        return np.zeros(shape, self.dtype)

    def rows(self, name: str) -> slice:
        """Where a recorded name stands in a step's memory."""
        first = self.places.slots[name] * self.H
        return slice(first, first + self.H)

    def _lay_out_weights(self) -> None:
        H, D = self.H, self.D
        self.drives = len(self.plan.drives) * H
        self.height = len(self.plan.sources) * H
        # Columns: the sources, the input, the biases.
        self.matrix = self._array(self.drives, self.height + D + 1)
        self.scale = np.ones((self.drives, 1), self.dtype)
        for group in self.places.overwriting:
            if group.function == "sigmoid":  # sigmoid(a) is (1 + tanh(a / 2)) / 2
                self.scale[group.first * H : (group.first + len(group.names)) * H] = 0.5
        self.scaled = np.zeros_like(self.matrix)
        self.turned = self._array(self.height, self.drives)
        shapes = self.cell.weight_shapes(1, 2)
        self.vectors = {n: self._array(H, self.B) for n in shapes if shapes[n] == (2,)}
        products = [a.product for a in self.adjoint.forward if a.product]
        self.squares = {p.weight: self._array(H, H) for p in products}
        self.turned_squares = {p.weight: self._array(H, H) for p in products}

    def _lay_out_step(self) -> None:
        """``now`` is one step: drives and signals, the states last, the input, a one."""
        H, count = self.H, max(self.places.slots.values()) + 1
        self.now = self._array(count * H + self.D + 1, self.B)
        self.now[-1] = 1
        self.stack = slice((count - len(self.plan.sources)) * H, None)
        self.inputs = slice(count * H, -1)
        self.values = {name: self.now[self.rows(name)] for name in self.places.slots}
        self.values |= {n: self._array(H, self.B) for n in self.places.fleeting} | self.vectors
        for state in self.cell.states:
            is_copied = state in self.places.copied
            past = self._array(H, self.B) if is_copied else self.values[state]
            self.values[state + PAST] = past

    # -- forward

    def _step_calls(self) -> list[Call]:
        calls: list[Call] = [
            (np.copyto, (self.values[state + PAST], self.values[state]))
            for state in self.places.copied
        ]
        if self.drives:
            product = (self.scaled, self.now[self.stack], self.now[: self.drives])
            calls.append((np.matmul, product))
        calls += self._together()
        done = {name for group in self.places.overwriting for name in group.names}
        waiting: list[tuple[Expression, np.ndarray]] = []
        for here in self.adjoint.forward:
            if here.product:
                calls += self._elementwise(waiting)
                waiting = []
                operand = self.values[here.operand]
                square = self.squares[here.product.weight]
                calls.append((np.matmul, (square, operand, self.values[here.name])))
            elif here.name not in done:
                waiting.append((here.expression, self.values[here.name]))
        return calls + self._elementwise(waiting)

    def _elementwise(self, wanted: list[tuple[Expression, np.ndarray]]) -> list[Call]:
        # Each by itself: a state may take the place of its past, so that values change their name.
        calls: list[Call] = []
        for each in wanted:
            calls += compiled([each], self.values.__getitem__, (self.H, self.B), self.dtype)
        return calls

    def _together(self) -> list[Call]:
        """All gates at once: sigmoids are tanhs of halves, so neighbours share one call."""
        H, half = self.H, np.array(0.5, self.dtype)
        calls: list[Call] = []
        groups = [
            (g.function, slice(g.first * H, (g.first + len(g.names)) * H))
            for g in self.places.overwriting
        ]
        of_tanh = [rows for function, rows in groups if function in ("sigmoid", "tanh")]
        if len(of_tanh) == 2 and of_tanh[0].stop == of_tanh[1].start:
            of_tanh = [slice(of_tanh[0].start, of_tanh[1].stop)]
        calls += [(np.tanh, (self.now[rows], self.now[rows])) for rows in of_tanh]
        for function, rows in groups:
            part = self.now[rows]
            if function == "sigmoid":
                calls += [(np.multiply, (part, half, part)), (np.add, (part, half, part))]
            elif function == "exp":
                calls.append((np.exp, (part, part)))
        return calls

    def forward(self, weights: Mapping[str, np.ndarray], x: np.ndarray) -> np.ndarray:
        """h (T, H, B), a view that the next pass overwrites, for x (T, B, D)."""
        steps, calls, now, inputs = len(x), self.step_calls, self.now, self.now[self.inputs]
        if len(self.record) <= steps:
            self.record = self._array(steps + 1, *now.shape)
        self._load(weights)
        for state in self.cell.states:
            self.values[state][...] = self.cell.initial.get(state, 0)
        following = x.transpose(0, 2, 1)
        with quiet():
            inputs[...] = following[0]
            np.copyto(self.record[0], now)
            for t, at_step in enumerate(self.record[1 : steps + 1], 1):
                for function, arguments in calls:
                    function(*arguments)
                if t < steps:
                    np.copyto(inputs, following[t])
                np.copyto(at_step, now)
        return self.record[1 : steps + 1, self.rows("h")]

    def _load(self, weights: Mapping[str, np.ndarray]) -> None:
        """The weights of this pass, stacked, turned and spread as the calls need them."""
        H, height, given = self.H, self.height, dict(weights)
        columns = [slice(k, k + H) for k in range(0, height, H)] + [slice(height, -1)]
        blocks = zip(self.plan.state_rows(given), self.plan.input_rows(given), strict=True)
        for number, (states, inputs) in enumerate(blocks):
            rows = self.matrix[number * H : (number + 1) * H]
            for place, block in zip(columns, [*states, inputs], strict=True):
                if block is not None:
                    rows[:, place] = block
        for number, bias in enumerate(self.plan.biases(given)):
            if bias is not None:
                self.matrix[number * H : (number + 1) * H, -1] = bias
        np.multiply(self.matrix, self.scale, out=self.scaled)
        np.copyto(self.turned, self.matrix[:, :height].T)
        for name, whole in self.vectors.items():
            whole[...] = weights[name][:, None]
        for name, square in self.squares.items():
            np.copyto(square, weights[name])
            np.copyto(self.turned_squares[name], weights[name].T)

    # -- back

    def backward(
        self, given: np.ndarray, is_x_wanted: bool
    ) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
        """The gradients by each weight, and by x (T, B, D) if wanted, for that by h (T, B, H)."""
        of_x = np.empty((len(given), self.B, self.D), self.dtype) if is_x_wanted else None
        with quiet():
            self.back.over(self.record, given, of_x)
        return self._of_weights(), of_x

    def _of_weights(self) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}

        def add(name: str, sign: int, part: np.ndarray) -> None:
            signed = part.copy() if sign > 0 else -part
            found[name] = found[name] + signed if name in found else signed

        whole, H = self.back.of_matrix, self.H
        places = {state: slice(k * H, (k + 1) * H) for k, state in enumerate(self.plan.sources)}
        for number, drive in enumerate(self.plan.drives):
            rows = whole[number * H : (number + 1) * H]
            for sign, name in drive.inputs:
                add(name, sign, rows[:, self.height : -1])
            for sign, name, state in drive.states:
                add(name, sign, rows[:, places[state]])
            for sign, name in drive.biases:
                add(name, sign, rows[:, -1])
        for name, square in self.back.of_squares.items():
            add(name, 1, square)
        for name, spread in self.back.of_vectors.items():
            add(name, 1, spread.sum(1))
        return {n: found.get(n, np.zeros(s, self.dtype)) for n, s in self._shapes().items()}

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return self.cell.weight_shapes(self.D, self.H)


class _Places:
    """Which names are recorded, and where they stand in a step's memory.

    ``slots`` numbers the recorded names and the drives; a signal that alone reads its drive takes
    its place. ``fleeting`` are forgotten after the step. ``copied`` are the states whose past is
    still read after they have been computed.
    """

    def __init__(self, cell: Cell):
        forward, roots = adjoint(cell).forward, adjoint(cell).roots
        flows = [flow for root in roots for flow in root.flows.values()]
        read_back = set().union(*(names(flow) for flow in flows))
        read_back |= set().union(*(names(a.product.operand) for a in forward if a.product))
        self.slots: dict[str, int] = {f"{DRIVE}{k}": k for k in range(len(cell.plan.drives))}
        for drive in list(self.slots):
            readers = [a.name for a in forward if drive in names(a.expression)]
            if len(readers) == 1 and drive not in read_back and readers[0] not in cell.states:
                self.slots.setdefault(readers[0], self.slots[drive])
        others = [a.name for a in forward if a.name not in self.slots and a.name not in cell.states]
        recorded = [name for name in others if name in read_back or name == "h"]
        self.fleeting = [name for name in others if name not in recorded]
        alone = [state for state in cell.states if state not in cell.plan.sources]
        for name in (*recorded, *alone, *cell.plan.sources):
            self.slots[name] = len(set(self.slots.values()))
        self.overwriting: list[Together] = [
            group
            for group in cell.plan.together
            if group.function in ("sigmoid", "tanh", "exp")
            and all(self.slots.get(name) == group.first + k for k, name in enumerate(group.names))
        ]
        order = [a.name for a in forward]
        self.copied = [
            state
            for state in cell.states
            if any(state + PAST in names(a.expression) for a in forward[order.index(state) + 1 :])
        ]


class _Back:
    """The way back through a block of steps; ``over`` goes through all blocks, the last first.

    A block that is not full stands at the end of the memory, so that steps keep their turn: what
    flows into the states of a step and of the one before is gathered in two places in turn.
    """

    def __init__(self, work: Workspace):
        self.work, H, B = work, work.H, work.B
        self.length = max(2, min(LONGEST, BLOCK // (H * B)) // 2 * 2)
        self.record = work._array(self.length + 1, *work.now.shape)
        self.given = work._array(self.length, H, B)
        self.of_drives = work._array(self.length, work.drives, B)
        products = [a for a in work.adjoint.forward if a.product]
        self.of_products = {a.name: work._array(self.length, H, B) for a in products}
        self.of_states = work._array(2, len(work.cell.states), H, B)
        sources = work.plan.sources
        self.order = [*sources, *(s for s in work.cell.states if s not in sources)]
        self.of_h, self.spare = work._array(H, B), work._array(H, B)
        self.through, self.of_sources = work._array(H, B), work._array(work.height, B)
        self.of_matrix = np.zeros_like(work.matrix)
        self.once = np.zeros_like(work.matrix)
        self.of_squares = {name: work._array(H, H) for name in work.squares}
        self.once_square = work._array(H, H)
        self.of_vectors = {name: work._array(H, B) for name in work.vectors}
        self.kept: dict[str, np.ndarray] = {}
        self.coefficients: dict[tuple[str, str], np.ndarray | int] = {}
        self.runs: dict[str, list[tuple[list[str], np.ndarray]]] = {}
        self.of_vector: list[tuple[str, np.ndarray, np.ndarray]] = []
        self.block_calls = self._block_calls()
        self.step_calls = [self._step_calls(k) for k in range(self.length)]

    def value(self, name: str) -> np.ndarray:
        """A name's values in all steps of the block, (block, H, B); a vector weight is (H, B)."""
        if name in self.work.vectors:
            return self.work.vectors[name]
        if is_past(name):
            return self.record[:-1, self.work.rows(name[: -len(PAST)])]
        return self.record[1:, self.work.rows(name)]

    # -- the coefficients of a block

    def _block_calls(self) -> list[Call]:
        """Computes what each root's gradient is multiplied by on its way to each target."""
        wanted: list[tuple[Expression, np.ndarray]] = []
        reached: set[str] = set()
        for root in self.work.adjoint.roots:
            self._place(root, reached, wanted)
            reached.update(root.flows)
        shape = (self.length, self.work.H, self.work.B)
        return compiled(wanted, self.value, shape, self.work.dtype)

    def _place(
        self, root: Root, reached: set[str], wanted: list[tuple[Expression, np.ndarray]]
    ) -> None:
        """Find a place for each coefficient of a root, and note which are to be computed."""
        work, shape = self.work, (self.work.H, self.work.B)
        alone = sorted(
            int(name[len(DRIVE) :])
            for name, flow in root.flows.items()
            if name.startswith(DRIVE) and name not in reached and not _is_one(flow)
        )
        self.runs[root.name] = []
        for run in _runs(alone):
            room = work._array(self.length, len(run), *shape)
            targets = [f"{DRIVE}{number}" for number in run]
            self.runs[root.name].append((targets, room))
            wanted += [(root.flows[name], room[:, k]) for k, name in enumerate(targets)]
        in_runs = {name for targets, _ in self.runs[root.name] for name in targets}
        for name, flow in root.flows.items():
            if name in in_runs:
                continue
            if name in work.vectors:
                if root.name not in self.kept:
                    self.kept[root.name] = work._array(self.length, *shape)
                room = work._array(self.length, *shape)
                self.of_vector.append((name, self.kept[root.name], room))
                wanted.append((flow, room))
            elif _is_one(flow):
                self.coefficients[root.name, name] = -1 if isinstance(flow, Negative) else 1
            elif isinstance(flow, Name):
                self.coefficients[root.name, name] = self.value(flow.id)
            else:
                room = work._array(self.length, *shape)
                self.coefficients[root.name, name] = room
                wanted.append((flow, room))

    # -- one step

    def target(self, name: str, k: int) -> np.ndarray:
        """Where the gradient of a target is gathered at step k of the block."""
        if name.startswith(DRIVE):
            number, H = int(name[len(DRIVE) :]), self.work.H
            return self.of_drives[k, number * H : (number + 1) * H]
        if is_past(name):
            return self.of_states[(k - 1) % 2, self.order.index(name[: -len(PAST)])]
        if name in self.of_products:
            return self.of_products[name][k]
        return self.of_states[k % 2, self.order.index(name)] if name in self.order else self.of_h

    def _step_calls(self, k: int) -> list[Call]:
        work, of_h = self.work, self.target("h", k)
        arriving = (np.add, (of_h, self.given[k], of_h))
        calls: list[Call] = [
            arriving if "h" in work.cell.states else (np.copyto, (of_h, self.given[k]))
        ]
        written = {"h", *work.cell.states}
        for root in work.adjoint.roots:
            gradient = self.through
            if root.product:
                turned = work.turned_squares[root.product.weight]
                calls.append((np.matmul, (turned, self.of_products[root.name][k], gradient)))
            else:
                gradient = self.target(root.name, k)
            if root.name in self.kept:
                calls.append((np.copyto, (self.kept[root.name][k], gradient)))
            for targets, room in self.runs[root.name]:
                first, last = self.target(targets[0], k), len(targets) * work.H
                start = int(targets[0][len(DRIVE) :]) * work.H
                out = self.of_drives[k, start : start + last].reshape(-1, *first.shape)
                calls.append((np.multiply, (room[k], gradient, out)))
                written.update(targets)
            for (origin, name), coefficient in self.coefficients.items():
                if origin == root.name:
                    calls += self._flow(gradient, coefficient, name, k, name in written)
                    written.add(name)
        calls += self._to_sources(k, written)
        return calls + self._to_weights(k)

    def _flow(
        self, gradient: np.ndarray, coefficient: Any, name: str, k: int, is_written: bool
    ) -> list[Call]:
        out = self.target(name, k)
        if isinstance(coefficient, int):
            if is_written:
                return [(np.add if coefficient > 0 else np.subtract, (out, gradient, out))]
            return [(np.positive if coefficient > 0 else np.negative, (gradient, out))]
        at_step = coefficient if coefficient.ndim == 2 else coefficient[k]
        if not is_written:
            return [(np.multiply, (at_step, gradient, out))]
        spare = self.spare
        return [(np.multiply, (at_step, gradient, spare)), (np.add, (out, spare, out))]

    def _to_sources(self, k: int, written: set[str]) -> list[Call]:
        """What flows from the drives into the states' past; pasts that nothing reached are 0."""
        work = self.work
        calls: list[Call] = []
        direct = {state for state in self.order if state + PAST in written}
        sources = work.plan.sources
        if sources and not direct & set(sources):
            whole = self.of_states[(k - 1) % 2, : len(sources)].reshape(work.height, work.B)
            calls.append((np.matmul, (work.turned, self.of_drives[k], whole)))
        elif sources:
            calls.append((np.matmul, (work.turned, self.of_drives[k], self.of_sources)))
            for number, state in enumerate(sources):
                out = self.target(state + PAST, k)
                part = self.of_sources[number * work.H : (number + 1) * work.H]
                is_added = state in direct
                calls.append((np.add, (out, part, out)) if is_added else (np.copyto, (out, part)))
        unreached = [s for s in self.order if s not in direct and s not in sources]
        zero = np.array(0.0, work.dtype)
        calls += [(np.copyto, (self.target(state + PAST, k), zero)) for state in unreached]
        return calls

    def _to_weights(self, k: int) -> list[Call]:
        calls: list[Call] = []
        if self.work.drives:
            stack = self.record[k, self.work.stack]
            calls.append((np.matmul, (self.of_drives[k], stack.T, self.once)))
            calls.append((np.add, (self.of_matrix, self.once, self.of_matrix)))
        for here in self.work.adjoint.forward:
            if here.product:
                operand = self.value(here.operand)[k]
                gradient, total = self.of_products[here.name][k], self.of_squares
                square = total[here.product.weight]
                calls.append((np.matmul, (gradient, operand.T, self.once_square)))
                calls.append((np.add, (square, self.once_square, square)))
        return calls

    # -- all of it

    def over(self, record: np.ndarray, given: np.ndarray, of_x: np.ndarray | None) -> None:
        """Leaves the gradients in ``of_matrix``, ``of_squares``, ``of_vectors`` and ``of_x``."""
        totals = [*self.of_squares.values(), *self.of_vectors.values()]
        for gathered in (self.of_states, self.of_matrix, *totals):
            gathered[...] = 0
        inputs = self.work.matrix[:, self.work.height : -1].T
        for stop in range(len(given), 0, -self.length):
            start = max(0, stop - self.length)
            first = self.length - (stop - start)
            np.copyto(self.record[first:], record[start : stop + 1])
            np.copyto(self.given[first:], given[start:stop].transpose(0, 2, 1))
            for function, arguments in self.block_calls:
                function(*arguments)
            for calls in self.step_calls[: first - 1 if first else None : -1]:
                for function, arguments in calls:
                    function(*arguments)
            for name, gradient, coefficient in self.of_vector:
                np.multiply(gradient, coefficient, coefficient)
                self.of_vectors[name] += coefficient[first:].sum(0)
            if of_x is not None:
                part = np.matmul(inputs, self.of_drives[first:])
                of_x[start:stop] = part.transpose(0, 2, 1)


def _is_one(flow: Expression) -> bool:
    return flow in (ONE, Negative(ONE))


def _runs(numbers: list[int]) -> Iterable[list[int]]:
    """The numbers in runs of neighbours."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run
