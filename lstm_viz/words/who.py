"""Who does it? The unit on which an answer depends, found by holding each in turn.

Where what the task asks to be remembered becomes another one, one unit keeps its memory as it was
and all others are left alone; then the next answer that was right is asked for again. All units are
columns of one batch. How busy a unit looks says nothing of this; what its holding takes from the
right answer does, and it can be tried by hand with the same spans.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lstm_viz.networks.held import Span, answers_held
from lstm_viz.networks.network import Network
from lstm_viz.tasks import Sequence
from lstm_viz.tasks.facts import Change
from lstm_viz.words.holding import clearest, telling_change


@dataclass(frozen=True)
class Tried:
    """A unit that kept its memory: with which spans, what the right answer got then, and what was
    answered instead of it, "" where it was still answered."""

    unit: int
    spans: tuple[Span, ...]
    p: float
    instead: str


@dataclass(frozen=True)
class Who:
    """All units, those first that took most from ``answer`` after step ``step`` (from 0), which got
    ``p`` untouched; ``change`` is where their memory was kept."""

    change: Change
    step: int
    answer: str
    p: float
    tried: tuple[Tried, ...]

    @property
    def alone(self) -> bool:
        """Whether the answer turns wrong through one unit and through no other."""
        return [bool(one.instead) for one in self.tried].count(True) == 1


@lru_cache(maxsize=64)
def who(network: Network, sequence: Sequence) -> Who | None:
    """None where nothing that is asked for changes here, or no answer after that is right."""
    held, names = clearest(network, sequence), network.task.choices
    change = telling_change(network, sequence, held) if held else None
    if change is None or names is None:
        return None
    layer = network.depth - 1
    trace = network.read(sequence)[layer]
    memory = trace.cell.memory or "h"
    # With the decimals that an address has, so that a link is the same proof.
    spans = [
        (Span(memory, change.first, change.last, round(float(kept), 3), unit, layer),)
        for unit, kept in enumerate(trace[memory][change.first - 1, 0])
    ]
    answers = answers_held(network, sequence, [(), *spans])
    known = network.task.right(sequence, answers[:, 0])
    told = [network.task.right(sequence, answers[:, 1 + unit]) for unit in range(len(spans))]
    steps = [t for t in range(change.last, change.end) if known[t]]
    if not steps:
        return None
    step = next((t for t in steps if any(one[t] is False for one in told)), steps[0])
    right = int(answers[step, 0].argmax())
    tried = [
        Tried(
            unit,
            spans[unit],
            float(answers[step, 1 + unit, right]),
            "" if told[unit][step] else names[int(answers[step, 1 + unit].argmax())],
        )
        for unit in range(len(spans))
    ]
    tried.sort(key=lambda one: (one.p, one.unit))
    return Who(change, step, names[right], float(answers[step, 0, right]), tuple(tried))
