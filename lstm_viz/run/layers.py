"""Layers of cells upon each other, each read in one direction or in both: once, for every network.

A layer reads h of the one below it. One that reads backwards is the same cell on the sequence
turned round: it is turned before it is read, and what was made of it is turned again, so that both
directions stand side by side in the order of time. That turning is one function here; whoever
wants to see a backward trace in the order of time takes it, too. Sequences of unequal length are
padded at the end, and each is turned by itself, so that the padding stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeAlias

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.run.recording import Place, Recording
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace, turned

Weights: TypeAlias = Mapping[str, np.ndarray]
Layer: TypeAlias = tuple[Cell, Weights]  # of one direction

WAYS = FORWARD, BACKWARD = "forward", "backward"


def places(layers: int, ways: Iterable[str] = (FORWARD,)) -> list[Place]:
    """Every layer and direction, from the input upwards, in the order in which they are read."""
    ways = tuple(ways)
    return [(layer, way) for layer in range(layers) for way in ways]


def read_layers(
    layers: Mapping[Place, Layer],
    x: np.ndarray,
    states: Mapping[Place, Weights] | None = None,
    hold: Mapping[Place, Weights] | None = None,
) -> tuple[dict[Place, Trace], np.ndarray]:
    """A trace of each layer and direction, and h of the last layer (T, B, .), for x (T, B, D).

    ``states`` and ``hold`` are those of ``run``, for each place that has some.
    """
    before, held = states or {}, hold or {}
    return traced(
        layers, x, lambda place, read: run(*layers[place], read, before.get(place), held.get(place))
    )


def traced(
    found: Iterable[Place],
    x: np.ndarray,
    trace_of: Callable[[Place, np.ndarray], Trace],
    lengths: Sequence[int] | np.ndarray | None = None,
) -> tuple[dict[Place, Trace], np.ndarray]:
    """As ``read_layers``, each trace made by ``trace_of`` from its place and what it reads.

    A backward trace is in the order in which it was read, the last step first. ``lengths`` (B,) are
    those of padded sequences.
    """
    traces: dict[Place, Trace] = {}
    for _layer, row in groupby(found, key=lambda place: place[0]):
        sides = []
        for place in row:
            trace = trace_of(place, in_time(place, x, lengths))
            backward = place[1] == BACKWARD
            traces[place] = replace(trace, direction=BACKWARD) if backward else trace
            sides.append(in_time(place, traces[place]["h"], lengths))
        x = sides[0] if len(sides) == 1 else np.concatenate(sides, axis=2)
    return traces, x


def in_time(
    place: Place, signal: np.ndarray, lengths: Sequence[int] | np.ndarray | None = None
) -> np.ndarray:
    """(T, ...) from the order in which this place reads into the order of time, and back.

    ``lengths`` (B,) are those of the sequences of a signal (T, B, .) that is padded at the end.
    """
    return signal if place[1] == FORWARD else turned(signal, lengths)


def rounds(recording: Recording) -> dict[Place, list[int]]:
    """When each cell can be computed at the earliest, counted from 0, in the order of time.

    A cell waits for its own past and for what it reads from below, in all directions; all that do
    not wait for each other are computed at once.
    """
    T = len(recording.output)
    below, found = [-1] * T, {}
    for layer in range(recording.layers):
        for way in recording.directions:
            steps, before = in_time((layer, way), np.arange(T)), -1
            when = [0] * T
            for t in steps:
                before = when[t] = 1 + max(before, below[t])
            found[layer, way] = when
        sides = [found[layer, way] for way in recording.directions]
        below = [max(at) for at in zip(*sides, strict=True)]
    return found
