"""A model in torch's state dict, in a safetensors file, read without torch.

Layers are found by the names that ``torch.nn.LSTM``, ``GRU``, ``RNN`` and their ``*Cell``s give
their parameters, whatever stands in front of them. What a state dict does not say is told from
shapes: modules of one name with numbers, each as wide as the one before, are layers upon each
other; a matrix of rows as wide as the input, without a bias, is the embedding; one whose rows are
as wide as the last h makes the answer. Everything is checked before anything large is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from lstm_viz import counted
from lstm_viz.cells import CELLS, Cell
from lstm_viz.files.checks import quote
from lstm_viz.files.safetensors import Stored, contents
from lstm_viz.language import _, ngettext
from lstm_viz.networks.gate_order import TORCH, TORCH_PARAMETERS, from_torch, place_in_torch
from lstm_viz.networks.model import MAX_ONE_HOT, Dense, Model, check_size
from lstm_viz.networks.old_layouts import refuse_old_layout
from lstm_viz.networks.vocabulary import vocabulary
from lstm_viz.run.layers import FORWARD, WAYS, places
from lstm_viz.run.recording import Place

LARGE = 2**20  # numbers: beyond, an embedding stays in single precision

_NAME = re.compile(
    r"(?P<prefix>|.*\.)(?P<parameter>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)"
    r"(?P<place>|_l\d{1,3}(?:_reverse)?)",
    re.DOTALL,
)
_EMBEDDING = re.compile(r"emb|wte|lookup|vectors|encoder\.weight$|tok", re.IGNORECASE)


@dataclass(frozen=True)
class Arrays:
    """What all files together store, by name, the bytes in which each array is, and their words."""

    stored: Mapping[str, Stored]
    data: Mapping[str, bytes]
    words: Mapping[str, str]

    def numbers(self, name: str, dtype: type = np.float64) -> np.ndarray:
        try:
            return self.stored[name].numbers(self.data[name], dtype)
        except ValueError as problem:
            raise ValueError(_("This file cannot be read: {why}.").format(why=problem)) from None

    def shape(self, name: str) -> tuple[int, ...]:
        return self.stored[name].shape


def arrays_in(files: Mapping[str, bytes]) -> Arrays:
    """The arrays of one safetensors file, or of several that belong together."""
    stored: dict[str, Stored] = {}
    data: dict[str, bytes] = {}
    words: dict[str, str] = {}
    for file in files.values():
        try:
            found, said = contents(file)
        except ValueError as problem:
            raise ValueError(_("This file cannot be read: {why}.").format(why=problem)) from None
        twice = stored.keys() & found.keys()
        if twice:
            raise ValueError(
                _("{name} is in two of these files.").format(name=quote(next(iter(twice))))
            )
        stored |= found
        data |= dict.fromkeys(found, file)
        words |= said
    # What save_model leaves out because it is another name of the same tensor.
    for name, other in words.items():
        if other in stored and name not in stored:
            stored[name], data[name] = stored[other], data[other]
    return Arrays(stored, data, words)


def torch_models(arrays: Arrays) -> dict[str, Model]:
    """The models by their prefix, those that are whole. ValueError with a sentence if none is."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for name in arrays.stored:
        said = _NAME.fullmatch(name)
        if said:
            found.setdefault(said["prefix"], {})[said["parameter"], said["place"]] = name
    if not found:
        refuse_old_layout({name: one.shape for name, one in arrays.stored.items()})
        names = _(", ").join(quote(name) for name in list(arrays.stored)[:4])
        raise ValueError(
            ngettext(
                "In this file is {count} array, {names}, and its name does not end like "
                "weight_ih_l0, as torch.nn.LSTM, GRU and RNN name theirs. Save "
                "model.state_dict().",
                "In this file are {count} arrays, such as {names}, and none whose name ends like "
                "weight_ih_l0, as torch.nn.LSTM, GRU and RNN name theirs. Save "
                "model.state_dict().",
                len(arrays.stored),
            ).format(count=len(arrays.stored), names=names)
        )
    whole: dict[str, _Part] = {}
    problems = []
    for prefix, parameters in found.items():
        try:
            whole[prefix] = _part(arrays, prefix, parameters)
        except ValueError as problem:
            problems.append(problem)
    if not whole:
        raise problems[0]
    parts = _stacks(list(whole.values()))
    taken = {name for part in parts for name in part.names}
    return {part.prefix: _with_surroundings(part, parts, arrays, taken) for part in parts}


