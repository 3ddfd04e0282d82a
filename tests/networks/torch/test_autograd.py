"""The compiled pass inside torch, judged by torch's autograd on the same equations, in float64."""

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.adjoint import adjoint
from lstm_viz.networks.torch import autograd as torch_backward
from lstm_viz.networks.torch.autograd import hidden
from lstm_viz.networks.torch.layer import CellLayer
from lstm_viz.run import compiled_back
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights

# What no cell of the catalogue has: each a way in which memory could be used too early.
ODD = {
    "two lines read one drive": """
        f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
        u = W_f @ x + U_f @ h_prev + b_f
        h = f * h_prev + (1 - f) * tanh(u)""",
    "a state is read after it is renewed": """
        c = 0.9 * c_prev + tanh(W_c @ x + U_c @ h_prev)
        change = c - c_prev * p_d
        h = tanh(c + change * change)""",
    "a matrix on this step's memory": """
        c = 0.5 * c_prev + tanh(W_c @ x + b_c)
        o = sigmoid(U_o @ c + U_q @ (c * c_prev) + b_o)
        h = o * tanh(c)""",
    "a matrix within a matrix": """
        h = tanh(W_h @ x + U_h @ tanh(U_g @ (h_prev * h_prev + b_g) + W_g @ x))""",
    "a matrix on a drive": "h = tanh(U_g @ (W_h @ x + U_h @ h_prev) + b_h)",
    "slopes that read the drive": """
        f = softplus(W_f @ x + U_f @ h_prev)
        g = relu(W_g @ x + U_g @ h_prev + b_g)
        a = abs(W_a @ x + U_a @ h_prev)
        h = tanh(f * g - a) + minimum(f, g) / sqrt(1 + a)""",
    "powers, constants and no past": "h = (W_h @ x) ** 3 / 2 ** 2 + p_h ** 2 * exp(-1) - log(2)",
    "a constant gate and an idle line": """
        f = 1
        idle = f * 2
        c = f * c_prev + W_c @ x
        h = c""",
    "differences of drives": """
        h = tanh((W_a @ x - U_a @ h_prev - b_a) - 2 * (U_b @ h_prev - W_b @ x) - d_b)""",
}
CELLS_TO_TEST = dict(CELLS) | {name: Cell(text) for name, text in ODD.items()}
CELLS_TO_TEST["a memory that starts at 1"] = Cell(CELLS["lstm"].text, initial={"c": 1.0})
SIZES = {"short": (5, 3, 2, 4), "one step": (1, 1, 1, 1), "many blocks": (11, 3, 2, 4)}


@pytest.fixture(autouse=True)
def short_blocks(monkeypatch):
    """Four steps each, so that small cases have several, and one that is not full."""
    monkeypatch.setattr(compiled_back, "BLOCK", 4 * 3 * 4)
    torch_backward._IDLE.clear()
    yield
    torch_backward._IDLE.clear()


def case(cell, T, B, D, H):
    rng = np.random.default_rng(7)
    weights = {
        name: value + 0.3 * rng.standard_normal(value.shape)
        for name, value in init_weights(cell, D, H, seed=3).items()
    }
    x = torch.tensor(rng.standard_normal((T, B, D)), requires_grad=True)
    return CellLayer(cell, weights, H), x, torch.tensor(rng.standard_normal((T, B, H)))


def gradients(h, layer, x, given):
    parameters = list(layer.weights.values())
    found = torch.autograd.grad(h, [x, *parameters], given, allow_unused=True)
    like = [x, *parameters]
    return [torch.zeros_like(p) if g is None else g for g, p in zip(found, like, strict=True)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", CELLS_TO_TEST)
def test_h_and_every_gradient_equal_autograds(name, size):
    layer, x, given = case(CELLS_TO_TEST[name], *SIZES[size])
    expected = layer.signals(x, ["h"])["h"]
    h = hidden(layer.cell, dict(layer.weights.items()), x)
    assert (h - expected).abs().max() <= 1e-12 * max(1.0, expected.abs().max().item())
    for ours, theirs in zip(
        gradients(h, layer, x, given), gradients(expected, layer, x, given), strict=True
    ):
        assert (ours - theirs).abs().max() <= 1e-12 * max(1.0, theirs.abs().max().item())


@pytest.mark.parametrize("name", ["peephole", "slstm", "fgr"])
def test_h_equals_the_reference_run(name):
    layer, x, _ = case(CELLS[name], 9, 4, 2, 6)
    with torch.no_grad():
        h = hidden(layer.cell, dict(layer.weights.items()), x).numpy()
    weights = {name: w.detach().numpy() for name, w in layer.weights.items()}
    expected = run(CELLS[name], weights, x.detach().numpy())["h"]
    assert np.abs(h - expected).max() < 1e-14


def test_two_passes_may_be_under_way_at_once():
    layer, x, given = case(CELLS["peephole"], 5, 3, 2, 4)
    weights = dict(layer.weights.items())
    first, second = hidden(layer.cell, weights, x), hidden(layer.cell, weights, 2 * x)
    alone = gradients(hidden(layer.cell, weights, x), layer, x, given)
    (second.sum() * 0).backward()
    for ours, theirs in zip(gradients(first, layer, x, given), alone, strict=True):
        assert torch.equal(ours, theirs)


def test_passes_of_other_lengths_leave_nothing_behind():
    layer, x, given = case(CELLS["gru_reset_before"], 21, 3, 2, 4)
    weights = dict(layer.weights.items())
    short = gradients(hidden(layer.cell, weights, x[:7]), layer, x, given[:7])
    gradients(hidden(layer.cell, weights, x), layer, x, given)
    for again, first in zip(
        gradients(hidden(layer.cell, weights, x[:7]), layer, x, given[:7]), short, strict=True
    ):
        assert torch.equal(again, first)


def test_a_step_back_is_a_handful_of_products_whatever_the_lines():
    """Of the LSTM's six lines, two carry gradient from step to step; five numbers a unit do all."""
    roots = {root.name: root.flows for root in adjoint(CELLS["lstm"]).roots}
    assert roots.keys() == {"h", "c"}
    assert str(roots["c"]["c_prev"]) == "f"
    assert sum(len(flows) for flows in roots.values()) == 6


def test_float32_is_as_close_as_float32_can_be():
    layer, x, _ = case(CELLS["peephole"], 30, 8, 2, 16)
    weights = dict(layer.weights.items())
    exact = hidden(layer.cell, weights, x)
    single = {name: w.detach().float() for name, w in weights.items()}
    rounded = hidden(layer.cell, single, x.detach().float())
    assert rounded.dtype == torch.float32
    assert (rounded - exact).abs().max() < 2e-6
