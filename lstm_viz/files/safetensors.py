"""What a safetensors file holds, told from its header before any array is made.

The file may come from a stranger: sizes, names, types and places are checked first, and nothing is
allocated for a file that lies about them. Reading it cannot run anything.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

import numpy as np

from lstm_viz.files import checks
from lstm_viz.files.checks import MAX_VALUE, quote
from lstm_viz.language import _

MAX_HEADER = 2**24  # a vocabulary may stand in it
MAX_TENSORS = 4096
MAX_AXES = 8
MAX_SIDE = 2**24

# The types that are read, and those that may lie beside them unread, in bytes.
READ = {"BF16": "<u2", "F16": "<f2", "F32": "<f4", "F64": "<f8"}
ITEM_SIZES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "I16": 2, "U16": 2}
ITEM_SIZES |= {"F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "I64": 8, "U64": 8, "F64": 8}


@dataclass(frozen=True)
class Stored:
    """An array in the file: its type as the file names it, its shape, and where its bytes are."""

    name: str
    kind: str
    shape: tuple[int, ...]
    start: int

    def numbers(self, data: bytes, dtype: type = np.float64) -> np.ndarray:
        """The array as float64, or float32; ValueError for other types, NaN and huge values."""
        if self.kind not in READ:
            raise ValueError(
                _("{quote} is {kind}; save it as F32, with .float()").format(
                    quote=quote(self.name), kind=self.kind
                )
            )
        if not all(1 <= side <= MAX_SIDE for side in self.shape):
            raise ValueError(
                _("{quote} has the shape {shape}").format(quote=quote(self.name), shape=self.shape)
            )
        count = math.prod(self.shape)
        found = np.frombuffer(data, READ[self.kind], count, self.start)
        if self.kind == "BF16":  # the upper half of a float32
            found = (found.astype("<u4") << 16).view("<f4")
        found = found.astype(dtype)
        if not np.abs(found).max() <= MAX_VALUE:  # nor is NaN
            raise ValueError(
                _("{quote} has values that are not finite, or beyond ±{max_value:g}").format(
                    quote=quote(self.name), max_value=MAX_VALUE
                )
            )
        return found.reshape(self.shape)


def contents(data: bytes) -> tuple[dict[str, Stored], dict[str, str]]:
    """What the file stores by name, and the words in its metadata.

    Raises ValueError with a clause that says what is wrong with any file that is not exactly one
    header and the arrays it names, side by side.
    """
    if len(data) > checks.MAX_BYTES:
        raise ValueError(
            _("it has {data} bytes; at most {max_bytes} are read").format(
                data=len(data), max_bytes=checks.MAX_BYTES
            )
        )
    length = int.from_bytes(data[:8], "little")
    if len(data) < 10 or length > min(MAX_HEADER, len(data) - 8):
        raise ValueError(_("its header is cut short, or longer than that of any network"))
    header = _header(data[8 : 8 + length])
    words = header.pop("__metadata__", {})
    if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
        raise ValueError(_("its metadata is not words by name"))
    if not 1 <= len(header) <= MAX_TENSORS:
        raise ValueError(
            _("it has {header} arrays; a network has 1 to {max_tensors}").format(
                header=len(header), max_tensors=MAX_TENSORS
            )
        )
    spans = {name: _span(name, entry) for name, entry in header.items()}
    starts, ends = zip(*sorted(span[2:] for span in spans.values()), strict=True)
    if (*starts, len(data) - 8 - length) != (0, *ends):
        raise ValueError(_("its arrays overlap, leave gaps, or do not fill the file"))
    first = 8 + length
    stored = {
        name: Stored(name, kind, shape, first + start)
        for name, (kind, shape, start, _end) in spans.items()
    }
    return stored, words


def _header(text: bytes) -> dict[str, object]:
    try:
        header = json.loads(text.decode(), object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        raise ValueError(_("its header is not JSON, or names something twice")) from None
    if not isinstance(header, dict):
        raise ValueError(_("its header is not a table"))
    return header


def _without_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _span(name: str, entry: object) -> tuple[str, tuple[int, ...], int, int]:
    """What an entry says: type, shape, the first byte of the data and the one behind the last."""
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(
            _("the entry of {quote} is not dtype, shape and data_offsets").format(quote=quote(name))
        )
    kind, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not isinstance(kind, str) or kind not in ITEM_SIZES:
        raise ValueError(
            _("{quote} is of the unknown type {quote2}").format(
                quote=quote(name), quote2=quote(str(kind))
            )
        )
    if not _are_counts(shape) or len(shape) > MAX_AXES:
        raise ValueError(
            _("{quote} has the shape {quote2}").format(quote=quote(name), quote2=quote(str(shape)))
        )
    if not _are_counts(offsets) or len(offsets) != 2:
        raise ValueError(_("{quote} has no two offsets").format(quote=quote(name)))
    if offsets[1] - offsets[0] != math.prod(shape) * ITEM_SIZES[kind]:
        raise ValueError(
            _("{quote} has more or fewer bytes than its shape needs").format(quote=quote(name))
        )
    return kind, tuple(shape), offsets[0], offsets[1]


def _are_counts(value: object) -> bool:
    return isinstance(value, list) and all(
        type(n) is int and 0 <= n <= checks.MAX_BYTES for n in value
    )
