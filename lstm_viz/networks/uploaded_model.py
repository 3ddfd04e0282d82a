"""A model from a visitor: torch's state dict in a safetensors file, read without torch.

Names are those that ``torch.nn.LSTM``, ``GRU``, ``RNN`` and their ``*Cell``s give their parameters,
whatever stands in front of them. Everything is checked before anything large is made.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.language import _
from lstm_viz.networks.gate_order import TORCH, TORCH_PARAMETERS, from_torch, place_in_torch
from lstm_viz.networks.tensor_file import Stored, contents, cut
from lstm_viz.run.layers import FORWARD, WAYS, places, read_layers
from lstm_viz.run.recording import Place, Recording

MAX_HIDDEN = 256
MAX_LAYERS = 8
MAX_SYMBOLS = 512
MAX_RECORD = 32 * 2**20  # bytes that one recording may take

# What turns a .pt file, which is never opened here, into one that can be read.
CONVERSION = """import torch; from safetensors.torch import save_file
save_file({name: weight.float().clone() for name, weight in torch.load("model.pt", weights_only=True).items()}, "model.safetensors")
"""  # noqa: E501

_NAME = re.compile(
    r"(?P<prefix>|.*\.)(?P<parameter>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)"
    r"(?P<place>|_l\d{1,3}(?:_reverse)?)",
    re.DOTALL,
)


class NotOpened(ValueError):
    """A file of a kind that can run code when it is opened."""


@dataclass(frozen=True, eq=False)
class Model:
    """Recurrent layers of one kind, as torch stacks them.

    ``prefix`` is what stands before their names in the file. ``vectors`` (V, D) has what is read
    for each symbol: the rows of an embedding in the file, or of the identity matrix, one of which
    is hot. ``symbols`` are those V symbols, where the file's metadata names them. ``unread`` names
    everything else in the file.
    """

    kind: str
    prefix: str
    weights: Mapping[Place, Mapping[str, np.ndarray]]
    vectors: np.ndarray
    is_embedded: bool
    symbols: tuple[str, ...] | None
    unread: tuple[str, ...]

    @property
    def cell(self) -> Cell:
        return CELLS[self.kind.lower()]

    @property
    def layers(self) -> int:
        return 1 + max(layer for layer, _way in self.weights)

    @property
    def ways(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(way for _layer, way in self.weights))

    @property
    def inputs(self) -> int:
        """D: how many numbers it reads at each step."""
        return int(self._candidate("W").shape[1])

    @property
    def hidden(self) -> int:
        return int(self._candidate("U").shape[1])

    @property
    def count(self) -> int:
        """The number of parameters, of two biases that are added counting one."""
        return sum(array.size for weights in self.weights.values() for array in weights.values())

    def bytes_for(self, steps: int, sequences: int) -> int:
        """How many bytes the recording of so much takes."""
        numbers = steps * sequences * self.hidden * len(self.cell.signals)
        return numbers * len(self.weights) * 8

    def record(self, x: np.ndarray) -> Recording:
        """What every layer and direction does while it reads x (T, B, D), float64.

        Raises ValueError in words when that would take more than MAX_RECORD bytes.
        """
        T, B, _D = x.shape
        needed = self.bytes_for(T, B)
        if needed > MAX_RECORD:
            raise ValueError(
                _(
                    "{steps} steps of {sequences} sequences in this model are {needed} MB of "
                    "numbers; at most {most} MB are computed here. Take fewer or shorter sequences."
                ).format(steps=T, sequences=B, needed=needed // 2**20, most=MAX_RECORD // 2**20)
            )
        layers = {place: (self.cell, weights) for place, weights in self.weights.items()}
        return Recording(*read_layers(layers, x))

    def _candidate(self, letter: str) -> np.ndarray:
        gate = "c" if self.kind == "LSTM" else "h"
        return self.weights[0, "forward"][f"{letter}_{gate}"]


def models(data: bytes) -> dict[str, Model]:
    """The models in a file by their prefix, those that are whole.

    Raises NotOpened for a .pt file, and ValueError with a sentence for every other file in which
    there is none.
    """
    if _could_run(data):
        raise NotOpened(
            _(
                "This looks like a .pt file. Opening one can run whatever its sender wrote into "
                "it, so it is not opened here. These two lines turn it into a safetensors file on "
                "your own machine; a file made by torch.save(model.state_dict(), ...) is meant."
            )
        )
    try:
        stored, words = contents(data)
    except ValueError as problem:
        raise ValueError(_("This file cannot be read: {why}.").format(why=problem)) from None
    found: dict[str, dict[tuple[str, str], Stored]] = {}
    for name, one in stored.items():
        parts = _NAME.fullmatch(name)
        if parts:
            found.setdefault(parts["prefix"], {})[parts["parameter"], parts["place"]] = one
    if not found:
        names = ", ".join(cut(name) for name in list(stored)[:4])
        raise ValueError(
            _(
                "In this file are {count} arrays, such as {names}, and none whose name ends like "
                "weight_ih_l0, as torch.nn.LSTM, GRU and RNN name theirs. Save "
                "model.state_dict()."
            ).format(count=len(stored), names=names)
        )
    whole: dict[str, Model] = {}
    problems = []
    for prefix, parameters in found.items():
        try:
            whole[prefix] = _model(data, prefix, parameters, stored, words)
        except ValueError as problem:
            problems.append(problem)
    if not whole:
        raise problems[0]
    return whole


def _could_run(data: bytes) -> bool:
    """Whether the file begins like a zip archive or a pickle, as a .pt does."""
    is_pickle = data[:1] == b"\x80" and data[1:2] in (b"\2", b"\3", b"\4", b"\5")
    return data[8:9] != b"{" and (data[:4] == b"PK\3\4" or is_pickle)


def _model(
    data: bytes,
    prefix: str,
    parameters: Mapping[tuple[str, str], Stored],
    stored: Mapping[str, Stored],
    words: Mapping[str, str],
) -> Model:
    wanted = _wanted(prefix, parameters)
    kind, D, H = _sizes(wanted)
    weights = {}
    for place, group in wanted.items():
        _check_shapes(group, len(TORCH[kind]), H, D if place[0] == 0 else H * _ways(wanted))
        weights[place] = from_torch(kind, *(_numbers(one, data) for one in group))
    taken = {one.name for group in wanted.values() for one in group}
    strays = [one.name for one in parameters.values() if one.name not in taken]
    if strays:
        raise ValueError(
            _("{name} fits to no layer of the others in this file.").format(name=cut(strays[0]))
        )
    embedding = _embedding(stored, D)
    if embedding:
        vectors = _numbers(embedding, data)
        taken.add(embedding.name)
    else:
        vectors = np.eye(D) if D <= MAX_SYMBOLS else np.empty((0, D))
    return Model(
        kind=kind,
        prefix=prefix,
        weights=weights,
        vectors=vectors,
        is_embedded=embedding is not None,
        symbols=_symbols(words, len(vectors)),
        unread=tuple(name for name in stored if name not in taken),
    )


def _wanted(prefix: str, parameters: Mapping[tuple[str, str], Stored]) -> dict[Place, list[Stored]]:
    """For each layer and direction its two weights and, if there are any, its two biases."""
    if any(parameter == "weight_hr" for parameter, _place in parameters):
        raise ValueError(
            _("This LSTM projects h (proj_size), which no cell here does; train it without.")
        )
    endings = {ending for _parameter, ending in parameters}
    named = {(0, FORWARD): ""} if endings == {""} else _places(endings)
    biased = any(parameter.startswith("bias") for parameter, _ending in parameters)
    found: dict[Place, list[Stored]] = {}
    for place, ending in named.items():
        found[place] = []
        for name in TORCH_PARAMETERS if biased else TORCH_PARAMETERS[:2]:
            if (name, ending) not in parameters:
                raise ValueError(
                    _("{name} is missing from this file.").format(name=cut(prefix + name + ending))
                )
            found[place].append(parameters[name, ending])
    return found


def _ways(places: Mapping[Place, object]) -> int:
    return len({way for _layer, way in places})


def _places(endings: set[str]) -> dict[Place, str]:
    """Layer and direction -> what stands behind the names; as many layers as the last one says."""
    both = any(ending.endswith("_reverse") for ending in endings)
    layers = 1 + max(int("".join(filter(str.isdigit, ending)) or 0) for ending in endings)
    if layers > MAX_LAYERS:
        raise ValueError(
            _("This model has {layers} layers; at most {most} are shown.").format(
                layers=layers, most=MAX_LAYERS
            )
        )
    ways = WAYS if both else (FORWARD,)
    return {place: place_in_torch(*place) for place in places(layers, ways)}


def _sizes(wanted: Mapping[Place, list[Stored]]) -> tuple[str, int, int]:
    """The kind, D and H, from the shapes of the first layer's two matrices."""
    matrices = wanted[0, "forward"][:2]
    for one in matrices:
        if len(one.shape) != 2 or 0 in one.shape:
            raise ValueError(
                _("{name} has the shape {given}; it should be a matrix.").format(
                    name=cut(one.name), given=one.shape
                )
            )
    (rows, D), (_rows, H) = (one.shape for one in matrices)
    kinds = {len(order): kind for kind, order in TORCH.items()}
    if rows % H or rows // H not in kinds:
        raise ValueError(
            _(
                "The matrices have {rows} rows for {units} units; an LSTM has 4 times as many rows "
                "as units, a GRU 3 times, a plain RNN as many."
            ).format(rows=rows, units=H)
        )
    if H > MAX_HIDDEN:
        raise ValueError(
            _("This model has {units} units; at most {most} are shown.").format(
                units=H, most=MAX_HIDDEN
            )
        )
    return kinds[rows // H], D, H


def _check_shapes(group: list[Stored], gates: int, H: int, D: int) -> None:
    shapes = [(gates * H, D), (gates * H, H), (gates * H,), (gates * H,)]
    for one, shape in zip(group, shapes, strict=False):
        if one.shape != shape:
            raise ValueError(
                _("{name} has the shape {given}; with the others it should be {wanted}.").format(
                    name=cut(one.name), given=one.shape, wanted=shape
                )
            )


def _numbers(one: Stored, data: bytes) -> np.ndarray:
    try:
        return one.numbers(data)
    except ValueError as problem:
        raise ValueError(_("This file cannot be read: {why}.").format(why=problem)) from None


def _embedding(stored: Mapping[str, Stored], D: int) -> Stored | None:
    """The one matrix that is called an embedding and has rows of D numbers, if there is one."""
    fitting = [
        one
        for name, one in stored.items()
        if "emb" in name.lower() and len(one.shape) == 2 and one.shape[1] == D and one.shape[0] > 0
    ]
    return fitting[0] if len(fitting) == 1 else None


def _symbols(words: Mapping[str, str], expected: int) -> tuple[str, ...] | None:
    """The symbols that the metadata lists in JSON; None without a list of that length."""
    try:
        listed = json.loads(words.get("symbols", "null"))
    except (ValueError, RecursionError):
        return None
    return checked_symbols(listed, expected)


def checked_symbols(listed: object, expected: int) -> tuple[str, ...] | None:
    """The symbols, if they are as many different short texts as expected; else None."""
    if not isinstance(listed, list | tuple) or not 0 < len(listed) == expected <= MAX_SYMBOLS:
        return None
    if not all(isinstance(one, str) and _can_be_shown(one) for one in listed):
        return None
    return tuple(listed) if len(set(listed)) == len(listed) else None


def _can_be_shown(symbol: str) -> bool:
    return symbol in ("\n", "\t") or (0 < len(symbol) <= 40 and symbol.isprintable())
