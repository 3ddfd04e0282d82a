"""Starting weights: torch's and Keras' distributions, forget biases, chrono initialisation."""

from itertools import combinations

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS, Cell
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights, keep_bias
from tests.agreement import assert_equal, refused

D, H = 3, 4
WITHOUT_A_KEEP_BIAS = ["rnn", "nfg", "lstm1997", "mingru", "minlstm"]
WITH_A_KEEP_BIAS = [
    *("lstm", "peephole", "coupled", "gru", "gru_reset_before", "nig", "nog", "niaf", "noaf"),
    *("cifg", "np", "fgr", "mgu", "ugrnn", "janet", "mut1", "mut2", "mut3", "slstm"),
]
KEEPS = [name for name, cell in CELLS.items() if keep_bias(cell) is not None]


def distance(sample: np.ndarray, other: np.ndarray) -> float:
    """The largest gap between two empirical distributions (Kolmogorov and Smirnov)."""
    at = np.concatenate([sample.ravel(), other.ravel()])
    shares = [
        np.searchsorted(np.sort(s.ravel()), at, side="right") / s.size for s in (sample, other)
    ]
    return float(abs(shares[0] - shares[1]).max())


def distance_to_uniform(sample: np.ndarray, low: float, high: float) -> float:
    return distance(sample, np.linspace(low, high, 100_001))


# ---- one stream a name ---------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["pytorch", "keras"])
def test_variants_start_from_the_same_values_wherever_a_name_is_shared(scheme):
    drawn = {name: init_weights(cell, D, H, seed=3, scheme=scheme) for name, cell in CELLS.items()}
    shared = 0
    for one, two in combinations(drawn, 2):
        # Keras' forget bias of 1 belongs to the gate that keeps, not to the letter.
        set_on_purpose = {
            keep.name
            for cell in (one, two)
            if scheme == "keras" and (keep := keep_bias(CELLS[cell]))
        }
        for name in (set(drawn[one]) & set(drawn[two])) - set_on_purpose:
            assert np.array_equal(drawn[one][name], drawn[two][name]), (one, two, name)
            shared += 1
    assert shared > 500


def test_a_weight_does_not_depend_on_the_size_of_another():
    narrow, wide = (init_weights(CELLS["lstm"], inputs, H) for inputs in (2, 9))
    assert np.array_equal(narrow["U_f"], wide["U_f"])
    assert np.array_equal(narrow["b_f"], wide["b_f"])


@pytest.mark.parametrize("scheme", ["pytorch", "keras", "chrono"])
def test_a_seed_always_draws_the_same_and_another_seed_something_else(scheme):
    one, again, other = (
        init_weights(CELLS["lstm"], D, H, seed=seed, scheme=scheme) for seed in (1, 1, 2)
    )
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert all(not np.array_equal(one[name], other[name]) for name in ("W_f", "U_f", "W_o"))


@pytest.mark.parametrize("scheme", ["pytorch", "keras"])
def test_no_two_weights_of_a_cell_are_alike(scheme):
    weights = init_weights(CELLS["fgr"], H, H, scheme=scheme)
    matrices = [w for w in weights.values() if w.ndim == 2]
    assert all(abs(a - b).min() > 0 for a, b in combinations(matrices, 2))


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_every_weight_has_its_shape_and_full_precision(cell):
    weights = init_weights(cell, D, H)
    assert {name: w.shape for name, w in weights.items()} == cell.weight_shapes(D, H)
    assert all(w.dtype == np.float64 and np.isfinite(w).all() for w in weights.values())


# ---- torch's distributions -----------------------------------------------------------------------


def test_matrices_are_distributed_like_torchs():
    units = 128
    torch.manual_seed(0)
    module = torch.nn.LSTM(64, units)
    weights = init_weights(CELLS["lstm"], 64, units)
    for ours, theirs in (("W", module.weight_ih_l0), ("U", module.weight_hh_l0)):
        drawn = np.concatenate([weights[f"{ours}_{gate}"] for gate in "ifco"])
        assert distance(drawn, theirs.detach().numpy()) < 0.02


def test_one_bias_is_distributed_like_the_sum_of_torchs_two():
    # Only the sum enters the equations; it is triangular, on twice the range of each.
    units = 4000
    torch.manual_seed(0)
    k = units**-0.5
    two = torch.empty(2, units).uniform_(-k, k).sum(0).numpy()
    cell = Cell("h = sigmoid(b_f) * h_prev")
    ours = init_weights(cell, 1, units)["b_f"]
    assert distance(ours, two) < 0.04
    assert k < abs(ours).max() <= 2 * k
    lstm = torch.nn.LSTM(1, 400)
    assert abs(lstm.bias_ih_l0).max() <= 400**-0.5  # each of torch's two is on the single range
    assert abs(lstm.bias_ih_l0 + lstm.bias_hh_l0).max() > 1.5 * 400**-0.5


