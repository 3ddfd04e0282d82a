"""The address of a page: the only reader and writer of it, between its table and the controls.

How it works. `on_page` stands around a page. Where the address says something that it was not told
here (a link was opened, the browser went back), each control begins with what it says; a name that
is missing, or a value that is not allowed, means the default. Otherwise a control begins as this
visitor left it, on this page or on another that shares its row. When the page is drawn, what is not
the default is written, in one go: Streamlit makes that an entry of the browser's history, so that
the back button undoes one choice. (Its own `bind="query-params"` makes no entry, and writes the
label that is shown, which is translated.) With every run the browser tells the address that it has
by then, and who chooses quickly chooses again before the last choice has come there: an address
that was written here is only late, unless the browser says that it went back to it. Names that are
no row of the page are left in a link as long as nothing is chosen, and dropped with the first
choice.

The names, their types and defaults stand in one table, ui/parameters.py; the controls, each of
which is a `begin`, a widget and an `end`, in ui/controls.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode

import streamlit as st

from lstm_viz.language import N_
from lstm_viz.stage import bundle
from lstm_viz.ui.parameters import (
    LONGEST_NAME,
    MOST,
    Parameter,
    Texts,
    in_browser,
    inside,
    parts_of,
    rows_of,
    text_of,
    texts_of,
    whole_in,
)

LONGEST_QUERY = 20_000
NO_FILE = N_("What is read from a file is not in the address of this page.")


@dataclass
class Visit:
    """What one visitor's address says. Lives in the session."""

    place: str = ""  # as Streamlit calls the page: "/" shows one that has a place of its own, too
    page: str = ""
    pending: dict[str, Texts] = field(default_factory=dict)  # of a link; no control has taken it
    kept: dict[str, Any] = field(default_factory=dict)  # by key: as this visitor left it
    chosen: dict[str, Texts] = field(default_factory=dict)  # by name, () for a default
    said: dict[str, Texts] | None = None  # what the address was told; None: a link tells us
    expected: list[dict[str, Texts]] = field(default_factory=list)  # what it may say and be no news
    went_back: bool = False  # or forward, in the browser's history
    arrives: bool = False  # by the menu: what was chosen elsewhere holds here as well
    filled: dict[str, Texts] = field(default_factory=dict)  # what the browser then puts into it
    drawn: set[str] = field(default_factory=set)  # keys of controls, in this run
    before: set[str] = field(default_factory=set)  # in the one before: Streamlit forgets all others
    labels: dict[str, str] = field(default_factory=dict)  # of the controls drawn, by name
    locked: frozenset[str] = frozenset()  # names whose controls are shown and not to be changed
    hidden: frozenset[str] = frozenset()  # and not shown at all
    switched: Texts = ()  # the language that the address asks for, and the one chosen instead
    is_drawing: bool = False
    runs: int = 0


def visit() -> Visit:
    if "address" not in st.session_state:
        st.session_state["address"] = Visit()
    state: Visit = st.session_state["address"]
    return state


def row_of(name: str) -> Parameter:
    return rows_of(visit().page)[name]


def _asked(rows: Mapping[str, Parameter]) -> dict[str, Texts]:
    """What the address says now of these rows, without what is absurdly long."""
    found = {}
    for name, row in rows.items():
        if name in st.query_params and not row.in_browser:
            texts = st.query_params.get_all(name)[:MOST]
            found[name] = tuple(text for text in texts if len(text) <= row.kind.longest)
    return found


def language() -> str | None:
    """The language that the address asks for, or that has been chosen since."""
    asked = st.query_params.get("lang", "")[:LONGEST_NAME]
    switched = visit().switched
    return switched[1] if switched and switched[0] == asked else asked or None


def speak(chosen: str, is_usual: bool) -> None:
    """Chooses the language; one that is spoken to this browser anyway is not in the address."""
    state = visit()
    state.switched = (st.query_params.get("lang", "")[:LONGEST_NAME], chosen)
    state.kept["lang"] = () if is_usual else (chosen,)
    # Streamlit knows an option by its label, which is another word now: all begin as from a link.
    said = state.said or {}
    state.pending = {name: said.get(name, ()) for name in rows_of(state.page) if name != "lang"}


