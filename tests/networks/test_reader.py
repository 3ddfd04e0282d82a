"""Readers against torch's own modules, and against what can be known without computing."""

import numpy as np
import pytest
import torch

from lstm_viz.networks.reader import CELL_NAMES, DEEPEST, from_bytes, load
from lstm_viz.run.layers import rounds
from lstm_viz.tasks.someone import CHANCE, EXAMPLES, encode
from lstm_viz.training.ship_someone import TorchReader, held_out, reader_of
from tests.run.odd_kernels import use

WORDS = EXAMPLES[1].split()
SHIPPED = [
    (cell, layers, both)
    for cell in CELL_NAMES
    for layers in range(1, DEEPEST + 1)
    for both in (False, True)
]


@pytest.mark.parametrize(("cell", "layers", "both"), SHIPPED)
def test_a_reader_says_what_torch_says(cell, layers, both):
    torch.manual_seed(1)
    learner = TorchReader(cell.upper(), layers, both).double()
    numbers = torch.from_numpy(encode(WORDS))[:, None]
    with torch.no_grad():
        expected = learner(numbers, torch.tensor([len(WORDS)])).numpy()
    reader = reader_of(learner, cell)
    assert np.abs(reader.read(WORDS).output - expected).max() < 1e-12


@pytest.mark.parametrize(("cell", "layers", "both"), SHIPPED)
def test_a_shipped_reader_scores_what_its_file_says(cell, layers, both):
    reader = load(cell, layers, both)
    assert (reader.layers, len(reader.ways), reader.cell.name) == (layers, 1 + both, cell)
    asked = held_out()[:60]
    spread = 5 * 0.5 / (1.2 * len(asked)) ** 0.5
    assert abs(reader.accuracy(asked) - reader.metrics["accuracy"]) < spread
    if not both:
        assert abs(reader.metrics["accuracy"] - CHANCE) < 0.08


def test_only_readers_in_both_directions_know():
    assert load("lstm", 1, True).metrics["accuracy"] > 0.99
    assert load("gru", 1, True).metrics["accuracy"] > 0.99


@pytest.mark.parametrize("kernel", ["own", "by place"])
@pytest.mark.parametrize("layers", [1, 2])
def test_a_forward_reader_depends_on_nothing_later(layers, kernel, monkeypatch):
    use(kernel, monkeypatch)
    found = load("lstm", layers, False).depends(WORDS)
    assert np.all(found[np.triu_indices(len(WORDS), 1)] == 0)
    assert np.all(np.diag(found) > 0)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_forward_reader_says_at_a_word_what_it_would_say_if_that_were_the_last(layers):
    reader = load("lstm", layers, False)
    whole = reader.read(WORDS).output
    for t in range(1, len(WORDS)):
        assert np.abs(reader.read(WORDS[:t]).output - whole[:t]).max() < 1e-12


def test_what_an_answer_depends_on_is_what_torch_says_without_the_word():
    torch.manual_seed(2)
    learner = TorchReader("GRU", 2, True).double()
    reader = reader_of(learner, "gru")
    with torch.no_grad():
        x = learner.embedding(torch.from_numpy(encode(WORDS))[:, None])
        whole = learner.head(learner.layers(x)[0])
        x[4] = 0
        without = learner.head(learner.layers(x)[0])
    change = ((without - whole)[:, 0, 0] - (without - whole)[:, 0, 1]).abs().numpy()
    assert np.abs(reader.depends(WORDS)[:, 4] - change).max() < 1e-12


def test_when_a_cell_can_be_computed():
    T = len(WORDS)
    forward = rounds(load("lstm", 2, False).read(WORDS))
    assert forward[0, "forward"] == list(range(T))
    assert forward[1, "forward"] == list(range(1, T + 1))
    both = rounds(load("lstm", 2, True).read(WORDS))
    assert both[0, "backward"] == list(range(T))[::-1]
    # The first word of the second layer waits for the whole way back.
    assert both[1, "forward"][0] == T
    assert max(both[1, "forward"] + both[1, "backward"]) == 2 * T - 1


def test_a_reader_survives_its_file():
    reader = load("gru", 2, True)
    again = from_bytes(reader.to_bytes())
    assert np.array_equal(again.read(WORDS).output, reader.read(WORDS).output)
