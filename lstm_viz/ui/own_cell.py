"""The page on which a cell is typed: where its text comes from, and all that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import streamlit as st

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.draft import Draft, draft
from lstm_viz.cells.marks import marks_of
from lstm_viz.cells.parameters import formula, reckoned
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.text import MAX_CHARACTERS, line_numbers
from lstm_viz.cells.titles import cell_of
from lstm_viz.cells.variants import hides, reachable
from lstm_viz.gradients.decay import Curve, untrained
from lstm_viz.language import _, spoken
from lstm_viz.networks.edited_cell import EDITED, TRAINED, Edited, network_for
from lstm_viz.networks.network import Network
from lstm_viz.notation.program import numpy_program, torch_program
from lstm_viz.run.errors import LeftRange
from lstm_viz.run.trace import Trace
from lstm_viz.stage.curves import Reach, curves_payload
from lstm_viz.stage.editor import editor_payload
from lstm_viz.stage.output import head_of
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.tokens import read_series, read_tokens
from lstm_viz.tasks import TASKS, Sequence, Task
from lstm_viz.ui import address, controls, parameters
from lstm_viz.ui.components import curves, editor, typed_in
from lstm_viz.ui.train.link import train
from lstm_viz.words.captions import look_at
from lstm_viz.words.decay import reach_said
from lstm_viz.words.holding import look_at_network
from lstm_viz.words.parameters import biases_said

LINK = "link"
_SAVED, _LINKED, _VERSION = "saved cells", "linked cell", "cell again"
_DRAFTS, _GOOD = "cell drafts", "cells that ran"
MOST_SAVED, LONGEST_NAME = 20, 40
COMPARED = ("lstm", "gru")


def start_choice() -> str:
    """Which text the editor begins with: the link's, a saved one, or a cell of the catalogue."""
    text, is_new = address.value("equations")
    if is_new:
        st.session_state[_LINKED] = text
    options = [*([LINK] if _linked() else []), *_saved(), *CELLS]
    start = controls.choice(
        "from", _("Start from"), options, LINK if _linked() else "lstm", title=_title_of
    )
    if is_new:  # the editor shows what the link says, or what the cell was before it was edited
        drafts = st.session_state.setdefault(_DRAFTS, {})
        drafts[start] = text or _text_of(start)
        st.session_state[_VERSION] = st.session_state.get(_VERSION, 0) + 1
    return start


def typed_cell(start: str, task: Task, sequence: Sequence) -> Own:
    """The editor, and the cell that stands in it after it has read the sequence.

    While the text cannot be read or run, the last one that could is shown, and the editor says why.
    """
    drafts = st.session_state.setdefault(_DRAFTS, {})
    version = f"{start} {st.session_state.setdefault(_VERSION, 0)}"
    typed = typed_in("editor", version, drafts.get(start, _text_of(start)))
    text = typed[: MAX_CHARACTERS + 1]
    drafts[start] = text
    is_as_it_was = start in CELLS and text == CELLS[start].text
    address.put("equations", "" if is_as_it_was else text)
    read = draft(text)
    found = own(read.cell, task, sequence) if read.cell else None
    if read.cell and found and found.problem:
        line = line_numbers(text)[found.signal] if found.signal else None
        read = Draft(text, read.cell, found.problem, line)
    good = st.session_state.setdefault(_GOOD, {})
    editor(editor_payload(read, version, start in good), key="editor")
    if found and not found.problem:
        good[start] = text
        return found
    return own(cell_of(good.get(start, CELLS["lstm"].text)), task, sequence)


def start_over(start: str) -> None:
    """A button that puts the text back to what the choice began with."""
    changed = st.session_state.get(_DRAFTS, {}).get(start, "") != _text_of(start)
    if st.button(_("Start over"), disabled=not changed):
        st.session_state[_DRAFTS].pop(start)
        st.session_state[_VERSION] += 1
        st.rerun()


def save_choice(start: str) -> None:
    """A box for a name and a button that keeps the text under it for this visit."""
    text = st.session_state.get(_DRAFTS, {}).get(start, "")
    with st.popover(_("Save under a name")):
        name = st.text_input(_("Name"), max_chars=LONGEST_NAME, key="name of own cell").strip()
        room = len(_saved()) < MOST_SAVED or name in _saved()
        if not room:
            st.caption(_("{most} cells are saved; use one of their names.").format(most=MOST_SAVED))
        if st.button(_("Save"), disabled=not name or name in CELLS or not room):
            _saved()[name] = text
            st.toast(
                _("“{name}” stands under “Start from” until you close this tab.").format(name=name)
            )
            st.rerun()
        st.caption(_("The address of this page holds the text as well: copy it to share the cell."))


def _linked() -> str:
    """The equations in the link that opened the page; later the address follows the editor."""
    text: str = st.session_state.get(_LINKED, "")
    return text


def _saved() -> dict[str, str]:
    saved: dict[str, str] = st.session_state.setdefault(_SAVED, {})
    return saved


def _text_of(start: str) -> str:
    if start == LINK:
        return _linked()
    return _saved()[start] if start in _saved() else CELLS[start].text


def _title_of(start: str) -> str:
    if start == LINK:
        return _("The cell in the link")
    return start if start in _saved() else _(CELLS[start].title)


