"""How much of the gradient is left k steps back: one line a cell, powers of ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells.symbols import raised
from lstm_viz.colours import Colour
from lstm_viz.language import _
from lstm_viz.stage.payload_types import CurvesPayload


@dataclass(frozen=True)
class Reach:
    """A cell's name and colour, and log10 of what is left at each distance, not finite for 0."""

    name: str
    colour: Colour
    decades: np.ndarray


def curves_payload(lines: Sequence[Reach]) -> CurvesPayload:
    """All lines over one axis, as far as any of them is followed."""
    last = max(len(line.decades) for line in lines) - 1
    finite = np.concatenate([line.decades[np.isfinite(line.decades)] for line in lines])
    lowest = int(np.floor(max(finite.min(initial=-1.0), -20)))
    highest = max(0, int(np.ceil(finite.max(initial=0.0))))
    spacing = -(-(highest - lowest) // 6)
    powers = range(highest, lowest - spacing, -spacing)
    return {
        "lines": [
            {
                "name": line.name,
                "colour": {"light": line.colour.light, "dark": line.colour.dark},
                "values": [float(v) if np.isfinite(v) else None for v in line.decades],
            }
            for line in lines
        ],
        "ticks": [{"at": power, "text": _power(power)} for power in reversed(powers)],
        "x": _("steps back"),
        "y": _("gradient left"),
        "label": _("How much of the gradient is left, by steps back: {names}").format(
            names=_(", ").join(line.name for line in lines)
        ),
        "last": last,
    }


def _power(exponent: int) -> str:
    return "1" if exponent == 0 else f"10{raised(exponent)}"
