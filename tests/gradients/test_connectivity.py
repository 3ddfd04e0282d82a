"""Which earlier elements a prediction depends on, judged by finite differences."""

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.gradients.connectivity import connectivity, strongest
from lstm_viz.gradients.losses import answer_loss
from lstm_viz.networks.network import Network, untrained
from lstm_viz.tasks import TASKS
from tests.agreement import assert_equal, refused

SEQUENCES = {name: next(iter(TASKS[name].examples.values()))[:7] for name in ("subject", "load")}


def network_of(task: str, cell: str, layers: int = 1) -> Network:
    width = 4 if TASKS[task].symbols else 0
    return untrained(TASKS[task], CELLS[cell], 5, width, layers=layers, seed=3)


def answers(network: Network, x: np.ndarray) -> np.ndarray:
    """What the network answers to what its first layer is given, (T, O)."""
    for cell, weights in network.layers.values():
        x = lv.run(cell, weights, x).h
    return (x @ network.head_weight.T + network.head_bias)[:, 0]


def asked_rows(network: Network, task: str) -> list[int]:
    sequence = SEQUENCES[task]
    if network.symbols is None:
        return [0] * (len(sequence) - 1)
    return list(network.task.encode(sequence)[1:])


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("task", SEQUENCES)
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn", "mingru"])
def test_connectivity_is_what_an_answer_changes_when_an_element_does(task, cell, layers):
    network = network_of(task, cell, layers)
    found = connectivity(network, SEQUENCES[task])
    x, step = network.inputs(SEQUENCES[task]), 1e-5
    rows = asked_rows(network, task)
    for read in (0, 3, 5):
        slopes = np.zeros((len(rows), x.shape[2]))
        for place in range(x.shape[2]):
            moved = np.zeros(x.shape)
            moved[read, 0, place] = step
            change = answers(network, x + moved) - answers(network, x - moved)
            slopes[:, place] = change[np.arange(len(rows)), rows] / (2 * step)
        assert_equal(found[: len(rows), read], np.linalg.norm(slopes, axis=1), within=1e-8)


def test_nobody_depends_on_what_comes_later():
    found = connectivity(network_of("subject", "lstm"), SEQUENCES["subject"])
    assert not np.triu(found, 1).any()
    assert np.diag(found).all()


def test_what_comes_after_the_last_element_cannot_be_asked():
    with refused("Nothing is to be answered at step 6: the last of 6 answers is at step 5"):
        answer_loss(network_of("subject", "rnn"), SEQUENCES["subject"], 6)


def test_the_strongest_element_is_the_one_that_counts_most():
    strengths = np.tril(np.full((6, 6), 0.1))
    strengths[range(6), range(6)] = 1
    strengths[4, 0] = 5
    assert strongest(strengths, 4) == 0
    assert strongest(strengths, 3) == 3
