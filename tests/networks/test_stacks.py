"""Layers in one direction and in both: against torch's own modules, and against what is known."""

import dataclasses

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS
from lstm_viz.networks.dependence import depends
from lstm_viz.networks.network import (
    DEEPEST,
    STACKED,
    array_name,
    from_bytes,
    load_stack,
    untrained,
)
from lstm_viz.networks.torch.layer import RecurrentNet, record_network
from lstm_viz.run.layers import rounds
from lstm_viz.tasks.someone import CHANCE, HELD_OUT, TASK, UNSEEN, accuracy, episodes
from lstm_viz.training.learner import Learner
from lstm_viz.training.ship_someone import TorchStack, network_of
from tests.run.odd_kernels import use

WORDS = TASK.examples["One after the other"]
SHIPPED = [
    (cell, layers, both)
    for cell in STACKED
    for layers in range(1, DEEPEST + 1)
    for both in (False, True)
]


def load(cell, layers, both):
    return load_stack(TASK.name, cell, layers, both)


@pytest.mark.parametrize(("cell", "layers", "both"), SHIPPED)
def test_a_network_says_what_torch_says(cell, layers, both):
    torch.manual_seed(1)
    learner = TorchStack(cell.upper(), layers, both).double()
    numbers = torch.from_numpy(TASK.encode(WORDS))[:, None]
    with torch.no_grad():
        expected = learner(numbers, torch.tensor([len(WORDS)])).numpy()
    network = network_of(learner, cell)
    assert np.abs(network.read(WORDS).output - expected).max() < 1e-12
    on_tensors = RecurrentNet(network)(numbers).detach().numpy()
    assert np.abs(on_tensors - expected).max() < 1e-12


@pytest.mark.parametrize(("cell", "layers", "both"), SHIPPED)
def test_a_shipped_network_scores_what_its_file_says(cell, layers, both):
    network = load(cell, layers, both)
    assert (network.depth, len(network.ways), network.cell.name) == (layers, 1 + both, cell)
    asked = episodes(HELD_OUT, UNSEEN)[:60]
    spread = 5 * 0.5 / (1.2 * len(asked)) ** 0.5
    assert abs(accuracy(network, asked) - network.metrics["accuracy"]) < spread
    if not both:
        assert abs(network.metrics["accuracy"] - CHANCE) < 0.08


def test_only_networks_in_both_directions_know():
    assert load("lstm", 1, True).metrics["accuracy"] > 0.99
    assert load("gru", 1, True).metrics["accuracy"] > 0.99


@pytest.mark.parametrize("kernel", ["own", "by place"])
@pytest.mark.parametrize("layers", [1, 2])
def test_a_network_that_reads_forward_depends_on_nothing_later(layers, kernel, monkeypatch):
    use(kernel, monkeypatch)
    found = depends(load("lstm", layers, False), WORDS)
    assert np.all(found[np.triu_indices(len(WORDS), 1)] == 0)
    assert np.all(np.diag(found) > 0)


@pytest.mark.parametrize("layers", [1, 2])
def test_forward_it_says_at_a_word_what_it_would_say_if_that_were_the_last(layers):
    network = load("lstm", layers, False)
    whole = network.read(WORDS).output
    for t in range(1, len(WORDS)):
        assert np.abs(network.read(WORDS[:t]).output - whole[:t]).max() < 1e-12


def test_what_an_answer_depends_on_is_what_torch_says_without_the_word():
    torch.manual_seed(2)
    learner = TorchStack("GRU", 2, True).double()
    network = network_of(learner, "gru")
    with torch.no_grad():
        x = learner.embedding(torch.from_numpy(TASK.encode(WORDS))[:, None])
        whole = learner.head(learner.layers(x)[0])
        x[4] = 0
        without = learner.head(learner.layers(x)[0])
    change = ((without - whole)[:, 0, 0] - (without - whole)[:, 0, 1]).abs().numpy()
    assert np.abs(depends(network, WORDS)[:, 4] - change).max() < 1e-12


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


@pytest.mark.parametrize("cell", CELLS)
def test_a_network_in_both_directions_survives_its_file_and_torch(cell):
    network = untrained(TASK, CELLS[cell], 4, 3, layers=2, seed=1, both=True)
    again = from_bytes(network.to_bytes())
    assert list(again.layers) == list(network.layers)
    assert {of is CELLS[cell] for of, _weights in again.layers.values()} == {True}
    for name, array in network.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array.astype(np.float32))
    torchs = RecurrentNet(again)
    assert torchs.to_network().arrays().keys() == again.arrays().keys()
    proof = record_network(torchs, TASK.encode(WORDS)[:, None]).proof
    assert proof is not None
    assert proof < 1e-12


@pytest.mark.parametrize(
    "left_out", [(0, "backward"), (1, "forward")], ids=["no way back", "a way back alone"]
)
def test_a_file_in_which_a_layer_has_one_direction_and_another_has_two_is_refused(left_out):
    network = untrained(TASK, CELLS["rnn"], 4, 3, layers=2, both=True)
    rest = {place: layer for place, layer in network.layers.items() if place != left_out}
    arrays = dataclasses.replace(network, layers=rest)
    with pytest.raises(ValueError, match="all read forward, or all in both directions"):
        from_bytes(arrays.to_bytes())


def test_the_learner_teaches_a_network_in_both_directions_what_none_forward_can_know():
    recipe = dataclasses.replace(TASK.recipe, steps=60, learning_rate=0.05)
    for both in (True, False):
        start = untrained(TASK, CELLS["gru"], recipe.hidden, recipe.embedding, both=both)
        learner = Learner(RecurrentNet(start).float(), recipe)
        for _ in range(recipe.steps):
            learner.learn()
        right = accuracy(learner.net.to_network(), episodes(HELD_OUT, UNSEEN)[:60])
        assert (right > 0.95) == both


def test_both_directions_of_a_layer_have_names_of_their_own():
    assert array_name((0, "forward"), "W_f") == "layer0.W_f"
    network = untrained(TASK, CELLS["lstm"], 4, 3, both=True)
    changed = network.with_arrays(
        network.arrays() | {array_name((0, "backward"), "b_f"): np.full(4, 7.0)}
    )
    assert (changed.layers[0, "backward"][1]["b_f"] == 7).all()
    assert (changed.layers[0, "forward"][1]["b_f"] != 7).all()
