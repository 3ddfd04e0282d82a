"""The probe of a training: what the gates do while one fixed sequence is read, a number each."""

from __future__ import annotations

from lstm_viz.cells import Cell
from lstm_viz.run.trace import Trace


def gates(cell: Cell) -> tuple[str, ...]:
    """The signals between 0 and 1, in the cell's order."""
    return tuple(name for name in cell.signals if cell.ranges[name] == (0, 1))


def mean_gates(trace: Trace) -> dict[str, float]:
    """For each gate its mean over units and steps."""
    return {name: float(trace[name].mean()) for name in gates(trace.cell)}
