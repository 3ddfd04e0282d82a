"""The way back through a compiled pass: the gradients of every weight and of the input.

It is done in blocks of a few steps, the last block first. The block's record is copied into fixed
memory, the coefficients with which gradient flows through each of its steps (see
``cells/adjoint``) are computed for all of them at once, in long arrays, and then only a handful of
calls a step remain: what flows back must be multiplied step by step, what it is multiplied by need
not. A block is as long as its coefficients stay in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache

import numpy as np

from lstm_viz.cells.adjoint import Root, adjoint, is_past
from lstm_viz.cells.cell import Cell
from lstm_viz.cells.derivatives import ONE
from lstm_viz.cells.evaluation import quiet
from lstm_viz.cells.expressions import PAST, Expression, Name, Negative, names
from lstm_viz.cells.plan import DRIVE
from lstm_viz.run.calls import Call, compiled
from lstm_viz.run.compiled import Workspace

BLOCK = 16 * 2**10  # numbers in one coefficient of a block
LONGEST = 512  # steps in a block: each has calls of its own, which take their time to make


class BothWays:
    """Room for passes forward and back over ``batch`` sequences, used again and again."""

    def __init__(self, cell: Cell, D: int, H: int, batch: int, dtype: np.dtype):
        self.work = Workspace(cell, D, H, batch, dtype, _read_back(cell))
        self.initial = {
            state: np.full((batch, H), cell.initial.get(state, 0.0), dtype) for state in cell.states
        }
        # The way back reads the inputs, too.
        self.width = len(self.work.now)
        self.record = np.zeros((0, self.width, batch), dtype)
        self.steps = 0

    @property
    def nbytes(self) -> int:
        return self.work.nbytes + self.record.nbytes

    @cached_property
    def back(self) -> _Back:
        """Made by the first pass that goes back: one that only reads needs none of it."""
        return _Back(self.work)

    def forward(self, weights: Mapping[str, np.ndarray], x: np.ndarray) -> np.ndarray:
        """h (T, H, B), a view that the next pass overwrites, for x (T, B, D)."""
        work, self.steps = self.work, len(x)
        if len(self.record) <= self.steps:
            self.record = np.zeros((self.steps + 1, self.width, work.B), work.dtype)
        work.load(weights)
        work.go(x, self.initial, self.record[: self.steps + 1])
        return self.record[1 : self.steps + 1, work.rows("h")]

    def backward(
        self, given: np.ndarray, is_x_wanted: bool
    ) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
        """The gradients by each weight, and by x (T, B, D) if wanted, for that by h (T, B, H)."""
        work = self.work
        of_x = np.empty((len(given), work.B, work.D), work.dtype) if is_x_wanted else None
        with quiet():
            self.back.over(self.record, given, of_x)
        return self._of_weights(), of_x

    def _of_weights(self) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}

        def add(name: str, sign: int, part: np.ndarray) -> None:
            signed = part.copy() if sign > 0 else -part
            found[name] = found[name] + signed if name in found else signed

        work, whole = self.work, self.back.of_matrix
        H, height = work.H, work.height
        places = {state: slice(k * H, (k + 1) * H) for k, state in enumerate(work.plan.sources)}
        for number, drive in enumerate(work.plan.drives):
            rows = whole[number * H : (number + 1) * H]
            for sign, name in drive.inputs:
                add(name, sign, rows[:, height + 1 :])
            for sign, name, state in drive.states:
                add(name, sign, rows[:, places[state]])
            for sign, name in drive.biases:
                add(name, sign, rows[:, height])
        for name, square in self.back.of_squares.items():
            add(name, 1, square)
        for name, spread in self.back.of_vectors.items():
            add(name, 1, spread.sum(1))
        shapes = work.cell.weight_shapes(work.D, H)
        return {n: found.get(n, np.zeros(s, work.dtype)) for n, s in shapes.items()}


@lru_cache(256)
def _read_back(cell: Cell) -> frozenset[str]:
    """What the way back reads of the pass forward, and h."""
    found = {"h"}
    for root in adjoint(cell).roots:
        for flow in root.flows.values():
            found |= names(flow)
    for line in adjoint(cell).forward:
        if line.product:
            found |= names(line.product.operand)
    return frozenset(found)


class _Back:
    """The way back through a block of steps; ``over`` goes through all blocks, the last first.

    A block that is not full stands at the end of the memory, so that steps keep their turn: what
    flows into the states of a step and of the one before is gathered in two places in turn.
    """

    def __init__(self, work: Workspace):
        self.work, H, B = work, work.H, work.B
        self.length = max(2, min(LONGEST, BLOCK // (H * B)) // 2 * 2)
        self.record = work.array(self.length + 1, *work.now.shape)
        self.given = work.array(self.length, H, B)
        self.of_drives = work.array(self.length, work.drives, B)
        self.roots = adjoint(work.cell).roots
        products = [a for a in work.lines if a.product]
        self.of_products = {a.name: work.array(self.length, H, B) for a in products}
        self.of_states = work.array(2, len(work.cell.states), H, B)
        sources = work.plan.sources
        self.order = [*sources, *(s for s in work.cell.states if s not in sources)]
        self.of_h, self.spare = work.array(H, B), work.array(H, B)
        self.through, self.of_sources = work.array(H, B), work.array(work.height, B)
        self.inputs = work.array(work.D, work.drives)
        self.turned = work.array(work.height, work.drives)
        self.turned_squares = {name: work.array(H, H) for name in work.squares}
        self.of_matrix = np.zeros_like(work.matrix)
        self.once = np.zeros_like(work.matrix)
        self.of_squares = {name: work.array(H, H) for name in work.squares}
        self.once_square = work.array(H, H)
        self.of_vectors = {name: work.array(H, B) for name in work.vectors}
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
        for root in self.roots:
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
            room = work.array(self.length, len(run), *shape)
            targets = [f"{DRIVE}{number}" for number in run]
            self.runs[root.name].append((targets, room))
            wanted += [(root.flows[name], room[:, k]) for k, name in enumerate(targets)]
        in_runs = {name for targets, _ in self.runs[root.name] for name in targets}
        for name, flow in root.flows.items():
            if name in in_runs:
                continue
            if name in work.vectors:
                if root.name not in self.kept:
                    self.kept[root.name] = work.array(self.length, *shape)
                room = work.array(self.length, *shape)
                self.of_vector.append((name, self.kept[root.name], room))
                wanted.append((flow, room))
            elif _is_one(flow):
                self.coefficients[root.name, name] = -1 if isinstance(flow, Negative) else 1
            elif isinstance(flow, Name):
                self.coefficients[root.name, name] = self.value(flow.id)
            else:
                room = work.array(self.length, *shape)
                self.coefficients[root.name, name] = room
                wanted.append((flow, room))

    # -- one step

    def target(self, name: str, k: int) -> np.ndarray:
        """Where the gradient of a target is gathered at step k of the block."""
        found: np.ndarray = self.of_h
        if name.startswith(DRIVE):
            number, H = int(name[len(DRIVE) :]), self.work.H
            found = self.of_drives[k, number * H : (number + 1) * H]
        elif is_past(name):
            found = self.of_states[(k - 1) % 2, self.order.index(name[: -len(PAST)])]
        elif name in self.of_products:
            found = self.of_products[name][k]
        elif name in self.order:
            found = self.of_states[k % 2, self.order.index(name)]
        return found

    def _step_calls(self, k: int) -> list[Call]:
        work, of_h = self.work, self.target("h", k)
        arriving = (np.add, (of_h, self.given[k], of_h))
        calls: list[Call] = [
            arriving if "h" in work.cell.states else (np.copyto, (of_h, self.given[k]))
        ]
        written = {"h", *work.cell.states}
        for root in self.roots:
            gradient = self.through
            if root.product:
                turned = self.turned_squares[root.product.weight]
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
        self,
        gradient: np.ndarray,
        coefficient: int | np.ndarray,
        name: str,
        k: int,
        is_written: bool,
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
            calls.append((np.matmul, (self.turned, self.of_drives[k], whole)))
        elif sources:
            calls.append((np.matmul, (self.turned, self.of_drives[k], self.of_sources)))
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
        for here in self.work.lines:
            if here.product:
                operand = self.value(here.operand)[k]
                gradient, total = self.of_products[here.name][k], self.of_squares
                square = total[here.product.weight]
                calls.append((np.matmul, (gradient, operand.T, self.once_square)))
                calls.append((np.add, (square, self.once_square, square)))
        return calls

    # -- all of it

    def _turn(self) -> None:
        """The weights of the pass forward as the way back needs them, without their factors."""
        work = self.work
        plain = work.matrix.T / work.factors.T  # exact: they are 1, -1 and 0.5
        np.copyto(self.turned, plain[: work.height])
        np.copyto(self.inputs, plain[work.height + 1 :])
        for name, square in work.squares.items():
            np.copyto(self.turned_squares[name], square.T)

    def over(self, record: np.ndarray, given: np.ndarray, of_x: np.ndarray | None) -> None:
        """Leaves the gradients in ``of_matrix``, ``of_squares``, ``of_vectors`` and ``of_x``."""
        totals = [*self.of_squares.values(), *self.of_vectors.values()]
        for gathered in (self.of_states, self.of_matrix, *totals):
            gathered[...] = 0
        self._turn()
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
                part = np.matmul(self.inputs, self.of_drives[first:])
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
