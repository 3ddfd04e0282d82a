"""What a run records, judged by torch, by published numbers, by closed forms and by identities."""

import pickle
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.run.errors import LeftRange
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from tests import plainly
from tests.agreement import assert_equal, refused
from tests.typed_cells import texts

T, B, D, H = 9, 3, 4, 5

each_cell = pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)


def inputs(seed: int = 0, shape: tuple[int, ...] = (T, B, D)) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def weights_of(cell: Cell, seed: int = 0, factor: float = 1.5) -> dict[str, np.ndarray]:
    """Weights large enough that every gate moves."""
    return {name: factor * w for name, w in init_weights(cell, D, H, seed).items()}


def states_of(cell: Cell, seed: int = 0) -> dict[str, np.ndarray]:
    # n of the sLSTM divides, so it starts above zero.
    stream = np.random.default_rng(seed)
    return {name: stream.uniform(0.2, 0.8, (B, H)) for name in cell.states}


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


# ---- torch -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind"), [("rnn", "RNN"), ("lstm", "LSTM"), ("gru", "GRU")])
def test_every_step_is_torchs_own(name, kind):
    torch.manual_seed(1)
    module = getattr(torch.nn, kind)(D, H, dtype=torch.float64)
    x, h, c = inputs(1), inputs(2, (B, H)), inputs(3, (B, H))
    start = torch.tensor(h)[None], torch.tensor(c)[None]
    with torch.no_grad():
        output, last = module(torch.tensor(x), start if kind == "LSTM" else start[0])
    state = {"h": h, "c": c} if kind == "LSTM" else {"h": h}
    trace = run(CELLS[name], lv.weights_from(module), x, state)
    assert_equal(trace.h, output.numpy())
    if kind == "LSTM":
        assert_equal(trace.c[-1], last[1][0].numpy())


@pytest.mark.parametrize(
    ("name", "kind"), [("rnn", "RNNCell"), ("lstm", "LSTMCell"), ("gru", "GRUCell")]
)
def test_the_memory_inside_torch_is_ours_at_each_step(name, kind):
    torch.manual_seed(2)
    module = getattr(torch.nn, kind)(D, H, dtype=torch.float64)
    x = inputs(4)
    trace = run(CELLS[name], lv.weights_from(module), x)
    state = None
    for t in range(T):
        with torch.no_grad():
            state = module(torch.tensor(x[t]), state)
        h, c = state if kind == "LSTMCell" else (state, None)
        assert_equal(trace.h[t], h.numpy())
        if c is not None:
            assert_equal(trace.c[t], c.numpy())


@each_cell
def test_python_itself_reads_the_equations_the_same_way(cell):
    weights, x, state = weights_of(cell), inputs(5), states_of(cell)
    trace = run(cell, weights, x, state)
    for name, expected in plainly.read(cell.text, weights, x, state).items():
        assert_equal(trace[name], expected, of=name)


@each_cell
def test_single_precision_is_the_same_run_with_fewer_digits(cell):
    weights, x = weights_of(cell), inputs(6)
    single, double = run(cell, weights, x, dtype="float32"), run(cell, weights, x)
    assert single.h.dtype == np.float32
    assert_equal(single.h, double.h, within=2e-5)


# ---- published numbers ---------------------------------------------------------------------------

