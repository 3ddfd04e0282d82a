"""The same cell as others write it: PyTorch, Keras, and Colah's drawings.

Each notation renames the equations and says where a gate's weights lie in what the library stores.
The orders of the stacks are those of ``packing``; nothing here repeats them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.expressions import (
    INPUT,
    PAST,
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Product,
    rebuilt,
    summands,
    walk,
)
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.text import Line
from lstm_viz.language import N_
from lstm_viz.networks.gate_order import KERAS, ONNX, TORCH

# The letters of the weights that a layer of each kind may have.
_GATES = {"LSTM": {"i", "f", "o", "c"}, "GRU": {"r", "z", "h"}, "RNN": {"h"}}


@dataclass(frozen=True)
class Notation:
    """One way to write cells. ``letters`` says what our signals are called there, by kind.

    ``orders`` are the stacking orders of the library, empty where nothing is stored; ``stacks``
    names the two stacked matrices, ``along`` says whether gates are rows or columns of them.
    ``weights`` says how our W, U, b and d of a letter are written where they are written otherwise,
    b and d where each gate has two biases; ``pairs``, that one matrix reads past and input as one.
    """

    key: str
    title: str
    letters: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, str]
    orders: Mapping[str, str] = field(default_factory=dict)
    stacks: str = ""
    along: str = ""
    weights: Mapping[str, str] = field(default_factory=dict)
    pairs: bool = False


OURS = Notation(
    "ours",
    N_("This project"),
    letters={},
    notes={
        "LSTM": N_("One bias a gate. W stands before the input, U before the past."),
        "GRU": N_("z = 1 keeps. d_h is the bias inside the reset."),
        "RNN": N_("One bias. W stands before the input, U before the past."),
    },
)
PYTORCH = Notation(
    "pytorch",
    N_("PyTorch"),
    letters={"LSTM": {"c_tilde": "g"}, "GRU": {"h_tilde": "n"}, "RNN": {}},
    notes={
        "LSTM": N_("Two biases a gate; only their sum matters. The candidate is called g."),
        "GRU": N_("z = 1 keeps. Two biases; only the candidate's two are not redundant."),
        "RNN": N_("Two biases; only their sum matters."),
    },
    orders=TORCH,
    stacks="weight_ih_l0, weight_hh_l0",
    along=N_("rows"),
    weights={"W": "W_i{}", "U": "W_h{}", "b": "b_i{}", "d": "b_h{}"},
)
KERAS_LAYERS = Notation(
    "keras",
    N_("Keras"),
    letters={},
    notes={
        "LSTM": N_(
            "One bias; the matrices are stored transposed, so a gate is a block of columns."
        ),
        "GRU": N_("z = 1 keeps. With reset_after=True, the default, there are two biases."),
        "RNN": N_("One bias; the matrices are stored transposed."),
    },
    orders=KERAS,
    stacks="kernel, recurrent_kernel",
    along=N_("columns"),
)
ONNX_OPERATORS = Notation(
    "onnx",
    N_("ONNX"),
    letters={},
    notes={
        "LSTM": N_("Two biases. Peepholes are stored as well, in the order i, o, f."),
        "GRU": N_("z = 1 keeps. The reset comes before the product unless linear_before_reset=1."),
        "RNN": N_("Two biases."),
    },
    orders=ONNX,
    stacks="W, R",
    along=N_("rows"),
    weights={"W": "W_{}", "U": "R_{}", "b": "b_W{}", "d": "b_R{}"},
)
COLAH = Notation(
    "colah",
    N_("Colah’s drawings"),
    letters={"LSTM": {"c": "C", "c_tilde": "C_tilde"}, "GRU": {}, "RNN": {}},
    notes={
        "LSTM": N_(
            "One matrix reads the past and the input side by side. The memory is a capital C."
        ),
        "GRU": N_(
            "z = 1 overwrites, the opposite of PyTorch and Keras, and the reset comes before the "
            "matrix: another function, not only other letters."
        ),
        "RNN": N_("One matrix reads the past and the input side by side."),
    },
    weights={"W": "W_{}", "b": "b_{}"},
    pairs=True,
)

NOTATIONS = {n.key: n for n in (OURS, PYTORCH, KERAS_LAYERS, ONNX_OPERATORS, COLAH)}


def kind_of(cell: Cell) -> str | None:
    """ "LSTM", "GRU" or "RNN" for a cell made of the gates of that layer, else None.

    An edited LSTM is still one, so that its lines can be shown in every notation.
    """
    letters = {name.split("_", 1)[1] for name in cell.weight_names if name.startswith("W_")}
    for kind, catalogued in (("LSTM", "lstm"), ("GRU", "gru"), ("RNN", "rnn")):
        if cell.signals == CELLS[catalogued].signals and letters <= _GATES[kind]:
            return kind
    return None


def names_in(cell: Cell, notation: Notation) -> dict[str, tuple[str, ...]]:
    """What the notation calls each name of the cell that it calls otherwise.

    More than one name where it keeps apart what we add up, as PyTorch does its two biases. Nothing
    for a cell of no known kind. Both halves of Colah's one matrix before a pair have its name.
    """
    kind = kind_of(cell)
    if kind is None or notation is OURS:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for ours, theirs in notation.letters.get(kind, {}).items():
        if ours in cell.signals:
            found |= {ours: (theirs,), ours + PAST: (theirs + PAST,)}
    for weight, written in _weights(cell, kind, notation).items():
        found[weight] = tuple(n.id for n in walk(written) if isinstance(n, Name))
    if notation.pairs:
        nodes = [node for line in paired(cell) for node in walk(line.expression)]
        apart = {node.weight for node in nodes if isinstance(node, Product)}
        for weight in cell.weight_names:
            if weight.startswith("U_") and weight not in apart:
                ours = f"W_{weight[2:]}"
                found[weight] = found.get(ours, (ours,))
    return found


def pairs_up(cell: Cell, notation: Notation) -> bool:
    """Whether the notation writes one matrix before the past and the input of this cell."""
    return notation.pairs and kind_of(cell) is not None


def paired(cell: Cell) -> tuple[Line, ...]:
    """The cell's lines in our letters, with one matrix before the input and the past as a pair.

    To be typeset, not run, as those of ``lines_in``.
    """
    return tuple(
        Line(line.name, _written(line.expression, {}, {}, join=True)) for line in cell.lines
    )


def lines_in(cell: Cell, notation: Notation) -> tuple[Line, ...]:
    """The cell's lines as this notation writes them; its own lines where it is of no known kind.

    They are to be typeset, not run: two biases and a matrix before a pair are no cell of ours.
    """
    kind = kind_of(cell)
    if kind is None or notation is OURS:
        return cell.lines
    letters = notation.letters.get(kind, {})
    if notation is COLAH and kind == "GRU":
        cell = cell.with_(*_COLAHS_GRU)
    weights = _weights(cell, kind, notation)
    return tuple(
        Line(
            letters.get(line.name, line.name),
            _written(line.expression, letters, weights, notation.pairs),
        )
        for line in cell.lines
    )


_COLAHS_GRU = (
    "h_tilde = tanh(W_h @ x + U_h @ (r * h_prev) + b_h)",
    "h = (1 - z) * h_prev + z * h_tilde",
)


def _weights(cell: Cell, kind: str, notation: Notation) -> dict[str, Expression]:
    """Their name, or the two names that are added, for each of our weights that they call so."""
    letters = notation.letters.get(kind, {})
    found: dict[str, Expression] = {}
    for weight in cell.weight_names:
        letter = letters.get(f"{weight[2:]}_tilde", weight[2:]).removesuffix("_tilde")
        theirs = {ours: Name(name.format(letter)) for ours, name in notation.weights.items()}
        is_whole = weight[0] == "b" and f"d_{weight[2:]}" not in cell.weight_names
        if is_whole and "d" in theirs:
            found[weight] = Binary("+", theirs["b"], theirs["d"])
        elif weight[0] in theirs:
            found[weight] = theirs[weight[0]]
    return found


def _written(
    node: Expression, letters: Mapping[str, str], weights: Mapping[str, Expression], join: bool
) -> Expression:
    def again(part: Expression) -> Expression:
        return _written(part, letters, weights, join)

    match node:
        case Binary(operator="+" | "-"):
            joined = (_joined(node) if join else None) or node
            return _sum([(sign, again(term)) for sign, term in summands(joined)])
        case Product():
            matrix = weights.get(node.weight)
            weight = matrix.id if isinstance(matrix, Name) else node.weight
            return Product(weight, again(node.operand))
        case Name(id=name) if name in weights:
            return weights[name]
        case Name(id=name):
            past = PAST if name.endswith(PAST) else ""
            base = name.removesuffix(PAST)
            return Name(letters.get(base, base) + past)
        case _:
            return rebuilt(node, again)


def _sum(terms: list[tuple[int, Expression]]) -> Expression:
    """The terms added up from the left, those that are sums themselves without parentheses."""
    flat = [(sign * inner, part) for sign, term in terms for inner, part in summands(term)]
    total = flat[0][1] if flat[0][0] > 0 else Negative(flat[0][1])
    for sign, term in flat[1:]:
        total = Binary("+" if sign > 0 else "-", total, term)
    return total


def _joined(node: Binary) -> Expression | None:
    """The sum with ``W_f @ x + U_f @ h_prev`` as one matrix before both; None where there is none.

    A matrix before a pair is a ``Product`` whose operand is a call without a name.
    """
    terms = summands(node)
    of_x = {
        term.weight[2:]: place
        for place, (_, term) in enumerate(terms)
        if isinstance(term, Product) and term.operand == Name(INPUT)
    }
    of_past = {
        term.weight[2:]: place
        for place, (_, term) in enumerate(terms)
        if isinstance(term, Product) and term.weight.startswith("U_")
    }
    pairs = {of_x[letter]: of_past[letter] for letter in of_x if letter in of_past}
    if not pairs:
        return None
    found: list[tuple[int, Expression]] = []
    for place, (sign, term) in enumerate(terms):
        if place in pairs.values():
            continue
        if place in pairs and isinstance(term, Product):
            past = terms[pairs[place]][1]
            assert isinstance(past, Product)
            term = Product(term.weight, Apply("", (past.operand, Name(INPUT))))
        found.append((sign, term))
    return _sum(found)


@dataclass(frozen=True)
class Place:
    """One gate in one notation: what it is called, and which rows or columns it fills (or none)."""

    letter: str
    block: slice | None = None


@dataclass(frozen=True)
class Gate:
    """One row of the notation table: a signal with weights of its own, as each notation has it."""

    signal: str
    letter: str
    places: Mapping[str, Place]


def gates_of(cell: Cell, H: int) -> tuple[Gate, ...]:
    """The notation table for H units: one row for each signal that has weights of its own."""
    kind = kind_of(cell)
    if kind is None:
        return ()
    gates = []
    for line in cell.lines:
        letter = {"c_tilde": "c", "h_tilde": "h"}.get(line.name, line.name)
        if not any(
            isinstance(n, Product) and n.weight == f"W_{letter}" for n in walk(line.expression)
        ):
            continue
        places = {}
        for notation in NOTATIONS.values():
            name = notation.letters.get(kind, {}).get(line.name, line.name)
            position = notation.orders.get(kind, "").find(letter)
            if notation.orders:
                places[notation.key] = Place(plain(name), slice(position * H, (position + 1) * H))
            else:
                places[notation.key] = Place(plain(name))
        gates.append(Gate(line.name, letter, places))
    return tuple(gates)
