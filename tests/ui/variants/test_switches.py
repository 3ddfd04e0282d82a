"""What the page of switches says about the variants."""

from lstm_viz.cells import CELLS
from lstm_viz.ui.variants.switches import changes
from lstm_viz.ui.variants.table import _rows


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
    assert trained == {"rnn", "lstm", "peephole", "coupled", "gru"}
    assert {name for name, row in rows().items() if row["network"] == "shipped"} == trained


def test_an_edit_is_shown_with_the_line_that_went():
    assert changes(CELLS["lstm"]) == ""
    assert changes(CELLS["coupled"]).splitlines() == [
        "- i = sigmoid(W_i @ x + U_i @ h_prev + b_i)",
        "+ i = 1 - f",
    ]