# ---- recurrent layers ----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Part:
    """Recurrent layers upon each other, and the names that they have taken."""

    kind: str
    prefix: str
    weights: Mapping[Place, Mapping[str, np.ndarray]]
    names: frozenset[str]
    notes: tuple[str, ...] = ()

    @property
    def reads(self) -> int:
        return int(self._matrix(next(iter(self.weights)), "W").shape[1])

    @property
    def makes(self) -> int:
        """How many numbers the last layer's h has, of both directions."""
        last = max(layer for layer, _way in self.weights)
        places = [place for place in self.weights if place[0] == last]
        return sum(len(self._matrix(place, "U")) for place in places)

    @property
    def layers(self) -> int:
        return 1 + max(layer for layer, _way in self.weights)

    def _matrix(self, place: Place, letter: str) -> np.ndarray:
        return self.weights[place][f"{letter}_{'c' if self.kind == 'LSTM' else 'h'}"]


def _part(arrays: Arrays, prefix: str, parameters: Mapping[tuple[str, str], str]) -> _Part:
    wanted = _wanted(prefix, parameters)
    kind, D, H = _sizes(arrays, wanted)
    ways = len({way for _layer, way in wanted})
    gates = len(TORCH[kind])
    first, above = gates * H * (D + H), gates * H * (ways * H + H)
    check_size([H] * len(wanted), ways * first + (len(wanted) - ways) * above)
    weights = {}
    for place, group in wanted.items():
        _check_shapes(arrays, group, gates, H, D if place[0] == 0 else H * ways)
        weights[place] = from_torch(kind, *map(arrays.numbers, group))
    taken = {name for group in wanted.values() for name in group}
    strays = [name for name in parameters.values() if name not in taken]
    if strays:
        raise ValueError(
            _("{name} fits to no layer of the others in this file.").format(name=quote(strays[0]))
        )
    return _Part(kind, prefix, weights, frozenset(taken))


def _wanted(prefix: str, parameters: Mapping[tuple[str, str], str]) -> dict[Place, list[str]]:
    """For each layer and direction its two weights and, if there are any, its two biases."""
    if any(parameter == "weight_hr" for parameter, _place in parameters):
        raise ValueError(
            _("This LSTM projects h (proj_size), which no cell here does; train it without.")
        )
    endings = {ending for _parameter, ending in parameters}
    named = {(0, FORWARD): ""} if endings == {""} else _places(endings)
    biased = any(parameter.startswith("bias") for parameter, _ending in parameters)
    found: dict[Place, list[str]] = {}
    for place, ending in named.items():
        found[place] = []
        for name in TORCH_PARAMETERS if biased else TORCH_PARAMETERS[:2]:
            if (name, ending) not in parameters:
                raise ValueError(
                    _("{name} is missing from this file.").format(
                        name=quote(prefix + name + ending)
                    )
                )
            found[place].append(parameters[name, ending])
    return found


def _places(endings: set[str]) -> dict[Place, str]:
    """Layer and direction -> what stands behind the names; as many layers as the last one says."""
    both = any(ending.endswith("_reverse") for ending in endings)
    layers = 1 + max(int("".join(filter(str.isdigit, ending)) or 0) for ending in endings)
    check_size([1] * layers, 0)
    ways = WAYS if both else (FORWARD,)
    return {place: place_in_torch(*place) for place in places(layers, ways)}


