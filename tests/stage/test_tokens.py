"""What is said under each symbol: what was expected, what came, was it right."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.networks.network import Network, untrained
from lstm_viz.stage.sentences import stage_words
from lstm_viz.stage.tokens import GUESSES, read_series, read_tokens, shown
from lstm_viz.tasks import TASKS, Task
from lstm_viz.tasks.loss import is_asked


def reading(task, example=0):
    network = untrained(TASKS[task], CELLS["gru"], hidden=6, embedding=4)
    sequence = list(TASKS[task].examples.values())[example]
    return network, network.read(sequence), sequence


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if task.symbols])
def test_the_guesses_are_the_most_probable_symbols(task):
    network, recording, sequence = reading(task)
    probabilities = network.predictions(recording)[:, 0]
    for token, row in zip(read_tokens(network, recording, sequence), probabilities, strict=True):
        best = sorted(row, reverse=True)[:GUESSES]
        assert [guess.p for guess in token.predictions] == pytest.approx(best)
        top = token.predictions[0].text
        assert top == shown(network.task.choices[int(np.argmax(row))])


def test_the_task_says_what_is_right():
    network, recording, sequence = reading("python")
    tokens = read_tokens(network, recording, sequence)
    for token in tokens[:-1]:
        assert token.right == (token.predictions[0].text == token.target)
    assert tokens[-1].right is None


def test_a_space_and_a_new_line_can_be_seen():
    assert [shown(symbol) for symbol in (" ", "\n", "a")] == ["␣", "⏎", "a"]


def test_numbers_have_a_curve_and_symbols_have_none():
    network, recording, sequence = reading("load")
    series = read_series(network, recording, sequence)
    assert series
    assert series.read == sequence
    assert len(series.forecast) == len(sequence)
    assert series.unit == "MW"
    assert read_series(*reading("counting")) is None


def test_a_forecast_has_no_probability():
    (guess,) = read_tokens(*reading("load"))[0].predictions
    assert guess.p is None


def small(name: str) -> Task:
    """The task, of a size that is quickly read where it has one."""
    task = TASKS[name]
    return task.resized(task.size.low + 4) if task.size else task


def network_of(name: str) -> Network:
    return untrained(small(name), CELLS["lstm"], hidden=4, embedding=3)


@pytest.mark.parametrize("name", TASKS)
def test_what_is_asked_is_what_comes_next_unless_the_answer_has_a_name(name):
    task = small(name)
    inputs, targets = task.held_out(np.random.default_rng(0), 20)
    if task.channels:  # several numbers a step, one answer: it cannot be what comes next
        assert task.answer
        return
    asked = is_asked(targets)
    both = asked[:-1] & asked[1:]  # behind the last one that is asked there may be padding
    is_next = both.any() and (targets[:-1] == inputs[1:])[both].all()
    assert is_next == (not task.answer)


@pytest.mark.parametrize("name", TASKS)
def test_only_what_comes_next_is_set_beside_what_came(name):
    network = network_of(name)
    sequence = next(iter(network.task.examples.values()))
    read = read_tokens(network, network.read(sequence), sequence)
    texts = [token.text for token in read]
    following = [None] * len(texts) if small(name).answer else [*texts[1:], None]
    assert [token.target for token in read] == following


def test_the_guesses_at_parity_are_its_two_answers():
    network = network_of("parity")
    sequence = next(iter(network.task.examples.values()))
    for token in read_tokens(network, network.read(sequence), sequence):
        assert {guess.text for guess in token.predictions} == {"even", "odd"}


def test_the_strip_names_the_answer():
    assert stage_words("ones so far")["expects"] == "ones so far"
    assert stage_words("ones so far")["expects_next"] == "Ones so far: {guesses}."
    assert stage_words()["expects"] == "expects next"
