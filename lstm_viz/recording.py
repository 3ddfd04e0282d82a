"""What a network did while it read: one Trace for each layer, and what it answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any

import numpy as np

from lstm_viz import display
from lstm_viz.trace import Trace

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
        return display.recording_text(self)

    def _repr_html_(self) -> str:
        return display.recording_html(self)

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

    def figure(self, of: str = "h", place: int | Place = 0, **settings: Any) -> Any:
        """``trace.figure`` of one layer and direction."""
        return self[place].figure(of, **settings)


def record(module: Any, x: Any, state: Any = None) -> Recording:
    """Every gate of a network while it reads ``x``, recomputed by ``run`` from its weights.

    ``module`` is one of

    - ``torch.nn.LSTM``, ``GRU``, ``RNN`` with tanh, or a ``*Cell`` of them, on any device, in
      float32 or float64. ``x`` and ``state`` are what the module itself takes, ``PackedSequence``s
      and single sequences (T, D) included; for a ``*Cell`` x is (T, B, D), one step after the
      other. ``output`` is the module's own h in the form in which it returns it. For packed
      sequences it is what ``pad_packed_sequence`` makes of that, and traces are NaN behind each
      sequence's end.
    - the project's ``RecurrentNet``, or a ``Network``, which is the same without torch. ``x`` is
      (T, B) symbol numbers, or (T, B, D) numbers; ``state`` has states of the first layer by name.

    The module is not changed: neither its mode nor its gradients, and no graph is built. Raises
    ValueError with a sentence for what cannot be recorded: ``proj_size``, ``nonlinearity="relu"``,
    dropout in training mode, half precision, other modules, and x or states of other shapes.
    """
    return _recorder_of(module.__class__)(module, x, state)


@cache
def _recorder_of(kind: type) -> Callable[[Any, Any, Any], Recording]:
    from lstm_viz.network import Network

    if issubclass(kind, Network):
        return lambda network, x, state: network.record(np.asarray(x), state)

    from lstm_viz.torch_network import RecurrentNet, record_network

    if issubclass(kind, RecurrentNet):
        return record_network

    from lstm_viz.torch_recorder import record_module

    return record_module
