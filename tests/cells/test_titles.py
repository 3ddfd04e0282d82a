"""Every cell can be named in an address, and is called what a reader would call it."""

import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.titles import cell_of, key_of, title_of

LSTM = CELLS["lstm"]


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_every_cell_of_the_catalogue_is_found_by_its_name(cell):
    assert cell_of(key_of(cell)) is cell
    assert title_of(cell) == cell.title


def test_the_text_of_a_known_cell_is_that_cell():
    assert cell_of(LSTM.text) is LSTM
    assert key_of(Cell(LSTM.text)) == LSTM.text
    assert key_of(cell_of(LSTM.text)) == "lstm"


def test_an_edited_cell_is_called_after_the_one_it_was_made_of():
    assert title_of(LSTM.with_("h = o * c")) == "LSTM with h = o · c"
    assert title_of(CELLS["gru"].with_("z = 0.5")) == "GRU with z = 0.5"


def test_a_cell_unlike_all_others_is_called_by_its_equations_cut_short():
    assert title_of(Cell("h = relu(W_h @ x)")) == "Own cell: h = relu(W_h @ x)"
    many = Cell("\n".join(f"a{k} = tanh(W_{k} @ x)" for k in range(9)) + "\nh = a1 * a2")
    assert title_of(many).startswith("Own cell: a0 = tanh(W_0 @ x), a1 = ")
    assert len(title_of(many)) < 70


@pytest.mark.parametrize("text", ["../lstm", "h = open(x)", "h = 1", ""])
def test_what_is_no_cell_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"[a-z]{3}"):
        cell_of(text)
