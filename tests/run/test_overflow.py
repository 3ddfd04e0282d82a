"""What leaves the floating-point range is reported by every processor, and nothing else is."""

from typing import Any

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights
from tests.agreement import assert_equal
from tests.run.odd_kernels import KERNELS, use

each_kernel = pytest.mark.parametrize("kernel", KERNELS)

T, B, D, H = 3, 2, 2, 2

# The first place where 8e308 - 8e308 is asked for.
PLACE = "step 1 of sequence 1, unit 1"
LOUD = np.array([[0.1, 0.1], [1e308, 1e308]])
X = np.full((T, B, D), 0.1)
X[1:, 1] = 8, -8
OPPOSED = np.array([8.0, -8.0])


def weights_of(cell: Cell, **loud: np.ndarray) -> dict[str, np.ndarray]:
    shapes = cell.weight_shapes(D, H)
    return {name: np.full(shape, 0.1) for name, shape in shapes.items()} | loud


def report(text: str, hold: dict | None = None, state: dict | None = None, **loud: Any) -> str:
    """What is said about a run in which these weights are loud."""
    cell = Cell(text)
    with pytest.raises(FloatingPointError) as refusal:
        run(cell, weights_of(cell, **loud), X, state, hold)
    return str(refusal.value)


@each_kernel
@pytest.mark.parametrize(
    "text",
    [
        "a = sigmoid(W_a @ x + b_a)\nh = a * h_prev",
        "a = sigmoid(W_a @ x - W_a @ x)\nh = a",
        "a = sigmoid(U_a @ h_prev - (b_a - W_a @ x))\nh = a",
        "a = tanh(W_a @ x)\nk = sigmoid(W_b @ x)\nm = sigmoid(W_c @ x)\nh = a * k * m",
        "a = exp(-abs(1 - d_a * (W_a @ x + b_a)))\nh = a",
        "a = 1 / (1 + exp(-(W_a @ x)))\nh = a",
        "a = maximum(minimum(W_a @ x, 1), 0)\nh = a",
        "a = tanh(W_a @ x) ** 0\nh = a",
        "a = 0 * sigmoid(W_a @ x)\nh = a",
    ],
)
def test_a_gate_whose_terms_are_too_large_is_reported_whatever_they_cancel_to(
    text, kernel, monkeypatch
):
    use(kernel, monkeypatch)
    said = report(text, W_a=LOUD)
    assert f'At {PLACE} of "a = ' in said
    assert "depend on the processor" in said


@each_kernel
@pytest.mark.parametrize(
    "operand",
    [
        "s",
        "r * s",
        "-s",
        "s + 0 * q",
        "s / r",
        "exp(log(abs(s))) * (s / abs(s))",
        "relu(s) - relu(-s)",
    ],
)
def test_so_is_a_product_inside_a_line(operand, kernel, monkeypatch):
    use(kernel, monkeypatch)
    text = f"""
        s = W_s @ x
        q = sigmoid(s)
        r = 1 / (1 + 0 * q)
        a = sigmoid(b_a + U_a @ ({operand}))
        h = a
    """
    assert f'At {PLACE} of "a = ' in report(text, W_s=np.eye(H), U_a=LOUD)


@each_kernel
def test_so_is_a_product_inside_a_product_at_the_first_unit_that_reads_it(kernel, monkeypatch):
    use(kernel, monkeypatch)
    text = "s = W_s @ x\nh = tanh(U_h @ sigmoid(R_h @ (1 * s)))"
    said = report(text, W_s=np.eye(H), R_h=LOUD)
    assert 'At step 1 of sequence 1, unit 0 of "h = ' in said


@each_kernel
def test_a_large_bias_counts_among_the_terms(kernel, monkeypatch):
    use(kernel, monkeypatch)
    one = np.array([[0.1, 0.1], [-1.7e307, 0]])
    said = report("a = sigmoid(W_a @ x + b_a)\nh = a", W_a=one, b_a=np.array([0, 1.5e308]))
    assert f'At {PLACE} of "a = ' in said


@each_kernel
def test_the_states_before_the_first_step_are_added_up_like_any_other(kernel, monkeypatch):
    use(kernel, monkeypatch)
    text = "a = sigmoid(U_a @ h_prev)\nh = tanh(W_h @ x + b_h) * a"
    said = report(text, state={"h": np.array([[0.0, 0.0], OPPOSED])}, U_a=LOUD)
    assert 'At step 0 of sequence 1, unit 1 of "a = ' in said


