"""The loss of a network's predictions, judged by torch's own losses and autograd down to h."""

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS
from lstm_viz.gradients.losses import answer_loss, last_answer, prediction_loss
from lstm_viz.networks.network import Network, load, untrained
from lstm_viz.run.recording import Recording
from lstm_viz.tasks import TASKS, Sequence
from lstm_viz.tasks.loss import is_asked
from tests.agreement import assert_equal


def read(task: str) -> tuple[Network, Sequence, Recording]:
    network = load(task, "lstm")
    sequence = next(iter(network.task.examples.values()))
    return network, sequence, network.read(sequence)


def by_torch(network: Network, h: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """The sum of torch's losses of the answers to h (B, H), and its derivative by h."""
    given = torch.tensor(h, requires_grad=True)
    outputs = given @ torch.tensor(network.head_weight).T + torch.tensor(network.head_bias)
    numbers = network.task.choices is None
    judge = torch.nn.MSELoss if numbers else torch.nn.CrossEntropyLoss
    loss = judge(reduction="sum")(outputs, torch.tensor(targets))
    loss.backward()
    assert given.grad is not None
    return loss.item(), given.grad.numpy()


@pytest.mark.parametrize("task", ["subject", "load"])
def test_the_loss_of_every_prediction_is_torchs(task):
    network, sequence, recording = read(task)
    loss = prediction_loss(network, recording, sequence)
    targets = network.task.encode(sequence)[1:]
    total, by_h = by_torch(network, np.array(recording[0].h[:-1, 0]), targets)
    assert loss.total == pytest.approx(total, rel=1e-12)
    assert_equal(loss.by_output[:-1, 0], by_h)
    assert loss.values[-1] == 0
    assert not loss.by_output[-1].any()


def test_the_last_prediction_alone_enters_at_one_step():
    network, sequence, recording = read("subject")
    loss = prediction_loss(network, recording, sequence, last_only=True)
    assert np.count_nonzero(loss.values) == 1
    entered = np.flatnonzero(np.abs(loss.by_output).sum(axis=(1, 2)))
    assert list(entered) == list(np.flatnonzero(loss.values))


@pytest.mark.parametrize("task", TASKS)
def test_the_loss_of_one_answer_is_torchs_and_the_same_for_all_who_ask(task):
    """One definition: the page of one step, that of all steps and that of a run agree."""
    learnt = TASKS[task]
    network = untrained(learnt, CELLS["gru"], 5, learnt.recipe.embedding and 3, layers=2, seed=3)
    sequence = next(iter(learnt.examples.values()))
    targets = learnt.targets(sequence)
    step = int(np.flatnonzero(is_asked(targets))[-1])
    trace, by_h = answer_loss(network, sequence, step)
    assert trace.h.shape == by_h.shape == (step + 1, 1, 5)
    _, judged = by_torch(network, np.array(trace.h[-1]), targets[step : step + 1])
    assert_equal(by_h[-1], judged)
    assert not by_h[:-1].any()
    together = prediction_loss(network, network.read(sequence), sequence)
    assert_equal(together.by_output[step], by_h[-1])


@pytest.mark.parametrize("task", ["order", "echo", "copying", "adding", "subject"])
def test_the_loss_of_the_last_answer_is_torchs(task):
    learnt = TASKS[task]
    network = untrained(learnt, CELLS["lstm"], 6, learnt.recipe.embedding, seed=1)
    trace, by_h = last_answer(network, count=3)
    inputs, targets = learnt.held_out(np.random.default_rng(0), 64)
    step = len(trace.h) - 1
    last = [int(np.flatnonzero(is_asked(targets[:, b]))[-1]) for b in range(64)]
    rows = [b for b in range(64) if last[b] == step][:3]
    _, judged = by_torch(network, np.array(trace.h[-1]), targets[step, rows])
    assert_equal(by_h[-1], judged)
    assert not by_h[:-1].any()
    assert_equal(trace.h, network.record(inputs[: step + 1, rows])[0].h)
