"""How the equations are run fast without being changed.

In every sum, the products of the input (``W_f @ x``), of a state's past (``U_f @ h_prev``) and the
biases are taken together as one *drive*. The input's share of all drives at all steps can be one
matrix product before the loop; the states' share is one product a step, with the recurrent matrices
stacked. NumPy's run, torch's network and the fast backward pass all follow the same plan.

It is found in the text and not written down for each cell, so it holds for a cell that nobody has
thought of yet. Drives are stacked by the function that is applied to them, as one call over gates
that lie side by side costs little more than one over a single gate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lstm_viz.cells.expressions import (
    INPUT,
    PAST,
    Binary,
    Expression,
    Name,
    Product,
    names,
    rebuilt,
    summands,
)
from lstm_viz.cells.text import VECTOR, Line

DRIVE = "@"  # the k-th drive is named "@k", which no author can write


@dataclass(frozen=True)
class Drive:
    """One sum of W @ x, U @ state_prev and biases; each part with its sign."""

    inputs: tuple[tuple[int, str], ...]
    states: tuple[tuple[int, str, str], ...]
    biases: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Together:
    """Neighbouring drives that are the whole argument of one function: applied in one go."""

    function: str
    first: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Drives in stacking order, the states they multiply, and the lines with drives named in them.

    ``lines`` are in the order of computation, those done ``together`` left out; together ones read
    nothing but drives and come first.
    """

    drives: tuple[Drive, ...]
    sources: tuple[str, ...]
    together: tuple[Together, ...]
    lines: tuple[Line, ...]

    def input_rows(self, weights: Mapping[str, Any]) -> list[Any]:
        """For each drive the matrix (H, D) that multiplies x, or None."""
        return [_total([(sign, weights[W]) for sign, W in drive.inputs]) for drive in self.drives]

    def state_rows(self, weights: Mapping[str, Any]) -> list[list[Any]]:
        """For each drive and each source the matrix (H, H) that multiplies it, or None."""
        return [
            [
                _total([(sign, weights[U]) for sign, U, state in drive.states if state == source])
                for source in self.sources
            ]
            for drive in self.drives
        ]

    def biases(self, weights: Mapping[str, Any]) -> list[Any]:
        """For each drive its constant (H,), or None."""
        return [_total([(sign, weights[b]) for sign, b in drive.biases]) for drive in self.drives]


def _total(parts: list[tuple[int, Any]]) -> Any:
    total = None
    for sign, part in parts:
        signed = part if sign > 0 else -part
        total = signed if total is None else total + signed
    return total


def plan(ordered: tuple[Line, ...], states: tuple[str, ...]) -> Plan:
    """The plan of a cell from its lines in the order of computation."""
    drives: list[Drive] = []
    lines = [Line(line.name, _with_drives(line.expression, drives)) for line in ordered]
    # A drive may be overwritten by the function's value only if no other line reads it.
    read = Counter(name for line in lines for name in names(line.expression))
    pure = {
        line.name: (line.function, line.pre.id)
        for line in lines
        if line.function
        and line.name not in states
        and isinstance(line.pre, Name)
        and line.pre.id.startswith(DRIVE)
        and read[line.pre.id] == 1
    }
    # Drives that are a function's whole argument come first, side by side by function.
    functions = list(dict.fromkeys(function for function, _ in pure.values()))
    order = [
        drive for wanted in functions for function, drive in pure.values() if function == wanted
    ]
    order += [f"{DRIVE}{k}" for k in range(len(drives)) if f"{DRIVE}{k}" not in order]
    renamed = {old: f"{DRIVE}{new}" for new, old in enumerate(order)}
    together = []
    for wanted in functions:
        gates = tuple(name for name, (function, _) in pure.items() if function == wanted)
        together.append(Together(wanted, order.index(pure[gates[0]][1]), gates))
    return Plan(
        drives=tuple(drives[int(old[len(DRIVE) :])] for old in order),
        sources=tuple(s for s in states if any(s == c for d in drives for _, _, c in d.states)),
        together=tuple(together),
        lines=tuple(
            Line(line.name, _renamed(line.expression, renamed))
            for line in lines
            if line.name not in pure
        ),
    )


def _with_drives(node: Expression, drives: list[Drive]) -> Expression:
    """The expression with each sum's products of x and of pasts replaced by one drive."""
    inputs, states, biases, rest = [], [], [], []
    for sign, term in summands(node):
        match term:
            case Product(operand=Name(id=name)) if name == INPUT:
                inputs.append((sign, term.weight))
            case Product(operand=Name(id=name)) if name.endswith(PAST):
                states.append((sign, term.weight, name[: -len(PAST)]))
            case Name(id=name) if name.startswith(VECTOR):
                biases.append((sign, name))
            case _:
                rest.append((sign, term))
    if not inputs and not states:
        return _rebuilt(node, drives)
    drive = Drive(tuple(inputs), tuple(states), tuple(biases))
    if drive not in drives:
        drives.append(drive)
    total: Expression = Name(f"{DRIVE}{drives.index(drive)}")
    for sign, term in rest:
        total = Binary("+" if sign > 0 else "-", total, _rebuilt(term, drives))
    return total


def _rebuilt(node: Expression, drives: list[Drive]) -> Expression:
    """The node itself kept, its operands searched for drives."""
    match node:
        case Binary(operator="+" | "-"):
            # A sum without drives of its own: its terms may still hold some deeper down.
            return rebuilt(node, lambda part: _rebuilt(part, drives))
        case _:
            return rebuilt(node, lambda part: _with_drives(part, drives))


def _renamed(node: Expression, new: dict[str, str]) -> Expression:
    if isinstance(node, Name):
        return Name(new.get(node.id, node.id))
    return rebuilt(node, lambda part: _renamed(part, new))
