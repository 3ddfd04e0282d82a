"""Something to hold on *What if?* that does change an answer, found by trying.

Rows of the gate table are tried over the steps of the sequence, each in the unit that holds what
the task asks to be remembered and in all units, and all at once, as columns of one batch. The first
one that turns a right answer wrong is offered: the memory kept where the fact changes, if that does
it, then each row in turn. Where answers are numbers, and so none is right or wrong, it is the one
that moves the forecast farthest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lstm_viz.networks.held import Span, answers_held
from lstm_viz.networks.network import Network
from lstm_viz.run.layers import FORWARD
from lstm_viz.tasks import Sequence
from lstm_viz.words.gate_table import gate_table
from lstm_viz.words.holding import clearest, telling_change

ROWS = ("keep", "overwrite", "erase", "add", "hide")
MOST = 12_000  # steps are read for the trying
SURELY = 0.5  # what is expected with at least this probability is preferred


@dataclass(frozen=True)
class Example:
    """Spans to hold, as one row of the gate table over some steps, in one unit or in all.

    ``answer`` are the step whose right answer turns wrong, and both answers; None for numbers.
    """

    row: str
    spans: tuple[Span, ...]
    answer: tuple[int, str, str] | None

    @property
    def first(self) -> int:
        return self.spans[0].first

    @property
    def unit(self) -> int | None:
        return self.spans[0].unit


@lru_cache(maxsize=256)
def example(network: Network, sequence: Sequence, layer: int) -> Example | None:
    """What to offer for this sequence; None where nothing that was tried changes an answer."""
    tried = list(_tried(network, sequence, layer))[: MOST // len(sequence)]
    if not tried:
        return None
    task = network.task
    answers = answers_held(network, sequence, [(), *(spans for _row, spans in tried)])
    before, after = answers[:, 0], answers[:, 1:]
    if task.choices is None:
        moved = np.abs(after - before[:, None]).max(axis=(0, 2))
        row, spans = tried[int(moved.argmax())]
        return Example(row, spans, None)
    known, unsure = task.right(sequence, before), None
    for column, (row, spans) in enumerate(tried):
        told = task.right(sequence, after[:, column])
        wrong = [t for t, right in enumerate(known) if right and told[t] is False]
        if not wrong:
            continue
        t = wrong[0]
        was, now = int(before[t].argmax()), int(after[t, column].argmax())
        if was != now:
            found = Example(row, spans, (t, task.choices[was], task.choices[now]))
            if after[t, column, now] >= SURELY:
                return found
            unsure = unsure or found
    return unsure


def _tried(
    network: Network, sequence: Sequence, layer: int
) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Rows with what to hold for them, the most telling first."""
    rows = {row.name: row.held for row in gate_table(network.layers[layer, FORWARD][0]) if row.held}
    held = clearest(network, sequence) if layer == network.depth - 1 else None
    change = telling_change(network, sequence, held) if held else None
    units = ([held.unit] if held else []) + [None]
    places = [(change.first, change.last)] if change else []
    places += [(t, t) for t in range(len(sequence))]
    for row in ROWS:
        for first, last in places if row in rows else ():
            for unit in units:
                yield (
                    row,
                    tuple(
                        Span(gate, first, last, value, unit, layer)
                        for gate, value in rows[row].items()
                    ),
                )
