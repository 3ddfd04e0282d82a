"""The LSTM as a set of switches, and what the gates of a cell can do to its memory.

Every switch is an edit of one or more lines, as the paper that introduced the variant says it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.derivatives import ZERO, negated, plus, times
from lstm_viz.cells.evaluation import evaluate, in_numpy, quiet
from lstm_viz.cells.expressions import (
    PAST,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    Product,
    children,
    names,
    rebuilt,
)
from lstm_viz.cells.plan import DRIVE
from lstm_viz.language import _

LEARNT, OPEN, COUPLED = "learnt", "open", "coupled"


@dataclass(frozen=True)
class Switches:
    """One setting of every switch; the default is the LSTM of today.

    A gate is ``"learnt"``, fixed ``"open"`` at 1, or (input and forget gate) ``"coupled"``: one
    minus the other, which is then learnt. Raises ValueError for a setting that is not among these.
    """

    peepholes: bool = False
    input_gate: str = LEARNT
    forget_gate: str = LEARNT
    output_gate: str = LEARNT
    candidate_tanh: bool = True
    output_tanh: bool = True
    gate_recurrence: bool = False

    def __post_init__(self) -> None:
        for gate in ("input_gate", "forget_gate", "output_gate"):
            allowed = (LEARNT, OPEN) if gate == "output_gate" else (LEARNT, OPEN, COUPLED)
            if getattr(self, gate) not in allowed:
                raise ValueError(
                    _("{gate} is {given!r}; it can be {allowed}.").format(
                        gate=gate, given=getattr(self, gate), allowed=_(" or ").join(allowed)
                    )
                )
        pair = (self.input_gate, self.forget_gate)
        if pair == (COUPLED, COUPLED):
            raise ValueError(_("The input and the forget gate cannot each be one minus the other."))
        if COUPLED in pair and OPEN in pair:
            raise ValueError(_("One minus a gate that is fixed open is shut for good."))

    @property
    def gates(self) -> dict[str, str]:
        """The setting of each gate by its letter."""
        return {"f": self.forget_gate, "i": self.input_gate, "o": self.output_gate}

    @property
    def edits(self) -> tuple[str, ...]:
        """The lines in which the cell differs from the LSTM of today."""
        lstm = CELLS["lstm"]
        return tuple(line.text for line in self.cell.lines if line.text != lstm[line.name].text)

    @property
    def cell(self) -> Cell:
        """The cell of this setting, under its catalogue name where it has one."""
        candidate = "W_c @ x + U_c @ h_prev + b_c"
        edited = CELLS["lstm"].with_(
            *(self._gate(letter) for letter in "fio"),
            f"c_tilde = tanh({candidate})" if self.candidate_tanh else f"c_tilde = {candidate}",
            "h = o * tanh(c)" if self.output_tanh else "h = o * c",
        )
        return next((cell for cell in CELLS.values() if cell == edited), edited)

    def _gate(self, letter: str) -> str:
        if self.gates[letter] == OPEN:
            return f"{letter} = 1"
        if self.gates[letter] == COUPLED:
            return f"{letter} = 1 - {'f' if letter == 'i' else 'i'}"
        terms = [f"W_{letter} @ x", f"U_{letter} @ h_prev"]
        if self.gate_recurrence:
            learnt = [other for other, setting in self.gates.items() if setting == LEARNT]
            terms += [f"R_{letter}{other} @ {other}_prev" for other in learnt]
        if self.peepholes:
            terms.append(f"p_{letter} * {'c' if letter == 'o' else 'c_prev'}")
        return f"{letter} = sigmoid({' + '.join([*terms, f'b_{letter}'])})"


def every_setting() -> list[Switches]:
    """All settings the switches allow."""
    booleans = (False, True)
    pairs = [*product((LEARNT, OPEN), repeat=2), (COUPLED, LEARNT), (LEARNT, COUPLED)]
    return [
        Switches(peepholes, i, f, o, candidate, output, recurrence)
        for peepholes, (i, f), o, candidate, output, recurrence in product(
            booleans, pairs, (LEARNT, OPEN), booleans, booleans, booleans
        )
    ]


# What memory does for each corner of (kept share, written share).
CORNERS = {"keep": (1, 0), "add": (1, 1), "erase": (0, 0), "overwrite": (0, 1)}

ENDS = (-60.0, 0.0, 60.0)  # what a drive is pushed to: sigmoid is 0, a half or 1 there
MOST_TRIED = 3**7


def reachable(cell: Cell) -> tuple[str, ...]:
    """Which rows of the gate table the cell can come arbitrarily close to.

    Every drive (a sum of matrix products and biases) behind the shares kept and written is pushed
    to both ends and to the middle, the peepholes at rest, and the shares are read off; for a cell
    with very many drives a fixed random choice of MOST_TRIED settings is. Empty for a cell that
    keeps nothing or has no candidate.
    """
    if cell.kept is None or cell.written is None:
        return ()
    shares = _shares(cell)
    found = {
        corner
        for corner, ends in CORNERS.items()
        if np.isclose(shares, ends, rtol=0, atol=1e-6).all(axis=1).any()
    }
    return tuple(corner for corner in CORNERS if corner in found)


def hides(cell: Cell) -> bool:
    """Whether the gates that show can keep the whole memory from being shown."""
    shut = dict.fromkeys(showing(cell), 0.0)
    return bool(shut) and not _made_of(cell.memory, cell, shut) & names(output_with(cell, shut))


def showing(cell: Cell) -> tuple[str, ...]:
    """The gates that show the memory and can be shut."""
    roles, ranges = cell.roles, cell.ranges
    return tuple(s for s in cell.signals if roles[s].key == "show" and ranges[s][0] == 0)


def output_with(cell: Cell, held: Mapping[str, float]) -> Expression:
    """h of a cell whose gates are held at these values: a number where nothing else is left."""
    return _with(held, cell["h"].expression)


def _with(values: Mapping[str, float], node: Expression) -> Expression:
    if isinstance(node, Name):
        return Number(values[node.id]) if node.id in values else node
    found = rebuilt(node, lambda part: _with(values, part))
    match found:
        case Number():
            return found
        case Product():
            return ZERO if found.operand == ZERO else found
        case _ if all(isinstance(part, Number) for part in children(found)):
            return Number(float(evaluate(found, {})))
        case Negative():
            return negated(found.operand)
        case Binary(operator="+"):
            return plus(found.left, found.right)
        case Binary(operator="-"):
            return plus(found.left, negated(found.right))
        case Binary(operator="*"):
            return times(found.left, found.right)
        case Binary(operator="/") if found.left == ZERO:
            return ZERO
        case _:
            return found


def _made_of(memory: str | None, cell: Cell, held: Collection[str]) -> set[str | None]:
    """The memory, and every signal of this step that has something of it while these are held."""
    made: set[str | None] = {memory}
    for line in cell.order:
        if line.name not in held and names(line.expression) & made:
            made.add(line.name)
    return made


def _shares(cell: Cell) -> np.ndarray:
    """The shares kept and written, (settings tried, 2), for settings of the drives behind them."""
    assert cell.kept is not None
    assert cell.written is not None
    plan = cell.plan
    behind = _drives_behind(cell, names(cell.kept) | names(cell.written))
    if len(ENDS) ** len(behind) <= MOST_TRIED:
        settings = list(product(ENDS, repeat=len(behind)))
        tried = np.array(settings).reshape(len(settings), len(behind))
    else:
        tried = np.random.default_rng(0).choice(ENDS, (MOST_TRIED, len(behind)))
    at_rest = np.zeros((len(tried), 1))
    values = {name: np.zeros((1, 1)) for name in cell.weight_names}
    values |= {state + PAST: at_rest + cell.initial.get(state, 0.0) for state in cell.states}
    values |= {f"{DRIVE}{k}": at_rest for k in range(len(plan.drives))}
    values |= {f"{DRIVE}{k}": tried[:, [place]] for place, k in enumerate(behind)}
    with quiet():
        for group in plan.together:
            for k, name in enumerate(group.names, start=group.first):
                values[name] = in_numpy(group.function)(values[f"{DRIVE}{k}"])
        for line in plan.lines:
            values[line.name] = evaluate(line.expression, values)
        return np.hstack([evaluate(share, values) + at_rest for share in (cell.kept, cell.written)])


def _drives_behind(cell: Cell, wanted: set[str]) -> list[int]:
    """The numbers of the drives that the wanted names depend on within one step."""
    plan = cell.plan
    of = {
        name: {f"{DRIVE}{k}"}
        for group in plan.together
        for k, name in enumerate(group.names, start=group.first)
    }
    of |= {line.name: names(line.expression) for line in plan.lines}
    found: set[str] = set()
    while wanted:
        found |= wanted
        wanted = set().union(*(of.get(name, set()) for name in wanted)) - found
    return [k for k in range(len(plan.drives)) if f"{DRIVE}{k}" in found]
