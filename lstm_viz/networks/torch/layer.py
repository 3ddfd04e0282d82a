"""The networks on tensors: the same equations, with gradients.

A layer reads and learns by the compiled pass. Where a cell's equations are exactly those of
``torch.nn.LSTM``, ``GRU`` or ``RNN``, torch's own module can do the same work, and does it where it
was measured to be faster (``IS_TORCH_FASTER``). Of torch's two biases the second one stays zero, so
that every cell learns under the same optimiser; only the GRU's candidate needs it, as ``d_h``
inside the reset product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.evaluation import evaluate
from lstm_viz.cells.expressions import PAST
from lstm_viz.cells.functions import FUNCTIONS, Function
from lstm_viz.cells.plan import DRIVE
from lstm_viz.cells.text import formula
from lstm_viz.language import _
from lstm_viz.networks.gate_order import TORCH
from lstm_viz.networks.network import Network, layer_name
from lstm_viz.networks.torch.autograd import hidden
from lstm_viz.run.layers import FORWARD, in_time
from lstm_viz.run.recording import Place, Recording

FUSED = {"LSTM": nn.LSTM, "GRU": nn.GRU, "RNN": nn.RNN}

# Whether forward and back take less time in torch's own module than in the compiled pass, for T
# steps of B sequences with H units. Measured once, by ``benchmarks/training.py --ways``, and kept
# here: a run that is resumed, or made again from its seed, has to go the same way. torch trains an
# LSTM in one call of a library, but a GRU and an RNN operation by operation, 1.0 to 6 times slower
# than the compiled pass at every size. Its LSTM fills whole vectors of 8 units, so that with fewer
# it is up to 1.9 times slower; and for a pass of 2**19 numbers it asks the system for new memory
# every time, 1.2 to 1.4 times slower.
IS_TORCH_FASTER: Mapping[str, Callable[[int, int, int], bool]] = {
    "LSTM": lambda T, B, H: (H >= 8 or B < 32) and T * B * H < 2**19,
    "GRU": lambda T, B, H: False,
    "RNN": lambda T, B, H: False,
}


def in_torch(function: str) -> Callable[..., Tensor]:
    """What computes a function of the table on tensors, with gradients."""
    return _in_torch(FUNCTIONS[function])


@cache
def _in_torch(row: Function) -> Callable[..., Tensor]:
    if row.torch == f"{row.name}(a)":
        return _torchs_own(row.name)
    text = formula(row.torch)

    def computed(*arguments: Tensor | float) -> Tensor:
        like = next(value for value in arguments if isinstance(value, Tensor))

        def one(value: Tensor | float) -> Tensor:
            return torch.as_tensor(value, dtype=like.dtype, device=like.device)

        # torch's functions of two arguments take no plain numbers; equations do.
        def on_tensors(name: str) -> Callable[..., Tensor]:
            return lambda *given: _torchs_own(name)(*map(one, given))

        values = dict(zip(row.arguments, arguments, strict=True))
        found: Tensor = evaluate(text, values, on_tensors)
        return found

    return computed


def _torchs_own(name: str) -> Callable[..., Tensor]:
    found: Callable[..., Tensor] = getattr(torch, name)
    return found


def fused_kind(cell: Cell) -> str | None:
    """ "LSTM", "GRU" or "RNN" where the equations, in any order, are those of torch's module."""
    for kind in FUSED:
        if set(cell.lines) == set(CELLS[kind.lower()].lines) and not cell.initial:
            return kind
    return None


