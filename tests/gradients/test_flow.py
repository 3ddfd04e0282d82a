"""How far the gradient reaches, judged by torch, by closed forms and by published numbers."""

import tracemalloc
from functools import cache

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.gradients.flow import GradientFlow
from lstm_viz.run.trace import Trace
from tests import autograd
from tests.agreement import assert_equal, refused
from tests.gradient_cases import ALL, B, H, T, states_of, trace_of

every_cell = pytest.mark.parametrize("cell", ALL.values(), ids=ALL)
WITH_MEMORY = {name: cell for name, cell in ALL.items() if cell.memory}
every_memory = pytest.mark.parametrize("cell", WITH_MEMORY.values(), ids=WITH_MEMORY)


def a_loss(seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(T, B, H))


def place(cell: Cell, state: str) -> slice:
    """Where a state's units are among the stacked states."""
    first = cell.states.index(state) * H
    return slice(first, first + H)


def chain(J: np.ndarray) -> np.ndarray:
    """J_T ... J_{t+1} for each t, (T, B, S, S), multiplied out."""
    products = [np.broadcast_to(np.eye(J.shape[-1]), J.shape[1:])]
    for step in J[:0:-1]:
        products.append(products[-1] @ step)
    return np.stack(products[::-1])


def frobenius(matrices: np.ndarray) -> np.ndarray:
    return np.linalg.norm(matrices, axis=(-2, -1))


def assert_same_size(found: np.ndarray, expected: np.ndarray) -> None:
    """However small they are, and 0 where the other is exactly 0."""
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=0)


def diagonal(values: np.ndarray) -> np.ndarray:
    return values[..., None] * np.eye(values.shape[-1])


# ---- torch -------------------------------------------------------------------------------------


@every_cell
def test_one_step_of_the_whole_state_is_jacrevs(cell):
    trace = trace_of(cell)
    J = lv.gradient_flow(trace).jacobians
    for t in range(T):
        for b in range(B):
            past = {state: trace.past(state)[t, b] for state in cell.states}
            expected = autograd.jacobian(cell, trace.weights, trace.x[t, b], past)
            assert_equal(J[t, b], expected, of=(t, b))


@every_cell
def test_the_chain_over_time_is_autograd_through_all_steps(cell):
    """The last state by each earlier one: the other states of that step held, and followed."""
    trace = trace_of(cell)
    flow = lv.gradient_flow(trace)
    multiplied = chain(flow.jacobians)
    for state in cell.states:
        own = multiplied[:, :, place(cell, state), place(cell, state)]
        assert_same_size(flow.norm(state), frobenius(own))
        for b in range(B):
            start = {name: value[b] for name, value in trace.initial.items()}
            torchs = autograd.unrolled(cell, trace.weights, trace.x[:, b], start)
            last = torchs.steps[-1][state]
            for t, signals in enumerate(torchs.steps):
                rows = [torchs.gradient(unit, signals[state])[0] for unit in last]
                total = float(np.linalg.norm(rows))
                assert flow.total(state)[t, b] == pytest.approx(total, rel=1e-11), (state, t)


@every_cell
def test_the_whole_states_norm_is_that_of_the_whole_product(cell):
    flow = lv.gradient_flow(trace_of(cell))
    assert_same_size(flow.norm(), frobenius(chain(flow.jacobians)))


@every_cell
def test_the_norms_of_a_loss_are_those_of_backpropagation(cell):
    flow = lv.gradient_flow(trace_of(cell), a_loss())
    for name in (*cell.signals, "x"):
        expected = np.linalg.norm(flow.loss(name), axis=-1)
        assert_equal(10 ** flow.log10_loss(name), expected, of=name)


@every_cell
def test_each_sequence_of_a_batch_is_as_if_alone(cell):
    trace = trace_of(cell)
    both = lv.gradient_flow(trace, a_loss())
    for b in range(B):
        one = slice(b, b + 1)
        start = {state: value[one] for state, value in states_of(cell).items()}
        alone = lv.gradient_flow(
            lv.run(cell, trace.weights, trace.x[:, one], start), a_loss()[:, one]
        )
        assert_equal(both.jacobians[:, one], alone.jacobians)
        for state in cell.states:
            assert_equal(both.norm(state)[:, one], alone.norm(state))
        assert_equal(both.log10_loss("x")[:, one], alone.log10_loss("x"))
        if cell.memory:
            assert_equal(both.excursions()[:, :, one], alone.excursions())


