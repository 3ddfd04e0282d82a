"""What a network did while it read: one Trace for each layer, and what it answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from types import MappingProxyType

import numpy as np

from lstm_viz.run import strips
from lstm_viz.run.trace import Trace

Place = tuple[int, str]  # a layer, counted from 0, and "forward" or "backward"


@dataclass(frozen=True, eq=False)
class Recording:
    """``recording[0]`` is the first layer's Trace, ``recording[0, "backward"]`` its way back.

    ``output`` is the answer, (T, B, O) or as torch's module returns it. ``measured`` gives the
    proof. ``lengths`` are those of packed sequences, None where all are T long.
    """

    traces: Mapping[Place, Trace]
    output: np.ndarray
    measured: Callable[[], float] | None = None
    lengths: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "traces", MappingProxyType(dict(self.traces)))
        output = self.output.view()
        output.setflags(write=False)
        object.__setattr__(self, "output", output)

    def __getitem__(self, place: int | Place) -> Trace:
        found = (place, "forward") if isinstance(place, int) else place
        if found not in self.traces:
            known = ", ".join(f"recording[{layer}, {way!r}]" for layer, way in self.traces)
            raise KeyError(f"{place}: there is {known}")
        return self.traces[found]

    def __repr__(self) -> str:
        first = self[0]
        layers = strips.counted(self.layers, "layer")
        sizes = strips.sizes(first.signals, first.x.shape[2])
        return f"Recording({layers}, {' and '.join(self.directions)}; {first.cell.name}, {sizes})"

    def _repr_html_(self) -> str:
        """The first layer open, the others to be opened; the proof where it has been computed."""
        parts = [f'<div style="font-weight:600">{escape(repr(self))}</div>']
        proof = self.__dict__.get("proof")
        if proof is not None:
            parts.append(f"<div>max |recorded − the module’s own| = {proof:.1e}</div>")
        for number, ((layer, way), trace) in enumerate(self.traces.items()):
            title = f"recording[{layer}]" if way == "forward" else f'recording[{layer}, "{way}"]'
            parts.append(
                f"<details{' open' if number == 0 else ''}><summary><code>{escape(title)}</code>"
                f"</summary>{trace._repr_html_()}</details>"
            )
        return "".join(parts)

    @property
    def layers(self) -> int:
        return len({layer for layer, _ in self.traces})

    @property
    def directions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(way for _, way in self.traces))

    @cached_property
    def proof(self) -> float | None:
        """max |recorded - the module's own|, computed when first asked for.

        Over the output and the states that the module shows: the last ones of every layer of
        torch's, h of every layer of a ``RecurrentNet``, which is compared in float64. None for a
        network that is NumPy already. Raises ValueError when the module has changed since.
        """
        return self.measured() if self.measured else None
