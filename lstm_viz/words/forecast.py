"""What came of a forecast of many steps, beside those who know no more than the network did."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz import counted
from lstm_viz.language import N_, _
from lstm_viz.networks.forecast import LAST, NETWORK, PERIOD
from lstm_viz.tasks import Task

_NAMES = {NETWORK: N_("the network"), LAST: N_("last value")}


def name_of(task: Task, kind: str, period: int | None) -> str:
    """What a forecast is called: the network's, or that of a baseline."""
    if kind != PERIOD:
        return _(_NAMES[kind])
    if period == task.period and task.period_name:
        return _(task.period_name)
    return _("{steps} earlier").format(steps=counted.steps(period or 0))


def forecast_said(
    task: Task, steps: int, errors: Mapping[str, np.ndarray], period: int | None
) -> str:
    """How far off each is at the end, and from how far ahead on the network is not the nearest."""

    def size(kind: str) -> str:
        return f"{errors[kind][-1]:.{task.decimals}f} {task.unit}".strip()

    far = len(errors[NETWORK])
    others = [
        _("“{name}” by {size}").format(name=name_of(task, kind, period), size=size(kind))
        for kind in errors
        if kind != NETWORK
    ]
    said = _(
        "From there on the network reads nothing but its own forecasts. {far} ahead it is off by "
        "{size}, {others}."
    ).format(far=counted.steps(far), size=size(NETWORK), others=_(", ").join(others))
    nearest = np.min([errors[kind] for kind in errors if kind != NETWORK], axis=0)
    beaten = np.flatnonzero(nearest < errors[NETWORK])
    if not len(beaten):
        said += " " + _("At every distance it is the nearest of them.")
    elif beaten[0] == 0:
        said += " " + _("Already one step ahead it is not the nearest of them.")
    else:
        said += " " + _("It is the nearest of them up to {steps} ahead.").format(
            steps=counted.steps(int(beaten[0]))
        )
    if far < steps:
        said += " " + _("Farther ahead no sequence that is held out is long enough to compare.")
    return said
