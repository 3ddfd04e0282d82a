"""What the strip says of a network in training: what comes next, or what its answer is called."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.networks.network import Network, untrained
from lstm_viz.stage.words import words
from lstm_viz.tasks.exercises import LESSONS, exercise
from lstm_viz.tasks.task import IGNORED
from lstm_viz.ui.train import moment

SMALL = {"adding": 20, "copying": 5, "parity": 20, "order": 20, "echo": 4, "sine": 40}
GIVEN = [name for name, lesson in LESSONS.items() if lesson.from_size]


def network_of(name: str) -> Network:
    return untrained(exercise(name, SMALL.get(name)), CELLS["lstm"], hidden=4, embedding=3)


def named(name: str) -> bool:
    return bool(exercise(name, SMALL.get(name)).answer)


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_asked_is_what_comes_next_unless_the_answer_has_a_name(name):
    task = exercise(name, SMALL.get(name))
    inputs, targets = task.held_out(np.random.default_rng(0), 20)
    if task.channels:  # several numbers a step, one answer: it cannot be what comes next
        assert task.answer
        return
    asked = ~np.isnan(targets) if targets.dtype.kind == "f" else targets != IGNORED
    both = asked[:-1] & asked[1:]  # behind the last one that is asked there may be padding
    is_next = both.any() and (targets[:-1] == inputs[1:])[both].all()
    assert is_next == (not task.answer)


@pytest.mark.parametrize("name", GIVEN)
def test_only_what_comes_next_is_set_beside_what_came(name):
    network = network_of(name)
    sequence = next(iter(network.task.examples.values()))
    read = moment.tokens(network, network.read(sequence), sequence)
    texts = [token.text for token in read]
    following = [None] * len(texts) if named(name) else [*texts[1:], None]
    assert [token.target for token in read] == following


def test_the_guesses_at_parity_are_its_two_answers():
    network = network_of("parity")
    sequence = next(iter(network.task.examples.values()))
    for token in moment.tokens(network, network.read(sequence), sequence):
        assert {guess.text for guess in token.predictions} == {"even", "odd"}


def test_the_strip_names_the_answer():
    assert words("ones so far")["expects"] == "ones so far"
    assert words("ones so far")["expects_next"] == "Ones so far: {guesses}."
    assert words()["expects"] == "expects next"
