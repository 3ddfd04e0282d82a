"""The network writes: what it answers is drawn from, and read by it as its next input.

After each step the logits become probabilities, are sharpened or flattened by a temperature, cut to
the likeliest ones, and one is drawn; that one is the next step's input. Nothing else is carried but
the states of the layers. One random number is used a step, whatever the settings are, so that the
same seed may be compared across temperatures, cells and moments of a training.

A network of numbers has nothing to draw: its forecast is read as if it had been measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.held import Span, hold_of, read_held
from lstm_viz.networks.network import Network
from lstm_viz.networks.piecewise import Piecewise
from lstm_viz.run.recording import Recording
from lstm_viz.run.trace import Trace
from lstm_viz.tasks import Sequence, Task
from lstm_viz.tasks.loss import softmax

MOST_STEPS = 5_000


@dataclass(frozen=True, eq=False)
class Written:
    """What a network wrote, and what it had to choose from.

    ``start`` was given and ``written`` follows it. ``before`` (steps, V) are the probabilities that
    the network gave to each symbol, ``after`` those that it was drawn from, behind temperature,
    top-k and top-p; both are None where it writes numbers. ``recording`` is the network reading
    all of it, T = len(start) + steps.
    """

    task: Task
    start: Sequence
    written: Sequence
    before: np.ndarray | None
    after: np.ndarray | None
    recording: Recording

    def __repr__(self) -> str:
        text = self.text if len(self.text) <= 60 else self.text[:59] + "…"
        counts = f"{len(self.start)} given, {len(self.written)} written"
        return f"Written({self.task.name!r}: {counts}, {text!r})"

    @property
    def sequence(self) -> Sequence:
        """What was given and what was written."""
        return (*self.start, *self.written)

    @property
    def tokens(self) -> Sequence:
        return self.written

    @property
    def text(self) -> str:
        """What was written, as text."""
        return self.task.write(self.written)

    @property
    def trace(self) -> Trace:
        """What the first layer did, over all of it."""
        return self.recording[0]


def can_write(task: Task) -> bool:
    """Whether what its networks answer can be what they read next."""
    return task.is_forecast or (task.symbols is not None and not task.answers)


def write(
    network: Network,
    start: str | Iterable[object],
    steps: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int = 0,
    hold: Iterable[Span] = (),
) -> Written:
    """Let the network go on from ``start`` by ``steps`` symbols of its own, or by its forecasts.

    ``start`` is what it reads first: a text as it would be typed, or the symbols or numbers
    themselves. ``temperature`` divides the logits: below 1 the likely ones become likelier, and at
    0 always the likeliest is taken, of equal ones the first. ``top_k`` leaves the k likeliest of
    them, ``top_p`` the fewest that have at least this probability together (Holtzman et al. 2020),
    of what top_k has left; None leaves all. The same ``seed`` writes the same. ``hold`` are spans
    of held signals (``networks.held``), whose steps are counted over start and written together.

    Raises ValueError, in words, for a network whose answers cannot be read, for a start that is
    empty or has unknown symbols, and for settings out of range.
    """
    task = network.task
    first = _start(task, start)
    _check(task, steps, temperature, top_k, top_p)
    spans, rng = tuple(hold), np.random.default_rng(seed)
    T = len(first) + steps
    held = {
        place: hold_of((s for s in spans if s.layer == place[0]), T, network.hidden)
        for place in network.layers
    }
    sequence, before, after = list(first), [], []
    reading = Piecewise(network, held)
    output = reading.read(task.encode(first)).output[-1, 0]
    for _step in range(steps):
        if task.symbols is None:
            new: object = float(output[0] * task.spread + task.centre)
        else:
            before.append(softmax(output))
            after.append(drawn_from(output, temperature, top_k, top_p))
            new = task.symbols[rng.choice(len(output), p=after[-1])]
        sequence.append(new)
        if len(sequence) < T:
            output = reading.read(task.encode((new,))).output[-1, 0]
    whole = tuple(sequence)
    return Written(
        task,
        first,
        whole[len(first) :],
        np.array(before).reshape(len(before), -1) if task.symbols else None,
        np.array(after).reshape(len(after), -1) if task.symbols else None,
        read_held(network, network.inputs(whole), spans),
    )


def drawn_from(
    logits: np.ndarray, temperature: float, top_k: int | None = None, top_p: float | None = None
) -> np.ndarray:
    """The probabilities to draw from, (V,), for logits (V,); see ``write``."""
    order = np.argsort(-logits, kind="stable")
    if temperature == 0:
        alone: np.ndarray = np.zeros(len(logits))
        alone[order[0]] = 1
        return alone
    with np.errstate(over="ignore", under="ignore"):
        p = softmax((logits - logits.max()) / temperature)
    if top_k is not None:
        p[order[top_k:]] = 0
        p = p / p.sum()
    if top_p is not None and top_p < 1:
        reached = int(np.searchsorted(p[order].cumsum(), top_p * (1 - 1e-12)))
        p[order[reached + 1 :]] = 0
    kept: np.ndarray = p / p.sum()
    return kept


def _start(task: Task, start: str | Iterable[object]) -> Sequence:
    if not can_write(task):
        raise ValueError(
            _(
                "A network of {name} answers {answers}, which is nothing that it reads: it "
                "cannot go on from what it said."
            ).format(name=task.name, answers=_(", ").join(task.answers) or _("with a number"))
        )
    if isinstance(start, str):
        return task.parse(start)
    given = tuple(start)
    if not given:
        raise ValueError(
            _("Give at least one step to begin with; the network has to read something.")
        )
    for element in given:
        if task.symbols is not None and element not in task.numbers:
            raise ValueError(
                _("This network does not know {element!r}. It knows: {symbols}").format(
                    element=element, symbols=" ".join(task.symbols[:100])
                )
            )
    return given


def _check(
    task: Task, steps: int, temperature: float, top_k: int | None, top_p: float | None
) -> None:
    if not 0 <= steps <= MOST_STEPS:
        raise ValueError(
            _("steps is {steps}; a network writes 0 to {most_steps} at once.").format(
                steps=steps, most_steps=MOST_STEPS
            )
        )
    if not (math.isfinite(temperature) and temperature >= 0):
        raise ValueError(
            _("The temperature is {temperature}; give 0 (the likeliest) or more.").format(
                temperature=temperature
            )
        )
    if top_k is not None and top_k < 1:
        raise ValueError(
            _("top_k is {top_k}; leave at least 1 symbol, or None for all.").format(top_k=top_k)
        )
    if top_p is not None and not 0 < top_p <= 1:
        raise ValueError(
            _("top_p is {top_p}; give a probability above 0 and up to 1.").format(top_p=top_p)
        )
    if task.symbols is None and (temperature, top_k, top_p) != (1.0, None, None):
        raise ValueError(
            _(
                "A forecast is a number: there is nothing to draw, so it takes neither a "
                "temperature nor top_k nor top_p."
            )
        )