def test_the_last_step_moves_itself_one_to_one():
    flow = lv.gradient_flow(trace_of(CELLS["lstm"]))
    assert_equal(flow.norm("h")[-1], np.full(B, np.sqrt(H)))
    assert_equal(flow.norm("c")[-1], np.full(B, np.sqrt(H)))


# ---- one step, as the field writes it (the fact sheet, 2.1, 2.5, 2.6) ----------------------------


def test_the_plain_rnns_step_is_its_slope_times_its_matrix():
    trace = trace_of(CELLS["rnn"])
    expected = (1 - trace.h**2)[..., None] * trace.weights["U_h"]
    assert_equal(lv.gradient_flow(trace).jacobians, expected)


def four_terms(trace: Trace) -> dict[str, np.ndarray]:
    """dc_t/dc_{t-1} from the second step on, as the fact sheet prints it."""
    w, f, i, g = trace.weights, trace.f[1:], trace.i[1:], trace.c_tilde[1:]
    c, o = trace.c[:-1], trace.o[:-1]
    k = o * (1 - np.tanh(c) ** 2)
    peephole = {gate: np.zeros(H) for gate in "fi"}
    if "p_o" in w:
        k = k + np.tanh(c) * o * (1 - o) * w["p_o"]
        peephole = {gate: w[f"p_{gate}"] for gate in "fi"}

    def through(slope: np.ndarray, letter: str) -> np.ndarray:
        looked = diagonal(np.broadcast_to(peephole.get(letter, np.zeros(H)), slope.shape))
        return slope[..., None] * (w[f"U_{letter}"] * k[..., None, :] + looked)

    return {
        "direct": diagonal(f),
        "f": through(c * f * (1 - f), "f"),
        "i": through(g * i * (1 - i), "i"),
        "c_tilde": through(i * (1 - g**2), "c"),
    }


@pytest.mark.parametrize("name", ["lstm", "peephole"])
def test_one_step_of_the_memory_has_four_terms(name):
    trace = trace_of(CELLS[name])
    paths = lv.gradient_flow(trace).paths()
    assert list(paths) == ["direct", "f", "i", "c_tilde"]
    for path, expected in four_terms(trace).items():
        assert_equal(paths[path][1:], expected, of=path)


def test_the_four_terms_are_exact_for_one_step_and_not_for_two():
    trace = trace_of(CELLS["lstm"])
    flow = lv.gradient_flow(trace)
    four = np.sum([*four_terms(trace).values()], axis=0)
    assert_equal(flow.total("c")[-2], frobenius(four[-1]))
    two = frobenius(four[-1] @ four[-2])
    assert abs(flow.total("c")[-3] / two - 1).min() > 1e-3


def test_the_recursion_that_is_exact_over_many_steps():
    """The fact sheet, 2.6: D_t = F D_{t-1} + A E_{t-1}, E_t = K D_t + B E_{t-1}."""
    trace = trace_of(CELLS["lstm"])
    f, i, g, o, c = (trace[name] for name in ("f", "i", "c_tilde", "o", "c"))
    w, past = trace.weights, trace.past("c")
    A = (
        (past * f * (1 - f))[..., None] * w["U_f"]
        + (g * i * (1 - i))[..., None] * w["U_i"]
        + (i * (1 - g**2))[..., None] * w["U_c"]
    )
    around = (np.tanh(c) * o * (1 - o))[..., None] * w["U_o"]
    K = diagonal(o * (1 - np.tanh(c) ** 2))
    D, E = np.broadcast_to(np.eye(H), (B, H, H)), K[0]
    for t in range(1, T):
        D = diagonal(f[t]) @ D + A[t] @ E
        E = K[t] @ D + around[t] @ E
    assert_equal(lv.gradient_flow(trace).total("c")[0], frobenius(D))


