"""How many parameters a cell has, as the formula that a textbook prints."""

from __future__ import annotations

from lstm_viz.cells import Cell
from lstm_viz.cells.text import MATRIX_OF_INPUT, MATRIX_OF_STATE

BIAS = "b_"


def formula(cell: Cell) -> str:
    """The number of parameters for D inputs and H units: ``"4H(D + H + 1) + 3H"``.

    Each letter with a ``W_``, a ``U_`` and a ``b_`` is one H(D + H + 1); what is left over follows.
    """
    whole, matrices_of_x, matrices_of_h, vectors = _parts(cell)
    return (
        " + ".join(
            _times(number, of)
            for number, of in (
                (whole, "H(D + H + 1)"),
                (matrices_of_x, "HD"),
                (matrices_of_h, "H²"),
                (vectors, "H"),
            )
            if number
        )
        or "0"
    )


def reckoned(cell: Cell, D: int, H: int) -> str:
    """The formula with its numbers: ``"4·16(8 + 16 + 1) + 3·16 = 1648"``."""
    whole, matrices_of_x, matrices_of_h, vectors = _parts(cell)
    parts = [
        _product(number, of)
        for number, of in (
            (whole, f"{H}({D} + {H} + 1)"),
            (matrices_of_x, f"{H}·{D}"),
            (matrices_of_h, f"{H}²"),
            (vectors, f"{H}"),
        )
        if number
    ]
    return f"{' + '.join(parts) or '0'} = {cell.count(D, H)}"


def _parts(cell: Cell) -> tuple[int, int, int, int]:
    """Complete letters, and the W, the U or R, and the vectors that are left."""
    of_x = [name for name in cell.weight_names if name.startswith(MATRIX_OF_INPUT)]
    of_h = [name for name in cell.weight_names if name.startswith(MATRIX_OF_STATE)]
    vectors = len(cell.weight_names) - len(of_x) - len(of_h)
    names = set(cell.weight_names)
    whole = sum({MATRIX_OF_STATE[0] + W[2:], BIAS + W[2:]} <= names for W in of_x)
    return whole, len(of_x) - whole, len(of_h) - whole, vectors - whole


def _times(number: int, of: str) -> str:
    return of if number == 1 else f"{number}{of}"


def _product(number: int, of: str) -> str:
    return of if number == 1 else f"{number}·{of}"
