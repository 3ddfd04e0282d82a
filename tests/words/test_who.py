"""The unit that is found is the one whose holding, tried by itself, takes the right answer."""

import pytest

from lstm_viz.networks.held import read_held, read_spans, write_spans
from lstm_viz.networks.network import load
from lstm_viz.words.who import who

CASES = [("subject", "lstm"), ("subject", "gru"), ("counting", "coupled"), ("reber", "peephole")]


@pytest.mark.parametrize(("task", "cell"), CASES)
def test_every_unit_tried_by_itself_takes_as_much_as_is_said(task, cell):
    network = load(task, cell)
    sequence = next(iter(network.task.examples.values()))
    found = who(network, sequence)
    assert found is not None
    column = list(network.task.choices or ()).index(found.answer)
    untouched = network.predictions(network.read(sequence))[found.step, 0, column]
    assert found.p == pytest.approx(float(untouched))
    assert {one.unit for one in found.tried} == set(range(network.hidden))
    assert [one.p for one in found.tried] == sorted(one.p for one in found.tried)
    cells = [own for own, _weights in network.layers.values()]
    for one in found.tried:
        # By the text that stands in the address, as a reader would hold it.
        spans = read_spans(write_spans(one.spans), cells, len(sequence), network.hidden)
        recording = read_held(network, network.inputs(sequence), spans)
        answers = network.predictions(recording)[: len(sequence), 0]
        assert answers[found.step, column] == pytest.approx(one.p, abs=1e-9)
        is_right = network.task.right(sequence, answers)[found.step]
        assert is_right is (one.instead == "")


def test_of_the_subject_one_unit_alone_holds_who_it_is():
    network = load("subject", "lstm")
    found = who(network, next(iter(network.task.examples.values())))
    assert found is not None
    assert (found.tried[0].unit, found.tried[0].instead, found.alone) == (3, "she", True)
    assert found.tried[1].p > 0.5


def test_where_nothing_is_asked_to_be_remembered_nobody_does_it():
    network = load("load", "lstm")
    assert who(network, next(iter(network.task.examples.values()))) is None
