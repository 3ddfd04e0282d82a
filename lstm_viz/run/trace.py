"""The record of a run: every signal of every unit at every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import evaluate, quiet
from lstm_viz.cells.expressions import PAST, Expression
from lstm_viz.run import strips


@dataclass(frozen=True, eq=False)
class Trace:
    """What one run of a cell computed; ``trace["f"]`` or ``trace.f`` is (T, B, H).

    ``x`` is (T, B, D); ``initial`` has for each state what it was before the first step, (B, H);
    ``hold`` is what was held, by signal, or empty. Nothing in a trace can be changed.
    """

    cell: Cell
    weights: Mapping[str, np.ndarray]
    x: np.ndarray
    initial: Mapping[str, np.ndarray]
    hold: Mapping[str, np.ndarray]
    signals: Mapping[str, np.ndarray]

    def __post_init__(self) -> None:
        for name in ("weights", "initial", "hold", "signals"):
            object.__setattr__(self, name, MappingProxyType(_fixed(getattr(self, name))))
        object.__setattr__(self, "x", _fixed({"x": self.x})["x"])

    def __reduce__(self) -> tuple[object, ...]:
        parts = (dict(part) for part in (self.weights, self.initial, self.hold, self.signals))
        weights, initial, hold, signals = parts
        return Trace, (self.cell, weights, self.x, initial, hold, signals)

    def __getitem__(self, signal: str) -> np.ndarray:
        try:
            return self.signals[signal]
        except KeyError:
            raise KeyError(f"{signal}: this cell has {', '.join(self.signals)}") from None

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
        return f"Trace({name}: {', '.join(self.signals)}; {sizes})"

    def _repr_html_(self) -> str:
        return strips.html(self.cell, self.signals, self.x.shape[2])

    def past(self, state: str) -> np.ndarray:
        """The state one step before each step, (T, B, H); the first entry is the initial one."""
        return np.concatenate([self.initial[state][None], self.signals[state][:-1]])

    @property
    def last(self) -> dict[str, np.ndarray]:
        """Each state after the last step, (B, H): the ``state`` from which a run goes on."""
        return {state: self.signals[state][-1] for state in self.cell.states}

    def value(self, expression: str | Expression) -> np.ndarray:
        """The value of any expression over the cell's names at every step.

        ``"f * c_prev"``, ``"W_f @ x"`` and ``"b_f"`` are (T, B, H), ``"x"`` is (T, B, D). Raises
        ValueError with a sentence when the text is no such expression.
        """
        if isinstance(expression, str):
            expression = self.cell.expression(expression)
        values = {**self.weights, **self.signals, "x": self.x}
        values |= {state + PAST: self.past(state) for state in self.cell.states}
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
        """Some steps of one sequence as a trace of its own, B = 1; ``steps`` without a stride."""
        first, one = steps.indices(len(self.x))[0], slice(sequence, sequence + 1)
        return Trace(
            self.cell,
            self.weights,
            self.x[steps, one],
            {state: self.past(state)[first, one] for state in self.cell.states},
            {name: held[steps, one] for name, held in self.hold.items()},
            {name: signal[steps, one] for name, signal in self.signals.items()},
        )


def _fixed(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Views that refuse to be written to."""
    views = {name: array.view() for name, array in arrays.items()}
    for view in views.values():
        view.setflags(write=False)
    return views
