"""The process that ``proof`` starts: torch computes what NumPy computed, and compares.

It reads questions from its standard input and answers each with a line of JSON, until the input
ends. Every signal is computed by the cell's own lines on tensors, in float64; where the lines are
those of ``torch.nn.LSTM``, ``GRU`` or ``RNN``, their own forward is the judge of h and of what
follows from it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, TypeAlias

import numpy as np
import torch
from safetensors.numpy import load
from torch import Tensor

from lstm_viz.cells import Cell
from lstm_viz.language import N_
from lstm_viz.networks.gate_order import load_into
from lstm_viz.networks.network import array_name
from lstm_viz.networks.torch.layer import CellLayer
from lstm_viz.networks.torch.proof import receive, send
from lstm_viz.run.layers import FORWARD, WAYS, places

# For each layer and direction the text of its cell and the states that do not start at 0.
Layers: TypeAlias = list[tuple[int, str, str, dict[str, float]]]

LINES = N_("the equations on tensors")
AUTOGRAD = "torch.autograd"
MEMORY = 2 * 2**30  # bytes this process may take


def verdict(question: bytes) -> dict[str, Any]:
    """What ``Verdict`` holds, from a question as ``proof`` asks it."""
    arrays, words = load(question), _words(question)
    if "module" in words:
        return _of_module(arrays, **json.loads(words["module"]))
    layers = json.loads(words["layers"])
    numbers, difference, judges = 0, 0.0, [LINES]
    with torch.no_grad():
        for name, computed in _computed(arrays, layers, judges):
            recorded = arrays[f"recorded.{name}"]
            numbers += recorded.size
            difference = _larger(difference, np.abs(recorded - computed.numpy()).max())
    if "given.h" in arrays:
        judges.append(AUTOGRAD)
        for name, gradient in _gradients(arrays, layers).items():
            found = arrays[f"gradient.{name}"]
            numbers += found.size
            difference = _larger(difference, np.abs(found - gradient.numpy()).max())
    return {"difference": difference, "numbers": numbers, "judges": list(dict.fromkeys(judges))}


def _of_module(
    arrays: Mapping[str, np.ndarray], kind: str, layers: int, both: bool, hidden: int
) -> dict[str, Any]:
    """The verdict on the output of layers and directions that are one module of torch."""
    x = torch.from_numpy(arrays["read"])
    module = getattr(torch.nn, kind)(x.shape[2], hidden, layers, bidirectional=both).double()
    for layer, way in places(layers, WAYS[: 1 + both]):
        place = f"{way}{layer}."
        own = {n.removeprefix(place): a for n, a in arrays.items() if n.startswith(place)}
        load_into(module, own, layer, way)
    with torch.no_grad():
        output = torch.nn.functional.linear(
            module(x)[0],
            torch.from_numpy(arrays["network.head.weight"]),
            torch.from_numpy(arrays["network.head.bias"]),
        ).numpy()
    recorded = arrays["recorded.output"]
    difference = _larger(0.0, np.abs(recorded - output).max())
    return {
        "difference": difference,
        "numbers": recorded.size,
        "judges": [f"torch.nn.{kind}"],
    }


def _computed(
    arrays: Mapping[str, np.ndarray], layers: Layers, judges: list[str]
) -> Iterator[tuple[str, Tensor]]:
    """Every recorded array by name, as torch has it; h and the output by both judges."""
    x = torch.from_numpy(arrays["read"])
    if "network.embedding" in arrays:
        x = torch.from_numpy(arrays["network.embedding"])[x]
    hidden = arrays["network.head.weight"].shape[1] // len({way for _layer, way, *_cell in layers})
    for _number, row in groupby(layers, key=lambda layer: layer[0]):
        sides = []
        for number, way, text, initial in row:
            cell, place = Cell(text, initial=initial), (number, way)
            weights = {
                name: arrays[f"network.{array_name(place, name)}"] for name in cell.weight_names
            }
            layer, read = CellLayer(cell, weights, hidden), x if way == FORWARD else x.flip(0)
            yield array_name(place, "x"), read
            signals = layer.signals(read)
            yield from ((array_name(place, name), values) for name, values in signals.items())
            if layer.kind:
                judges.insert(0, f"torch.nn.{layer.kind}")
                signals["h"] = layer.fused(read)
                yield array_name(place, "h"), signals["h"]
            sides.append(signals["h"] if way == FORWARD else signals["h"].flip(0))
        x = torch.cat(sides, 2)
    head, bias = (torch.from_numpy(arrays[f"network.head.{part}"]) for part in ("weight", "bias"))
    yield "output", torch.nn.functional.linear(x, head, bias)


def _gradients(arrays: Mapping[str, np.ndarray], layers: Layers) -> dict[str, Tensor]:
    """By autograd: the derivatives of the given loss by the first layer's weights and its input.

    Through torch's own module where there is one, else through the equations on tensors.
    """
    (_number, _way, text, initial), given = layers[0], torch.from_numpy(arrays["given.h"])
    cell = Cell(text, initial=initial)
    weights = {name: arrays[f"network.layer0.{name}"] for name in cell.weight_names}
    layer = CellLayer(cell, weights, given.shape[2])
    x = torch.from_numpy(arrays["recorded.layer0.x"]).requires_grad_()
    h = layer.judged(x)
    (h * given).sum().backward()
    leaves = dict(layer.weights.items()) | {"x": x}
    return {
        name: torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        for name, leaf in leaves.items()
    }


def _larger(one: float, other: float) -> float:
    """The larger one; what is no number is infinitely far away."""
    return max(one, float(other)) if np.isfinite(other) else float("inf")


def _words(question: bytes) -> dict[str, str]:
    length = int.from_bytes(question[:8], "little")
    words: dict[str, str] = json.loads(question[8 : 8 + length])["__metadata__"]
    return words


def main() -> None:
    torch.set_num_threads(1)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever prints must not be an answer
    with contextlib.suppress(EOFError, BrokenPipeError):  # the app has ended
        while True:
            question = receive(sys.stdin.buffer)
            try:
                found = verdict(question)
            except Exception as error:  # the next question deserves an answer, too
                found = {"problem": f"{type(error).__name__}: {error}"[:300]}
            send(answers, json.dumps(found).encode())


if __name__ == "__main__":
    main()
