"""A table of numbers as people have it, read as it was meant, with every decision in words.

Its form is told first (``table_form.py``). Whether the comma or the point is the decimal mark is
then told by those fields that can be read in one way only (``fields.py``); of a column that has
none by the rest of the table. So ``1.042`` is 1042 beside ``1,26``, and 1.042 beside ``1.26``.

Nothing is left out without a note, and a field that is no number is a gap that is named.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from lstm_viz.extras import needed_by
from lstm_viz.files.checks import quote
from lstm_viz.files.fields import (
    COMMA,
    PLAIN_NUMBER,
    POINT,
    SPACES,
    TRUTHS,
    decimal_mark,
    digits_of,
    is_date,
    is_gap,
    looks_like_a_number,
    unit_of,
    value_of,
)
from lstm_viz.files.table_form import LONGEST_NAME, NAMED, Form, form_of, listed, quoted
from lstm_viz.files.text import decoded
from lstm_viz.language import _, ngettext

MOST_JUDGED = 2000  # fields by which it is told what a column has


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of numbers in a file, and what was understood.

    ``columns`` has each by its heading, float64 with NaN for a gap, all of the same length.
    ``notes`` are sentences: how the file was read, and everything in it that is not in ``columns``.
    ``index`` is what the rows are called, where the file says it: dates, a counter, names.
    """

    columns: Mapping[str, np.ndarray]
    notes: tuple[str, ...]
    index: tuple[str, ...] | None = None

    def __repr__(self) -> str:
        return f"Table({self.rows} rows: {', '.join(self.columns)})"

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values())))

    def gaps(self, name: str) -> int:
        return int(np.isnan(self.columns[name]).sum())


def read_table(data: bytes) -> Table:
    """The columns of numbers in a CSV file or its like. Raises ValueError with a sentence.

    Read are separators of every kind, both decimal marks, thousands that are set apart, headings
    that are there, partly there, equal or missing, gaps however they are written, per cents,
    currencies and units, a pandas index, dates in front, comments, and rows of unequal length.
    """
    text, encoding = decoded(data)
    notes = [] if encoding in ("utf-8", "ascii") else [_encoding_said(encoding)]
    form = form_of(text, notes)
    notes[:0] = [_size_said(len(form.lines), form.separator)]
    return _table(form, notes)


def filled(series: np.ndarray) -> np.ndarray:
    """The series with its gaps on straight lines between their neighbours, or as the nearest one.

    Raises ValueError where all of it is a gap.
    """
    there = np.flatnonzero(~np.isnan(series))
    if not len(there):
        raise ValueError(_("There is no number in this column."))
    found: np.ndarray = np.interp(np.arange(len(series)), there, series[there])
    return found


def _table(form: Form, notes: list[str]) -> Table:
    fields = form.fields
    said: dict[str, set[str]] = {
        name: {mark for field in set(column) if (mark := decimal_mark(field))}
        for name, column in fields.items()
    }
    usual = _usual_mark(said.values(), fields.values(), form.separator)
    columns: dict[str, np.ndarray] = {}
    index: tuple[str, ...] | None = None
    left_out: list[str] = []
    more: list[str] = []
    for place, (name, column) in enumerate(fields.items()):
        kind = _kind(column)
        if (
            place == 0
            and len(fields) > 1
            and (kind in ("dates", "words") or (form.first_is_index and _rises(column)))
        ):
            index = tuple(column)
            notes.append(_index_said(name, kind, column, form.first_is_index))
            continue
        if kind != "numbers":
            left_out.append(name)
            more.append(_left_out_said(name, kind, column))
            continue
        decimal = _decimal(said[name], usual)
        columns[name] = _numbers(name, column, decimal, form.lines, said[name], more)
    if not columns:
        raise ValueError(_no_numbers(left_out, fields))
    notes += _marks_said(fields, columns, said, usual)
    return Table(MappingProxyType(columns), (*notes, *more), index)


