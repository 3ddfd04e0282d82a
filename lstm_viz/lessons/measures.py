"""What a lesson may ask of the run on the screen: a place in it, a number of it, one of several.

How it works. A file never holds an answer; it names what is asked, and the answer is computed from
the `Screen` when the question is put. Each possible reply carries the number that is true of *it*,
so that who was wrong reads what is the case there. A question that the run cannot answer (nothing
is held, no unit tells it) raises NothingToAsk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import CELLS
from lstm_viz.cells.symbols import plain, with_minus
from lstm_viz.gradients.memory_shares import memory_shares
from lstm_viz.language import _
from lstm_viz.lessons.lesson import Ask, Step, Text, said
from lstm_viz.lessons.screen import VALVES, NothingToAsk, Screen
from lstm_viz.networks.holding import kept_answers
from lstm_viz.rounded import percent
from lstm_viz.stage.tokens import shown
from lstm_viz.words.decay import share
from lstm_viz.words.holding import clearest, first_wrong, telling_change

WHOLE = ("answers changed", "lines")
OFFERED = 4  # replies to choose from, where the file does not say how many
_EXTREME = re.compile(r"where ([a-z]\w*) is (lowest|highest)")
_CHANGE = re.compile(r"where ([a-z]\w*) (falls|rises) most")
_MOVED = re.compile(r"(.+?) ([+-]) (\d{1,3})")
_AFTER = re.compile(r"(left|kept) ([a-z]\w*) (\d{1,3})")
_THROUGH = re.compile(r"([a-z]\w*) through (\d{1,2})")
_PARAMETERS = re.compile(r"parameters ([a-z]\w*) (\d{1,3}) (\d{1,3})")
_REACHED = re.compile(r"reached ([a-z]\w*) ([a-z]+)")
_SHARE = re.compile(r"share of ([a-z]\w*)")
_BY_HAND = re.compile(r"(c|h|kept) after (\d{1,3})")


@dataclass(frozen=True)
class Reply:
    """One of the replies to a question: what it is called, what is true of it, whether it is it."""

    label: str
    value: float
    told: str
    right: bool


@dataclass(frozen=True)
class Guess:
    """A question for a number: what it is, and how near is near enough."""

    value: float
    low: float
    high: float
    by: float
    within: float


# ---- places and numbers --------------------------------------------------------------------------


def place(screen: Screen, phrase: str) -> int:
    """The step, counted from 0, that a phrase means: ``told`` is where the page's caption points,
    ``asked`` is from there on the next step whose answer can be right or wrong; ``where f is
    lowest`` is of the unit that it points to. ``… + 1`` is one step later."""
    steps, phrase = len(screen.sequence), phrase.strip()
    if moved := _MOVED.fullmatch(phrase):
        by = int(moved[3]) * (1 if moved[2] == "+" else -1)
        return min(max(place(screen, moved[1]) + by, 0), steps - 1)
    if phrase.isdecimal() and len(phrase) < 5:
        return min(max(int(phrase), 1), steps) - 1
    named = {"told": screen.caption.t, "first": 0, "last": steps - 1}
    if phrase in named:
        return named[phrase]
    if phrase == "asked":
        return _asked(screen)
    if found := _EXTREME.fullmatch(phrase):
        values = _signal(screen, found[1])
        # The first step has no past: what is kept of nothing says nothing.
        return 1 + int((values[1:].argmin if found[2] == "lowest" else values[1:].argmax)())
    if found := _CHANGE.fullmatch(phrase):
        moves = np.diff(_signal(screen, found[1])) * (-1 if found[2] == "falls" else 1)
        return 1 + int(moves.argmax())
    raise NothingToAsk(_("{phrase!r} is no place that is known.").format(phrase=phrase[:60]))


def _asked(screen: Screen) -> int:
    right = screen.network.task.right(screen.sequence, screen.answers)
    for t in range(screen.caption.t, len(right)):
        if right[t] is not None:
            return t
    raise NothingToAsk(_("Nothing is asked after the step that the caption points to."))


def number(screen: Screen, name: str, t: int | None = None, unit: int | None = None) -> float:
    """A number of the run by its name.

    ``f`` is the signal's value at the step and unit, ``c before`` that of the step before, ``change
    of c`` how far it moved from there; ``left
    lstm 20`` what is left of a gradient 20 steps back, ``kept lstm 20`` of its keep gates alone;
    ``c after 5`` what the valves make of an empty memory in 5 steps, ``kept after 5`` of a full
    one; ``answers changed`` how many first guesses are others through what is held; ``f through 3``
    the product of f over the next three steps; ``lines`` how many a typed cell has, ``parameters
    lstm 8 16`` how many numbers a cell with 8 inputs and 16 units; ``reached lstm chrono`` what a
    finished run of this cell and start came to.
    """
    if name == "answers changed":
        before = screen.network.predictions(screen.untouched)[:, 0]
        return float((before.argmax(-1) != screen.answers.argmax(-1)).sum())
    if screen.page == "valves" and name in VALVES:
        return float(screen.names.get(name, VALVES[name]))
    if found := _BY_HAND.fullmatch(name):
        steps = max(1, int(found[2]))
        if found[1] == "kept":  # c is linear in the memory that it began with
            full, empty = (screen.by_hand(steps, memory).c[-1, 0, 0] for memory in (1.0, 0.0))
            return float(full - empty)
        return float(screen.by_hand(steps)[found[1]][-1, 0, 0])
    if found := _AFTER.fullmatch(name):
        seen, back = screen.curve(found[2]), int(found[3])
        decades = seen.mean if found[1] == "left" else seen.kept_mean
        if decades is None or back >= len(decades):
            raise NothingToAsk(_("{name!r} is not there.").format(name=name[:60]))
        return float(10.0 ** decades[back])
    if found := _PARAMETERS.fullmatch(name):
        if found[1] not in CELLS:
            raise NothingToAsk(_("There is no cell called {name}.").format(name=found[1][:40]))
        return float(CELLS[found[1]].count(int(found[2]), int(found[3])))
    if found := _REACHED.fullmatch(name):
        return screen.reached(found[1], found[2])
    if name == "lines":
        return float(len(screen.typed.lines))
    t = screen.caption.t if t is None else t
    if found := _THROUGH.fullmatch(name):
        return float(np.prod(_signal(screen, found[1], unit)[t + 1 : t + 1 + int(found[2])]))
    signal = name.removesuffix(" before")
    if signal != name and t == 0:
        raise NothingToAsk(_("There is no step before the first one."))
    return float(_signal(screen, signal, unit)[t - (signal != name)])


def _signal(screen: Screen, name: str, unit: int | None = None) -> np.ndarray:
    """(T,) numbers of one unit: of the one that the caption points to, where none is given."""
    trace = screen.trace
    if name.startswith("change of "):
        moved = np.abs(np.diff(_signal(screen, name.removeprefix("change of "), unit)))
        return np.concatenate([[0.0], moved])
    if name not in trace.cell.signals:
        raise NothingToAsk(_("{name} is no signal of this cell.").format(name=name[:60]))
    values: np.ndarray = trace[name][:, 0, screen.unit if unit is None else unit]
    return values


def _written(screen: Screen, memory: str, t: int) -> np.ndarray:
    """(t + 1,) what each step wrote of the memory that is there after step t."""
    try:
        shares = memory_shares(screen.trace, t, memory)
    except ValueError as problem:  # of another form, or no state of this cell
        raise NothingToAsk(str(problem)) from None
    values: np.ndarray = shares[: t + 1, 0, screen.unit]
    return values


def written(value: float) -> str:
    return with_minus(f"{round(value, 2) + 0.0:.2f}")


def filled(text: Text, screen: Screen, t: int | None = None) -> str:
    """A text with its braces filled: ``{word}``, ``{t}``, ``{unit}``, ``{unit name}`` of numbers.

    A number with ``%`` behind its name is written as a share: ``{left rnn 20 %}``.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1].strip()
        if name == "unit":
            return str(screen.unit)
        if name in ("word", "t", "word before"):
            at = screen.caption.t if t is None else t
            before = max(at - 1, 0)
            words = {"word": screen.tokens[at], "t": str(at + 1)}
            return words.get(name, screen.tokens[before])
        if name.endswith("%"):
            return share(float(np.log10(max(number(screen, name[:-1].strip(), t), 1e-300))))
        if name in WHOLE or _PARAMETERS.fullmatch(name):
            return f"{number(screen, name):,.0f}"
        return written(number(screen, name, t))

    return re.sub(r"\{([^{}]{1,60})\}", value, said(text))