# One unit, one input, read 1, -1, 0.5. Literature sheet 1.16, computed there with torch's autograd.
SCALARS = {
    "i": (0.6, -0.4, 0.1),
    "f": (-0.3, 0.5, 1.0),
    "c": (0.9, 0.7, -0.2),
    "o": (0.4, 0.3, 0.05),
}
SCALARS |= {"z": SCALARS["i"], "r": SCALARS["f"], "h": SCALARS["c"]}
GOLDEN_WEIGHTS = {
    f"{letter}_{gate}": np.full((1, 1) if letter in "WU" else (1,), number)
    for gate, triple in SCALARS.items()
    for letter, number in zip("WUb", triple, strict=True)
} | {
    "p_i": np.array([0.2]),
    "p_f": np.array([-0.3]),
    "p_o": np.array([0.5]),
    "d_h": np.array([0.15]),
}
GOLDEN = {
    "rnn": ("rnn", [0.604367777, -0.589528141, -0.161249901], None),
    "lstm": (
        "lstm",
        [0.234010553, 0.027539093, 0.112331340],
        [0.403831159, 0.064056956, 0.201790321],
    ),
    "peephole": (
        "peephole",
        [0.251946417, 0.020278500, 0.108487969],
        [0.403831159, 0.046381761, 0.187119180],
    ),
    "f = 1 - i": (
        CELLS["lstm"].with_("f = 1 - i"),
        [0.234010553, -0.000357037, 0.081586334],
        [0.403831159, -0.000829348, 0.146164717],
    ),
    "i = 1 - f": (
        "coupled",
        [0.120839996, 0.001178065, 0.042366810],
        [0.200536619, 0.002790307, 0.075493549],
    ),
    "gru_reset_before": (
        "gru_reset_before",
        [0.200536619, -0.412872729, -0.241356415],
        None,
    ),
    "gru": ("gru", [0.220377839, -0.367447037, -0.167770698], None),
    "mgu": ("mgu", [0.403831159, -0.499575420, -0.161377225], None),
    "janet": ("janet", [0.347174547, 0.015859646, 0.147853283], None),
}


@pytest.mark.parametrize(("cell", "h", "c"), GOLDEN.values(), ids=GOLDEN)
def test_one_unit_gives_the_golden_numbers(cell, h, c):
    cell = CELLS[cell] if isinstance(cell, str) else cell
    trace = run(cell, GOLDEN_WEIGHTS, np.array([1.0, -1.0, 0.5]).reshape(3, 1, 1))
    assert_equal(trace.h.ravel(), h, within=1e-9)
    if c is not None:
        assert_equal(trace.c.ravel(), c, within=1e-9)


# ---- identities between cells --------------------------------------------------------------------


def same(cell: str | Cell, other: str | Cell, **changes: np.ndarray) -> None:
    """The two cells compute the same h, given the same weights but for the changes in the first."""
    cell, other = (CELLS[c] if isinstance(c, str) else c for c in (cell, other))
    weights = weights_of(cell) | weights_of(other)
    one = run(cell, weights | changes, inputs(7))
    two = run(other, weights, inputs(7))
    assert_equal(one.h, two.h)


def constant(value: float, *names: str) -> dict[str, np.ndarray]:
    """These weights of a cell with H units, all of one value."""
    shapes = {"W": (H, D), "U": (H, H), "R": (H, H)}
    return {name: np.full(shapes.get(name[0], (H,)), value) for name in names}


PEEPHOLES = ("p_f", "p_i", "p_o")


def test_zero_peepholes_are_the_plain_cell():
    same("peephole", "lstm", **constant(0, *PEEPHOLES))


def test_no_peepholes_is_the_lstm_of_today():
    same("np", "lstm")


def test_full_gate_recurrence_with_zero_matrices_is_the_peephole_lstm():
    names = [f"R_{into}{of}" for into in "ifo" for of in "ifo"]
    same("fgr", "peephole", **constant(0, *names))


@pytest.mark.parametrize(("name", "gate"), [("nig", "i"), ("nfg", "f"), ("nog", "o")])
def test_a_missing_gate_is_a_gate_that_its_bias_holds_open(name, gate):
    opened = constant(0, f"W_{gate}", f"U_{gate}", f"p_{gate}") | constant(50, f"b_{gate}")
    same("peephole", name, **opened)


def test_coupling_writes_exactly_what_it_forgets():
    # sigma(-a) = 1 - sigma(a): an input gate with the forget gate's weights turned round.
    forget = weights_of(CELLS["lstm"])
    mirrored = {f"{letter}_i": -forget[f"{letter}_f"] for letter in "WUb"}
    same("lstm", "coupled", **mirrored)


def test_greffs_coupling_is_the_tutorials_with_the_gate_turned_round():
    weights = weights_of(CELLS["cifg"]) | constant(0, *PEEPHOLES)
    turned = weights | {f"{letter}_f": -weights[f"{letter}_i"] for letter in "WUb"}
    x = inputs(8)
    assert_equal(run(CELLS["cifg"], weights, x).h, run(CELLS["coupled"], turned, x).h)


