"""Every gate inside a layer of Keras: LSTM, GRU, SimpleRNN, Bidirectional, or RNN of such cells.

The layer's own config and weights become the cells that they are, as from a file; so nothing of
Keras is imported; the layer itself is called when the proof is asked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_viz.files.keras import KerasFile, KerasLayer, snake
from lstm_viz.language import _
from lstm_viz.networks.keras_model import keras_models
from lstm_viz.networks.model import Model
from lstm_viz.run.recording import Recording

KINDS = ("LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN")


def is_keras_layer(kind: type) -> bool:
    """Whether a class is a recurrent layer of Keras, or derived from one."""
    return any(c.__module__.startswith("keras.") and c.__name__ in KINDS for c in kind.__mro__)


def record_keras(layer: Any, x: Any, state: Any = None) -> Recording:
    """What ``lv.record`` does for a layer of Keras: x is (B, T, D), and the output is the layer's.

    Raises ValueError with a sentence for what no cell here computes.
    """
    if state is not None:
        raise ValueError(_("A layer of Keras is recorded from its own beginning; give no state."))
    if getattr(layer, "stateful", False):
        raise ValueError(
            _(
                "This layer is stateful: its answer depends on what it has read before. Make "
                "it with stateful=False."
            )
        )
    read = _numbers(x)
    if read.ndim != 3:
        raise ValueError(
            _("x has the shape {shape}; a layer of Keras reads (B, T, D).").format(shape=read.shape)
        )
    recorded = model_of(layer).record(np.swapaxes(read, 0, 1))

    def as_returned(output: np.ndarray) -> np.ndarray:
        if _config(layer).get("return_sequences"):
            return np.swapaxes(output, 0, 1)
        return _last(output, layer)

    output = as_returned(recorded.output)
    return Recording(recorded.traces, output, lambda: _difference(layer, x, output))


def model_of(layer: Any) -> Model:
    """The layer as a Model, read from its config and its weights."""
    if not getattr(layer, "built", True):
        raise ValueError(_("This layer has no weights yet: let it read something first."))
    kind = next(c.__name__ for c in type(layer).__mro__ if c.__name__ in KINDS)
    found = KerasLayer(kind, layer.name, layer.get_config(), _arrays(layer))
    (model,) = keras_models(KerasFile((found,))).values()
    return model


def _arrays(layer: Any) -> dict[str, np.ndarray]:
    """The weights by the paths that they have in a file, where cells are numbered in a layer."""
    found: dict[str, np.ndarray] = {}
    cells = getattr(getattr(layer, "cell", None), "cells", None)
    if cells is None:
        return {w.path.partition("/")[2] or w.path: _numbers(w) for w in layer.weights}
    counts: dict[str, int] = {}
    for cell in cells:
        key = snake(type(cell).__name__)
        number = counts[key] = counts.get(key, -1) + 1
        place = f"{key}_{number}" if number else key
        found |= {f"{place}/{w.path.rpartition('/')[2]}": _numbers(w) for w in cell.weights}
    return found


def _config(layer: Any) -> dict[str, Any]:
    """The config of the layer, or of the one that it lets read in both directions."""
    config: dict[str, Any] = layer.get_config()
    inside = config.get("layer")
    return dict(inside["config"]) if inside else config


def _last(output: np.ndarray, layer: Any) -> np.ndarray:
    """What is returned of the last step: of a backward direction that is the first in time."""
    if type(layer).__name__ != "Bidirectional":
        last: np.ndarray = output[-1]
        return last
    half = output.shape[-1] // 2
    return np.concatenate([output[-1, :, :half], output[0, :, half:]], axis=-1)


def _difference(layer: Any, x: Any, output: np.ndarray) -> float:
    """max |recorded - the layer's own answer|."""
    answer = layer(x)
    own = answer[0] if isinstance(answer, list | tuple) else answer
    return float(np.abs(_numbers(own) - output).max())


def _numbers(given: Any) -> np.ndarray:
    """A tensor or variable of any of Keras' backends as NumPy's."""
    value = getattr(given, "value", given)
    value = value.detach().cpu() if hasattr(value, "detach") else value
    return np.asarray(value)