# ---- what an address has to say ------------------------------------------------------------------


@dataclass(frozen=True)
class Condition:
    """A name of the address and what it may say: one of the texts, or a number in the range."""

    name: str
    texts: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    def holds(self, text: str) -> bool:
        if self.low is None or self.high is None:
            return text in self.texts
        try:
            return self.low <= float(text) <= self.high
        except ValueError:
            return False

    def met(self) -> str:
        """A text that meets it."""
        if self.low is None or self.high is None:
            return self.texts[0]
        return f"{(self.low + self.high) / 2:.6g}"


_RANGE = re.compile(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)")


def condition(screen: Screen, name: str, wanted: str) -> Condition:
    """What has to be said under this name: ``0.4 to 0.6``, a place, or the text itself."""
    if found := _RANGE.fullmatch(wanted):
        return Condition(name, (), float(found[1]), float(found[2]))
    return Condition(name, (addressed(screen, name, wanted),))


def addressed(screen: Screen, name: str, wanted: str) -> str:
    """What the address says for a name: a place becomes a step, ``told`` for the unit a unit, and
    braces in any text are the step and the unit that the page's caption points to."""
    if name == "t":
        return str(place(screen, wanted) + 1)
    if name == "unit" and wanted == "told":
        return str(screen.unit)
    if "{" in wanted:
        return wanted.format_map({"t": str(screen.caption.t + 1), "unit": str(screen.unit)})
    return wanted


