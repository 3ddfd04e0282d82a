"""Layouts of weights that look like others and are not: they are named, not computed.

Before Keras 2 each gate had arrays of its own; TensorFlow 1 put the input's and the state's rows
into one matrix, in the order i, j, f, o, and added its forget bias only when it ran; cuDNN's layers
in Keras 2 have two biases in a row of 8 H numbers. Each can be told by its names or its shapes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from lstm_viz.language import _

Shapes = Mapping[str, tuple[int, ...]]

_KERAS_1 = re.compile(r"(.*[_/.])?([WUb])_([ifco]|[zrh])(:0)?")
_TF_1 = re.compile(
    r"(.*/)?((basic_)?(lstm|gru|rnn)_cell(_\d+)?|gates|candidate)/(kernel|weights)(:0)?"
)


def refuse_old_layout(shapes: Shapes) -> None:
    """Raises ValueError in words where the names and shapes are those of an old layout."""
    keras = [name for name in shapes if _KERAS_1.fullmatch(name)]
    if len(keras) >= 3:
        raise ValueError(
            _(
                "These weights are in the layout of Keras 1, with arrays of their own for each "
                "gate, such as {name}. Load the model in Keras 2, and save it there again."
            ).format(name=ascii(keras[0])[:60])
        )
    recurrent = any("recurrent_kernel" in name for name in shapes)
    first = [name for name in shapes if _TF_1.fullmatch(name)]
    if first and not recurrent:
        raise ValueError(
            _(
                "These weights are in the layout of TensorFlow 1: in {name} the rows of the input "
                "and of the state are one matrix, its gates stand in the order i, j, f, o, and "
                "the forget bias of 1 is added only when it runs. Save the model from Keras."
            ).format(name=ascii(first[0])[:60])
        )
    if any("cudnn" in name.lower() for name in shapes):
        raise ValueError(_cudnn())


def refuse_cudnn(bias: tuple[int, ...] | None, recurrent: tuple[int, ...]) -> None:
    """Raises ValueError in words where a bias has twice as many numbers as its gates have units."""
    if bias is not None and len(bias) == 1 and bias[0] == 2 * recurrent[1]:
        raise ValueError(_cudnn())


def _cudnn() -> str:
    return _(
        "These weights are those of a CuDNNLSTM or CuDNNGRU of Keras 2, which has two biases in a "
        "row. Load them into the layer LSTM or GRU, which converts them, and save that."
    )
