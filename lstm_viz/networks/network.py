"""A network that learnt a task: symbols or numbers in, layers of a cell, answers out.

The layers stand upon each other, and each reads in one direction or in both.

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
from lstm_viz.language import _
from lstm_viz.networks import network_file
from lstm_viz.run import strips
from lstm_viz.run.layers import BACKWARD, FORWARD, WAYS, Layer, places, read_layers
from lstm_viz.run.recording import Place, Recording
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights, keep_bias
from lstm_viz.tasks import TASKS, Sequence, Task
from lstm_viz.tasks.loss import softmax
from lstm_viz.tasks.score import Metrics

FORMAT = "LSTM Viz network 1"
MAX_HIDDEN = 256


@dataclass(frozen=True, eq=False)
class Network:
    """``layers`` are a cell and its weights for each layer and direction, from the input upwards.

    A layer reads what the one below it made, of both directions side by side. ``embedding`` (V, E)
    has a row for each symbol, None where the input is numbers. The head makes the last layer's h
    into ``head_weight @ h + head_bias``: one logit for each choice, or the forecast.
    ``metrics`` is what the task measured, ``training`` how it was made.
    """

    task: Task
    layers: Mapping[Place, Layer]
    head_weight: np.ndarray
    head_bias: np.ndarray
    embedding: np.ndarray | None = None
    metrics: Metrics = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        layers = f"{strips.counted(self.depth, 'layer')}, {' and '.join(self.ways)}"
        units = strips.counted(self.hidden, "unit")
        return f"Network({self.task.name!r}, {self.cell!r}; {layers}, {units})"

    @property
    def cell(self) -> Cell:
        """The cell of the first layer."""
        return self.layers[0, FORWARD][0]

    @property
    def depth(self) -> int:
        """How many layers stand upon each other."""
        return 1 + max(layer for layer, _way in self.layers)

    @property
    def ways(self) -> tuple[str, ...]:
        """The directions in which every layer reads."""
        return tuple(dict.fromkeys(way for _layer, way in self.layers))

    @property
    def symbols(self) -> tuple[str, ...] | None:
        return self.task.symbols

    @property
    def hidden(self) -> int:
        """The units of one layer in one direction."""
        return int(self.head_weight.shape[1]) // len(self.ways)

    def width(self, layer: int) -> int:
        """How many numbers a cell of this layer reads at each step."""
        if layer:
            return self.hidden * len(self.ways)
        return self.task.width if self.embedding is None else int(self.embedding.shape[1])

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
        states = {(0, FORWARD): state} if state is not None else {}
        return self.answered(*read_layers(self.layers, self._embedded(inputs), states, hold))

    def answered(self, traces: Mapping[Place, Trace], h: np.ndarray) -> Recording:
        """What its layers did, with what the head makes of the last one's h (T, B, .)."""
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
        for place, (_cell, weights) in self.layers.items():
            found |= {array_name(place, name): array for name, array in weights.items()}
        return found | {"head.weight": self.head_weight, "head.bias": self.head_bias}

    def with_arrays(self, arrays: Mapping[str, np.ndarray], **changes: Any) -> Network:
        """The same network with other parameters, by name as ``arrays`` has them."""
        layers = {
            place: (cell, {name: arrays[array_name(place, name)] for name in weights})
            for place, (cell, weights) in self.layers.items()
        }
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
            "layers": json.dumps([_described(*layer) for layer in self.layers.items()]),
            "metrics": json.dumps(_rounded(self.metrics)),
            "training": json.dumps(self.training),
        }
        return network_file.write(self.arrays(), words)

    def _column(self, sequence: Sequence) -> np.ndarray:
        return self.task.encode(sequence)[:, None]

    def _embedded(self, inputs: np.ndarray) -> np.ndarray:
        return inputs if self.embedding is None else self.embedding[inputs]


def layer_name(place: Place) -> str:
    """What a layer's direction is called in a file."""
    layer, way = place
    return f"layer{layer}" if way == FORWARD else f"layer{layer}_{way}"


def array_name(place: Place, name: str) -> str:
    """What a layer's weight is called in a file."""
    return f"{layer_name(place)}.{name}"


def untrained(
    task: Task,
    cell: Cell,
    hidden: int,
    embedding: int = 0,
    layers: int = 1,
    seed: int = 0,
    forget_bias: float | None = None,
    chrono: float | None = None,
    both: bool = False,
    orthogonal: bool = False,
) -> Network:
    """A network before its first training step; the forget bias is set where the cell has one.

    ``both``: every layer reads in both directions.

    ``chrono`` is the longest time lag to be bridged, for chrono initialisation where the cell can;
    ``orthogonal`` starts with orthogonal recurrent matrices.
    """
    can_be_biased = keep_bias(cell) is not None
    bias = forget_bias if can_be_biased and chrono is None else None
    plain = "orthogonal" if orthogonal else "pytorch"
    scheme = "chrono" if can_be_biased and chrono is not None else plain
    outputs = task.outputs
    ways = WAYS if both else (FORWARD,)
    widths = [embedding if task.symbols else task.width, *[hidden * len(ways)] * (layers - 1)]
    stream = np.random.default_rng(seed)
    limit = hidden**-0.5
    return Network(
        task=task,
        layers={
            place: (
                cell,
                init_weights(
                    *(cell, widths[place[0]], hidden, seed + number, scheme, bias),
                    t_max=chrono or 2,
                ),
            )
            for number, place in enumerate(places(layers, ways))
        },
        head_weight=stream.uniform(-limit, limit, (outputs, hidden * len(ways))),
        head_bias=np.zeros(outputs),
        embedding=stream.normal(0, 0.5, (len(task.symbols), embedding)) if task.symbols else None,
    )


