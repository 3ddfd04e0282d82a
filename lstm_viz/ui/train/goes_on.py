"""A run goes on by itself at any moment of its training: what it writes, or what it forecasts.

The same beginning and the same seed at every moment (Karpathy 2015, The Unreasonable Effectiveness
of Recurrent Neural Networks): what differs is what was learnt in between.
"""

from __future__ import annotations

import math
from html import escape

import numpy as np
import streamlit as st

from lstm_viz.language import _, spoken
from lstm_viz.networks.forecast import can_forecast
from lstm_viz.networks.write import Written, can_write, write
from lstm_viz.stage.tokens import shown
from lstm_viz.tasks import Sequence, Task
from lstm_viz.training.run_folder import Run
from lstm_viz.ui import controls
from lstm_viz.ui.components import forecast
from lstm_viz.ui.forecast import ahead_choice, forecast_shown
from lstm_viz.ui.train.payloads import results
from lstm_viz.ui.write_on import temperature_choice

MOMENTS = 7  # of a training that are shown below each other
BEGINNING = 12  # symbols of the probe sequence that it goes on from
LONGEST = 400
KEPT = 300


def goes_on(run: Run, example: int) -> None:
    """What the run writes, or forecasts, at moments of its training; nothing where it cannot."""
    task = run.task
    sequence = list(task.examples.values())[example]
    if can_forecast(run.network(run.kept[-1])):
        _forecasts(run, task, sequence)
    elif can_write(task):
        _writes(run, task, sequence)


def moments(kept: tuple[int, ...], most: int = MOMENTS) -> tuple[int, ...]:
    """Some of the kept moments, the first and the last among them, each about as many times later
    than the one before: most is learnt early."""
    if len(kept) <= most:
        return kept
    places = np.array(kept, float) + 1
    wanted = np.exp(np.linspace(0, math.log(places[-1] / places[0]), most)) * places[0]
    nearest = [int(np.abs(np.log(places / one)).argmin()) for one in wanted]
    return tuple(kept[place] for place in dict.fromkeys(nearest))


def _writes(run: Run, task: Task, sequence: Sequence) -> None:
    st.markdown("**" + _("What does it write as it learns?") + "**")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        temperature = temperature_choice()
        seed = controls.whole(
            "drawn",
            _("Seed of the drawing"),
            0,
            9999,
            width=170,
            help=_("The same seed writes the same."),
        )
        length = controls.whole("long", _("How many symbols"), 1, LONGEST, width=150)
    start = sequence[: min(BEGINNING, max(1, len(sequence) // 2))]
    rows = []
    chosen = moments(run.kept)
    known = results(run, chosen)
    for step in chosen:
        found = _written(run.name, step, start, length, temperature, seed, run)
        measured = known[step][1] if step in known else ""
        rows.append(
            f"<tr><td>{step}</td><td>{escape(measured)}</td>"
            f"<td><span>{_text(task, found.start)}</span>{_text(task, found.written)}</td></tr>"
        )
    heads = "".join(
        f"<th>{escape(name)}</th>" for name in (_("After training steps"), "", _("it writes"))
    )
    st.html(f'<table class="writes"><tr>{heads}</tr>{"".join(rows)}</table>')
    st.caption(
        _(
            "At every moment it goes on from the same beginning with the same seed: what differs "
            "is what it has learnt between them."
        )
    )


def _text(task: Task, symbols: Sequence) -> str:
    """Symbols as a text, line breaks seen; what cannot be seen otherwise as the stage shows it."""
    between = task.between if task.between.isspace() else ""
    texts = (one if one in ("\n", " ") else shown(one) for one in symbols)
    return escape(between.join(texts) + between)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _written(
    name: str, step: int, start: Sequence, length: int, temperature: float, seed: int, _run: Run
) -> Written:
    del name
    return write(_run.network(step), start, length, temperature, seed=seed)


def _forecasts(run: Run, task: Task, sequence: Sequence) -> None:
    st.markdown("**" + _("What does it forecast as it learns?") + "**")
    kept = run.kept
    step = controls.choice(
        "moment",
        _("After training steps"),
        kept,
        kept[-1],
        control=st.select_slider,
        scope=run.name,
        nearest=True,
    )
    ahead = ahead_choice(task, sequence)
    key = (run.name, step, spoken())
    forecast(forecast_shown(run.network(step), sequence, ahead, key, {}), "forecast in training")
