"""A cell that no catalogue has gets everything from its text, without another line of code.

It is an LSTM with a second, slow memory: a moving average of the first one that the output gate
peeps at and that is shown together with it.
"""

import ast
import json
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.gradients.backward import backprop
from lstm_viz.networks.torch.layer import CellLayer
from lstm_viz.notation.program import numpy_program, torch_program
from lstm_viz.notation.typeset import aligned_latex, mathml
from lstm_viz.stage.scene import scene
from lstm_viz.words.captions import look_at
from tests import plainly
from tests.agreement import assert_equal

T, B, D, H = 7, 2, 3, 4

TEXT = """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
i = sigmoid(W_i @ x + U_i @ h_prev + b_i)
c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
c = f * c_prev + i * c_tilde
slow = 0.9 * slow_prev + 0.1 * c
o = sigmoid(W_o @ x + U_o @ h_prev + R_o @ slow + p_o * c + b_o)
h = o * tanh(c + slow)
"""
CELL = lv.Cell(TEXT)
WEIGHTS = {name: 1.5 * w for name, w in lv.init_weights(CELL, D, H, seed=6).items()}
X = np.random.default_rng(6).normal(size=(T, B, D))
TRACE = lv.run(CELL, WEIGHTS, X)


def test_it_runs_as_python_would_read_it():
    for name, expected in plainly.read(TEXT, WEIGHTS, X).items():
        assert_equal(TRACE[name], expected, of=name)


def test_its_parameters_are_counted():
    assert CELL.count(D, H) == 4 * H * (D + H + 1) + H * H + H
    assert CELL.states == ("c", "slow", "h")


def test_what_each_signal_does_is_read_off_the_equations():
    roles = {signal: role.key for signal, role in CELL.roles.items()}
    assert roles["f"] == "keep"
    assert roles["i"] == "write"
    assert roles["c_tilde"] == "candidate"
    assert roles["c"] == "memory"
    assert roles["o"] == "show"
    assert roles["h"] == "output"
    assert CELL.ranges["f"] == (0, 1)
    assert CELL.ranges["h"] == (-1, 1)


def test_a_forget_bias_finds_its_gate():
    assert lv.init_weights(CELL, D, H, forget_bias=2.5)["b_f"].tolist() == [2.5] * H
    slow = lv.run(CELL, lv.init_weights(CELL, D, H, scheme="chrono", t_max=1000), X)
    assert slow.f.mean() > 0.9


def test_its_terms_and_its_held_gates():
    assert list(TRACE.terms("o")) == ["W_o @ x", "U_o @ h_prev", "R_o @ slow", "p_o * c", "b_o"]
    assert_equal(sum(TRACE.terms("slow").values()), TRACE.slow)
    held = lv.run(CELL, WEIGHTS, X, hold={"f": np.array(1.0)})
    assert_equal(held.c, np.cumsum(held.i * held.c_tilde, axis=0))


def test_it_is_a_layer_of_torch_with_the_same_numbers_and_with_gradients():
    layer = CellLayer(CELL, WEIGHTS, H)
    assert layer.kind is None  # no fused kernel computes this
    h = layer(torch.tensor(X))
    assert_equal(h.detach().numpy(), TRACE.h)
    for name, signal in layer.signals(torch.tensor(X)).items():
        assert_equal(signal.detach().numpy(), TRACE[name], of=name)


def test_its_gradients_are_those_of_autograd():
    layer, x = CellLayer(CELL, WEIGHTS, H), torch.tensor(X, requires_grad=True)
    into_h = np.random.default_rng(7).normal(size=(T, B, H))
    (layer(x) * torch.tensor(into_h)).sum().backward()
    found = backprop(TRACE, {"h": into_h})
    assert x.grad is not None
    assert_equal(found.x, x.grad.numpy(), within=1e-10)
    for name, parameter in layer.weights.items():
        assert_equal(found.weights[name], parameter.grad.numpy(), within=1e-10, of=name)


def test_its_equations_are_typeset_in_the_authors_order():
    block = aligned_latex(CELL.lines)
    assert block.count("&=") == len(CELL.signals)
    for line in CELL.lines:
        assert ElementTree.fromstring(mathml(line)).tag.endswith("math")


def test_it_is_drawn_and_every_wire_carries_a_value_of_the_trace():
    drawing = json.loads(json.dumps(scene(CELL)))
    drawn = {node["signal"] for node in drawing["nodes"]}
    assert {"f", "i", "c_tilde", "o"} <= drawn
    carried = {wire["value"] for wire in drawing["wires"]}
    assert {"c_prev", "slow_prev", "h_prev", "c", "slow", "h"} <= carried
    for key in carried:
        assert np.isfinite(TRACE.value(key)).all(), key


@pytest.mark.parametrize("program", [numpy_program, torch_program])
def test_it_leaves_as_a_program_that_prints_the_same_h(program, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(program(TRACE), encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=True
    )
    steps = [ast.literal_eval(line.split(" ", 1)[1]) for line in answer.stdout.splitlines()]
    assert_equal(np.array(steps), TRACE.h)


def test_what_to_look_at_is_said_for_it():
    caption = look_at(TRACE, [f"token {t}" for t in range(T)])
    assert caption.text.endswith(".")
    assert 0 <= caption.t < T
    assert 0 <= caption.unit < H


def test_what_to_look_at_is_said_even_where_nothing_is_carried():
    cell = lv.Cell("h = tanh(W_h @ x)")
    trace = lv.run(cell, lv.init_weights(cell, D, H), X)
    caption = look_at(trace, [f"token {t}" for t in range(T)])
    step = np.abs(np.diff(trace.h[:, 0], axis=0))
    assert step[caption.t - 1, caption.unit] == step.max()


def test_it_is_changed_like_any_other_cell():
    still = CELL.with_("slow = slow_prev")
    same = lv.run(still, WEIGHTS | {"p_o": np.zeros(H)}, X)
    plain = lv.run(lv.CELLS["lstm"], WEIGHTS, X)
    assert_equal(same.h, plain.h)  # a slow memory that never moves from zero is no memory
