"""a^n X b^n: after the X everything is determined."""

import numpy as np
import pytest

from lstm_viz.cells import Cell
from lstm_viz.networks.network import untrained
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.counting import SYMBOLS, counted, counter, determined, held_out_triples, string
from tests.tasks.handmade import HandMade

TASK = TASKS["counting"]


def test_after_the_turn_there_are_as_many_b_as_there_were_a_and_then_the_end():
    assert determined("aaXbb.") == [None, None, "b", "b", ".", "a"]


def test_each_string_is_counted_afresh():
    assert determined("aaaX.aX") == [None, None, None, "b", "a", None, "b"]


class Counter(HandMade):
    """A network made by hand that counts as far as ``limit``."""

    def __init__(self, limit):
        self.limit = limit

    def probabilities(self, inputs):
        found, count, falling = np.zeros((*inputs.shape, len(SYMBOLS))), 0, False
        for step, (code,) in enumerate(inputs):
            count = 0 if SYMBOLS[code] == "." else count
            count += {"a": count < self.limit, "b": -1}.get(SYMBOLS[code], 0)
            falling = SYMBOLS[code] in "Xb"
            said = ("b" if count > 0 else ".") if falling else "a"
            found[step, 0, SYMBOLS.index(said)] = 1
        return found


@pytest.mark.parametrize("n", [1, 2, 10, 60])
def test_who_counts_is_found_to_count(n):
    assert counted(Counter(limit=99), n)
    assert counted(Counter(limit=99), 3, 7, n)


def test_how_far_a_network_counts_is_found():
    measured = TASK.measure(Counter(limit=12))
    assert measured["counts_to"] == 12
    assert measured["counted_third"] == 1


def test_a_network_that_always_says_b_counts_nothing():
    always_b = Counter(limit=0)
    always_b.probabilities = lambda inputs: np.eye(len(SYMBOLS))[np.full(inputs.shape, 1)]
    assert TASK.measure(always_b)["counts_to"] == TASK.baselines()["always b"] == 0


def test_some_triples_are_never_trained_on_and_every_length_is_among_their_last():
    held_out = held_out_triples()
    assert {n for *_, n in held_out} == set(range(1, 11))
    rng = np.random.default_rng(0)
    drawn = set()
    for _ in range(30):
        inputs, targets = TASK.batch(rng, 64)
        for column in range(64):
            end = int((targets[:, column] >= 0).sum())
            drawn.add(TASK.write([SYMBOLS[code] for code in inputs[:end, column]]) + ".")
    assert drawn.isdisjoint("".join(map(string, triple)) for triple in held_out)


def test_the_unit_that_counts_is_found():
    """Two units made by hand: one adds 1 for a and -1 for b, the other for X."""
    cell = Cell("c = c_prev + W_c @ x\nh = c")
    network = untrained(TASK, cell, hidden=2, embedding=4)
    W = np.array([[0, 0, 1.0, 0], [1.0, -1.0, 0, 0]])
    exact = network.with_arrays(network.arrays() | {"embedding": np.eye(4), "layer0.W_c": W})
    assert counter(exact) == {"unit": 1, "correlation": pytest.approx(1)}
    downwards = exact.with_arrays(exact.arrays() | {"layer0.W_c": -W})
    assert counter(downwards) == {"unit": 1, "correlation": pytest.approx(-1)}


def test_up_to_what_was_trained_on_the_test_is_how_its_strings_began():
    """Drawn once more: of a few hundred batches each short pair begins some, and no longer one."""
    rng, begun = np.random.default_rng(0), set()
    for _step in range(300):
        inputs, _targets = TASK.batch(rng, 32)
        for column in inputs.T:
            read = "".join(SYMBOLS[code] for code in column)
            begun.add(tuple(one.count("a") for one in read.split(".")[:2]))
    assert {n for first, n in begun if first == 5} == set(range(1, 11))
