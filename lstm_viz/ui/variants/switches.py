"""The page of switches: which cell is set, what it changes, and both cells side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import streamlit as st

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.parameters import formula, reckoned
from lstm_viz.cells.variants import COUPLED, LEARNT, OPEN, Switches
from lstm_viz.language import _, spoken
from lstm_viz.networks.edited_cell import TRAINED, Edited, edited, network_for
from lstm_viz.notation.libraries import NOTATIONS, Notation
from lstm_viz.run.errors import LeftRange
from lstm_viz.stage.pair import pair_payload
from lstm_viz.stage.payload_types import PairPayload
from lstm_viz.stage.tokens import shown
from lstm_viz.tasks import TASKS, Sequence, Task
from lstm_viz.ui import address, controls, parameters
from lstm_viz.ui.components import pair
from lstm_viz.ui.own_cell import corners, weights_said
from lstm_viz.ui.shell import drawer
from lstm_viz.ui.train.link import train
from lstm_viz.ui.two_runs import other_answer, shown_run
from lstm_viz.words.parameters import biases_said

SWITCHED = "switched"
# The settings of the input and the forget gate, by the word that stands in the address.
PAIRS = {
    "both": (LEARNT, LEARNT),
    "i-open": (OPEN, LEARNT),
    "f-open": (LEARNT, OPEN),
    "both-open": (OPEN, OPEN),
    "i-coupled": (COUPLED, LEARNT),
    "f-coupled": (LEARNT, COUPLED),
}
OTHERS = tuple(
    name
    for name in CELLS
    if name not in {"lstm", "peephole", "coupled"}
    and name not in {"nig", "nfg", "nog", "niaf", "noaf", "cifg", "np", "fgr"}
)


# The switches that are on or off: their words in the address, and how they begin.
FLAGS = {
    "output": True,
    "peepholes": False,
    "candidate_tanh": True,
    "output_tanh": True,
    "recurrence": False,
}
BEGIN = "i-coupled"
ONE_FLIPPED = (*(name for name in PAIRS if name != "both"), *(f"both.{name}" for name in FLAGS))


def chosen_cell(task: Task, sequence: Sequence) -> Cell:
    """The family and, for the LSTM, its switches; at first the one that tells most here."""
    opening = telling_switch(task.name, sequence) or BEGIN
    setting, is_new = address.value("switch", opening)
    if is_new or "family" not in st.session_state:
        is_known = setting.partition(".")[0] in {*PAIRS, *OTHERS}
        _set(setting if is_known else opening)
    family = st.selectbox(
        _("Family"),
        [SWITCHED, *OTHERS],
        format_func=_family_title,
        key="family",
        persist_state="session",
    )
    cell = CELLS[family] if family != SWITCHED else switches().cell
    address.put("switch", _setting(), default=opening)
    return cell


@st.cache_resource(max_entries=200, show_spinner=False)
def telling_switch(task: str, sequence: Sequence) -> str | None:
    """The one switch after which an answer to this sequence is wrong most surely.

    Nothing is retrained: the LSTM keeps the weights that still fit. None where no answer that was
    right becomes wrong.
    """
    base = network_for(TASKS[task], CELLS["lstm"]).network
    before = base.predictions(base.read(sequence))[:, 0]
    surest: tuple[float, str] | None = None
    for setting in ONE_FLIPPED:
        network = edited(base, cell_of_setting(setting)).network
        try:
            after = network.predictions(network.read(sequence))[:, 0]
        except LeftRange:
            continue
        found = other_answer(TASKS[task], sequence, before, after)
        if found and found.is_asked and (surest is None or found.p > surest[0]):
            surest = found.p, setting
    return surest[1] if surest else None


def _family_title(name: str) -> str:
    return _("LSTM with switches") if name == SWITCHED else _(CELLS[name].title)


def switches() -> Switches:
    """One control for each switch."""
    said = {
        "both": _("both learnt"),
        "i-open": _("i fixed open"),
        "f-open": _("f fixed open"),
        "both-open": _("both fixed open"),
        "i-coupled": "i = 1 − f",
        "f-coupled": "f = 1 − i",
    }
    titles = {
        "output": _("Output gate"),
        "peepholes": _("Peepholes"),
        "candidate_tanh": _("Candidate’s tanh"),
        "output_tanh": _("Output’s tanh"),
        "recurrence": _("Gates read gates"),
    }
    with drawer(_("Switches"), key="switches"):
        gates = st.selectbox(
            _("Input and forget gate"),
            list(PAIRS),
            format_func=said.__getitem__,
            key="gates",
            persist_state="session",
        )
        flags = {
            name: st.toggle(title, key=name, persist_state="session")
            for name, title in titles.items()
        }
    return _switches(gates, flags)


def _switches(gates: str, flags: Mapping[str, bool]) -> Switches:
    input_gate, forget_gate = PAIRS[gates]
    return Switches(
        flags["peepholes"],
        input_gate,
        forget_gate,
        LEARNT if flags["output"] else OPEN,
        flags["candidate_tanh"],
        flags["output_tanh"],
        flags["recurrence"],
    )


def _setting() -> str:
    """The setting of all controls in one word: ``gru``, or ``i-coupled.peepholes``."""
    family: str = st.session_state["family"]
    if family != SWITCHED:
        return family
    flipped = [name for name, begin in FLAGS.items() if st.session_state[name] != begin]
    return ".".join([st.session_state["gates"], *flipped])


def _set(setting: str) -> None:
    """Sets the controls to a setting; what it does not name begins as the LSTM has it."""
    first, *flipped = setting.split(".")
    if first in OTHERS:
        st.session_state["family"] = first
        first, flipped = BEGIN, []
    else:
        st.session_state["family"] = SWITCHED
    st.session_state["gates"] = first if first in PAIRS else BEGIN
    for name, begin in FLAGS.items():
        st.session_state[name] = begin != (name in flipped)


def title_of(cell: Cell) -> str:
    """A cell's name in a sentence."""
    return _(cell.title) if cell.title else _("this setting")