def opened(page: str, scene: Mapping[str, str]) -> dict[str, str]:
    """What the address of a scene says, its places resolved."""
    plainly = {name: text for name, text in scene.items() if name not in ("t", "unit")}
    screen = Screen(page, {n: text for n, text in plainly.items() if "{" not in text})
    return {name: addressed(screen, name, text) for name, text in scene.items()}


def scene_of(step: Step) -> dict[str, str]:
    """The address that a step opens, in the language being spoken."""
    return opened(step.page, {name: said(text) for name, text in step.scene.items()})


# ---- one of several ------------------------------------------------------------------------------


def replies(screen: Screen, ask: Ask, t: int) -> tuple[Reply, ...] | Guess:
    """What can be replied to a question, and what is true of each; or the number that is asked."""
    if ask.kind == "number":
        says = ask.says
        span = float(says["high"]) - float(says["low"])
        return Guess(
            number(screen, says["of"], t),
            float(says["low"]),
            float(says["high"]),
            float(says.get("by", span / 100)),
            float(says["within"]),
        )
    return _KINDS[ask.kind](screen, ask, t)


def _called(name: str) -> str:
    """A signal as a sentence has it; its change is ``|Δc|``."""
    if part := _SHARE.fullmatch(name):
        memory = plain(part[1]).removesuffix("ₜ")
        return _("the written part of {memory}").format(memory=memory)
    signal = plain(name.removeprefix("change of ")).removesuffix("ₜ")
    return f"|Δ{signal}|" if name.startswith("change of ") else signal


