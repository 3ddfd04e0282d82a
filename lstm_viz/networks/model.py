"""A model of a person's own: recurrent layers as a library made them, with what stands around them.

Whatever the file was (a state dict of torch, Keras, ONNX), it becomes this, and everything on its
right side knows only this. What is drawn and computed sets the limits, not the size of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from lstm_viz import counted
from lstm_viz.cells import CELLS, Cell
from lstm_viz.language import _
from lstm_viz.networks.gate_order import cell_of
from lstm_viz.run import strips
from lstm_viz.run.layers import traced
from lstm_viz.run.recording import Place, Recording
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.tasks.loss import softmax

MAX_HIDDEN = 4096  # units of a layer
MAX_LAYERS = 64  # of both directions together
MAX_WEIGHTS = 2**24  # numbers in the recurrent layers: 128 MB of float64
MAX_ONE_HOT = 1024  # symbols that may be told apart by the place of a 1
MAX_RECORD = 32 * 2**20  # bytes that one recording may take
MAX_WORK = 2e10  # multiplications of one recording: some seconds

SOFTMAX, SIGMOID, LINEAR = "softmax", "sigmoid", "linear"


@dataclass(frozen=True, eq=False)
class Dense:
    """``function(weight @ h + bias)``: weight (O, H), bias (O,)."""

    weight: np.ndarray
    bias: np.ndarray
    function: str = LINEAR
    name: str = ""

    def __call__(self, h: np.ndarray) -> np.ndarray:
        found: np.ndarray = FUNCTIONS[self.function](h @ self.weight.T + self.bias)
        return found


FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    LINEAR: lambda a: a,
    SOFTMAX: softmax,
    SIGMOID: lambda a: 1 / (1 + np.exp(-np.clip(a, -700, 700))),
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "softplus": lambda a: np.logaddexp(a, 0),
    "exponential": np.exp,
}


@dataclass(frozen=True, eq=False)
class Model:
    """Recurrent layers, their embedding and their head, as far as a file has them.

    ``kind`` says what the layers are, ``prefix`` what stands before their names in the file.
    ``weights`` are by layer and direction, and so are the ``cells``, by default the catalogue's of
    this kind, and the states before the first step in ``initial``. ``vectors`` (V, D) has what is
    read for each symbol: the rows of an embedding, or of the identity matrix, one of which is hot.
    ``may_be_relu`` says that the file does not tell with what its plain RNN squashes: here it is
    tanh, and ``with_nonlinearity("relu")`` is the other. ``symbols`` are those V symbols, where
    the file names them. ``head`` are the layers that make
    the answer of the last h. ``unread`` names everything else in the file, ``notes`` say how it was
    understood.
    """

    kind: str
    prefix: str
    weights: Mapping[Place, Mapping[str, np.ndarray]]
    vectors: np.ndarray
    is_embedded: bool
    symbols: tuple[str, ...] | None
    unread: tuple[str, ...]
    cells: Mapping[Place, Cell] = field(default_factory=dict)
    head: tuple[Dense, ...] = ()
    initial: Mapping[Place, Mapping[str, np.ndarray]] = field(default_factory=dict)
    lengths: tuple[int, ...] | None = None
    notes: tuple[str, ...] = ()
    may_be_relu: bool = False

    def __post_init__(self) -> None:
        usual = CELLS.get(self.kind.lower())
        cells = {place: self.cells.get(place, usual) for place in self.weights}
        object.__setattr__(self, "cells", cells)

    def __repr__(self) -> str:
        layers = f"{strips.counted(self.layers, 'layer')}, {' and '.join(self.ways)}"
        sizes = f"{strips.counted(self.hidden, 'unit')}, {strips.counted(self.inputs, 'input')}"
        named = f", {len(self.symbols)} symbols" if self.symbols else ""
        head = (
            f"; head {' → '.join(str(len(dense.bias)) for dense in self.head)}" if self.head else ""
        )
        return f"Model({self.kind}: {layers}, {sizes}{named}{head})"

    @property
    def cell(self) -> Cell:
        return next(iter(self.cells.values()))

    def with_nonlinearity(self, name: str) -> Model:
        """The same weights in a plain RNN with "tanh" or "relu", where the file leaves it open.

        Raises ValueError for other names, and for "relu" where nothing is left open.
        """
        other = cell_of("RNN", name)
        if name == "tanh":
            return self
        if not self.may_be_relu:
            raise ValueError(
                _(
                    "Here nothing squashes with anything but what the file says; only a plain RNN "
                    "in a state dict leaves open whether it is tanh or relu."
                )
            )
        plain = CELLS["rnn"]
        cells = {place: other if cell == plain else cell for place, cell in self.cells.items()}
        return replace(self, cells=cells)

    @property
    def layers(self) -> int:
        return 1 + max(layer for layer, _way in self.weights)

    @property
    def ways(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(way for _layer, way in self.weights))

    @property
    def inputs(self) -> int:
        """D: how many numbers it reads at each step."""
        place = next(iter(self.weights))
        widths = [
            array.shape[1] for name, array in self.weights[place].items() if name.startswith("W_")
        ]
        return int(widths[0])

    @property
    def hidden(self) -> int:
        """The units of the first layer."""
        return self.units(next(iter(self.weights)))

    def units(self, place: Place) -> int:
        return int(next(iter(self.weights[place].values())).shape[0])

    @property
    def sizes(self) -> tuple[int, ...]:
        """The units of each layer, of one direction."""
        return tuple({layer: self.units((layer, way)) for layer, way in self.weights}.values())

    @property
    def count(self) -> int:
        """The number of parameters, of two biases that are added counting one."""
        return sum(array.size for weights in self.weights.values() for array in weights.values())

    @property
    def answers(self) -> int:
        """How many numbers it answers with at each step; 0 without a head."""
        return len(self.head[-1].bias) if self.head else 0

    def bytes_for(self, steps: int, sequences: int) -> int:
        """How many bytes the recording of so much takes."""
        signals = sum(self.units(place) * len(cell.signals) for place, cell in self.cells.items())
        return steps * sequences * (signals + self.answers) * 8

    def work_for(self, steps: int, sequences: int) -> float:
        """How many multiplications the recording of so much takes."""
        return float(steps) * sequences * (self.count + sum(part.weight.size for part in self.head))

    def read(self, given: np.ndarray) -> np.ndarray:
        """What the first layer reads, (T, B, D): numbers, or the vectors of symbols (T, B)."""
        given = np.asarray(given)
        if given.ndim == 2 and given.dtype.kind in "iu" and len(self.vectors):
            if given.size and not 0 <= given.min() <= given.max() < len(self.vectors):
                raise ValueError(
                    _("The numbers of symbols go from 0 to {last}; here is {number}.").format(
                        last=len(self.vectors) - 1,
                        number=given[(given < 0) | (given >= len(self.vectors))][0],
                    )
                )
            found: np.ndarray = self.vectors[given].astype(float)
            return found
        numbers: np.ndarray = given.astype(float)
        return numbers

    def record(self, x: np.ndarray, lengths: Sequence[int] | None = None) -> Recording:
        """What every layer and direction does while it reads x (T, B, D), or symbols (T, B).

        ``output`` is the answer of the head, else h of the last layer; behind the end of a sequence
        whose ``lengths`` are shorter it is 0, and the traces are NaN. Raises ValueError in words
        when that would take more memory or work than there is for it.
        """
        x = self.read(x)
        if x.ndim != 3:
            raise ValueError(
                _("x has the shape {shape}; a model reads (T, B, D), or symbols (T, B).").format(
                    shape=x.shape
                )
            )
        self.check(*x.shape[:2])
        ends = self._ends(lengths, *x.shape[:2])
        traces, h = traced(self.weights, x, self._trace, ends)
        output = h
        for part in self.head:
            output = part(output)
        if ends is None:
            return Recording(traces, output)
        over = (np.arange(len(x))[:, None] >= ends)[..., None]
        return Recording(
            {place: _ended(trace, over) for place, trace in traces.items()},
            np.where(over, 0.0, output),
            lengths=tuple(int(end) for end in ends),
        )

    def _trace(self, place: Place, read: np.ndarray) -> Trace:
        return run(self.cells[place], self.weights[place], read, self.initial.get(place))

    def _ends(self, lengths: Sequence[int] | None, T: int, B: int) -> np.ndarray | None:
        given = lengths if lengths is not None else self.lengths
        if given is None:
            return None
        ends = np.asarray(given, int)
        if ends.shape != (B,) or not (ends >= 1).all() or not (ends <= T).all():
            raise ValueError(
                _("lengths should be {numbers} from 1 to {most}.").format(
                    numbers=counted.numbers(B), most=T
                )
            )
        return None if (ends == T).all() else ends

    def check(self, steps: int, sequences: int) -> None:
        """Raises ValueError in words where the recording of so much would be too much."""
        needed = self.bytes_for(steps, sequences)
        if needed > MAX_RECORD:
            raise ValueError(
                _(
                    "{steps} of {sequences} in this model are {needed} MB of "
                    "numbers; at most {most} MB are computed here. Take fewer or shorter sequences."
                ).format(
                    steps=counted.steps(steps),
                    sequences=counted.sequences(sequences),
                    needed=needed // 2**20,
                    most=MAX_RECORD // 2**20,
                )
            )
        if self.work_for(steps, sequences) > MAX_WORK:
            raise ValueError(
                _(
                    "{steps} of {sequences} in a model of {count} parameters take too long here. "
                    "Take fewer or shorter sequences."
                ).format(
                    steps=counted.steps(steps),
                    sequences=counted.sequences(sequences),
                    count=f"{self.count:,}",
                )
            )

    def predictions(self, recording: Recording) -> np.ndarray | None:
        """The probability of each of V symbols after each step, (T, B, V); None without such."""
        if not self.head or self.answers != len(self.vectors) or self.answers < 2:
            return None
        output = recording.output
        return output if self.head[-1].function == SOFTMAX else softmax(output)


def _ended(trace: Trace, over: np.ndarray) -> Trace:
    """NaN behind each sequence's end."""
    signals = {name: np.where(over, np.nan, signal) for name, signal in trace.signals.items()}
    x = np.where(over, np.nan, trace.x)
    lengths = tuple(int(length) for length in (~over[..., 0]).sum(axis=0))
    return replace(trace, x=x, signals=signals, lengths=lengths)


def check_size(units: Sequence[int], weights: int) -> None:
    """Raises ValueError in words for recurrent layers that are larger than can be computed."""
    if len(units) > MAX_LAYERS:
        raise ValueError(
            _("This model has {layers} layers; at most {most} are shown.").format(
                layers=len(units), most=MAX_LAYERS
            )
        )
    if max(units) > MAX_HIDDEN:
        raise ValueError(
            _("This model has {units} units; at most {most} are shown.").format(
                units=max(units), most=MAX_HIDDEN
            )
        )
    if weights > MAX_WEIGHTS:
        raise ValueError(
            _(
                "The recurrent layers have {count} weights; with more than {most} a step takes too "
                "long to be followed."
            ).format(count=f"{weights:,}", most=f"{MAX_WEIGHTS:,}")
        )
