"""What a task is: where its sequences come from, and when an answer is right.

Every task is to say, after each step, what comes next. So the target of a step is the next element
of the sequence, and a network is trained and shown on all tasks in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias
from zlib import crc32

import numpy as np

from lstm_viz.run.recording import Recording

MAX_STEPS = 200
IGNORED = -1  # the target of a step that nothing is asked of, such as padding

Sequence: TypeAlias = tuple[Any, ...]  # of symbols, or of numbers
Batch: TypeAlias = tuple[np.ndarray, np.ndarray]


class Reads(Protocol):
    """What a task asks of a network, whichever kind it is."""

    @property
    def task(self) -> Task: ...

    def record(self, inputs: np.ndarray) -> Recording:
        """What it does and answers while it reads ``inputs``, (T, B) or (T, B, 1)."""

    def predictions(self, recording: Recording) -> np.ndarray:
        """Its answers, in the task's own terms."""

    def probabilities(self, inputs: np.ndarray) -> np.ndarray:
        """Of every symbol after each step, (T, B, V)."""

    def forecast(self, inputs: np.ndarray) -> np.ndarray:
        """The numbers that it expects after each step, (T, B)."""


@dataclass(frozen=True)
class Score:
    """The one number by which a task is judged: its key in the metrics, its name and unit."""

    key: str
    label: str
    unit: str = ""
    higher_is_better: bool = False
    optimum: float | None = None

    def written(self, value: float) -> str:
        """The value as it is shown, with its unit."""
        return f"{value:.1%}" if self.unit == "%" else f"{value:.4g} {self.unit}".strip()


@dataclass(frozen=True)
class Recipe:
    """How the shipped networks of a task are trained: the same budget for every cell.

    ``embedding`` is the width of a symbol's vector (0 for numbers). The learning rate falls to a
    tenth over the run. ``forget_bias`` is where the keeping gate's bias starts, None for the plain
    initialisation; ``penalty`` is the weight of the mean of abs(h), which makes idle units silent.
    ``emphasis`` is how much more the task's emphasised symbols count at first; it has fallen to 1
    when a third of the run remains, so that the probabilities end up honest.
    """

    hidden: int
    embedding: int
    steps: int
    batch: int = 32
    learning_rate: float = 0.01
    clip: float = 1.0
    forget_bias: float | None = 1.0
    penalty: float = 0.0
    emphasis: float = 1.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Task:
    """One thing to learn.

    ``symbols`` is the vocabulary, None where the sequence is numbers; those are given to the
    network as ``(number - centre) / spread``. ``batch(rng, size)`` draws inputs (T, B) and the
    targets (T, B), IGNORED where there are none; numbers have one more axis, (T, B, 1), and NaN.
    ``right(sequence, probabilities)`` says for each step whether the answer was right, None where
    nothing can be. ``measure(network)`` is everything that is reported about a trained network, on
    sequences it was never trained on; ``baselines()`` is what one scores without a network.
    ``read_text`` turns typed text into a sequence, or raises ValueError in words.
    ``preference`` is what decides between networks trained from several seeds, higher is better;
    by default the score.
    """

    name: str
    title: str
    question: str
    examples: Mapping[str, Sequence]
    batch: Callable[[np.random.Generator, int], Batch]
    measure: Callable[[Reads], dict[str, Any]]
    baselines: Callable[[], dict[str, float]]
    score: Score
    recipe: Recipe
    read_text: Callable[[str], Sequence]
    right: Callable[[Sequence, np.ndarray], tuple[bool | None, ...]]
    symbols: tuple[str, ...] | None = None
    emphasised: tuple[str, ...] = ()
    preference: Callable[[Mapping[str, Any]], float] | None = None
    between: str = " "
    unit: str = ""
    centre: float = 0.0
    spread: float = 1.0
    numbers: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        numbers = {symbol: number for number, symbol in enumerate(self.symbols or ())}
        object.__setattr__(self, "numbers", numbers)

    def preferred(self, metrics: Mapping[str, Any]) -> float:
        """How good a network with these metrics is, higher is better."""
        if self.preference:
            return self.preference(metrics)
        score = float(metrics[self.score.key])
        return score if self.score.higher_is_better else -score

    @property
    def width(self) -> int:
        """How many numbers a step gives where it gives numbers."""
        return 1

    @property
    def outputs(self) -> int:
        """How many numbers a network answers with: one for each symbol, or the forecast."""
        return len(self.symbols or (0,))

    def parse(self, text: str) -> Sequence:
        """The sequence that a person typed; ValueError in words where it is none."""
        return self.read_text(text)

    def write(self, sequence: Sequence) -> str:
        """The text that ``parse`` reads as this sequence."""
        return self.between.join(str(element) for element in sequence)

    def encode(self, sequence: Sequence) -> np.ndarray:
        """What a network reads: symbol numbers (T,), or scaled numbers (T, 1)."""
        if self.symbols is None:
            return (np.array(sequence, float)[:, None] - self.centre) / self.spread
        return np.array([self.numbers[symbol] for symbol in sequence])

    def steps(self, sequences: Iterable[Sequence]) -> Batch:
        """Inputs and targets of sequences of symbols, side by side, the shorter ones padded."""
        codes = [self.encode(sequence) for sequence in sequences]
        length = max(len(code) for code in codes) - 1
        inputs = np.zeros((length, len(codes)), int)
        targets = np.full((length, len(codes)), IGNORED)
        for column, code in enumerate(codes):
            inputs[: len(code) - 1, column] = code[:-1]
            targets[: len(code) - 1, column] = code[1:]
        return inputs, targets


