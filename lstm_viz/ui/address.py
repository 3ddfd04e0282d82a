"""The address of a page: one table of all that it can say, and the only reader and writer of it.

`PARAMETERS` is the table: a row is a name in the address, the pages that know it, its type with
what is allowed, and what it is without being named. A control is a function here that draws a
widget of Streamlit's for its row and returns what was chosen; it owns the widget's key. So a new
control that changes what is seen is a row, and one call.

How it works. `on_page` stands around a page. Where the address says something that it was not told
here (a link was opened, the browser went back), each control begins with what it says; a name that
is missing, or a value that is not allowed, means the default. Otherwise a control begins as this
visitor left it, on this page or on another that shares its row. When the page is drawn, what is not
the default is written, in one go: Streamlit makes that an entry of the browser's history, so that
the back button undoes one choice. (Its own `bind="query-params"` makes no entry, and writes the
label that is shown, which is translated.) Names that are no row of the page are left in a link as
long as nothing is chosen, and dropped with the first choice.

What moves without Python, such as the step and the unit, has rows too: `in_browser`. The browser
writes them (browser/state/address.js and, what is chosen there, looks.js), and gets their names
from here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

import streamlit as st

from lstm_viz.cells.text import MAX_CHARACTERS
from lstm_viz.language import N_, _
from lstm_viz.stage import bundle

Texts: TypeAlias = tuple[str, ...]  # what the address says of one name; () where it says nothing
Option = TypeVar("Option")

MOST = 64  # values of one name
LONGEST_NAME = 60
NO_FILE = N_("What is read from a file is not in the address of this page.")
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
    default: object = None
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
    # What is read, and by whom
    Parameter("task", (*READS, "scores"), One()),
    Parameter("cell", ("stage", "what_if", "backprop"), One(), "lstm"),
    Parameter("sequence", READS, One(), "1"),
    Parameter("text", READS, Words()),
    Parameter("t", MOVING, Whole(), in_browser="step"),
    Parameter("unit", (*READS, "model", "train"), Whole(), in_browser="unit"),
    # The network writes
    Parameter("write", ("stage",), Whole(), 0),
    Parameter("from", ("stage",), Whole()),
    Parameter("temperature", ("stage",), Real(), 1.0),
    Parameter("top_k", ("stage",), Whole(), 0),
    Parameter("top_p", ("stage",), Real(), 1.0),
    Parameter("seed", ("stage",), Whole(), 0),
    # How it is looked at there
    Parameter("order", LOOKED_AT, One(), in_browser="order"),
    Parameter("rows", LOOKED_AT, One(), in_browser="scale"),
    Parameter("speed", MOVING, Real(), in_browser="speed"),
    Parameter("picture", ("variants", "train"), One(), in_browser="picture"),
    Parameter("width", ("backprop", "gradients"), One(), in_browser="width"),
    Parameter("view", ("layers",), One(), in_browser="view"),
    Parameter("asked", ("layers",), Whole(), in_browser="asked"),
    # What if?
    Parameter("hold", ("what_if",), Words(), ""),
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
    Parameter("switch", ("variants",), Words(LONGEST_NAME * 2), "i-coupled"),
    Parameter("weights", ("variants",), One()),
    Parameter("notation", ("variants",), One(), "ours"),
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
    Parameter("sequence", ("layers",), One(), 1),
    Parameter("swapped", ("layers",), Switch(), False),
    # How far back?
    Parameter("weights", ("gradients",), One(), "untrained"),
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
    Parameter("probe", ("train",), One(), 1),
    Parameter("pin", ("train",), Words(LONGEST_NAME), ""),
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
    # True or false?
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


# ---- between the address and the controls --------------------------------------------------------


@dataclass
class _State:
    """What one visitor's address says. Lives in the session."""

    place: str = ""  # as Streamlit calls the page: "/" shows one that has a place of its own, too
    page: str = ""
    pending: dict[str, Texts] = field(default_factory=dict)  # of a link; no control has taken it
    kept: dict[str, Any] = field(default_factory=dict)  # by key: as this visitor left it
    chosen: dict[str, Texts] = field(default_factory=dict)  # by name, () for a default
    said: dict[str, Texts] | None = None  # what the address was told; None: a link tells us
    expected: list[dict[str, Texts]] = field(default_factory=list)  # it is no news if it says that
    arrives: bool = False  # by the menu: what was chosen elsewhere holds here as well
    filled: dict[str, Texts] = field(default_factory=dict)  # what the browser then puts into it
    drawn: set[str] = field(default_factory=set)  # keys of controls, in this run
    before: set[str] = field(default_factory=set)  # in the one before: Streamlit forgets all others
    is_drawing: bool = False
    runs: int = 0


