"""The page about one's own model, without a browser: what it reads, and what is then said."""

from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

import lstm_viz as lv
from lstm_viz.networks.network import load
from lstm_viz.networks.read_model import models
from lstm_viz.run.text_features import bracket_depth
from lstm_viz.ui.model.given import EXAMPLE_TASK, example_file
from lstm_viz.ui.model.reads import sample
from tests.pages_without_browser import opened

PAGE = "model"


def text_of(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption])


def row_of(at: AppTest, feature: str) -> dict[str, Any]:
    table = at.dataframe[0].value
    (row,) = table[table["feature"] == feature].to_dict("records")
    return row


def test_the_example_does_as_the_network_that_it_was_made_from():
    network, text = load(EXAMPLE_TASK, "lstm"), sample()
    (model,) = models(example_file()).values()
    numbers = network.task.encode(tuple(text))
    own = model.record(model.vectors[numbers][:, None])[0]
    np.testing.assert_allclose(own.h, network.read(tuple(text))[0].h, atol=1e-12)


def test_the_unit_that_is_named_correlates_as_the_table_says():
    row = row_of(opened(PAGE), "bracket depth")
    trace: lv.Trace = load(EXAMPLE_TASK, "lstm").read(tuple(sample()))[0]
    signal, unit = row["by"][0], int(row["by"].split()[-1])
    found = np.corrcoef(trace[signal][:, 0, unit], bracket_depth(sample()))[0, 1]
    np.testing.assert_allclose(row["correlation"], found, atol=1e-5)


def test_symbols_are_typed_by_their_numbers():
    at = opened(PAGE, reads="typed")
    (box,) = [area for area in at.text_area if area.label.startswith("The numbers of symbols")]
    assert "64 units, 12 steps, 1 sequence." in text_of(at)
    box.set_value("3 1 4 1 5").run()
    assert not at.exception
    assert "64 units, 5 steps, 1 sequence." in text_of(at)


def test_a_symbol_that_is_none_is_told_and_what_was_read_stays():
    at = opened(PAGE, reads="typed")
    (box,) = [area for area in at.text_area if area.label.startswith("The numbers of symbols")]
    box.set_value("3 1 96").run()
    assert "from 0 to 95" in at.error[0].value
    assert "64 units, 12 steps, 1 sequence." in text_of(at)


def test_numbers_drawn_for_symbols_are_several_sequences():
    assert "64 units, 60 steps, 8 sequences." in text_of(opened(PAGE, reads="drawn"))
