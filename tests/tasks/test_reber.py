"""The embedded Reber grammar, and the best that anyone can do on it."""

import math
from collections import Counter

import numpy as np
import pytest

from lstm_viz.cells import Cell
from lstm_viz.networks.network import untrained
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.held_out import is_held_out
from lstm_viz.tasks.reber import GRAPH, LONG, OPTIMUM, SYMBOLS, legal, optimum, string, strings
from tests.tasks.handmade import HandMade

TASK = TASKS["reber"]


@pytest.fixture(scope="module")
def many():
    rng = np.random.default_rng(0)
    return [string(rng) for _ in range(20_000)]


def test_the_letter_before_the_last_is_the_second(many):
    for each in many[:2000]:
        assert each[0] == "B"
        assert each[1] == each[-2]
        assert each[-1] == "E"


def test_lengths_are_those_of_the_literature(many):
    lengths = Counter(map(len, many))
    assert min(lengths) == 9
    assert np.mean([len(each) for each in many]) == pytest.approx(12, abs=0.1)
    assert lengths[9] / len(many) == pytest.approx(0.25, abs=0.02)
    assert sum(n for length, n in lengths.items() if length <= 20) / len(many) == pytest.approx(
        0.972, abs=0.01
    )


def test_the_best_possible_loss_is_seven_choices_shared_by_eleven_predictions(many):
    assert pytest.approx(0.4411, abs=1e-4) == OPTIMUM
    assert optimum(many) == pytest.approx(OPTIMUM, abs=0.003)


def test_what_is_held_out_is_as_hard_as_what_is_trained_on():
    rng = np.random.default_rng(1)
    for held_out in (False, True):
        assert optimum(strings(rng, 8000, held_out)) == pytest.approx(OPTIMUM, abs=0.006)


def test_a_long_string_is_either_trained_on_or_tested_never_both():
    rng = np.random.default_rng(2)
    trained = {each for each in strings(rng, 5000, held_out=False) if len(each) >= LONG}
    tested = {each for each in strings(rng, 5000, held_out=True) if len(each) >= LONG}
    assert trained.isdisjoint(tested)
    assert all(is_held_out(each) or each in TASK.examples.values() for each in tested)


def test_one_who_knows_the_grammar_reaches_the_optimum():
    measured = TASK.measure(Knowing())
    assert measured["nats_per_symbol"] == pytest.approx(measured["optimum"])
    assert measured["nats_per_symbol_never_seen"] == pytest.approx(measured["optimum_never_seen"])
    assert measured["remembered_letter_right"] == 1
    assert measured["strings_without_a_mistake"] == 1


def test_one_who_forgets_the_letter_scores_as_the_baseline_says():
    measured = TASK.measure(Knowing(forgets=True))
    (baseline,) = TASK.baselines().values()
    assert measured["nats_per_symbol"] == pytest.approx(baseline)
    assert measured["remembered_letter_right"] == pytest.approx(0.5, abs=0.03)


class Knowing(HandMade):
    """A network made by hand: the grammar itself."""

    def __init__(self, forgets=False):
        self.forgets = forgets

    def probabilities(self, inputs):
        found = np.full((*inputs.shape, len(SYMBOLS)), 1e-300)
        for column in range(inputs.shape[1]):
            letters = [SYMBOLS[code] for code in inputs[:, column]]
            for step, allowed in enumerate(legal(letters)):
                is_remembered = allowed in ({"T"}, {"P"})
                said = {"T", "P"} if self.forgets and is_remembered else allowed
                for letter in said:
                    found[step, column, SYMBOLS.index(letter)] = 1 / len(said)
        return found


def test_after_a_broken_rule_nothing_is_right_or_wrong():
    broken = tuple("BTXXXX")
    assert TASK.right(broken, np.full((6, 7), 1 / 7))[2:] == (None, None, None, None)


def test_every_way_through_the_graph_ends():
    assert all(GRAPH[node] or node == "end" for node in GRAPH)
    assert math.isclose(sum(map(len, GRAPH.values())), 2 * 12 + 2 + 3 + 1)


def test_the_unit_that_holds_the_letter_is_found():
    """Two units made by hand: one adds 1 for B, the other keeps the first T or P it is shown."""
    cell = Cell("i = 1 - abs(c_prev)\nc = c_prev + i * (W_c @ x)\nh = c")
    network = untrained(TASK, cell, hidden=2, embedding=7)
    W = np.zeros((2, 7))
    W[0, SYMBOLS.index("B")], W[1, SYMBOLS.index("T")], W[1, SYMBOLS.index("P")] = 0.1, 1, -1
    exact = network.with_arrays(network.arrays() | {"embedding": np.eye(7), "layer0.W_c": W})
    assert TASK.measure(exact)["memory_of_the_letter"] == {"unit": 1, "tells": 1.0}
