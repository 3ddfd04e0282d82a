"""What a memory is made of, judged by the papers' formulas, by autograd, and by taking it away."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings

import lstm_viz as lv
from lstm_viz.cells.memory_line import NoSum, memory_line
from lstm_viz.cells.text import MAX_LINE
from lstm_viz.gradients.memory_shares import memory_of
from tests.agreement import assert_equal, refused
from tests.typed_cells import expressions

T, B, D, H = 30, 3, 4, 5

# Memory, what keeps it, what is written into it: as the papers print it, over a trace.
PRINTED = {
    "lstm": ("c", lambda r: r.f, lambda r: r.i * r.c_tilde),
    "peephole": ("c", lambda r: r.f, lambda r: r.i * r.c_tilde),
    "coupled": ("c", lambda r: r.f, lambda r: (1 - r.f) * r.c_tilde),
    "nfg": ("c", lambda r: np.ones_like(r.c), lambda r: r.i * r.c_tilde),
    "fgr": ("c", lambda r: r.f, lambda r: r.i * r.c_tilde),
    "lstm1997": ("c", lambda r: np.ones_like(r.c), lambda r: r.i * r.c_tilde),
    "janet": ("c", lambda r: r.f, lambda r: r.i * r.c_tilde),
    "gru": ("h", lambda r: r.z, lambda r: (1 - r.z) * r.h_tilde),
    "mgu": ("h", lambda r: 1 - r.f, lambda r: r.f * r.h_tilde),
    "mut1": ("h", lambda r: 1 - r.z, lambda r: r.z * r.h_tilde),
    "mingru": ("h", lambda r: 1 - r.z, lambda r: r.z * r.h_tilde),
    "minlstm": ("h", lambda r: r.f / (r.f + r.i), lambda r: r.i / (r.f + r.i) * r.h_tilde),
    "slstm": ("c", lambda r: r.f, lambda r: r.i * r.c_tilde),
}


def a_trace(cell, state=None, hold=None, steps=T):
    weights = lv.init_weights(cell, D, H, seed=1, scheme="pytorch")
    x = np.random.default_rng(2).normal(size=(steps, B, D))
    return lv.run(cell, weights, x, state, hold)


def by_definition(keep, write, at):
    """The sum of the paper, term by term."""
    found = np.zeros_like(write)
    for t in range(at + 1):
        found[t] = write[t] * np.prod(keep[t + 1 : at + 1], axis=0)
    return found


@pytest.mark.parametrize("at", [0, 11, -1])
@pytest.mark.parametrize("name", PRINTED)
def test_a_share_is_what_was_written_times_all_that_kept_it_since(name, at):
    trace = a_trace(lv.CELLS[name])
    _state, keep, write = PRINTED[name]
    found = lv.memory_shares(trace, at)
    assert_equal(found, by_definition(keep(trace), write(trace), at % T), within=1e-14)


@pytest.mark.parametrize("name", [name for name in lv.CELLS if name != "rnn"])
def test_what_was_written_and_what_it_began_with_add_up_to_the_memory(name):
    cell = lv.CELLS[name]
    start = {state: np.full((B, H), 0.7) for state in cell.states}
    trace = a_trace(cell, start)
    memory = memory_line(cell).state
    for at in (0, 7, T - 1):
        shares = lv.memory_shares(trace, at)
        assert shares.shape == (T, B, H)
        assert not shares[at + 1 :].any()
        assert_equal(
            shares.sum(axis=0) + lv.initial_share(trace, at), trace[memory][at], within=1e-12
        )
    assert memory_of(trace).largest_difference < 1e-12


def test_autograd_says_the_same_of_what_is_written_while_the_gates_stay():
    trace = a_trace(lv.CELLS["lstm"])
    f, written = torch.tensor(trace.f), torch.tensor(trace.i * trace.c_tilde, requires_grad=True)
    c = torch.zeros(B, H, dtype=torch.float64)
    for t in range(T):
        c = f[t] * c + written[t]
    (slope,) = torch.autograd.grad(c.sum(), written)
    assert_equal(lv.memory_shares(trace), (slope * written).detach().numpy(), within=1e-14)


@pytest.mark.parametrize("name", ["lstm", "gru", "slstm", "janet"])
def test_a_share_is_missing_when_nothing_is_written_and_all_else_stays(name):
    cell = lv.CELLS[name]
    trace = a_trace(cell)
    memory = memory_line(cell).state
    gates = {s: trace[s].copy() for s in cell.signals if s not in (memory, "h", "n", "m")}
    gates[next(s for s in cell.signals if s.endswith("_tilde"))][9] = 0
    without = a_trace(cell, hold=gates)
    lost = trace[memory][-1] - without[memory][-1]
    assert_equal(lv.memory_shares(trace)[9], lost, within=1e-14)


def test_a_held_gate_counts_as_it_was_held():
    hold = np.full((T, 1, 1), np.nan)
    hold[12] = 0
    shares = lv.memory_shares(a_trace(lv.CELLS["lstm"], hold={"f": hold}))
    assert not shares[:12].any()
    assert shares[12:].all()


def test_a_held_memory_was_written_when_it_was_held():
    hold = np.full((T, 1, 1), np.nan)
    hold[12] = 3
    trace = a_trace(lv.CELLS["lstm"], hold={"c": hold})
    shares = lv.memory_shares(trace)
    assert not shares[:12].any()
    assert_equal(shares[12], 3 * np.prod(trace.f[13:], axis=0), within=1e-14)
    assert memory_of(trace).largest_difference < 1e-12


GATES = """
f = sigmoid(W_f @ x + U_f @ h_prev)
g = tanh(W_c @ x + U_c @ h_prev)
"""
TYPED = {
    "c = (f * c_prev - g) / 2\nh = c": ("c", lambda r: r.f / 2, lambda r: -r.g / 2),
    "c = f * (c_prev + g)\nh = tanh(c)": ("c", lambda r: r.f, lambda r: r.f * r.g),
    "h = h_prev + f * (g - h_prev)": ("h", lambda r: 1 - r.f, lambda r: r.f * r.g),
    "c = 0.9 * c_prev + g - p_c * c_prev\nh = c": (
        "c",
        lambda r: 0.9 - r.weights["p_c"] + 0 * r.f,
        lambda r: r.g,
    ),
    "kept = f * c_prev\nc = kept + (1 - f) * g\nh = tanh(c)": (
        "c",
        lambda r: r.f,
        lambda r: (1 - r.f) * r.g,
    ),
}


@pytest.mark.parametrize("text", TYPED)
def test_the_form_is_found_in_a_typed_text(text):
    trace = a_trace(lv.Cell(GATES + text))
    state, keep, write = TYPED[text]
    found = lv.memory_shares(trace, 20)
    assert_equal(found, by_definition(keep(trace), write(trace), 20), within=1e-14)
    assert_equal(found.sum(axis=0), trace[state][20], within=1e-12)


def test_nothing_comes_through_a_line_that_is_held():
    cell = lv.Cell(GATES + "kept = f * c_prev\nc = kept + g\nh = tanh(c)")
    hold = np.full((T, 1, H), np.nan)
    hold[12, 0, 1] = 0.5
    trace = a_trace(cell, hold={"kept": hold})
    shares = lv.memory_shares(trace)
    assert not shares[:12, :, 1].any()
    assert shares[:12, :, 0].all()
    assert memory_of(trace).largest_difference < 1e-12


def test_another_state_than_the_memory_may_be_asked_for():
    trace = a_trace(lv.CELLS["slstm"])
    assert_equal(
        lv.memory_shares(trace, state="n"), by_definition(trace.f, trace.i, T - 1), within=1e-14
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (lv.CELLS["rnn"].text, "mixes the past of all units by a matrix"),
        ("c = tanh(c_prev + W_c @ x)\nh = c", "stands inside tanh, which is not additive"),
        ("c = maximum(c_prev, W_c @ x)\nh = c", "stands inside maximum"),
        ("c = c_prev ** 2 + W_c @ x\nh = c", "stands in “c_prev ** 2”"),
        ("f = sigmoid(W_f @ x)\nc = f * c_prev + c_prev * c_prev\nh = c", "“c_prev * c_prev”"),
        ("c = W_c @ x / c_prev\nh = c", "“W_c @ x / c_prev”"),
        ("h = W_h @ x", "carries nothing from one step to the next"),
    ],
)
def test_another_line_says_why_it_is_no_sum(text, why):
    cell = lv.Cell(text)
    trace = a_trace(cell, {state: np.ones(H) for state in cell.states}, steps=3)
    with pytest.raises(NoSum, match=why.replace("*", r"\*").replace("(", r"\(")):
        lv.memory_shares(trace)


LEAVES = expressions(["f", "c_prev", "h_prev"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(keep=LEAVES, write=LEAVES)
def test_whatever_keeps_and_writes_adds_up(keep, write):
    line = f"c = sigmoid({keep}) * c_prev - 0.5 * (tanh({write}) + sigmoid({write}) * c_prev)"
    assume(len(line) <= MAX_LINE)
    cell = lv.Cell(f"{line}\nf = sigmoid(W_f @ x + U_f @ h_prev)\nh = tanh(c)")
    memory = memory_of(a_trace(cell, steps=8))
    assert memory.line.state == "c"
    assert memory.largest_difference < 1e-12


def test_what_cannot_be_taken_apart_is_refused():
    trace = a_trace(lv.CELLS["lstm"])
    with refused(f"The trace has {T} steps, counted from 0: there is no step {T}."):
        lv.memory_shares(trace, T)
    with refused("i is no state of this cell; its states are"):
        lv.memory_shares(trace, state="i")
    with refused("of a Recording take one layer, recording[0]"):
        lv.memory_shares(lv.record(torch.nn.LSTM(D, H), torch.zeros(2, 1, D)))