# ---- what follows from the text ------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Own:
    """A typed cell that read a sequence; or what became of it, and in which signal's equation."""

    cell: Cell
    found: Edited
    problem: str = ""
    signal: str | None = None
    trace: Trace | None = None
    payload: StagePayload | None = None


def own(cell: Cell, task: Task, sequence: Sequence) -> Own:
    """The cell reading the sequence, with the task's trained weights wherever they fit."""
    return _own(cell.text, task.name, sequence, spoken())


@st.cache_resource(max_entries=30, show_spinner=False)
def _own(text: str, task: str, sequence: Sequence, language: str) -> Own:
    del language
    cell = cell_of(text)
    found = network_for(TASKS[task], cell)
    try:
        recording = found.network.read(sequence)
        tokens = read_tokens(found.network, recording, sequence)
        texts = [token.text for token in tokens]
        run = ShownRun(
            recording[0],
            tokens,
            look_at_network(found.network, recording, sequence, texts)
            if found.state == TRAINED
            else look_at(recording[0], texts),
            task=_(TASKS[task].title),
            series=read_series(found.network, recording, sequence),
            address=parameters.in_browser("own_cell"),
            file_name=f"{task}-own-cell",
            head=head_of(found.network, recording),
        )
        payload = stage_payload(run)
    except LeftRange as problem:
        return Own(cell, found, str(problem.counted), problem.signal)
    except ValueError as problem:
        return Own(cell, found, str(problem))
    return Own(cell, found, trace=recording[0], payload=payload)


def facts(shown: Own) -> None:
    """Parameters, states and what the gates can do."""
    network, cell = shown.found.network, shown.cell
    D, H = _inputs(network), network.hidden
    biases, counts = biases_said(cell, [(D, H)]), reckoned(cell, D, H)
    states = _(", ").join(map(plain, cell.states)) or _("nothing")
    gates_can = _(", ").join(corners(cell)) or _("nothing: it has none")
    rows = (
        (_("Parameters"), _("{name}: {what}").format(name=f"**{formula(cell)}**", what=counts)),
        (_("Carried from step to step"), f"**{states}**"),
        (_("Its gates can"), f"**{gates_can}**"),
    )
    lines = [_("{name}: {what}").format(name=name, what=what) for name, what in rows]
    st.markdown("  \n".join([*lines, biases] if biases else lines))


def train_button(shown: Own, task: Task) -> None:
    """Leads to the page of training, where the cell learns the task beside the two best known."""
    if st.button(_("Train it beside the LSTM and the GRU"), disabled=bool(shown.problem)):
        train(task.name, (shown.cell, *(CELLS[name] for name in COMPARED)))


def corners(cell: Cell) -> list[str]:
    """The rows of the gate table that a cell reaches, in words."""
    words = {
        "keep": _("keep"),
        "add": _("add"),
        "erase": _("erase"),
        "overwrite": _("overwrite"),
        "hide": _("hide"),
    }
    return [words[c] for c in (*reachable(cell), *(["hide"] if hides(cell) else []))]


def _inputs(network: Network) -> int:
    return 1 if network.embedding is None else int(network.embedding.shape[1])


def weights_said(found: Edited) -> str:
    """Where the weights come from, in a sentence."""
    if found.state == "trained":
        return _("This is the trained network as it is shipped.")
    if found.state == EDITED and found.kept:
        fresh = _(", ").join(found.fresh) or _("none")
        said = _(
            "Edited, not retrained: {kept} of {all} weights are those of the trained network; new "
            "and untrained: {fresh}."
        ).format(kept=len(found.kept), all=len(found.kept) + len(found.fresh), fresh=fresh)
        if not found.resting:
            return said
        return f"{said} " + _(
            "Of these {resting} start at 0: what is added changes nothing until it is trained."
        ).format(resting=_(", ").join(found.resting))
    return _("None of its weights is trained: every number comes from random starting weights.")


def reach_beside(cell: Cell) -> str:
    """Draws how far the cell's gradient reaches beside the catalogue's; returns what to see."""
    own = _untrained(cell)
    beside = [CELLS[name] for name in COMPARED if CELLS[name] != cell]
    marks = marks_of([cell, *beside])
    found = [Reach(_("this cell"), marks[cell].colour, own.mean)] if own else []
    found += [Reach(_(it.title), marks[it].colour, untrained(it).mean) for it in beside]
    curves(curves_payload(found), key="reach")
    if own is None or not np.isfinite(own.mean).any():
        return _("Untrained, this cell overflows, or what it carries reaches nowhere.")
    return reach_said(cell)


def _untrained(cell: Cell) -> Curve | None:
    try:
        return untrained(cell)
    except (FloatingPointError, ValueError):
        return None


def take_away(shown: Own) -> None:
    """Buttons that save the run as a program that prints the same numbers."""
    assert shown.trace is not None
    trace = shown.trace
    with st.container(horizontal=True):
        for label, program, name in (
            (_("As a NumPy program"), numpy_program, "own_cell_numpy.py"),
            (_("As a PyTorch program"), torch_program, "own_cell_torch.py"),
        ):
            st.download_button(
                label,
                partial(program, trace),
                name,
                "text/x-python",
                on_click="ignore",
            )
