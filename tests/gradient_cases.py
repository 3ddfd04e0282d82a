"""Cells and runs on which gradients are tested: the whole catalogue, and cells typed by hand."""

import numpy as np

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.run.trace import Trace

T, B, D, H = 5, 2, 3, 4

# What no catalogue cell has: a memory read through a matrix, states of the same step read through
# one, an input within a product, sums of gates, functions in all places.
TYPED = {
    "memory_through_a_matrix": Cell(
        """
        f = sigmoid(W_f @ x + U_f @ c_prev + p_f * h_prev + b_f)
        c = f * c_prev + (1 - f) * tanh(W_c @ x + U_c @ (f * c_prev - h_prev) + b_c)
        h = tanh(U_h @ c + R_h @ (c * h_prev) + d_h)
        """
    ),
    "three_states_and_a_slow_one": Cell(
        """
        k = sigmoid(W_k @ x + U_k @ h_prev + R_k @ tanh(slow_prev) + b_k)
        c = k * c_prev + (1 - k) * softplus(W_c @ x + U_c @ h_prev)
        slow = 0.9 * slow_prev + 0.1 * c
        o = sigmoid(W_o @ x + p_o * c - p_s * slow + R_o @ o_prev)
        h = o * tanh(c - slow) / (1 + exp(-slow))
        """
    ),
    "products_within_products": Cell(
        """
        q = tanh(W_q @ x + U_q @ (h_prev * sigmoid(R_q @ (h_prev ** 2 + b_q) + W_r @ x)) + d_q)
        h = maximum(q, -0.9) * 0.5 + minimum(h_prev, q) * sqrt(0.3 + abs(q)) - log(2 + q)
        """
    ),
    "an_h_that_no_step_reads": Cell(
        """
        f = sigmoid(W_f @ x + p_f * c_prev + b_f)
        c = f * c_prev + (1 - f) * (W_c @ x)
        r = sigmoid(W_r @ x + p_r * c_prev + b_r)
        h = r * c + (1 - r) * (W_h @ x)
        """
    ),
    "two_states_and_none_is_a_c": Cell(
        """
        z = z_prev + 0.1 * (tanh(W_z @ x + U_y @ y_prev + U_z @ z_prev + b_z) - 2 * y_prev)
        y = y_prev + 0.1 * z
        h = y
        """
    ),
    "gates_that_share_one_product": Cell(
        """
        u = W_u @ x + U_u @ h_prev + b_u
        f = sigmoid(u)
        i = sigmoid(1 - u)
        c = f * c_prev + i * tanh(u + U_u @ h_prev)
        h = relu(c + 0.2) - logsigmoid(c)
        """
    ),
}

ALL = {**CELLS, **TYPED}


def states_of(cell: Cell) -> dict[str, np.ndarray]:
    """n of the sLSTM divides, so it starts above zero."""
    stream = np.random.default_rng(1)
    return {name: stream.uniform(0.2, 0.8, (B, H)) for name in cell.states}


def trace_of(cell: Cell, hold: dict[str, np.ndarray] | None = None) -> Trace:
    """A run with weights large enough that every gate moves."""
    stream = np.random.default_rng(2)
    weights = {
        name: stream.normal(size=shape) * 0.7 for name, shape in cell.weight_shapes(D, H).items()
    }
    return lv.run(cell, weights, stream.normal(size=(T, B, D)), states_of(cell), hold)