def from_bytes(data: bytes) -> Network:
    """The network in a file. Raises ValueError in words for a file that holds none."""
    arrays, words = network_file.read(data)
    if words.get("format") != FORMAT:
        raise ValueError(_("This file is not marked as {format!r}.").format(format=FORMAT))
    try:
        task = TASKS[words["task"]]
        symbols = json.loads(words["symbols"])
        cells = _cells(json.loads(words["layers"]))
        metrics, training = json.loads(words["metrics"]), json.loads(words["training"])
    except (KeyError, TypeError, AttributeError, RecursionError, json.JSONDecodeError) as error:
        raise ValueError(
            _("This file does not say which network it holds: {error}.").format(error=error)
        ) from None
    if symbols != (task.symbols and list(task.symbols)):
        raise ValueError(
            _("This network was trained on other symbols than {name} has now.").format(
                name=task.name
            )
        )
    _check_shapes(arrays, task, cells)
    for array in arrays.values():
        array.flags.writeable = False
    layers = {
        place: (cell, {name: arrays[array_name(place, name)] for name in cell.weight_names})
        for place, cell in cells.items()
    }
    return Network(
        task=task,
        layers=layers,
        head_weight=arrays["head.weight"],
        head_bias=arrays["head.bias"],
        embedding=arrays.get("embedding"),
        metrics=metrics,
        training=training,
    )


def _described(place: Place, layer: Layer) -> dict[str, object]:
    """A layer in one direction, in words; the way is said where it is not forward."""
    cell, _weights = layer
    found: dict[str, object] = {"name": cell.name, "text": cell.text, "initial": cell.initial}
    return found if place[1] == FORWARD else {**found, "way": place[1]}


def _cells(described: list[dict[str, Any]]) -> dict[Place, Cell]:
    """The cell of each layer and direction; ValueError where a way back has no layer of its own."""
    found: dict[Place, Cell] = {}
    for one in described:
        words = {**one}
        way = words.pop("way", FORWARD)
        depth = len({layer for layer, _way in found})
        found[(depth, FORWARD) if way == FORWARD else (depth - 1, way)] = _cell(**words)
    ways = WAYS if any(way == BACKWARD for _layer, way in found) else (FORWARD,)
    complete = places(len(described) // len(ways), ways)
    if list(found) != complete or len(found) != len(described):
        raise ValueError(_("A network's layers all read forward, or all in both directions."))
    return found


def _cell(name: str, text: str, initial: Mapping[str, float]) -> Cell:
    """The catalogue's own cell where the equations are still the same, else the file's."""
    stored = Cell(text, initial=initial, name=str(name))
    known = CELLS.get(stored.name)
    return known if known == stored else stored


def _check_shapes(
    arrays: Mapping[str, np.ndarray], task: Task, cells: Mapping[Place, Cell]
) -> None:
    """Exactly the parameters that these layers need, each in its shape."""
    head, ways = arrays.get("head.weight", np.empty(0)), len({way for _layer, way in cells})
    H, outputs = head.shape[-1] // max(ways, 1), task.outputs
    if not cells or head.ndim != 2 or H > MAX_HIDDEN:
        raise ValueError(
            _("A network has layers, and a head of at most {max_hidden} hidden units.").format(
                max_hidden=MAX_HIDDEN
            )
        )
    width = task.width
    shapes: dict[str, tuple[int, ...]] = {"head.bias": (outputs,)}
    shapes["head.weight"] = (outputs, H * ways)
    if task.symbols:
        width = arrays["embedding"].shape[-1] if "embedding" in arrays else 1
        shapes["embedding"] = (len(task.symbols), width)
    for place, cell in cells.items():
        sizes = cell.weight_shapes(H * ways if place[0] else width, H)
        shapes |= {array_name(place, name): shape for name, shape in sizes.items()}
    found = {name: array.shape for name, array in arrays.items()}
    for name in sorted(shapes.keys() | found.keys()):
        if shapes.get(name) != found.get(name):
            wanted, given = shapes.get(name, _("not there")), found.get(name, _("not there"))
            raise ValueError(
                _("{name!r} should be {wanted} and is {given}.").format(
                    name=name[:40], wanted=wanted, given=given
                )
            )


def _rounded(value: object) -> object:
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
        known = _(", ").join(f"{t} {c}" for t, c in shipped())
        raise ValueError(
            _("No network for {task!r} with {cell!r} is shipped. There are: {known}.").format(
                task=task[:40], cell=cell[:40], known=known
            )
        )
    return _read(file_name(task, cell))


STACKED, DEEPEST = ("rnn", "lstm", "gru"), 2  # what ``load_stack`` has of a task that has any


def stack_name(task: str, cell: str, layers: int, both: bool) -> str:
    return f"{task}-{cell}-{layers}-{'both' if both else 'forward'}.safetensors"


@cache
def load_stack(task: str, cell: str, layers: int, both: bool) -> Network:
    """The shipped network of so many layers, in one direction or in both; OSError if none is."""
    return _read(stack_name(task, cell, layers, both))


def _read(name: str) -> Network:
    return from_bytes((resources.files("lstm_viz.networks") / "trained" / name).read_bytes())
