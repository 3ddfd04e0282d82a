"""Where else a network's units behave as they do at the step that is shown, and what moves one unit
most: looked up in sequences that it was not trained on, or in a text of the visitor's own.

After LSTMVis (Strobelt et al. 2018); what is found, and in which order, is said in run/find.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lstm_viz import counted
from lstm_viz.bounded import Bounded
from lstm_viz.cells.symbols import with_minus
from lstm_viz.files.text import decoded
from lstm_viz.language import N_, _, ngettext
from lstm_viz.networks.network import Network, load
from lstm_viz.networks.piecewise import scan
from lstm_viz.run.find import extremes, find, units_on
from lstm_viz.stage.tokens import shown
from lstm_viz.tasks import Sequence, Task
from lstm_viz.tasks.loss import is_asked
from lstm_viz.tasks.task import TEST
from lstm_viz.ui import address, controls
from lstm_viz.ui.cached_reading import Reading
from lstm_viz.ui.escaped import escaped

SEQUENCES = 1000  # that are looked through
MOST = 10  # places that are shown
AROUND = 8  # elements on each side of what was found, of words; of characters three times as many
LONGEST_SPAN = 12
HEIGHT = 300  # of a table, in pixels
LONGEST_TEXT = 200_000  # elements of a text of one's own
PLACES = {
    "unseen": N_("sequences it was not trained on"),
    "own": N_("a text of mine"),
}


@dataclass(frozen=True, eq=False)
class Looked:
    """A signal over many sequences: ``values`` (T, H) of each of ``texts``."""

    texts: tuple[Sequence, ...]
    values: tuple[np.ndarray, ...]

    @property
    def steps(self) -> int:
        return sum(map(len, self.values))

    @property
    def nbytes(self) -> int:
        # A text is about as many pointers, and most of its elements are shared.
        return sum(values.nbytes for values in self.values) + 8 * self.steps


_WORDS = re.compile(r"\w+|[^\w\s]")
_LOOKED: Bounded[Looked] = Bounded(128 * 2**20, lambda looked: looked.nbytes)


def ask_alike(steps: int, switch: DeltaGenerator) -> int:
    """The button that asks or no longer asks; the last step of the span, from 1, or 0."""
    asked, _news = address.value("like", "0")
    last = min(int(asked), steps) if asked.isdecimal() and len(asked) < 6 else 0
    if last:
        switch.button(
            _("Close the search"), on_click=address.put, args=("like", "0"), width="stretch"
        )
    else:
        address.put("like", "0")  # where it was no such number, either
        switch.button(
            _("Find alike"),
            key=f"{address.HERE}-alike",
            on_click=_ask,
            args=(steps,),
            width="stretch",
            help=_(
                "Looks in other sequences for the places where the same units are on as at the "
                "step that is shown."
            ),
        )
    return last


def alike(reading: Reading, last: int) -> None:
    """The places that are like the steps up to ``last``, with their surroundings."""
    cell, task = reading.network.cell, reading.network.task
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            _("As at the step that is shown now"),
            key=f"{address.HERE}-again",
            on_click=_ask,
            args=(len(reading.sequence),),
        )
        signals = ["h", *(name for name in cell.signals if name != "h")]
        signal = controls.choice("of", _("Signal"), signals, scope=cell.text, width=110)
        length = controls.whole("span", _("Steps"), 1, min(LONGEST_SPAN, last), width=110)
        over = controls.real("over", _("On is above"), -10.0, 10.0, step=0.05, width=120)
        where = controls.choice(
            "among", _("Look in"), list(PLACES), title=lambda name: _(PLACES[name]), width=260
        )
    try:
        looked = (
            _own_text(reading.network, signal)
            if where == "own"
            else _unseen(task, cell.name, signal)
        )
    except ValueError as problem:
        st.info(escaped(str(problem)))
        return
    places, unit_places = st.columns(2, gap="medium")
    with places:
        _places(reading, looked, signal, slice(last - length, last), over)
    with unit_places:
        _of_unit(reading, looked, signal)


def _ask(steps: int) -> None:
    """The step that the browser shows is the last of the span."""
    address.put("like", str(min(max(address.here("t") or steps, 1), steps)))


def _places(reading: Reading, looked: Looked, signal: str, span: slice, over: float) -> None:
    task = reading.network.task
    here = _joined(task, reading.sequence[span])
    units = units_on(reading.trace[signal][:, 0], span.start, span.stop - 1, over)
    if not units:
        said = _("At “{here}” no unit’s {signal} is above {over}. Choose a lower value.")
        st.caption(escaped(said.format(here=here, signal=signal, over=f"{over:g}")))
        return
    found = find(looked.values, units, span.stop - span.start, over, MOST)
    said = ngettext(
        "At “{here}” the {signal} of unit {units} is above {over}. Among {count}, the places where "
        "it is too, and the fewest others are:",
        "At “{here}” the {signal} of units {units} is above {over}. Among {count}, the places "
        "where most of them are too, and the fewest others:",
        len(units),
    ).format(
        here=here,
        signal=signal,
        units=_(", ").join(map(str, units)),
        over=f"{over:g}",
        count=counted.steps(f"{looked.steps:,}"),
    )
    st.caption(escaped(said))
    _table(
        (_("alike"), _("shared"), _("others on")),
        (
            (
                (f"{place.score:.0%}", f"{place.shared}/{len(units)}", str(place.extra)),
                _in_context(task, looked, place.sequence, place.first, place.last),
            )
            for place in found
        ),
    )


def _of_unit(reading: Reading, looked: Looked, signal: str) -> None:
    chosen = address.here("unit")
    unit = reading.caption.unit if chosen is None else min(chosen, reading.network.hidden - 1)
    ends = extremes(looked.values, unit, MOST)
    st.caption(
        _("Where {signal} of unit {unit} is highest and lowest there:").format(
            signal=signal, unit=unit
        )
    )
    task = reading.network.task
    _table(
        (signal,),
        (
            (
                (with_minus(f"{one.value:.3f}"),),
                _in_context(task, looked, one.sequence, one.step, one.step),
            )
            for end in ends
            for one in end
        ),
    )


def _table(heads: Iterable[str], rows: Iterable[tuple[tuple[str, ...], str]]) -> None:
    """Numbers, and behind them places in their context, one below the other."""
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}{place}</tr>"
        for cells, place in rows
    )
    with st.container(height=HEIGHT):
        st.html(f'<table class="alike"><tr>{head}<th colspan="3"></th></tr>{body}</table>')


def _in_context(task: Task, looked: Looked, sequence: int, first: int, last: int) -> str:
    """Cells of a table: what stands before, the span, which leads to the stage, what follows."""
    text = looked.texts[sequence]
    around = AROUND if task.between or task.symbols is None else 3 * AROUND
    parts = text[max(0, first - around) : first], text[first : last + 1], text[last + 1 :][:around]
    before, span, after = (escape(_joined(task, part)) for part in parts)
    found = f"<mark>{span}</mark>"
    if task.read_text is not None and len(looked.texts) > 1:
        # Of a text of one's own the stage could not show all that came before.
        to = address.link("cell", task=task.name, sequence="own", text=task.write(text), t=last + 1)
        found = f'<a href="{escape(to)}">{found}</a>'
    beside = f'<td class="before"><span>{before}</span></td>'
    return f'{beside}<td>{found}</td><td class="after">{after}</td>'


def _joined(task: Task, part: Sequence) -> str:
    between = task.between or ("" if task.symbols else " ")
    return between.join(shown(one) for one in part)


# ---- what is looked through ----------------------------------------------------------------------


def _unseen(task: Task, cell: str, signal: str) -> Looked:
    """Sequences from which nothing was learnt, each as far as something is asked of it."""

    def made() -> Looked:
        network = load(task.name, cell)
        inputs, targets = task.held_out(np.random.default_rng(TEST), SEQUENCES)
        asked = is_asked(targets)
        ends = len(asked) - asked[::-1].argmax(axis=0)
        values = network.record(inputs)[0][signal].astype(np.float32)
        return Looked(
            tuple(_elements(task, inputs[:end, k]) for k, end in enumerate(ends)),
            tuple(values[:end, k] for k, end in enumerate(ends)),
        )

    return _kept(("unseen", task.name, cell, signal), lambda _told: made())


def _own_text(network: Network, signal: str) -> Looked:
    """The visitor's text, read from its beginning to its end. Raises ValueError in words."""
    task = network.task
    if task.symbols is None:
        raise ValueError(_("This network reads numbers; a text is none of them."))
    file = st.file_uploader(_("A text file"), type=["txt", "md", "py"], key="file to look in")
    if file is None:
        raise ValueError(_(address.NO_FILE))
    text, _encoding = decoded(file.getvalue())
    text = text.replace("\r\n", "\n")
    known, all_of_them = known_in(task, text)
    if not known:
        raise ValueError(_("This network knows nothing of what stands in this file."))
    said = _("{known} of {all} symbols of the file are known to this network and are read.")
    st.caption(said.format(known=f"{len(known):,}", all=f"{all_of_them:,}"))
    if len(known) > LONGEST_TEXT:
        known = known[:LONGEST_TEXT]
        st.caption(
            _("Of these the first {most} are looked through.").format(most=f"{LONGEST_TEXT:,}")
        )
    key = ("own", task.name, network.cell.name, signal, hash(known))
    return _kept(key, lambda told: Looked((known,), (scan(network, known, signal, told),)))


def known_in(task: Task, text: str) -> tuple[Sequence, int]:
    """What the task's networks know of a text's words or characters, and how many there are."""
    symbols = sorted(task.symbols or (), key=len, reverse=True)
    if task.between.isspace():
        elements = _WORDS.findall(text)
    else:  # of symbols that begin alike the longest; and one character of what is none
        elements = re.findall("|".join([*map(re.escape, symbols), "."]), text, re.DOTALL)
    return tuple(one for one in elements if one in task.numbers), len(elements)


def _kept(key: tuple[object, ...], made: Callable[[Callable[[float], None]], Looked]) -> Looked:
    place = st.empty()

    def told(share: float) -> None:
        place.progress(share)

    with st.spinner(_("Reading …")):
        looked = _LOOKED.get(key, lambda: made(told))
    place.empty()
    return looked


def _elements(task: Task, read: np.ndarray) -> Sequence:
    if task.symbols is not None:
        return tuple(task.symbols[number] for number in read)
    numbers = read[..., 0] * task.spread + task.centre
    return tuple(round(float(number), task.decimals) for number in numbers)
