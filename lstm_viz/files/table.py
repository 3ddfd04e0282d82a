"""A table of numbers as people have it, read as it was meant, with every decision in words.

pandas splits lines into fields and knows dates; what it is to split by, and what a field like
``1.042`` means, has to be told from the whole table first, in four steps:

1. *Lines.* The text is decoded (``read_text``), comments and empty lines are set aside.
2. *Separator.* Of tab, semicolon, bar and comma the first that stands in nearly every line; spaces
   only where there is none of them.
3. *Heading.* The first line, if it has words above numbers, or is empty above a first column that
   is not, as the index of a pandas file is.
4. *Numbers.* Whether the comma or the point is the decimal mark is told by those fields that can be
   read in one way only (``1,26``, ``1.042,5``, ``1.042.000``); of a column that has none by the
   rest of the table. So ``1.042`` is 1042 beside ``1,26``, and 1.042 beside ``1.26``.

Nothing is left out without a note, and a field that is no number is a gap that is named.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from lstm_viz.extras import needed_by
from lstm_viz.files.text import decoded
from lstm_viz.language import _, ngettext

POINT, COMMA = ".", ","
MOST_COLUMNS = 4096
LONGEST_NAME = 60
KEPT_FIELDS = 10_000
MOST_JUDGED = 2000  # fields by which it is told what a column has
NAMED = 3  # lines, columns or fields that a note names

_GAPS = {
    *("", "-", "--", "---", "—", "–", "−", ".", "..", "...", "…", "?", "*", "/"),
    *("na", "n/a", "#n/a", "#na", "n.a.", "nan", "-nan", "null", "nil", "none", "<na>", "nat"),
    *("missing", "n.v.", "k.a.", "#n/v", "#div/0!", "#value!", "#ref!", "#wert!", "\\n", "void"),
}
_WORDS = {"true": "1", "false": "0"}
_SEPARATORS = "\t;|,"
_MINUS = str.maketrans({"−": "-", "–": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-"})
_SPACES = "\u0020\u00a0\u2007\u2009\u202f'’ʼ´`_"  # what may stand between groups of three digits
_GROUPED = re.compile(rf"\d{{1,3}}(?:([{_SPACES}])\d{{3}})(?:\1\d{{3}})*(?=[.,]|$)")
_CURRENCY = r"[A-Z]{3}\b|kr\.?|zł|Kč|Fr\.|Rs\.?|元|円"
_NUMBER = re.compile(
    rf"(?P<before>[^\W\d_]?[^\w.,()+\-\s]?(?:{_CURRENCY})?)\s*(?P<sign>[+-]?)\s*"
    r"(?P<digits>\d[\d.,]*|[.,]\d+)(?P<power>[eE][+-]?\d+)?"
    r"(?P<minus>-?)\s*(?P<unit>[^\d\s.,;:+\-/|\"][^;:,|\d]{0,11}[23]?)?"
)
_PLAIN_NUMBER = re.compile(r"(-?)(\d+(?:\.\d+)?)")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_DATE = re.compile(
    r"\d{1,4}[-/.年]\d{1,2}([-/.月]\d{1,4}日?)?([T ,]+\d.*)?"
    r"|\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp][Mm])?"
    rf"|\d{{1,2}}[ -.]*{_MONTH}[ -.,]*\d{{2,4}}.*|{_MONTH}[ -.,]*\d{{1,4}}(,? \d{{4}})?.*"
    r"|\d{4}[- ]?([QqWwKk]|KW|kw)[ ]?\d{1,2}(-\d)?|[QqHh]\d[- /]?\d{2,4}"
)


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
    lines, comments, separator = _lines(text, notes)
    if not lines:
        raise ValueError(_("This table is empty."))
    separator = separator or _separator([line for _number, line in lines])
    grid = _grid(lines, separator)
    grid = _without_preamble(grid, notes)
    grid, names, first_is_index = _heading(grid, comments, separator, notes)
    if not grid.rows:
        raise ValueError(_("This table has a heading and no row below it."))
    fields = _columns(grid, names, first_is_index, notes)
    notes[:0] = [_size_said(len(grid.rows), separator)]
    return _table(fields, grid.lines, first_is_index, separator, notes)


def filled(series: np.ndarray) -> np.ndarray:
    """The series with its gaps on straight lines between their neighbours, or as the nearest one.

    Raises ValueError where all of it is a gap.
    """
    there = np.flatnonzero(~np.isnan(series))
    if not len(there):
        raise ValueError(_("There is no number in this column."))
    found: np.ndarray = np.interp(np.arange(len(series)), there, series[there])
    return found


# ---- lines and fields ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Grid:
    """Rows of fields, and in which line of the file each stands."""

    rows: list[list[str]]
    lines: list[int]

    def after(self, count: int) -> _Grid:
        return _Grid(self.rows[count:], self.lines[count:])


def _lines(text: str, notes: list[str]) -> tuple[list[tuple[int, str]], list[str], str]:
    """The lines that belong to the table, by number; the comments; the separator, if it is said."""
    separator = ""
    kept, comments, empty = [], [], 0
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        said = re.fullmatch(r'"?sep=(\\t|.)"?[;,]*', line.strip("\ufeff "), re.IGNORECASE)
        if number == 1 and said:
            separator = "\t" if said[1] == "\\t" else said[1]
        elif line.lstrip().startswith(("#", "//")):
            comments.append(line.lstrip().lstrip("#/ \t"))
        elif not line.strip():
            empty += 1
        else:
            kept.append((number, line))
    ends = len(text) - len(text.rstrip("\r\n \t"))
    inside = empty - len(re.findall(r"\r\n|\r|\n", text[len(text) - ends :]))
    if comments:
        said_first = comments[0][:LONGEST_NAME]
        notes.append(
            ngettext(
                "{count} line is a comment: “{first}”.",
                "{count} lines are comments; the first: “{first}”.",
                len(comments),
            ).format(count=len(comments), first=said_first)
        )
    if inside > 0:
        notes.append(
            ngettext(
                "{count} empty line is left out.", "{count} empty lines are left out.", inside
            ).format(count=inside)
        )
    return kept, comments, separator


def _separator(lines: Sequence[str]) -> str:
    """What stands between the fields; "" where each line is one field."""
    sample = lines[:500]
    if _are_single_numbers(sample):
        return ""
    for least in (0.8, 0.5):
        for separator in _SEPARATORS:
            counts = [len(row) for row in _split(sample, separator)]
            if sum(count > 1 for count in counts) >= least * len(counts):
                return separator
    rows = [line.split() for line in sample[1:] or sample]
    usual, often = Counter(map(len, rows)).most_common(1)[0]
    fields = [field for row in rows for field in row]
    numbers = sum(_looks_like_a_number(field) for field in fields)
    return " " if usual > 1 and often >= 0.8 * len(rows) and 2 * numbers >= len(fields) else ""


def _are_single_numbers(lines: Sequence[str]) -> bool:
    """Whether each line is one number in spite of its marks: ``1,26``, ``1,042.50``, ``1 042``.

    So it is below one heading. Without one, digits such as the 05 of ``1,05`` show it.
    """
    rows = [line.strip() for line in lines]
    has_heading = "," not in rows[0] and not _looks_like_a_number(rows[0])
    below = rows[1:] if has_heading else rows
    marked = [row for row in below if not row.isdigit()]
    if not marked or not all(map(_looks_like_a_number, below)):
        return False
    if has_heading and len(rows[0].split()) == 1:
        return all(_could_be_one(row) for row in below)
    spaced = all(_plain(row).isascii() and len(_plain(row).split()) == 1 for row in below)
    ends = [end for row in below for end in row.split(",")[1:]]
    return spaced and (not ends or any(re.match(r"0\d", end) for end in ends))


def _could_be_one(row: str) -> bool:
    """Whether all of a field is one number, by the comma or by the point."""
    return any(_value(row, mark, set()) == _value(row, mark, set()) for mark in (COMMA, POINT))


def _split(lines: Sequence[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
    except csv.Error:
        return [[line] for line in lines]


def _grid(lines: Sequence[tuple[int, str]], separator: str) -> _Grid:
    """The fields as pandas splits them, without what only stands around them."""
    with needed_by("Reading a table"):
        import pandas as pd

    joined = "\n".join(line for _number, line in lines) + "\n"
    if not separator:
        return _Grid([[line.strip().strip('"')] for _n, line in lines], [n for n, _l in lines])
    texts = [line if separator != " " else " ".join(line.split()) for _number, line in lines]
    lengths = [len(row) for row in _split(texts, separator)]
    width = max(lengths)
    if width > MOST_COLUMNS:
        raise ValueError(
            _("This table has {columns} columns; at most {most} are read.").format(
                columns=width, most=MOST_COLUMNS
            )
        )
    options: dict[str, Any] = {"sep": r"\s+"} if separator == " " else {"sep": separator}
    try:
        frame = pd.read_csv(
            io.StringIO(joined),
            header=None,
            names=range(width),
            index_col=False,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skipinitialspace=True,
            skip_blank_lines=False,
            **options,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as problem:
        why = str(problem).strip().rstrip(".")
        raise ValueError(_("This is no table: {why}.").format(why=why[:200])) from None
    rows = [
        ["" if not isinstance(v, str) else v.strip() for v in row] for row in frame.values.tolist()
    ]
    if len(lengths) == len(rows):
        rows = [row[:length] for row, length in zip(rows, lengths, strict=True)]
    numbers = [number for number, _line in lines]
    if len(rows) != len(numbers):  # line ends inside quotes
        numbers = list(range(1, len(rows) + 1))
    return _Grid(rows, numbers)


def _without_preamble(grid: _Grid, notes: list[str]) -> _Grid:
    """The table without the titles above it: lines of one field where the others have several."""
    usual = Counter(_filled(row) for row in grid.rows).most_common(1)[0][0]
    first = 0
    while usual > 1 and first < len(grid.rows) - 1 and _is_title(grid.rows[first]):
        first += 1
    if first and any(len(row) > 1 for row in grid.rows[:first]):  # or a heading with empty fields
        first *= _is_heading(grid.rows[first], grid.rows[first + 1 :])
    if not first:
        return grid
    notes.append(
        ngettext(
            "{count} line above the table is left out: “{first}”.",
            "{count} lines above the table are left out; the first: “{first}”.",
            first,
        ).format(count=first, first=" ".join(grid.rows[0]).strip()[:LONGEST_NAME])
    )
    return grid.after(first)


def _is_title(row: Sequence[str]) -> bool:
    return _filled(row) == 1 and row[0] != "" and not _looks_like_a_number(row[0])


def _filled(row: Sequence[str]) -> int:
    return sum(field != "" for field in row)


# ---- the heading ---------------------------------------------------------------------------------


def _heading(
    grid: _Grid, comments: Sequence[str], separator: str, notes: list[str]
) -> tuple[_Grid, list[str], bool]:
    """The rows below the heading, the headings, and whether the first column is an index."""
    width = Counter(map(len, grid.rows)).most_common(1)[0][0]
    first, below = grid.rows[0], grid.rows[1:]
    if not _is_heading(first, below):
        said = [one for one in comments if separator.strip()]
        named = [_split([one], separator)[0] for one in said]
        fitting = [row for row in named if len(row) == width > 1]
        if fitting:
            notes.append(_("The headings stand in a comment, as NumPy writes them."))
            return grid, [name.strip() for name in fitting[-1]], False
        notes.append(_("There is no heading; the columns are numbered."))
        return grid, [""] * width, False
    names = list(first)
    longer = [row for row in below if len(row) == len(names) + 1]
    if below and len(longer) >= 0.9 * len(below):
        if all(row[-1] == "" for row in longer):
            return grid.after(1), names, _is_index(names, below)
        notes.append(_("The first column has no heading, as R writes the names of the rows."))
        return grid.after(1), ["", *names], True
    return grid.after(1), names, _is_index(names, below)


def _is_index(names: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether the first column is what pandas calls its index: no heading, but filled."""
    is_unnamed = names[0] == "" or re.fullmatch(r"Unnamed: \d+(\.\d+)?", names[0])
    return len(names) > 1 and bool(is_unnamed) and all(row and row[0] != "" for row in below)


