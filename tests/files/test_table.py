"""Tables as people have them: the numbers that were meant, and a word for everything else."""

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstm_viz as lv
from lstm_viz.files.table import Table, filled, read_table
from tests.agreement import assert_equal, refused

NAN = float("nan")


def read(text: str, encoding: str = "utf-8") -> Table:
    return read_table(text.encode(encoding))


def holds(table: Table, expected: dict[str, list[float]]) -> None:
    assert list(table.columns) == list(expected)
    for name, numbers in expected.items():
        assert_equal(table.columns[name], numbers, 0, of=name)


def said(table: Table, *words: str) -> None:
    """Some note has all the words."""
    assert any(all(word in note for word in words) for note in table.notes), table.notes


# ---- pandas' own files ---------------------------------------------------------------------------

FRAMES = {
    "named columns": pd.DataFrame({"load": [1.5, NAN, 3.0], "hour": [0, 1, 2]}),
    "numbered columns": pd.DataFrame([[0.25, 7.0], [1.5, 8.0]]),
    "a named series": pd.DataFrame({"v": [1.5, 2.0]}),
    "dates": pd.DataFrame({"v": [1.0, 2.0]}, index=pd.date_range("2020-01-01", periods=2)),
    "names of rows": pd.DataFrame({"v": [1.0, 2.0]}, index=["Bern", "Basel"]),
    "a counter that begins elsewhere": pd.DataFrame({"v": [5.0, 6.0]}, index=[17, 20]),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("options", [{}, {"sep": ";", "decimal": ","}, {"sep": "\t"}])
def test_what_pandas_wrote_is_what_pandas_had(frame, options):
    table = read(frame.to_csv(**options))
    holds(table, {str(name): frame[name].tolist() for name in frame.columns})
    assert table.index == tuple(
        map(str, frame.index.map(lambda i: str(i).removesuffix(" 00:00:00")))
    )


def test_a_frame_without_its_index_is_read_as_well():
    frame = pd.DataFrame({"a": [1.25, 2.5], "b": [3, 4]})
    table = read(frame.to_csv(index=False))
    holds(table, {"a": [1.25, 2.5], "b": [3, 4]})
    assert table.index is None


def test_what_numpy_wrote_is_what_numpy_had():
    file = io.StringIO()
    array = np.random.default_rng(0).normal(size=(5, 3))
    np.savetxt(file, array)
    assert_equal(np.stack(list(read(file.getvalue()).columns.values()), 1), array, 0)
    file = io.StringIO()
    np.savetxt(file, array, delimiter=",", header="x,y,z")
    assert list(read(file.getvalue()).columns) == ["x", "y", "z"]


# ---- numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("a;b\n1,26;1.042\n2,5;3.100\n", {"a": [1.26, 2.5], "b": [1042, 3100]}),
        ("a;b\n1.26;1,042\n2.5;3,100\n", {"a": [1.26, 2.5], "b": [1042, 3100]}),
        ("a\n1.042\n2,5\n", {"a": [1042, 2.5]}),
        ("a\n1.042\n2.5\n", {"a": [1.042, 2.5]}),
        ("a;b\n1.042,5;1.234.567\n-3,25;2\n", {"a": [1042.5, -3.25], "b": [1234567, 2]}),
        ('a,b\n"1,042.50","1,234,567"\n2,3\n', {"a": [1042.5, 2], "b": [1234567, 3]}),
        ("a;b\n1 042,5;1\u202f042\n3;4\u00a0000,25\n", {"a": [1042.5, 3], "b": [1042, 4000.25]}),
        ("a\n1'042.50\n2’000\n", {"a": [1042.5, 2000]}),
        ("price\n1,042.50\n2,100.00\n", {"price": [1042.5, 2100]}),
        ("wert\n1,26\n1,3\n2\n", {"wert": [1.26, 1.3, 2]}),
        ("valeur\n1 042,5\n998\n", {"valeur": [1042.5, 998]}),
        ("a;b\n1,00,000;1\n12,34,567;2\n", {"a": [100000, 1234567], "b": [1, 2]}),
        ("a;b\n0,5;1.5\n1,25;2.125\n", {"a": [0.5, 1.25], "b": [1.5, 2.125]}),
        ("a\n−1.5\n–2\n+3\n(4)\n5-\n", {"a": [-1.5, -2, 3, -4, -5]}),
        ("a;b\n12 %;5%\n13 %;6,5%\n", {"a": [12, 13], "b": [5, 6.5]}),
        ("a;b;c\n$1,200.50;€ 3;4 EUR\n$2;€4;5 EUR\n", {"a": [1200.5, 2], "b": [3, 4], "c": [4, 5]}),
        ("a\n1e-3\n2.5E+05\n", {"a": [0.001, 250000]}),
        ("a;b\n1,5e-3;x\n2;y\n", {"a": [0.0015, 2]}),
        ("名,数\n甲,１２\n乙,－３\n", {"数": [12, -3]}),
        ("a,b\n1,True\n2,False\n", {"a": [1, 2], "b": [1, 0]}),
        ("power\n12 kW\n13.5 kW\n", {"power": [12, 13.5]}),
    ],
)
def test_numbers_are_what_was_meant(text, columns):
    holds(read(text), columns)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a;b\n1,26;1.042\n", ("comma is the decimal mark", "1,26 is 1.26")),
        ("a;b\n1,26;1.042\n", ("point sets thousands apart", "1.042 is 1042")),
        ("a\n1 042,5\n2\n", ("Spaces", "1 042,5 is 1042.5")),
        ("a\n1.042\n2.317\n", ("“a”", "does not show")),
        ("a\n1,26\n1.5\n1.042\n", ("both decimal commas and decimal points",)),
        ("a\n12 %\n", ("per cent",)),
        ("a\n3 €\n4 $\n", ("different units",)),
        ("a\n12 kW\n", ("“kW”", "left out")),
    ],
)
def test_how_marks_and_units_were_read_is_said(text, words):
    said(read(text), *words)


