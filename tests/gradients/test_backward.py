"""Backpropagation through time, judged by autograd, published numbers and finite differences."""

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.gradients.backward import Backward, NoSlope, Slopes, backprop
from lstm_viz.run.trace import Trace
from tests import autograd
from tests.agreement import assert_equal, refused
from tests.gradient_cases import ALL, TYPED, B, H, T, trace_of

every_cell = pytest.mark.parametrize("cell", ALL.values(), ids=ALL)


def a_loss(seed: int = 5) -> np.ndarray:
    """The derivative of some loss by every h."""
    return np.random.default_rng(seed).normal(size=(T, B, H))


def sequence(trace: Trace, b: int) -> autograd.Unrolled:
    return autograd.unrolled(
        trace.cell,
        trace.weights,
        trace.x[:, b],
        {name: value[b] for name, value in trace.initial.items()},
        {name: value[:, b] for name, value in trace.hold.items()},
    )


def assert_agrees_with_autograd(trace: Trace, found: Backward) -> None:
    weights = {name: np.zeros(weight.shape) for name, weight in trace.weights.items()}
    for b in range(B):
        torchs = sequence(trace, b)
        loss = sum(
            (torchs.steps[t][name] * autograd.tensor(direct[t, b])).sum()
            for name, direct in found.given.items()
            for t in range(T)
        )
        for t, signals in enumerate(torchs.steps):
            expected = torchs.gradient(loss, *signals.values())
            for name, value in zip(signals, expected, strict=True):
                assert_equal(found.signals[name][t, b], value, of=(name, t))
        assert_equal(found.x[:, b], torchs.gradient(loss, torchs.x)[0], of="x")
        for name, leaf in torchs.start.items():
            assert_equal(found.initial[name][b], torchs.gradient(loss, leaf)[0], of=name)
        for name, leaf in torchs.weights.items():
            weights[name] += torchs.gradient(loss, leaf)[0]
    for name, gradient in weights.items():
        assert_equal(found.weights[name], gradient, of=name)


@every_cell
def test_every_derivative_of_a_loss_is_autograds(cell):
    trace = trace_of(cell)
    assert_agrees_with_autograd(trace, backprop(trace, {"h": a_loss()}))


@pytest.mark.parametrize("name", ["peephole", "gru", "fgr", "slstm"])
def test_a_loss_may_look_at_any_signal(name):
    trace = trace_of(CELLS[name])
    loss = {signal: a_loss(seed) for seed, signal in enumerate(trace.cell.signals)}
    assert_agrees_with_autograd(trace, backprop(trace, loss))


@every_cell
def test_no_gradient_flows_back_through_what_is_held(cell):
    """Every signal of some unit is held at some step, and free elsewhere."""
    stream = np.random.default_rng(8)
    hold = {
        name: np.where(stream.random((T, B, H)) < 0.3, stream.uniform(0.2, 0.8, (T, B, H)), np.nan)
        for name in cell.signals
    }
    trace = trace_of(cell, hold)
    assert_agrees_with_autograd(trace, backprop(trace, {"h": a_loss()}))


def test_a_gate_held_for_good_teaches_its_weights_nothing():
    found = backprop(trace_of(CELLS["lstm"], {"f": np.array(0.9)}), {"h": a_loss()})
    for name in ("W_f", "U_f", "b_f"):
        assert not found.weights[name].any()
    assert found.weights["W_i"].any()


@pytest.mark.parametrize("cell", TYPED.values(), ids=TYPED)
def test_the_weight_gradients_of_a_typed_cell_are_finite_differences(cell):
    trace, loss, step = trace_of(cell), a_loss(), 1e-6
    found = backprop(trace, {"h": loss}).weights

    def value(name: str, place: tuple[int, ...], by: float) -> float:
        weights = {key: weight.copy() for key, weight in trace.weights.items()}
        weights[name][place] += by
        return float((lv.run(cell, weights, trace.x, trace.initial).h * loss).sum())

    for name in trace.weights:
        place = tuple(size - 1 for size in trace.weights[name].shape)
        difference = (value(name, place, step) - value(name, place, -step)) / (2 * step)
        assert found[name][place] == pytest.approx(difference, rel=1e-5, abs=1e-8), name


# ---- published numbers (the fact sheet, 1.16): scalar cells, D = H = 1, x = 1, -1, 0.5 -----------