def test_mut2_is_the_gru_with_reset_before_and_z_the_other_way_round():
    weights = weights_of(CELLS["mut2"])
    turned = {f"{letter}_z": -weights[f"{letter}_z"] for letter in "WUb"}
    same("gru_reset_before", "mut2", **turned)


def test_mut1_is_mut2_with_a_squashed_input_and_a_gate_that_does_not_look_back():
    squashed = CELLS["mut2"].with_("h_tilde = tanh(U_h @ (r * h_prev) + tanh(W_h @ x) + b_h)")
    same(squashed, "mut1", **constant(0, "U_z"))


def test_mut3_sees_the_past_through_a_tanh():
    # From a state s, mut3's gate is what mut2's would be from the state tanh(s).
    weights, x = weights_of(CELLS["mut3"]), inputs(9, (1, B, D))
    past = inputs(10, (B, H))
    squashed = run(CELLS["mut2"], weights, x, {"h": np.tanh(past)})
    assert_equal(run(CELLS["mut3"], weights, x, {"h": past}).z, squashed.z)


def test_the_two_grus_agree_when_the_reset_gate_is_open():
    opened = constant(0, "W_r", "U_r") | constant(50, "b_r")
    weights = weights_of(CELLS["gru"]) | opened | constant(0, "d_h")
    x = inputs(11)
    after, before = run(CELLS["gru"], weights, x), run(CELLS["gru_reset_before"], weights, x)
    assert_equal(after.h, before.h)


def test_reset_before_and_reset_after_are_different_functions():
    weights, x = weights_of(CELLS["gru"]) | constant(0, "d_h"), inputs(11)
    after, before = run(CELLS["gru"], weights, x), run(CELLS["gru_reset_before"], weights, x)
    assert abs(after.h - before.h).max() > 0.01


def test_the_update_gate_rnn_is_a_gru_that_never_resets():
    weights = weights_of(CELLS["ugrnn"])
    gru = weights | {f"{letter}_z": weights[f"{letter}_g"] for letter in "WUb"}
    gru |= constant(0, "W_r", "U_r") | constant(50, "b_r")
    x = inputs(12)
    assert_equal(run(CELLS["ugrnn"], weights, x).h, run(CELLS["gru_reset_before"], gru, x).h)


def test_the_minimal_unit_is_a_gru_whose_one_gate_does_both():
    weights = weights_of(CELLS["mgu"])
    gru = weights | {f"{letter}_r": weights[f"{letter}_f"] for letter in "WUb"}
    gru |= {f"{letter}_z": -weights[f"{letter}_f"] for letter in "WUb"}
    x = inputs(13)
    assert_equal(run(CELLS["mgu"], weights, x).h, run(CELLS["gru_reset_before"], gru, x).h)


def test_janet_without_its_surplus_is_a_coupled_lstm_that_always_shows_everything():
    plain = CELLS["janet"].with_("i = 1 - sigmoid(u)")
    same(plain, CELLS["coupled"].with_("o = 1", "h = o * c"))


def test_janet_writes_a_little_more_than_it_forgets():
    trace = run(CELLS["janet"], weights_of(CELLS["janet"]), inputs(14))
    assert (trace.f + trace.i > 1).all()
    assert_equal(trace.i, sigmoid(1 - trace.u))


def test_without_activations_a_closed_loop_is_linear():
    # niaf and noaf leave out one tanh each: scaling the candidate scales memory and output.
    cell = CELLS["niaf"].with_("h = o * c")
    gates = [n for n in cell.weight_names if n[0] in "Up" or n in ("W_f", "W_i", "W_o")]
    weights = weights_of(cell) | constant(0, *gates)
    louder = weights | {name: 3 * weights[name] for name in ("W_c", "b_c")}
    x = inputs(15)
    assert_equal(run(cell, louder, x).h, 3 * run(cell, weights, x).h)


