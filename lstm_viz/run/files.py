"""A trace as a file for other programs: every number, with the names it has on the screen."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from lstm_viz.run.trace import Trace


def trace_csv(trace: Trace, tokens: Sequence[str], sequence: int = 0) -> bytes:
    """A table with a row for each step and unit and a column for each signal, in full precision.

    Steps count from 1, as on the screen; units from 0, as in the arrays.
    """
    text = io.StringIO()
    table = csv.writer(text)
    signals = trace.cell.signals
    table.writerow(["step", "token", "unit", *signals])
    values = np.stack([trace[signal][:, sequence] for signal in signals], axis=-1)
    for step, (token, units) in enumerate(zip(tokens, values.tolist(), strict=True), start=1):
        table.writerows([step, token, unit, *row] for unit, row in enumerate(units))
    return text.getvalue().encode()


def trace_npz(trace: Trace) -> bytes:
    """Signals (T, B, H), x, initial states and weights as `numpy.load` reads them.

    The equations are in ``cell``; nothing in the file is pickled.
    """
    arrays = {"cell": np.array(trace.cell.text), "x": trace.x, **trace.signals, **trace.weights}
    arrays |= {f"initial_{state}": values for state, values in trace.initial.items()}
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()
