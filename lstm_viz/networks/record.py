"""Every gate of a network while it reads: ``lv.record``, whatever kind of network it is given."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from lstm_viz.extras import needed_by
from lstm_viz.language import _
from lstm_viz.run.recording import Recording


def record(module: Any, x: Any, state: Any = None) -> Recording:
    """Every gate of a network while it reads ``x``, recomputed by ``run`` from its weights.

    ``module`` is one of

    - ``torch.nn.LSTM``, ``GRU``, ``RNN`` with tanh or relu, or a ``*Cell`` of them, on any device,
      in float32 or float64. ``x`` and ``state`` are what the module itself takes,
      ``PackedSequence``s and single sequences (T, D) included; for a ``*Cell`` x is (T, B, D), one
      step after the other. ``output`` is the module's own h in the form in which it returns it. For
      packed sequences it is what ``pad_packed_sequence`` makes of that, and traces are NaN behind
      each sequence's end.
    - the same with hooks (weight norms, pruning, weight drop), parametrizations, or a forward of
      its own. It is then run once, its hooks with it, and what its kernel was given and answered is
      what is recorded: ``output`` is what ``module(x)`` returns, traces are what happens inside.
      The proof is made at once.
    - Keras' ``LSTM``, ``GRU``, ``SimpleRNN``, ``Bidirectional`` and ``RNN`` of their cells.
      x is (B, T, D), and ``output`` is what the layer returns for it.
    - what ``lv.read_model`` found in a file. ``x`` is (T, B, D) numbers, or (T, B) symbols.
    - the project's ``RecurrentNet``, or a ``Network``, which is the same without torch. ``x`` is
      (T, B) symbol numbers, or (T, B, D) numbers; ``state`` has states of the first layer by name.

    A model in which such modules stand is recorded by ``lv.recording``.

    The module is not changed: neither its state dict, its mode, its gradients nor any generator of
    random numbers, and no graph is built. Raises ValueError with a sentence for what cannot be
    recorded: ``proj_size``, dropout in training mode, half precision, compiled, scripted and
    quantised modules, other modules, and x or states of other shapes.
    """
    return _recorder_of(module.__class__)(module, x, state)


@cache
def _recorder_of(kind: type) -> Callable[[Any, Any, Any], Recording]:
    from lstm_viz.networks.network import Network

    if issubclass(kind, Network):
        return lambda network, x, state: network.record(np.asarray(x), state)

    from lstm_viz.networks.keras_layer import is_keras_layer, record_keras

    if is_keras_layer(kind):
        return record_keras

    from lstm_viz.networks.model import Model

    if issubclass(kind, Model):
        return lambda model, x, state: _without_state(model, x, state)

    with needed_by(_("Recording this network")):
        from lstm_viz.networks.torch.layer import RecurrentNet, record_network

    if issubclass(kind, RecurrentNet):
        return record_network

    from lstm_viz.networks.torch.recorder import record_module

    return record_module


def _without_state(model: Any, x: Any, state: Any) -> Recording:
    if state is not None:
        raise ValueError(_("A model from a file begins with its own states; give none."))
    return model.record(np.asarray(x))  # type: ignore[no-any-return]