@pytest.mark.parametrize(
    "gap", ["", "null", "NULL", "NA", "N/A", "nan", "NaN", "-", "–", "None", "#N/A", "?", "."]
)
def test_a_gap_is_nan_and_is_counted(gap):
    table = read(f"t;v\n0;1\n1;{gap}\n2;3,5\n")
    holds(table, {"t": [0, 1, 2], "v": [1, NAN, 3.5]})
    assert table.gaps("v") == 1
    said(table, "“v” has 1 gap (line 3)")


@pytest.mark.parametrize("odd", ["broken", "inf", "1.2.3", "12:7x", "1,2,3"])
def test_a_field_that_is_no_number_is_a_gap_and_is_named(odd):
    table = read(f"t;v\n0;1\n1;{odd}\n2;3\n3;4\n")
    holds(table, {"t": [0, 1, 2, 3], "v": [1, NAN, 3, 4]})
    said(table, "“v”", f"line 3: '{odd}'")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.floats(-1e9, 1e9).map(lambda v: round(v, 3)), min_size=3, max_size=20),
    st.sampled_from([(".", ","), (",", "."), (",", "\u202f"), (".", "’")]),
)
def test_numbers_with_marks_are_those_that_were_formatted(numbers, marks):
    decimal, thousands = marks
    english = [f"{number:,.2f}" for number in numbers]
    table = str.maketrans({",": thousands, ".": decimal})
    text = "v;w\n" + "".join(f"{one.translate(table)};0{decimal}5\n" for one in english)
    expected = [float(one.replace(",", "")) for one in english]
    assert_equal(read(text).columns["v"], expected, 0)


