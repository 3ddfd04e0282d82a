"""The reference, judged by Python's own reading of the text; and what it judges: the compiled pass.

``test_reading`` has what torch, published numbers and closed forms say of ``run``.
"""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_viz.cells import CELLS, Cell
from lstm_viz.run import step
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from tests import plainly
from tests.agreement import assert_equal
from tests.typed_cells import texts

T, B, D, H = 6, 3, 4, 5

each_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)

# What no cell of the catalogue has: each a way in which memory could be used too early.
ODD = {
    "a state is read after it is renewed": """
        c = 0.9 * c_prev + tanh(W_c @ x + U_c @ h_prev)
        change = c - c_prev * p_d
        h = tanh(c + change * change)""",
    "a matrix within a matrix": """
        h = tanh(W_h @ x + U_h @ tanh(U_g @ (h_prev * h_prev + b_g) + W_g @ x))""",
    "gates of every function": """
        a = exp(W_a @ x - U_a @ h_prev)
        k = relu(W_a @ x + b_a)
        m = logsigmoid(U_m @ h_prev + W_m @ x)
        q = softplus(b_q - W_m @ x)
        r = abs(W_r @ x + U_r @ c_prev)
        c = tanh(W_a @ x + U_c @ c_prev) / (1 + a)
        h = sigmoid(k - m) * tanh(c - q * r)""",
    "one sum read twice, and two weights in one place": """
        f = sigmoid(W_f @ x + U_f @ h_prev + W_g @ x - b_f)
        u = W_f @ x + U_f @ h_prev + W_g @ x - b_f
        h = f * h_prev + (1 - f) * tanh(u) ** 3""",
}


def weights_of(cell: Cell) -> dict[str, np.ndarray]:
    return {name: 1.5 * w for name, w in init_weights(cell, D, H).items()}


def inputs(seed: int, shape: tuple[int, ...] = (T, B, D)) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def initial_of(cell: Cell, seed: int) -> dict[str, np.ndarray]:
    # n of the sLSTM divides, so it starts above zero.
    stream = np.random.default_rng(seed)
    return {name: stream.uniform(0.2, 0.8, (B, H)) for name in cell.states}


def hold_of(names: tuple[str, ...], seed: int) -> dict[str, np.ndarray]:
    """Each of these held at about half of all places, at numbers between 0 and 1."""
    stream = np.random.default_rng(seed)
    return {
        name: np.where(stream.random((T, B, H)) < 0.5, stream.random((T, B, H)), np.nan)
        for name in names
    }


def agree(cell: Cell, hold: dict[str, np.ndarray], within: float = 1e-13) -> None:
    """The compiled pass and the reference tell the same of every signal, from given states."""
    weights, x, initial = weights_of(cell), inputs(1), initial_of(cell, 2)
    expected = step.read(cell, weights, x, initial, hold)
    found = run(cell, weights, x, initial, hold)
    for name in cell.signals:
        assert_equal(found[name], expected[name], within, of=name)


@each_cell
def test_a_step_is_what_python_makes_of_the_text(cell):
    weights, x, initial = weights_of(cell), inputs(3), initial_of(cell, 4)
    hold = hold_of(cell.signals[:1], 5)
    expected = plainly.read(cell.text, weights, x, initial, hold)
    found = step.read(cell, weights, x, initial, hold)
    for name in cell.signals:
        assert_equal(found[name], expected[name], of=name)


@each_cell
def test_the_compiled_pass_is_the_reference(cell):
    agree(cell, {})


@each_cell
def test_the_compiled_pass_is_the_reference_with_each_signal_held_and_with_all(cell):
    for number, name in enumerate(cell.signals):
        agree(cell, hold_of((name,), number))
    agree(cell, hold_of(cell.signals, 99))


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_memory_is_never_used_too_early(text):
    cell = Cell(text)
    agree(cell, {})
    for number, name in enumerate(cell.signals):
        agree(cell, hold_of((name,), number))


@settings(max_examples=60, deadline=None)
@given(texts(), st.data())
def test_the_compiled_pass_is_the_reference_for_cells_nobody_thought_of(text, data):
    cell = Cell(text)
    assume(cell.weight_names)
    held = data.draw(st.sets(st.sampled_from(cell.signals)))
    agree(cell, hold_of(tuple(held), 7), within=1e-11)


@each_cell
def test_single_precision_agrees_as_far_as_its_digits_go(cell):
    weights, x = weights_of(cell), inputs(8)
    single = {name: w.astype(np.float32) for name, w in weights.items()}
    initial = {s: np.full((B, H), cell.initial.get(s, 0.0), np.float32) for s in cell.states}
    expected = step.read(cell, single, x.astype(np.float32), initial, {})
    found = run(cell, weights, x, dtype="float32")
    for name in cell.signals:
        assert found[name].dtype == expected[name].dtype == np.float32
        assert_equal(found[name], expected[name], within=2e-5, of=name)


def test_a_gate_that_is_nearly_shut_keeps_its_digits():
    cell = CELLS["lstm"]
    weights = {name: 0 * w for name, w in weights_of(cell).items()} | {"b_f": np.full(H, -40.0)}
    assert_equal(run(cell, weights, inputs(9)).f / np.exp(-40.0), np.ones((T, B, H)))


def test_what_was_recorded_stays_when_the_same_memory_reads_again():
    cell, weights = CELLS["lstm"], weights_of(CELLS["lstm"])
    first = run(cell, weights, inputs(10))
    before = {name: first[name].copy() for name in cell.signals}
    run(cell, weights, inputs(11), initial_of(cell, 12), hold_of(("f",), 13))
    run(cell, weights, inputs(14))
    assert all(np.array_equal(first[name], before[name]) for name in cell.signals)
