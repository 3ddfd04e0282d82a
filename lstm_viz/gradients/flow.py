"""How far the gradient reaches: exact Jacobians of the whole state, their product over time, and
the share that each path carries.

``jacobians`` has one step's matrix, ``chain`` multiplies them from the end, ``backward`` takes a
loss back; here they are asked together, and each part is computed when it is first asked for. All
of it follows from the cell's own derivatives, in NumPy: autograd gives the sum of all paths but
not the paths, and underflows where a gradient has vanished, which is what is to be seen. Sizes are
therefore log10, and stay right however small they become.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np

from lstm_viz.cells.expressions import PAST, Name
from lstm_viz.gradients.backward import DIRECT, Backward, Slopes, backprop, by_input
from lstm_viz.gradients.chain import Chain, brought_near_1, chains, ends_of, log10, power
from lstm_viz.gradients.jacobians import CHUNK, Block, Jacobians, resolved
from lstm_viz.gradients.shares import Path, after, path_of, shares, together
from lstm_viz.language import _
from lstm_viz.run.trace import Trace

TOGETHER = 64  # so many state values are all followed at once: the products cost next to nothing
BUDGET = 500 * 2**20  # bytes that the matrices of all steps may take at once


def gradient_flow(
    trace: Trace,
    loss: np.ndarray | Mapping[str, np.ndarray] | None = None,
    cut: Collection[str] = (),
) -> GradientFlow:
    """The gradient of the last step, and of a loss, followed back through a trace.

    ``loss`` is the direct derivative of a loss by h at every step, broadcasting to (T, B, H), or a
    mapping of signals to such; by default the loss is the sum of the last h. Sequences of a packed
    trace end each at its own last step: what is asked of later ones is NaN, and a loss there, or by
    what was read there, is 0. ``cut`` names what
    nothing flows back through, as the 1997 paper cuts the gates by decree: signals ("o"), weights
    (the peephole "p_f", the matrix "U_f"), and "direct" for what the memory keeps of its own past.
    Held signals are cut where they are held.

    Everything agrees with torch's autograd in float64 to 1e-12. With S state values (the number of
    states times H) the norms cost T products of an (S, S) matrix with the columns that a weight
    matrix reads (half of them in an LSTM), and memory for a few such matrices, whatever T is.
    """
    if trace.h.dtype != np.float64:
        raise ValueError(
            _(
                "Gradients are measured in float64; the trace is {dtype}. Record a copy of the "
                "module in float64, lv.record(copy.deepcopy(module).double(), x.double()), or "
                "run the cell again: lv.run(trace.cell, trace.weights, trace.x, trace.initial, "
                "trace.hold)."
            ).format(dtype=trace.h.dtype)
        )
    if loss is None:
        loss = np.zeros(trace.h.shape)
        loss[ends_of(trace), np.arange(trace.h.shape[1])] = 1
    given = dict(loss) if isinstance(loss, Mapping) else {"h": np.asarray(loss, float)}
    for name, direct in given.items():
        _require_signal(trace, name)
        try:
            given[name] = _while_read(trace, np.broadcast_to(direct, trace.h.shape), 0.0)
        except ValueError:
            raise ValueError(
                _(
                    "The loss by {name} has the shape {shape}, which does not broadcast to (T, "
                    "B, H) = {shape2}."
                ).format(name=name, shape=np.shape(direct), shape2=trace.h.shape)
            ) from None
        if not np.isfinite(given[name]).all():
            raise ValueError(_("The loss by {name} is not finite everywhere.").format(name=name))
    return GradientFlow(trace, given, cut)


class GradientFlow:
    """See ``gradient_flow``. Everything is computed when it is first asked for."""

    def __init__(self, trace: Trace, given: Mapping[str, np.ndarray], cut: Collection[str] = ()):
        self.trace, self.given = trace, given
        self.states = trace.cell.states
        self.slopes = Slopes(trace, cut)

    def __repr__(self) -> str:
        return f"GradientFlow({self.trace!r}; by {', '.join(self.given)})"

    # -- one step ---------------------------------------------------------------------------

    @property
    def jacobians(self) -> np.ndarray:
        """(T, B, S, S): entry t is the derivative of the state after step t by that before it.

        The states are stacked in ``cell.states`` order. Raises ValueError where they would not fit.
        """
        T, B, H = self.trace.h.shape
        S = len(self.states) * H
        _check_budget(_("Jacobians"), T * B * S * S, _("norm() and log10_norm() stream them."))
        return _while_read(self.trace, self._steps.all())

    @cached_property
    def _steps(self) -> Jacobians:
        return Jacobians(self.slopes)

    def paths(self) -> dict[str, np.ndarray]:
        """One step of the memory's derivative by its own past, path by path, each (T, B, H, H).

        "direct" is what multiplies the memory's past (f); every other path is named by the signal
        of the memory's line through which it comes: a gate or the candidate, by the peephole or by
        the h of the step before. They add up to dc_t/dc_{t-1} with h_{t-1} following c_{t-1}
        (literature: four terms). At t = 0 there is no step before, and h does not follow.
        """
        T, B, H = self.trace.h.shape
        _check_budget(_("paths"), T * B * H * H * (len(self._paths) + 2))
        found = {name: self._path(name, slice(0, T)) for name in self._paths}
        kept = {name: path for name, path in found.items() if name == DIRECT or path.any()}
        return {name: _while_read(self.trace, path) for name, path in kept.items()}

    def shares(self) -> dict[str, np.ndarray]:
        """For each of ``paths`` its share of each unit's derivative, (T, B, H); they sum to 1.

        A path's row projected on the whole row: negative where the path works against the sum of
        all, NaN where the whole is 0.
        """
        T, B, H = self.trace.h.shape
        plain = {name: self._plain(name) for name in self._paths}
        if not any(path is None for path in plain.values()):
            known = {name: path for name, path in plain.items() if path is not None}
            whole = shares(known, (T, B, H))
            return self._shares_shown(whole)
        found = {name: np.zeros((T, B, H)) for name in self._paths}
        length = max(1, CHUNK // (8 * B * H * H))
        for start in range(0, T, length):
            steps = slice(start, min(start + length, T))
            paths = {name: self._path(name, steps) for name in self._paths}
            whole = np.sum([*paths.values()], axis=0)
            with np.errstate(invalid="ignore", divide="ignore"):
                size = np.einsum("tbij,tbij->tbi", whole, whole)
                for name, path in paths.items():
                    found[name][steps] = np.einsum("tbij,tbij->tbi", path, whole) / size
        return self._shares_shown(found)

    def _shares_shown(self, found: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        kept = {name: share for name, share in found.items() if name == DIRECT or share.any()}
        return {name: _while_read(self.trace, share) for name, share in kept.items()}

    @cached_property
    def _paths(self) -> dict[str, tuple[Block | None, list[tuple[Block, Block]]]]:
        """Each path's derivative by the memory's past, and by other states' pasts that follow it:
        pairs of the derivative by such a state, and of that state by the memory of its step."""
        memory = self._memory()
        past, flat = Name(memory + PAST), self._steps.flat()
        found = {}
        slopes = self.slopes.of[memory]
        for atom in sorted(slopes, key=lambda atom: atom != past):
            single = resolved({atom: slopes[atom]}, flat)
            others = [
                (through, follows)
                for state, follows in self._within[memory].items()
                if (through := self._steps.block(single, Name(state + PAST), flat)) is not None
            ]
            name = DIRECT if atom == past else str(atom)
            found[name] = self._steps.block(single, past, flat), others
        return found

    def _path(self, name: str, steps: slice) -> np.ndarray:
        """One path's matrices at these steps, (steps, B, H, H)."""
        own, others = self._paths[name]
        _, B, H = self.trace.h.shape
        path = np.zeros((steps.stop - steps.start, B, H, H))
        if own is not None:
            path += own.matrices(steps)
        first = max(steps.start, 1)  # the first step has none before it
        if first < steps.stop:
            for through, follows in others:
                matrices = through.matrices(slice(first, steps.stop))
                before = slice(first - 1, steps.stop - 1)
                path[first - steps.start :] += follows.after(matrices, before)
        return path

    def _plain(self, name: str) -> Path | None:
        """The path by its pieces; None where it has to be multiplied out."""
        own, others = self._paths[name]
        shape = self.trace.h.shape
        found = [Path(np.zeros(shape), ()) if own is None else path_of(own)]
        for through, follows in others:
            path = path_of(through)
            if path is None or follows.terms:
                return None
            before = np.concatenate([np.zeros((1, *shape[1:])), follows.units[:-1]])
            found.append(after(path, before))
        known = [path for path in found if path is not None]
        return together(known, shape) if len(known) == len(found) else None

    @property
    def kept(self) -> np.ndarray:
        """The product of what multiplies the memory after step t to the end, (T, B, H).

        The product of f, in an LSTM: the derivative of c_T by c_t along the direct path alone.
        """
        return _while_read(self.trace, power(self._log10_kept))

    @property
    def log10_direct(self) -> np.ndarray:
        """log10 of the norm of the diagonal matrix of ``kept``, (T, B).

        What ``log10_norm`` of the memory would be if every other path were cut.
        """
        # log10 of the root of a sum of squares, without ever leaving logarithms.
        squares = np.logaddexp.reduce(self._log10_kept * np.log(100), axis=-1)
        found: np.ndarray = squares / np.log(100)
        return _while_read(self.trace, found)

    @cached_property
    def _log10_kept(self) -> np.ndarray:
        steps = np.abs(self._direct())
        later = log10(np.concatenate([steps[1:], np.ones((1, *steps.shape[1:]))]))
        return np.cumsum(later[::-1], axis=0)[::-1]

    @property
    def _sign_kept(self) -> np.ndarray:
        signs = np.sign(self._direct())
        later = np.concatenate([signs[1:], np.ones((1, *signs.shape[1:]))])
        return np.cumprod(later[::-1], axis=0)[::-1]

    def _direct(self) -> np.ndarray:
        memory = self._memory()
        return self.slopes.of[memory].get(Name(memory + PAST), np.zeros(self.trace.h.shape))

    def _memory(self) -> str:
        memory = self.trace.cell.memory
        if memory is None:
            raise ValueError(_("This cell keeps no memory element by element."))
        return memory

    # -- over time --------------------------------------------------------------------------

    def norm(self, state: str | None = None) -> np.ndarray:
        """The Frobenius norm of dh_T/dh_t for each step t, the other states at t held, (T, B).

        The last entry is sqrt(H). ``state`` may be any state; None takes the whole state's matrix.
        Values beyond float64 become 0 or infinity: ``log10_norm`` does not.
        """
        return power(self.log10_norm(state))

    def total(self, state: str) -> np.ndarray:
        """As ``norm``, with what flows through the other states of the same step added, (T, B).

        For the LSTM's c: h_t = o_t tanh(c_t) follows from c_t, and carries gradient on.
        """
        return power(self.log10_norm(state, total=True))

    def log10_norm(
        self, state: str | None = None, total: bool = False, by: str | None = None
    ) -> np.ndarray:
        """log10 of ``norm`` or, with ``total``, of ``total``; (T, B), -inf where it is exactly 0.

        It does not underflow, however long the span. ``by`` names another state of the earlier
        step: what the last ``state`` owes to that one.
        """
        for name in {state, by} - {None}:
            if name not in self.states:
                raise ValueError(
                    _("{name} is no state of this cell; its states are {states}.").format(
                        name=name, states=_(", ").join(self.states)
                    )
                )
        if state is None:
            chains_of = [self._chain(one, is_whole=False).own for one in self.states]
            squares = np.concatenate(chains_of, axis=-1)
            of_all: np.ndarray = np.logaddexp.reduce(squares * np.log(100), axis=-1) / np.log(100)
            return _while_read(self.trace, of_all)
        found = self._chain(state, is_whole=total)
        norms = found.total if total else found.own
        return _while_read(self.trace, norms[..., self.states.index(by or state)])

    def along(self, state: str | None = None) -> np.ndarray:
        """How much of a state's derivative by the memory came along the direct path alone, (T, B).

        That part projected on the whole (``total``), which is 1 at the last step; negative where it
        works against the rest. None stands for the memory itself.
        """
        found = self._chain(state or self._memory()).along
        if found is None:
            raise ValueError(_("This cell keeps no memory element by element."))
        return _while_read(self.trace, found)

    def _chain(self, state: str, is_whole: bool = True) -> Chain:
        """What is known of a state's chain; without ``is_whole`` its own norms are enough."""
        for known in (True, False):
            if (state, known) in self._chains and known >= is_whole:
                return self._chains[state, known]
        memory = self.trace.cell.memory
        is_kept = memory is not None and is_whole
        kept = (self._log10_kept, self._sign_kept) if is_kept else None
        _, B, H = self.trace.h.shape
        asked = self.states if len(self.states) * B * H <= TOGETHER else (state,)
        found = chains(self._steps, self._within, asked, memory, kept, is_whole)
        self._chains.update({(one, is_whole): chain for one, chain in found.items()})
        return found[state]

    @cached_property
    def _chains(self) -> dict[tuple[str, bool], Chain]:
        return {}

    @cached_property
    def _within(self) -> dict[str, dict[str, Block]]:
        """For each state, the others of the same step that follow from it, and how."""
        found: dict[str, dict[str, Block]] = {}
        for state in self.states:
            flat = self._steps.flat(base=state)
            blocks = {
                other: self._steps.block(flat[other], Name(state), flat)
                for other in self.states
                if other != state
            }
            found[state] = {other: block for other, block in blocks.items() if block is not None}
        return found

    # -- of a loss --------------------------------------------------------------------------

    @cached_property
    def backward(self) -> Backward:
        """Backpropagation of the loss: by every signal, matrix product, weight and input."""
        return backprop(self.trace, self.given, slopes=self.slopes)

    def loss(self, name: str) -> np.ndarray:
        """The total derivative of the loss by a signal, (T, B, H), or by "x", (T, B, D)."""
        if name != "x":
            _require_signal(self.trace, name)
        return self.backward.x if name == "x" else self.backward.signals[name]

    def log10_loss(self, name: str) -> np.ndarray:
        """log10 of the Euclidean norm of ``loss``, (T, B), -inf where it is exactly 0.

        It does not underflow, however long the span.
        """
        if name != "x":
            _require_signal(self.trace, name)
        later, decades = self._from_later
        unit = power(-np.maximum(decades, 0))[..., None]
        total = {name: loss * unit for name, loss in self._given().items()}
        for place, state in enumerate(self.states):
            total[state] = total.get(state, 0) + later[:, :, place]
        arrived = self.slopes.back(total, slice(None))
        nothing = np.zeros(self.trace.h.shape)
        found = by_input(self.trace, arrived.products) if name == "x" else total.get(name, nothing)
        decades_in_all: np.ndarray = log10(np.linalg.norm(found, axis=-1)) + decades
        return decades_in_all

    @cached_property
    def _from_later(self) -> tuple[np.ndarray, np.ndarray]:
        """What comes back to each step's states from later steps: (T, B, states, H), and (T, B)
        decades by which it is to be multiplied; they are not negative where there is a loss."""
        T, B, H = self.trace.h.shape
        if not self.states:  # a cell that carries nothing: no step has a part in an earlier one
            return np.zeros((T, B, 0, H)), np.zeros((T, B))
        own, before = self._given_by_states()
        n = len(self.states)
        lossy = np.zeros((T, B, 1), bool)
        for direct in self._given().values():
            lossy |= direct.any(axis=-1, keepdims=True)
        found, taken = np.empty(own.shape), np.empty((T, B))
        rows, decades = np.zeros((B, 1, n, H)), np.zeros((B, 1))
        for t, J in self._steps.backwards():
            brought_near_1(rows, decades)
            # Where a loss enters, both parts need one unit: the larger one's, and at least 1.
            common = np.where(lossy[t], np.maximum(decades, 0), decades)
            rows *= power(decades - common)[:, :, None, None]
            decades = common
            found[t], taken[t] = rows[:, 0], decades[:, 0]
            unit = power(-np.maximum(decades, 0))[:, :, None, None]
            rows = (rows + own[t][:, None] * unit) @ J + before[t][:, None] * unit
        return found, taken

    def excursions(self, most: int = 4) -> np.ndarray:
        """The loss by the memory, split by how often it left the direct path on its way.

        (most + 1, T, B, H): entry 0 came back along the product of f alone; entry m went m times
        through a gate or the candidate to the step before, the last entry ``most`` times or more.
        The sum over m is ``loss`` of the memory.
        """
        memory, direct = self._memory(), self._direct()
        given, (T, B, H) = self._given(), self.trace.h.shape
        found = np.zeros((most + 1, T, B, H))
        rows = {state: np.zeros((most + 1, B, H)) for state in self.states}
        for t in reversed(range(T)):
            for name, loss in given.items():
                rows.setdefault(name, np.zeros((most + 1, B, H)))[0] += loss[t]
            arrived = self.slopes.back(rows, t)
            found[:, t] = rows[memory]
            straight = rows[memory] * direct[t]
            rows = {}
            for state, through in arrived.pasts.items():
                left = through - straight if state == memory else through
                # Whatever came by another path has left the direct one once more.
                rows[state] = np.concatenate([np.zeros((1, B, H)), left[:-1]])
                rows[state][-1] += left[-1]
                if state == memory:
                    rows[state] += straight
        return found

    def _given_by_states(self) -> tuple[np.ndarray, np.ndarray]:
        """What each step's loss gives the states of that step, and those before it past them.

        Both (T, B, states, H); the latter is what a loss by other signals, a gate say, leads to.
        """
        total = self._given()
        arrived = self.slopes.back(total, slice(None), stop=self.states)
        nothing = np.zeros(self.trace.h.shape)
        own = [total.get(state, nothing) for state in self.states]
        before = [arrived.pasts.get(state, nothing) for state in self.states]
        return np.stack(own, axis=2), np.stack(before, axis=2)

    def _given(self) -> dict[str, np.ndarray]:
        shape = self.trace.h.shape
        return {name: np.broadcast_to(loss, shape).copy() for name, loss in self.given.items()}


def _while_read(trace: Trace, values: np.ndarray, afterwards: float = np.nan) -> np.ndarray:
    """(T, B, ...) with this number behind each sequence's end."""
    is_over = trace.is_over
    if is_over is None:
        return values
    return np.where(
        is_over.reshape(*is_over.shape[:2], *[1] * (values.ndim - 2)), afterwards, values
    )


def _require_signal(trace: Trace, name: str) -> None:
    if name not in trace.cell.signals:
        raise ValueError(
            _("{name} is no signal of this cell; its signals are {signals}.").format(
                name=name, signals=_(", ").join(trace.cell.signals)
            )
        )


def _check_budget(what: str, numbers: int, instead: str = "") -> None:
    if numbers * 8 > BUDGET:
        raise ValueError(
            _(
                "The {what} of all steps would take {numbers:.0f} MiB, and at most "
                "{budget:.0f} MiB are allowed; take fewer steps, sequences or units. {instead}"
            ).format(what=what, numbers=numbers * 8 / 2**20, budget=BUDGET / 2**20, instead=instead)
        )
