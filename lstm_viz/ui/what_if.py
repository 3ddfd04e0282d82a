"""The page on which gates are held and a token is changed: the controls, and both runs."""

from __future__ import annotations

from collections.abc import Sequence as Listed
from dataclasses import dataclass

import numpy as np
import streamlit as st

from lstm_viz.cells import Cell
from lstm_viz.cells.symbols import plain
from lstm_viz.language import _, ngettext, spoken
from lstm_viz.networks.edited_cell import TRAINED, Edited
from lstm_viz.networks.held import Span, held_after, read_held, read_spans, write_spans
from lstm_viz.networks.network import Network, load
from lstm_viz.rounded import percent
from lstm_viz.run.errors import LeftRange
from lstm_viz.run.layers import FORWARD
from lstm_viz.run.recording import Recording
from lstm_viz.run.trace import Trace
from lstm_viz.stage.pair import pair_payload
from lstm_viz.stage.payload_types import DrawnSpan, PairPayload
from lstm_viz.stage.tokens import shown
from lstm_viz.tasks import TASKS, Sequence, Task
from lstm_viz.ui import address, controls, parameters
from lstm_viz.ui.components import pair
from lstm_viz.ui.shell import drawer
from lstm_viz.ui.two_runs import OtherAnswer, other_answer, shown_run
from lstm_viz.words.example import example
from lstm_viz.words.gate_table import Row, gate_table, gates_of_table
from lstm_viz.words.holding import look_at_network
from lstm_viz.words.quoted import quoted
from lstm_viz.words.who import Tried, Who, who

LITTLE = 0.1  # a signal that moves less is not said to move


@dataclass(frozen=True)
class Held:
    """What is held while one network reads one sequence.

    The page opens with what changes an answer (words/example.py): ``opening``, as the address has
    it, which need not be said there.
    """

    scope: str
    opening: str
    spans: tuple[Span, ...]

    @property
    def _history(self) -> list[str]:
        history: list[str] = st.session_state.setdefault(f"held before {self.scope}", [])
        return history

    def hold(self, spans: tuple[Span, ...]) -> None:
        """Holds these and nothing else."""
        self._history.append(write_spans(self.spans))
        del self._history[:-50]
        self._put(write_spans(spans))

    def undo(self) -> None:
        """Back to what was held before."""
        self._put(self._history.pop())

    @property
    def can_undo(self) -> bool:
        return bool(self._history)

    def _put(self, text: str) -> None:
        address.put("hold", text, scope=self.scope, default=self.opening)


def held_now(network: Network, sequence: Sequence) -> Held:
    """What is held now: what the address says, else what shows something."""
    found = example(network, sequence, network.depth - 1)
    opening = write_spans(found.spans) if found else ""
    scope = f"{network.task.name} {network.cell.name} {hash(sequence)}"
    text, is_new = address.value("hold", opening, scope=scope)
    held = Held(scope, opening, _read(text, network, sequence))
    if is_new:
        held._history.clear()
    return held


def _read(text: str, network: Network, sequence: Sequence) -> tuple[Span, ...]:
    cells = [cell for cell, _weights in network.layers.values()]
    return read_spans(text, cells, len(sequence), network.hidden)


def undo_buttons(held: Held) -> None:
    """One step back, and nothing held."""
    st.button(_("Undo"), on_click=held.undo, disabled=not held.can_undo)
    st.button(_("Reset"), on_click=held.hold, args=((),), disabled=not held.spans)


