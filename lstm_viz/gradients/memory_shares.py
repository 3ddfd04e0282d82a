"""What a memory is made of: how much of it was written at each step, exactly.

Where the memory's line is c = keep * c_prev + write (``cells/memory_line.py`` finds that in the
text), c after step T is the sum over all steps t <= T of

    (keep_T * ... * keep_t+1) * write_t

and of (keep_T * ... * keep_1) * c_0, what the run began with. In an LSTM keep is f and write is
i * c_tilde. Everything is there in a trace: going back from T, what has been kept since is one
product that grows by a factor at each step, so all shares cost two multiplications a step.

A share says what was written then and is still there. It does not say that the word alone is the
reason: i, c_tilde and all later f were computed from h, and so from the words before. What the
shares leave out is what a gradient, or a blanked word, also counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lstm_viz.cells.expressions import Expression
from lstm_viz.cells.memory_line import MemoryLine, memory_line
from lstm_viz.counted import steps
from lstm_viz.language import _
from lstm_viz.run.trace import Trace


@dataclass(frozen=True, eq=False)
class Memory:
    """A memory taken apart: at each step what it kept of itself, and what was written, (T, B, H).

    ``line`` says from which expressions. Where the memory itself was held it kept nothing, and what
    it was held at was written.
    """

    trace: Trace
    line: MemoryLine
    keep: np.ndarray
    write: np.ndarray

    def kept_since(self, at: int = -1) -> np.ndarray:
        """What is left after step ``at`` of 1 written at each step, (T, B, H); 0 for later ones."""
        at = _step(self.trace, at)
        kept = np.zeros_like(self.keep)
        left = np.ones_like(self.keep[0])
        for t in range(at, -1, -1):
            kept[t] = left
            left = left * self.keep[t]
        return kept

    def shares(self, at: int = -1) -> np.ndarray:
        """What of the memory after step ``at`` was written at each step, (T, B, H)."""
        found: np.ndarray = self.kept_since(at) * self.write
        return found

    def start(self, at: int = -1) -> np.ndarray:
        """What of it is left of the state that the run began with, (B, H)."""
        at = _step(self.trace, at)
        found: np.ndarray = self.keep[: at + 1].prod(axis=0) * self.trace.initial[self.line.state]
        return found

    @cached_property
    def largest_difference(self) -> float:
        """max |sum of the shares - the memory|, over all steps, sequences and units.

        From one step to the next every share is multiplied by what is kept, and a new one joins
        them: so all T sums are T passes over one array.
        """
        shares, start = np.zeros_like(self.write), self.trace.initial[self.line.state]
        worst, memory = 0.0, self.trace[self.line.state]
        for t, (keep, write) in enumerate(zip(self.keep, self.write, strict=True)):
            shares[:t] *= keep
            shares[t] = write
            start = start * keep
            apart = shares[: t + 1].sum(axis=0) + start - memory[t]
            worst = max(worst, float(np.abs(apart).max()))
        return worst


def memory_of(trace: Trace, state: str | None = None) -> Memory:
    """The memory of a trace taken apart; ``state`` is another state than the cell's memory.

    Raises NoSum, a ValueError, with a sentence, where the cell's memory is no sum of what was
    written.
    """
    if not isinstance(trace, Trace):
        raise ValueError(
            _(
                "A Trace is taken apart, and this is a {kind}; of a Recording take one layer, "
                "recording[0]."
            ).format(kind=type(trace).__name__)
        )
    line = memory_line(trace.cell, state)
    keep, write = _pair(trace, line)
    held = trace.hold.get(line.state)
    if held is not None:
        free = np.isnan(held)
        keep, write = np.where(free, keep, 0.0), np.where(free, write, held)
    return Memory(trace, line, keep, write)


def memory_shares(trace: Trace, at: int = -1, state: str | None = None) -> np.ndarray:
    """What of the memory after step ``at`` was written at each step, (T, B, H).

    ``at`` counts from 0, or from the end where it is negative; steps after it have 0. The sum over
    the steps is the memory itself, where the run began with 0; else ``initial_share`` is the rest,
    so that ``memory_shares(trace, at).sum(0) + initial_share(trace, at)`` is ``trace.c[at]``, to
    1e-12 in float64. ``state`` is another state than the cell's memory (the ``n`` of an sLSTM).

    It works for every cell whose memory's line is ``c = keep * c_prev + write``, which is found
    from its text: also h of a GRU. Raises ValueError, with a sentence that says why, for the
    others; for a step that is none.

    Source: unrolled, that line is Hochreiter & Schmidhuber 1997, with Gers et al. 2000's forget
    gate; as an explanation of what was read, Murdoch & Szlam 2017, section 3.
    """
    return memory_of(trace, state).shares(at)


def initial_share(trace: Trace, at: int = -1, state: str | None = None) -> np.ndarray:
    """What of the memory after step ``at`` is left of the state that the run began with, (B, H).

    What ``memory_shares`` leaves out; 0 where the run began with 0. Raises as that does.
    """
    return memory_of(trace, state).start(at)


def _pair(trace: Trace, line: MemoryLine) -> tuple[np.ndarray, np.ndarray]:
    """``keep`` and ``write``, (T, B, H).

    Where a line that was put into the memory's is held, its value was written and nothing came
    through it: there the memory's line is another one, with that line closed.
    """
    shape = trace[line.state].shape
    held = {name: ~np.isnan(trace.hold[name]) for name in line.through if name in trace.hold}
    if not held:
        return _values(trace, line.keep), _values(trace, line.write)
    which = np.zeros(shape, int)  # a bit for each of them
    for bit, mask in enumerate(held.values()):
        which |= mask.astype(int) << bit
    keep, write = np.zeros(shape), np.zeros(shape)
    for found in np.unique(which):
        closed = frozenset(name for bit, name in enumerate(held) if found >> bit & 1)
        one = _line_with(trace, line, closed)
        keep = np.where(which == found, _values(trace, one.keep) if one else 0.0, keep)
        written = _values(trace, one.write) if one else trace[line.state]
        write = np.where(which == found, written, write)
    return keep, write


def _line_with(trace: Trace, line: MemoryLine, closed: frozenset[str]) -> MemoryLine | None:
    """The line with these closed; None where nothing of the past comes through any more."""
    try:
        return memory_line(trace.cell, line.state, closed)
    except ValueError:
        return None


def _values(trace: Trace, expression: Expression) -> np.ndarray:
    return np.array(np.broadcast_to(trace.value(expression), trace["h"].shape))


def _step(trace: Trace, at: int) -> int:
    T = len(trace.x)
    if not -T <= at < T:
        raise ValueError(
            _("The trace has {steps}, counted from 0: there is no step {at}.").format(
                steps=steps(T), at=at
            )
        )
    return at % T
