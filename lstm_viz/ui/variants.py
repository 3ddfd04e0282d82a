"""The page of switches: which cell is set, what it changes, and how all variants compare."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import streamlit as st

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.typeset import aligned_latex
from lstm_viz.edited import TRAINED, Edited, edited, network_for
from lstm_viz.exercises import LESSONS
from lstm_viz.findings import CERTAINTY, FINDINGS
from lstm_viz.gate_table import gates_of_table
from lstm_viz.gradients.reach import half_life, reach, untrained_trace
from lstm_viz.language import _, spoken
from lstm_viz.network import load, shipped
from lstm_viz.notation import NOTATIONS, Notation, gates_of, kind_of, lines_in
from lstm_viz.notation_figures import stacked
from lstm_viz.parameters import formula, reckoned
from lstm_viz.tasks import TASKS, Sequence, Task
from lstm_viz.ui.comparing import pair, side_by_side
from lstm_viz.ui.own_cell import corners, weights_said
from lstm_viz.ui.practice_link import train
from lstm_viz.variants import COUPLED, LEARNT, OPEN, Switches

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


def chosen_cell() -> Cell:
    """The family and, for the LSTM, its switches."""
    _follow_address()
    family = st.selectbox(
        _("Family"),
        [SWITCHED, *OTHERS],
        format_func=_family_title,
        key="family",
        persist_state="session",
    )
    if family != SWITCHED:
        st.caption(_(CELLS[family].sentence))
        return CELLS[family]
    return switches().cell


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
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        gates = st.selectbox(
            _("Input and forget gate"),
            list(PAIRS),
            format_func=said.__getitem__,
            key="gates",
            persist_state="session",
            width=220,
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


def setting_in_address() -> str:
    """The setting of all controls in one word: ``gru``, or ``i-coupled.peepholes``."""
    family = st.session_state["family"]
    if family != SWITCHED:
        return family
    flipped = [name for name, begin in FLAGS.items() if st.session_state[name] != begin]
    return ".".join([st.session_state["gates"], *flipped])


def _follow_address() -> None:
    """Where the page was opened from a link, the controls show what the link says."""
    if "family" not in st.session_state:
        _set(st.query_params.get("switch", BEGIN))


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
    address: Mapping[str, str],
    weights: str,
    notation: Notation,
) -> Edited:
    """The LSTM and the cell side by side; returns how the cell came by its weights."""
    where = {**address, "task": task.name, "switch": setting_in_address()}
    payload, found = _compared(
        cell, task.name, sequence, weights, notation.key, tuple(where.items()), spoken()
    )
    if isinstance(payload, str):
        st.error(payload)
    else:
        st.caption(weights_said(found))
        side_by_side(payload, key="variants")
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
    return st.segmented_control(
        _("Weights"),
        options,
        default=EDITS if start.kept or not trained else OWN,
        format_func=said.__getitem__,
        key=f"weights of {'-'.join(options)}{'' if start.kept else ', none kept'}",
        required=True,
        persist_state="session",
    )


@st.cache_resource(max_entries=40, show_spinner=False, hash_funcs={Cell: hash})
def _compared(
    cell: Cell,
    task: str,
    sequence: Sequence,
    weights: str,
    notation: str,
    address: tuple[tuple[str, str], ...],
    language: str,
) -> tuple[dict[str, Any] | str, Edited]:
    del language
    base = network_for(TASKS[task], CELLS["lstm"])
    if weights == OWN or cell == CELLS["lstm"]:
        found = network_for(TASKS[task], cell)
    else:
        found = edited(base.network, cell, awake=weights == AWAKE)
    if weights == AWAKE:
        found = replace(found, base=None)  # training goes on from the trained network alone
    try:
        runs = (
            (base, base.network.read(sequence)),
            (found, found.network.read(sequence)),
        )
    except FloatingPointError as problem:
        return str(problem), found
    same = cell == CELLS["lstm"]
    names = (_("LSTM"), _("LSTM, nothing switched") if same else title_of(cell))
    return pair(runs, sequence, names, dict(address), notation=NOTATIONS[notation]), found


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
            _("**Its gates can** {corners}").format(
                corners=", ".join(corners(cell)) or _("nothing: it has none")
            ),
        ]
    )


def train_button(cell: Cell, task: Task) -> None:
    """Leads to the page of training, where this cell learns the task beside the LSTM."""
    if task.name not in LESSONS:
        return
    if st.button(_("Train it from the start, beside the LSTM")):
        train(task.name, (CELLS["lstm"], cell))


# ---- all variants --------------------------------------------------------------------------------


def table_of_variants(task: Task) -> None:
    """Every cell of the catalogue; a click on a row opens it."""

    def opened() -> None:
        for row in _selected_rows():
            name = list(CELLS)[row]
            _open(name)
            st.toast(_("“{cell}” now stands above.").format(cell=_(CELLS[name].title)))

    score = task.score
    st.dataframe(
        _rows(task.name, spoken()),
        hide_index=True,
        on_select=opened,
        selection_mode="single-row",
        key="variants table",
        height=420,
        placeholder="–",
        column_config={
            "measured": st.column_config.NumberColumn(
                _("{score}, measured here").format(score=_(score.label)),
                format="%.3g",
                help=_("Of the network that is shipped for this task."),
            ),
            "network": st.column_config.TextColumn(
                _("network"), help=_("Click the box before a row to train what is not.")
            ),
            "half-life": st.column_config.NumberColumn(
                _("gradient’s half-life"),
                format="%.1f",
                help=_("Steps, untrained, over 20 steps back; – where it does not fall."),
            ),
            "cell": _("cell"),
            "gates": _("gates"),
            "states": _("states"),
            "reaches": _("its gates can"),
            "parameters": _("parameters"),
            "count": st.column_config.NumberColumn(_("for this task")),
            "source": _("paper"),
        },
    )
    name = next((list(CELLS)[row] for row in _selected_rows()), None)
    if name and (task.name, name) not in shipped() and task.name in LESSONS:
        title = _(CELLS[name].title)
        if st.button(_("Train “{cell}” beside the LSTM").format(cell=title)):
            train(task.name, (CELLS["lstm"], CELLS[name]))


def _selected_rows() -> list[int]:
    return st.session_state["variants table"]["selection"]["rows"]


def _open(name: str) -> None:
    """Sets the controls to a cell of the catalogue."""
    settings = [name] if name in OTHERS else _settings()
    _set(next(s for s in settings if name in OTHERS or _cell_of(s) == CELLS[name]))


def _settings() -> list[str]:
    """Every setting of the switches, in the words of the address."""
    return [
        ".".join([gates, *flipped])
        for gates in PAIRS
        for number in range(len(FLAGS) + 1)
        for flipped in combinations(FLAGS, number)
    ]


def _cell_of(setting: str) -> Cell:
    gates, *flipped = setting.split(".")
    flags = {name: begin != (name in flipped) for name, begin in FLAGS.items()}
    return _switches(gates, flags).cell


@st.cache_resource(max_entries=30, show_spinner=False)
def _rows(task: str, language: str) -> list[dict[str, Any]]:
    del language
    known = {cell for learnt, cell in shipped() if learnt == task}
    recipe = TASKS[task].recipe
    D = recipe.embedding or 1
    rows = []
    for name, cell in CELLS.items():
        gates = [
            signal
            for signal in gates_of_table(cell)
            if cell.ranges[signal][0] != cell.ranges[signal][1]  # a fixed one is no gate
        ]
        measured = load(task, name).metrics.get(TASKS[task].score.key) if name in known else None
        rows.append(
            {
                "cell": _(cell.title),
                "gates": ", ".join(map(plain, gates)) or "–",
                "states": ", ".join(map(plain, cell.states)),
                "reaches": ", ".join(corners(cell)) or "–",
                "parameters": formula(cell),
                "count": cell.count(D, recipe.hidden),
                "network": _("not trained here") if measured is None else _("shipped"),
                "measured": measured,
                "half-life": half_life(reach(untrained_trace(cell))),
                "source": cell.source,
            }
        )
    return rows


# ---- what others found ---------------------------------------------------------------------------


def findings(task: Task) -> None:
    """What the papers found, each with its source and certainty, beside what is measured here."""
    known = {cell for learnt, cell in shipped() if learnt == task.name}
    label = _(task.score.label)
    for finding in FINDINGS:
        measured = [
            f"{_(CELLS[name].title)} {load(task.name, name).metrics[task.score.key]:.3g}"
            for name in (*finding.cells, "lstm")
            if name in known and task.score.key in load(task.name, name).metrics
        ]
        here = (
            _("Here, on “{task}”, {label}: {numbers}.").format(
                task=_(task.title), label=label, numbers=", ".join(dict.fromkeys(measured))
            )
            if finding.cells and len(set(measured)) > 1
            else _("Not measured here.")
        )
        st.markdown(
            f"{_(finding.text)}  \n:small[{finding.source} · {_(CERTAINTY[finding.certainty])}]  \n"
            f":small[{here}]"
        )


# ---- notations -----------------------------------------------------------------------------------


def notation_choice() -> Notation:
    """In whose letters the page is written."""
    chosen = st.segmented_control(
        _("Notation"),
        list(NOTATIONS),
        default="ours",
        format_func=lambda key: _(NOTATIONS[key].title),
        key="notation",
        bind="query-params",
    )
    return NOTATIONS[chosen or "ours"]


def notations(cell: Cell, found: Edited, notation: Notation) -> None:
    """The cell's equations as others write them, and where their gates are stored."""
    kind = kind_of(cell)
    H = found.network.hidden
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.latex(aligned_latex(lines_in(cell, notation)))
    with right:
        if kind is None:
            st.write(_("No library has this cell under letters of its own; these are its paper’s."))
            return
        st.write(_(notation.notes[kind]))
        if not notation.orders:
            return
        st.table(
            [
                {
                    _("here"): plain(gate.signal),
                    _("there"): gate.places[notation.key].letter,
                    _("stored in"): _stored(gate.places[notation.key].block, notation),
                }
                for gate in gates_of(cell, H)
            ]
        )
    weights = found.network.layers[0][1]
    figure = stacked(cell, weights, notation, dark=st.context.theme.type == "dark")
    said = _(
        "The weights of the cell above, stacked as {library} stores them; blank where the library "
        "keeps room for a gate that this cell does without."
    ).format(library=_(notation.title))
    st.plotly_chart(figure, theme=None, config={"displayModeBar": False}, alt=said)
    st.caption(said)


def _stored(block: slice | None, notation: Any) -> str:
    if block is None:
        return "–"
    return _("{along} {first}–{last} of {stacks}").format(
        along=_(notation.along), first=block.start, last=block.stop - 1, stacks=notation.stacks
    )