def tools() -> tuple[float, bool]:
    """What dragging on a strip holds a signal at, and whether for all units."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        titles = {"shut": _("shut (0)"), "open": _("open (1)"), "value": _("at a value")}
        chosen = controls.choice(
            "drag",
            _("Drag on a strip to hold it"),
            list(titles),
            title=titles.__getitem__,
            control=st.segmented_control,
        )
        value = {"shut": 0.0, "open": 1.0}.get(chosen)
        if value is None:
            value = controls.real("value", _("Value"), -5.0, 5.0, step=0.1, width=130)
        everyone = controls.switch("all", _("All units"))
    return value, everyone


def layer_choice(network: Network) -> int:
    """Which layer is shown and held, counted from 0; asked where there is more than one."""
    count = network.depth
    if count == 1:
        return 0
    return controls.choice(
        "layer",
        _("Layer"),
        range(count),
        title=lambda k: str(k + 1) if k else _("1 (reads the input)"),
        control=st.segmented_control,
        required=True,
    )


def corner_buttons(
    network: Network, sequence: Sequence, held: Held, layer: int, everyone: bool
) -> None:
    """Hold the gates in a row of the gate table, from one step to another, in one unit or all."""
    cell = network.layers[layer, FORWARD][0]
    rows = gate_table(cell)
    if not any(row.held for row in rows):
        st.write(
            _("This cell has no gates: nothing of it can be kept, erased or hidden by one of them.")
        )
        return
    texts = [f"{k}  {shown(element)}" for k, element in enumerate(sequence, start=1)]
    seen = look_at_network(network, network.read(sequence), sequence, texts, layer)
    unit = None
    if not everyone:
        unit = controls.choice(
            "in", _("In unit"), range(network.hidden), seen.unit, scope=network.task.name
        )
    first, last = controls.span(
        "from",
        "to",
        _("Over these steps"),
        len(sequence),
        seen.t,
        title=texts.__getitem__,
        scope=f"{network.task.name} {cell.name} {layer} {hash(sequence)}",
    )
    left, right = st.columns([1, 2], gap="medium")
    with left:
        for row in rows:
            new = tuple(
                Span(gate, first, last, value, unit, layer) for gate, value in row.held.items()
            )
            st.button(
                _button(row),
                key=f"corner {row.name}",
                disabled=not new,
                on_click=held.hold,
                args=(held_after(held.spans, new),),
                width="stretch",
            )
    with right:
        st.table([_written(row, cell) for row in rows])


def example_button(network: Network, sequence: Sequence, held: Held, layer: int) -> None:
    """Something to begin with that does change an answer, where anything that was tried does."""
    found = example(network, sequence, layer)
    if found is None:
        return
    units = _("all units") if found.unit is None else _("unit {unit}").format(unit=found.unit)
    said = _("For example, {what} at {place} in {units}: {gates}").format(
        what=_named(found.row),
        place=quoted([shown(element) for element in sequence], found.spans[0].last),
        units=units,
        gates=_(", ").join(f"{plain(s.signal)} = {s.value:g}" for s in found.spans),
    )
    if found.answer:
        _step, was, now = found.answer
        said += _(" → “{now}” instead of “{was}”").format(now=shown(now), was=shown(was))
    st.button(said, on_click=held.hold, args=(found.spans,))


def who_does_it(network: Network, sequence: Sequence, held: Held) -> None:
    """Each unit held in turn where what is asked for changes: on which does the answer depend?"""
    if not network.task.facts:
        return
    with drawer(_("Who does it?"), key="who"):
        pressed = st.button(_("Hold each unit in turn"), help=_("And find who answers."))
        asked = network.task.name, network.cell.name, sequence
        if pressed:
            st.session_state["who"] = asked
        if st.session_state.get("who") == asked:  # it is worked out for those who want to know
            _told_who(network, sequence, held)


def _told_who(network: Network, sequence: Sequence, held: Held) -> None:
    found = who(network, sequence)
    if found is None:
        st.write(_("Nothing that is asked for changes in this sequence; choose another one."))
        return
    texts = [shown(element) for element in sequence]
    best, *others = found.tried
    st.write(
        _(
            "Each unit in turn keeps its memory as it was before {change}; all others are left "
            "alone. What becomes of the right answer “{answer}” after {step}, which gets {p}?"
        ).format(
            change=quoted(texts, found.change.last),
            answer=shown(found.answer),
            step=quoted(texts, found.step),
            p=percent(found.p, 1),
        )
    )
    st.dataframe([_tried(one, found) for one in found.tried], hide_index=True, height=260)
    said = {
        True: _("Unit {unit} alone turns it wrong. The others leave it {p} or more."),
        False: _("No unit alone turns it wrong. Unit {unit} takes most; the others leave {p}."),
    }
    several = _("Several units turn it wrong, each by itself; unit {unit} takes most.")
    turned = any(one.instead for one in others)
    pattern = several if best.instead and turned else said[found.alone]
    least = percent(others[0].p, 1) if others else "–"
    st.markdown(f"**{pattern.format(unit=best.unit, p=least)}**")
    st.button(
        _("Hold unit {unit} and see").format(unit=best.unit),
        on_click=held.hold,
        args=(best.spans,),
    )


def _tried(one: Tried, found: Who) -> dict[str, object]:
    return {
        _("unit"): one.unit,
        f"“{shown(found.answer)}”": percent(one.p, 1),
        _("answered instead"): shown(one.instead) if one.instead else "–",
    }


def _named(row: str) -> str:
    return {
        "keep": _("keep"),
        "add": _("add"),
        "erase": _("erase"),
        "overwrite": _("overwrite"),
        "hide": _("hide"),
        "show": _("show"),
        "ignore": _("ignore the past"),
    }[row]


def _button(row: Row) -> str:
    if not row.held:
        return _("{row}: not here").format(row=_named(row.name))
    return _("{row}: {gates}").format(row=_named(row.name), gates=_gates(row))


def _gates(row: Row) -> str:
    return _(", ").join(f"{plain(gate)} = {value:g}" for gate, value in row.held.items())


def _written(row: Row, cell: Cell) -> dict[str, str]:
    """A row as it stands in the table: what each gate is, and what comes of it."""
    cells = {
        f"{_(cell.roles[gate].does)} {plain(gate)}": f"{row.gates[gate]:g}"
        if gate in row.gates
        else "–"
        for gate in gates_of_table(cell)
    }
    result = row.becomes or _("not reachable: {why}").format(why=row.why_not)
    return {_("row"): _named(row.name)} | cells | {_("then"): result}


def changed_token(task: Task, sequence: Sequence) -> Sequence:
    """The sequence with one element changed, where a change was asked for."""
    if task.symbols is None:
        return sequence
    scope = f"{task.name} {hash(sequence)}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        step = controls.choice(
            "token",
            _("Change a token"),
            range(len(sequence) + 1),
            title=lambda k: _("none") if k == 0 else f"{k}  {shown(sequence[k - 1])}",
            scope=scope,
        )
        if not step:
            return sequence
        known = list(task.symbols)
        symbol = controls.choice(
            "into",
            _("into"),
            known,
            str(sequence[step - 1]),
            title=shown,
            scope=f"{scope} at {step}",
        )
    return (*sequence[: step - 1], symbol, *sequence[step:])


def both_runs(
    task: Task,
    cell: str,
    sequence: Sequence,
    changed: Sequence,
    spans: tuple[Span, ...],
    layer: int,
) -> DrawnSpan | None:
    """The untouched run and the other beside it; returns what was drawn on a strip, if anything."""
    payload = _both(task.name, cell, sequence, changed, spans, layer, spoken())
    return pair(payload, key="what if").drawn


def take_drawn(
    drawn: DrawnSpan | None,
    held: Held,
    value: float,
    everyone: bool,
    network: Network,
    sequence: Sequence,
    layer: int,
) -> None:
    """Holds what was drawn, and shows it."""
    if not drawn:
        return
    unit = None if everyone else drawn["unit"]
    new = Span(drawn["signal"], drawn["from"], drawn["to"], value, unit, layer)
    checked = _read(str(new), network, sequence)
    if checked:
        held.hold(held_after(held.spans, checked))
        st.rerun()


@st.cache_resource(max_entries=60, show_spinner=False)
def _both(
    task: str,
    cell: str,
    sequence: Sequence,
    changed: Sequence,
    spans: tuple[Span, ...],
    layer: int,
    language: str,
) -> PairPayload:
    del language
    network = load(task, cell)
    found = Edited(network, TRAINED)
    before = network.read(sequence)
    try:
        after = read_held(network, network.inputs(changed), spans)
        trouble = ""
    except LeftRange as problem:
        after, trouble, spans = network.read(changed), str(problem.counted), ()
    answers = [network.predictions(run)[:, 0] for run in (before, after)]
    other = other_answer(TASKS[task], sequence, *answers)
    return pair_payload(
        shown_run(found, before, sequence, layer),
        shown_run(found, after, changed, layer),
        (_("untouched"), _("what if")),
        parameters.in_browser("what_if"),
        held=[
            {"signal": s.signal, "from": s.first, "to": s.last, "unit": s.unit}
            for s in spans
            if s.layer == layer
        ],
        holding=True,
        caption=trouble
        or _said(TASKS[task], (before, after), layer, sequence, changed, spans, answers, other),
        opens=other.step if other else None,
    )


def _said(
    task: Task,
    runs: tuple[Recording, Recording],
    layer: int,
    sequence: Sequence,
    changed: Sequence,
    spans: tuple[Span, ...],
    answers: Listed[np.ndarray],
    other: OtherAnswer | None,
) -> str:
    """What came of it, in a sentence: the first answer that changed, or how far c and h moved."""
    if not spans and changed == sequence:
        return _("Nothing is held yet: both runs are the same.")
    before, after = runs
    held = _(", ").join(
        _("{signal}{unit} = {value:g} at {steps}").format(
            signal=plain(s.signal) + (_(" of layer {k}").format(k=s.layer + 1) if s.layer else ""),
            unit=_(" of all units") if s.unit is None else _(" of unit {unit}").format(unit=s.unit),
            value=s.value,
            steps=s.first + 1 if s.first == s.last else f"{s.first + 1}–{s.last + 1}",
        )
        for s in spans
    )
    said = _("Held: {held}.").format(held=held) + " " if held else ""
    if other:
        said += other.said(shown(sequence[other.step])) + " "
    elif task.choices is None:
        moved = float(np.abs(answers[1] - answers[0]).max())
        said += _("The forecast moves by up to {moved:.2f} {unit}.").format(
            moved=moved, unit=task.unit
        )
        said += " "
    else:
        said += _("No answer changes its first guess.") + " "
    return said + _moved(before[layer], after[layer]).strip()


def _moved(before: Trace, after: Trace) -> str:
    """Which signals of a layer move by more than a little, and until when."""
    cell = before.cell
    last = {}
    for name in cell.signals:
        apart = np.abs(after[name] - before[name]).max(axis=(1, 2)) > LITTLE
        if apart.any():
            last[name] = int(np.flatnonzero(apart)[-1]) + 1
    if not last:
        return _("No signal moves by more than {little}.").format(little=LITTLE) + " "
    longest = max(last, key=lambda name: last[name])
    return (
        ngettext(
            "{count} of {all} signals moves by more than {little}: {name}, last at step {step} of "
            "{steps}.",
            "{count} of {all} signals move by more than {little}; the last to do so is {name}, at "
            "step {step} of {steps}.",
            len(last),
        ).format(
            count=len(last),
            all=len(cell.signals),
            little=LITTLE,
            name=plain(longest),
            step=last[longest],
            steps=len(before.h),
        )
        + " "
    )