@contextmanager
def on_page(place: str, home: str) -> Iterator[None]:
    """Stands around the drawing of the page at ``/place``, which is that of ``home`` at ``/``: its
    controls begin with what the address says, and afterwards the address says what they show."""
    _open(place, place or home)
    state = visit()
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
    state, rows = visit(), rows_of(page)
    asked = _asked(rows)
    is_new_page = not state.page or state.place != place
    if is_new_page:
        state.pending, state.said, state.filled, state.expected = {}, {}, {}, [asked]
        state.arrives = not asked
    is_known = asked in state.expected
    if asked if is_new_page else state.went_back or not is_known:  # a link, or the back button
        state.pending = {name: asked.get(name, ()) for name in rows}
        state.said, state.filled, state.expected = None, {}, [asked]
        state.arrives = False
    elif asked == state.expected[-1]:  # no earlier one comes any more
        state.expected = [asked]
    state.place, state.page, state.chosen, state.went_back = place, page, {}, False
    state.before, state.drawn = set() if is_new_page else state.drawn, set()
    is_switched = state.switched[:1] == asked.get("lang", ("",))[-1:]
    if "lang" in asked and not is_switched:
        state.kept["lang"] = asked["lang"]
    if "lang" in state.kept:
        state.chosen["lang"] = state.kept["lang"]
    state.labels, state.locked, state.hidden = {}, frozenset(), frozenset()
    state.runs += 1


def _close() -> None:
    write()
    state = visit()
    fill = [[name, text] for name, texts in state.filled.items() for text in texts]
    moving = list(in_browser(state.page).values())
    data = {"run": state.runs, "fill": fill, "moving": moving}  # by its number: run every time
    _browser(
        key=_IN_BROWSER,
        data=data,
        height="content",
        on_back_change=_went_back,
        on_here_change=lambda: None,
    )


_IN_BROWSER = "in the browser"
HERE = "here"  # how the key of a button begins whose press tells where the browser is


def _went_back() -> None:
    visit().went_back = True


_browser = st.components.v2.component(
    "lstm_viz_address",
    html="<div>\n</div>",
    js=bundle.module("address"),
)


def write() -> None:
    """Lets the address say what the controls show, if that is another choice than before."""
    state = visit()
    if state.is_drawing:
        return
    said = {name: state.chosen[name] for name in rows_of(state.page) if state.chosen.get(name)}
    if state.arrives:
        state.arrives, state.filled = False, said
        state.expected.append(said)
    elif state.said is not None and said != state.said:
        state.filled = {}
        state.expected = [*state.expected[-MOST:], said]
        st.query_params.from_dict({name: list(texts) for name, texts in said.items()})
    state.said, state.switched = said, ()


def stop() -> None:
    """Ends the page here, as `st.stop` does, with the address written."""
    visit().is_drawing = False
    _close()
    st.stop()


def fragment(function: Callable[..., None], run_every: float | None = None) -> Callable[..., None]:
    """`st.fragment` of a part of a page that has controls."""

    def drawn(*arguments: object) -> None:
        function(*arguments)
        write()

    return st.fragment(drawn, run_every=run_every)


# ---- what a control begins with, and what came of it ---------------------------------------------


def begin(
    name: str,
    default: object,
    read: Callable[[Texts], object],
    scope: str,
    is_allowed: Callable[[object], bool] | None = None,
    unasked: object = None,
) -> str:
    """The key of a control, under which stands what it begins with.

    ``unasked`` is what a visitor who came without a link begins with, if it is not the default.
    """
    state, row = visit(), row_of(name)
    key = f"{row.key} of {scope}" if scope else row.key
    texts = state.pending.pop(name, None)
    if unasked is not None and texts is None:
        state.kept.setdefault(key, unasked)
    if texts is not None:
        found = read(texts) if texts else None
        st.session_state[key] = default if found is None else found
    elif key not in state.before | state.drawn:
        st.session_state[key] = state.kept.get(key, st.session_state.get(key, default))
    state.drawn.add(key)
    if is_allowed is not None and not is_allowed(st.session_state[key]):
        st.session_state[key] = default
    return key


def end(name: str, key: str, value: object, default: object, elsewhere: object = None) -> None:
    """What a control shows is what this visitor has chosen; the address says it, unless it is what
    is meant without being said: ``default``, and ``elsewhere`` too where that is given."""
    state, row = visit(), row_of(name)
    state.kept[key] = value
    texts = texts_of(value, row.kind)
    usual = [texts_of(one, row.kind) for one in (default, elsewhere) if one is not None]
    state.chosen[name] = () if all(texts == one for one in usual) else texts


