"""The loss of a network's predictions: judged by torch's own cross-entropy and by differences."""

import numpy as np
import pytest
import torch

from lstm_viz.gradients.losses import prediction_loss
from lstm_viz.networks.network import Network, load
from lstm_viz.run.recording import Recording
from lstm_viz.tasks import Sequence


def read(task: str) -> tuple[Network, Sequence, Recording]:
    network = load(task, "lstm")
    sequence = next(iter(network.task.examples.values()))
    return network, sequence, network.read(sequence)


def test_the_loss_of_symbols_is_torchs_cross_entropy():
    network, sequence, recording = read("subject")
    loss = prediction_loss(network, recording, sequence)
    h = torch.tensor(np.array(recording[0].h), requires_grad=True)
    logits = h @ torch.tensor(network.head_weight).T + torch.tensor(network.head_bias)
    targets = torch.tensor(network.task.encode(sequence)[1:])
    judged = torch.nn.functional.cross_entropy(logits[:-1, 0], targets, reduction="sum")
    judged.backward()
    assert loss.total == pytest.approx(judged.item(), rel=1e-12)
    assert h.grad is not None
    assert np.allclose(loss.by_output, h.grad.numpy(), rtol=0, atol=1e-12)


def test_the_loss_of_numbers_is_half_the_squared_error():
    network, sequence, recording = read("load")
    loss = prediction_loss(network, recording, sequence)
    scaled = network.task.encode(sequence)[:, 0]
    errors = recording.output[:-1, 0, 0] - scaled[1:]
    assert loss.total == pytest.approx(0.5 * (errors**2).sum(), rel=1e-12)
    assert loss.values[-1] == 0


def test_the_last_prediction_alone_enters_at_one_step():
    network, sequence, recording = read("subject")
    loss = prediction_loss(network, recording, sequence, last_only=True)
    assert np.count_nonzero(loss.values) == 1
    entered = np.flatnonzero(np.abs(loss.by_output).sum(axis=(1, 2)))
    assert list(entered) == list(np.flatnonzero(loss.values))