def test_coupled_gates_move_forget_and_input_at_once():
    trace = trace_of(CELLS["coupled"])
    w, f, g, c = trace.weights, trace.f[1:], trace.c_tilde[1:], trace.c[:-1]
    k = (trace.o * (1 - np.tanh(trace.c) ** 2))[:-1, :, None]
    expected = diagonal(f) + k * (
        ((c - g) * f * (1 - f))[..., None] * w["U_f"] + ((1 - f) * (1 - g**2))[..., None] * w["U_c"]
    )
    assert_equal(sum(lv.gradient_flow(trace).paths().values())[1:], expected)


def test_the_gru_before_and_after_the_reset():
    for name in ("gru", "gru_reset_before"):
        trace = trace_of(CELLS[name])
        w, r, z, n, h = trace.weights, trace.r, trace.z, trace.h_tilde, trace.past("h")
        expected = diagonal(z) + ((h - n) * z * (1 - z))[..., None] * w["U_z"]
        slope = ((1 - z) * (1 - n**2))[..., None]
        if name == "gru":
            m = h @ w["U_h"].T + w["d_h"]
            inner = r[..., None] * w["U_h"] + (m * r * (1 - r))[..., None] * w["U_r"]
        else:
            inner = w["U_h"] @ (diagonal(r) + (h * r * (1 - r))[..., None] * w["U_r"])
        assert_equal(lv.gradient_flow(trace).jacobians, expected + slope * inner, of=name)


def test_the_mingru_and_the_minlstm_only_ever_keep():
    """Their gates look at the input alone: the step is exactly diagonal."""
    trace = trace_of(CELLS["mingru"])
    assert_equal(lv.gradient_flow(trace).jacobians, diagonal(1 - trace.z), within=0)
    trace = trace_of(CELLS["minlstm"])
    assert_equal(lv.gradient_flow(trace).jacobians, diagonal(trace.f / (trace.f + trace.i)))


# ---- paths --------------------------------------------------------------------------------------


@every_memory
def test_the_paths_of_one_step_add_up_to_the_whole_step(cell):
    trace = trace_of(cell)
    flow = lv.gradient_flow(trace)
    whole = sum(flow.paths().values())
    for t in range(1, T):
        two = lv.run(
            cell,
            trace.weights,
            trace.x[t - 1 : t + 1],
            {state: trace.past(state)[t - 1] for state in cell.states},
        )
        assert_equal(frobenius(whole[t]), lv.gradient_flow(two).total(cell.memory)[0], of=t)


@every_memory
def test_the_shares_of_the_paths_are_one_whole(cell):
    shares = lv.gradient_flow(trace_of(cell)).shares()
    assert_equal(sum(shares.values()), np.ones((T, B, H)))


@every_memory
def test_a_share_is_a_paths_matrix_projected_on_the_sum_of_all(cell):
    """The matrices of the paths, multiplied out; their sum is autograd's, see above."""
    flow = lv.gradient_flow(trace_of(cell))
    paths, shares = flow.paths(), flow.shares()
    whole = sum(paths.values())
    assert set(shares) == set(paths)
    for name, path in paths.items():
        expected = (path * whole).sum(axis=-1) / (whole * whole).sum(axis=-1)
        assert_equal(shares[name], expected, of=name)


def test_a_shut_output_gate_cuts_every_indirect_path():
    paths = lv.gradient_flow(trace_of(CELLS["lstm"], {"o": np.array(0.0)})).paths()
    assert list(paths) == ["direct"]
    peeping = lv.gradient_flow(trace_of(CELLS["peephole"], {"o": np.array(0.0)})).paths()
    assert list(peeping) == ["direct", "f", "i"]


def test_with_every_other_path_cut_the_memory_passes_exactly_the_product_of_f():
    trace = trace_of(CELLS["lstm"])
    cut = lv.gradient_flow(trace, cut=("f", "i", "c_tilde"))
    product = np.cumprod(np.concatenate([np.ones((1, B, H)), trace.f[:0:-1]]), axis=0)[::-1]
    assert_equal(cut.kept, product)
    assert_equal(cut.norm("c"), np.linalg.norm(product, axis=-1))
    assert_equal(10**cut.log10_direct, cut.norm("c"))