# ---- what has no widget of its own ---------------------------------------------------------------


def is_new(name: str) -> bool:
    """Whether a link says this anew, or leaves it out, and no control has taken it yet."""
    return name in visit().pending


def value(name: str, default: str = "", scope: str = "") -> tuple[str, bool]:
    """What the address says under this name, and whether that is news; it is `put` elsewhere."""
    news = is_new(name)
    key = begin(name, default, lambda texts: texts[-1], scope)
    found = str(st.session_state[key])
    end(name, key, found, default)
    return found, news


def reported(
    name: str, report: int | None, low: int, high: int, default: int, scope: str = ""
) -> int:
    """A whole number that a view in the browser reports: its last report, or what the address has
    said since."""
    state, news = visit(), is_new(name)
    key = begin(name, default, lambda texts: whole_in(texts, low, high), scope, inside(low, high))
    if report is not None and report != state.kept.get(f"{key} reported"):
        state.kept[f"{key} reported"] = report
        if not news:
            st.session_state[key] = min(max(report, low), high)
    found = int(st.session_state[key])
    end(name, key, found, default)
    return found


def put(name: str, value: object, scope: str = "", default: object = None) -> None:
    """Chooses for someone, before the control is drawn or where there is none.

    ``default`` is what the address need not say where the row does not know it.
    """
    state, row = visit(), row_of(name)
    key = f"{row.key} of {scope}" if scope else row.key
    state.pending.pop(name, None)
    st.session_state[key] = value
    end(name, key, value, row.default if default is None else default)


def named(name: str) -> Texts:
    """What a link that has just been opened says under a name that no control has taken yet; else
    what is chosen."""
    state, row = visit(), row_of(name)
    if name in state.pending:
        return parts_of(state.pending[name], row.kind)
    texts = texts_of(state.kept.get(row.key, ()), row.kind)
    return parts_of(texts, row.kind)


def forget(*names: str, scope: str = "") -> None:
    """These controls begin anew, with their defaults or what a link says."""
    state = visit()
    for name in names:
        key = f"{row_of(name).key} of {scope}" if scope else row_of(name).key
        state.before.discard(key)
        state.kept.pop(key, None)
        st.session_state.pop(key, None)


def link(*same: str, **values: object) -> str:
    """An address of this page that says these values, and under the names in ``same`` what this one
    says; the language stays."""
    said = {name: st.query_params[name] for name in ("lang", *same) if name in st.query_params}
    return f"?{urlencode({**said, **{name: text_of(value) for name, value in values.items()}})}"


def meant_for(page: str) -> dict[str, list[str]]:
    """What the address says if it names something that only another page knows; else nothing.

    Not where that moves in the browser alone: the page one comes from may have left it behind.
    """
    chosen = {name for name, row in rows_of(page).items() if row.pages and not row.in_browser}
    own = chosen - rows_of(visit().page).keys()
    if not own & st.query_params.to_dict().keys():
        return {}
    return {name: st.query_params.get_all(name) for name in st.query_params}


def of_browser(name: str) -> int | None:
    """The whole number that the browser had last put under a name of its own, as far as is known:
    what moves there is not told here."""
    assert row_of(name).in_browser
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < row_of(name).kind.longest else None


def here(name: str) -> int | None:
    """The same at the moment when a button whose key begins with HERE was last pressed.

    A run alone does not say that: Streamlit goes on telling the address that a link had.
    """
    pressed = (st.session_state.get(_IN_BROWSER) or {}).get("here")
    if not isinstance(pressed, str):
        return of_browser(name)
    text = parse_qs(pressed[:LONGEST_QUERY].removeprefix("?")).get(name, [""])[-1]
    return int(text) if text.isdecimal() and len(text) < row_of(name).kind.longest else None


def shown() -> dict[str, str]:
    """What the page that has been drawn shows, by name, where that is not the default."""
    return {name: texts[-1] for name, texts in visit().chosen.items() if texts}


def kept(name: str, page: str) -> object:
    """What this visitor has left under a name on another page; None if nothing."""
    return visit().kept.get(rows_of(page)[name].key)
