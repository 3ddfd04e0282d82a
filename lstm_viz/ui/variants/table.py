"""All variants in one table, and what the large comparisons of them found."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.cells.parameters import formula
from lstm_viz.cells.symbols import plain
from lstm_viz.gradients.decay import STARTS, untrained_half_lives
from lstm_viz.language import _, spoken
from lstm_viz.networks.network import load, shipped
from lstm_viz.rounded import percent
from lstm_viz.tasks import TASKS, Task
from lstm_viz.tasks.score import Score
from lstm_viz.ui import controls
from lstm_viz.ui.own_cell import corners
from lstm_viz.ui.train.link import train
from lstm_viz.ui.variants.switches import open_cell
from lstm_viz.words.decay import lives_between
from lstm_viz.words.gate_table import gates_of_table
from lstm_viz.words.literature import CERTAINTY, CLAIMS, measured_here

MOST = 65_536  # inputs or units that are counted with


def table_of_variants(task: Task) -> None:
    """Every cell of the catalogue; a click on a row opens it."""

    def opened() -> None:
        for row in _selected_rows():
            name = list(CELLS)[row]
            open_cell(name)
            st.toast(_("“{cell}” now stands above.").format(cell=_(CELLS[name].title)))

    D, H = _sizes(task)
    score, rows = task.score, _rows(task.name, spoken())
    counts = [{"count": cell.count(D, H)} for cell in CELLS.values()]
    rows = [
        {"cell": row["cell"]} | counted | row for row, counted in zip(rows, counts, strict=True)
    ]
    st.dataframe(
        rows,
        hide_index=True,
        on_select=opened,
        selection_mode="single-row",
        key="variants table",
        height=420,
        placeholder="–",
        column_config={
            "measured": st.column_config.NumberColumn(
                _(score.label),
                format=number_format(score, [row["measured"] for row in rows]),
                help=_("Of the network that is shipped for this task."),
            ),
            "interval": st.column_config.TextColumn(_("interval (95%)")),
            "network": st.column_config.TextColumn(
                _("network"), help=_("Click the box before a row to train what is not.")
            ),
            "half-life": st.column_config.NumberColumn(
                _("gradient’s half-life"),
                format="%.2g",
                help=_(
                    "Steps in which the memory’s gradient halves, untrained, as “How far back?” "
                    "measures it; – where it does not fall."
                ),
            ),
            "of starts": st.column_config.TextColumn(_("from {count} starts").format(count=STARTS)),
            "cell": st.column_config.TextColumn(_("cell"), width=152),
            "gates": _("gates"),
            "states": _("states"),
            "reaches": _("its gates can"),
            "parameters": _("parameters, added biases once"),
            "count": st.column_config.NumberColumn(
                _("for D = {D}, H = {H}").format(D=D, H=H), help=_("Weights and biases together.")
            ),
            "source": _("paper"),
        },
    )
    name = next((list(CELLS)[row] for row in _selected_rows()), None)
    if name and (task.name, name) not in shipped():
        title = _(CELLS[name].title)
        if st.button(_("Train “{cell}” beside the LSTM").format(cell=title)):
            train(task.name, (CELLS["lstm"], CELLS[name]))


def _sizes(task: Task) -> tuple[int, int]:
    """For how many inputs and units the parameters are counted: at first those of the task."""
    recipe = task.recipe
    asked = (
        ("inputs", _("Inputs D"), recipe.embedding or 1),
        ("hidden", _("Units H"), recipe.hidden),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        D, H = (
            controls.whole(name, label, 1, MOST, usual, scope=task.name, width=140)
            for name, label, usual in asked
        )
    return D, H


def number_format(score: Score, values: Iterable[object]) -> str:
    """How the browser writes a column of scores, shares in per cent: with as many digits as the one
    needs that comes closest to all or to nothing, so that none is rounded to either."""
    if score.unit != "%":
        return "%.3g"
    written = [percent(value / 100, 1) for value in values if isinstance(value, int | float)]
    return f"%.{max((len(text.rstrip('%').partition('.')[2]) for text in written), default=1)}f%%"


def _selected_rows() -> list[int]:
    rows: list[int] = st.session_state["variants table"]["selection"]["rows"]
    return rows


@st.cache_resource(max_entries=30, show_spinner=False)
def _rows(task: str, language: str) -> list[dict[str, object]]:
    del language
    known = {cell for learnt, cell in shipped() if learnt == task}
    score = TASKS[task].score
    scale = 100 if score.unit == "%" else 1
    rows = []
    for name, cell in CELLS.items():
        gates = [
            signal
            for signal in gates_of_table(cell)
            if cell.ranges[signal][0] != cell.ranges[signal][1]  # a fixed one is no gate
        ]
        lives = untrained_half_lives(cell)
        metrics = load(task, name).metrics if name in known else {}
        measured, ends_of = metrics.get(score.key), metrics.get("interval")
        rows.append(
            {
                "cell": _(cell.title),
                "gates": _(", ").join(map(plain, gates)) or "–",
                "states": _(", ").join(map(plain, cell.states)),
                "reaches": _(", ").join(corners(cell)) or "–",
                "parameters": formula(cell),
                "network": _("not trained here") if measured is None else _("shipped"),
                "measured": measured if measured is None else measured * scale,
                "interval": score.between(*ends_of) if ends_of else "",
                "half-life": lives[0] if lives[0] is not None and lives[0] > 0 else None,
                "of starts": lives_between(lives),
                "source": cell.source,
            }
        )
    return rows


def claims(task: Task) -> None:
    """What the papers found, each with its source and certainty, beside what is measured here."""
    for claim in CLAIMS:
        st.markdown(
            f"{_(claim.text)}  \n:small[{claim.source} · {_(CERTAINTY[claim.certainty])}]  \n"
            f":small[{measured_here(claim, task)}]"
        )