def test_the_bias_inside_the_grus_reset_is_a_single_one_as_in_torch():
    units = 300
    torch.manual_seed(0)
    theirs = torch.nn.GRU(1, units).bias_hh_l0[-units:].detach().numpy()
    ours = init_weights(CELLS["gru"], 1, units)["d_h"]
    assert distance(ours, theirs) < 0.12
    assert abs(ours).max() <= units**-0.5


def test_an_untrained_lstm_of_torch_forgets_half_at_every_step():
    weights = init_weights(CELLS["lstm"], 8, 64)
    x = np.random.default_rng(0).normal(size=(100, 4, 8))
    assert run(CELLS["lstm"], weights, x).f.mean() == pytest.approx(0.5, abs=0.03)


# ---- Keras' scheme -------------------------------------------------------------------------------


def test_recurrent_matrices_are_orthogonal_under_keras():
    weights = init_weights(CELLS["fgr"], D, 16, scheme="keras")
    for name, U in weights.items():
        if name[0] in "UR":
            assert_equal(U @ U.T, np.eye(16))
    # A rotation or a reflection, either as likely as the other.
    signs = [
        np.linalg.det(init_weights(CELLS["rnn"], 1, 3, seed=seed, scheme="keras")["U_h"])
        for seed in range(200)
    ]
    assert 60 < sum(sign > 0 for sign in signs) < 140


def test_input_matrices_are_uniform_with_glorots_limit_under_keras():
    W = init_weights(CELLS["lstm"], 60, 40, scheme="keras")["W_o"]
    limit = np.sqrt(6 / (60 + 40))
    assert distance_to_uniform(W, -limit, limit) < 0.035


@pytest.mark.parametrize(
    ("name", "biases"),
    [
        ("lstm", {"b_f": 1, "b_i": 0, "b_c": 0, "b_o": 0}),
        ("coupled", {"b_f": 1, "b_c": 0, "b_o": 0}),
        ("cifg", {"b_i": -1, "b_c": 0, "b_o": 0, "p_i": 0, "p_o": 0}),
        ("gru", {"b_r": 0, "b_z": 0, "b_h": 0, "d_h": 0}),  # Keras' GRU has no forget bias
        ("mgu", {"b_f": 0, "b_h": 0}),
        ("lstm1997", {"b_i": 0, "b_c": 0, "b_o": 0}),
        ("rnn", {"b_h": 0}),
    ],
)
def test_keras_starts_at_zero_but_for_a_forget_bias_of_one(name, biases):
    weights = init_weights(CELLS[name], D, H, scheme="keras")
    found = {key: w.tolist() for key, w in weights.items() if w.ndim == 1}
    assert found == {key: [value] * H for key, value in biases.items()}


# ---- the forget bias -----------------------------------------------------------------------------


def test_which_cells_have_a_gate_whose_bias_says_how_much_is_kept():
    assert set(WITH_A_KEEP_BIAS) <= set(KEEPS)
    assert not set(WITHOUT_A_KEEP_BIAS) & set(KEEPS)


@pytest.mark.parametrize("name", KEEPS)
def test_a_forget_bias_says_how_much_is_kept_whatever_the_gate_is_called(name):
    cell = CELLS[name]
    weights = init_weights(cell, D, H, forget_bias=2.0)
    keep = keep_bias(cell)
    assert keep is not None
    alone = {key: w if key == keep.name else 0 * w for key, w in weights.items()}
    memory = cell.memory or ""
    full, empty = (
        run(cell, alone, np.ones((1, 1, D)), {memory: np.full(H, start)})[memory]
        for start in (1e-3, 0.0)
    )
    assert_equal((full - empty) / 1e-3, np.full((1, 1, H), 1 / (1 + np.exp(-2))), within=1e-9)


@pytest.mark.parametrize(
    ("name", "bias"),
    {
        "lstm": ("b_f", 3.0),
        "coupled": ("b_f", 3.0),
        "cifg": ("b_i", -3.0),  # f = 1 - i
        "gru": ("b_z", 3.0),  # z keeps
        "mgu": ("b_f", -3.0),  # f writes
        "mut1": ("b_z", -3.0),  # z writes
        "ugrnn": ("b_g", 3.0),
        "janet": ("b_f", 3.0),
        "slstm": ("b_f", 3.0),
    }.items(),
)
def test_the_sign_of_the_forget_bias_follows_what_the_gate_does(name, bias):
    with_bias, without = (init_weights(CELLS[name], D, H, forget_bias=b) for b in (3.0, None))
    assert with_bias[bias[0]].tolist() == [bias[1]] * H
    assert all(np.array_equal(with_bias[key], without[key]) for key in without if key != bias[0])


