"""The record of a run: every signal of every unit at every step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import evaluate, quiet
from lstm_viz.cells.expressions import PAST, Expression, names
from lstm_viz.language import _
from lstm_viz.run import strips


@dataclass(frozen=True, eq=False)
class Trace:
    """What one run of a cell computed; ``trace["f"]`` or ``trace.f`` is (T, B, H).

    ``x`` is (T, B, D); ``initial`` has for each state what it was before the first step, (B, H);
    ``hold`` is what was held, by signal, or empty. Nothing in a trace can be changed.

    ``lengths`` are those of B sequences that end at different steps, None where all have T; behind
    its end everything of a sequence is NaN. Steps stand in the order in which they were read: with
    ``direction`` "backward" the first one is the last of the sequence. ``in_time`` has the other
    order.
    """

    cell: Cell
    weights: Mapping[str, np.ndarray]
    x: np.ndarray
    initial: Mapping[str, np.ndarray]
    hold: Mapping[str, np.ndarray]
    signals: Mapping[str, np.ndarray]
    lengths: tuple[int, ...] | None = None
    direction: str = "forward"

    def __post_init__(self) -> None:
        for name in ("weights", "initial", "hold", "signals"):
            object.__setattr__(self, name, MappingProxyType(_fixed(getattr(self, name))))
        object.__setattr__(self, "x", _fixed({"x": self.x})["x"])

    def __reduce__(self) -> tuple[object, ...]:
        parts = (dict(part) for part in (self.weights, self.initial, self.hold, self.signals))
        weights, initial, hold, signals = parts
        numbers = (self.cell, weights, self.x, initial, hold, signals)
        return Trace, (*numbers, self.lengths, self.direction)

    def __getitem__(self, signal: str) -> np.ndarray:
        try:
            return self.signals[signal]
        except KeyError:
            raise KeyError(
                _("{signal}: this cell has {signals}").format(
                    signal=signal, signals=_(", ").join(self.signals)
                )
            ) from None

    def __getattr__(self, signal: str) -> np.ndarray:
        # Asked only for what is not an attribute; while unpickling there is nothing yet.
        if signal in self.__dict__.get("signals", ()):
            return self.signals[signal]
        raise AttributeError(signal)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.signals]

    def __repr__(self) -> str:
        name = self.cell.name or "a cell of one's own"
        sizes = strips.sizes(self.signals, self.x.shape[2])
        if self.lengths is not None:
            sizes += f", ending after {min(self.lengths)} to {max(self.lengths)}"
        if self.is_backward:
            sizes += "; read backward: its first step is the last of the sequence"
        return f"Trace({name}: {', '.join(self.signals)}; {sizes})"

    def _repr_html_(self) -> str:
        return strips.html(
            self.cell, self.signals, self.x.shape[2], self.lengths, backward=self.is_backward
        )

    @property
    def is_backward(self) -> bool:
        return self.direction == "backward"

    @property
    def is_over(self) -> np.ndarray | None:
        """Where a sequence has ended, (T, B, 1); None where all have T steps."""
        if self.lengths is None:
            return None
        return np.arange(len(self.x))[:, None, None] >= np.array(self.lengths)[:, None]

    def in_time(self, name: str) -> np.ndarray:
        """A signal, (T, B, H), or "x", (T, B, D), in the order of time.

        That is as it stands here, but of a trace that reads backward turned round, each sequence by
        itself, so that step t belongs to what was read at t.
        """
        signal = self.x if name == "x" else self[name]
        return turned(signal, self.lengths) if self.is_backward else signal

    def past(self, state: str) -> np.ndarray:
        """The state one step before each step, (T, B, H); the first entry is the initial one."""
        return np.concatenate([self.initial[state][None], self.signals[state][:-1]])

    @property
    def last(self) -> dict[str, np.ndarray]:
        """Each state after its sequence's last step, (B, H): from which a run goes on."""
        if self.lengths is None:
            return {state: self.signals[state][-1] for state in self.cell.states}
        ends, every = np.array(self.lengths) - 1, np.arange(len(self.lengths))
        return {state: self.signals[state][ends, every] for state in self.cell.states}

    def value(self, expression: str | Expression) -> np.ndarray:
        """The value of any expression over the cell's names at every step.

        ``"f * c_prev"``, ``"W_f @ x"`` and ``"b_f"`` are (T, B, H), ``"x"`` is (T, B, D). Raises
        ValueError with a sentence when the text is no such expression.
        """
        if isinstance(expression, str):
            expression = self.cell.expression(expression)
        values = {**self.weights, **self.signals, "x": self.x}
        asked = names(expression)  # a past is a copy of all steps: only what is read is made
        values |= {s + PAST: self.past(s) for s in self.cell.states if s + PAST in asked}
        with quiet():
            found = evaluate(expression, values)
        wanted = self.signals["h"].shape
        return found if np.ndim(found) == 3 else np.broadcast_to(found, wanted)

    def pre(self, signal: str) -> np.ndarray:
        """The argument of the line's single outer function, else its whole right side, (T, B, H).

        For a held signal this stays what it would have been.
        """
        return self.value(self.cell[signal].pre)

    def terms(self, signal: str) -> dict[str, np.ndarray]:
        """The signed summands of ``pre`` by their text, each (T, B, H); they add up to it."""
        return {text: self.value(term) for text, term in self.cell[signal].terms.items()}

    def piece(self, steps: slice, sequence: int) -> Trace:
        """Some steps of one sequence as a trace of its own, B = 1; ``steps`` without a stride.

        ``slice(None)`` are all that it has, without what only the longer ones have.
        """
        sequence = range(self.x.shape[1])[sequence]
        length = len(self.x) if self.lengths is None else self.lengths[sequence]
        first, end, _stride = steps.indices(length)
        steps, one = slice(first, end), slice(sequence, sequence + 1)
        return Trace(
            self.cell,
            self.weights,
            self.x[steps, one],
            {state: self.past(state)[first, one] for state in self.cell.states},
            {name: held[steps, one] for name, held in self.hold.items()},
            {name: signal[steps, one] for name, signal in self.signals.items()},
            direction=self.direction,
        )


def turned(signal: np.ndarray, lengths: Sequence[int] | np.ndarray | None = None) -> np.ndarray:
    """(T, B, .) with its steps in the reverse order; turned twice it is what it was.

    Sequences of these lengths, padded at the end, are each turned by themselves.
    """
    if lengths is None:
        return signal[::-1]
    ends, steps = np.asarray(lengths), np.arange(len(signal))[:, None]
    order = np.where(steps < ends, ends - 1 - steps, steps)
    return signal[order, np.arange(len(ends))]


def _fixed(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Views that refuse to be written to."""
    views = {name: array.view() for name, array in arrays.items()}
    for view in views.values():
        view.setflags(write=False)
    return views
