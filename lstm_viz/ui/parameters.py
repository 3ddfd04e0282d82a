"""The one table of all that an address can say, and how each kind of value is written there.

`PARAMETERS` is the table: a row is a name in the address, the pages that know it, its type with
what is allowed, and what it is without being named. A new control that changes what is seen is a
row here and one call of a control (ui/controls.py); ui/address.py reads and writes the address by
the table. What moves without Python, such as the step and the unit, has rows too: `in_browser`. The
browser writes them (browser/state/address.js and, what is chosen there, looks.js), and gets their
names from here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from lstm_viz.cells.text import MAX_CHARACTERS

Texts: TypeAlias = tuple[str, ...]  # what the address says of one name; () where it says nothing
MOST = 64  # values of one name
LONGEST_NAME = 60
LONGEST_TEXT = 2000  # of a text that someone typed; browsers and chats cut longer addresses


@dataclass(frozen=True)
class One:
    """One of the short names that the control offers."""

    longest: int = LONGEST_NAME


@dataclass(frozen=True)
class Some:
    """Some of the short names that the control offers, each by itself or with commas between."""

    longest: int = MAX_CHARACTERS
    comma: bool = False


@dataclass(frozen=True)
class Whole:
    """A whole number; the control says in which bounds."""

    longest: int = 7


@dataclass(frozen=True)
class Real:
    """A finite number; the control says in which bounds."""

    longest: int = 24


@dataclass(frozen=True)
class Switch:
    """On or off: 1 or 0."""

    longest: int = 5


@dataclass(frozen=True)
class Words:
    """A text."""

    longest: int = LONGEST_TEXT


Kind: TypeAlias = One | Some | Whole | Real | Switch | Words


@dataclass(frozen=True)
class Parameter:
    """A row: ``default`` is None where it depends on what else is chosen, and the control says it.

    ``in_browser`` is the part that it plays in the browser, "" for what Python reads and writes.
    """

    name: str
    pages: Texts
    kind: Kind
    default: Any = None
    in_browser: str = ""

    @property
    def key(self) -> str:
        """What its widget is called: pages that share a row share what was chosen."""
        alone = sum(other.name == self.name for other in PARAMETERS) == 1
        return self.name if alone else f"{self.name} on {self.pages[0]}"


EVERY_PAGE: Texts = ()
READS = ("stage", "what_if", "variants", "own_cell", "backprop")

LOOKED_AT = ("stage", "own_cell", "backprop", "model", "train")
MOVING = (*READS, "layers", "gradients", "model", "train")

PARAMETERS: tuple[Parameter, ...] = (
    Parameter("lang", EVERY_PAGE, One()),
    Parameter("lesson", EVERY_PAGE, One(), ""),
    # What is written on a link, and which controls are locked or hidden there (lesson_link.py)
    Parameter("title", EVERY_PAGE, Words(80), ""),
    Parameter("note", EVERY_PAGE, Words(600), ""),
    Parameter("question", EVERY_PAGE, Words(300), ""),
    Parameter("lock", EVERY_PAGE, Words(), ""),
    Parameter("hide", EVERY_PAGE, Words(), ""),
    # What is read, and by whom
    Parameter("task", (*READS, "scores"), One()),
    Parameter("cell", ("stage", "what_if", "backprop"), One(), "lstm"),
    Parameter("sequence", READS, One(), "1"),
    Parameter("text", READS, Words()),
    Parameter("t", MOVING, Whole(), in_browser="step"),
    Parameter("unit", (*READS, "model", "train"), Whole(), in_browser="unit"),
    # The network writes
    Parameter("write", ("stage",), Whole(), 0),
    Parameter("from", ("stage", "train"), Whole()),
    Parameter("temperature", ("stage", "train"), Real(), 1.0),
    Parameter("top_k", ("stage",), Whole(), 0),
    Parameter("top_p", ("stage",), Real(), 1.0),
    Parameter("seed", ("stage",), Whole(), 0),
    Parameter("held", ("stage",), One(), "nothing"),
    Parameter("held_at", ("stage",), Real(), 0.0),
    # It forecasts
    Parameter("forecast", ("stage",), Switch(), 0),
    Parameter("ahead", ("stage", "train"), Whole()),
    Parameter("period", ("stage", "train"), Whole()),
    Parameter("fan", ("stage", "train"), Whole(), 0),
    # Where else it behaves so
    Parameter("like", ("stage",), Whole(), 0),
    Parameter("of", ("stage",), One(), "h"),
    Parameter("span", ("stage",), Whole(), 1),
    Parameter("over", ("stage",), Real(), 0.3),
    Parameter("among", ("stage",), One(), "unseen"),
    # How it is looked at there
    Parameter("order", LOOKED_AT, One(), in_browser="order"),
    Parameter("rows", LOOKED_AT, One(), in_browser="scale"),
    Parameter("line", (*LOOKED_AT, "what_if", "variants"), One(), in_browser="line"),
    Parameter("line_right", ("what_if", "variants", "train"), One(), in_browser="line_right"),
    Parameter("open", ("stage", "own_cell", "model", "train"), One(), in_browser="open"),
    Parameter("answer", ("stage", "own_cell", "model", "train"), Whole(), in_browser="answer"),
    Parameter("phase", LOOKED_AT, Whole(), in_browser="phase"),
    Parameter("speed", MOVING, Real(), in_browser="speed"),
    Parameter("picture", ("variants", "train"), One(), in_browser="picture"),
    Parameter("width", ("backprop", "gradients"), One(), in_browser="width"),
    Parameter("view", ("layers",), One(), in_browser="view"),
    Parameter("asked", ("layers",), Whole(), in_browser="asked"),
    # What if?
    Parameter("hold", ("what_if",), Words()),
    Parameter("drag", ("what_if",), One(), "shut"),
    Parameter("value", ("what_if",), Real(), 0.5),
    Parameter("all", ("what_if",), Switch(), True),
    Parameter("layer", ("what_if",), One(), 0),
    Parameter("from", ("what_if",), Whole()),
    Parameter("to", ("what_if",), Whole()),
    Parameter("in", ("what_if",), One()),
    Parameter("token", ("what_if",), One(), 0),
    Parameter("into", ("what_if",), One()),
    # Toggle the cell
    Parameter("switch", ("variants",), Words(LONGEST_NAME * 2)),
    Parameter("weights", ("variants",), One()),
    Parameter("notation", ("variants",), One(), "ours"),
    Parameter("inputs", ("variants",), Whole()),
    Parameter("hidden", ("variants",), Whole()),
    # Your own cell
    Parameter("from", ("own_cell",), One(LONGEST_TEXT)),
    Parameter("equations", ("own_cell",), Words(MAX_CHARACTERS + 1), ""),
    # Follow it back
    Parameter("every", ("backprop",), Switch(), False),
    Parameter("skip", ("backprop",), Switch(), False),
    # From one cell to a network
    Parameter("cell", ("layers",), One(), "lstm"),
    Parameter("layers", ("layers",), One(), 1),
    Parameter("both", ("layers",), Switch(), True),
    Parameter("sequence", ("layers",), One(), 2),
    Parameter("swapped", ("layers",), Switch(), False),
    # How far back?
    Parameter("weights", ("gradients",), One(), "trained"),
    Parameter("start", ("gradients",), One()),
    Parameter("bias", ("gradients",), One(), "as drawn"),
    Parameter("scale", ("gradients",), One()),
    Parameter("steps", ("gradients",), Whole()),
    Parameter("units", ("gradients",), One()),
    Parameter("cells", ("gradients",), Some()),
    Parameter("learnt", ("gradients",), One()),
    Parameter("read", ("gradients",), One(), "1"),
    Parameter("at", ("gradients",), Whole()),
    Parameter("runs", ("gradients",), Some(comma=True)),
    Parameter("after", ("gradients",), Whole()),
    Parameter("size", ("gradients",), One()),
    Parameter("follow", ("gradients",), One()),
    Parameter("bounds", ("gradients",), Switch(), False),
    Parameter("within", ("gradients",), One()),
    Parameter("unit", ("gradients",), One(), "all"),
    Parameter("cut", ("gradients",), Some()),
    # Watch it learn
    Parameter("task", ("train",), One()),
    Parameter("cells", ("train",), Some()),
    Parameter("text", ("train",), Words(), ""),
    Parameter("size", ("train",), Whole()),
    Parameter("hidden", ("train",), Whole()),
    Parameter("seed", ("train",), Whole()),
    Parameter("three", ("train",), Switch(), False),
    Parameter("steps", ("train",), Whole()),
    Parameter("batch", ("train",), Whole()),
    Parameter("learning_rate", ("train",), Real()),
    Parameter("optimiser", ("train",), One()),
    Parameter("clip", ("train",), Real()),
    Parameter("start", ("train",), One()),
    Parameter("forget_bias", ("train",), Real()),
    Parameter("runs", ("train",), Words(), ""),
    Parameter("run", ("train",), One()),
    Parameter("sequence", ("train",), One(), 1),
    Parameter("pin", ("train",), Words(LONGEST_NAME), ""),
    Parameter("drawn", ("train",), Whole(), 0),
    Parameter("long", ("train",), Whole(), 80),
    Parameter("moment", ("train",), Whole()),
    Parameter("after", ("train",), Whole(), in_browser="after"),
    # Inside your own model
    Parameter("model", ("model",), One(), "example"),
    Parameter("part", ("model",), One()),
    Parameter("nonlinearity", ("model",), One(), "tanh"),
    Parameter("reads", ("model",), One()),
    Parameter("numbers", ("model",), Words()),
    Parameter("text", ("model",), Words()),
    Parameter("symbols", ("model",), Words()),
    Parameter("scaled", ("model",), Switch(), False),
    Parameter("batch_first", ("model",), Switch(), False),
    Parameter("columns", ("model",), Some()),
    Parameter("layer", ("model",), One(), 1),
    Parameter("direction", ("model",), One(), "forward"),
    Parameter("sequence", ("model",), Whole(), 1),
    Parameter("first", ("model",), Whole(), 1),
    Parameter("symbol", ("model",), Words(200), ""),
    Parameter("colour", ("model",), One()),
    Parameter("of", ("model",), Whole()),
    # A class together: how one comes in. The browser reads it, and takes it away.
    Parameter("class", ("together",), One(80), in_browser="class"),
    # True or false?
    Parameter("card", ("true_or_false",), One()),
    Parameter("true", ("true_or_false",), Some(comma=True), ()),
    Parameter("false", ("true_or_false",), Some(comma=True), ()),
    # Gates as valves
    Parameter("f", ("valves",), Real(), in_browser="f"),
    Parameter("i", ("valves",), Real(), in_browser="i"),
    Parameter("c", ("valves",), Real(), in_browser="c_tilde"),
    Parameter("o", ("valves",), Real(), in_browser="o"),
    Parameter("x", ("valves",), Real(), in_browser="x"),
)


def rows_of(page: str) -> dict[str, Parameter]:
    """The rows of a page, by name; the language is one of every page's."""
    return {row.name: row for row in PARAMETERS if page in row.pages or not row.pages}