def test_a_bias_that_the_equation_adds_is_counted():
    # TensorFlow 1 and haiku add 1 inside the equation; asked for 1, the weight itself is then 0.
    cell = CELLS["lstm"].with_("f = sigmoid(W_f @ x + U_f @ h_prev + b_f + 1)")
    assert_equal(init_weights(cell, D, H, forget_bias=1.0)["b_f"], np.zeros(H))


@pytest.mark.parametrize("name", [name for name in CELLS if name not in KEEPS])
@pytest.mark.parametrize("wish", [{"forget_bias": 1.0}, {"scheme": "chrono"}])
def test_a_cell_that_has_no_gate_to_bias_says_so(name, wish):
    with refused("how much of the memory is kept", name, "has none"):
        init_weights(CELLS[name], D, H, **wish)


# ---- chrono --------------------------------------------------------------------------------------


def test_chrono_spreads_the_memory_evenly_from_2_to_t_max_steps():
    # Tallec & Ollivier 2018, eq. 16: 1 / (1 - sigmoid(b)) = 1 + e^b is uniform on [2, t_max].
    cell = Cell("f = sigmoid(b_f)\ni = sigmoid(b_i)\nc = f * c_prev + i\nh = tanh(c)")
    weights = init_weights(cell, 1, 50_000, scheme="chrono", t_max=300)
    memory = 1 / (1 - 1 / (1 + np.exp(-weights["b_f"])))
    assert distance_to_uniform(memory, 2, 300) < 0.01
    assert memory.min() >= 2 - 1e-9
    assert memory.max() <= 300 + 1e-9


@pytest.mark.parametrize("name", ["lstm", "peephole", "nog", "slstm"])
def test_under_chrono_a_unit_that_keeps_long_writes_little(name):
    weights = init_weights(CELLS[name], D, 32, scheme="chrono")
    assert (weights["b_f"] > 0).all()
    assert np.array_equal(weights["b_i"], -weights["b_f"])


def test_under_chrono_unit_k_remembers_equally_long_in_every_cell():
    kept = [
        keep.sign * init_weights(CELLS[name], D, 32, scheme="chrono")[keep.name]
        for name in KEEPS
        if (keep := keep_bias(CELLS[name]))
    ]
    assert len(kept) >= len(WITH_A_KEEP_BIAS)
    assert all(np.array_equal(bias, kept[0]) for bias in kept)


def test_chrono_changes_biases_only():
    chrono, plain = (
        init_weights(CELLS["lstm"], D, H, scheme=scheme) for scheme in ("chrono", "pytorch")
    )
    assert {name for name in plain if not np.array_equal(chrono[name], plain[name])} == {
        "b_f",
        "b_i",
    }


# ---- what cannot be drawn ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"D": 0}, ["D", "whole number", "0"]),
        ({"H": -1}, ["H", "whole number", "-1"]),
        ({"H": 2.5}, ["H", "whole number", "2.5"]),
        ({"D": "3"}, ["D", "whole number", "'3'"]),
        ({"seed": -1}, ["seed", "-1"]),
        ({"seed": 1.5}, ["seed", "1.5"]),
        ({"scheme": "glorot"}, ["pytorch, keras, orthogonal, chrono", "'glorot'"]),
        ({"forget_bias": np.nan}, ["forget_bias", "finite", "nan"]),
        ({"forget_bias": "1"}, ["forget_bias", "'1'"]),
        ({"scheme": "chrono", "t_max": 1}, ["t_max", "at least 2"]),
        ({"scheme": "chrono", "forget_bias": 1}, ["chrono", "leave forget_bias out"]),
        ({"H": 10**6}, ["GiB", "smaller"]),
        ({"D": 10**12}, ["GiB", "smaller"]),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(change, words):
    with refused(*words):
        init_weights(CELLS["lstm"], **({"D": D, "H": H} | change))


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_an_orthogonal_start_turns_only_the_recurrent_matrices(name):
    """Judged by the identity, and by PyTorch's default for everything else."""
    found = init_weights(CELLS[name], 3, 7, seed=4, scheme="orthogonal")
    plain = init_weights(CELLS[name], 3, 7, seed=4)
    for weight, array in found.items():
        if weight.startswith("U_"):
            np.testing.assert_allclose(array @ array.T, np.eye(7), atol=1e-12)
            assert not np.allclose(array, plain[weight])
        else:
            np.testing.assert_array_equal(array, plain[weight])