class CellLayer(nn.Module):
    """One layer of a cell, from weights by name: x (T, B, D) -> h (T, B, H)."""

    def __init__(self, cell: Cell, weights: Mapping[str, np.ndarray], hidden: int):
        super().__init__()
        self.cell, self.hidden = cell, hidden
        self.weights = nn.ParameterDict(
            {name: nn.Parameter(torch.tensor(weights[name])) for name in cell.weight_names}
        )
        self.kind = fused_kind(cell)
        # torch's own module, empty; in a tuple, or its parameters would be taken for ours.
        self.module: tuple[nn.Module, ...] = ()

    def forward(self, x: Tensor) -> Tensor:
        T, B, _D = x.shape
        is_torchs = self.kind and IS_TORCH_FASTER[self.kind](T, B, self.hidden)
        return self.fused(x) if is_torchs else hidden(self.cell, dict(self.weights.items()), x)

    def judged(self, x: Tensor) -> Tensor:
        """h from what is torch's alone: its module, or the cell's lines one by one."""
        return self.fused(x) if self.kind else self.signals(x, ["h"])["h"]

    def fused(self, x: Tensor) -> Tensor:
        """h from torch's own module."""
        assert self.kind, f"the lines of {self.cell!r} are no module of torch's"
        order, none = TORCH[self.kind], x.new_zeros(self.hidden)
        second = {"h": self.weights["d_h"]} if "d_h" in self.weights else {}
        packed = {
            "weight_ih_l0": torch.cat([self.weights[f"W_{gate}"] for gate in order]),
            "weight_hh_l0": torch.cat([self.weights[f"U_{gate}"] for gate in order]),
            "bias_ih_l0": torch.cat([self.weights[f"b_{gate}"] for gate in order]),
            "bias_hh_l0": torch.cat([second.get(gate, none) for gate in order]),
        }
        if not self.module:  # made once: even an empty one draws its starting weights
            self.module = (FUSED[self.kind](x.shape[2], self.hidden, device="meta"),)
        return functional_call(self.module[0], packed, (x,))[0]

    def signals(self, x: Tensor, wanted: Iterable[str] | None = None) -> dict[str, Tensor]:
        """The wanted signals (all of them if None) by the cell's own lines, each (T, B, H).

        The products of x at all steps are one product before the loop, those of the states one
        product a step.
        """
        plan, H = self.cell.plan, self.hidden
        weights = dict(self.weights.items())
        hoisted, matrix = self._hoisted(x, weights), self._matrix(x, weights)
        past = {
            s: x.new_full((x.shape[1], H), self.cell.initial.get(s, 0.0)) for s in self.cell.states
        }
        kept: dict[str, list[Tensor]] = {name: [] for name in wanted or self.cell.signals}
        for drives in hoisted:
            if matrix is not None:
                drives = drives + torch.cat([past[s] for s in plan.sources], 1) @ matrix
            values = weights | {s + PAST: value for s, value in past.items()}
            values |= {f"{DRIVE}{k}": part for k, part in enumerate(drives.split(H, 1))}
            for group in plan.together:
                block = drives[:, group.first * H : (group.first + len(group.names)) * H]
                parts = in_torch(group.function)(block).split(H, 1)
                values |= dict(zip(group.names, parts, strict=True))
            for line in plan.lines:
                value = evaluate(line.expression, values, in_torch)
                # A constant line, or one of biases alone, is the same for every sequence.
                is_full = isinstance(value, Tensor) and value.ndim == 2
                values[line.name] = value if is_full else x.new_zeros(x.shape[1], H) + value
            past = {state: values[state] for state in past}
            for name, steps in kept.items():
                steps.append(values[name])
        return {name: torch.stack(steps) for name, steps in kept.items()}

    def _hoisted(self, x: Tensor, weights: Mapping[str, Tensor]) -> Tensor:
        """The share of x and of the biases in every drive at every step, (T, B, drives * H)."""
        plan, H = self.cell.plan, self.hidden
        if not plan.drives:
            return x.new_empty(*x.shape[:2], 0)
        rows = [x.new_zeros(H, x.shape[2]) if r is None else r for r in plan.input_rows(weights)]
        biases = [x.new_zeros(H) if b is None else b for b in plan.biases(weights)]
        return x @ torch.cat(rows).T + torch.cat(biases)

    def _matrix(self, x: Tensor, weights: Mapping[str, Tensor]) -> Tensor | None:
        """The recurrent matrices stacked, (sources * H, drives * H), or None without any."""
        nothing = x.new_zeros(self.hidden, self.hidden)
        rows = self.cell.plan.state_rows(weights)
        if not self.cell.plan.sources:
            return None
        return torch.cat(
            [torch.cat([nothing if U is None else U for U in row], 1) for row in rows]
        ).T.contiguous()


