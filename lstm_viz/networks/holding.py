"""Which unit holds what a task asks to be remembered: one choice, for every page.

Two things are measured, since either alone misleads. **What it tells**: from the unit's memory
alone the fact is told with so much balanced accuracy (or the memory correlates with it). Many
units tell a little. **What happens when it is held**: where the fact becomes another one, the
unit's memory is kept as it was, all else is left alone, and answers that were right turn wrong, or
do not. A unit that only echoes what another one holds changes nothing.

Every unit that tells it well enough is tried, and the one on which most answers depend is said to
hold the fact: where it is said that none does, none was left out. Then the unit is named that tells
it best. All changes of all sequences are columns of one batch, so that the network is run once
untouched, and once for each unit tried.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Listed
from functools import lru_cache

import numpy as np

from lstm_viz.networks.network import Network
from lstm_viz.run.recording import Place, Recording
from lstm_viz.tasks import Sequence, Task
from lstm_viz.tasks.facts import TELLS, Change, Fact, Holding
from lstm_viz.tasks.loss import is_asked
from lstm_viz.tasks.units import correlations, told_by_each

CASES = 40  # a unit is held in so many changes
DRAWN = 100  # of as many sequences


def holdings(network: Network) -> tuple[Holding, ...]:
    """One for each fact of the network's task."""
    return tuple(holding(network, fact) for fact in network.task.facts)


@lru_cache(maxsize=256)
def holding(network: Network, fact: Fact) -> Holding:
    """The unit that holds the fact; where none does, the one that tells it best."""
    read, untouched = _read(network)
    tells = _tells(untouched, fact, read, is_last_asked=network.task.wanted is None)
    best = int(tells.argmax())
    units = [int(unit) for unit in np.flatnonzero(tells >= TELLS)] or [best]
    cases = [(sequence, change) for sequence in read for change in fact.changes(sequence)][:CASES]
    found = []
    for unit, outcomes in zip(units, _turned(network, cases, units), strict=True):
        known = [turned for turned in outcomes if turned is not None]
        found.append(Holding(fact, unit, float(tells[unit]), len(known), sum(known), len(read)))
    return max(
        found,
        key=lambda one: (one.is_held, one.turned, one.tells) if one.is_held else (False, one.tells),
    )


def kept_answers(
    network: Network, sequence: Sequence, change: Change, unit: int
) -> tuple[np.ndarray, np.ndarray]:
    """What is predicted (T, O), untouched and with the unit keeping its memory over the change."""
    before, held = _untouched(network, [(sequence, change)])
    after = held(unit)
    return before[:, 0], after[:, 0]


def _turned(
    network: Network, cases: Listed[tuple[Sequence, Change]], units: Listed[int]
) -> list[list[bool | None]]:
    """For each unit and case whether a right answer turns wrong when the unit keeps its memory.

    None where no answer that depends on the change was right to begin with.
    """
    if not cases:
        return [[] for _unit in units]
    before, held = _untouched(network, cases)
    right = [
        [t for t in range(change.last, change.end) if known[t]]
        for known, (_sequence, change) in zip(_right(network, cases, before), cases, strict=True)
    ]
    return [
        [
            any(told[t] is False for t in steps) if steps else None
            for told, steps in zip(_right(network, cases, held(unit)), right, strict=True)
        ]
        for unit in units
    ]


def _right(
    network: Network, cases: Listed[tuple[Sequence, Change]], answers: np.ndarray
) -> list[tuple[bool | None, ...]]:
    return [
        network.task.right(sequence, answers[: len(sequence), column])
        for column, (sequence, _change) in enumerate(cases)
    ]


def _untouched(
    network: Network, cases: Listed[tuple[Sequence, Change]]
) -> tuple[np.ndarray, Callable[[int], np.ndarray]]:
    """The predictions (T, cases, O), and a function that has them with a unit held in each case."""
    codes = [network.task.encode(sequence) for sequence, _change in cases]
    inputs = np.zeros((max(map(len, codes)), len(codes), *codes[0].shape[1:]), codes[0].dtype)
    for column, own in enumerate(codes):
        inputs[: len(own), column] = own
    before = network.record(inputs)
    memory = _memory(before)
    name = before[before.layers - 1].cell.memory or "h"
    place: Place = (before.layers - 1, "forward")

    def held(unit: int) -> np.ndarray:
        hold = np.full(memory.shape, np.nan)
        for column, (_sequence, change) in enumerate(cases):
            kept = memory[change.first - 1, column, unit]
            hold[change.first : change.last + 1, column, unit] = kept
        return network.predictions(network.record(inputs, hold={place: {name: hold}}))

    return network.predictions(before), held


def _memory(recording: Recording) -> np.ndarray:
    trace = recording[recording.layers - 1]
    memory: np.ndarray = trace[trace.cell.memory or "h"]
    return memory


@lru_cache(maxsize=64)
def _drawn(task: Task) -> tuple[Sequence, ...]:
    """Sequences drawn as those are by which its networks are judged."""
    inputs, targets = task.held_out(np.random.default_rng(7), DRAWN)
    found = []
    for column in range(inputs.shape[1]):
        asked = np.flatnonzero(is_asked(targets[:, column]))
        codes = list(inputs[: asked[-1] + 1, column])
        if task.wanted is None:  # what is asked for last is read last
            codes.append(targets[asked[-1], column])
        found.append(tuple((task.symbols or ())[int(code)] for code in codes))
    return tuple(found)


@lru_cache(maxsize=8)
def _read(network: Network) -> tuple[tuple[Sequence, ...], np.ndarray]:
    """The drawn sequences, and the memory (T, B, H) with which the network reads them."""
    read = _drawn(network.task)
    return read, _memory(network.record(network.task.steps(read)[0]))


def _tells(
    memory: np.ndarray, fact: Fact, read: Listed[Sequence], is_last_asked: bool
) -> np.ndarray:
    """How well each unit tells it, (H,); ``is_last_asked`` where the last symbol is never read."""
    values = np.full(memory.shape[:2], np.nan)
    for column, sequence in enumerate(read):
        steps = len(sequence) - is_last_asked  # what follows is padding, read by nobody
        values[:steps, column] = fact.of(sequence)[:steps]
    known = ~np.isnan(values)
    if fact.counts:
        found: np.ndarray = np.abs(correlations(memory[known], values[known]))
        return found
    if len(np.unique(values[known] > 0)) < 2:
        return np.full(memory.shape[-1], 0.5)
    return told_by_each(memory, values > 0, known)
