"""How much of the gradient is left k steps back: one line a cell, powers of ten."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.cells.symbols import raised
from lstm_viz.language import _
from lstm_viz.stage.payload_types import CurvesPayload


def curves_payload(lines: Mapping[str, np.ndarray]) -> CurvesPayload:
    """``lines`` has by name log10 of what is left at each distance, not finite where nothing is."""
    last = max(len(curve) for curve in lines.values()) - 1
    finite = np.concatenate([curve[np.isfinite(curve)] for curve in lines.values()])
    lowest = int(np.floor(max(finite.min(initial=-1.0), -20)))
    highest = max(0, int(np.ceil(finite.max(initial=0.0))))
    spacing = -(-(highest - lowest) // 6)
    powers = range(highest, lowest - spacing, -spacing)
    return {
        "lines": [
            {"name": name, "values": [float(v) if np.isfinite(v) else None for v in curve]}
            for name, curve in lines.items()
        ],
        "ticks": [{"at": power, "text": _power(power)} for power in reversed(powers)],
        "x": _("steps back"),
        "y": _("gradient left"),
        "label": _("How much of the gradient is left, by steps back: {names}").format(
            names=_(", ").join(lines)
        ),
        "last": last,
    }


def _power(exponent: int) -> str:
    return "1" if exponent == 0 else f"10{raised(exponent)}"
