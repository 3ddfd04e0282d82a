"""One state after the last step by every state of every earlier step: the product of Jacobians,
streamed from the last step to the first, with its size carried in logarithms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.gradients.jacobians import Block, Jacobians

SAFE = 1e50  # rows of a norm beyond this, or below its inverse, are scaled back to about 1

Within = Mapping[str, Mapping[str, Block]]


@dataclass(frozen=True, eq=False)
class Chain:
    """log10 of the norms of one state's derivative by each state at each step, (T, B, states).

    ``own`` holds the other states of that step; ``total`` lets them follow. ``along`` is (T, B):
    the share of the total by the memory that came along the direct path alone, None without one.
    """

    own: np.ndarray
    total: np.ndarray
    along: np.ndarray | None


def chain(
    jacobians: Jacobians,
    within: Within,
    state: str,
    memory: str | None,
    kept: tuple[np.ndarray, np.ndarray] | None,
) -> Chain:
    """Follow one state back.

    ``within`` says how the states of one step follow from each other; ``kept`` is the derivative of
    the last ``memory`` by that of step t along the direct path, its log10 and its sign, (T, B, H).
    """
    states = jacobians.states
    T, B, H = jacobians.slopes.trace.h.shape
    own, total = (np.empty((T, B, len(states))) for _ in range(2))
    along = None if kept is None else np.zeros((T, B))
    rows = np.zeros((B, H, len(states), H))
    rows[:, :, states.index(state)] = np.eye(H)
    decades = np.zeros((B, 1))  # taken out of the rows
    first = None
    for t, J in jacobians.backwards():
        brought_near_1(rows, decades)
        for place, by in enumerate(states):
            block = rows[:, :, place]
            own[t, :, place] = total[t, :, place] = _norms(block)
            if within[by]:
                for other, follows in within[by].items():
                    through = rows[:, :, states.index(other)]
                    block = block + follows.after(through[None], slice(t, t + 1))[0]
                total[t, :, place] = _norms(block)
            if along is not None and kept is not None and by == memory:
                first = block.copy() if first is None else first
                straight = kept[1][t] * power(kept[0][t] - decades)
                along[t] = _along(first, straight, block, total[t, :, place])
        own[t] = log10(own[t]) + decades
        total[t] = log10(total[t]) + decades
        rows = rows @ J
    return Chain(own, total, along)


def _along(first: np.ndarray, kept: np.ndarray, whole: np.ndarray, norm: np.ndarray) -> np.ndarray:
    """The part of the whole that is ``first`` times what was kept, projected on the whole, (B,)."""
    overlap = np.einsum("bij,bij->bj", first, whole)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
        share = (overlap * kept).sum(axis=1) / norm**2
    return np.where(np.isfinite(share), share, 0.0)


def brought_near_1(rows: np.ndarray, decades: np.ndarray) -> np.ndarray:
    """The norms of groups of rows, (B, groups), scaled near 1 where they left the safe range.

    ``decades`` counts what is taken out.
    """
    flat = rows.reshape(*decades.shape, -1)
    norms = np.sqrt(np.einsum("bgk,bgk->bg", flat, flat))
    if norms.min() < 1 / SAFE or norms.max() > SAFE:
        far = (norms > 0) & ((norms < 1 / SAFE) | (norms > SAFE))
        shift = np.where(far, np.round(log10(np.where(far, norms, 1))), 0)
        flat *= power(-shift)[..., None]
        norms *= power(-shift)
        decades += shift
    return norms


def power(decades: np.ndarray) -> np.ndarray:
    """10 to these, 0 or infinity where that leaves float64."""
    with np.errstate(over="ignore", under="ignore"):
        return 10.0**decades


def log10(values: np.ndarray) -> np.ndarray:
    """Of 0 it is -inf."""
    with np.errstate(divide="ignore"):
        return np.log10(values)


def _norms(blocks: np.ndarray) -> np.ndarray:
    """The Frobenius norm of each of the (B, H, H)."""
    squares = np.einsum("bij,bij->b", blocks, blocks)
    if squares.min() > 1e-200:
        return np.sqrt(squares)
    # Where numbers are that small their squares underflow.
    size = np.abs(blocks).max(axis=(1, 2))
    scaled = blocks / np.where(size, size, 1)[:, None, None]
    return size * np.linalg.norm(scaled, axis=(1, 2))