SCALARS = {"i": (0.6, -0.4, 0.1), "f": (-0.3, 0.5, 1.0), "c": (0.9, 0.7, -0.2)}
SCALARS |= {"o": (0.4, 0.3, 0.05), "z": SCALARS["i"], "r": SCALARS["f"], "h": SCALARS["c"]}
VECTORS = {"p_i": 0.2, "p_f": -0.3, "p_o": 0.5, "d_h": 0.15}

GOLDEN = {
    "rnn": (1.010060779, 0.987570685, 0.876598623),
    "lstm": (0.667812631, 0.032930871, 0.308558683),
    "peephole": (0.708599573, 0.039788237, 0.334425119),
    "coupled": (0.328376403, 0.024427936, 0.157472887),
    "gru": (0.142981930, 0.776612225, 0.246212223),
    "gru_reset_before": (0.194898122, 0.692384510, 0.266377475),
    "mgu": (0.540567603, 0.703469288, 0.560335873),
    "janet": (1.171835430, 0.229802174, 0.468553917),
}


def scalar_gradients(cell: Cell) -> Backward:
    """Of L = h_1 + h_2 + h_3."""
    weights = {name: np.array([value]) for name, value in VECTORS.items()}
    for letter, (W, U, bias) in SCALARS.items():
        weights |= {f"W_{letter}": np.array([[W]]), f"U_{letter}": np.array([[U]])}
        weights[f"b_{letter}"] = np.array([bias])
    trace = lv.run(cell, weights, np.array([1.0, -1.0, 0.5]).reshape(3, 1, 1))
    return backprop(trace, {"h": np.ones((3, 1, 1))})


@pytest.mark.parametrize("name", GOLDEN)
def test_the_published_gradients_of_scalar_cells(name):
    assert_equal(scalar_gradients(CELLS[name]).x.ravel(), GOLDEN[name], within=1e-9)


def test_the_published_gradients_of_the_cifg_without_peepholes():
    found = scalar_gradients(CELLS["lstm"].with_("f = 1 - i")).x.ravel()
    assert_equal(found, (0.543774082, -0.006386310, 0.312545696), within=1e-9)


def test_the_published_weight_gradients_of_the_lstm():
    found = scalar_gradients(CELLS["lstm"]).weights
    for letter, expected in {
        "i": (0.349784, -0.034545, 0.063622),
        "f": (-0.053594, 0.013588, 0.064455),
        "c": (0.574837, 0.042982, 1.021745),
        "o": (0.114648, 0.005807, 0.177236),
    }.items():
        ours = [found[f"{kind}_{letter}"].item() for kind in ("W", "U", "b")]
        assert_equal(ours, expected, within=1e-6, of=letter)


def test_the_published_gradients_of_the_peepholes():
    found = scalar_gradients(CELLS["peephole"]).weights
    ours = [found[name].item() for name in ("p_i", "p_f", "p_o")]
    assert_equal(ours, (-0.064447, 0.026614, 0.051587), within=1e-6)


# ---- what the field says about the flow ---------------------------------------------------------


def test_the_textbooks_deltas_of_the_lstm():
    """The fact sheet, 2.2: dc = c- + dh o (1 - tanh² c), and what each gate gets of it."""
    trace = trace_of(CELLS["lstm"])
    found = backprop(trace, {"h": a_loss()})
    f, i, g, o, c = (trace[name] for name in ("f", "i", "c_tilde", "o", "c"))
    dh, dc = found.signals["h"], found.signals["c"]
    from_later = np.concatenate([dc[1:] * f[1:], np.zeros((1, B, H))])
    assert_equal(dc, from_later + dh * o * (1 - np.tanh(c) ** 2))
    deltas = {str(product): delta for product, delta in found.products.items()}
    assert_equal(deltas["U_o @ h_prev"], dh * np.tanh(c) * o * (1 - o))
    assert_equal(deltas["U_i @ h_prev"], dc * g * i * (1 - i))
    assert_equal(deltas["U_f @ h_prev"], dc * trace.past("c") * f * (1 - f))
    assert_equal(deltas["U_c @ h_prev"], dc * i * (1 - g**2))