@each_kernel
def test_what_is_held_may_make_the_terms_too_large(kernel, monkeypatch):
    use(kernel, monkeypatch)
    hold = np.full((T, B, H), np.nan)
    hold[1, 1] = OPPOSED
    text = "s = sigmoid(W_s @ x)\na = sigmoid(U_a @ (0.5 * s))\nh = a"
    assert f'At {PLACE} of "a = ' in report(text, hold={"s": hold}, U_a=LOUD)
    # Through a line that would have kept its range, had what it reads not been held.
    text = "s = sigmoid(W_s @ x)\nk = 0.5 * s\na = sigmoid(U_a @ (1 * k))\nh = a"
    assert f'At {PLACE} of "a = ' in report(text, hold={"s": hold}, U_a=LOUD)


@each_kernel
def test_a_gate_is_asked_what_it_adds_up_only_where_it_is_not_held(kernel, monkeypatch):
    use(kernel, monkeypatch)
    text = "a = sigmoid(W_a @ x)\nh = a"
    hold = np.full((T, B, H), 0.5)
    assert (run(Cell(text), weights_of(Cell(text), W_a=LOUD), X, hold={"a": hold}).h == 0.5).all()
    hold[2] = np.nan
    assert "At step 2 of sequence 1, unit 1" in report(text, hold={"a": hold}, W_a=LOUD)


@each_kernel
def test_single_precision_ends_earlier(kernel, monkeypatch):
    use(kernel, monkeypatch)
    cell = Cell("a = sigmoid(W_a @ x)\nh = a")
    weights = weights_of(cell, W_a=LOUD / 1e270)
    assert np.isfinite(run(cell, weights, X).h).all()
    with pytest.raises(FloatingPointError, match=rf'{PLACE} of "a = .*depend on the processor'):
        run(cell, weights, X, dtype="float32")


@each_kernel
def test_terms_that_add_up_are_not_reported_however_large_they_are(kernel, monkeypatch):
    use(kernel, monkeypatch)
    cell = Cell("a = tanh(W_a @ x + U_a @ (2 * h_prev) + b_a)\nh = 1e-6 * (W_h @ x) * a")
    weights = weights_of(cell, W_a=np.array([[0.1, 0.1], [1.1e307, 1.1e307]]))
    weights["b_a"] = np.array([0, 1e300])
    trace = run(cell, weights, X)
    assert_equal(trace.a[0, :, 1], np.ones(B))


@each_kernel
def test_an_infinity_that_no_matrix_made_may_be_what_the_author_meant(kernel, monkeypatch):
    use(kernel, monkeypatch)
    cell = Cell("a = 1 / (1 + exp(-(W_a @ x)))\nh = a * tanh(p_h * c)\nc = exp(b_c)")
    weights = weights_of(cell, W_a=np.array([[900.0, 900], [-1e5, 0]]))
    trace = run(cell, weights | {"p_h": np.full(H, 1e308), "b_c": np.full(H, 7.0)}, X)
    assert trace.a[1, 1, 1] == 0


def outcome(cell: Cell, weights: dict[str, np.ndarray], x: np.ndarray, dtype: str) -> Trace | str:
    try:
        return run(cell, weights, x, dtype=dtype)
    except FloatingPointError as problem:
        return str(problem)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_all_processors_agree_on_what_can_be_computed(cell, dtype, monkeypatch):
    x = np.random.default_rng(1).normal(size=(5, 3, 4))
    largest = 308 if dtype == "float64" else 38
    for exponent in (0, largest / 2, largest - 1, largest):
        weights = {n: 10.0**exponent * w for n, w in init_weights(cell, 4, 5, 2).items()}
        if not all(np.isfinite(w.astype(dtype)).all() for w in weights.values()):
            continue
        found = {}
        for kernel in KERNELS:
            use(kernel, monkeypatch)
            found[kernel] = outcome(cell, weights, x, dtype)
        texts = {kernel: found[kernel] for kernel in KERNELS if isinstance(found[kernel], str)}
        assert not texts or (len(texts) == len(KERNELS) and len({*texts.values()}) == 1), texts