def changes(cell: Cell) -> str:
    """The lines in which a cell differs from the LSTM, as code."""
    lstm = {line.name: line.text for line in CELLS["lstm"].lines}
    lines = {line.name: line.text for line in cell.lines}
    said = []
    for name in dict.fromkeys([*lstm, *lines]):
        if lstm.get(name) != lines.get(name):
            said += [f"- {lstm[name]}"] if name in lstm else []
            said += [f"+ {lines[name]}"] if name in lines else []
    return "\n".join(said)


def compared(
    cell: Cell,
    task: Task,
    sequence: Sequence,
    weights: str,
    notation: Notation,
) -> Edited:
    """The LSTM and the cell side by side; returns how the cell came by its weights."""
    payload, found = _compared(cell, task.name, sequence, weights, notation.key, spoken())
    if isinstance(payload, str):
        st.error(payload)
    else:
        pair(payload, key="variants")
    return found


# Where the right cell's weights come from: the LSTM's as far as they fit; the same, with what was
# added to a line at random; or those that this cell was itself trained to.
EDITS, AWAKE, OWN = "edited", "awake", "own"


def weights_choice(cell: Cell, task: Task) -> str:
    """Where the right cell's weights come from; asked where there is more than one answer."""
    base = network_for(task, CELLS["lstm"]).network
    start = edited(base, cell)
    said = {
        EDITS: _("the LSTM’s, edited") if start.kept else _("untrained: none of the LSTM’s fits"),
        AWAKE: _("edited, new ones at random"),
        OWN: _("its own, trained"),
    }
    options = [EDITS]
    options += [AWAKE] if start.resting else []
    trained = cell != CELLS["lstm"] and network_for(task, cell).state == TRAINED
    options += [OWN] if trained else []
    if len(options) == 1:
        return EDITS
    return controls.choice(
        "weights",
        _("Weights"),
        options,
        EDITS if start.kept or not trained else OWN,
        title=said.__getitem__,
        control=st.segmented_control,
        scope=f"{'-'.join(options)}{'' if start.kept else ', none kept'}",
        required=True,
    )


@st.cache_resource(max_entries=40, show_spinner=False, hash_funcs={Cell: hash})
def _compared(
    cell: Cell,
    task: str,
    sequence: Sequence,
    weights: str,
    notation: str,
    language: str,
) -> tuple[PairPayload | str, Edited]:
    del language
    base = network_for(TASKS[task], CELLS["lstm"])
    if weights == OWN or cell == CELLS["lstm"]:
        found = network_for(TASKS[task], cell)
    else:
        found = edited(base.network, cell, awake=weights == AWAKE)
    if weights == AWAKE:
        found = replace(found, base=None)  # training goes on from the trained network alone
    try:
        runs = [one.network.read(sequence) for one in (base, found)]
        left, right = (
            shown_run(one, run, sequence, notation=NOTATIONS[notation])
            for one, run in zip((base, found), runs, strict=True)
        )
    except LeftRange as problem:
        return str(problem.counted), found
    same = cell == CELLS["lstm"]
    names = (_("LSTM"), _("LSTM, nothing switched") if same else title_of(cell))
    answers = (
        one.network.predictions(run)[:, 0] for one, run in zip((base, found), runs, strict=True)
    )
    other = other_answer(TASKS[task], sequence, *answers)
    said = [other.said(shown(sequence[other.step]))] if other else []
    payload = pair_payload(
        left,
        right,
        names,
        parameters.in_browser("variants"),
        caption=" ".join([*said, weights_said(found)]),
        opens=other.step if other else None,
    )
    return payload, found


def parameters_said(cell: Cell, found: Edited) -> str:
    """The formula and the count beside the LSTM's, and what the gates can do."""
    network = found.network
    D = 1 if network.embedding is None else int(network.embedding.shape[1])
    lstm = CELLS["lstm"]
    return "  \n".join(
        [
            _("**Parameters** {formula}: {numbers}").format(
                formula=formula(cell), numbers=reckoned(cell, D, network.hidden)
            ),
            _("the LSTM has {formula}: {numbers}").format(
                formula=formula(lstm), numbers=lstm.count(D, network.hidden)
            ),
            biases_said(lstm, [(D, network.hidden)]),
            _("**Its gates can** {corners}").format(
                corners=_(", ").join(corners(cell)) or _("nothing: it has none")
            ),
        ]
    )


def train_button(cell: Cell, task: Task) -> None:
    """Leads to the page of training, where this cell learns the task beside the LSTM."""
    if st.button(_("Train it from the start, beside the LSTM")):
        train(task.name, (CELLS["lstm"], cell))


def open_cell(name: str) -> None:
    """Sets the controls to a cell of the catalogue."""
    settings = [name] if name in OTHERS else _settings()
    _set(next(s for s in settings if name in OTHERS or cell_of_setting(s) == CELLS[name]))


def _settings() -> list[str]:
    """Every setting of the switches, in the words of the address."""
    return [
        ".".join([gates, *flipped])
        for gates in PAIRS
        for number in range(len(FLAGS) + 1)
        for flipped in combinations(FLAGS, number)
    ]


def cell_of_setting(setting: str) -> Cell:
    """The LSTM with the switches of a setting."""
    gates, *flipped = setting.split(".")
    flags = {name: begin != (name in flipped) for name, begin in FLAGS.items()}
    return _switches(gates, flags).cell
