"""The pieces of backpropagation: each judged by autograd, or by the whole that autograd judges."""

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.expressions import Product, walk
from lstm_viz.gradients.backward import backprop
from lstm_viz.gradients.deltas import Deltas, shares

NESTED = Cell(
    """
    r = sigmoid(W_r @ x + b_r)
    h = tanh(U_h @ (r * (U_r @ h_prev + b_q)) + W_h @ x) + 0.5 * h_prev
    """,
    name="nested",
)
EVERY = [*CELLS.values(), NESTED]


def walked(cell: Cell, hold: dict[str, np.ndarray] | None = None) -> Deltas:
    rng = np.random.default_rng(3)
    weights = {n: rng.normal(size=s) * 0.7 for n, s in cell.weight_shapes(3, 4).items()}
    trace = lv.run(cell, weights, rng.normal(size=(6, 2, 3)), hold=hold)
    return Deltas(backprop(trace, {"h": rng.normal(size=trace.h.shape)}))


@pytest.mark.parametrize("cell", EVERY, ids=lambda cell: cell.name)
def test_the_shares_of_a_signal_add_up_to_its_gradient(cell):
    deltas = walked(cell)
    for signal, whole in deltas.backward.signals.items():
        found = sum((deltas.share(s) for s in shares(cell, signal)), start=deltas.loss(signal))
        assert np.allclose(found, whole, rtol=0, atol=1e-13)


@pytest.mark.parametrize("cell", EVERY, ids=lambda cell: cell.name)
def test_the_gradient_by_a_matrix_product_is_the_one_that_makes_the_weight_gradient(cell):
    deltas = walked(cell)
    for product, whole in deltas.backward.products.items():
        assert np.allclose(deltas.by(product), whole, rtol=0, atol=1e-13)


def test_nothing_flows_on_through_a_held_gate():
    hold = {"f": np.where(np.arange(6) == 3, 1.0, np.nan)[:, None, None]}
    deltas = walked(CELLS["lstm"], hold)
    assert not deltas.inside("f")[3].any()
    assert deltas.inside("f")[2].any()


def test_the_gradient_by_any_part_of_an_equation_is_autograds():
    cell = CELLS["peephole"]
    deltas = walked(cell)
    trace, given = deltas.trace, torch.tensor(np.array(deltas.backward.given["h"]))
    weights = {name: torch.tensor(np.array(weight)) for name, weight in trace.weights.items()}
    h = c = torch.zeros(2, 4, dtype=torch.float64)
    kept: list[torch.Tensor] = []
    peeped: list[torch.Tensor] = []
    squashed: list[torch.Tensor] = []
    loss = torch.zeros((), dtype=torch.float64)
    for t, x in enumerate(torch.tensor(np.array(trace.x))):

        def gate(q: str, x: torch.Tensor = x, h: torch.Tensor = h) -> torch.Tensor:
            return x @ weights[f"W_{q}"].T + h @ weights[f"U_{q}"].T + weights[f"b_{q}"]

        peep = (weights["p_f"] * c).requires_grad_()
        f = torch.sigmoid(gate("f") + peep)
        keep = (f * c).requires_grad_()
        i = torch.sigmoid(gate("i") + weights["p_i"] * c)
        c = keep + i * torch.tanh(gate("c"))
        c.requires_grad_()
        o = torch.sigmoid(gate("o") + weights["p_o"] * c)
        squash = torch.tanh(c).requires_grad_()
        h = o * squash
        for tensor, found in ((keep, kept), (peep, peeped), (squash, squashed)):
            tensor.retain_grad()
            found.append(tensor)
        loss = loss + (h * given[t]).sum()
    loss.backward()
    for key, found in (("f * c_prev", kept), ("p_f * c_prev", peeped), ("tanh(c)", squashed)):
        judged = np.stack([np.asarray(tensor.grad) for tensor in found])
        assert np.allclose(deltas.by(key), judged, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru", "fgr"])
def test_the_weight_sums_end_with_the_norm_of_the_whole_gradient(name):
    deltas = walked(CELLS[name])
    sums = deltas.weight_sums()
    gradients = deltas.backward.weights
    for line in CELLS[name].lines:
        parts = [p for p in walk(line.expression) if isinstance(p, Product)]
        used = {p.weight for p in parts} | {n for n in gradients if f"{n}" in line.text.split()}
        used |= {n for n in gradients if f"{n})" in line.text}
        if used:
            norm = np.sqrt(sum((gradients[n] ** 2).sum() for n in used))
            assert sums[line.name][0] == pytest.approx(norm, rel=1e-10)


def test_a_share_has_a_name_of_its_own():
    for cell in EVERY:
        for signal in cell.signals:
            keys = [share.key for share in shares(cell, signal)]
            assert len(keys) == len(set(keys))