# ---- closed forms --------------------------------------------------------------------------------


def test_without_a_forget_gate_the_memory_is_a_running_sum():
    for name in ("nfg", "lstm1997"):
        trace = run(CELLS[name], weights_of(CELLS[name]), inputs(16))
        assert_equal(trace.c, np.cumsum(trace.i * trace.c_tilde, axis=0))


def test_the_memory_is_a_sum_of_all_candidates_each_written_and_then_partly_kept():
    trace = run(CELLS["lstm"], weights_of(CELLS["lstm"]), inputs(17))
    for t in range(T):
        survived = [np.prod(trace.f[k + 1 : t + 1], axis=0) for k in range(t + 1)]
        total = sum(survived[k] * trace.i[k] * trace.c_tilde[k] for k in range(t + 1))
        assert_equal(trace.c[t], total)


@pytest.mark.parametrize(
    ("bias", "half_life"), [(-2, 0.326), (0, 1), (1, 2.213), (2, 5.461), (5, 103.2)]
)
def test_a_forget_bias_is_a_half_life(bias, half_life):
    weights = {name: 0 * w for name, w in weights_of(CELLS["lstm"]).items()}
    weights["b_f"] += bias
    c = run(CELLS["lstm"], weights, np.zeros((200, 1, D)), {"c": np.ones((1, H))}).c[:, 0, 0]
    measured = np.log(0.5) / np.log(c[1] / c[0])
    assert measured == pytest.approx(half_life, rel=5e-4)


def test_a_memory_that_keeps_and_writes_one_a_step_counts():
    cell = Cell("c = c_prev + 1\nh = c")
    assert run(cell, {}, inputs()).h[:, 0, 0].tolist() == list(range(1, T + 1))


def test_the_cell_of_1997_squashes_with_logistic_functions_that_are_tanhs_in_disguise():
    # 4 s(a) - 2 = 2 tanh(a / 2) and 2 s(a) - 1 = tanh(a / 2).
    trace = run(CELLS["lstm1997"], weights_of(CELLS["lstm1997"], factor=4), inputs(18))
    candidate = trace.value("W_c @ x + U_c @ h_prev + b_c")
    assert_equal(trace.c_tilde, 2 * np.tanh(candidate / 2))
    assert_equal(trace.h, trace.o * np.tanh(trace.c / 2))
    assert abs(trace.c_tilde).max() > 1.5


def test_mingru_is_a_weighted_mean_that_needs_no_loop():
    # Gates look at x alone, so h is a sum over the past with weights that are known beforehand.
    weights, x = weights_of(CELLS["mingru"]), inputs(19)
    z, candidate = sigmoid(x @ weights["W_z"].T), x @ weights["W_h"].T
    kept = np.cumprod(1 - z, axis=0)
    scanned = kept * np.cumsum(z * candidate / kept, axis=0)
    trace = run(CELLS["mingru"], weights, x)
    assert_equal(trace.h, scanned)


def test_minlstm_is_a_mean_whose_weights_add_up_to_one():
    weights, x = weights_of(CELLS["minlstm"]), inputs(20)
    f, i = sigmoid(x @ weights["W_f"].T), sigmoid(x @ weights["W_i"].T)
    keep = f / (f + i)
    kept = np.cumprod(keep, axis=0)
    scanned = kept * np.cumsum((1 - keep) * (x @ weights["W_h"].T) / kept, axis=0)
    assert_equal(run(CELLS["minlstm"], weights, x).h, scanned)


def test_minlstm_shows_a_constant_candidate_once_it_holds_it():
    weights = weights_of(CELLS["minlstm"])
    x = np.broadcast_to(inputs(21, (1, B, D)), (T, B, D))
    candidate = x[0] @ weights["W_h"].T
    trace = run(CELLS["minlstm"], weights, x, {"h": candidate})
    assert_equal(trace.h, np.broadcast_to(candidate, (T, B, H)))