def test_without_the_cut_the_product_of_f_is_not_the_derivative():
    flow = lv.gradient_flow(trace_of(CELLS["lstm"]))
    assert (abs(np.log10(flow.total("c")) - flow.log10_direct)[:-1] > 0.01).all()


def test_a_cut_direct_path_leaves_only_the_ways_through_gates():
    flow = lv.gradient_flow(trace_of(CELLS["lstm"]), cut=("direct",))
    assert np.isneginf(flow.log10_direct[:-1]).all()
    assert "direct" not in flow.paths()
    assert not flow.norm("c")[:-1].any()  # with h held
    assert flow.total("c").all()


def test_in_the_gru_z_keeps():
    trace = trace_of(CELLS["gru"])
    assert_equal(lv.gradient_flow(trace).kept[0], trace.z[1:].prod(axis=0))


def test_in_the_mgu_1_minus_f_keeps():
    trace = trace_of(CELLS["mgu"])
    assert_equal(lv.gradient_flow(trace).kept[0], (1 - trace.f[1:]).prod(axis=0))


@every_memory
def test_the_share_that_came_along_the_direct_path_is_that_of_the_multiplied_matrices(cell):
    """dS_T/dc_t, multiplied out by torch, against the product of the keep gates alone."""
    trace = trace_of(cell)
    flow, memory = lv.gradient_flow(trace), cell.memory
    for b in range(B):
        start = {name: value[b] for name, value in trace.initial.items()}
        torchs = autograd.unrolled(cell, trace.weights, trace.x[:, b], start)
        for state in {"h", memory} & set(cell.states):
            last = torchs.steps[-1][state]
            memories = [signals[memory] for signals in torchs.steps]
            wholes = [np.array([torchs.gradient(unit, of)[0] for unit in last]) for of in memories]
            for t, whole in enumerate(wholes):
                alone = wholes[-1] * flow.kept[t, b]
                share = (alone * whole).sum() / (whole**2).sum()
                assert flow.along(state)[t, b] == pytest.approx(share, rel=1e-9, abs=1e-12)
                by = flow.log10_norm(state, total=True, by=memory)[t, b]
                assert 10**by == pytest.approx(np.linalg.norm(whole), rel=1e-11)


@every_memory
def test_the_excursions_add_up_to_the_gradient(cell):
    flow = lv.gradient_flow(trace_of(cell), a_loss())
    for most in (1, 3):
        assert_equal(flow.excursions(most).sum(axis=0), flow.loss(cell.memory))


def test_a_way_back_through_one_gate_is_one_excursion():
    """Two steps: c_1 moves c_2 through f, or through h_1 and a gate."""
    trace = trace_of(CELLS["lstm"])
    loss = np.zeros((T, B, H))
    loss[-1] = a_loss()[-1]
    excursions = lv.gradient_flow(trace, {"c": loss}).excursions()[:, -2]
    four = four_terms(trace)
    for number, terms in ((0, ["direct"]), (1, ["f", "i", "c_tilde"])):
        expected = sum(np.einsum("bi,bij->bj", loss[-1], four[term][-1]) for term in terms)
        assert_equal(excursions[number], expected, of=number)
    assert not excursions[2:].any()


@pytest.mark.parametrize("name", ["peephole", "gru", "slstm", "janet"])
def test_a_loss_may_look_at_any_signal(name):
    """Also at those that no step reads again: the gates' own loss, say."""
    trace = trace_of(CELLS[name])
    loss = {signal: a_loss(seed) for seed, signal in enumerate(trace.cell.signals)}
    flow = lv.gradient_flow(trace, loss)
    for signal in (*trace.cell.signals, "x"):
        expected = np.linalg.norm(flow.loss(signal), axis=-1)
        assert_equal(10 ** flow.log10_loss(signal), expected, of=signal)
    assert_equal(flow.excursions().sum(axis=0), flow.loss(trace.cell.memory or "h"))


def later(first: int) -> np.ndarray:
    return (np.arange(T) >= first)[:, None, None]


def test_what_never_left_the_direct_path_is_the_product_of_f_times_the_loss():
    trace = trace_of(CELLS["lstm"])
    loss = np.zeros((T, B, H))
    loss[-1] = 1
    flow = lv.gradient_flow(trace, {"c": loss})
    assert_equal(flow.excursions()[0], flow.kept)