class RecurrentNet(nn.Module):
    """A ``Network`` on tensors: symbol numbers (T, B) or numbers (T, B, D) -> output (T, B, O)."""

    def __init__(self, network: Network):
        super().__init__()
        self.network = network
        self.embedding = None
        if network.embedding is not None:
            self.embedding = nn.Parameter(torch.tensor(network.embedding))
        self.layers = nn.ModuleDict(
            {
                layer_name(place): CellLayer(cell, weights, network.hidden)
                for place, (cell, weights) in network.layers.items()
            }
        )
        self.head_weight = nn.Parameter(torch.tensor(network.head_weight))
        self.head_bias = nn.Parameter(torch.tensor(network.head_bias))

    def forward(self, inputs: Tensor) -> Tensor:
        return self.answer(self.hidden(inputs)[-1])

    def hidden(
        self, inputs: Tensor, read: Callable[[CellLayer, Tensor], Tensor] = CellLayer.__call__
    ) -> list[Tensor]:
        """h of every layer, each (T, B, H), of both directions side by side where there are two.

        ``read`` is how a layer does it: in its own way, or ``CellLayer.judged``.
        """
        x, found = self.embedded(inputs), []
        for layer in range(self.network.depth):
            sides = [self._read((layer, way), x, read) for way in self.network.ways]
            x = sides[0] if len(sides) == 1 else torch.cat(sides, 2)  # cat copies even one
            found.append(x)
        return found

    def _read(self, place: Place, x: Tensor, read: Callable[[CellLayer, Tensor], Tensor]) -> Tensor:
        """h of one layer in one direction, in the order of time."""
        layer = self.layers[layer_name(place)]
        return read(layer, x) if place[1] == FORWARD else read(layer, x.flip(0)).flip(0)

    def embedded(self, inputs: Tensor) -> Tensor:
        return inputs if self.embedding is None else self.embedding[inputs]

    def answer(self, h: Tensor) -> Tensor:
        return h @ self.head_weight.T + self.head_bias

    def to_network(self, **changes: Any) -> Network:
        """The NumPy network with the weights as they are now, float64."""
        arrays = {
            name.replace(".weights.", ".").removeprefix("layers.").replace("head_", "head."): (
                parameter.detach().double().cpu().numpy()
            )
            for name, parameter in self.named_parameters()
        }
        return self.network.with_arrays(arrays, **changes)


def record_network(
    net: RecurrentNet, x: Any, state: Mapping[str, np.ndarray] | None = None
) -> Recording:
    """What ``lv.record`` does for a RecurrentNet: its NumPy network reads, torch is the judge."""
    inputs = x.detach().cpu().numpy() if isinstance(x, Tensor) else np.asarray(x)
    network = net.to_network()
    recording = network.record(inputs, state)

    def measured() -> float:
        if state:
            raise ValueError(_("The proof compares runs from the initial state; leave out state."))
        with torch.no_grad():
            judge = RecurrentNet(network)
            hidden = judge.hidden(torch.tensor(inputs), CellLayer.judged)
            pairs = [(_in_all_ways(recording, k), h) for k, h in enumerate(hidden)]
            pairs.append((recording.output, judge.answer(hidden[-1])))
        return max(float(np.abs(ours - theirs.numpy()).max()) for ours, theirs in pairs)

    return Recording(recording.traces, recording.output, measured)


def _in_all_ways(recording: Recording, layer: int) -> np.ndarray:
    """h of a layer, its directions side by side in the order of time."""
    places = ((layer, way) for way in recording.directions)
    return np.concatenate([in_time(place, recording[place].h) for place in places], 2)
