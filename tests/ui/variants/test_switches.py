"""What the page of switches says about the variants."""

import pytest

from lstm_viz.cells import CELLS
from lstm_viz.tasks import TASKS
from lstm_viz.training.ship import SHIPPED_CELLS
from lstm_viz.ui.variants.switches import changes
from lstm_viz.ui.variants.table import _rows, number_format


def rows() -> dict:
    return dict(zip(CELLS, _rows("counting", "en"), strict=True))


def test_a_gate_that_is_fixed_is_no_gate():
    assert rows()["lstm"]["gates"] == "fₜ, iₜ, oₜ"
    assert rows()["nig"]["gates"] == "fₜ, oₜ"
    assert rows()["nfg"]["gates"] == "iₜ, oₜ"
    assert rows()["nog"]["gates"] == "fₜ, iₜ"
    assert rows()["rnn"]["gates"] == "–"


def test_a_metric_is_shown_where_a_network_is_shipped_and_nowhere_else():
    trained = {name for name, row in rows().items() if row["measured"] is not None}
    assert trained == set(SHIPPED_CELLS)
    assert {name for name, row in rows().items() if row["network"] == "shipped"} == trained


def test_an_edit_is_shown_with_the_line_that_went():
    assert changes(CELLS["lstm"]) == ""
    assert changes(CELLS["coupled"]).splitlines() == [
        "- i = sigmoid(W_i @ x + U_i @ h_prev + b_i)",
        "+ i = 1 - f",
    ]


@pytest.mark.parametrize("short_of_all", [0.0, 0.1, 1e-3, 1e-4, 3e-5, 1e-6])
def test_no_share_in_the_column_is_rounded_to_all(short_of_all):
    """As the browser's sprintf writes them, with the format of the whole column."""
    score = TASKS["subject"].score
    shares = [48.564, 100.0, None, 100 * (1 - short_of_all)]
    column = number_format(score, shares)
    written = [column % share for share in shares if share is not None]
    assert written[1].startswith("100.")
    assert (written[2] == written[1]) == (short_of_all == 0)


def test_what_is_no_share_keeps_three_digits_however_small():
    assert number_format(TASKS["python"].score, [2.2060, 0.00012345]) % 0.00012345 == "0.000123"
