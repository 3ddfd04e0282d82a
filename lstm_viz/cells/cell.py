"""A cell is its equations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import TypedDict

from lstm_viz.cells.expressions import PAST, Expression
from lstm_viz.cells.plan import Plan, plan
from lstm_viz.cells.roles import CELL_STATE, ROLES, Role, infer, ranges, share
from lstm_viz.cells.text import (
    MATRIX_OF_INPUT,
    MATRIX_OF_STATE,
    Line,
    in_order,
    parse,
    parse_expression,
    read_lines,
    states_of,
    weights_of,
)
from lstm_viz.language import _


class Description(TypedDict):
    """What a cell is told besides its text."""

    initial: Mapping[str, float]
    name: str
    title: str
    sentence: str
    source: str
    traps: Iterable[str]
    roles: Mapping[str, str]


class Cell:
    """A recurrent cell, from the equations a textbook prints.

    ``equations`` is one equation a line in Python syntax; ``NAME_prev`` is last step's value.
    ``initial`` gives states that do not start at 0. ``name``, ``title``, ``sentence``, ``source``
    and ``traps`` say what it is and where it comes from; ``roles`` corrects what each signal is
    read to do. Two cells are equal when their equations and initial values are.

    Raises EquationError, a ValueError, for a text that is no cell; ValueError for the rest.
    """

    def __init__(
        self,
        equations: str,
        *,
        initial: Mapping[str, float] | None = None,
        name: str = "",
        title: str = "",
        sentence: str = "",
        source: str = "",
        traps: Iterable[str] = (),
        roles: Mapping[str, str] | None = None,
    ):
        self.lines: tuple[Line, ...] = parse(equations)
        self.text = "\n".join(line.text for line in self.lines)
        self.order = in_order(self.lines)
        self.signals = tuple(line.name for line in self.lines)
        self.states = states_of(self.lines)
        self.initial = self._checked_initial(initial or {})
        self.name, self.title, self.sentence, self.source = name, title, sentence, source
        self.traps = tuple(traps)
        self._roles = dict(roles or {})

    def _checked_initial(self, initial: Mapping[str, float]) -> dict[str, float]:
        for state, value in initial.items():
            if state not in self.states:
                raise ValueError(
                    _(
                        "initial names {state}, which is no state of this cell; its states are "
                        "{states}."
                    ).format(state=state, states=_(", ").join(self.states) or _("none"))
                )
            if not abs(float(value)) < 1e6:
                raise ValueError(
                    _("The initial value of {state} is {value}; give a number.").format(
                        state=state, value=value
                    )
                )
        return {state: float(value) for state, value in initial.items() if float(value)}

    def __setattr__(self, name: str, value: object) -> None:
        if "_roles" in self.__dict__:
            raise AttributeError(_("A cell does not change; with_() makes another."))
        super().__setattr__(name, value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cell):
            return NotImplemented
        return (self.text, self.initial) == (other.text, other.initial)

    def __hash__(self) -> int:
        return hash((self.text, tuple(sorted(self.initial.items()))))

    def __repr__(self) -> str:
        return f"Cell({self.name!r})" if self.name else f"Cell({self.text!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return _remade, (self.text, self._description())

    def _description(self) -> Description:
        return {
            "initial": self.initial,
            "name": self.name,
            "title": self.title,
            "sentence": self.sentence,
            "source": self.source,
            "traps": self.traps,
            "roles": self._roles,
        }

    def __getitem__(self, signal: str) -> Line:
        """The line that assigns ``signal``."""
        for line in self.lines:
            if line.name == signal:
                return line
        raise KeyError(
            _("{signal}: the signals of this cell are {signals}").format(
                signal=signal, signals=_(", ").join(self.signals)
            )
        )

    def with_(self, *equations: str) -> Cell:
        """The same cell with the lines of these names replaced; a new name is added at the end.

        States that no longer occur lose their initial value. Roles are read again.
        """
        changed = {line.name: line for equation in equations for line in read_lines(equation)}
        texts = [changed.pop(line.name, line).text for line in self.lines]
        texts += [line.text for line in changed.values()]
        lines = parse("\n".join(texts))
        kept = {name: value for name, value in self.initial.items() if name in states_of(lines)}
        return Cell("\n".join(texts), initial=kept)

    @cached_property
    def plan(self) -> Plan:
        """How to run it: which products are done before the loop, which are stacked."""
        return plan(self.order, self.states)

    @cached_property
    def roles(self) -> dict[str, Role]:
        """What each signal does: keep, write, show, reset, candidate, memory, output, other."""
        found = infer(self.order, self.states) | self._roles
        return {signal: ROLES[found[signal]] for signal in self.signals}

    @cached_property
    def memory(self) -> str | None:
        """The state that is kept from step to step (``c``; ``h`` in a GRU), None in a plain RNN."""
        return next((name for name, role in self.roles.items() if role.key == "memory"), None)

    def called(self, signal: str) -> str:
        """What a signal is called, to be translated: its role's name, and a state's own."""
        role = self.roles[signal]
        return CELL_STATE if role is ROLES["memory"] and signal != "h" else role.name

    @cached_property
    def kept(self) -> Expression | None:
        """What multiplies the memory's past in its own line (``f``, ``1 - z``); None if nothing."""
        return share(self[self.memory], self.memory + PAST) if self.memory else None

    @cached_property
    def written(self) -> Expression | None:
        """What multiplies the candidate in the memory's line (``i``, ``1 - z``), or None."""
        candidates = [name for name, role in self.roles.items() if role.key == "candidate"]
        if not self.memory or not candidates:
            return None
        return share(self[self.memory], candidates[0])

    @cached_property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """For each signal the range that its equation guarantees; infinite where it does not."""
        return ranges(self.order)

    @cached_property
    def weight_names(self) -> tuple[str, ...]:
        """The weights in the order in which the text first mentions them."""
        return weights_of(self.lines)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name an expression over this cell may read."""
        pasts = {state + PAST for state in self.states}
        return frozenset({*self.signals, *pasts, *self.weight_names})

    def expression(self, text: str) -> Expression:
        """The expression of a text over this cell's names, checked like an equation.

        Raises EquationError.
        """
        return _expression(text, self.names)

    def weight_shapes(self, D: int, H: int) -> dict[str, tuple[int, ...]]:
        """Name -> shape: W_* (H, D), U_* and R_* (H, H), p_*, b_* and d_* (H,)."""
        return {name: _shape(name, D, H) for name in self.weight_names}

    def count(self, D: int, H: int) -> int:
        """The number of parameters with D inputs and H units."""
        sizes = {W: H * D for W in self.weight_names if W.startswith(MATRIX_OF_INPUT)}
        sizes |= {U: H * H for U in self.weight_names if U.startswith(MATRIX_OF_STATE)}
        return sum(sizes.get(name, H) for name in self.weight_names)


@lru_cache(maxsize=4096)  # a payload asks for the same thirty again and again
def _expression(text: str, names: frozenset[str]) -> Expression:
    return parse_expression(text, {*names, "x"})


def _remade(text: str, description: Description) -> Cell:
    return Cell(text, **description)


def _shape(name: str, D: int, H: int) -> tuple[int, ...]:
    if name.startswith(MATRIX_OF_INPUT):
        return (H, D)
    return (H, H) if name.startswith(MATRIX_OF_STATE) else (H,)
