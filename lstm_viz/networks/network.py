"""A network that learnt a task: symbols or numbers in, layers of a cell, what comes next out.

NumPy only: the web process reads with it. ``RecurrentNet`` is the same on tensors, to be trained.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks import network_file
from lstm_viz.run.layers import Layer, one_way, read_layers
from lstm_viz.run.recording import Place, Recording
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights, keep_bias
from lstm_viz.tasks import TASKS, Sequence, Task
from lstm_viz.tasks.loss import softmax

FORMAT = "LSTM Viz network 1"
MAX_HIDDEN = 256


@dataclass(frozen=True, eq=False)
class Network:
    """``layers`` are a cell and its weights each, the first one next to the input.

    ``embedding`` (V, E) has a row for each symbol, None where the input is numbers. The head makes
    the last layer's h into ``head_weight @ h + head_bias``: one logit a symbol, or the forecast.
    ``metrics`` is what the task measured, ``training`` how it was made.
    """

    task: Task
    layers: tuple[Layer, ...]
    head_weight: np.ndarray
    head_bias: np.ndarray
    embedding: np.ndarray | None = None
    metrics: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cell(self) -> Cell:
        return self.layers[0][0]

    @property
    def symbols(self) -> tuple[str, ...] | None:
        return self.task.symbols

    @property
    def hidden(self) -> int:
        return int(self.head_weight.shape[1])

    @property
    def count(self) -> int:
        """The number of parameters, embedding and head included."""
        return sum(array.size for array in self.arrays().values())

    def inputs(self, sequence: Sequence) -> np.ndarray:
        """What the first layer is given, (T, 1, D): embedding rows, or scaled numbers."""
        return self._embedded(self._column(sequence))

    def read(self, sequence: Sequence) -> Recording:
        """Read one sequence and record everything."""
        return self.record(self._column(sequence))

    def record(
        self,
        inputs: np.ndarray,
        state: Mapping[str, np.ndarray] | None = None,
        hold: Mapping[Place, Mapping[str, np.ndarray]] | None = None,
    ) -> Recording:
        """Read B sequences at once: symbol numbers (T, B), or scaled numbers (T, B, 1).

        ``hold`` is that of ``run``, for each layer that has something held.
        """
        layers = one_way(self.layers)
        states = {place: state for place in layers if place[0] == 0 and state is not None}
        return self.answered(*read_layers(layers, self._embedded(inputs), states, hold))

    def answered(self, traces: Mapping[Place, Trace], h: np.ndarray) -> Recording:
        """What its layers did, with what the head makes of the last one's h (T, B, H)."""
        return Recording(traces, h @ self.head_weight.T + self.head_bias)

    def predictions(self, recording: Recording) -> np.ndarray:
        """What comes next, (T, B, O): each choice's probability, or the forecast in its unit."""
        if self.task.choices is None:
            forecast: np.ndarray = recording.output * self.task.spread + self.task.centre
            return forecast
        return softmax(recording.output)

    def probabilities(self, inputs: np.ndarray) -> np.ndarray:
        """The predictions for B sequences of symbol numbers (T, B) at once, (T, B, V)."""
        return self.predictions(self.record(inputs))

    def forecast(self, inputs: np.ndarray) -> np.ndarray:
        """The predictions for B sequences of scaled numbers (T, B, 1) at once, (T, B)."""
        return self.predictions(self.record(inputs))[..., 0]

    def arrays(self) -> dict[str, np.ndarray]:
        """Every parameter by the name it has in a file."""
        found = {} if self.embedding is None else {"embedding": self.embedding}
        for number, (_, weights) in enumerate(self.layers):
            found |= {f"layer{number}.{name}": array for name, array in weights.items()}
        return found | {"head.weight": self.head_weight, "head.bias": self.head_bias}

    def with_arrays(self, arrays: Mapping[str, np.ndarray], **changes: Any) -> Network:
        """The same network with other parameters, by name as ``arrays`` has them."""
        layers = tuple(
            (cell, {name: arrays[f"layer{number}.{name}"] for name in weights})
            for number, (cell, weights) in enumerate(self.layers)
        )
        return replace(
            self,
            layers=layers,
            head_weight=arrays["head.weight"],
            head_bias=arrays["head.bias"],
            embedding=arrays.get("embedding"),
            **changes,
        )

    def to_bytes(self) -> bytes:
        """The network as a safetensors file, float32."""
        words = {
            "format": FORMAT,
            "task": self.task.name,
            "symbols": json.dumps(self.symbols, ensure_ascii=False),
            "layers": json.dumps(
                [{"name": c.name, "text": c.text, "initial": c.initial} for c, _ in self.layers]
            ),
            "metrics": json.dumps(_rounded(self.metrics)),
            "training": json.dumps(self.training),
        }
        return network_file.write(self.arrays(), words)

    def _column(self, sequence: Sequence) -> np.ndarray:
        return self.task.encode(sequence)[:, None]

    def _embedded(self, inputs: np.ndarray) -> np.ndarray:
        return inputs if self.embedding is None else self.embedding[inputs]


