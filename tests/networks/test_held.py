"""Holding gates by hand: what an address says is what is held, and what is held has its effect."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.networks.held import Span, held_after, hold_of, read_held, read_spans, write_spans
from lstm_viz.networks.network import load, untrained
from lstm_viz.run.run import run
from lstm_viz.tasks import TASKS
from tests.agreement import assert_equal

LSTM = CELLS["lstm"]
NETWORK = load("subject", "lstm")
SEQUENCE = next(iter(TASKS["subject"].examples.values()))
INPUTS = NETWORK.inputs(SEQUENCE)


def test_an_address_holds_exactly_what_was_held():
    spans = (Span("f", 3, 8, 0), Span("c_tilde", 0, 0, -0.5, unit=3), Span("o", 2, 2, 1, layer=1))
    text = write_spans(spans)
    assert text == "f:4-9=0;c_tilde3:1-1=-0.5;2.o:3-3=1"
    assert read_spans(text, (LSTM, LSTM), 20, 12) == spans
    assert read_spans(text, (LSTM,), 20, 12) == spans[:2]


@pytest.mark.parametrize(
    "text",
    [
        *("", "f", "f:0-3=1", "f:5-3=1", "f:1-99=1", "z:1-2=1", "f99:1-2=1", "f:1-2=1e9"),
        *("2.f:1-2=0", "0.f:1-2=0", ".f:1-2=0"),
        *("f:1-2=nan", "f:1-2=" + "9" * 400, "__import__('os')", "f:1-2=1;" * 3 + "x" * 9000),
    ],
)
def test_an_address_that_makes_no_sense_holds_nothing_else(text):
    assert set(read_spans(text, (LSTM,), 20, 12)) <= {Span("f", 0, 1, 1.0)}


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


def test_what_a_later_span_covers_is_forgotten_and_nothing_is_held_otherwise_for_that():
    wide, one_unit = Span("f", 2, 6, 0.0), Span("f", 3, 5, 0.5, unit=1)
    other = Span("f", 3, 5, 0.0, layer=1)
    new = (Span("f", 3, 5, 1.0),)
    assert held_after((wide, one_unit, other), new) == (wide, other, *new)
    assert held_after(new, (one_unit,)) == (*new, one_unit)
    for before in ((wide, one_unit), (one_unit, wide), new):
        kept, all_of_them = held_after(before, new), (*before, *new)
        assert np.array_equal(hold_of(kept, 9, 3)["f"], hold_of(all_of_them, 9, 3)["f"], True)


def test_the_later_of_two_spans_wins():
    held = hold_of([Span("f", 0, 5, 0), Span("f", 3, 9, 1)], 10, 1)["f"][:, 0, 0]
    assert held.tolist() == [0] * 3 + [1] * 7


def test_forgetting_the_subject_makes_the_pronoun_go_wrong():
    """The first example introduces a new subject; without the memory of it, the pronoun is lost."""
    step = next(t for t, word in enumerate(SEQUENCE) if word in ("he", "she") and t > 12)
    probabilities = NETWORK.predictions(NETWORK.read(SEQUENCE))[step - 1, 0]
    spans = [Span(gate, 12, step - 2, 0) for gate in "fi"]
    held = NETWORK.predictions(read_held(NETWORK, INPUTS, spans))[step - 1, 0]
    right = NETWORK.symbols.index(SEQUENCE[step]) if NETWORK.symbols else 0
    assert probabilities[right] > 0.9
    assert held[right] < 0.6


def test_a_gate_held_in_the_second_layer_leaves_the_first_as_it_was():
    network = untrained(TASKS["subject"], LSTM, hidden=5, embedding=4, layers=2)
    before = network.read(SEQUENCE)
    after = read_held(network, network.inputs(SEQUENCE), [Span("o", 4, 6, 0, layer=1)])
    assert np.array_equal(after[0].h, before[0].h)
    assert (after[1].h[4:7] == 0).all()
    assert (after[1].h[7] != before[1].h[7]).any()
    assert_equal(
        after.output[4:7], np.broadcast_to(network.head_bias, (3, 1, network.head_bias.size))
    )


def test_the_second_layer_reads_what_the_first_was_held_at():
    """With h of the first layer held at 0 throughout, the second one reads nothing but zeros."""
    network = untrained(TASKS["subject"], LSTM, hidden=5, embedding=4, layers=2)
    held = [Span("h", 0, len(SEQUENCE) - 1, 0)]
    after = read_held(network, network.inputs(SEQUENCE), held)
    cell, weights = network.layers[1, "forward"]
    alone = run(cell, weights, np.zeros((len(SEQUENCE), 1, 5)))
    assert_equal(after[1].h, alone.h)
