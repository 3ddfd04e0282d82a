"""The loss has one definition, and torch's own modules are its judge, in float64 with autograd."""

import numpy as np
import pytest
import torch

from lstm_viz.tasks.loss import IGNORED, is_asked, losses, mean_loss, slopes, softmax
from lstm_viz.training.learner import error_of
from tests.agreement import assert_equal

T, B, V = 6, 4, 5
RNG = np.random.default_rng(2)
LOGITS = 4 * RNG.normal(size=(T, B, V))
SYMBOLS = RNG.integers(0, V, (T, B))
SYMBOLS[4:, 1] = IGNORED
NUMBERS = RNG.normal(size=(T, B, 1))
NUMBERS[:3, 2] = np.nan
CASES = {"symbols": (LOGITS, SYMBOLS), "numbers": (LOGITS[..., :1], NUMBERS)}


def by_torch(outputs: np.ndarray, targets: np.ndarray, reduction: str) -> tuple[float, np.ndarray]:
    """torch's own loss of the answers that are asked for, and its derivative by all outputs."""
    given, wanted = torch.tensor(outputs, requires_grad=True), torch.tensor(targets)
    asked = torch.tensor(is_asked(targets))
    if wanted.is_floating_point():
        loss = torch.nn.MSELoss(reduction=reduction)(given[asked], wanted[asked])
    else:
        judge = torch.nn.CrossEntropyLoss(ignore_index=IGNORED, reduction=reduction)
        loss = judge(given.flatten(0, 1), wanted.flatten())
    loss.backward()
    assert given.grad is not None
    return loss.item(), given.grad.numpy()


@pytest.mark.parametrize("kind", CASES)
def test_the_loss_and_its_slopes_are_torchs(kind):
    outputs, targets = CASES[kind]
    total, by_outputs = by_torch(outputs, targets, "sum")
    assert losses(outputs, targets).sum() == pytest.approx(total, rel=1e-12)
    assert_equal(slopes(outputs, targets), by_outputs)


@pytest.mark.parametrize("kind", CASES)
def test_the_mean_is_what_training_minimises(kind):
    outputs, targets = CASES[kind]
    mean, _ = by_torch(outputs, targets, "mean")
    assert mean_loss(outputs, targets) == pytest.approx(mean, rel=1e-12)
    learnt_from = error_of(torch.tensor(outputs).float(), torch.tensor(targets)).item()
    assert learnt_from == pytest.approx(mean, rel=1e-5)


@pytest.mark.parametrize("kind", CASES)
def test_what_is_not_asked_costs_nothing_and_pulls_at_nothing(kind):
    outputs, targets = CASES[kind]
    nothing = ~is_asked(targets)
    assert nothing.any()
    assert not losses(outputs, targets)[nothing].any()
    assert not slopes(outputs, targets)[nothing].any()


def test_the_slopes_are_those_of_finite_differences():
    for outputs, targets in CASES.values():
        step = 1e-6
        for place in np.ndindex(outputs.shape):
            moved = np.zeros(outputs.shape)
            moved[place] = step
            higher, lower = (losses(outputs + sign * moved, targets).sum() for sign in (1, -1))
            assert slopes(outputs, targets)[place] == pytest.approx(
                (higher - lower) / (2 * step), abs=1e-7
            )


def test_a_softmax_adds_up_to_one_however_large_the_logits_are():
    assert_equal(softmax(LOGITS), torch.softmax(torch.tensor(LOGITS), -1).numpy())
    huge = softmax(np.array([1e300, -1e300, 1e300]))
    assert huge.tolist() == [0.5, 0, 0.5]