# ---- separators, headings, rows ------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk"])
def test_any_separator_line_end_and_encoding(separator, end, encoding):
    rows = [("Größe" if encoding != "gbk" else "负荷预测数据", "b"), ("1.5", "2"), ("3", "4.25")]
    table = read(end.join(separator.join(row) for row in rows) + end, encoding)
    holds(table, {rows[0][0]: [1.5, 3], "b": [2, 4.25]})


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        ("sep=;\na;b\n1,5;2\n", {"a": [1.5], "b": [2]}, ("semicolons",)),
        ('"a","b"\r\n"1"," 2"\r\n', {"a": [1], "b": [2]}, ("commas",)),
        ('"a\nb",c\n1,2\n', {"a b": [1], "c": [2]}, ("commas",)),
        ("a,a,b\n1,2,3\n", {"a": [1], "a (2)": [2], "b": [3]}, ("equal", "“a (2)”")),
        ("a,,c\n1,2,3\n", {"a": [1], "column 2": [2], "c": [3]}, ("Column 2 has no heading",)),
        ("1,2\n3,4\n", {"column 1": [1, 3], "column 2": [2, 4]}, ("no heading",)),
        ("\ufeff1,2\n3,4\n", {"column 1": [1, 3], "column 2": [2, 4]}, ("no heading",)),
        ("7", {"column 1": [7]}, ("1 row",)),
        ("# made by hand\na,b\n# more\n1,2\n", {"a": [1], "b": [2]}, ("2 lines are comments",)),
        ("a,b\n1,2\n\n\n3,4\n\n", {"a": [1, 3], "b": [2, 4]}, ("2 empty lines",)),
        ("a,b,\n1,2,\n3,4,\n", {"a": [1, 3], "b": [2, 4]}, ("separator ends the lines",)),
        ("a;b\n1;2;\n3;4;\n", {"a": [1, 3], "b": [2, 4]}, ("separator ends the lines",)),
        ("a,b\n1\n2,3\n4,5\n", {"a": [1, 2, 4], "b": [NAN, 3, 5]}, ("fewer or more", "line 2")),
        (
            "a,b\n1,2\n3,4,5\n6,7\n",
            {"a": [1, 3, 6], "b": [2, 4, 7], "column 3": [NAN, 5, NAN]},
            ("fewer or more", "line 3"),
        ),
        ("Load report\n\na;b\n1;2\n3;4\n", {"a": [1, 3], "b": [2, 4]}, ("above the table",)),
        ("a b\nx 1 2\ny 3 4\n", {"a": [1, 3], "b": [2, 4]}, ("as R writes",)),
        ("id,name,v\n1,x,2\n2,y,3\n", {"id": [1, 2], "v": [2, 3]}, ("“name” has words", "'x'")),
        ("a,b\n1,\n2,\n", {"a": [1, 2]}, ("“b” is empty",)),
        ("v,when\n1,2020-01-05\n2,2020-01-06\n", {"v": [1, 2]}, ("“when” has dates",)),
        ("land,1990,1991\nA,1.5,2\nB,2,3\n", {"1990": [1.5, 2], "1991": [2, 3]}, ("words",)),
    ],
)
def test_what_else_is_in_a_table_is_understood_or_said(text, columns, words):
    table = read(text)
    holds(table, columns)
    said(table, *words)


@pytest.mark.parametrize(
    "dates",
    [
        ("2026-01-02", "2026-01-03"),
        ("2026-01-02 00:00", "2026-01-02 01:00"),
        ("2026-01-02T00:00:00Z", "2026-01-02T01:00:00Z"),
        ("1949-01", "1949-02"),
        ("01.02.2024", "02.02.2024"),
        ("1/31/2024", "2/1/2024"),
        ("12:00", "12:15"),
        ("Jan 1949", "Feb 1949"),
        ("3 May 2020", "4 May 2020"),
        ("2020年1月5日", "2020年1月6日"),
        ("2020Q1", "2020Q2"),
    ],
)
@pytest.mark.parametrize("heading", ["when;v\n", ";v\n", ""])
def test_dates_in_front_are_the_names_of_the_rows(dates, heading):
    table = read(heading + "".join(f"{date};{k},5\n" for k, date in enumerate(dates)))
    assert_equal(next(iter(table.columns.values())), [0.5, 1.5], 0)
    assert len(table.columns) == 1
    assert table.index == dates
    said(table, "dates", dates[0])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"a,b\n", "no row below"),
        (b"a,b\nx,y\n", "no column of numbers"),
        (b"v\n" + b"nan\n" * 300, "no column of numbers"),
        (b'a,b\n1,2\n"3,4\n', "no table"),
        (b"1\n\x00\n", "no text"),
        (b"PK\x03\x04xlsx", "Excel"),
        (bytes(range(256)) * 20, "no text"),
        (b"day\n1949-01\n1949-02\n", "no column of numbers"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data, words):
    with refused(words):
        read_table(data)


@settings(max_examples=200, deadline=None)
@given(st.text("01,.;\t\n -a\"'%", max_size=60))
def test_any_text_is_a_table_or_is_refused_in_words(text):
    try:
        table = read(text)
    except ValueError as problem:
        sentence = str(problem)
    else:
        sentence = table.notes[0]
        assert len({len(column) for column in table.columns.values()}) == 1
    assert sentence.endswith(".")


@pytest.mark.parametrize("text", ["a;b\n1,5;2\n", "a\n1\n"])
def test_every_note_is_a_sentence(text):
    assert all(note.endswith(".") for note in read(text).notes)


def test_gaps_are_filled_on_a_straight_line_and_at_the_ends_with_the_nearest():
    assert_equal(filled(np.array([NAN, 1, NAN, NAN, 4, NAN])), [1, 1, 2, 3, 4, 4])
    with refused("no number"):
        filled(np.full(3, NAN))


def test_it_is_the_librarys_reader():
    assert lv.read_table is read_table
