"""What flows back on each state of an unrolled network, judged by torch's autograd."""

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.gradients.state_gradients import state_gradients
from tests import autograd
from tests.agreement import assert_equal

T, H, D = 9, 5, 3


def trace_of(name: str) -> lv.Trace:
    x = np.random.default_rng(1).normal(size=(T, 1, D))
    return lv.run(CELLS[name], lv.init_weights(CELLS[name], D, H, seed=2), x)


def by_autograd(trace: lv.Trace, loss: np.ndarray, state: str) -> np.ndarray:
    """The norm of the derivative of the sum of ``loss`` times h by a state at each step, (T,)."""
    start = {name: value[0] for name, value in trace.initial.items()}
    torchs = autograd.unrolled(trace.cell, trace.weights, trace.x[:, 0], start)
    whole = sum(
        (signals["h"] * torch.tensor(loss[t, 0])).sum() for t, signals in enumerate(torchs.steps)
    )
    return np.array([np.linalg.norm(torchs.gradient(whole, s[state])[0]) for s in torchs.steps])


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "peephole", "fgr"])
@pytest.mark.parametrize("at", [T - 1, T - 3])
def test_a_loss_at_one_step_is_followed_from_there(name, at):
    trace, loss = trace_of(name), np.zeros((T, 1, H))
    loss[at] = np.random.default_rng(3).normal(size=H)
    found = state_gradients(lv.gradient_flow(trace, loss))
    assert found.last == at
    assert not found.largest
    put_in = np.linalg.norm(loss[at])
    for state, left in found.left.items():
        assert_equal(10**left, by_autograd(trace, loss, state) / put_in, of=state)


def test_losses_at_many_steps_are_compared_with_the_largest():
    trace, loss = trace_of("lstm"), np.random.default_rng(3).normal(size=(T, 1, H))
    found = state_gradients(lv.gradient_flow(trace, loss))
    assert found.largest
    expected = {state: by_autograd(trace, loss, state) for state in ("c", "h")}
    most = max(part.max() for part in expected.values())
    for state, left in found.left.items():
        assert_equal(10**left, expected[state] / most, of=state)


def test_of_the_last_memory_nothing_is_on_the_output_yet_and_everything_is_straight():
    found = state_gradients(lv.gradient_flow(trace_of("lstm")), "c")
    assert list(found.left) == ["c", "h"]
    assert found.left["c"][-1] == 0
    assert found.left["h"][-1] == -np.inf
    assert found.along is not None
    assert found.along[-1] == pytest.approx(1)


def test_what_came_straight_of_a_loss_is_the_product_of_f_projected_on_the_whole():
    trace, loss = trace_of("lstm"), np.zeros((T, 1, H))
    loss[-1] = 1
    flow = lv.gradient_flow(trace, loss)
    whole = flow.loss("c")[:, 0]
    straight = (
        whole[-1] * np.cumprod(np.concatenate([np.ones((1, 1, H)), trace.f[:0:-1]]), 0)[::-1, 0]
    )
    expected = (straight * whole).sum(-1) / (whole * whole).sum(-1)
    assert_equal(state_gradients(flow).along, expected)


def test_a_plain_rnn_has_one_lane_and_no_straight_way():
    found = state_gradients(lv.gradient_flow(trace_of("rnn")), "h")
    assert list(found.left) == ["h"]
    assert found.along is None