def untrained(
    task: Task,
    cell: Cell,
    hidden: int,
    embedding: int = 0,
    layers: int = 1,
    seed: int = 0,
    forget_bias: float | None = None,
    chrono: float | None = None,
) -> Network:
    """A network before its first training step; the forget bias is set where the cell has one.

    ``chrono`` is the longest time lag to be bridged, for chrono initialisation where the cell can.
    """
    can_be_biased = keep_bias(cell) is not None
    bias = forget_bias if can_be_biased and chrono is None else None
    scheme = "chrono" if can_be_biased and chrono is not None else "pytorch"
    outputs = task.outputs
    widths = [embedding if task.symbols else task.width, *[hidden] * (layers - 1)]
    stream = np.random.default_rng(seed)
    limit = hidden**-0.5
    return Network(
        task=task,
        layers=tuple(
            (
                cell,
                init_weights(
                    *(cell, width, hidden, seed + number, scheme, bias), t_max=chrono or 2
                ),
            )
            for number, width in enumerate(widths)
        ),
        head_weight=stream.uniform(-limit, limit, (outputs, hidden)),
        head_bias=np.zeros(outputs),
        embedding=stream.normal(0, 0.5, (len(task.symbols), embedding)) if task.symbols else None,
    )


def from_bytes(data: bytes) -> Network:
    """The network in a file. Raises ValueError in words for a file that holds none."""
    arrays, words = network_file.read(data)
    if words.get("format") != FORMAT:
        raise ValueError(f"This file is not marked as {FORMAT!r}.")
    try:
        task = TASKS[words["task"]]
        symbols = json.loads(words["symbols"])
        cells = [_cell(**described) for described in json.loads(words["layers"])]
        metrics, training = json.loads(words["metrics"]), json.loads(words["training"])
    except (KeyError, TypeError, AttributeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(f"This file does not say which network it holds: {error}.") from None
    if symbols != (task.symbols and list(task.symbols)):
        raise ValueError(f"This network was trained on other symbols than {task.name} has now.")
    _check_shapes(arrays, task, cells)
    for array in arrays.values():
        array.flags.writeable = False
    layers = tuple(
        (cell, {name: arrays[f"layer{number}.{name}"] for name in cell.weight_names})
        for number, cell in enumerate(cells)
    )
    return Network(
        task=task,
        layers=layers,
        head_weight=arrays["head.weight"],
        head_bias=arrays["head.bias"],
        embedding=arrays.get("embedding"),
        metrics=metrics,
        training=training,
    )


def _cell(name: str, text: str, initial: Mapping[str, float]) -> Cell:
    """The catalogue's own cell where the equations are still the same, else the file's."""
    stored = Cell(text, initial=initial, name=str(name))
    known = CELLS.get(stored.name)
    return known if known == stored else stored


def _check_shapes(arrays: Mapping[str, np.ndarray], task: Task, cells: list[Cell]) -> None:
    """Exactly the parameters that these layers need, each in its shape."""
    head = arrays.get("head.weight", np.empty(0))
    H, outputs = head.shape[-1], task.outputs
    if not cells or head.ndim != 2 or H > MAX_HIDDEN:
        raise ValueError(f"A network has layers, and a head of at most {MAX_HIDDEN} hidden units.")
    width = task.width
    shapes: dict[str, tuple[int, ...]] = {"head.weight": (outputs, H), "head.bias": (outputs,)}
    if task.symbols:
        width = arrays["embedding"].shape[-1] if "embedding" in arrays else 1
        shapes["embedding"] = (len(task.symbols), width)
    for number, cell in enumerate(cells):
        shapes |= {f"layer{number}.{n}": s for n, s in cell.weight_shapes(width, H).items()}
        width = H
    found = {name: array.shape for name, array in arrays.items()}
    for name in sorted(shapes.keys() | found.keys()):
        if shapes.get(name) != found.get(name):
            wanted, given = shapes.get(name, "not there"), found.get(name, "not there")
            raise ValueError(f"{name[:40]!r} should be {wanted} and is {given}.")


def _rounded(value: Any) -> Any:
    """Numbers to six digits, which is more than any metric means."""
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value


def shipped() -> tuple[tuple[str, str], ...]:
    """(task, cell) of every network that comes with the app, in teaching order."""
    there = {file.name for file in (resources.files("lstm_viz.networks") / "trained").iterdir()}
    return tuple((task, cell) for task in TASKS for cell in CELLS if file_name(task, cell) in there)


def file_name(task: str, cell: str) -> str:
    return f"{task}-{cell}.safetensors"


@cache
def load(task: str, cell: str) -> Network:
    """The shipped network of this task and cell; ValueError with those that exist if none is."""
    if (task, cell) not in shipped():
        known = ", ".join(f"{t} {c}" for t, c in shipped())
        raise ValueError(
            f"No network for {task[:40]!r} with {cell[:40]!r} is shipped. There are: {known}."
        )
    return from_bytes(
        (resources.files("lstm_viz.networks") / "trained" / file_name(task, cell)).read_bytes()
    )