def in_browser(page: str) -> dict[str, str]:
    """What the browser writes on a page, by the part that it plays there: ``{"step": "t"}``."""
    return {row.in_browser: row.name for row in rows_of(page).values() if row.in_browser}


# ---- values as texts, and back -------------------------------------------------------------------


def text_of(value: object) -> str:
    """A value as the address writes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def texts_of(value: object, kind: Kind) -> Texts:
    """A value as the address has it; () if it is too long for one."""
    if isinstance(kind, Some):
        assert isinstance(value, Iterable)
        texts = tuple(map(text_of, value)) or ("",)
        texts = (",".join(texts),) if kind.comma else texts
    else:
        texts = (text_of(value),)
    return texts if all(len(text) <= kind.longest for text in texts) else ()


def parts_of(texts: Texts, kind: Kind) -> Texts:
    """Each of several names by itself, once."""
    if isinstance(kind, Some) and kind.comma:
        texts = tuple(part for text in texts for part in text.split(","))
    return tuple(text for text in dict.fromkeys(texts) if text)


def number_in(texts: Texts, low: float, high: float) -> float | None:
    try:
        number = float(texts[-1])
    except ValueError:
        return None
    return number if math.isfinite(number) and low <= number <= high else None


def whole_in(texts: Texts, low: int, high: int) -> int | None:
    number = number_in(texts, low, high)
    return int(number) if number is not None and number == int(number) else None


def inside(low: float, high: float) -> Callable[[object], bool]:
    return lambda number: isinstance(number, int | float) and low <= number <= high


def switch_in(texts: Texts) -> bool | None:
    return {"1": True, "true": True, "0": False, "false": False}.get(texts[-1].lower())
