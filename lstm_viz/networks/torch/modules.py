"""What torch's recurrent modules take and return, in their many forms, told in one.

Batched or not, time first or sequences first, packed or padded, a whole layer or one step of a
``*Cell``: here it becomes x (T, B, D) and states (places, B, H), and back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstm_viz import counted
from lstm_viz.language import N_, _
from lstm_viz.networks.gate_order import (
    TORCH_PARAMETERS,
    cell_of,
    kind_of,
    nonlinearity_of,
    place_in_torch,
)
from lstm_viz.networks.torch.kernels import Given, Parameters
from lstm_viz.run.layers import FORWARD, WAYS, places
from lstm_viz.run.numbers import numbers
from lstm_viz.run.recording import Place

UNEQUAL = N_(
    "Give one sequence at a time, or all of them packed: "
    "torch.nn.utils.rnn.pack_sequence(tensors, enforce_sorted=False)."
)


class TorchModule:
    """A recurrent module of torch, asked and answered in one form. It is never changed.

    Raises ValueError with a sentence for modules that no cell of ours computes.
    """

    def __init__(self, module: nn.Module):
        self.module, self.name = module, type(module).__name__
        self.kind, self.is_cell = kind_of(module)
        self.cell = cell_of(self.kind, nonlinearity_of(module))
        self.states = ("h", "c") if self.kind == "LSTM" else ("h",)
        self.batch_first = not self.is_cell and module.batch_first
        self.layers = 1 if self.is_cell else module.num_layers
        self.ways = WAYS if not self.is_cell and module.bidirectional else (FORWARD,)
        self.places = places(self.layers, self.ways)
        # Not the weight itself, which may be computed from others, and move what it is made of.
        own = module._parameters.get("weight_ih" if self.is_cell else "weight_ih_l0")
        self.like: Tensor = next(module.parameters()) if own is None else own
        self.dtype = _name(self.like.dtype)
        if self.like.is_meta:
            raise ValueError(
                _("This {name} is on the meta device: its weights have no values.").format(
                    name=self.name
                )
            )
        if self.dtype not in ("float32", "float64"):
            raise ValueError(
                _(
                    "record reads float32 and float64; this {name} is {dtype}. Record a copy "
                    "of it: copy.deepcopy(module).float()."
                ).format(name=self.name, dtype=self.dtype)
            )

    def parameters(self, place: Place) -> Parameters:
        """weight_ih, weight_hh and, if there are, bias_ih and bias_hh, on the CPU.

        Where the module is on the CPU they share its memory.
        """
        suffix = "" if self.is_cell else place_in_torch(*place)
        found = [getattr(self.module, name + suffix, None) for name in TORCH_PARAMETERS]
        return [on_cpu(parameter) for parameter in found if parameter is not None]

    def refuse_chance(self) -> None:
        """Raises ValueError where the module would drop numbers at random."""
        if self.module.training and self.layers > 1 and self.module.dropout:
            raise ValueError(
                _(
                    "This {name} is in training mode with dropout={dropout} between its "
                    "layers: its output is drawn by chance, and no recording could be compared "
                    "with it. Call module.eval() first; module.train() goes back."
                ).format(name=self.name, dropout=self.module.dropout)
            )

    # ---- what goes in ----------------------------------------------------------------------------

    def given(self, x: Any, state: Any) -> Given:
        """Copies of what the module reads, which stay when the caller's tensors change."""
        lengths, alone = None, False
        if isinstance(x, PackedSequence) and not self.is_cell:
            padded, ends = pad_packed_sequence(x)
            read, lengths = self._numbers("x", padded), ends.numpy()
        else:
            read = self._numbers("x", x)
            alone = read.ndim == 2 and not self.is_cell
            read = self._time_first(read)
        if read.shape[2] != self.module.input_size:
            raise ValueError(
                _("x has {numbers} a step; this {name} reads input_size={input_size}.").format(
                    numbers=counted.numbers(read.shape[2]),
                    name=self.name,
                    input_size=self.module.input_size,
                )
            )
        if 0 in read.shape:
            raise ValueError(
                _("x has the shape {shape}; give at least one step and sequence.").format(
                    shape=tuple(np.shape(x))
                )
            )
        return Given(read, self._before(state, read.shape[1], alone), lengths, alone)

    def _time_first(self, x: np.ndarray) -> np.ndarray:
        if x.ndim == 3:
            return np.ascontiguousarray(x.transpose(1, 0, 2)) if self.batch_first else x
        if x.ndim == 2 and not self.is_cell:
            return x[:, None]
        axes = "(B, T, D)" if self.batch_first else "(T, B, D)"
        fix = _(" For one step write x[None].") if self.is_cell and x.ndim == 2 else ""
        raise ValueError(
            _("x has the shape {shape}; expected three axes {axes}.{fix}").format(
                shape=x.shape, axes=axes, fix=fix
            )
        )

    def _before(self, state: Any, B: int, alone: bool) -> dict[str, np.ndarray]:
        places, H = len(self.places), self.module.hidden_size
        shape = (places, B, H)
        if state is None:
            return {name: np.zeros(shape, self.dtype) for name in self.states}
        parts = (state,) if len(self.states) == 1 else state
        if not isinstance(parts, tuple | list) or len(parts) != len(self.states):
            raise ValueError(
                _("The state of an {name} is (h, c), as torch has it.").format(name=self.name)
            )
        torchs = (B, H) if self.is_cell else (places, H) if alone else shape
        before = {}
        for name, part in zip(self.states, parts, strict=True):
            array = self._numbers(_("The state {name}").format(name=name), part)
            if array.shape != torchs:
                raise ValueError(
                    _(
                        "The state {name} has the shape {shape}; this {name2} expects {torchs}."
                    ).format(name=name, shape=array.shape, name2=self.name, torchs=torchs)
                )
            before[name] = array.reshape(shape)
        return before

    def _numbers(self, what: str, given: Any) -> np.ndarray:
        if isinstance(given, Tensor):
            if given.dtype != self.like.dtype:
                raise ValueError(
                    _(
                        "{what} is {dtype} and this {name} {dtype2}; write .to(torch.{dtype2})."
                    ).format(what=what, dtype=_name(given.dtype), name=self.name, dtype2=self.dtype)
                )
            return np.array(on_cpu(given).numpy(), order="C")
        return np.array(numbers(what, given, _(UNEQUAL), or_tensor=True), self.dtype, order="C")

    def as_tensors(self, x: Any, state: Any) -> tuple[Any, Any]:
        """What the module itself takes: tensors as they are, other numbers as tensors."""
        read = x if isinstance(x, Tensor | PackedSequence) else self._as_tensor("x", x)
        if state is None or isinstance(state, Tensor):
            return read, state
        if isinstance(state, tuple | list) and len(self.states) > 1:
            named = zip(self.states, state, strict=False)
            return read, tuple(
                self._as_tensor(_("The state {name}").format(name=name), part)
                for name, part in named
            )
        return read, self._as_tensor(_("The state {name}").format(name="h"), state)

    def _as_tensor(self, what: str, given: Any) -> Tensor:
        return given if isinstance(given, Tensor) else self._tensor(self._numbers(what, given))

    # ---- what comes out --------------------------------------------------------------------------

    def as_returned(self, output: np.ndarray, given: Given) -> np.ndarray:
        """h (T, B, .) in the form in which the module returns it for what it was given.

        For packed sequences that is what ``pad_packed_sequence`` makes of it.
        """
        if given.alone:
            return output[:, 0]
        return output.transpose(1, 0, 2) if self.batch_first else output

    def answer_of(self, returned: Any) -> np.ndarray:
        """The output among what the module's own forward returned, padded where it is packed."""
        return output_of(returned, self.batch_first, self.name)

    def answer(self, given: Given) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The module's own h at every step, (T, B, .), and its last states, (places, B, H)."""
        x = self._tensor(given.x)
        before = tuple(self._tensor(given.states[name]) for name in self.states)
        with as_it_computes(x.device.type):
            call = self._step_by_step if self.is_cell else self._whole
            output, last = call(x, before, given.lengths)
        lasts = (on_cpu(state).numpy() for state in last)
        return on_cpu(output).numpy(), dict(zip(self.states, lasts, strict=True))

    def _step_by_step(
        self, x: Tensor, before: tuple[Tensor, ...], _: np.ndarray | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        now, steps = tuple(state[0] for state in before), []
        for read in x:
            answered = run_eagerly(self.module, read, now if len(now) > 1 else now[0])
            now = answered if len(now) > 1 else (answered,)
            steps.append(now[0])
        return torch.stack(steps), tuple(state[None] for state in now)

    def _whole(
        self, x: Tensor, before: tuple[Tensor, ...], lengths: np.ndarray | None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        start = before if len(before) > 1 else before[0]
        if lengths is not None:
            ends = torch.from_numpy(lengths)
            packed = pack_padded_sequence(x, ends, enforce_sorted=False)
            output, last = run_eagerly(self.module, packed, start)
            output, _lengths = pad_packed_sequence(output)
        elif self.batch_first:
            output, last = run_eagerly(self.module, x.transpose(0, 1), start)
            output = output.transpose(0, 1)
        else:
            output, last = run_eagerly(self.module, x, start)
        return output, last if len(before) > 1 else (last,)

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.tensor(array, device=self.like.device)


@contextmanager
def as_it_computes(device: str) -> Iterator[None]:
    """Without a graph, and in the precision of the weights, whatever is in force around it."""
    with torch.no_grad(), torch.autocast(device, enabled=False):
        yield


def run_eagerly(module: nn.Module, *read: Any) -> Any:
    """The module's own forward with its hooks; not what ``module.compile()`` put in its place."""
    return module._call_impl(*read)


def output_of(returned: Any, batch_first: bool, name: str = "layer") -> np.ndarray:
    """The output in what a layer returned: alone, or before its last states; padded if packed.

    Raises ValueError where there is none.
    """
    is_packed = isinstance(returned, PackedSequence)
    found = returned if is_packed or not isinstance(returned, tuple | list) else returned[0]
    if isinstance(found, PackedSequence):
        found, _lengths = pad_packed_sequence(found, batch_first)
    if not isinstance(found, Tensor):
        raise ValueError(
            _(
                "This {name} returns a {kind}; what can be recorded returns a tensor, or a "
                "tuple that begins with one."
            ).format(name=name, kind=type(found).__name__)
        )
    plain = found.detach().cpu()
    # NumPy has no bfloat16.
    return np.array((plain.float() if plain.dtype == torch.bfloat16 else plain).numpy())


def kernels_h(parameters: Parameters, x: np.ndarray, start: Mapping[str, np.ndarray]) -> np.ndarray:
    """h of one layer and direction of an LSTM, (T, B, H), from torch's own kernel on the CPU."""
    before = [torch.from_numpy(start[name][None]) for name in "hc"]
    read, biased = torch.from_numpy(x), len(parameters) == 4
    h, *_ = torch.lstm(read, before, parameters, biased, 1, 0.0, False, False, False)
    found: np.ndarray = h.numpy()
    return found


def kernel_is_exact() -> bool:
    """Whether torch's kernel keeps float32: under autocast it would round to half precision."""
    return not torch.is_autocast_enabled("cpu")


def on_cpu(tensor: Tensor) -> Tensor:
    """The tensor's numbers without its history; in its own memory where that is the CPU's."""
    detached = tensor.detach()
    return detached if detached.is_cpu else detached.cpu()


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
