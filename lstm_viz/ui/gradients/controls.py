"""What the page about gradients measures: which cells, from which start or training, and what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from lstm_viz.cells import Cell
from lstm_viz.cells.titles import cell_of, title_of
from lstm_viz.gradients.decay import NAMED, QUANTITIES, SCHEMES, Loss, Start, cuts
from lstm_viz.gradients.losses import answer_loss
from lstm_viz.language import _
from lstm_viz.networks.network import load, shipped, untrained
from lstm_viz.run.trace import Trace
from lstm_viz.tasks import TASKS, Sequence
from lstm_viz.ui import address, controls
from lstm_viz.ui.gradients.runs import Kept
from lstm_viz.words.decay import path_name

UNTRAINED, TRAINED, RUN = "untrained", "trained", "run"
AS_DRAWN = "as drawn"
BIASES = (AS_DRAWN, "-2", "-1", "0", "1", "2", "3", "4", "5", "6")
SCALES = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
UNITS = (8, 16, 32, 64)
MOST_CELLS = 6


@dataclass(frozen=True)
class Read:
    """A shipped network that was asked what comes after a step; untrained where it is to be."""

    task: str
    sequence: Sequence
    step: int
    trained: bool = True

    def trace(self, cell: str) -> tuple[Trace, Loss]:
        """What its last layer did, and the derivative of its loss."""
        network = load(self.task, cell)
        if not self.trained:
            recipe = network.task.recipe
            network = untrained(
                network.task,
                network.cell,
                network.hidden,
                recipe.embedding,
                layers=network.depth,
                seed=recipe.seed,
                forget_bias=recipe.forget_bias,
            )
        return answer_loss(network, self.sequence, self.step)


Source = Start | Read | Kept


def source_choice() -> str:
    """Untrained cells, trained networks where there are any, or a training run."""
    titles = {
        UNTRAINED: _("Untrained cells"),
        TRAINED: _("Trained networks"),
        RUN: _("A training run"),
    }
    if not shipped():
        del titles[TRAINED]
    return controls.choice(
        "weights",
        _("Weights"),
        list(titles),
        title=titles.__getitem__,
        control=st.segmented_control,
    )


def named_starts() -> None:
    """A button for every start with a name; it moves the controls below."""
    with st.container(horizontal=True, gap="xsmall"):
        for key, (title, start) in NAMED.items():
            st.button(_(title), key=f"named {key}", on_click=_go_to, args=(start,))


def _go_to(start: Start) -> None:
    address.put("start", start.scheme)
    address.put("bias", AS_DRAWN if start.forget_bias is None else f"{start.forget_bias:g}")
    address.put("scale", start.scale)


def start_choice() -> Start:
    """How the cells start, how large they are and how much they read."""
    default = Start()
    scheme = controls.choice(
        "start", _("Start"), list(SCHEMES), default.scheme, title=lambda key: _(SCHEMES[key])
    )
    bias = controls.choice(
        "bias",
        _("Forget bias"),
        BIASES,
        control=st.select_slider,
        disabled=scheme == "chrono",
        help=_("The bias of whichever gate keeps. Chrono draws it anew for each unit."),
    )
    scale = controls.choice(
        "scale",
        _("Recurrent scale"),
        SCALES,
        default.scale,
        control=st.select_slider,
        help=_("Multiplies every U, and with it its spectral radius."),
    )
    steps = controls.whole("steps", _("Steps"), 10, 200, default.steps, control=st.slider, step=10)
    hidden = controls.choice(
        "units", _("Hidden units"), UNITS, default.hidden, control=st.select_slider
    )
    drawn = bias == AS_DRAWN or scheme == "chrono"
    return replace(
        default,
        scheme=scheme,
        forget_bias=None if drawn else float(bias),
        scale=scale,
        steps=steps,
        hidden=hidden,
    )


def cells_choice(names: list[str]) -> list[str]:
    """Some cells of the catalogue, at least one."""
    default = [name for name in names if name in ("rnn", "lstm", "gru")] or names[:1]
    chosen = controls.choices(
        "cells",
        _("Cells"),
        names,
        default,
        title=_title(title_of),
        most=MOST_CELLS,
        max_selections=MOST_CELLS,
    )
    if not chosen:
        st.info(_("No cell is chosen; these are shown."))
    return chosen or default


def learnt_cells(task: str) -> list[str]:
    """The cells of which a network has learnt this task."""
    return [cell for learnt, cell in shipped() if learnt == task]


def learnt_choice() -> tuple[str, Sequence, str]:
    """A task that networks have learnt, one of its sequences, and the latter's short name."""
    tasks = list(dict.fromkeys(task for task, _cell in shipped()))
    name = controls.choice("learnt", _("Task"), tasks, title=lambda task: _(TASKS[task].title))
    examples = {str(k): title for k, title in enumerate(TASKS[name].examples, start=1)}
    number = controls.choice("read", _("Sequence"), list(examples), title=lambda k: _(examples[k]))
    return name, TASKS[name].examples[examples[number]], f"{name} {number}"


def quantity_choice(default: str) -> str:
    """Which derivative is followed back."""
    return controls.choice(
        "follow",
        _("Follow the gradient of"),
        list(QUANTITIES),
        default,
        title=lambda key: _(QUANTITIES[key].meaning),
        control=st.segmented_control,
    )


def memory_choice(cells: list[str]) -> str | None:
    """One of the cells that keep a memory, None if there is none among them."""
    keeping = [name for name in cells if cell_of(name).memory]
    if not keeping:
        return None
    default = "lstm" if "lstm" in keeping else keeping[0]
    return controls.choice(
        "within",
        _("Cell"),
        keeping,
        default,
        title=_title(title_of),
        control=st.segmented_control,
    )


def cut_choice(cell: str) -> list[str]:
    """The paths of a cell through which nothing is to flow back."""
    paths = list(cuts(cell_of(cell)))
    return controls.choices(
        "cut",
        _("Cut"),
        paths,
        [],
        title=lambda path: path_name(cell_of(cell), path),
        control=_many_pills,
    )


def unit_choice(units: int) -> int | None:
    """A unit, or None for the mean over all."""
    titles = {"all": _("all units"), **{str(k): _("unit {n}").format(n=k) for k in range(units)}}
    chosen = controls.choice("unit", _("Unit"), list(titles), title=titles.__getitem__, width=220)
    return None if chosen == "all" else int(chosen)


def _many_pills(label: str, options: list[str], **settings: Any) -> list[str]:
    return st.pills(label, options, selection_mode="multi", **settings)


def _title(of: Callable[[Cell], str]) -> Callable[[str], str]:
    return lambda name: of(cell_of(name))
