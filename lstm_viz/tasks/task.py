"""What a task is: all that is known about one thing to be learnt, in one object.

Where its sequences come from, how they are typed and written, what is to be answered and when an
answer is right; what a loss and a score are worth before anyone trains; how it is trained; and what
is shown and said of the networks that have learnt it. Whoever trains, reads or draws takes a task
and asks it, and nobody knows a task by its name.

Most tasks are to say, after each step, what comes next. Then the target of a step is the next
element of the sequence, and nothing has to be said about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np

from lstm_viz.language import _
from lstm_viz.run.recording import Recording
from lstm_viz.tasks.chart import Chart
from lstm_viz.tasks.facts import Fact
from lstm_viz.tasks.loss import IGNORED, is_asked
from lstm_viz.tasks.score import Learnt, Metrics, Score, seeds
from lstm_viz.tasks.seen import Batch as Batch
from lstm_viz.tasks.seen import Draw as Draw
from lstm_viz.tasks.seen import share_seen

MAX_STEPS = 200
VALIDATION, TEST = 1, 100  # the random streams of which what chooses and what reports are drawn

Sequence: TypeAlias = tuple[Any, ...]  # of symbols, of numbers, or of the numbers of a step


class Reads(Protocol):
    """What a task asks of a network, whichever kind it is."""

    @property
    def task(self) -> Task: ...

    def record(self, inputs: np.ndarray) -> Recording:
        """What it does and answers while it reads ``inputs``, (T, B) or (T, B, D)."""

    def predictions(self, recording: Recording) -> np.ndarray:
        """Its answers, in the task's own terms."""

    def probabilities(self, inputs: np.ndarray) -> np.ndarray:
        """Of every choice after each step, (T, B, V)."""

    def forecast(self, inputs: np.ndarray) -> np.ndarray:
        """The numbers that it expects after each step, (T, B)."""


class Examined(NamedTuple):
    """A batch and what a network answered: inputs and targets as ``Task.batch``, (T, B, O)."""

    inputs: np.ndarray
    targets: np.ndarray
    outputs: np.ndarray


