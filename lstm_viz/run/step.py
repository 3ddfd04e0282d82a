"""The reference: what one step of a cell is, and how a sequence is read. It may be read aloud.

A step evaluates the cell's lines in turn, each as it is written. What they may read is the step's
input, every state one step ago, the weights, and the lines before them. There is no other rule;
that is why it is so short, and slow: each operation makes a new array, and each gate its own
products. Whatever is faster (``compiled``, torch's network, the browser) is tested against it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import evaluate, quiet
from lstm_viz.cells.expressions import PAST

Arrays = Mapping[str, np.ndarray]


def step(
    cell: Cell, weights: Arrays, x: np.ndarray, past: Arrays, held: Arrays
) -> dict[str, np.ndarray]:
    """Every signal of one step, each (B, H), for the input x (B, D) and the past states (B, H).

    ``held`` has numbers (B, H) that a signal is, whatever its line says; where it is NaN, or has
    none, the signal is free.
    """
    shape = len(x), _units(cell, weights)
    values = {**weights, "x": x}
    for state in cell.states:
        values[state + PAST] = past[state]
    now = {}
    for line in cell.order:
        value = evaluate(line.expression, values)
        value = np.broadcast_to(np.asarray(value, x.dtype), shape)  # "f = 1" is 1 for every unit
        if line.name in held:
            value = np.where(np.isnan(held[line.name]), value, held[line.name])
        values[line.name] = now[line.name] = value
    return now


def read(
    cell: Cell, weights: Arrays, x: np.ndarray, initial: Arrays, hold: Arrays
) -> dict[str, np.ndarray]:
    """Every signal at every step, each (T, B, H), for x (T, B, D).

    ``initial`` has each state before the first step, (B, H), and ``hold`` what is held, (T, B, H).
    """
    T, B, _D = x.shape
    signals = {name: np.empty((T, B, _units(cell, weights)), x.dtype) for name in cell.signals}
    past = dict(initial)
    with quiet():
        for t in range(T):
            held = {name: values[t] for name, values in hold.items()}
            for name, value in step(cell, weights, x[t], past, held).items():
                signals[name][t] = value
            past = {state: signals[state][t] for state in cell.states}
    return signals


def _units(cell: Cell, weights: Arrays) -> int:
    """H, which every weight's first axis has; 1 for a cell without any."""
    return len(weights[cell.weight_names[0]]) if cell.weight_names else 1
