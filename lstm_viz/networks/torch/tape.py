"""A whole model is recorded by running it: ``lv.recording``.

Whatever stands around the recurrent layers, an embedding, attention, a decoder's loop, the model
runs as it always does, and only listens to itself: hooks say which layer is in its forward, and
what the layer's kernel is given meanwhile is copied (``kernels``). From that, and not from the
model, every gate is computed when it is asked for. Steps of a ``*Cell`` that go on where the one
before stopped become one recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import nn

from lstm_viz.language import _
from lstm_viz.networks.gate_order import recurrent_parts, require_open
from lstm_viz.networks.torch.kernels import Call, Overhearing, called, follows, joined
from lstm_viz.networks.torch.modules import output_of
from lstm_viz.networks.torch.recorder import recording_of
from lstm_viz.run.recording import Recording


@contextmanager
def recording(model: nn.Module) -> Iterator[Tape]:
    """``lv.recording``: every recurrent layer of a model, whatever stands around it.

    ``with lv.recording(model) as tape: model(batch)``, with gradients or without; afterwards
    ``tape["encoder.lstm"]`` is what that layer did. ``model`` is any module of torch with ``LSTM``,
    ``GRU``, ``RNN`` or their ``*Cell``s inside, at any depth. Nothing of it is changed, and when
    the ``with`` ends, by an exception too, nothing is left in it.

    Raises ValueError with a sentence for a model in which there is none, or one that is compiled,
    scripted, exported or quantised.
    """
    layers = _layers(model)
    tape = Tape(layers, _other_names(model, layers))
    with ExitStack() as until_the_end:
        for part in model.modules():
            if part._compiled_call_impl is not None:
                until_the_end.enter_context(_uncompiled(part))
        for name, layer in layers.items():
            # First of all that stands before its forward, and last of all that stands behind it.
            entered = layer.register_forward_pre_hook(tape._enters(name), prepend=True)
            until_the_end.callback(entered.remove)
            left = layer.register_forward_hook(tape._leaves(name), always_call=True)
            until_the_end.callback(left.remove)
        until_the_end.enter_context(Overhearing(tape._heard))
        yield tape


class Tape(Mapping[str, "Recording | tuple[Recording, ...]"]):
    """What the layers of a model did, by the dotted name that ``model.named_modules()`` gives them.

    ``tape[name]`` is the layer's Recording where it was called once, and a tuple of Recordings, one
    a call, where it was called several times; ``tape.calls(name)`` is always the tuple. Iterating
    gives the names of the layers that were called, in the order in which they first were. A layer
    that stands in the model under several names has all of them.

    Asked for a layer, it raises KeyError with the names that there are, and ValueError with a
    sentence where what the layer did cannot be recorded; the others can.
    """

    def __init__(self, layers: Mapping[str, nn.Module], other_names: Mapping[str, str]):
        self._layers, self._other_names = dict(layers), dict(other_names)
        self._runs: dict[str, list[_Run]] = {}
        self._inside: list[_Run] = []
        self._known: dict[str, tuple[Recording, ...]] = {}

    def __getitem__(self, name: str) -> Recording | tuple[Recording, ...]:
        found = self.calls(name)
        return found[0] if len(found) == 1 else found

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._runs))

    def __len__(self) -> int:
        return len(self._runs)

    def __contains__(self, name: object) -> bool:
        return name in self._runs or self._other_names.get(str(name)) in self._runs

    def __repr__(self) -> str:
        counts = {name: sum(len(run.calls) for run in runs) for name, runs in self._runs.items()}
        listed = [f"{name!r}" + f" ({count} calls)" * (count > 1) for name, count in counts.items()]
        return f"Tape({', '.join(listed) or 'nothing was called yet'})"

    def calls(self, name: str) -> tuple[Recording, ...]:
        """What a layer did in each of its calls, in their order."""
        name = self._named(name)
        if name not in self._known or self._inside:
            self._known[name] = tuple(
                recording_of(call, self._title(name), output)
                for run in _together(self._runs[name])
                for call, output in run.told(self._title(name))
            )
        return self._known[name]

    def _title(self, name: str) -> str:
        kind = type(self._layers[name]).__name__
        return f"{kind} ({name})" if name else kind

    def _named(self, name: str) -> str:
        """The name under which a layer stands here, of all that it has in the model."""
        known = self._other_names.get(name, name)
        if known in self._runs:
            return known
        if known in self._layers:
            raise KeyError(_("{name}: this layer was not called").format(name=name))
        raise KeyError(
            _("{name}: there is {runs}").format(
                name=name, runs=_(", ").join(map(repr, self._runs)) or _("nothing yet")
            )
        )

    # ---- while the model runs --------------------------------------------------------------------

    def _enters(self, name: str) -> Any:
        def entered(_layer: nn.Module, _args: Any) -> None:
            self._inside.append(_Run(name))

        return entered

    def _leaves(self, name: str) -> Any:
        def left(layer: nn.Module, _args: Any, returned: Any) -> None:
            while self._inside:
                run = self._inside.pop()
                if run.name == name:
                    if returned is not None:  # its forward came to its end
                        with suppress(ValueError):  # it returns something of its own
                            run.returned = output_of(returned, getattr(layer, "batch_first", False))
                        self._keep(run)
                    return

        return left

    def _heard(self, call: Call, args: tuple[Any, ...]) -> None:
        owners = [name for name, layer in self._layers.items() if called(layer, args)]
        running = [run for run in reversed(self._inside) if not owners or run.name in owners]
        if running:
            running[0].calls.append(call)
        elif owners:  # its forward was called past its hooks
            self._keep(_Run(owners[0], [call]))

    def _keep(self, run: _Run) -> None:
        self._runs.setdefault(run.name, []).append(run)
        self._known.pop(run.name, None)


@dataclass
class _Run:
    """One forward of a layer: the calls of its kernel meanwhile, and what it returned."""

    name: str
    calls: list[Call] = field(default_factory=list)
    returned: np.ndarray | None = None

    def told(self, title: str) -> list[tuple[Call, np.ndarray]]:
        """Each call of the kernel, with the module's own output where there was one call alone."""
        if not self.calls:
            raise ValueError(
                _(
                    "This {title} computes its answer in its own forward, without torch’s "
                    "kernel, so that its gates are not those of the class it is derived from."
                ).format(title=title)
            )
        if len(self.calls) == 1 and self.returned is not None:
            return [(self.calls[0], self.returned)]
        return [(call, call.answer()[0]) for call in self.calls]


