"""A text in which each prediction can be asked what it depends on."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import numpy as np

from lstm_viz.cells import CELLS
from lstm_viz.cells.marks import mark_of
from lstm_viz.cells.titles import title_of
from lstm_viz.stage.payload_types import ConnectionsPayload


def connections_payload(
    read: Sequence[str], strengths: Mapping[str, np.ndarray], at: int, name: str, dark: bool
) -> ConnectionsPayload:
    """One line of text a cell, coloured by what the prediction of the element ``at`` depends on.

    ``strengths`` has (T, T) by name of the cell: in row t how much the answer after step t depends
    on each element. A new ``name`` is another text.
    """
    return {
        "read": list(read),
        "characters": all(len(text) == 1 for text in read),
        "rows": [
            {
                "name": title_of(CELLS[cell]),
                "colour": mark_of(CELLS[cell]).colour.on(dark),
                "strengths": _bytes(matrix),
            }
            for cell, matrix in strengths.items()
        ],
        "at": at,
        "text": name,
        "version": f"{name} {' '.join(strengths)} {dark}",
    }


def _bytes(matrix: np.ndarray) -> str:
    """Each row against its largest, in 255 steps: the ends are for all and for nothing alone."""
    largest = matrix.max(axis=1, keepdims=True)
    shares = np.divide(matrix, largest, out=np.zeros_like(matrix), where=largest > 0)
    steps = np.where(
        (shares > 0) & (shares < 1), np.clip(np.round(255 * shares), 1, 254), 255 * shares
    )
    return base64.b64encode(steps.astype(np.uint8).tobytes()).decode()
