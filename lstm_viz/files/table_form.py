"""The form of a table: which lines belong to it, what stands between the fields, what is a heading.

pandas splits lines into fields; what it is to split by has to be told from the whole table first,
in three steps:

1. *Lines.* Comments, empty lines and titles above the table are set aside.
2. *Separator.* Of tab, semicolon, bar and comma the first that stands in nearly every line; spaces
   only where there is none of them.
3. *Heading.* The first line, if it has words above numbers, or is empty above a first column that
   is not, as the index of a pandas file is.

What comes out are columns of fields by name, all texts still; ``table.py`` reads their numbers.
Nothing is set aside without a note.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lstm_viz.extras import needed_by
from lstm_viz.files.fields import (
    COMMA,
    POINT,
    is_date,
    is_gap,
    looks_like_a_number,
    plain,
    value_of,
)
from lstm_viz.language import _, ngettext

MOST_COLUMNS = 4096
LONGEST_NAME = 60
NAMED = 3  # lines, columns or fields that a note names
_SEPARATORS = "\t;|,"


@dataclass(frozen=True)
class Form:
    """The columns of a table by name, each a field for each row, as the file writes them.

    ``lines`` says in which line of the file each row stands. ``first_is_index``: the first column
    has no heading and no gap. ``separator`` is "" where each line is one field.
    """

    fields: Mapping[str, Sequence[str]]
    lines: Sequence[int]
    first_is_index: bool
    separator: str


def form_of(text: str, notes: list[str]) -> Form:
    """The form of a table; what was decided is added to the notes. Raises ValueError."""
    lines, comments, separator = _lines(text, notes)
    if not lines:
        raise ValueError(_("This table is empty."))
    separator = separator or _separator([line for _number, line in lines])
    grid = _without_preamble(_grid(lines, separator), notes)
    grid, names, first_is_index = _heading(grid, comments, separator, notes)
    if not grid.rows:
        raise ValueError(_("This table has a heading and no row below it."))
    fields = _columns(grid, names, first_is_index, notes)
    return Form(fields, grid.lines, first_is_index, separator)


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
    numbers = sum(looks_like_a_number(field) for field in fields)
    return " " if usual > 1 and often >= 0.8 * len(rows) and 2 * numbers >= len(fields) else ""


def _are_single_numbers(lines: Sequence[str]) -> bool:
    """Whether each line is one number in spite of its marks: ``1,26``, ``1,042.50``, ``1 042``.

    So it is below one heading. Without one, digits such as the 05 of ``1,05`` show it.
    """
    rows = [line.strip() for line in lines]
    has_heading = "," not in rows[0] and not looks_like_a_number(rows[0])
    below = rows[1:] if has_heading else rows
    marked = [row for row in below if not row.isdigit()]
    if not marked or not all(map(looks_like_a_number, below)):
        return False
    if has_heading and len(rows[0].split()) == 1:
        return all(_could_be_one(row) for row in below)
    spaced = all(plain(row).isascii() and len(plain(row).split()) == 1 for row in below)
    ends = [end for row in below for end in row.split(",")[1:]]
    return spaced and (not ends or any(re.match(r"0\d", end) for end in ends))


def _could_be_one(row: str) -> bool:
    """Whether all of a field is one number, by the comma or by the point."""
    return any(value_of(row, mark, set()) == value_of(row, mark, set()) for mark in (COMMA, POINT))


def _split(lines: Sequence[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator, skipinitialspace=True))
    except csv.Error:
        return [[line] for line in lines]


def _grid(lines: Sequence[tuple[int, str]], separator: str) -> _Grid:
    """The fields as pandas splits them, without what only stands around them."""
    with needed_by(_("Reading a table")):
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
    options: dict[str, object] = {"sep": r"\s+"} if separator == " " else {"sep": separator}
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
    return _filled(row) == 1 and row[0] != "" and not looks_like_a_number(row[0])


def _filled(row: Sequence[str]) -> int:
    return sum(field != "" for field in row)


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
    words = [f for f in first if not is_gap(f) and not looks_like_a_number(f) and not is_date(f)]
    numbers = [field for field in first if looks_like_a_number(field)]
    if words and not numbers:
        return not any(is_date(field) for field in first) or len(words) > 1 or not below
    if not below:
        return False
    for place, field in enumerate(first):
        column = [row[place] for row in below[:200] if place < len(row) and not is_gap(row[place])]
        fit = sum(looks_like_a_number(one) or is_date(one) for one in column)
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
            ).format(count=len(uneven), lines=listed(uneven))
        )
    given = [" ".join(name.split())[:LONGEST_NAME] for name in names]
    given = [*given, *[""] * (width - len(given))][:width]
    nameless = [
        n for n, name in enumerate(given, 1) if not name and not (first_is_index and n == 1)
    ]
    if nameless and any(given):
        numbers = listed(nameless)
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
                names=quoted(doubled)
            )
        )
    return found


def listed(numbers: Sequence[int]) -> str:
    return _(", ").join(map(str, numbers[:NAMED])) + " …" * (len(numbers) > NAMED)


def quoted(names: Sequence[str]) -> str:
    return _(", ").join(f"“{name}”" for name in names[:NAMED]) + " …" * (len(names) > NAMED)
