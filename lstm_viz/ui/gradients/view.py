"""The results of the page about gradients: figures, their captions, discoveries, a text to ask."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import replace

import streamlit as st

from lstm_viz.figures.decay import (
    cut_figure,
    decay_figure,
    excursions_figure,
    paths_figure,
)
from lstm_viz.figures.learning import learning_figure
from lstm_viz.figures.look import Figure
from lstm_viz.gradients.decay import STARTS, Bounds, Curve, Start
from lstm_viz.language import _
from lstm_viz.stage.connections import connections_payload
from lstm_viz.stage.tokens import shown
from lstm_viz.stage.unrolled import walk_payload
from lstm_viz.tasks import Sequence
from lstm_viz.ui import address, controls, parameters
from lstm_viz.ui.components import asked_in, connections, walk
from lstm_viz.ui.figure import drawn, is_dark_page, show_figure
from lstm_viz.ui.gradients.controls import Read, Source, cut_choice, memory_choice, unit_choice
from lstm_viz.ui.gradients.measured import classical, connected, discoveries, divided, measured
from lstm_viz.ui.gradients.runs import Kept
from lstm_viz.words.decay import (
    bounds_caption,
    cut_caption,
    decay_caption,
    dependence_caption,
    numbers,
    split_caption,
    starts_said,
    step_caption,
)
from lstm_viz.words.discoveries import DISCOVERIES, Comparison
from lstm_viz.words.gradient_at_lag import GradientAtLag
from lstm_viz.words.gradient_at_lag import said as said_at_lag


def compared(cells: Several[str], source: Source, quantity: str) -> Comparison:
    """The curves of these cells."""
    try:
        curves = [measured(cell, source, quantity) for cell in cells]
        before = (
            [measured(cell, start, quantity) for cell in cells] if (start := _start(source)) else []
        )
    except (ValueError, FloatingPointError) as problem:  # weights that are damaged, or too large
        st.error(str(problem))
        address.stop()
    if isinstance(source, Start):
        seeds = range(source.seed, source.seed + STARTS)
        plain = classical(source) if "rnn" in cells else None
        lives = [
            [measured(cell, replace(source, seed=seed), quantity).half_life for seed in seeds]
            for cell in cells
        ]
        return Comparison(curves, source, plain, lives=lives)
    return Comparison(curves, before=before)


def _start(source: Source) -> Source | None:
    """The same networks before training."""
    if isinstance(source, Read):
        return replace(source, trained=False)
    return replace(source, step=source.first) if isinstance(source, Kept) else None


def show_decay(seen: Comparison, read: Several[str] = (), lag: int | None = None) -> None:
    """The curves, the classical bounds where they apply, and the numbers.

    ``read`` is what was read at each distance, ``lag`` how far back the task wants one to remember.
    """
    bounds = _bounds_choice(seen)
    shown = (tuple(seen.curves), tuple(seen.before), bounds, tuple(read), lag)
    said = decay_caption(seen.curves, read, seen.before)
    if seen.lives:
        said += " " + starts_said(seen.curves, seen.lives)
    show_figure(drawn(_decay_figure, *shown), said, "decay")
    if bounds is not None:
        st.caption(bounds_caption(bounds))
    with st.expander(_("The numbers")):
        st.table(numbers(seen.curves))


def _decay_figure(
    curves: Several[Curve],
    before: Several[Curve],
    bounds: Bounds | None,
    read: Several[str],
    lag: int | None,
    dark: bool,
) -> Figure:
    return decay_figure(curves, dark, before, bounds, read, lag)


def show_discoveries(seen: Comparison) -> None:
    """What these curves show, named; what there still is to be found."""
    now, before, hidden = discoveries(seen)
    by_key = {discovery.key: discovery for discovery in DISCOVERIES}
    count = len(now) + len(before)
    with st.container(border=True):
        found_so_far = _("Found {n} of {all}").format(n=count, all=len(DISCOVERIES))
        st.markdown(f"**{found_so_far}**")
        for key, sentence in now.items():
            st.markdown(f":material/search_check: **{_(by_key[key].title)}.** {sentence}")
        if before:
            titles = " · ".join(_(by_key[key].title) for key in before)
            st.caption(_("Found before: {titles}.").format(titles=titles))
        if hidden:
            with st.expander(_("Where to look for more")):
                for key in hidden:
                    st.markdown(f"- {_(by_key[key].hint)}")


def show_gradient_at_lag(found: Several[GradientAtLag]) -> None:
    """What the runs have learnt, beside how much of the gradient reaches the lag of their task."""
    if all(len(run.at) for run in found):
        sentences = [said_at_lag(run) for run in found]
        show_figure(learning_figure(found, is_dark_page()), " ".join(sentences), "learning")


def show_walk(seen: Comparison, read: Several[str] = ()) -> None:
    """The gradient flowing back through the unrolled networks; ``read`` is as in `show_decay`.

    Nothing where no step leads back to another: where each followed h is carried nowhere.
    """
    if any(curve.by_state is not None for curve in seen.curves):
        walk(walk_payload(seen.curves, read[::-1], parameters.in_browser("gradients")))


def show_paths(cells: Several[str], source: Source) -> None:
    """One cell's gradient by path: in one step, over all steps, and with paths cut."""
    with st.container(horizontal=True, gap="medium"):
        cell = memory_choice(list(cells))
        if cell is None:
            st.info(_("Choose a cell that keeps a memory: the plain RNN has one path only."))
            return
        divides = divided(cell, source)
        unit = unit_choice(next(iter(divides.paths.values())).shape[1])
    one, many = st.columns(2, gap="medium")
    with one:
        st.markdown("**" + _("In one step: which path it takes") + "**")
        show_figure(drawn(paths_figure, divides, unit), step_caption(divides, unit), "paths")
    with many:
        st.markdown("**" + _("Over all steps: how often it went through a gate") + "**")
        show_figure(drawn(excursions_figure, divides), split_caption(divides), "excursions")
    paths = cut_choice(cell)
    if paths:
        whole, left = (measured(cell, source, "memory", cut) for cut in ((), tuple(paths)))
        show_figure(drawn(cut_figure, whole, left), cut_caption(whole, left, paths), "cut")


def ask_text(
    task: str, sequence: Sequence, name: str, cells: Several[str]
) -> tuple[Read, list[str]]:
    """The text that was read; what is asked is the prediction of one element of it.

    Also what was read at each distance from there.
    """
    read = [shown(element) for element in sequence]
    strengths = {cell: connected(task, cell, sequence) for cell in cells}
    last = len(read) - 1
    at = address.reported("at", asked_in("asked", name), 1, last, last, scope=name)
    st.caption(
        _(
            "Point at an element to ask for its prediction, click to keep asking: the stronger the "
            "colour, the more the prediction depends on what was read there."
        )
    )
    connections(connections_payload(read, strengths, at, name, is_dark_page()), key="asked")
    st.caption(dependence_caption(read, at - 1, strengths))
    return Read(task, sequence, at - 1), read[at - 1 :: -1]


def _bounds_choice(seen: Comparison) -> Bounds | None:
    follows_state = seen.curves[0].quantity in ("memory", "h")
    if seen.classical is None or not follows_state:
        return None
    show = controls.switch("bounds", _("Classical bounds of the RNN"))
    return seen.classical if show else None
