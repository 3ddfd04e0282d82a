"""Every cell has a line of its own wherever cells are compared."""

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.marks import mark_of, marks_of


def test_no_two_cells_have_the_same_line():
    assert len({mark_of(cell) for cell in CELLS.values()}) == len(CELLS)


def test_a_typed_cell_has_a_line_of_its_own():
    typed = mark_of(Cell("h = tanh(W_h @ x + 0.5 * h_prev)"))
    assert typed not in [mark_of(cell) for cell in CELLS.values()]


def test_typed_cells_in_one_figure_are_told_apart():
    typed = [Cell(f"h = tanh(W_h @ x + {share} * h_prev)") for share in (0.25, 0.5, 0.75)]
    found = marks_of([typed[0], CELLS["lstm"], *typed])
    assert list(found) == [typed[0], CELLS["lstm"], *typed[1:]]
    assert found[CELLS["lstm"]] == mark_of(CELLS["lstm"])
    everything = {*found.values(), *(mark_of(cell) for cell in CELLS.values())}
    assert len(everything) == len(CELLS) + len(typed)
