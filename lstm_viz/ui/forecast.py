"""A forecast of many steps: from where, how far, beside whom; and the picture of it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from lstm_viz import counted
from lstm_viz.language import _, spoken
from lstm_viz.networks.forecast import (
    Forecast,
    comparable_steps,
    forecast,
    likely_period,
    spread_starts,
    unseen_errors,
)
from lstm_viz.networks.network import Network
from lstm_viz.stage.forecast import forecast_payload
from lstm_viz.stage.payload_types import ForecastPayload
from lstm_viz.tasks import MAX_STEPS, Sequence, Task
from lstm_viz.ui import controls
from lstm_viz.words.forecast import forecast_said

AT_ONCE, MOST = 48, 150  # steps that it begins with, and that may be asked for
MOST_STARTS = 24
JUDGED = 100  # sequences, each from several starts
KEPT = 40


@dataclass(frozen=True)
class Ahead:
    """After how many steps a forecast begins, how many it has, and what stands beside it.

    ``period`` is that of the baseline, None for none; ``others`` from how many other starts on the
    network is seen as well.
    """

    given: int
    steps: int
    period: int | None
    others: int


def begin_at(step: int | None, length: int) -> int:
    """After which step a forecast begins that is asked for at this one: something has to be left to
    compare it with."""
    if step is not None and 0 < step < length:
        return step
    return max(1, length - AT_ONCE)


def ahead_choice(task: Task, sequence: Sequence) -> Ahead:
    """The choices, side by side."""
    scope, length = f"{task.name} {hash(sequence)}", len(sequence)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        given = controls.whole(
            "from",
            _("After step"),
            1,
            min(length, MAX_STEPS - 1),
            begin_at(None, length),
            scope=scope,
            width=130,
        )
        ahead = controls.whole(
            "ahead",
            _("Steps ahead"),
            1,
            min(MOST, MAX_STEPS - given),
            AT_ONCE,
            width=130,
            help=_("How often the network reads its own forecast as if it had been measured."),
        )
        found = task.period or likely_period(np.array(sequence, float)) or 0
        period = controls.whole(
            "period",
            _("Period (0: none)"),
            0,
            max(1, length // 2),
            found,
            scope=scope,
            width=150,
            help=_(
                "Beside it stands what was measured one period before. It begins with the period "
                "after which these numbers come again, where there is one."
            ),
        )
        others = controls.whole(
            "fan",
            _("Other starts"),
            0,
            MOST_STARTS,
            width=130,
            help=_("Forecasts from other steps on, evenly spread: how steady is it?"),
        )
    return Ahead(given, ahead, period or None, others)


def forecast_shown(
    network: Network,
    sequence: Sequence,
    ahead: Ahead,
    key: Hashable,
    address: Mapping[str, str],
) -> ForecastPayload:
    """The picture of a forecast; ``key`` is of the network."""
    return _payload(key, sequence, ahead, tuple(address.items()), spoken(), network)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _payload(
    key: Hashable,
    sequence: Sequence,
    ahead: Ahead,
    address: tuple[tuple[str, str], ...],
    language: str,
    _network: Network,
) -> ForecastPayload:
    del language
    task = _network.task
    found = _from_all_starts(_network, sequence, ahead)
    period = ahead.period
    if comparable_steps(task, period) < 1:
        period = None  # what is held out is shorter than it
    far = min(ahead.steps, comparable_steps(task, period))
    errors = unseen_errors(_network, far, period, JUDGED)
    judged = _(
        "How far off{unit}, by how far ahead: {sequences} that it did not learn from"
    ).format(
        unit=_(" ({unit})").format(unit=task.unit) if task.unit else "",
        sequences=counted.sequences(JUDGED),
    )
    said = forecast_said(task, ahead.steps, errors, period)
    return forecast_payload(found, errors, ahead.period, judged, said, dict(address))


def _from_all_starts(network: Network, sequence: Sequence, ahead: Ahead) -> Forecast:
    """From the chosen start first, then from the others, which begin where a period was read."""
    least = min(ahead.period or 1, len(sequence))
    others = spread_starts(least, len(sequence), ahead.others) if ahead.others else ()
    starts = dict.fromkeys((ahead.given, *others))
    return forecast(network, sequence, ahead.steps, starts)
