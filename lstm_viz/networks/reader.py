"""Layers of a cell upon each other, reading in one direction or in both, and an answer on top."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks import network_file
from lstm_viz.run.layers import WAYS, places, read_layers
from lstm_viz.run.recording import Place, Recording
from lstm_viz.tasks.loss import softmax
from lstm_viz.tasks.someone import ANSWERS, SOMEONE, answers, encode

FOLDER = Path(__file__).parent / "trained"
CELL_NAMES = ("rnn", "lstm", "gru")
DEEPEST = 2


@dataclass(frozen=True, eq=False)
class Reader:
    """``weights`` has those of the cell for each layer and direction.

    A layer reads what the one below it made of both directions, side by side. The head makes the
    last layer's h into one number for each of ANSWERS.
    """

    cell: Cell
    embedding: np.ndarray
    weights: Mapping[Place, Mapping[str, np.ndarray]]
    head_weight: np.ndarray
    head_bias: np.ndarray
    metrics: Mapping[str, Any]

    @property
    def layers(self) -> int:
        return 1 + max(layer for layer, _way in self.weights)

    @property
    def ways(self) -> tuple[str, ...]:
        return WAYS[: len(self.weights) // self.layers]

    @property
    def hidden(self) -> int:
        return int(self.head_weight.shape[1]) // len(self.ways)

    def width(self, layer: int) -> int:
        """How many numbers a cell of this layer reads from below."""
        return self.hidden * len(self.ways) if layer else self.embedding.shape[1]

    def record(self, numbers: np.ndarray) -> Recording:
        """Read B sequences of symbol numbers (T, B); the output is (T, B, answers)."""
        return self._record(self.embedding[numbers])

    def _record(self, x: np.ndarray) -> Recording:
        layers = {place: (self.cell, weights) for place, weights in self.weights.items()}
        traces, h = read_layers(layers, x)
        return Recording(traces, h @ self.head_weight.T + self.head_bias)

    def read(self, words: Sequence[str]) -> Recording:
        return self.record(encode(words)[:, None])

    def odds(self, recording: Recording) -> np.ndarray:
        """The probability of each answer at every word, (T, B, answers)."""
        return softmax(recording.output)

    def depends(self, words: Sequence[str]) -> np.ndarray:
        """(T, T): in row t how much the answer at word t changes when each other word is blanked.

        The answer is the difference of the two logits; blanked, a word's embedding is 0. A word
        that the answer cannot see changes nothing: exactly 0.
        """
        x = self.embedding[encode(words)]
        blanked = np.repeat(x[:, None], 1 + len(x), axis=1)  # the last sequence stays as it is
        blanked[np.arange(len(x)), np.arange(len(x))] = 0
        output = self._record(blanked).output
        answers = output[..., 0] - output[..., 1]
        moved: np.ndarray = np.abs(answers[:, :-1] - answers[:, -1:])
        # A sequence's last digits may depend on its place in the batch: not on that rests the 0.
        return moved if "backward" in self.ways else np.tril(moved)

    def accuracy(self, episodes: Sequence[Sequence[str]]) -> float:
        """The share of right answers where there is one."""
        right = []
        for words in episodes:
            said = self.odds(self.read(words))[:, 0].argmax(-1)
            right += [
                said[place] == answer
                for place, answer in enumerate(answers(words))
                if answer is not None
            ]
        return float(np.mean(right))

    def to_bytes(self) -> bytes:
        arrays = {"embedding": self.embedding}
        arrays |= {"head.weight": self.head_weight, "head.bias": self.head_bias}
        for (layer, way), weights in self.weights.items():
            arrays |= {f"{way}{layer}.{name}": array for name, array in weights.items()}
        return network_file.write(
            arrays, {"cell": self.cell.name, "metrics": json.dumps(dict(self.metrics))}
        )


def from_bytes(data: bytes) -> Reader:
    arrays, words = network_file.read(data)
    cell = CELLS[words["cell"]]
    first = cell.weight_names[0]
    return Reader(
        cell=cell,
        embedding=arrays["embedding"],
        weights={
            (layer, way): {name: arrays[f"{way}{layer}.{name}"] for name in cell.weight_names}
            for layer, way in places(DEEPEST, WAYS)
            if f"{way}{layer}.{first}" in arrays
        },
        head_weight=arrays["head.weight"],
        head_bias=arrays["head.bias"],
        metrics=json.loads(words["metrics"]),
    )


def file_name(cell: str, layers: int, both: bool) -> str:
    return f"someone-{cell}-{layers}-{'both' if both else 'forward'}.safetensors"


@cache
def load(cell: str, layers: int, both: bool) -> Reader:
    """The shipped reader of this cell, with one or two layers, in one or both directions."""
    return from_bytes((FOLDER / file_name(cell, layers, both)).read_bytes())


def asked(words: Sequence[str]) -> list[int]:
    """The places of “someone”."""
    return [place for place, word in enumerate(words) if word == SOMEONE]


def said(odds: np.ndarray) -> str:
    """The answer that is more probable, (answers,)."""
    return ANSWERS[int(odds.argmax())]
