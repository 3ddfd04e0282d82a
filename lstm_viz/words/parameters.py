"""Which biases a count of parameters counts, said wherever one is shown.

Our equations have one bias where PyTorch, Keras and ONNX add two, of which only the sum matters:
the same layer has two counts, and both are right.
"""

from __future__ import annotations

from collections.abc import Iterable

from lstm_viz.cells import Cell
from lstm_viz.language import _
from lstm_viz.networks.gate_order import stored_by_torch


def biases_said(cell: Cell, layers: Iterable[tuple[int, int]]) -> str:
    """How biases are counted and, where torch has a module of this cell, how many numbers it stores
    of these layers, each with D inputs and H units; "" where torch has none."""
    stored = [stored_by_torch(cell, D, H) for D, H in layers]
    found = [one for one in stored if one is not None]
    if not found:
        return ""
    return _(
        "Two biases that are added count as one here; torch.nn.{kind} stores both, {count} numbers "
        "in all."
    ).format(kind=found[0][0], count=f"{sum(count for _kind, count in found):,}")
