"""What a network did while it read: one Trace for each layer, and what it answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from operator import index
from types import MappingProxyType
from typing import SupportsIndex

import numpy as np

from lstm_viz.language import _
from lstm_viz.run import strips
from lstm_viz.run.trace import Trace

Place = tuple[int, str]  # a layer, counted from 0, and "forward" or "backward"


@dataclass(frozen=True, eq=False)
class Recording:
    """``recording[0]`` is the first layer's Trace, ``recording[0, "backward"]`` its way back.

    A Trace stands in the order in which it was read, ``recording[0, "backward"]`` with the last
    step of the sequence first; ``recording[0, "backward"].in_time("f")`` is in the order of time.
    Layers are counted by any integers, from the end by negative ones; iterating gives the Traces,
    from the input upwards. ``output`` is the answer, (T, B, O) or as torch's module returns it.
    ``measured`` gives the proof. ``lengths`` are those of packed sequences, None where all are T
    long. It can be pickled and copied; a pickled one carries the proof with it.
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

    def __getitem__(self, place: SupportsIndex | tuple[SupportsIndex, str]) -> Trace:
        layer, way = place if isinstance(place, tuple) and len(place) == 2 else (place, "forward")
        try:
            number = index(layer)
            return self.traces[number + self.layers * (number < 0), str(way)]
        except (KeyError, TypeError):
            known = _(", ").join(f"recording[{layer}, {way!r}]" for layer, way in self.traces)
            raise KeyError(
                _("{place}: there is {known}").format(place=place, known=known)
            ) from None

    def __iter__(self) -> Iterator[Trace]:
        return iter(self.traces.values())

    def __len__(self) -> int:
        return len(self.traces)

    def __reduce__(self) -> tuple[object, ...]:
        # The judge stays where it is: what it says is asked now.
        try:
            measured = None if self.proof is None else partial(float, self.proof)
        except ValueError as problem:
            measured = partial(_no_proof, str(problem))
        return Recording, (dict(self.traces), self.output, measured, self.lengths)

    def __deepcopy__(self, memo: dict[int, object]) -> Recording:
        traces = {place: deepcopy(trace, memo) for place, trace in self.traces.items()}
        return Recording(traces, self.output.copy(), self.measured, self.lengths)

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


def _no_proof(problem: str) -> float:
    raise ValueError(problem)
