"""What a person brings to be learnt, on the page: what was understood is said before training."""

import re

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.tasks.own_series import LONGEST
from lstm_viz.tasks.own_text import LONGEST as LONGEST_TEXT
from tests.ui.train import test_page
from tests.ui.train.test_page import opened


def given(task: str, name: str, data: bytes) -> AppTest:
    at = opened(task=task)
    (uploader,) = at.file_uploader
    return uploader.set_value((name, data, "text/plain")).run()


def unescaped(markdown: str) -> str:
    """Markdown as a reader sees it."""
    return re.sub(r"\\(?=[^\w\s])", "", markdown)


def text_of(at: AppTest) -> str:
    return unescaped(test_page.text_of(at))


def questioned(at: AppTest) -> bool:
    """Whether there is something to train: then there is the button."""
    return any(b.label == "Train" for b in at.button)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8-sig"])
def test_a_text_is_learnt_in_its_own_symbols_whatever_its_encoding(encoding):
    text = "循环神经网络会记住它读过的东西，直到它忘记。\n" * 40
    at = given("text", "x.txt", text.encode(encoding))
    assert f"{len(text):,} characters, {len(set(text))} different ones" in text_of(at)
    assert questioned(at)


def test_what_is_no_text_is_refused_in_words():
    at = given("text", "x.txt", b"\x89PNG\r\n\x1a\n\0" * 300)
    assert "no text but PNG" in at.error[0].value
    assert not at.exception


def test_of_a_longer_text_a_part_is_learnt():
    at = given("text", "x.txt", "".join(f"{k} " for k in range(40_000)).encode())
    (part,) = at.slider
    assert part.value == (1, LONGEST_TEXT)
    assert questioned(at)
    part.set_value((1, LONGEST_TEXT + 1)).run()
    assert "at most 100000" in at.error[0].value


def airline() -> pd.DataFrame:
    months = pd.date_range("1949-01", periods=144, freq="MS")
    passengers = 100 + 2 * np.arange(144) + 30 * np.sin(np.arange(144) / 12 * 2 * np.pi)
    return pd.DataFrame({"passengers": passengers.round(2)}, index=months)


def test_a_table_is_shown_as_it_was_understood():
    at = given("series", "x.csv", airline().to_csv(sep=";", decimal=",").encode("utf-16"))
    assert "144 rows. Between the fields are semicolons." in text_of(at)
    assert "The comma is the decimal mark" in text_of(at)
    (row,) = at.dataframe[0].value.to_dict("records")
    assert (row["column"], row["numbers"], row["gaps"]) == ("passengers", 144, 0)
    assert row["first"].startswith("100, 117")
    assert questioned(at)


def test_gaps_are_filled_when_that_is_asked_for():
    frame = airline()
    frame.iloc[7:9, 0] = np.nan
    at = given("series", "x.csv", frame.to_csv().encode())
    assert "“passengers” has 2 gaps" in at.error[0].value
    at.toggle(key="series gaps").set_value(True).run()
    assert not at.error
    assert questioned(at)


def test_of_a_longer_table_some_rows_are_learnt():
    rows = "v\n" + "".join(f"{k % 17}\n" for k in range(LONGEST + 500))
    at = given("series", "x.csv", rows.encode())
    assert next(s for s in at.slider if s.label == "Which rows to learn").value == (1, LONGEST)
    assert questioned(at)