def test_with_the_gates_cut_nothing_makes_an_excursion():
    trace = trace_of(CELLS["lstm"])
    flow = lv.gradient_flow(trace, {"c": a_loss()}, cut=("f", "i", "c_tilde", "o"))
    excursions = flow.excursions()
    assert_equal(excursions[0], flow.loss("c"))
    assert not excursions[1:].any()


# ---- bounds (the fact sheet, 2.7) ---------------------------------------------------------------


def test_the_rnns_gradient_is_below_its_matrix_to_the_power_of_the_distance():
    """Pascanu et al. 2013: the largest singular value, for tanh, whose slope is at most 1."""
    trace = trace_of(CELLS["rnn"])
    largest = np.linalg.norm(trace.weights["U_h"], 2)
    steps = np.array([[frobenius(np.eye(H)) * largest ** (T - 1 - t)] for t in range(T)])
    assert (lv.gradient_flow(trace).norm("h") <= steps * (1 + 1e-12)).all()


def test_one_step_of_the_lstms_memory_is_below_its_bound_which_may_exceed_1():
    trace = trace_of(CELLS["lstm"])
    w = {
        name: np.linalg.norm(weight, 2) for name, weight in trace.weights.items() if name[0] == "U"
    }
    steps = np.linalg.norm(sum(lv.gradient_flow(trace).paths().values()), 2, axis=(-2, -1))
    bounds = []
    for t in range(1, T):
        f, i, g, c, o = (abs(trace[n]) for n in ("f", "i", "c_tilde", "c", "o"))
        k = (o * (1 - np.tanh(c) ** 2))[t - 1].max(axis=-1)
        indirect = c[t - 1].max(axis=-1) * w["U_f"] / 4 + g[t].max(axis=-1) * w["U_i"] / 4
        bounds.append(f[t].max(axis=-1) + k * (indirect + i[t].max(axis=-1) * w["U_c"]))
    assert (steps[1:] <= np.array(bounds)).all()
    assert np.max(bounds) > 1


# ---- long spans ---------------------------------------------------------------------------------


def long_run(cell: Cell, steps: int, weights: dict[str, float]) -> Trace:
    """One unit, one input."""
    shapes = cell.weight_shapes(1, 1)
    given = {name: np.full(shapes[name], value) for name, value in weights.items()}
    return lv.run(cell, given, np.random.default_rng(0).normal(size=(steps, 1, 1)))


def test_a_gradient_of_1e_minus_700_is_measured_not_lost():
    trace = long_run(CELLS["rnn"], 2000, {"W_h": 1.0, "U_h": 0.9, "b_h": 0.0})
    flow = lv.gradient_flow(trace)
    later = np.log10(0.9 * (1 - trace.h[1:, 0, 0] ** 2))
    expected = np.concatenate([np.cumsum(later[::-1])[::-1], [0.0]])
    assert expected[0] < -330
    assert_equal(flow.log10_norm("h")[:, 0], expected, within=1e-9)
    assert_equal(flow.log10_loss("h")[:, 0], expected, within=1e-9)
    assert flow.norm("h")[0, 0] == 0


def test_a_gradient_of_1e_plus_600_is_measured_too():
    trace = long_run(Cell("c = 2 * c_prev + 0 * (W_c @ x)\nh = c"), 2001, {"W_c": 1.0})
    flow = lv.gradient_flow(trace)
    assert_equal(flow.log10_norm("c")[0, 0], 2000 * np.log10(2), within=1e-9)
    assert_equal(flow.log10_loss("c")[0, 0], 2000 * np.log10(2), within=1e-9)
    assert np.isinf(flow.norm("c")[0, 0])


