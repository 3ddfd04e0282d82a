"""How much of one step's derivative each of its paths makes up, unit by unit.

A path is rows of a matrix: a diagonal, and pieces ``diag(scale) M diag(slope)`` with the same M at
every step. The scalar products of such rows, at all steps at once, are products of matrices with
``M * M'``; the rows themselves need not be multiplied out, which would take H times as much memory
and time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.gradients.jacobians import Block


@dataclass(frozen=True, eq=False)
class Piece:
    """``diag(scale) matrix diag(slope)``: scale and slope are (T, B, H), a slope of None is 1."""

    scale: np.ndarray
    matrix: np.ndarray
    slope: np.ndarray | None

    @property
    def diagonal(self) -> np.ndarray:
        found: np.ndarray = self.scale * np.diagonal(self.matrix)
        if self.slope is not None:
            found = found * self.slope
        return found


@dataclass(frozen=True, eq=False)
class Path:
    """The diagonal, (T, B, H), and the pieces of a path's matrices."""

    units: np.ndarray
    pieces: Sequence[Piece]


def path_of(block: Block) -> Path | None:
    """The block as a path; None where a matrix acts on what another one gave."""
    pieces = []
    for scale, matrix, inner in block.terms:
        if inner is not None and inner.terms:
            return None
        pieces.append(Piece(scale, matrix, None if inner is None else inner.units))
    return Path(block.units, pieces)


def after(path: Path, slope: np.ndarray) -> Path:
    """The path followed by a diagonal."""
    pieces = [
        Piece(one.scale, one.matrix, slope if one.slope is None else one.slope * slope)
        for one in path.pieces
    ]
    return Path(path.units * slope, pieces)


def together(paths: Sequence[Path], shape: tuple[int, ...]) -> Path:
    """Their sum."""
    units = sum((path.units for path in paths), start=np.zeros(shape))
    return Path(units, [piece for path in paths for piece in path.pieces])


def shares(paths: Mapping[str, Path], shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Each path's rows projected on the rows of their sum, (T, B, H); NaN where that is 0."""
    whole = together(list(paths.values()), shape)
    found = {name: _overlap(path, whole) for name, path in paths.items()}
    size = sum(found.values(), start=np.zeros(shape))
    with np.errstate(invalid="ignore", divide="ignore"):
        return {name: overlap / size for name, overlap in found.items()}


def _overlap(path: Path, whole: Path) -> np.ndarray:
    """The scalar product of each row of one with the same row of the other, (T, B, H)."""
    found: np.ndarray = path.units * whole.units
    for piece in whole.pieces:
        found = found + path.units * piece.diagonal
    for piece in path.pieces:
        found = found + whole.units * piece.diagonal
        for other in whole.pieces:
            found = found + piece.scale * other.scale * _products(piece, other)
    return found


def _products(one: Piece, other: Piece) -> np.ndarray:
    """The rows of both, without their scales, multiplied; (T, B, H), or (H,) at every step."""
    both: np.ndarray = one.matrix * other.matrix
    slopes = [piece.slope for piece in (one, other) if piece.slope is not None]
    if not slopes:
        found: np.ndarray = both.sum(axis=1)
    else:
        found = np.prod(slopes, axis=0) @ both.T if len(slopes) > 1 else slopes[0] @ both.T
    return found