def _kind(column: Sequence[str]) -> str:
    """What a column has: "numbers", "dates", "words" or "nothing"."""
    filled = [field for field in column if not is_gap(field)]
    if not filled:
        return "nothing"
    judged = filled[:: 1 + len(filled) // MOST_JUDGED]
    numbers = sum(map(looks_like_a_number, judged))
    dates = sum(map(is_date, judged))
    if dates >= 0.9 * len(judged) and dates >= numbers and _pandas_knows_dates(judged):
        return "dates"
    return "numbers" if 2 * numbers >= len(judged) else "words"


def _pandas_knows_dates(texts: Sequence[str]) -> bool:
    """Whether most of the texts are dates or times, as pandas reads them."""
    with needed_by(_("Reading a table")):
        import pandas as pd

    sample = [re.sub(r"[年月]", "-", text).rstrip("日-") for text in texts[:50]]
    days = [text for text in sample if not re.search(r"\d ?-?([QqHhWw]|KW|kw)|[QqHh]\d", text)]
    found = pd.to_datetime(pd.Series(days, dtype=str), errors="coerce", format="mixed", utc=True)
    return int(found.isna().sum()) <= 0.2 * len(sample)  # weeks and quarters are dates as they are


def _numbers(
    name: str,
    column: Sequence[str],
    decimal: str,
    lines: Sequence[int],
    marks: set[str],
    notes: list[str],
) -> np.ndarray:
    """The column's numbers; a gap is NaN, and every field that is neither is named."""
    read: dict[str, float] = {field: value_of(field, decimal, marks) for field in set(column)}
    found = np.array([read[field] for field in column], float)
    odd = [
        (number, field)
        for number, field, value in zip(lines, column, found.tolist(), strict=True)
        if value != value and not is_gap(field)
    ]
    if odd:
        examples = _(", ").join(f"{n}: {quote(field)}" for n, field in odd[:NAMED])
        notes.append(
            ngettext(
                "“{name}”: {count} field is no number and is a gap (line {listed}).",
                "“{name}”: {count} fields are no numbers and are gaps (lines {listed}).",
                len(odd),
            ).format(name=name, count=len(odd), listed=examples + " …" * (len(odd) > NAMED))
        )
    empty = [number for number, field in zip(lines, column, strict=True) if is_gap(field)]
    if empty:
        notes.append(
            ngettext(
                "“{name}” has {count} gap (line {listed}).",
                "“{name}” has {count} gaps (lines {listed}).",
                len(empty),
            ).format(name=name, count=len(empty), listed=listed(empty))
        )
    notes += _units_said(name, column)
    return found


def _usual_mark(said: Iterable[set[str]], columns: Iterable[Sequence[str]], separator: str) -> str:
    """The decimal mark of columns that do not show theirs: that of the others, else the point.

    Where nothing shows it, semicolons between numbers with commas do: there the comma is decimal.
    """
    marks = set().union(*said)
    if len(marks) == 1:
        return next(iter(marks))
    has_points = any(POINT in field for column in columns for field in column)
    return COMMA if not marks and separator == ";" and not has_points else POINT


def _decimal(own: set[str], usual: str) -> str:
    """The decimal mark of a column, as it says itself or as the rest of the table says."""
    return next(iter(own)) if len(own) == 1 else usual


def _rises(column: Sequence[str]) -> bool:
    """Whether a column counts up, as an index does."""
    numbers = [value_of(field, POINT, set()) for field in column]
    return all(a < b for a, b in pairwise(numbers)) and bool(numbers and numbers[0] == numbers[0])


def _size_said(rows: int, separator: str) -> str:
    names: dict[str, Callable[[], str]] = {
        "\t": lambda: _("tabs"),
        ";": lambda: _("semicolons"),
        "|": lambda: _("bars"),
        ",": lambda: _("commas"),
        " ": lambda: _("spaces"),
    }
    said = ngettext("{count} row.", "{count} rows.", rows).format(count=rows)
    if not separator:
        return said
    known = names.get(separator)
    between = known() if known else f"“{separator}”"
    return said + " " + _("Between the fields are {separators}.").format(separators=between)


def _encoding_said(encoding: str) -> str:
    return _("The text is in {encoding}.").format(encoding=encoding.upper().replace("_", "-"))


def _index_said(name: str, kind: str, column: Sequence[str], unnamed: bool) -> str:
    ends = f"{column[0][:LONGEST_NAME]} … {column[-1][:LONGEST_NAME]}"
    if kind == "dates":
        said = _("The first column, “{name}”, has dates ({ends}): they are the names of the rows.")
    elif kind == "words":
        said = _("The first column, “{name}”, has words ({ends}): they are the names of the rows.")
    elif unnamed:
        said = _("The first column has no heading and counts the rows ({ends}): it is their index.")
    return said.format(name=name, ends=ends)


def _left_out_said(name: str, kind: str, column: Sequence[str]) -> str:
    if kind == "nothing":
        return _("“{name}” is empty and left out.").format(name=name)
    example = next(f for f in column if not is_gap(f) and not looks_like_a_number(f))
    said = (
        _("“{name}” has dates, such as {example}, and is left out.")
        if kind == "dates"
        else _("“{name}” has words, such as {example}, and is left out.")
    )
    return said.format(name=name, example=quote(example))


def _no_numbers(left_out: Sequence[str], fields: Mapping[str, Sequence[str]]) -> str:
    said = _("There is no column of numbers in this table.")
    for name in left_out:
        example = next((field for field in fields[name] if not is_gap(field)), "")
        if example:
            return said + " " + _("It has, for example, {example}.").format(example=quote(example))
    return said


def _marks_said(
    fields: Mapping[str, Sequence[str]],
    columns: Mapping[str, np.ndarray],
    said: Mapping[str, set[str]],
    usual: str,
) -> list[str]:
    """For each way in which marks are read, one example from the table; and what was not clear."""
    notes: dict[str, str] = {}
    unclear = []
    for name, values in columns.items():
        decimal = _decimal(said[name], usual)
        for field, value in dict(zip(fields[name], values.tolist(), strict=True)).items():
            own = decimal_mark(field)
            if PLAIN_NUMBER.fullmatch(field) and own == decimal == POINT:
                continue
            parts = digits_of(field)
            if parts is None or value != value:
                continue
            own = own or decimal
            for note in _readings(field, parts[0], own):
                if note not in notes:
                    notes[note] = note.format(text=field.strip(), value=f"{value:.12g}")
        if len(said[name]) > 1:
            notes[name] = _(
                "“{name}” has both decimal commas and decimal points; each number is read by its "
                "own, and where that does not show, by the {mark}."
            ).format(name=name, mark=_("comma") if usual == COMMA else _("point"))
        elif not said[name] and any(POINT in f or COMMA in f for f in fields[name]):
            unclear.append(name)
    if unclear and len(set().union(*said.values())) != 1:
        notes["unclear"] = _(
            "In {names} it does not show by itself which mark is the decimal one."
        ).format(names=quoted(unclear))
    return list(notes.values())


def _readings(field: str, digits: str, decimal: str) -> list[str]:
    """How the marks in a number were taken, as sentences in which the example is to be filled."""
    found = []
    if COMMA in digits and decimal == COMMA:
        found.append(_("The comma is the decimal mark: {text} is {value}."))
    if COMMA in digits and decimal == POINT:
        found.append(_("The comma sets thousands apart: {text} is {value}."))
    if POINT in digits and decimal == COMMA:
        found.append(_("The point sets thousands apart: {text} is {value}."))
    if POINT in digits and decimal == POINT and not decimal_mark(field):
        found.append(_("The point is the decimal mark: {text} is {value}."))
    if re.search(rf"\d[{SPACES}]\d", field):
        found.append(_("Spaces or apostrophes set thousands apart: {text} is {value}."))
    return found


def _units_said(name: str, column: Sequence[str]) -> list[str]:
    units = Counter(unit for field in column if (unit := unit_of(field)))
    notes = []
    for unit, _count in units.most_common(NAMED):
        if unit == "%":
            said = _("“{name}” is in per cent, and read as it is written: 12 per cent is 12.")
        elif unit.lower() in ("true", "false"):
            continue
        else:
            said = _("“{name}”: “{unit}” beside the number is left out.")
        notes.append(said.format(name=name, unit=unit))
    if len(units) > 1:
        notes.append(_("“{name}” has numbers in different units.").format(name=name))
    if any(field.strip().lower() in TRUTHS for field in column):
        notes.append(_("“{name}”: true is read as 1, false as 0.").format(name=name))
    return notes