def test_a_path_that_dies_beside_one_that_lives_is_measured_as_well():
    """dh_T/dh_t dies through the output gate while dc_T/dc_t stays alive."""
    weights = dict.fromkeys(CELLS["lstm"].weight_names, 0.1)
    trace = long_run(CELLS["lstm"], 160, weights | {"b_f": 9.0})
    flow = lv.gradient_flow(trace, cut=("f", "i", "c_tilde"))
    slope = np.tanh(trace.c) * trace.o * (1 - trace.o) * 0.1
    assert flow.log10_norm("h")[0, 0] == pytest.approx(np.log10(abs(slope[1:])).sum(), abs=1e-9)
    assert flow.log10_norm("h")[0, 0] < -250
    assert flow.norm("c")[0, 0] > 0.9


def test_the_product_of_many_forget_gates_does_not_underflow():
    trace = long_run(CELLS["mingru"], 3000, {"W_z": 0.1, "W_h": 1.0})
    flow = lv.gradient_flow(trace)
    expected = np.log10(1 - trace.z[1:, 0, 0]).sum()
    assert expected < -800
    assert_equal(flow.log10_direct[0, 0], expected, within=1e-9)
    assert_equal(flow.log10_norm("h")[0, 0], expected, within=1e-9)


def test_new_losses_are_added_to_gradients_of_every_size():
    """A loss at every step, whether what comes back from later ones exploded or vanished."""
    for factor in (0.01, 100.0):
        cell = Cell(f"c = {factor} * c_prev + 0 * (W_c @ x)\nh = c")
        loss = np.zeros((400, 1, 1))
        loss[[-1, 200, 3]] = 1
        flow = lv.gradient_flow(long_run(cell, 400, {"W_c": 1.0}), {"c": loss})
        expected = 2 * (399 - np.arange(400)) if factor > 1 else 2 * (np.arange(400) - 3)
        assert_equal(flow.log10_loss("c")[3, 0], expected[3], within=1e-3)


def test_what_is_exactly_0_is_minus_infinity():
    flow = lv.gradient_flow(trace_of(CELLS["rnn"], {"h": np.array(0.5)}))
    assert np.isneginf(flow.log10_norm("h")[:-1]).all()
    assert not flow.norm("h")[:-1].any()


# ---- statements of the field (the fact sheet, 2.8) ----------------------------------------------


@cache
def reach(cell: str, forget_bias: float | None = None, scheme: str = "pytorch") -> np.ndarray:
    """log10 of |dL/dx_{T-k}| / |dL/dx_T| for each k, the mean of 3 seeds; H=64, D=8, T=100."""
    curves = []
    for seed in range(3):
        weights = lv.init_weights(CELLS[cell], 8, 64, seed, scheme, forget_bias)
        curves.append(measured(cell, weights, seed))
    return np.mean(curves, axis=0)


def measured(cell: str, weights: dict[str, np.ndarray], seed: int) -> np.ndarray:
    x = np.random.default_rng(seed).normal(size=(100, 1, 8))
    curve = lv.gradient_flow(lv.run(CELLS[cell], weights, x)).log10_loss("x")[::-1, 0]
    return curve - curve[0]


PUBLISHED = {
    ("rnn",): (4.6e-2, 2.4e-3, 1.1e-5, 2.4e-12, 5.4e-21),
    ("lstm",): (6.5e-2, 6.3e-3, 6.2e-5, 8.4e-11, 2.0e-18),
    ("lstm", 1.0): (0.30, 0.12, 2.3e-2, 1.8e-4, 4.7e-7),
    ("lstm", 2.0): (0.51, 0.39, 0.29, 0.11, 4.0e-2),
    ("lstm", None, "chrono"): (0.34, 0.24, 0.17, 7.7e-2, 3.8e-2),
    ("gru",): (7.0e-2, 7.3e-3, 9.2e-5, 3.7e-10, 4.9e-17),
}


@pytest.mark.parametrize("setting", PUBLISHED, ids=str)
def test_the_published_reach_of_untrained_cells(setting):
    """Other seeds than the sheet's: within a fifth of the decades, and half a decade."""
    ours = reach(*setting)[[5, 10, 20, 50, 90]]
    published = np.log10(PUBLISHED[setting])
    assert (abs(ours - published) < 0.5 + 0.2 * abs(published)).all(), 10**ours


def test_an_untrained_lstm_forgets_nearly_as_fast_as_a_plain_rnn():
    assert reach("lstm")[20] < -3
    assert reach("rnn")[20] < -3
    assert abs(reach("lstm")[20] - reach("rnn")[20]) < 2


