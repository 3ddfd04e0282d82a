"""What a person brings is learnt, or refused in words."""

import numpy as np
import pytest

from lstm_viz.tasks.own_series import columns, own_series
from lstm_viz.tasks.own_text import OTHER, own_text


def test_the_last_tenth_of_a_text_is_never_trained_on():
    found = own_text("ab" * 500 + "xy" * 100)
    symbols = np.array(found.symbols)
    trained, kept = (d(np.random.default_rng(0), 50)[1] for d in (found.batch, found.held_out))
    assert set(symbols[kept].ravel()) == {"x", "y"}
    assert "a" in symbols[trained]


def test_rare_symbols_beyond_the_limit_share_one():
    text = "".join(chr(0x4E00 + k % 300) for k in range(200)) + "".join(map(chr, range(33, 500)))
    found = own_text(text)
    assert found.symbols is not None
    assert len(found.symbols) == 201
    assert OTHER in found.symbols


@pytest.mark.parametrize(
    ("text", "words"),
    [("short", "500 to 100000"), ("a" * 100_001, "100001 characters"), ("a" * 600, "repeated")],
)
def test_a_text_that_cannot_be_learnt_is_refused_in_words(text, words):
    with pytest.raises(ValueError, match=words):
        own_text(text)


def test_the_columns_of_numbers_in_a_table_are_found_by_their_headings():
    rows = [f"2024-01-{k:03d};{k};{k * 0.5};{'' if k == 7 else 1}" for k in range(300)]
    found = columns("day;load;price;gappy\n" + "\n".join(rows))
    assert list(found) == ["load", "price"]
    assert found["price"][:3] == [0.0, 0.5, 1.0]
    assert list(columns("\n".join(map(str, range(250))))) == ["1"]


@pytest.mark.parametrize(
    "table", ["", "a,b\nx,y\n", "1\n2\n3", "v\n" + "nan\n" * 300, "v\n" + "1e300\n" * 300]
)
def test_a_table_without_a_column_of_numbers_is_refused_in_words(table):
    with pytest.raises(ValueError, match=r"table|column"):
        columns(table)


@pytest.mark.parametrize("text", ["1 2 3", "1 " * 300, "1 2 x " * 200, "inf " * 300])
def test_a_series_that_cannot_be_learnt_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"series|same"):
        own_series(text)


@pytest.mark.parametrize("content", [bytes(range(256)) * 20, b"\x00" * 1000, b"x" * 200_000])
def test_a_file_that_is_no_table_is_refused_in_words(content):
    with pytest.raises(ValueError, match="No column has a number"):
        columns(content.decode("utf-8", "replace"))