def _sizes(arrays: Arrays, wanted: Mapping[Place, list[str]]) -> tuple[str, int, int]:
    """The kind, D and H, from the shapes of the first layer's two matrices."""
    matrices = wanted[0, "forward"][:2]
    for name in matrices:
        shape = arrays.shape(name)
        if len(shape) != 2 or 0 in shape:
            raise ValueError(
                _("{name} has the shape {given}; it should be a matrix.").format(
                    name=quote(name), given=shape
                )
            )
    (rows, D), (_rows, H) = (arrays.shape(name) for name in matrices)
    kinds = {len(order): kind for kind, order in TORCH.items()}
    if rows % H or rows // H not in kinds:
        raise ValueError(
            _(
                "The matrices have {rows} rows for {units}; an LSTM has 4 times as many rows "
                "as units, a GRU 3 times, a plain RNN as many."
            ).format(rows=rows, units=counted.units(H))
        )
    return kinds[rows // H], D, H


def _check_shapes(arrays: Arrays, group: list[str], gates: int, H: int, D: int) -> None:
    shapes = [(gates * H, D), (gates * H, H), (gates * H,), (gates * H,)]
    for name, shape in zip(group, shapes, strict=False):
        if arrays.shape(name) != shape:
            raise ValueError(
                _("{name} has the shape {given}; with the others it should be {wanted}.").format(
                    name=quote(name), given=arrays.shape(name), wanted=shape
                )
            )


def _stacks(parts: list[_Part]) -> list[_Part]:
    """Parts of one name with numbers in it, each as wide as the one before, as one stack."""
    families: dict[str, list[_Part]] = {}
    for part in parts:
        families.setdefault(re.sub(r"\d+(?=\D*$)", "", part.prefix), []).append(part)
    found = []
    for family, members in families.items():
        members.sort(key=lambda part: int("".join(re.findall(r"\d+(?=\D*$)", part.prefix)) or 0))
        fits = all(a.makes == b.reads for a, b in pairwise(members))
        found += [_joined(family, members)] if len(members) > 1 and fits else members
    return found


def _joined(family: str, members: list[_Part]) -> _Part:
    weights: dict[Place, Mapping[str, np.ndarray]] = {}
    for member in members:
        below = 1 + max((layer for layer, _way in weights), default=-1)
        weights |= {(below + layer, way): w for (layer, way), w in member.weights.items()}
    check_size([1] * len(weights), sum(a.size for w in weights.values() for a in w.values()))
    names = _(", ").join(member.prefix.rstrip(".") or "''" for member in members[:4])
    return _Part(
        kind="/".join(dict.fromkeys(member.kind for member in members)),
        prefix=re.sub(r"\.+", ".", family),
        weights=weights,
        names=frozenset().union(*(member.names for member in members)),
        notes=(
            _("{names} are read as layers upon each other, in the order of their numbers.").format(
                names=quote(names).strip("'")
            ),
        ),
    )


# ---- what stands around them ---------------------------------------------------------------------


def _with_surroundings(part: _Part, parts: list[_Part], arrays: Arrays, taken: set[str]) -> Model:
    weights = part.weights
    model = Model(
        kind=part.kind,
        prefix=part.prefix,
        weights=weights,
        vectors=np.empty((0, part.reads)),
        is_embedded=False,
        symbols=None,
        unread=(),
        cells={place: _cell_of(one) for place, one in weights.items()},
        notes=part.notes,
        may_be_relu=CELLS["rnn"] in [_cell_of(one) for one in weights.values()],
    )
    used = set(taken)
    embedding, others = _embedding(part, parts, arrays, used)
    if embedding is not None:
        rows = arrays.stored[embedding].shape[0]
        dtype = np.float32 if rows * part.reads > LARGE else np.float64
        vectors = arrays.numbers(embedding, dtype)
        used.add(embedding)
    else:
        vectors = np.eye(part.reads) if part.reads <= MAX_ONE_HOT else np.empty((0, part.reads))
    symbols, notes = vocabulary(arrays.words, len(vectors))
    if others and embedding is not None:
        notes = (
            *notes,
            _("{name} is taken for the embedding; {others} would fit as well.").format(
                name=quote(embedding), others=_(", ").join(map(quote, others[:3]))
            ),
        )
    heads = _head(part, parts, arrays, used, embedding)
    used |= {name for head in heads for name in (head.name, f"{head.name[:-6]}bias")}
    return replace(
        model,
        vectors=vectors,
        is_embedded=embedding is not None,
        symbols=symbols,
        head=heads,
        unread=tuple(name for name in arrays.stored if name not in used),
        notes=(*model.notes, *notes),
    )


def _cell_of(weights: Mapping[str, np.ndarray]) -> Cell:
    name = "lstm" if "W_c" in weights else "gru" if "W_z" in weights else "rnn"
    return CELLS[name]


def _embedding(
    part: _Part, parts: list[_Part], arrays: Arrays, used: set[str]
) -> tuple[str | None, list[str]]:
    """The matrix whose rows are read for symbols, and others that could be it."""
    fitting = [
        name
        for name, one in arrays.stored.items()
        if name not in used
        and len(one.shape) == 2
        and one.shape[1] == part.reads
        and one.shape[0] > 0
        and name.removesuffix("weight") + "bias" not in arrays.stored
    ]
    called = [name for name in fitting if _EMBEDDING.search(name)]
    named = called or [name for name in fitting if _is_vocabulary(arrays, name)]
    if not named:
        return None, []
    best = max(
        named,
        key=lambda name: (
            _is_vocabulary(arrays, name),
            len(_common(name, part.prefix)) if len(parts) > 1 else 0,
            "pos" not in name.lower(),
        ),
    )
    return best, [name for name in called if name != best]


def _is_vocabulary(arrays: Arrays, name: str) -> bool:
    """Whether the metadata has a name for each row."""
    return vocabulary(arrays.words, arrays.stored[name].shape[0])[0] is not None


def _common(one: str, other: str) -> str:
    parts = []
    for a, b in zip(one.split("."), other.split("."), strict=False):
        if a != b:
            break
        parts.append(a)
    return ".".join(parts)


def _head(
    part: _Part, parts: list[_Part], arrays: Arrays, used: set[str], embedding: str | None
) -> tuple[Dense, ...]:
    """The one linear layer that reads the last h, if there is one; tied weights as well."""

    def could_be(name: str) -> bool:
        one, bias = arrays.stored[name], name.removesuffix("weight") + "bias"
        fits = name.endswith("weight") and len(one.shape) == 2 and one.shape[1] == part.makes
        is_free = name not in used and not re.search("emb", name, re.IGNORECASE)
        return (
            fits
            and is_free
            and (bias not in arrays.stored or arrays.stored[bias].shape == one.shape[:1])
        )

    candidates = [name for name in arrays.stored if could_be(name)]
    if len(candidates) > 1:
        near = [name for name in candidates if _common(name, part.prefix)]
        named = [n for n in candidates if re.search(r"head|fc|out|dec|lin|proj|class|logit", n)]
        candidates = near if len(near) == 1 else named if len(named) == 1 else []
    if not candidates:
        return _tied(part, arrays, used, embedding)
    name = candidates[0]
    bias = name.removesuffix("weight") + "bias"
    try:
        weight = arrays.numbers(name)
        return (Dense(weight, _bias(arrays, bias, len(weight)), name=name),)
    except ValueError:  # not finite, or of a type that is not read: it stays unread
        return ()


def _tied(part: _Part, arrays: Arrays, used: set[str], embedding: str | None) -> tuple[Dense, ...]:
    """The embedding as the head: there is a bias for each symbol, and no matrix of its own."""
    if embedding is None or part.makes != part.reads:
        return ()
    rows = arrays.stored[embedding].shape[0]
    biases = [n for n, one in arrays.stored.items() if one.shape == (rows,) and n not in used]
    if len(biases) != 1 or not biases[0].endswith("bias"):
        return ()
    weight = arrays.numbers(embedding)
    return (Dense(weight, arrays.numbers(biases[0]), name=f"{biases[0][:-4]}weight"),)


def _bias(arrays: Arrays, name: str, rows: int) -> np.ndarray:
    return arrays.numbers(name) if name in arrays.stored else np.zeros(rows)