def _is_heading(first: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row is the names of what stands below it."""
    words = [f for f in first if not _is_gap(f) and not _looks_like_a_number(f) and not _is_date(f)]
    numbers = [field for field in first if _looks_like_a_number(field)]
    if words and not numbers:
        return not any(_is_date(field) for field in first) or len(words) > 1 or not below
    if not below:
        return False
    for place, field in enumerate(first):
        column = [row[place] for row in below[:200] if place < len(row) and not _is_gap(row[place])]
        fit = sum(_looks_like_a_number(one) or _is_date(one) for one in column)
        if field in words and column and fit > 0.5 * len(column):
            return True
    others = list(first[1:])
    counts = [int(f) for f in others if re.fullmatch(r"\d{1,4}", f)]
    run = len(counts) == len(others) and all(b - a == 1 for a, b in pairwise(counts))
    if first[0] == "" and others and all(row and row[0] != "" for row in below):
        return run or not numbers
    return bool(words) and run and len(counts) > 1


def _columns(
    grid: _Grid, names: list[str], first_is_index: bool, notes: list[str]
) -> dict[str, list[str]]:
    """The fields of each column by a name of its own."""
    width = max([len(names), *map(len, grid.rows)])
    usual, last = Counter(map(len, grid.rows)).most_common(1)[0][0], width - 1
    unnamed = len(names) < width or names[last] == ""
    empty = all(row[last] == "" for row in grid.rows if len(row) == width)
    if width > 1 and unnamed and empty and any(len(row) == width for row in grid.rows):
        notes.append(_("A separator ends the lines; no column follows it."))
        width, usual = width - 1, min(usual, width - 1)
        grid = _Grid([row[:width] for row in grid.rows], grid.lines)
    uneven = [n for row, n in zip(grid.rows, grid.lines, strict=True) if len(row) != usual]
    if uneven and width > 1:
        notes.append(
            ngettext(
                "{count} row has fewer or more fields than the others (line {lines}); what is "
                "missing is a gap.",
                "{count} rows have fewer or more fields than the others (lines {lines}); what is "
                "missing is a gap.",
                len(uneven),
            ).format(count=len(uneven), lines=_listed(uneven))
        )
    given = [" ".join(name.split())[:LONGEST_NAME] for name in names]
    given = [*given, *[""] * (width - len(given))][:width]
    nameless = [
        n for n, name in enumerate(given, 1) if not name and not (first_is_index and n == 1)
    ]
    if nameless and any(given):
        numbers = _listed(nameless)
        notes.append(
            ngettext(
                "Column {numbers} has no heading and is numbered.",
                "Columns {numbers} have no heading and are numbered.",
                len(nameless),
            ).format(numbers=numbers)
        )
    found: dict[str, list[str]] = {}
    doubled = []
    for place in range(width):
        name = given[place] or _("column {number}").format(number=place + 1)
        unique, count = name, 1
        while unique in found:
            count += 1
            unique = f"{name} ({count})"
        if unique != name:
            doubled.append(unique)
        found[unique] = [row[place] if place < len(row) else "" for row in grid.rows]
    if doubled:
        notes.append(
            _("Some headings are equal; these are told apart by a number: {names}.").format(
                names=_quoted(doubled)
            )
        )
    return found


# ---- numbers -------------------------------------------------------------------------------------


def _table(
    fields: Mapping[str, list[str]],
    lines: Sequence[int],
    first_is_index: bool,
    separator: str,
    notes: list[str],
) -> Table:
    said: dict[str, set[str]] = {
        name: {mark for field in set(column) if (mark := _mark(field))}
        for name, column in fields.items()
    }
    usual = _usual_mark(said.values(), fields.values(), separator)
    columns: dict[str, np.ndarray] = {}
    index: tuple[str, ...] | None = None
    left_out: list[str] = []
    more: list[str] = []
    for place, (name, column) in enumerate(fields.items()):
        kind = _kind(column)
        if (
            place == 0
            and len(fields) > 1
            and (kind in ("dates", "words") or (first_is_index and _rises(column)))
        ):
            index = tuple(column)
            notes.append(_index_said(name, kind, column, first_is_index))
            continue
        if kind != "numbers":
            left_out.append(name)
            more.append(_left_out_said(name, kind, column))
            continue
        decimal = _decimal(said[name], usual)
        columns[name] = _numbers(name, column, decimal, lines, said[name], more)
    if not columns:
        raise ValueError(_no_numbers(left_out, fields))
    notes += _marks_said(fields, columns, said, usual)
    return Table(MappingProxyType(columns), (*notes, *more), index)


def _kind(column: Sequence[str]) -> str:
    """What a column has: "numbers", "dates", "words" or "nothing"."""
    filled = [field for field in column if not _is_gap(field)]
    if not filled:
        return "nothing"
    judged = filled[:: 1 + len(filled) // MOST_JUDGED]
    numbers = sum(map(_looks_like_a_number, judged))
    dates = sum(map(_is_date, judged))
    if dates >= 0.9 * len(judged) and dates >= numbers and _pandas_knows_dates(judged):
        return "dates"
    return "numbers" if 2 * numbers >= len(judged) else "words"


def _pandas_knows_dates(texts: Sequence[str]) -> bool:
    """Whether most of the texts are dates or times, as pandas reads them."""
    with needed_by("Reading a table"):
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
    read: dict[str, float] = {field: _value(field, decimal, marks) for field in set(column)}
    found = np.array([read[field] for field in column], float)
    odd = [
        (number, field)
        for number, field, value in zip(lines, column, found.tolist(), strict=True)
        if value != value and not _is_gap(field)
    ]
    if odd:
        listed = ", ".join(f"{n}: {_cut(field)}" for n, field in odd[:NAMED])
        notes.append(
            ngettext(
                "“{name}”: {count} field is no number and is a gap (line {listed}).",
                "“{name}”: {count} fields are no numbers and are gaps (lines {listed}).",
                len(odd),
            ).format(name=name, count=len(odd), listed=listed + " …" * (len(odd) > NAMED))
        )
    empty = [number for number, field in zip(lines, column, strict=True) if _is_gap(field)]
    if empty:
        notes.append(
            ngettext(
                "“{name}” has {count} gap (line {listed}).",
                "“{name}” has {count} gaps (lines {listed}).",
                len(empty),
            ).format(name=name, count=len(empty), listed=_listed(empty))
        )
    notes += _units_said(name, column)
    return found


def _value(field: str, decimal: str, marks: set[str]) -> float:
    """The number that a field is; NaN where it is none."""
    if decimal == POINT and len(marks) < 2 and _PLAIN_NUMBER.fullmatch(field):
        return float(field)
    parts = _parts(field)
    if parts is None:
        return np.nan
    text, power, sign = parts
    # Where a column uses both marks, a field that can be read in one way only is read so.
    own = _mark(field) if len(marks) > 1 else ""
    decimal = own or decimal
    thousands = COMMA if decimal == POINT else POINT
    whole, mark, rest = text.rpartition(decimal)
    if not mark or (text.count(decimal) > 1):
        whole, rest = text, ""
    if text.count(decimal) > 1 or not _are_groups(whole, thousands):
        return np.nan
    digits = whole.replace(thousands, "")
    if thousands in rest or decimal in digits:
        return np.nan
    try:
        value = float(f"{sign}{digits or '0'}.{rest or '0'}{power}")
    except ValueError:
        return np.nan
    return value if np.isfinite(value) else np.nan


def _are_groups(whole: str, thousands: str) -> bool:
    """Whether digits are set apart in threes, or, as in India, in twos before the last three."""
    if thousands not in whole:
        return True
    mark = re.escape(thousands)
    threes, twos = rf"\d{{1,3}}(?:{mark}\d{{3}})+", rf"\d{{1,2}}(?:{mark}\d{{2}})+{mark}\d{{3}}"
    return re.fullmatch(rf"{threes}|{twos}", whole) is not None


@lru_cache(KEPT_FIELDS)
def _parts(field: str) -> tuple[str, str, str] | None:
    """The digits of a number with points and commas, its power of ten and its sign."""
    simple = _PLAIN_NUMBER.fullmatch(field)
    if simple:
        return simple[2], "", simple[1]
    text = _plain(field)
    text = _WORDS.get(text.lower(), text)
    is_negative = text.startswith("(") and text.endswith(")")  # as accountants write it
    match = _NUMBER.fullmatch(text[1:-1].strip() if is_negative else text)
    if match is None or (is_negative and match["sign"]):
        return None
    before = match["before"]
    if before and not _is_currency(before):
        return None
    negative = is_negative or match["sign"] == "-" or match["minus"] == "-"
    return match["digits"], match["power"] or "", "-" if negative else ""


def _plain(field: str) -> str:
    """A field with plain digits, minus and quotes, its thousands not set apart by spaces."""
    if field.isascii() and field.replace(".", "", 1).isdigit():
        return field
    text = unicodedata.normalize("NFKC", field.translate(_MINUS).replace("\u202f", " ")).strip()
    formula = re.fullmatch(r'="?(.*?)"?', text)
    text = (formula[1] if formula else text).strip("\"'’ ").translate(_MINUS)
    start = re.search(r"\d", text)
    if start is None:
        return text
    grouped = _GROUPED.match(text, start.start())
    if grouped is None:
        ended = re.compile(rf"\d{{1,3}}(?:([{_SPACES}])\d{{3}})(?:\1\d{{3}})*(?!\d)")
        grouped = ended.match(text, start.start())
    if grouped:
        digits = re.sub(rf"[{_SPACES}]", "", grouped[0])
        return text[: grouped.start()] + digits + text[grouped.end() :]
    return text


def _is_currency(text: str) -> bool:
    return all(
        unicodedata.category(one) == "Sc" for one in text if not one.isalnum() and one != "."
    ) and (
        any(unicodedata.category(one) == "Sc" for one in text)
        or re.fullmatch(_CURRENCY, text) is not None
    )


def _unit(field: str) -> str:
    """What stands behind the number, or the currency before it."""
    text = _plain(field).strip("()")
    match = _NUMBER.fullmatch(text)
    return ((match["unit"] or match["before"] or "").strip()) if match else ""


def _looks_like_a_number(field: str) -> bool:
    return _parts(field) is not None and not _is_date(field)


def _is_gap(field: str) -> bool:
    return field.strip().lower() in _GAPS


def _is_date(field: str) -> bool:
    if re.fullmatch(r"[+\-]?(\d*[.,]?\d+|\d{1,3}([.,]\d{3})+)", field):
        return False
    return _DATE.fullmatch(field.strip()) is not None


def _mark(field: str) -> str:
    """The decimal mark, where a field can be read in one way only; else ""."""
    parts = _parts(field) if ("," in field or "." in field) else None
    if parts is None:
        return ""
    text, _power, _sign = parts
    if POINT in text and COMMA in text:
        return max(POINT, COMMA, key=text.rfind)
    mark = POINT if POINT in text else COMMA
    other = COMMA if mark == POINT else POINT
    if text.count(mark) > 1:
        return other if _are_groups(text, mark) else ""
    whole, _m, rest = text.partition(mark)
    could_be_thousand = len(rest) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"
    return "" if could_be_thousand else mark


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
    numbers = [_value(field, POINT, set()) for field in column]
    return all(a < b for a, b in pairwise(numbers)) and bool(numbers and numbers[0] == numbers[0])


# ---- what is said --------------------------------------------------------------------------------


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
    example = next(f for f in column if not _is_gap(f) and not _looks_like_a_number(f))
    said = (
        _("“{name}” has dates, such as {example}, and is left out.")
        if kind == "dates"
        else _("“{name}” has words, such as {example}, and is left out.")
    )
    return said.format(name=name, example=_cut(example))


def _no_numbers(left_out: Sequence[str], fields: Mapping[str, list[str]]) -> str:
    said = _("There is no column of numbers in this table.")
    for name in left_out:
        example = next((field for field in fields[name] if not _is_gap(field)), "")
        if example:
            return said + " " + _("It has, for example, {example}.").format(example=_cut(example))
    return said


def _marks_said(
    fields: Mapping[str, list[str]],
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
            own = _mark(field)
            if _PLAIN_NUMBER.fullmatch(field) and own == decimal == POINT:
                continue
            parts = _parts(field)
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
        ).format(names=_quoted(unclear))
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
    if POINT in digits and decimal == POINT and not _mark(field):
        found.append(_("The point is the decimal mark: {text} is {value}."))
    if re.search(rf"\d[{_SPACES}]\d", field):
        found.append(_("Spaces or apostrophes set thousands apart: {text} is {value}."))
    return found


def _units_said(name: str, column: Sequence[str]) -> list[str]:
    units = Counter(unit for field in column if (unit := _unit(field)))
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
    if any(field.strip().lower() in _WORDS for field in column):
        notes.append(_("“{name}”: true is read as 1, false as 0.").format(name=name))
    return notes


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers[:NAMED])) + " …" * (len(numbers) > NAMED)


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:NAMED]) + " …" * (len(names) > NAMED)


def _cut(text: str) -> str:
    """A stranger's text as it can be shown: in quotes, short, every odd character escaped."""
    return ascii(text if len(text) <= 40 else text[:39] + "…")