def _state() -> _State:
    if "address" not in st.session_state:
        st.session_state["address"] = _State()
    state: _State = st.session_state["address"]
    return state


def _row(name: str) -> Parameter:
    return rows_of(_state().page)[name]


def _asked(rows: Mapping[str, Parameter]) -> dict[str, Texts]:
    """What the address says now of these rows, without what is absurdly long."""
    found = {}
    for name, row in rows.items():
        if name in st.query_params and not row.in_browser:
            texts = st.query_params.get_all(name)[:MOST]
            found[name] = tuple(text for text in texts if len(text) <= row.kind.longest)
    return found


def language() -> str | None:
    """The language that the address asks for."""
    return st.query_params.get("lang", "")[:LONGEST_NAME] or None


@contextmanager
def on_page(place: str, home: str) -> Iterator[None]:
    """Stands around the drawing of the page at ``/place``, which is that of ``home`` at ``/``: its
    controls begin with what the address says, and afterwards the address says what they show."""
    _open(place, place or home)
    state = _state()
    state.is_drawing = True
    try:
        yield
    except BaseException:  # it was not drawn to the end; what is not drawn yet is not forgotten
        state.drawn |= state.before
        raise
    finally:
        state.is_drawing = False
    _close()


def _open(place: str, page: str) -> None:
    state, rows = _state(), rows_of(page)
    asked = _asked(rows)
    is_new_page = not state.page or state.place != place
    if is_new_page:
        state.pending, state.said, state.filled, state.expected = {}, {}, {}, [asked]
        state.arrives = not asked
    if asked if is_new_page else asked not in state.expected:  # a link, or the back button
        state.pending = {name: asked.get(name, ()) for name in rows}
        state.said, state.filled, state.expected = None, {}, [asked]
        state.arrives = False
    state.place, state.page, state.chosen = place, page, {}
    state.before, state.drawn = set() if is_new_page else state.drawn, set()
    if "lang" in asked:
        state.kept["lang"] = asked["lang"]
    if "lang" in state.kept:
        state.chosen["lang"] = state.kept["lang"]
    state.runs += 1


def _close() -> None:
    write()
    state = _state()
    fill = [[name, text] for name, texts in state.filled.items() for text in texts]
    moving = list(in_browser(state.page).values())
    data = {"run": state.runs, "fill": fill, "moving": moving}  # by its number: run every time
    _browser(key="in the browser", data=data, height="content")


_browser = st.components.v2.component(
    "lstm_viz_address",
    html="<div>\n</div>",
    js=bundle.module(entry="address"),
)


def write() -> None:
    """Lets the address say what the controls show, if that is another choice than before."""
    state = _state()
    if state.is_drawing:
        return
    said = {name: state.chosen[name] for name in rows_of(state.page) if state.chosen.get(name)}
    if state.arrives:
        state.arrives, state.filled = False, said
        state.expected.append(said)
    elif state.said is not None and said != state.said:
        state.filled, state.expected = {}, [said]
        st.query_params.from_dict({name: list(texts) for name, texts in said.items()})
    state.said = said


def stop() -> None:
    """Ends the page here, as `st.stop` does, with the address written."""
    _state().is_drawing = False
    _close()
    st.stop()


def fragment(function: Callable[..., None], run_every: float | None = None) -> Callable[..., None]:
    """`st.fragment` of a part of a page that has controls."""

    def drawn(*arguments: Any) -> None:
        function(*arguments)
        write()

    return st.fragment(drawn, run_every=run_every)


# ---- texts and values ----------------------------------------------------------------------------


