"""A forecast of many steps as the browser draws it: the numbers that were measured and those that
were expected, and how far off these are by how far ahead."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.colours import ACCENT, HUES, MUTED, Colour
from lstm_viz.language import _
from lstm_viz.networks.forecast import LAST, NETWORK, PERIOD, Forecast
from lstm_viz.stage.encoded import fingerprint
from lstm_viz.stage.payload_types import Fan, ForecastLine, ForecastPayload
from lstm_viz.tasks import Task
from lstm_viz.words.forecast import name_of

COLOURS: Mapping[str, Colour] = {NETWORK: ACCENT, LAST: MUTED, PERIOD: HUES[4]}


def forecast_payload(
    found: Forecast,
    errors: Mapping[str, np.ndarray],
    period: int | None,
    judged: str,
    said: str,
    address: Mapping[str, str],
) -> ForecastPayload:
    """The forecast from the first of its starts, the others as a fan, and all errors.

    ``errors`` (K,) are those of ``unseen_errors``; ``judged`` says what they are counted over and
    ``said`` what came of it. ``address`` has the name of the step, where a stage beside it shows
    the same sequence. Of several columns the first is drawn.
    """
    task, start = found.task, found.starts[0]
    expected = {NETWORK: found.values, LAST: found.last}
    if period:
        expected[PERIOD] = found.one_period_ago(period)
    payload: ForecastPayload = {
        "id": "",
        "measured": found.series[:, 0].tolist(),
        "given": start,
        "steps": found.steps,
        "lines": [_line(task, kind, of[0, :, 0], period) for kind, of in expected.items()],
        "fan": [_fan(one, of) for one, of in zip(found.starts, found.values, strict=True)][1:],
        "errors": [_line(task, kind, of, period) for kind, of in errors.items()],
        "unit": task.unit,
        "decimals": task.decimals,
        "address": dict(address),
        "said": said,
        "words": {
            "label": _("A forecast of {steps} from step {given} on").format(
                steps=found.steps, given=start
            ),
            "measured": _("measured ({unit})").format(unit=task.unit)
            if task.unit
            else _("measured"),
            "came": _("measured"),
            "fan": _("the network, from other steps on"),
            "step": _("step"),
            "ahead": _("steps ahead"),
            "judged": judged,
            "at": _("Step {step}, {ahead} ahead"),
            "read": _("Step {step}, read"),
            "distance": _("{ahead} ahead, root mean square"),
            "value": _("{name} {value}"),
        },
    }
    return {**payload, "id": fingerprint(payload)}


def _line(task: Task, kind: str, values: np.ndarray, period: int | None) -> ForecastLine:
    colour = COLOURS[kind]
    return {
        "name": name_of(task, kind, period),
        "kind": kind,
        "colour": {"light": colour.light, "dark": colour.dark},
        "values": [float(value) if np.isfinite(value) else None for value in values],
    }


def _fan(start: int, values: np.ndarray) -> Fan:
    return {"start": start, "values": values[:, 0].tolist()}
