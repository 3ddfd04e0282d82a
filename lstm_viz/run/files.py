"""A trace as a file for other programs: every number, with the names it has on the screen."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import numpy as np

from lstm_viz.run.trace import Trace

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# What a spreadsheet takes for the beginning of a formula, which may start programs.
_BEGINS_A_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def plain_cell(text: str) -> str:
    """A text of anybody's as a cell of a table: a spreadsheet shows it and does not run it."""
    begins = text.startswith(_BEGINS_A_FORMULA) or text.lstrip().startswith(_BEGINS_A_FORMULA)
    return f"'{text}" if begins and not _NUMBER.fullmatch(text) else text


def trace_csv(trace: Trace, tokens: Sequence[str], sequence: int = 0) -> bytes:
    """A table with a row for each step and unit and a column for each signal, in full precision.

    Steps count from 1, as on the screen; units from 0, as in the arrays. A token that a spreadsheet
    would run stands behind an apostrophe.
    """
    text = io.StringIO()
    table = csv.writer(text)
    signals = trace.cell.signals
    table.writerow(["step", "token", "unit", *signals])
    values = np.stack([trace[signal][:, sequence] for signal in signals], axis=-1)
    for step, (token, units) in enumerate(zip(tokens, values.tolist(), strict=True), start=1):
        cell = plain_cell(token)
        table.writerows([step, cell, unit, *row] for unit, row in enumerate(units))
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