def test_slstm_equals_the_exponential_recurrence_that_is_not_stabilised():
    cell = CELLS["slstm"]
    plain = Cell("""
        f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
        i = exp(W_i @ x + U_i @ h_prev + b_i)
        c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
        c = f * c_prev + i * c_tilde
        n = f * n_prev + i
        o = sigmoid(W_o @ x + U_o @ h_prev + b_o)
        h = o * c / n
    """)
    weights, x = weights_of(cell), inputs(22)
    assert_equal(run(cell, weights, x).h, run(plain, weights, x).h)


def test_slstm_shows_a_softmax_weighted_mean_of_its_candidates():
    trace = run(CELLS["slstm"], weights_of(CELLS["slstm"]), inputs(23))
    for t in range(T):
        # A candidate's logit: its input gate, and every forget gate since, in logarithms.
        logits = np.stack(
            [trace.log_i[k] + trace.log_f[k + 1 : t + 1].sum(0) for k in range(t + 1)]
        )
        shares = np.exp(logits) / np.exp(logits).sum(axis=0)
        mean = (shares * trace.c_tilde[: t + 1]).sum(axis=0)
        assert_equal(trace.h[t], trace.o[t] * mean)


def test_slstm_stays_finite_where_the_plain_exponential_overflows():
    weights = weights_of(CELLS["slstm"]) | constant(2000, "b_i")
    trace = run(CELLS["slstm"], weights, inputs(24))
    assert abs(trace.h).max() <= 1


# ---- contracts over every cell -------------------------------------------------------------------


@each_cell
def test_the_same_run_twice_gives_the_same_bits(cell):
    weights, x = weights_of(cell), inputs(25)
    one, two = run(cell, weights, x), run(cell, weights, x)
    assert all(np.array_equal(one[name], two[name]) for name in cell.signals)


@each_cell
def test_a_sequence_read_in_two_pieces_is_the_sequence(cell):
    weights, x = weights_of(cell), inputs(26)
    whole = run(cell, weights, x)
    first = run(cell, weights, x[:4])
    second = run(cell, weights, x[4:], first.last)
    for name in cell.signals:
        joined = np.concatenate([first[name], second[name]])
        assert_equal(joined, whole[name])


@each_cell
def test_sequences_in_a_batch_do_not_see_each_other(cell):
    weights, x = weights_of(cell), inputs(27)
    together, alone = run(cell, weights, x), run(cell, weights, x[:, 1:2])
    assert_equal(together.h[:, 1:2], alone.h)


@each_cell
def test_the_past_does_not_depend_on_the_future(cell):
    weights, x = weights_of(cell), inputs(28)
    changed = x.copy()
    changed[5:] += 1
    before, after = run(cell, weights, x), run(cell, weights, changed)
    assert np.array_equal(before.h[:5], after.h[:5])
    assert not np.array_equal(before.h[5], after.h[5])


@each_cell
def test_a_held_signal_is_what_it_is_held_at_and_only_the_future_learns_of_it(cell):
    weights, x = weights_of(cell), inputs(29)
    free = run(cell, weights, x)
    for name in cell.signals:
        held_at = np.full((T, B, H), np.nan)
        held_at[3:5, 1, 2] = 0.25
        held = run(cell, weights, x, hold={name: held_at})
        assert (held[name][3:5, 1, 2] == 0.25).all()
        expected = plainly.read(cell.text, weights, x, hold={name: held_at})
        for signal in cell.signals:
            assert_equal(held[signal], expected[signal])
            assert np.array_equal(held[signal][:3], free[signal][:3])  # earlier steps
            assert_equal(held[signal][:, 0], free[signal][:, 0])  # other sequences
        changed = any(abs(held[s][3:, 1] - free[s][3:, 1]).max() > 0 for s in cell.signals)
        assert changed or (free[name] == 1).all()


@each_cell
def test_holding_a_signal_at_what_it_is_changes_nothing(cell):
    weights, x = weights_of(cell), inputs(30)
    free = run(cell, weights, x)
    for name in cell.signals:
        held = run(cell, weights, x, hold={name: free[name]})
        for signal in cell.signals:
            assert_equal(held[signal], free[signal])