@pytest.mark.parametrize("name", ["lstm", "gru", "mut3"])
def test_one_set_of_weights_gets_the_sum_of_what_every_step_wants(name):
    trace = trace_of(CELLS[name])
    found = backprop(trace, {"h": a_loss()})
    for product, delta in found.products.items():
        operand = trace.value(product.operand)
        steps = [delta[t].T @ operand[t] for t in range(T)]
        assert_equal(found.weights[product.weight], sum(steps), of=product)


def test_a_loss_at_one_step_says_nothing_about_later_ones():
    loss = a_loss()
    loss[3:] = 0
    found = backprop(trace_of(CELLS["lstm"]), {"h": loss})
    assert not found.x[3:].any()
    assert found.x[:3].all()


def test_what_the_input_gate_shuts_out_gets_no_gradient_through_the_candidate():
    trace = trace_of(CELLS["lstm"], {"i": np.array(0.0)})
    found = backprop(trace, {"h": a_loss()})
    assert not found.signals["c_tilde"].any()


def test_an_erased_memory_has_erased_its_gradient():
    f = np.full((T, 1, 1), np.nan)
    f[3] = 0
    found = backprop(trace_of(CELLS["lstm"], {"f": f, "o": np.array(0.0)}), {"c": a_loss()})
    alone = backprop(
        trace_of(CELLS["lstm"], {"f": f, "o": np.array(0.0)}),
        {"c": a_loss() * (np.arange(T) < 3)[:, None, None]},
    )
    assert_equal(found.signals["c"][:3], alone.signals["c"][:3])


def test_the_truncation_of_1997_is_what_is_left_when_the_gates_are_cut():
    """Nothing flows back through gates and candidate: dc_{t-1} = f dc_t and nothing else."""
    trace = trace_of(CELLS["lstm"])
    found = backprop(trace, {"h": a_loss()}, cut=("f", "i", "c_tilde", "o"))
    dc = found.signals["c"]
    shown = a_loss() * trace.o * (1 - np.tanh(trace.c) ** 2)
    assert_equal(dc[:-1], shown[:-1] + trace.f[1:] * dc[1:])
    assert not found.weights["U_f"].any()


def test_a_cut_peephole_is_one_that_gradient_does_not_see():
    """As the papers of 2000 and 2002 cut them: the gate still looks, its look is a constant."""
    trace = trace_of(CELLS["peephole"])
    found = backprop(trace, {"h": a_loss()}, cut=("p_f",))
    f = trace.f
    held = lv.run(
        CELLS["peephole"].with_("f = sigmoid(W_f @ x + U_f @ h_prev + looked + b_f)", "looked = 0"),
        {name: weight for name, weight in trace.weights.items() if name != "p_f"},
        trace.x,
        trace.initial,
        hold={"looked": trace.value("p_f * c_prev")},
    )
    assert_equal(held.f, f)
    expected = backprop(held, {"h": a_loss()})
    assert_equal(found.x, expected.x)
    assert_equal(found.weights["U_f"], expected.weights["U_f"])
    assert not found.weights["p_f"].any()


def test_a_cut_matrix_passes_nothing_back_and_learns_nothing():
    trace = trace_of(CELLS["lstm"])
    found = backprop(trace, {"h": a_loss()}, cut=("U_f", "U_i", "U_c", "U_o"))
    dc = found.signals["c"]
    assert_equal(
        dc[:-1], trace.f[1:] * dc[1:] + (a_loss() * trace.o * (1 - np.tanh(trace.c) ** 2))[:-1]
    )
    assert not found.weights["U_f"].any()
    assert found.weights["W_f"].any()


def test_what_cannot_be_cut_is_refused_in_words():
    with refused("cut names q", "f, i, c_tilde", "U_f", "direct"):
        Slopes(trace_of(CELLS["lstm"]), cut=("q",))
    with refused("cut names direct", "what can be cut here: h, W_h, U_h, b_h."):
        Slopes(trace_of(CELLS["rnn"]), cut=("direct",))


def test_a_slope_without_a_number_is_named():
    cell = Cell("h = sqrt(h_prev) + W_h @ x")
    trace = lv.run(cell, {"W_h": np.ones((1, 1))}, np.ones((2, 1, 1)))
    with pytest.raises(NoSlope, match=r"At step 0 the slope .* corner or a pole") as found:
        Slopes(trace)
    assert (found.value.signal, found.value.step) == ("h", 0)