def _words(screen: Screen, ask: Ask, t: int) -> tuple[Reply, ...]:
    """Some words of the sequence, in its order; each is told the signal's value there."""
    part = _SHARE.fullmatch(ask.says["of"])
    values = _written(screen, part[1], t) if part else _signal(screen, ask.says["of"])
    order = np.argsort(values[1:] * (1 if ask.says["is"] == "lowest" else -1), kind="stable") + 1
    count = min(int(ask.says.get("count", OFFERED)), len(order))
    # The one that is asked for, and others from all over the order: none is the next to it.
    others = order[np.linspace(len(order) // 3, len(order) - 1, count - 1).astype(int)]
    chosen = sorted({int(order[0]), *map(int, others)})
    return tuple(
        Reply(
            _("“{word}” (step {t})").format(word=screen.tokens[at], t=at + 1),
            float(values[at]),
            _("At “{word}” {signal} of unit {unit} is {value}.").format(
                word=screen.tokens[at],
                signal=_called(ask.says["of"]),
                unit=screen.unit,
                value=written(float(values[at])),
            ),
            at == int(order[0]),
        )
        for at in chosen
    )


def _signals(screen: Screen, ask: Ask, t: int) -> tuple[Reply, ...]:
    """Signals at one step of the unit."""
    names = ask.says["among"]
    values = {name: number(screen, name, t) for name in names}
    right = (min if ask.says["is"] == "lowest" else max)(values, key=values.__getitem__)
    roles = screen.trace.cell.roles
    return tuple(
        Reply(
            f"{plain(name).removesuffix('ₜ')} · {_(roles[name].name)}",
            value,
            _("{signal} is {value} here.").format(
                signal=plain(name).removesuffix("ₜ"), value=written(value)
            ),
            name == right,
        )
        for name, value in values.items()
    )


def _units(screen: Screen, ask: Ask, t: int) -> tuple[Reply, ...]:
    """Units, each held where what is remembered changes: what then becomes of the right answer."""
    network, sequence = screen.network, screen.sequence
    held = clearest(network, sequence)
    change = telling_change(network, sequence, held) if held else None
    wrong = first_wrong(network, sequence, change, held.unit) if held and change else None
    if held is None or change is None or wrong is None:
        raise NothingToAsk(_("No unit alone holds it here; open the scene again."))
    count = min(int(ask.says.get("count", OFFERED)), network.hidden)
    units = [held.unit]
    units += [unit for unit in range(network.hidden) if unit != held.unit][
        :: max(1, (network.hidden - 1) // (count - 1))
    ][: count - 1]
    column = list(network.task.choices or ()).index(wrong.was)
    found = []
    for unit in sorted(units):
        _before, after = kept_answers(network, sequence, change, unit)
        p = float(after[wrong.step, column])
        found.append((unit, p))
    lowest = min(p for _unit, p in found)
    return tuple(
        Reply(
            _("unit {unit}").format(unit=unit),
            p,
            _("With the memory of unit {unit} kept at “{word}”, “{answer}” gets {share}.").format(
                unit=unit,
                word=screen.tokens[change.last],
                answer=shown(wrong.was),
                share=percent(p, 1),
            ),
            p == lowest,
        )
        for unit, p in found
    )


def _answers(screen: Screen, ask: Ask, t: int) -> tuple[Reply, ...]:
    """What the network holds likeliest to come next, in the order of the alphabet."""
    choices = screen.network.task.choices
    if choices is None:
        raise NothingToAsk(_("The answers of this task are numbers."))
    p = screen.answers[t]
    likeliest = [int(k) for k in np.argsort(-p, kind="stable")[: int(ask.says.get("count", 3))]]
    return tuple(
        Reply(
            f"“{shown(choices[k])}”",
            float(p[k]),
            _("“{answer}” gets {share}.").format(
                answer=shown(choices[k]), share=percent(float(p[k]), 1)
            ),
            k == likeliest[0],
        )
        for k in sorted(likeliest, key=lambda k: choices[k])
    )


def _cells(screen: Screen, ask: Ask, t: int) -> tuple[Reply, ...]:
    """Cells, each with what is left of its gradient so many steps back."""
    back = int(ask.says["after"])
    values = {name: number(screen, f"left {name} {back}") for name in ask.says["among"]}
    right = (min if ask.says["is"] == "lowest" else max)(values, key=values.__getitem__)
    return tuple(
        Reply(
            _(CELLS[name].title),
            value,
            _("{cell}: {share} is left {back} steps back.").format(
                cell=_(CELLS[name].title),
                share=share(float(np.log10(max(value, 1e-300)))),
                back=back,
            ),
            name == right,
        )
        for name, value in values.items()
    )


_KINDS: Mapping[str, Callable[[Screen, Ask, int], tuple[Reply, ...]]] = {
    "word": _words,
    "signal": _signals,
    "unit": _units,
    "answer": _answers,
    "cell": _cells,
}