@each_cell
def test_a_hold_of_nan_holds_nothing(cell):
    weights, x = weights_of(cell), inputs(31)
    hold = {name: np.array(np.nan) for name in cell.signals}
    assert np.array_equal(run(cell, weights, x, hold=hold).h, run(cell, weights, x).h)


def test_a_forget_gate_held_open_makes_the_memory_a_running_sum():
    cell = CELLS["lstm"]
    trace = run(cell, weights_of(cell), inputs(32), hold={"f": np.array(1.0)})
    assert_equal(trace.c, np.cumsum(trace.i * trace.c_tilde, axis=0))


def test_a_forget_gate_held_shut_for_one_step_erases_what_was_there():
    cell, x = CELLS["lstm"], inputs(33)
    hold = np.full((T, 1, 1), np.nan)
    hold[4] = 0
    trace = run(cell, weights_of(cell), x, hold={"f": hold})
    assert_equal(trace.c[4], (trace.i * trace.c_tilde)[4])


def test_what_a_held_gate_would_have_been_is_still_told():
    cell, weights, x = CELLS["peephole"], weights_of(CELLS["peephole"]), inputs(34)
    trace = run(cell, weights, x, hold={"o": np.array(0.0)})
    assert (trace.o == 0).all()
    assert (trace.h == 0).all()
    assert abs(trace.pre("o")).min() > 0


def test_a_state_that_does_not_start_at_zero():
    cell = Cell("c = 0.5 * c_prev\nh = c", initial={"c": 8})
    assert run(cell, {}, inputs(0, (3, 1, 1))).h.ravel().tolist() == [4, 2, 1]
    assert run(cell, {}, inputs(0, (3, 1, 1)), {"c": np.array(1.0)}).h.ravel().tolist() == [
        0.5,
        0.25,
        0.125,
    ]


def test_a_constant_line_is_a_whole_signal():
    trace = run(CELLS["nfg"], weights_of(CELLS["nfg"]), inputs())
    assert trace.f.shape == (T, B, H)
    assert (trace.f == 1).all()
    assert (run(Cell("f = sigmoid(2)\nh = f"), {}, inputs()).h == sigmoid(np.array(2.0))).all()


def test_weights_that_a_cell_does_not_name_are_left_alone():
    weights = weights_of(CELLS["peephole"])
    trace = run(CELLS["lstm"], weights, inputs())
    assert set(trace.weights) == set(CELLS["lstm"].weight_names)


def test_what_was_handed_in_is_neither_changed_nor_kept_open():
    cell, weights, x = CELLS["lstm"], weights_of(CELLS["lstm"]), inputs()
    copies = {name: w.copy() for name, w in weights.items()}, x.copy()
    run(cell, weights, x, states_of(cell))
    assert all(np.array_equal(weights[name], copies[0][name]) for name in weights)
    assert np.array_equal(x, copies[1])
    assert x.flags.writeable
    assert all(w.flags.writeable for w in weights.values())


def test_many_runs_at_once_do_not_disturb_each_other():
    cell, weights = CELLS["lstm"], weights_of(CELLS["lstm"])
    alone = [run(cell, weights, inputs(seed)).h for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda seed: run(cell, weights, inputs(seed)).h, range(16)))
    assert all(np.array_equal(a, b) for a, b in zip(alone, together, strict=True))


# ---- cells that nobody thought of ----------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(texts())
def test_any_cell_is_run_as_python_would_read_it(text):
    cell = Cell(text)
    weights, x = weights_of(cell), inputs(40, (4, 2, D))
    assume(weights)
    trace = run(cell, weights, x)
    for name, expected in plainly.read(text, weights, x).items():
        assert_equal(trace[name], expected, of=text)
        assert_equal(trace.value(cell[name].expression), trace[name], of=text)
        low, high = cell.ranges[name]
        assert low <= trace[name].min(), text
        assert trace[name].max() <= high, text


# ---- what cannot be run --------------------------------------------------------------------------

LSTM, GOOD = CELLS["lstm"], init_weights(CELLS["lstm"], D, H)
NAN, INFINITE = inputs(), inputs()
NAN[2, 1, 3] = np.nan
INFINITE[0, 0, 0] = np.inf


