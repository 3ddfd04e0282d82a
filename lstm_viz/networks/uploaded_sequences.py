"""Sequences from a visitor: an NPY file, a CSV file, or what was typed, checked before use."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz import counted
from lstm_viz.cells.symbols import with_minus
from lstm_viz.files.checks import check_size, quote
from lstm_viz.files.table import Table
from lstm_viz.language import _
from lstm_viz.networks.model import MAX_RECORD, MAX_WORK, Model
from lstm_viz.networks.vocabulary import checked_symbols

MAX_STEPS = 1000
MAX_SEQUENCES = 64
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
    check_size(data)
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


def of_table(table: Table, columns: Sequence[int] = ()) -> np.ndarray:
    """Columns of a table side by side, a row a step; all of them where none are named.

    A gap is NaN, which ``of_numbers`` refuses.
    """
    names = list(table.columns)
    chosen = [names[k] for k in columns] or names
    return np.stack([table.columns[name] for name in chosen], axis=1)


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
            if not _is_number(word):
                raise ValueError(
                    _("{word} is no number; write for example 0.5 -1 2.").format(word=quote(word))
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
                "This model tells {wanted} symbols apart; those listed here that differ: {given}."
            ).format(wanted=len(model.vectors), given=len(listed))
        )
    return symbols


def of_symbols(text: str, model: Model, symbols: tuple[str, ...]) -> Read:
    """A text as the model reads it, symbol by symbol. Raises ValueError with a sentence."""
    if len(text) > MAX_CHARACTERS:
        raise ValueError(_too_long(len(text)))
    if "\r" not in "".join(symbols):
        text = text.replace("\r\n", "\n")
    tokens = tokens_of(text, symbols)
    numbers = {symbol: number for number, symbol in reversed(list(enumerate(symbols)))}
    strange = list(dict.fromkeys(token for token in tokens if token not in numbers))
    if strange:
        raise ValueError(
            _("This model does not know {symbols}.").format(
                symbols=_(", ").join(quote(token) for token in strange[:5])
            )
        )
    _check_steps(len(tokens))
    x = model.read(np.array([[numbers[token]] for token in tokens]))
    return Read(x, (tuple(tokens),), is_text=True)


def tokens_of(text: str, symbols: tuple[str, ...]) -> list[str]:
    """The symbols that a text is made of, at each place the longest that fits.

    So special tokens and words with an apostrophe are one, where the model has them. A word is not
    cut inside unless the model knows single characters. White space that the model does not know
    only separates. What it does not know stays as it is: a word, or a character.
    """
    known = set(symbols)
    longest = max(map(len, known), default=0)
    by_character = sum(len(symbol) == 1 for symbol in known) > len(known) / 2
    found, place = [], 0
    while place < len(text):
        most = min(longest, len(text) - place)
        candidates = (text[place : place + length] for length in range(most, 0, -1))
        one = next(
            (
                candidate
                for candidate in candidates
                if candidate in known and (by_character or not _cuts(text, place + len(candidate)))
            ),
            None,
        )
        if one is None and text[place].isspace():
            place += 1
            continue
        if one is None:
            pattern = r"." if by_character else r"\w+|."
            one = re.compile(pattern, re.DOTALL).match(text, place)[0]  # type: ignore[index]
        found.append(one)
        place += len(one)
    return found


def _cuts(text: str, place: int) -> bool:
    """Whether a word would be cut here."""
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def of_numbers(array: np.ndarray, model: Model, symbols: tuple[str, ...] | None = None) -> Read:
    """An array as the model reads it: (T, D), (T, B, D), or (T,) whole numbers of symbols.

    (T,) other numbers are one a step; a column (T, 1) of whole numbers is of symbols where the
    model reads more than one number. A row (1, T) of an integer type is one sequence of symbols,
    as torch has it with the batch first, T = D or not; but where no embedding says that the model
    reads symbols, a row of D numbers that are no symbols, or of which a single one is 1, is a step
    of numbers. Raises ValueError with a sentence.
    """
    V, D = model.vectors.shape
    if array.ndim == 2 and array.shape[0] == 1 and array.dtype.kind in "iu" and V > 1 and D > 1:
        is_one_hot = np.count_nonzero(array) == 1 and array.max() == 1 and array.shape[1] == D
        are_symbols = array.min() >= 0 and array.max() < V and not is_one_hot
        if model.is_embedded or are_symbols:
            array = array[0]
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
        return Read(model.read(array.astype(int)[:, None]), (tuple(tokens),), bool(symbols))
    x = array[:, None] if array.ndim == 1 else array
    x = x[:, None] if x.ndim == 2 else x
    T, B, given = x.shape
    if given != D:
        raise ValueError(
            _("This model reads {wanted} at each step; here are {given}.").format(
                wanted=counted.numbers(D), given=given
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
    gaps = np.argwhere(np.isnan(x))
    if len(gaps):
        raise ValueError(
            _(
                "There is a gap at step {step}, in number {number}. Choose steps without gaps."
            ).format(step=gaps[0][0] + 1, number=gaps[0][2] + 1)
        )
    if not np.abs(x).max() <= MAX_NUMBER:
        raise ValueError(
            _("Some numbers are not finite, or beyond ±{most:g}.").format(most=MAX_NUMBER)
        )
    return Read(x, tuple(tuple(map(_shown, x[:, b])) for b in range(B)), is_text=False)


def _are_whole(array: np.ndarray) -> bool:
    return bool(np.isfinite(array).all()) and bool(
        (np.abs(array) <= MAX_NUMBER).all() and (array == np.round(array)).all()
    )


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
    return Read(model.read(numbers), tokens, is_text=model.symbols is not None)


def _shown(step: np.ndarray) -> str:
    """One step's numbers as a token: themselves, or of many the place of a single 1, or the first.

    Never a sign in their place: whatever a sentence says of a step, it says of its numbers.
    """
    if len(step) > FEW and np.count_nonzero(step) == 1 and step.max() == 1:
        return f"#{int(step.argmax())}"
    digits = 3 if len(step) == 1 else 2
    first = step if len(step) <= FEW else step[: FEW - 1]
    said = " ".join(f"{number:.{digits}g}" for number in first)
    return with_minus(said) + " …" * (len(step) > FEW)


def _check_steps(steps: int) -> None:
    if steps == 0:
        raise ValueError(_("Write at least one symbol."))
    if steps > MAX_STEPS:
        raise ValueError(_too_long(steps))


def _too_long(steps: int) -> str:
    return _("This sequence has {steps} steps; at most {most} are read.").format(
        steps=steps, most=MAX_STEPS
    )


def _is_number(word: str) -> bool:
    try:
        return math.isfinite(float(word))
    except ValueError:
        return False
