"""The last states by every state of every earlier step: the product of Jacobians over time.

It is streamed from the last step to the first. Of the product only the rows of the states that are
asked about are carried along, (H, S) for each, and of each step only norms are kept, so memory
hardly grows with the number of steps. A plain product would leave float64 after some hundred steps:
the rows are brought back near 1 whenever they leave a safe range, and the decades that were taken
out are counted beside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells.evaluation import quiet
from lstm_viz.gradients.jacobians import Block, Jacobians, Step
from lstm_viz.run.trace import Trace

SMALL = 1e-200  # squares from here on down are not trusted
PIECE = 4 * 2**20  # bytes of rows that are followed before they are measured
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
    is_whole: bool = True,
) -> dict[str, Chain]:
    """Follow these states back together: it takes less time than one after the other.

    ``within`` says how the states of one step follow from each other; ``kept`` is the derivative of
    the last ``memory`` by that of step t along the direct path, its log10 and its sign, (T, B, H).
    Without ``is_whole`` each ``total`` is only ``own``, and nothing is said of ``along``.
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
    decades, first = np.zeros((B, m)), np.zeros((B, m, H, H))
    ends, every = ends_of(jacobians.slopes.trace), np.arange(B)
    for piece in _pieces(jacobians, rows, decades):
        at = piece.steps
        own[at] = total[at] = piece.norms
        taken[at] = piece.decades
        for place, by in enumerate(states) if is_whole else ():
            block = piece.rows[:, :, :, :, place]
            for other, follows in within[by].items():
                through = piece.rows[:, :, :, :, states.index(other)]
                through = through.reshape(len(block), B, m * H, H)
                block = block + follows.after(through, at).reshape(block.shape)
            if within[by]:
                total[at, :, :, place] = norms(block)
            if by == memory:
                here = (at.start <= ends) & (ends < at.stop)
                first[here] = block[ends[here] - at.start, every[here]]
                overlaps[at] = np.einsum("bmij,tbmij->tbmj", first, block)
    along = None
    if kept is not None and memory is not None and is_whole:
        direct = kept[1][:, :, None] * power(kept[0][:, :, None] - taken[..., None])
        along = _projected(overlaps * direct, total[..., states.index(memory)])
    own, total = (log10(part) + taken[..., None] for part in (own, total))
    return {
        state: Chain(
            own[:, :, place], total[:, :, place], None if along is None else along[:, :, place]
        )
        for place, state in enumerate(followed)
    }


def ends_of(trace: Trace) -> np.ndarray:
    """The last step of each sequence, (B,)."""
    T, B, _D = trace.x.shape
    return np.full(B, T - 1) if trace.lengths is None else np.array(trace.lengths) - 1


@dataclass(frozen=True, eq=False)
class _Piece:
    """What was followed through some steps: rows (steps, B, m, H, states, H) at each of them.

    ``norms`` (steps, B, m, states) are theirs; ``decades`` (B, m) were taken out of all of them.
    """

    steps: slice
    rows: np.ndarray
    norms: np.ndarray
    decades: np.ndarray


def _pieces(jacobians: Jacobians, rows: np.ndarray, decades: np.ndarray) -> Iterator[_Piece]:
    """The rows (B, m, H, states, H) followed back from the last step, some steps at a time."""
    most = max(1, PIECE // rows.nbytes)
    for end, steps in jacobians.chunks(most):
        rows, decades, pieces = _through(rows, decades, end, steps)
        yield from pieces


def _through(
    rows: np.ndarray, given: np.ndarray, end: int, steps: list[Step]
) -> tuple[np.ndarray, np.ndarray, list[_Piece]]:
    """The rows before these steps, the last of which is the first of the list.

    The rows are brought near 1 once for all the steps, and their norms taken at once: asking at
    each step costs more than the product. Where they left the safe range on the way, it is done
    again in two halves.
    """
    decades = given.copy()
    room = np.empty((len(steps), *rows.shape))
    room[-1] = rows
    brought_near_1(room[-1], decades)
    B, m, H, n, _H = rows.shape
    flat, before = room.reshape(len(steps), B, m * H, n, H), np.empty((B, m * H, n, H))
    with quiet():
        for t, step in zip(reversed(range(len(steps))), steps, strict=True):
            step.write(flat[t], flat[t - 1] if t else before)
        of_rows = np.einsum("rj,rj->r", room.reshape(-1, H), room.reshape(-1, H))  # the fast loop
        squares = of_rows.reshape(room.shape[:-1]).sum(axis=3)
        whole = squares.sum(axis=-1)
    is_safe = ((whole > SAFE**-2) & (whole < SAFE**2)) | (whole == 0)
    if len(steps) > 1 and not is_safe.all():
        half = len(steps) // 2
        rows, given, later = _through(rows, given, end, steps[:half])
        rows, given, sooner = _through(rows, given, end - half, steps[half:])
        return rows, given, later + sooner
    found, is_small = np.sqrt(squares), (squares <= SMALL).any(axis=(1, 2, 3))
    if is_small.any():
        found[is_small] = norms(room[is_small].swapaxes(3, 4))
    piece = _Piece(slice(end - len(steps), end), room, found, decades)
    return before.reshape(rows.shape), decades, [piece]


def _projected(overlaps: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Scalar products with a whole, by the whole's own; 0 where there is none."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore", under="ignore"):
        share = overlaps.sum(axis=-1) / size**2
    return np.where(np.isfinite(share), share, 0.0)


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
