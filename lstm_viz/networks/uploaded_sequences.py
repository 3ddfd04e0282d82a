"""Sequences from a visitor: an NPY file, a CSV file, or what was typed, checked before use."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass

import numpy as np

from lstm_viz.language import _
from lstm_viz.networks.model import MAX_RECORD, MAX_WORK, Model
from lstm_viz.networks.tensor_file import cut
from lstm_viz.networks.vocabulary import checked_symbols

MAX_STEPS = 1000
MAX_SEQUENCES = 64
MAX_BYTES = 5 * 2**20
MAX_CHARACTERS = 200_000
MAX_NUMBER = 1e6
FEW = 3  # numbers that can stand side by side as a token
DRAWN_STEPS, DRAWN_SEQUENCES = 60, 8  # what is drawn at random, fewer where the model is large

_NPY = re.compile(
    rb"\{'descr': '(?P<kind>[<>|](?:f[248]|[iu][1248]|b1))', "
    rb"'fortran_order': (?P<columns>True|False), 'shape': \((?P<shape>[0-9, ]{0,80})\), \} *\n"
)


@dataclass(frozen=True, eq=False)
class Read:
    """What a model reads: x (T, B, D), and for each sequence the T tokens as a person sees them.

    ``is_text`` says that the tokens are symbols, not numbers.
    """

    x: np.ndarray
    tokens: tuple[tuple[str, ...], ...]
    is_text: bool


def from_npy(data: bytes) -> np.ndarray:
    """The array in an NPY file. Raises ValueError with a sentence for any other.

    Only plain numbers are read, the header by a pattern: nothing in the file can be run.
    """
    if len(data) > MAX_BYTES:
        raise ValueError(
            _("This file has {size} MB; at most {most} are read.").format(
                size=-(-len(data) // 2**20), most=MAX_BYTES // 2**20
            )
        )
    wide = 2 if data[6:7] == b"\x01" else 4
    length = int.from_bytes(data[8 : 8 + wide], "little")
    start = 8 + wide + length
    header = _NPY.fullmatch(data[8 + wide : start]) if length <= 1000 else None
    if data[:6] != b"\x93NUMPY" or header is None or len(data) < start:
        raise ValueError(
            _("This is no NPY file with plain numbers; make one with np.save(path, array).")
        )
    kind = np.dtype(header["kind"].decode())
    shape = [int(side) for side in header["shape"].decode().replace(" ", "").split(",") if side]
    if math.prod(shape) * kind.itemsize != len(data) - start:
        raise ValueError(_("This NPY file has more or fewer numbers than its header says."))
    if not 1 <= len(shape) <= 3 or 0 in shape:
        raise ValueError(
            _(
                "This array has the shape {shape}; a sequence is (T, D), T steps of D numbers, and "
                "many are (T, B, D)."
            ).format(shape=tuple(shape))
        )
    numbers = np.frombuffer(data, kind, offset=start)
    by_columns = header["columns"] == b"True"
    return numbers.reshape(shape[::-1]).T if by_columns else numbers.reshape(shape)


def from_csv(data: bytes) -> tuple[np.ndarray, tuple[str, ...]]:
    """The numbers in a CSV file, a row a step, and the columns' names, "" where it names none.

    Columns without any number, such as dates, are left out. Separated by commas, semicolons (then a
    comma may be the decimal point) or tabs. Raises ValueError with a sentence that names the line.
    """
    try:
        text = data[: 4 * MAX_CHARACTERS + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(_("This file is no text in UTF-8; save it as CSV with UTF-8.")) from None
    if len(text) > MAX_CHARACTERS:
        raise ValueError(
            _("This text has more than {most} characters.").format(most=MAX_CHARACTERS)
        )
    first = text.lstrip().partition("\n")[0]
    separator = next((mark for mark in ";\t" if mark in first), ",")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as problem:
        raise ValueError(_("This is no CSV file: {why}.").format(why=problem)) from None
    rows = [(k, row) for k, row in enumerate(lines, 1) if any(word.strip() for word in row)]
    if not rows:
        raise ValueError(_("There is no number in this file."))
    names = ("",) * len(rows[0][1])
    if not any(_is_number(word, separator) for word in rows[0][1]):
        names = tuple(word.strip() for word in rows.pop(0)[1])
    if not rows:
        raise ValueError(_("There is no number in this file."))
    if len(rows) > MAX_STEPS:
        raise ValueError(_too_long(len(rows)))
    for number, row in rows:
        if len(row) != len(names):
            raise ValueError(
                _("Line {line} has {given} columns, the first one {wanted}.").format(
                    line=number, given=len(row), wanted=len(names)
                )
            )
    kept = [k for k in range(len(names)) if any(_is_number(row[k], separator) for _n, row in rows)]
    if not kept:
        raise ValueError(_("There is no number in this file."))
    for number, row in rows:
        for word in (row[k] for k in kept):
            if not _is_number(word, separator):
                raise ValueError(
                    _("Line {line} has {word} where a number should be.").format(
                        line=number, word=cut(word)
                    )
                )
    numbers = [[_number(row[k], separator) for k in kept] for _n, row in rows]
    return np.array(numbers), tuple(names[k] for k in kept)


def from_typed(text: str) -> np.ndarray:
    """Numbers as they were typed, (T, D): a line a step, or one line of single numbers.

    Raises ValueError with a sentence.
    """
    lines = [line for line in re.split(r"[\n;]", text[: MAX_CHARACTERS + 1]) if line.strip()]
    if len(text) > MAX_CHARACTERS or len(lines) > MAX_STEPS:
        raise ValueError(_too_long(len(lines)))
    rows = [re.split(r"[,\s]+", line.strip(", \t\r")) for line in lines]
    for row in rows:
        for word in row:
            if not _is_number(word, ","):
                raise ValueError(
                    _("{word} is no number; write for example 0.5 -1 2.").format(word=cut(word))
                )
    if not rows:
        raise ValueError(_("Write at least one number."))
    if len(rows) == 1:
        rows = [[word] for word in rows[0]]
    if len({len(row) for row in rows}) > 1:
        raise ValueError(_("Every line should have as many numbers as the first one."))
    return np.array([[float(word) for word in row] for row in rows])


def alphabet(text: str, model: Model) -> tuple[str, ...]:
    """The symbols that a person lists: characters, or words with spaces between them.

    Raises ValueError with a sentence where they are not as many different ones as the model reads.
    """
    listed = list(dict.fromkeys(text.split() if re.search(r"\S\s+\S", text) else text.strip()))
    if len(text) > MAX_CHARACTERS:
        raise ValueError(_too_long(len(listed)))
    symbols = checked_symbols(listed, len(model.vectors))
    if symbols is None:
        raise ValueError(
            _(
                "This model tells {wanted} symbols apart; {given} different ones are listed here."
            ).format(wanted=len(model.vectors), given=len(listed))
        )
    return symbols


def of_symbols(text: str, model: Model, symbols: tuple[str, ...]) -> Read:
    """A text as the model reads it, symbol by symbol. Raises ValueError with a sentence."""
    if len(text) > MAX_CHARACTERS:
        raise ValueError(_too_long(len(text)))
    text = text.replace("\r\n", "\n")
    single = all(len(symbol) == 1 for symbol in symbols)
    tokens = list(text) if single else re.findall(r"\w+|[^\w\s]", text)
    if single and " " not in symbols:
        tokens = [token for token in tokens if not token.isspace()]
    numbers = {symbol: number for number, symbol in enumerate(symbols)}
    strange = list(dict.fromkeys(token for token in tokens if token not in numbers))
    if strange:
        raise ValueError(
            _("This model does not know {symbols}.").format(
                symbols=", ".join(cut(token) for token in strange[:5])
            )
        )
    _check_steps(len(tokens))
    x = model.vectors[[numbers[token] for token in tokens]][:, None]
    return Read(x, (tuple(tokens),), is_text=True)


def of_numbers(array: np.ndarray, model: Model, symbols: tuple[str, ...] | None = None) -> Read:
    """An array as the model reads it: (T, D), (T, B, D), or (T,) whole numbers of symbols.

    (T,) other numbers are one a step; a column (T, 1) of whole numbers is of symbols where the
    model reads more than one number. Raises ValueError with a sentence.
    """
    V, D = model.vectors.shape
    if (
        (D > 1 or model.is_embedded)
        and array.ndim == 2
        and array.shape[1] == 1
        and _are_whole(array)
    ):
        array = array[:, 0].astype(int)
    if array.ndim == 1 and array.dtype.kind in "iub" and V > 1:
        _check_steps(len(array))
        if array.min() < 0 or array.max() >= V:
            raise ValueError(
                _("The numbers of symbols go from 0 to {last}; here is {number}.").format(
                    last=V - 1, number=array[(array < 0) | (array >= V)][0]
                )
            )
        tokens = [symbols[n] if symbols else str(n) for n in array.tolist()]
        return Read(model.vectors[array.astype(int)][:, None], (tuple(tokens),), bool(symbols))
    x = array[:, None] if array.ndim == 1 else array
    x = x[:, None] if x.ndim == 2 else x
    T, B, given = x.shape
    if given != D:
        raise ValueError(
            _("This model reads {wanted} numbers at each step; here are {given}.").format(
                wanted=D, given=given
            )
        )
    _check_steps(T)
    if B > MAX_SEQUENCES:
        raise ValueError(
            _("Here are {given} sequences; at most {most} are read at once.").format(
                given=B, most=MAX_SEQUENCES
            )
        )
    x = x.astype(np.float64)
    if not np.abs(x).max() <= MAX_NUMBER:  # nor is NaN
        raise ValueError(
            _("Some numbers are not finite, or beyond ±{most:g}.").format(most=MAX_NUMBER)
        )
    return Read(x, tuple(tuple(map(_shown, x[:, b])) for b in range(B)), is_text=False)


def _are_whole(array: np.ndarray) -> bool:
    return bool((np.abs(array) <= MAX_NUMBER).all() and (array == np.round(array)).all())


def drawn(model: Model) -> Read:
    """What anyone can give any model: symbols alike often through its embedding, else numbers.

    The numbers are normal, with mean 0 and variance 1; the same model is always given the same.
    """
    sequences = min(
        MAX_RECORD // model.bytes_for(DRAWN_STEPS, 1),
        int(MAX_WORK / 2 // model.work_for(DRAWN_STEPS, 1)),
    )
    shape = DRAWN_STEPS, max(1, min(DRAWN_SEQUENCES, sequences))
    stream = np.random.default_rng(0)
    if not model.is_embedded:
        return of_numbers(stream.normal(size=(*shape, model.inputs)), model)
    numbers = stream.integers(0, len(model.vectors), shape)
    names = model.symbols or tuple(map(str, range(len(model.vectors))))
    tokens = tuple(tuple(names[number] for number in column) for column in numbers.T)
    return Read(model.vectors[numbers], tokens, is_text=model.symbols is not None)


def _shown(step: np.ndarray) -> str:
    """One step's numbers as a token: themselves if they are few, else the place of a single 1."""
    if len(step) <= FEW:
        digits = 3 if len(step) == 1 else 2
        return " ".join(f"{number:.{digits}g}" for number in step).replace("-", "−")
    if np.count_nonzero(step) == 1 and step.max() == 1:
        return f"#{int(step.argmax())}"
    return "·"


def _check_steps(steps: int) -> None:
    if steps == 0:
        raise ValueError(_("Write at least one symbol."))
    if steps > MAX_STEPS:
        raise ValueError(_too_long(steps))


def _too_long(steps: int) -> str:
    return _("This sequence has {steps} steps; at most {most} are read.").format(
        steps=steps, most=MAX_STEPS
    )


def _is_number(word: str, separator: str) -> bool:
    try:
        return math.isfinite(_number(word, separator))
    except ValueError:
        return False


def _number(word: str, separator: str) -> float:
    return float(word.strip().replace(",", ".") if separator == ";" else word)