@pytest.mark.parametrize(
    ("change", "words"),
    {
        "x of two axes": ({"x": inputs()[:, 0]}, ["(9, 4)", "three axes", "x[:, None, :]"]),
        "x of one axis": ({"x": inputs()[0, 0]}, ["(4,)", "three axes"]),
        "x with a NaN": ({"x": NAN}, ["x[2, 1, 3] is nan", "finite"]),
        "x with an infinity": ({"x": INFINITE}, ["x[0, 0, 0] is inf", "finite"]),
        "no steps": ({"x": inputs()[:0]}, ["(0, 3, 4)", "at least one step"]),
        "no sequences": ({"x": inputs()[:, :0]}, ["(9, 0, 4)", "at least one"]),
        "too few inputs": ({"x": inputs()[:, :, :2]}, ["W_f", "(5, 4)", "(5, 2)", "D = 2"]),
        "x in words": ({"x": "a sequence"}, ["x is no array of real numbers"]),
        "x of ragged lists": ({"x": [[[1.0], [1.0, 2.0]]]}, ["x is no array of real numbers"]),
        "complex x": ({"x": inputs() + 1j}, ["x is no array of real numbers"]),
        "no weights": ({"weights": None}, ["weights is a dictionary"]),
        "a weight missing": (
            {"weights": {k: w for k, w in GOOD.items() if k != "U_f"}},
            ["U_f is missing", "needs W_f, U_f"],
        ),
        "a weight of the wrong shape": (
            {"weights": GOOD | {"U_o": np.zeros((H, D))}},
            ["U_o", "(5, 4)", "(H, H) = (5, 5)"],
        ),
        "a scalar weight": ({"weights": GOOD | {"b_i": 1.0}}, ["b_i", "()", "(H,) = (5,)"]),
        "a weight with a NaN": (
            {"weights": GOOD | {"b_i": np.full(H, np.nan)}},
            ["b_i[0] is nan", "finite"],
        ),
        "torch's pair of states": (
            {"state": (np.zeros((B, H)), np.zeros((B, H)))},
            ["state is a dictionary"],
        ),
        "an unknown state": ({"state": {"m": np.zeros(H)}}, ["m", "c, h"]),
        "a gate as a state": ({"state": {"f": np.zeros(H)}}, ["f", "c, h"]),
        "a state of the wrong shape": (
            {"state": {"c": np.zeros((B, 7))}},
            ["(3, 7)", "(B, H) = (3, 5)"],
        ),
        "a state with a NaN": ({"state": {"c": np.nan}}, ["nan", "finite"]),
        "an unknown signal held": ({"hold": {"q": 1.0}}, ["q", "f, i, c_tilde, c, o, h"]),
        "a past held": ({"hold": {"c_prev": 1.0}}, ["c_prev", "f, i, c_tilde, c, o, h"]),
        "a hold of the wrong shape": (
            {"hold": {"f": np.ones((T + 1, B, H))}},
            ["(10, 3, 5)", "(T, B, H) = (9, 3, 5)"],
        ),
        "a hold at infinity": ({"hold": {"f": np.inf}}, ["infinite", "NaN for free"]),
        "a name for a cell": ({"cell": "lstm"}, ["needs a Cell", "str"]),
        "whole numbers asked for": ({"dtype": "int64"}, ["float64 or float32"]),
    }.values(),
)
def test_what_cannot_be_run_is_refused_in_words(change, words):
    arguments = {"cell": LSTM, "weights": GOOD, "x": inputs()} | change
    with refused(*words):
        run(**arguments)


@pytest.mark.parametrize("shape", [(10**6, 10**3, D), (10**9, 1, D)])
def test_what_would_not_fit_into_memory_is_refused_before_anything_is_allocated(shape):
    x = np.broadcast_to(np.zeros(D), shape)  # no memory behind it
    tracemalloc.start()
    try:
        with refused("GiB", "in pieces"):
            run(LSTM, GOOD, x)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("sizes", [(64, 8), (4, 500)], ids=["many units", "many inputs"])
