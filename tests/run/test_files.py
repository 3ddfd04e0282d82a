"""What is taken away in a file is what was computed."""

import csv
import io

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.run.files import plain_cell, trace_csv, trace_npz

TOKENS = ("a", ",", '"', "\n")


@pytest.fixture(params=["lstm", "gru"])
def trace(request):
    cell = lv.CELLS[request.param]
    x = np.random.default_rng(0).normal(size=(4, 2, 3))
    return lv.run(cell, lv.init_weights(cell, 3, 5), x)


def test_the_table_has_every_number_to_the_last_bit(trace):
    rows = list(csv.DictReader(io.StringIO(trace_csv(trace, TOKENS, sequence=1).decode())))
    assert len(rows) == 4 * 5
    for row in rows:
        step, unit = int(row["step"]) - 1, int(row["unit"])
        assert row["token"].removeprefix("'") == TOKENS[step]
        for signal in trace.cell.signals:
            assert float(row[signal]) == trace[signal][step, 1, unit]


RUN_BY_A_SPREADSHEET = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1",
    "-",
)
SHOWN_AS_IT_IS = ("a", "-1", "-0.5", "a=1", "1-1", '"', ",", "", "'=1", "é")


@pytest.mark.parametrize("text", RUN_BY_A_SPREADSHEET)
def test_a_token_that_a_spreadsheet_would_run_is_text(text):
    assert plain_cell(text) == f"'{text}"
    cell = lv.CELLS["rnn"]
    trace = lv.run(cell, lv.init_weights(cell, 1, 1), np.ones((1, 1, 1)))
    (row,) = csv.DictReader(io.StringIO(trace_csv(trace, [text]).decode(), newline=""))
    assert row["token"] == f"'{text}"


@pytest.mark.parametrize("text", SHOWN_AS_IT_IS)
def test_another_token_is_what_it_was(text):
    assert plain_cell(text) == text


def test_the_arrays_come_back_and_give_the_same_run(trace):
    with np.load(io.BytesIO(trace_npz(trace)), allow_pickle=False) as file:
        cell = lv.Cell(str(file["cell"]))
        again = lv.run(cell, {name: file[name] for name in cell.weight_names}, file["x"])
        for signal in cell.signals:
            np.testing.assert_array_equal(file[signal], again[signal])
            np.testing.assert_array_equal(file[signal], trace[signal])