def test_a_forget_bias_of_1_is_far_from_a_long_memory():
    assert reach("lstm", 1.0)[90] < -5


def test_a_larger_forget_bias_reaches_further():
    reached = [reach("lstm", bias)[50] for bias in (0.0, 1.0, 2.0)]
    assert reached == sorted(reached)


def test_lstms_can_explode():
    """Forget bias 5: the product of f falls, and the measured gradient grows."""
    weights = lv.init_weights(CELLS["lstm"], 8, 64, 0, forget_bias=5.0)
    x = np.random.default_rng(0).normal(size=(100, 1, 8))
    flow = lv.gradient_flow(lv.run(CELLS["lstm"], weights, x))
    curve = flow.log10_loss("c")[:, 0]
    assert curve[9] > curve[-1]
    assert flow.log10_direct[9, 0] < flow.log10_direct[-1, 0]


def test_an_rnn_scaled_up_explodes_and_an_orthogonal_one_fades_slowly():
    weights = lv.init_weights(CELLS["rnn"], 8, 64, 0)
    U = lv.init_weights(CELLS["rnn"], 8, 64, 0, "keras")["U_h"]
    faded = measured("rnn", weights | {"U_h": U}, 0)
    grown = measured("rnn", weights | {"U_h": 1.5 * U}, 0)
    assert reach("rnn")[50] < faded[50] < -1
    assert grown[50] > 0


# ---- what is refused ----------------------------------------------------------------------------


def test_gradients_are_measured_in_float64():
    trace = trace_of(CELLS["rnn"])
    single = lv.run(CELLS["rnn"], trace.weights, trace.x, dtype="float32")
    with refused("measured in float64", "float32"):
        lv.gradient_flow(single)


def test_a_loss_of_another_shape_is_refused():
    with refused("The loss by h has the shape (3,)", "(5, 2, 4)"):
        lv.gradient_flow(trace_of(CELLS["lstm"]), np.ones(3))
    with refused("q is no signal of this cell", "f, i, c_tilde, c, o, h"):
        lv.gradient_flow(trace_of(CELLS["lstm"]), {"q": np.ones(4)})
    with refused("The loss by h is not finite"):
        lv.gradient_flow(trace_of(CELLS["lstm"]), np.full(4, np.nan))


def test_a_name_that_is_no_state_is_refused():
    flow = lv.gradient_flow(trace_of(CELLS["lstm"]))
    with refused("f is no state", "c, h"):
        flow.norm("f")
    with refused("q is no signal"):
        flow.loss("q")
    with refused("q is no signal"):
        flow.log10_loss("q")


def test_a_cell_that_keeps_nothing_has_no_paths():
    flow = lv.gradient_flow(trace_of(CELLS["rnn"]))
    for asked in (flow.paths, flow.shares, flow.excursions, lambda: flow.kept):
        with refused("keeps no memory"):
            asked()


# ---- cost ---------------------------------------------------------------------------------------


def a_large_flow(name: str, steps: int) -> GradientFlow:
    cell = CELLS[name]
    x = np.random.default_rng(0).normal(size=(steps, 1, 8))
    return lv.gradient_flow(lv.run(cell, lv.init_weights(cell, 8, 128), x))


def test_jacobians_that_would_not_fit_are_refused_and_their_norms_are_not():
    flow = a_large_flow("peephole", 1100)
    with refused("would take 550 MiB", "500 MiB", "norm()"):
        _ = flow.jacobians
    assert flow.log10_loss("h").shape == (1100, 1)
    with refused("The paths of all steps"):
        flow.paths()


@pytest.mark.parametrize("name", ["lstm", "peephole", "gru_reset_before", "janet"])
def test_long_spans_of_large_cells_take_little_memory(name):
    """The aim is 500 MB at H = 128, T = 500; nothing that grows with T is as large as a matrix."""
    flow = a_large_flow(name, 500)
    tracemalloc.start()
    try:
        flow.norm("h"), flow.excursions(), flow.log10_loss("x")
        assert tracemalloc.get_traced_memory()[1] < 60e6
    finally:
        tracemalloc.stop()
