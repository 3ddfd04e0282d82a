"""How a trial learns: the compiled pass, a loss and Adam, in NumPy alone.

A study trains thousands of small networks, and at their size it is not the arithmetic that takes
the time but the calls around it. So there is no torch here: all parameters lie in one flat array,
of which each weight is a view, and a step is the compiled pass forward and back over a batch, one
product for the head, and Adam in a few operations on that array. The numbers are those of torch's
autograd and Adam (the tests compare the two in float64), and a step takes a third of the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.networks.network import Network
from lstm_viz.run.compiled_back import BothWays
from lstm_viz.run.layers import FORWARD
from lstm_viz.study.material import Part
from lstm_viz.tasks.loss import is_asked, losses, slopes

FIRST, SECOND, LEAST = 0.9, 0.999, 1e-8  # Adam's
OUTPUT_WEIGHT, OUTPUT_BIAS = "head.weight", "head.bias"


class Learner:
    """A cell and its head that are being taught; ``parameters`` (P,) is all that it knows.

    ``batch`` is how many sequences a step has, ``clip`` the longest gradient.
    """

    def __init__(self, network: Network, batch: int, clip: float, dtype: str = "float32"):
        self.cell: Cell = network.cell
        self.clip, self.batch = clip, batch
        start = dict(network.layers[0, FORWARD][1])
        start |= {OUTPUT_WEIGHT: network.head_weight, OUTPUT_BIAS: network.head_bias}
        self.shapes = {name: array.shape for name, array in start.items()}
        self.parameters = _flat(start[name] for name in self.shapes).astype(dtype)
        self.weights = self.named(self.parameters)
        D, H = network.width(0), network.hidden
        self.room = BothWays(self.cell, D, H, batch, np.dtype(dtype))
        self.of_h = np.zeros((0, batch, H), dtype)
        self.first, self.second = np.zeros((2, len(self.parameters)), dtype)
        self.steps = 0

    def named(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """Views of a flat array of parameters, or of their gradients, by name."""
        found, place = {}, 0
        for name, shape in self.shapes.items():
            size = math.prod(shape)
            found[name] = flat[place : place + size].reshape(shape)
            place += size
        return found

    def gradient(self, part: Part) -> tuple[float, np.ndarray]:
        """The mean loss of a batch, and its derivative by every parameter, (P,)."""
        h = self.room.forward(self.weights, part.x)[part.asked]
        outputs, targets = self._answers(h), part.targets
        count = int(is_asked(targets).sum())
        of_outputs = slopes(outputs, targets) / (count * _width(targets))
        if len(self.of_h) != len(part.x):
            self.of_h = np.zeros((len(part.x), *self.of_h.shape[1:]), self.of_h.dtype)
        self.of_h[part.asked] = of_outputs @ self.weights[OUTPUT_WEIGHT]
        found, _of_x = self.room.backward(self.of_h, False)
        found[OUTPUT_WEIGHT] = np.matmul(h, of_outputs).sum(0).T
        found[OUTPUT_BIAS] = of_outputs.sum((0, 1))
        return mean_loss(outputs, targets), _flat(found[name] for name in self.shapes)

    def learn(self, part: Part, rate: float) -> bool:
        """One step of Adam; where the gradient is no number none is done, and that is False."""
        loss, slope = self.gradient(part)
        norm = math.sqrt(float(slope @ slope))
        if not math.isfinite(loss) or not math.isfinite(norm):
            return False
        slope *= min(1.0, self.clip / (norm + 1e-6))
        self.steps += 1
        self.first += (1 - FIRST) * (slope - self.first)
        self.second *= SECOND
        self.second += (1 - SECOND) * slope * slope
        size = np.sqrt(self.second)
        size /= math.sqrt(1 - SECOND**self.steps)
        size += LEAST
        self.parameters -= rate / (1 - FIRST**self.steps) * self.first / size
        return True

    def answers(self, part: Part) -> np.ndarray:
        """What it answers at the steps of which something is asked, (A, N, O)."""
        found = np.empty((len(part.asked), part.count, len(self.weights[OUTPUT_BIAS])))
        for start in range(0, part.count, self.batch):
            columns = np.arange(start, start + self.batch) % part.count  # the last one comes round
            h = self.room.forward(self.weights, part.x[:, columns])[part.asked]
            found[:, columns] = self._answers(h)
        return found

    def _answers(self, h: np.ndarray) -> np.ndarray:
        """(A, H, B) -> (A, B, O)."""
        product = np.matmul(self.weights[OUTPUT_WEIGHT], h).transpose(0, 2, 1)
        outputs: np.ndarray = product + self.weights[OUTPUT_BIAS]
        return outputs


def mean_loss(outputs: np.ndarray, targets: np.ndarray) -> float:
    """As training has it: the mean over all numbers, or choices, that are asked for."""
    with np.errstate(all="ignore"):
        return float(losses(outputs, targets)[is_asked(targets)].mean()) / _width(targets)


def _width(targets: np.ndarray) -> int:
    """How many numbers an answer is; a choice is one."""
    return int(targets.shape[-1]) if targets.dtype.kind == "f" else 1


def trained(network: Network, weights: Mapping[str, np.ndarray]) -> Network:
    """The network with what was learnt."""
    arrays = network.arrays()
    for name in arrays:
        learnt = name if name in weights else name.removeprefix("layer0.")
        if learnt in weights:
            arrays[name] = weights[learnt].astype(float)
    return network.with_arrays(arrays)


def _flat(arrays: Iterable[np.ndarray]) -> np.ndarray:
    return np.concatenate([array.ravel() for array in arrays])