def text_of(value: object) -> str:
    """A value as the address writes it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _texts(value: Any, kind: Kind) -> Texts:
    """A value as the address has it; () if it is too long for one."""
    if isinstance(kind, Some):
        texts = tuple(map(text_of, value)) or ("",)
        texts = (",".join(texts),) if kind.comma else texts
    else:
        texts = (text_of(value),)
    return texts if all(len(text) <= kind.longest for text in texts) else ()


def _split(texts: Texts, kind: Kind) -> Texts:
    """Each of several names by itself, once."""
    if isinstance(kind, Some) and kind.comma:
        texts = tuple(part for text in texts for part in text.split(","))
    return tuple(text for text in dict.fromkeys(texts) if text)


def _number(texts: Texts, low: float, high: float) -> float | None:
    try:
        number = float(texts[-1])
    except ValueError:
        return None
    return number if math.isfinite(number) and low <= number <= high else None


def _whole(texts: Texts, low: int, high: int) -> int | None:
    number = _number(texts, low, high)
    return int(number) if number is not None and number == int(number) else None


def _inside(low: float, high: float) -> Callable[[Any], bool]:
    return lambda number: bool(low <= number <= high)


def _switched(texts: Texts) -> bool | None:
    return {"1": True, "true": True, "0": False, "false": False}.get(texts[-1].lower())


# ---- controls ------------------------------------------------------------------------------------


def _begin(
    name: str, default: Any, read: Callable[[Texts], Any], scope: str, is_allowed: Any = None
) -> str:
    """The key of a control, under which stands what it begins with."""
    state, row = _state(), _row(name)
    key = f"{row.key} of {scope}" if scope else row.key
    texts = state.pending.pop(name, None)
    if texts is not None:
        found = read(texts) if texts else None
        st.session_state[key] = default if found is None else found
    elif key not in state.before | state.drawn:
        st.session_state[key] = state.kept.get(key, st.session_state.get(key, default))
    state.drawn.add(key)
    if is_allowed is not None and not is_allowed(st.session_state[key]):
        st.session_state[key] = default
    return key


def _end(name: str, key: str, value: Any, default: Any, elsewhere: Any = None) -> None:
    state, row = _state(), _row(name)
    state.kept[key] = value
    texts = _texts(value, row.kind)
    usual = [_texts(one, row.kind) for one in (default, elsewhere) if one is not None]
    state.chosen[name] = () if all(texts == one for one in usual) else texts


def choice(
    name: str,
    label: str,
    options: Sequence[Option],
    default: Option | None = None,
    title: Callable[[Option], str] = str,
    control: Callable[..., Option | None] = st.selectbox,
    scope: str = "",
    elsewhere: Option | None = None,
    nearest: bool = False,
    **settings: Any,
) -> Option:
    """One of the options; the first one where neither the row nor the call has a default.

    ``nearest``: the options are whole numbers, and one that is not among them means the next one.

    ``scope`` is for what is chosen for each of something else: for each task a sequence.
    ``elsewhere`` is what an address without this name means where what ``default`` came from, a
    run, is not known: then it is written although it is the default.
    """
    begin = _row(name).default if default is None else default
    first: Any = begin if begin in options else options[0]
    by_text: dict[str, Any] = {text_of(option): option for option in options}

    def read(texts: Texts) -> Any:
        number = _number(texts, -math.inf, math.inf) if nearest else None
        if number is not None:
            return min(by_text.values(), key=lambda option: abs(option - number))
        return by_text.get(texts[-1])

    key = _begin(name, first, read, scope, lambda value: value in options)
    chosen = control(label, options, format_func=title, key=key, **settings)
    found: Option = first if chosen is None else chosen
    _end(name, key, found, first, elsewhere)
    return found


def choices(
    name: str,
    label: str,
    options: Sequence[Option],
    default: Sequence[Option],
    title: Callable[[Option], str] = str,
    control: Callable[..., list[Option]] = st.multiselect,
    most: int = MOST,
    begin: Sequence[Option] | None = None,
    scope: str = "",
    elsewhere: Sequence[Option] | None = None,
    **settings: Any,
) -> list[Option]:
    """Some of the options, at most so many.

    ``begin`` is what a visitor who came without a link begins with, if it is not the default.
    """
    row = _row(name)
    by_text = {text_of(option): option for option in options}

    def read(texts: Texts) -> list[Option] | None:
        found = [by_text[text] for text in _split(texts, row.kind) if text in by_text]
        return found[:most] if found or texts == ("",) else None

    key = f"{row.key} of {scope}" if scope else row.key
    if begin and name not in _state().pending:
        _state().kept.setdefault(key, list(begin))
    _begin(name, list(default), read, scope)
    known = [one for one in st.session_state[key] if one in options]
    if known != st.session_state[key]:
        st.session_state[key] = known
    chosen = control(label, options, format_func=title, key=key, **settings)
    _end(name, key, list(chosen), list(default), elsewhere)
    return list(chosen)


def whole(
    name: str,
    label: str,
    low: int,
    high: int,
    default: int | None = None,
    control: Callable[..., Any] = st.number_input,
    scope: str = "",
    elsewhere: int | None = None,
    **settings: Any,
) -> int:
    """A whole number between bounds."""
    begin: Any = _row(name).default if default is None else default
    begin = min(max(begin, low), high)
    key = _begin(name, begin, lambda texts: _whole(texts, low, high), scope, _inside(low, high))
    chosen = int(control(label, low, high, key=key, **{"step": 1} | settings))
    _end(name, key, chosen, begin, elsewhere)
    return chosen


def span(
    first: str,
    last: str,
    label: str,
    steps: int,
    default: int,
    title: Callable[[int], str],
    scope: str = "",
    **settings: Any,
) -> tuple[int, int]:
    """Two of so many steps and all between; in the address, under two names, they count from 1."""
    state, key = _state(), f"{_row(first).key} of {scope}"
    asked = [state.pending.pop(name, None) for name in (first, last)]
    begin, version = state.kept.get(key, ((default, default), 0))
    if asked[0] is not None:
        found = [_whole(texts, 1, steps) if texts else None for texts in asked]
        begin = tuple(sorted(default if one is None else one - 1 for one in found))
        version += 1  # another widget: Streamlit knows that it has two ends by what it begins with
    low, high = st.select_slider(
        label, range(steps), begin, format_func=title, key=f"{key} {version}", **settings
    )
    for name, step in ((first, low), (last, high)):
        _end(name, f"{key} {name}", step + 1, default + 1)
    state.kept[key] = ((low, high), version)
    return low, high


def real(
    name: str,
    label: str,
    low: float,
    high: float,
    default: float | None = None,
    control: Callable[..., Any] = st.number_input,
    scope: str = "",
    elsewhere: float | None = None,
    **settings: Any,
) -> float:
    """A number between bounds."""
    begin: Any = _row(name).default if default is None else default
    key = _begin(
        name,
        float(begin),
        lambda texts: _number(texts, low, high),
        scope,
        _inside(low, high),
    )
    chosen = float(control(label, low, high, key=key, **settings))
    _end(name, key, chosen, float(begin), None if elsewhere is None else float(elsewhere))
    return chosen


def switch(
    name: str,
    label: str,
    default: bool | None = None,
    scope: str = "",
    elsewhere: bool | None = None,
    **settings: Any,
) -> bool:
    """On or off."""
    begin = bool(_row(name).default) if default is None else default
    key = _begin(name, begin, _switched, scope)
    chosen = bool(st.toggle(label, key=key, **settings))
    _end(name, key, chosen, begin, elsewhere)
    return chosen


def words(
    name: str,
    label: str,
    default: str = "",
    control: Callable[..., str] = st.text_input,
    scope: str = "",
    **settings: Any,
) -> str:
    """A text; one that is too long for an address is not in it, and the page says so."""
    key = _begin(name, default, lambda texts: texts[-1], scope)
    typed = control(label, key=key, **settings)
    _end(name, key, typed, default)
    if len(typed) > _row(name).kind.longest:
        st.caption(_("This text is too long for an address: that of this page is without it."))
    return typed


# ---- what has no widget of its own ---------------------------------------------------------------


def is_new(name: str) -> bool:
    """Whether a link says this anew, or leaves it out, and no control has taken it yet."""
    return name in _state().pending


def value(name: str, default: str = "", scope: str = "") -> tuple[str, bool]:
    """What the address says under this name, and whether that is news; it is `put` elsewhere."""
    news = is_new(name)
    key = _begin(name, default, lambda texts: texts[-1], scope)
    found = str(st.session_state[key])
    _end(name, key, found, default)
    return found, news


def reported(
    name: str, report: int | None, low: int, high: int, default: int, scope: str = ""
) -> int:
    """A whole number that a view in the browser reports: its last report, or what the address has
    said since."""
    state, news = _state(), is_new(name)
    key = _begin(name, default, lambda texts: _whole(texts, low, high), scope, _inside(low, high))
    if report is not None and report != state.kept.get(f"{key} reported"):
        state.kept[f"{key} reported"] = report
        if not news:
            st.session_state[key] = min(max(report, low), high)
    found = int(st.session_state[key])
    _end(name, key, found, default)
    return found


def put(name: str, value: Any, scope: str = "") -> None:
    """Chooses for someone, before the control is drawn or where there is none."""
    state, row = _state(), _row(name)
    key = f"{row.key} of {scope}" if scope else row.key
    state.pending.pop(name, None)
    st.session_state[key] = value
    _end(name, key, value, row.default)


def named(name: str) -> Texts:
    """What a link that has just been opened says under a name that no control has taken yet; else
    what is chosen."""
    state, row = _state(), _row(name)
    if name in state.pending:
        return _split(state.pending[name], row.kind)
    texts = _texts(state.kept.get(row.key, ()), row.kind)
    return _split(texts, row.kind)


def forget(*names: str, scope: str = "") -> None:
    """These controls begin anew, with their defaults or what a link says."""
    state = _state()
    for name in names:
        key = f"{_row(name).key} of {scope}" if scope else _row(name).key
        state.before.discard(key)
        state.kept.pop(key, None)
        st.session_state.pop(key, None)


def of_browser(name: str) -> int | None:
    """The whole number that the browser had last put under a name of its own, as far as is known:
    what moves there is not told here."""
    assert _row(name).in_browser
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < _row(name).kind.longest else None


def kept(name: str, page: str) -> Any:
    """What this visitor has left under a name on another page; None if nothing."""
    return _state().kept.get(rows_of(page)[name].key)