def is_held_out(sequence: Sequence, one_in: int = 4) -> bool:
    """Whether a sequence is kept for the test: a quarter is, by a checksum of its symbols."""
    return crc32(" ".join(map(str, sequence)).encode()) % one_in == 0


def drawn(
    draw: Callable[[np.random.Generator], Sequence],
    rng: np.random.Generator,
    size: int,
    held_out: bool,
    examples: Iterable[Sequence] = (),
    is_kept: Callable[[Sequence], bool] = is_held_out,
) -> list[Sequence]:
    """``size`` sequences of the kind that is trained on, or of the kind that is held out.

    ``is_kept`` says which are kept for the test; ``examples``, which people are shown, always are.
    """
    shown = set(examples)
    found: list[Sequence] = []
    while len(found) < size:
        sequence = draw(rng)
        if held_out == (sequence in shown or is_kept(sequence)):
            found.append(sequence)
    return found


def unit_that_tells(memory: np.ndarray, is_so: np.ndarray, known: np.ndarray) -> dict[str, float]:
    """The unit whose memory tells best whether something is so, from which side of a threshold.

    ``memory`` is (T, B, H), the others (T, B); only steps where it is ``known`` count. ``tells`` is
    the share that is told right, the mean over both cases: 0.5 is no better than a coin.
    """
    yes, no = memory[known & is_so], memory[known & ~is_so]
    threshold = (np.median(yes, 0) + np.median(no, 0)) / 2
    told = ((yes > threshold).mean(0) + (no <= threshold).mean(0)) / 2
    told = np.maximum(told, 1 - told)
    unit = int(told.argmax())
    return {"unit": unit, "tells": float(told[unit])}


def unit_that_follows(memory: np.ndarray, quantity: np.ndarray) -> dict[str, float]:
    """The unit whose memory (steps, H) goes best with a quantity (steps,).

    ``correlation`` has a sign: a unit may count downwards.
    """
    apart, of = memory - memory.mean(0), quantity - quantity.mean()
    sizes = np.sqrt((apart**2).sum(0) * (of**2).sum())
    correlations = (apart * of[:, None]).sum(0) / np.where(sizes > 0, sizes, np.inf)
    unit = int(np.abs(correlations).argmax())
    return {"unit": unit, "correlation": float(correlations[unit])}


def memory_of(recording: Recording) -> np.ndarray:
    """What the last layer carries, (T, B, H): c where there is one, else h."""
    trace = recording[recording.layers - 1]
    return trace[trace.cell.memory or "h"]


def cross_entropy(probabilities: np.ndarray, targets: np.ndarray) -> float:
    """Mean of -ln p of the targets, in nats, over the steps that have one."""
    asked = targets != IGNORED
    chosen = np.take_along_axis(probabilities, np.maximum(targets, 0)[..., None], -1)[..., 0]
    return float(-np.log(np.maximum(chosen[asked], 1e-300)).mean())