def _together(runs: list[_Run]) -> list[_Run]:
    """The steps of a ``*Cell`` that go on where another stopped, as one run; the others alone."""
    rows: list[list[_Run]] = []
    for run in runs:
        is_step = len(run.calls) == 1 and run.calls[0].is_cell
        going_on = (
            row
            for row in reversed(rows)
            if is_step and row[-1].calls[0].is_cell and _goes_on(run, row[-1])
        )
        row = next(going_on, None)
        if row is None:
            rows.append([run])
        else:
            row.append(run)
    return [_row(row) for row in rows]


def _goes_on(later: _Run, before: _Run) -> bool:
    return (
        len(before.calls) == 1
        and (later.returned is None) == (before.returned is None)
        and follows(later.calls[0], before.calls[0])
    )


def _row(steps: list[_Run]) -> _Run:
    if not (steps[0].calls and steps[0].calls[0].is_cell) or len(steps[0].calls) > 1:
        return steps[0]
    shown = [step.returned for step in steps if step.returned is not None]
    call = joined([step.calls[0] for step in steps])
    return _Run(steps[0].name, [call], np.stack(shown) if shown else None)


@contextmanager
def _uncompiled(module: nn.Module) -> Iterator[None]:
    """What ``module.compile()`` put in the place of its forward is out of force."""
    compiled, module._compiled_call_impl = module._compiled_call_impl, None
    try:
        yield
    finally:
        module._compiled_call_impl = compiled


def _layers(model: Any) -> dict[str, nn.Module]:
    """Every recurrent layer by its name. Raises ValueError with a sentence."""
    if not isinstance(model, nn.Module):
        raise ValueError(
            _("recording listens to a module of torch while it runs; got {kind}.").format(
                kind=type(model).__name__
            )
        )
    require_open(model, "model")
    if not recurrent_parts(model):
        raise ValueError(
            _(
                "In this {kind} is no torch.nn.LSTM, GRU, RNN nor a *Cell of them, and nothing "
                "else is recorded. Layers that were written by hand can be written as a Cell, "
                "and lv.run shows their signals."
            ).format(kind=type(model).__name__)
        )
    return recurrent_parts(model)


def _other_names(model: nn.Module, layers: Mapping[str, nn.Module]) -> dict[str, str]:
    """The further names of layers that stand in the model several times -> their first one."""
    first = {id(layer): name for name, layer in layers.items()}
    every = model.named_modules(remove_duplicate=False)
    return {name: first[id(part)] for name, part in every if id(part) in first}