@dataclass(frozen=True)
class Recipe:
    """How a network is trained for a task: the same budget for every cell.

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


@dataclass(frozen=True)
class Size:
    """The one number that makes a task easier or harder: ``of(n)`` is the same task of size n."""

    label: str
    value: int
    low: int
    high: int
    of: Callable[[int], Task]


@dataclass(frozen=True)
class Material:
    """What a person brings to be learnt: ``of(text)`` is the task of it; ValueError in words.

    ``kind`` is how it is asked for, "text" or "series".
    """

    kind: str
    longest: int  # characters
    of: Callable[[str], Task]


@dataclass(frozen=True)
class Watched:
    """The number by which a training is watched, and what one has of it without a network."""

    score: Score
    baselines: Callable[[], Mapping[str, float]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Task:
    """One thing to learn.

    ``symbols`` is the vocabulary, None where the sequence is numbers; those are given to the
    network as ``(number - centre) / spread``, and ``channels`` name those of a step where there is
    more than one. ``answers`` are what is chosen from, () where that is ``symbols``; ``answer`` is
    what an answer is called, as a row of a table is, "" where it is what comes next: then
    ``wanted`` is not needed, which has the targets of a sequence as ``batch`` draws them.

    ``batch(rng, size)`` draws inputs (T, B) and the targets (T, B), IGNORED where there are none;
    numbers have one more axis, (T, B, D), and NaN. ``held_out`` draws the same from what is never
    trained on. ``read_text`` turns typed text into a sequence, or raises ValueError in words.
    ``is_right(sequence, answers)`` says for each step whether the answer was right, None where
    nothing can be; without it what was wanted must be the most probable answer, and numbers are
    nearer or farther, not right or wrong.

    ``shown(element)`` is an element as it stands under its step, for those of several numbers;
    ``decimals`` are those of a number that is answered, in its ``unit``.

    ``period`` is after how many steps numbers come again, where that is known beforehand, and
    ``period_name`` what one expects who repeats them.

    ``score`` is the number by which networks are judged. ``metric(network, examined)`` is that
    number, or the one of ``watched``, on a batch: cheap enough for a training to be watched by it.
    ``measured(network)`` is everything that is reported about a network, on what is held out, the
    score among it; without it that is the metric on ``tested`` sequences. ``validated(network)`` is
    the same on other sequences, by which one network is chosen of those trained from several seeds:
    what is reported has chosen nothing. ``judged_on()`` has the sequences of the report, of which
    it is counted how many were trained on. ``preference`` is what decides between networks, from
    what was validated, higher is better; by default the score. ``baselines()`` has the scores
    without a network, ``knowing()`` the losses of those who know some of it, ``best`` the smallest
    loss that can be had from what the network sees, None where nobody knows;
    losses are as in ``loss.py``, of the scaled numbers.

    ``recipe`` is how it is trained, ``in_class`` a shorter one for the page of training, where a
    class waits. ``chrono`` is the longest time lag to be bridged, for starting weights that
    remember so long; None where a forget bias is enough. ``lag`` is how many steps before an
    answer, at least, the oldest thing stands that it needs; None where it varies. ``looks_ahead``
    says that answers hang on what comes later: only who reads in both directions can know them, and
    pages that train a network reading forward leave the task out. ``ships`` says
    that trained networks come with the app; of those ``caption`` says the sentences and ``chart``
    has the figure that goes deeper than the score. ``facts`` are what one has to keep in mind.
    """

    name: str
    title: str
    question: str
    examples: Mapping[str, Sequence]
    batch: Draw
    held_out: Draw
    metric: Callable[[Reads, Examined], float]
    score: Score
    baselines: Callable[[], Mapping[str, float]]
    knowing: Callable[[], Mapping[str, float]]
    recipe: Recipe
    best: float | None = None
    symbols: tuple[str, ...] | None = None
    channels: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    answer: str = ""
    wanted: Callable[[Sequence], np.ndarray] | None = None
    is_right: Callable[[Sequence, np.ndarray], tuple[bool | None, ...]] | None = None
    read_text: Callable[[str], Sequence] | None = None
    between: str = " "
    unit: str = ""
    decimals: int = 2
    shown: Callable[[Any], str] | None = None
    centre: float = 0.0
    spread: float = 1.0
    period: int | None = None
    period_name: str = ""
    emphasised: tuple[str, ...] = ()
    watched: Watched | None = None
    measured: Callable[[Reads], Metrics] | None = None
    validated: Callable[[Reads], Metrics] | None = None
    judged_on: Callable[[], Batch] | None = None
    tested: int = 500
    preference: Callable[[Metrics], float] | None = None
    size: Size | None = None
    material: Material | None = None
    in_class: Recipe | None = None
    chrono: float | None = None
    lag: int | None = None
    looks_ahead: bool = False
    ships: bool = False
    facts: tuple[Fact, ...] = ()
    caption: tuple[Callable[[Learnt], str], ...] = (seeds,)
    chart: Callable[[Learnt], Chart] | None = None
    numbers: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if bool(self.symbols) != bool(self.recipe.embedding):
            raise ValueError(
                _(
                    "The recipe of {name} has an embedding of {embedding}: symbols need one, "
                    "numbers have none."
                ).format(name=self.name, embedding=self.recipe.embedding)
            )
        if bool(self.answer) != bool(self.wanted):
            raise ValueError(
                _(
                    "{name} needs both or neither: what its answer is called, and what is wanted."
                ).format(name=self.name)
            )
        numbers = {symbol: number for number, symbol in enumerate(self.symbols or ())}
        object.__setattr__(self, "numbers", numbers)

    # -- what goes in and out

    def __repr__(self) -> str:
        return f"Task({self.name!r})"

    @property
    def choices(self) -> tuple[str, ...] | None:
        """What the network chooses from at each step; None where it answers with a number."""
        return self.answers or self.symbols

    @property
    def width(self) -> int:
        """How many numbers a step gives where it gives numbers."""
        return len(self.channels) or 1

    @property
    def outputs(self) -> int:
        """How many numbers a network answers with: one for each choice, or the forecast."""
        return len(self.choices or (0,))

    @property
    def is_forecast(self) -> bool:
        """Whether the answer is the next number of the sequence itself: one curve beside it."""
        return self.choices is None and not self.answer

    def parse(self, text: str) -> Sequence:
        """The sequence that a person typed; ValueError in words where it is none."""
        if self.read_text is None:
            raise ValueError(
                _("Sequences of this task are drawn, not typed; choose one of the examples.")
            )
        return self.read_text(text)

    def write(self, sequence: Sequence) -> str:
        """The text that ``parse`` reads as this sequence."""
        return self.between.join(str(element) for element in sequence)

    def encode(self, sequence: Sequence) -> np.ndarray:
        """What a network reads: symbol numbers (T,), or scaled numbers (T, D)."""
        if self.symbols is None:
            numbers = np.array(sequence, float).reshape(len(sequence), self.width)
            return (numbers - self.centre) / self.spread
        return np.array([self.numbers[symbol] for symbol in sequence])

    def targets(self, sequence: Sequence) -> np.ndarray:
        """What is to be answered after each step: (T,) choices, or (T, O) scaled numbers.

        IGNORED, or NaN, where nothing is asked, as after the last element where it is what follows.
        """
        if self.wanted is not None:
            return self.wanted(sequence)
        codes = self.encode(sequence)
        nothing = np.full_like(codes[:1], np.nan if self.symbols is None else IGNORED)
        return np.concatenate([codes[1:], nothing])

    def steps(self, sequences: Iterable[Sequence]) -> Batch:
        """Inputs and targets of sequences of symbols, side by side, the shorter ones padded.

        A last step of which nothing is asked is left out.
        """
        read = [self._step(sequence) for sequence in sequences]
        inputs = np.zeros((max(len(codes) for codes, _ in read), len(read)), int)
        targets = np.full(inputs.shape, IGNORED)
        for column, (codes, wanted) in enumerate(read):
            inputs[: len(codes), column] = codes
            targets[: len(codes), column] = wanted
        return inputs, targets

    def _step(self, sequence: Sequence) -> Batch:
        """Input and target of a sequence up to the last answer."""
        codes = self.encode(sequence)
        if self.wanted is None:
            return codes[:-1], codes[1:]
        targets = self.wanted(sequence)
        length = int(np.flatnonzero(is_asked(targets))[-1]) + 1
        return codes[:length], targets[:length]

    # -- how good an answer, or a network, is

    def right(self, sequence: Sequence, answers: np.ndarray) -> tuple[bool | None, ...]:
        """For each step whether the answer was right, None where nothing can be.

        ``answers`` (T, O) are what the network predicts, probabilities or numbers.
        """
        if self.is_right is not None:
            return self.is_right(sequence, answers)
        if self.choices is None:
            return (None,) * len(sequence)
        wanted = self.targets(sequence)
        return tuple(
            None if must == IGNORED else bool(said == must)
            for said, must in zip(answers.argmax(-1), wanted, strict=True)
        )

    def measure(self, network: Reads) -> Metrics:
        """Everything that is reported about a network, on what is held out and chose nothing."""
        if self.measured is not None:
            return self.measured(network)
        return self._examined(network, TEST)

    def validate(self, network: Reads) -> Metrics:
        """The same on the sequences by which one is chosen of the networks of several seeds."""
        if self.validated is not None:
            return self.validated(network)
        return self._examined(network, VALIDATION)

    def _examined(self, network: Reads, stream: int) -> Metrics:
        inputs, targets = self.held_out(np.random.default_rng(stream), self.tested)
        examined = Examined(inputs, targets, network.record(inputs).output)
        return {self.score.key: self.metric(network, examined)}

    def share_seen(self, seed: int) -> float:
        """How many of the sequences of the report are among those trained on from this seed."""
        judged = self.judged_on() if self.judged_on else self._tested()
        return share_seen(self.batch, self.recipe.steps, self.recipe.batch, seed, judged)

    def _tested(self) -> Batch:
        return self.held_out(np.random.default_rng(TEST), self.tested)

    def preferred(self, metrics: Metrics) -> float:
        """How good a network with these metrics is, higher is better."""
        if self.preference:
            return self.preference(metrics)
        score = float(metrics[self.score.key])
        return score if self.score.higher_is_better else -score

    @property
    def watch(self) -> Watched:
        """What ``metric`` is, and what one has of it without a network."""
        return self.watched or Watched(self.score, self.baselines)

    @property
    def in_class_recipe(self) -> Recipe:
        """How it is trained while a class waits."""
        return self.in_class or self.recipe

    def resized(self, size: int) -> Task:
        """The same task of another size. Raises ValueError in words for a size out of range."""
        if self.size is None:
            if size:
                raise ValueError(_("{name} has no size of its own.").format(name=self.name))
            return self
        if not self.size.low <= size <= self.size.high:
            raise ValueError(
                _("{label} is from {low} to {high}.").format(
                    label=self.size.label, low=self.size.low, high=self.size.high
                )
            )
        return self if size == self.size.value else self.size.of(size)


def share_right(network: Reads, examined: Examined) -> float:
    """How many of the answers that were asked for are the most probable ones."""
    del network
    asked = examined.targets != IGNORED
    return float((examined.outputs.argmax(-1) == examined.targets)[asked].mean())


def squared_error(network: Reads, examined: Examined) -> float:
    """The mean squared error over the answers that were asked for, in the task's own unit."""
    error = (examined.outputs - examined.targets)[~np.isnan(examined.targets)]
    return float((error**2).mean() * network.task.spread**2)