def test_the_memory_that_is_asked_for_is_the_memory_that_is_used(sizes, monkeypatch):
    units, width = sizes
    weights = init_weights(LSTM, width, units)
    x = inputs(0, (1000, 4, width))
    tracemalloc.start()
    try:
        run(LSTM, weights, x)
        used = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    monkeypatch.setattr(sys.modules[run.__module__], "BUDGET", 0.6 * used)
    with refused("GiB"):
        run(LSTM, weights, x)
    monkeypatch.setattr(sys.modules[run.__module__], "BUDGET", used)
    run(LSTM, weights, x)


def test_numbers_that_grow_beyond_all_bounds_are_reported_where_they_do():
    cell = Cell("h = 2 * h_prev * h_prev + 10")
    with pytest.raises(FloatingPointError, match=r'step \d+ of sequence 0, unit 0 of "h = 2'):
        run(cell, {}, np.zeros((50, 1, 1)))


def test_what_left_the_range_is_told_in_numbers_too_and_in_another_process():
    # h is 10, 210, 88,210, ...: beyond 3.9e167 its square is more than a float64 can hold.
    with pytest.raises(LeftRange) as found:
        run(Cell("h = 2 * h_prev * h_prev + 10"), {}, np.zeros((50, 1, 1)))
    for error in (found.value, pickle.loads(pickle.dumps(found.value))):
        assert (error.signal, error.step, error.sequence, error.unit) == ("h", 8, 0, 0)
        assert error.value == np.inf
        assert str(error).startswith("At step 8 of sequence 0, unit 0 of ")
        assert str(error.counted).startswith("At step 9, unit 0 of ")


@pytest.mark.parametrize("line", ["h = 1 / 0", "h = log(-1)", "h = (-8) ** 0.5", "h = 9 ** 9 ** 9"])
def test_a_constant_that_is_no_number_is_reported(line):
    with pytest.raises(FloatingPointError, match="step 0"):
        run(Cell(line), {}, np.zeros((2, 1, 1)))


# Finite weights and a finite x whose product is infinity minus infinity.
OVERFLOWING = {"W_a": np.array([[1e308, 1e308]]), "b_a": np.zeros(1)}, np.array([[[8.0, -8.0]]])


@pytest.mark.parametrize(
    "text",
    [
        "a = sigmoid(W_a @ x + b_a)\nh = a * h_prev",
        "a = sigmoid(W_a @ x + b_a)\nh = 0 * h_prev",
        "a = sigmoid(W_a @ x + b_a)\nh = a ** 0",
        "a = sigmoid(W_a @ x + b_a)\nk = tanh(a)\nh = maximum(k, h_prev)",
        "a = exp(abs(W_a @ x) + b_a)\nh = tanh(1 / a)",
    ],
    ids=["passed on", "not read", "a power hides it", "through two", "an infinity hidden"],
)
def test_a_gate_that_is_no_number_is_reported_whatever_becomes_of_it(text):
    with pytest.raises(FloatingPointError, match=r'unit 0 of "a = '):
        run(Cell(text), *OVERFLOWING)


def test_a_gate_that_is_no_number_is_reported_though_what_reads_it_is_held():
    cell = Cell("a = sigmoid(W_a @ x + b_a)\nh = a * h_prev")
    with pytest.raises(FloatingPointError, match=r'unit 0 of "a = '):
        run(cell, *OVERFLOWING, hold={"h": np.array(1.0)})


def test_lines_made_of_the_same_sum_are_each_their_own_function_of_it():
    cell = lv.Cell(
        """
        a = sigmoid(W_f @ x + b_f)
        k = sigmoid(W_f @ x + b_f)
        m = tanh(W_f @ x + b_f)
        h = a * k * m
        """
    )
    trace = lv.run(cell, lv.init_weights(cell, 2, 3), np.ones((2, 1, 2)))
    drive = trace.x @ trace.weights["W_f"].T + trace.weights["b_f"]
    assert np.allclose(trace.a, 1 / (1 + np.exp(-drive)), atol=1e-15)
    assert np.array_equal(trace.a, trace.k)
    assert np.allclose(trace.m, np.tanh(drive), atol=1e-15)
