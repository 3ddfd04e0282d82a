"""Holding gates by hand: what an address says is what is held, and what is held has its effect."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.intervention import (
    CORNERS,
    Span,
    corner_spans,
    hold_of,
    read_held,
    read_spans,
    write_spans,
)
from lstm_viz.network import load
from lstm_viz.tasks import TASKS
from lstm_viz.variants import reachable
from tests.agreement import assert_equal

LSTM = CELLS["lstm"]
NETWORK = load("subject", "lstm")
SEQUENCE = next(iter(TASKS["subject"].examples.values()))
INPUTS = NETWORK.inputs(SEQUENCE)


def test_an_address_holds_exactly_what_was_held():
    spans = (Span("f", 3, 8, 0), Span("c_tilde", 0, 0, -0.5, unit=3), Span("o", 2, 2, 1))
    text = write_spans(spans)
    assert text == "f:4-9=0;c_tilde3:1-1=-0.5;o:3-3=1"
    assert read_spans(text, LSTM, 20, 12) == spans


@pytest.mark.parametrize(
    "text",
    [
        *("", "f", "f:0-3=1", "f:5-3=1", "f:1-99=1", "z:1-2=1", "f99:1-2=1", "f:1-2=1e9"),
        *("f:1-2=nan", "f:1-2=" + "9" * 400, "__import__('os')", "f:1-2=1;" * 3 + "x" * 9000),
    ],
)
def test_an_address_that_makes_no_sense_holds_nothing_else(text):
    assert set(read_spans(text, LSTM, 20, 12)) <= {Span("f", 0, 1, 1.0)}


def test_holding_nothing_is_the_untouched_run():
    assert_equal(read_held(NETWORK, INPUTS, ()).output, NETWORK.read(SEQUENCE).output)


def test_only_what_comes_after_a_hold_can_change():
    before, after = NETWORK.read(SEQUENCE), read_held(NETWORK, INPUTS, [Span("f", 10, 12, 0)])
    assert np.array_equal(before[0].c[:10], after[0].c[:10])
    assert not np.allclose(before[0].c[10:], after[0].c[10:])
    assert (after[0].f[10:13] == 0).all()


def test_one_unit_can_be_held_alone():
    after = read_held(NETWORK, INPUTS, [Span("o", 4, 4, 0, unit=2)])
    assert after[0].o[4, 0, 2] == 0
    assert (np.delete(after[0].o[4, 0], 2) > 0).all()


def test_the_later_of_two_spans_wins():
    held = hold_of([Span("f", 0, 5, 0), Span("f", 3, 9, 1)], 10, 1)["f"][:, 0, 0]
    assert held.tolist() == [0] * 3 + [1] * 7


def test_forgetting_the_subject_makes_the_pronoun_go_wrong():
    """The first example introduces a new subject; without the memory of it, the pronoun is lost."""
    step = next(t for t, word in enumerate(SEQUENCE) if word in ("he", "she") and t > 12)
    probabilities = NETWORK.predictions(NETWORK.read(SEQUENCE))[step - 1, 0]
    spans = corner_spans(LSTM, "erase", 12, step - 2)
    held = NETWORK.predictions(read_held(NETWORK, INPUTS, spans))[step - 1, 0]
    right = NETWORK.symbols.index(SEQUENCE[step]) if NETWORK.symbols else 0
    assert probabilities[right] > 0.9
    assert held[right] < 0.6


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("corner", CORNERS)
def test_every_corner_that_a_cell_reaches_can_be_held_by_hand(name, corner):
    cell = CELLS[name]
    spans = corner_spans(cell, corner, 2, 4)
    if corner in reachable(cell) and name not in ("slstm", "minlstm"):
        assert spans
    assert {span.signal for span in spans} <= {
        signal for signal, role in cell.roles.items() if role.key in CORNERS[corner]
    }
