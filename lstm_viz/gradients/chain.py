"""States after the last step by every state of every earlier step: the product of Jacobians,
streamed from the last step to the first, with its size carried in logarithms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.gradients.jacobians import Block, Jacobians

SMALL = 1e-200  # squares from here on down are not trusted
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


def chains(
    jacobians: Jacobians,
    within: Within,
    followed: Sequence[str],
    memory: str | None,
    kept: tuple[np.ndarray, np.ndarray] | None,
) -> dict[str, Chain]:
    """Follow these states back together: it takes less time than one after the other.

    ``within`` says how the states of one step follow from each other; ``kept`` is the derivative of
    the last ``memory`` by that of step t along the direct path, its log10 and its sign, (T, B, H).
    """
    states, m = jacobians.states, len(followed)
    T, B, H = jacobians.slopes.trace.h.shape
    n = len(states)
    own, total = (np.empty((T, B, m, n)) for _ in range(2))
    taken = np.empty((T, B, m))  # decades that are taken out of the rows
    overlaps = np.zeros((T, B, m, H))
    rows = np.zeros((B, m, H, n, H))
    for place, state in enumerate(followed):
        rows[:, place, :, states.index(state)] = np.eye(H)
    decades, first = np.zeros((B, m)), None
    for t, J in jacobians.backwards():
        own[t] = total[t] = _near_1(rows, decades)
        taken[t] = decades
        for place, by in enumerate(states):
            block = rows[:, :, :, place]
            for other, follows in within[by].items():
                through = rows[:, :, :, states.index(other)].reshape(1, B, m * H, H)
                block = block + follows.after(through, slice(t, t + 1)).reshape(B, m, H, H)
            if within[by]:
                total[t, :, :, place] = norms(block)
            if by == memory:
                first = block.copy() if first is None else first
                overlaps[t] = np.einsum("bmij,bmij->bmj", first, block)
        rows = (rows.reshape(B, m * H, n, H) @ J).reshape(rows.shape)
    along = None
    if kept is not None and memory is not None:
        direct = kept[1][:, :, None] * power(kept[0][:, :, None] - taken[..., None])
        along = _projected(overlaps * direct, total[..., states.index(memory)])
    own, total = (log10(part) + taken[..., None] for part in (own, total))
    return {
        state: Chain(
            own[:, :, place], total[:, :, place], None if along is None else along[:, :, place]
        )
        for place, state in enumerate(followed)
    }


def _projected(overlaps: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Scalar products with a whole, by the whole's own; 0 where there is none."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
        share = overlaps.sum(axis=-1) / size**2
    return np.where(np.isfinite(share), share, 0.0)


def _near_1(rows: np.ndarray, decades: np.ndarray) -> np.ndarray:
    """The norms by each state, (B, m, n), after the rows were brought near 1 as ``decades`` say."""
    brought_near_1(rows, decades)
    squares = np.einsum("bminj,bminj->bmn", rows, rows)
    if squares.min() > SMALL:
        found: np.ndarray = np.sqrt(squares)
        return found
    return norms(rows.transpose(0, 1, 3, 2, 4))


def brought_near_1(rows: np.ndarray, decades: np.ndarray) -> np.ndarray:
    """The norms of groups of rows, (B, groups), scaled near 1 where they left the safe range.

    ``decades`` counts what is taken out.
    """
    flat = rows.reshape(*decades.shape, -1)
    norms: np.ndarray = np.sqrt(np.einsum("bgk,bgk->bg", flat, flat))
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
        found: np.ndarray = np.log10(values)
        return found


def norms(blocks: np.ndarray) -> np.ndarray:
    """The Frobenius norm of each of the (..., H, H)."""
    squares = np.einsum("...ij,...ij->...", blocks, blocks)
    if squares.min() > SMALL:
        found: np.ndarray = np.sqrt(squares)
        return found
    # Where numbers are that small their squares underflow.
    size = np.abs(blocks).max(axis=(-2, -1))
    scaled = blocks / np.where(size, size, 1)[..., None, None]
    found = size * np.linalg.norm(scaled, axis=(-2, -1))
    return found
