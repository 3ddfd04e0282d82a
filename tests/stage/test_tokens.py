"""What is said under each symbol: what was expected, what came, was it right."""

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.networks.network import untrained
from lstm_viz.stage.tokens import GUESSES, read_series, read_tokens, shown
from lstm_viz.tasks import TASKS


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
        assert top == shown(network.symbols[int(np.argmax(row))])


@pytest.mark.parametrize("task", list(TASKS))
def test_what_came_is_the_next_symbol_and_after_the_last_nothing(task):
    tokens = read_tokens(*reading(task))
    assert [token.target for token in tokens[:-1]] == [token.text for token in tokens[1:]]
    assert tokens[-1].target is None


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
