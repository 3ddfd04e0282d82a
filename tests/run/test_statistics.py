"""What units do over a batch: closed forms, known processes, and what chance would do."""

import math

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.run import statistics
from lstm_viz.run.trace import Trace
from tests.agreement import assert_equal, refused

LSTM, GRU = lv.CELLS["lstm"], lv.CELLS["gru"]


def trace_of(cell: lv.Cell = LSTM, **signals: np.ndarray) -> Trace:
    """A trace with these signals (T, B, H) and no others that matter."""
    shape = next(iter(signals.values())).shape
    everything = {name: np.zeros(shape) for name in cell.signals} | signals
    initial = {state: np.zeros(shape[1:]) for state in cell.states}
    return Trace(cell, {}, np.zeros((*shape[:2], 1)), initial, {}, everything)


def gated(bias: float, T: int = 5) -> Trace:
    """A run whose forget gate is sigmoid(bias) at every step of both units."""
    weights = {name: np.zeros_like(w) for name, w in lv.init_weights(LSTM, 1, 2).items()}
    return lv.run(LSTM, weights | {"b_f": np.full(2, bias)}, np.zeros((T, 3, 1)))


def process(r: float, T: int = 4000, B: int = 20, H: int = 3) -> np.ndarray:
    """Normal values of which neighbours correlate by r (AR(1)), from the stationary start."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=(T, B, H))
    for t in range(1, T):
        values[t] = r * values[t - 1] + math.sqrt(1 - r * r) * values[t]
    return values


# ---- saturation and distribution -----------------------------------------------------------------


def test_saturation_counts_the_steps_beyond_a_tenth_from_either_end():
    f = np.array([0.0, 0.05, 0.1, 0.5, 0.9, 0.95, 0.99, 1.0]).reshape(4, 2, 1)
    found = statistics.saturation(trace_of(f=f), "f")
    assert_equal(found.left, [2 / 8])
    assert_equal(found.right, [3 / 8])


def test_an_open_and_a_shut_unit_lie_in_the_two_corners():
    f = np.stack([np.full((10, 2), 0.97), np.full((10, 2), 0.02)], axis=2)
    found = statistics.saturation(trace_of(f=f), "f")
    assert_equal(found.left, [0, 1])
    assert_equal(found.right, [1, 0])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lstm", ("f", "i", "o")),
        ("gru", ("r", "z")),
        ("rnn", ()),
        ("nfg", ("i", "o")),
        ("mgu", ("f",)),
    ],
)
def test_gates_are_what_lies_between_shut_and_open(name, expected):
    cell = lv.CELLS[name]
    trace = lv.run(cell, lv.init_weights(cell, 1, 2), np.zeros((1, 1, 1)))
    assert statistics.gates(trace) == expected


def test_a_distribution_adds_up_to_one_over_the_range_that_the_equation_guarantees():
    f = ((np.arange(1000) + 0.5) / 1000).reshape(1000, 1, 1)
    found = statistics.distribution(trace_of(f=f), "f", bins=10)
    assert_equal(found.edges, np.linspace(0, 1, 11))
    assert_equal(found.share, np.full(10, 0.1))


def test_the_distribution_of_a_memory_spans_what_it_reached():
    c = np.array([-3.0, -3.0, 1.0, 5.0]).reshape(4, 1, 1)
    found = statistics.distribution(trace_of(c=c), "c", bins=4)
    assert_equal(found.edges, [-3, -1, 1, 3, 5])
    assert_equal(found.share, [0.5, 0, 0.25, 0.25])


def test_a_memory_that_never_moves_has_a_distribution_of_one_bar():
    found = statistics.distribution(trace_of(c=np.full((3, 1, 2), 2.0)), "c", bins=5)
    assert found.share.max() == 1
    assert found.edges[0] < 2 < found.edges[-1]


# ---- how long a memory lasts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bias", "steps"),
    [(-2, 0.326), (0, 1.0), (1, 2.213), (2, 5.461), (3, 14.27), (4, 38.19), (5, 103.2)],
)
def test_the_half_life_of_a_constant_gate_is_that_of_the_literature(bias, steps):
    """Literature sheet 2.9: ln 2 / softplus(-b)."""
    assert_equal(statistics.half_lives(gated(bias)) / steps, [1, 1], within=1e-3)


def test_a_gate_that_rounds_to_one_still_forgets():
    found = statistics.half_lives(gated(40.0))
    assert_equal(found / (math.log(2) * math.exp(40)), [1, 1], within=1e-6)


def test_half_lives_go_by_the_geometric_mean():
    """0.9 and 0.4 in turn leave as much as 0.6 throughout."""
    alternating = trace_of(f=np.array([0.9, 0.4, 0.9, 0.4]).reshape(4, 1, 1))
    weights = lv.init_weights(LSTM, 1, 1)
    f = np.array([0.9, 0.4, 0.9, 0.4]).reshape(4, 1, 1)
    held = lv.run(LSTM, weights, np.zeros((4, 1, 1)), hold={"f": f})
    assert_equal(alternating.f, held.f)
    assert_equal(statistics.half_lives(held), [math.log(2) / -math.log(0.6)])


def test_without_a_forget_gate_nothing_is_lost():
    cell = lv.CELLS["nfg"]
    trace = lv.run(cell, lv.init_weights(cell, 1, 2), np.zeros((3, 1, 1)))
    assert_equal(np.isinf(statistics.half_lives(trace)), [True, True])


def test_a_step_that_keeps_nothing_ends_a_memory():
    f = np.array([1.0, 0.0, 1.0]).reshape(3, 1, 1)
    held = lv.run(LSTM, lv.init_weights(LSTM, 1, 1), np.zeros((3, 1, 1)), hold={"f": f})
    assert_equal(statistics.half_lives(held), [0])


def test_what_a_gru_keeps_is_z_and_in_a_mirrored_cell_one_minus_it():
    weights = {name: np.zeros_like(w) for name, w in lv.init_weights(GRU, 1, 1).items()}
    x = np.zeros((3, 1, 1))
    keeping = lv.run(GRU, weights | {"b_z": np.full(1, 3.0)}, x)
    mirrored = GRU.with_("h = (1 - z) * h_prev + z * h_tilde")
    writing = lv.run(mirrored, weights | {"b_z": np.full(1, -3.0)}, x)
    expected = math.log(2) / math.log1p(math.exp(-3))
    assert_equal(statistics.half_lives(keeping), [expected])
    assert_equal(statistics.half_lives(writing), [expected])


def test_a_plain_rnn_keeps_nothing_that_could_halve():
    trace = lv.run(lv.CELLS["rnn"], lv.init_weights(lv.CELLS["rnn"], 1, 1), np.zeros((2, 1, 1)))
    with refused("no memory that is kept"):
        statistics.half_lives(trace)


# ---- how slowly it moves -------------------------------------------------------------------------


@pytest.mark.parametrize("r", [0.0, 0.5, 0.9])
def test_the_step_of_a_process_is_as_large_as_its_neighbours_are_unlike(r):
    found = statistics.stepping(trace_of(c=process(r)), "c")
    assert_equal(found, np.full(3, 2 * math.sqrt((1 - r) / math.pi)), within=0.02)


def test_the_autocorrelation_is_the_mean_of_products_some_steps_apart():
    c = np.random.default_rng(1).normal(size=(7, 3, 2)).cumsum(axis=0)
    c[4:, 1] = np.nan
    found = statistics.autocorrelation(trace_of(c=c), "c", 8)
    for unit in range(2):
        away = c[..., unit] - np.nanmean(c[..., unit])
        for lag in range(7):
            expected = np.nanmean(away[lag:] * away[: 7 - lag]) / np.nanmean(away**2)
            assert found[lag, unit] == pytest.approx(expected)
    assert np.isnan(found[7:]).all()


@pytest.mark.parametrize("r", [0.5, 0.9])
def test_a_process_correlates_with_itself_by_powers(r):
    found = statistics.autocorrelation(trace_of(c=process(r)), "c", 5)
    assert_equal(found.mean(axis=1), r ** np.arange(6), within=0.02)
    assert_equal(found[0], np.ones(3))


@pytest.mark.parametrize("r", [0.5, 0.8, 0.95])
def test_the_correlation_time_of_a_process_is_the_time_constant_of_its_keeping(r):
    """-1 / ln f, literature sheet 2.9; a straight line between two lags is a little off."""
    found = statistics.correlation_time(trace_of(c=process(r)), "c")
    assert_equal(found * -math.log(r), np.ones(3), within=0.1)


def test_a_ramp_stays_like_itself_for_as_long_as_one_looks():
    ramp = np.arange(10.0).reshape(10, 1, 1)
    assert statistics.correlation_time(trace_of(c=ramp), "c")[0] > 2


def test_a_memory_driven_by_noise_is_slower_than_what_it_is_driven_by():
    """The textbooks' claim that c is the slow one of c and h, where it does hold."""
    x = np.random.default_rng(1).normal(size=(3000, 4, 1))
    weights = lv.init_weights(LSTM, 1, 8, forget_bias=4.0)
    trace = lv.run(LSTM, weights | {"W_o": 4 * weights["W_o"]}, x)
    c, h = (statistics.stepping(trace, name) for name in "ch")
    assert (c < h).all()
    c, h = (statistics.correlation_time(trace, name) for name in "ch")
    assert np.median(c) > 2 * np.median(h)


def test_a_unit_that_never_moves_has_no_time():
    trace = trace_of(c=np.full((20, 2, 1), 0.3))
    for found in (statistics.stepping, statistics.correlation_time):
        assert np.isnan(found(trace, "c")).all()
    assert np.isnan(statistics.autocorrelation(trace, "c", 3)).all()


def test_one_step_has_no_time_either():
    trace = trace_of(c=np.array([[[1.0], [2.0]]]))
    assert np.isnan(statistics.stepping(trace, "c")).all()
    statistics.correlation_time(trace, "c")


# ---- what a unit follows -------------------------------------------------------------------------


def test_the_unit_that_is_the_feature_is_found_with_its_sign():
    feature = np.random.default_rng(2).normal(size=(40, 3))
    c = np.random.default_rng(3).normal(size=(40, 3, 5))
    c[..., 2] = 1 - 3 * feature
    trace = trace_of(c=c)
    assert_equal(statistics.correlation(trace, "c", feature)[2], -1)
    found = statistics.tracker(trace, "c", "mine", feature)
    assert found is not None
    assert (found.signal, found.unit, found.is_found) == ("c", 2, True)
    assert found.correlation == pytest.approx(-1)


def test_the_correlation_is_that_of_numpy():
    feature = np.random.default_rng(4).normal(size=(30, 2))
    c = np.random.default_rng(5).normal(size=(30, 2, 4)) + feature[..., None]
    found = statistics.correlation(trace_of(c=c), "c", feature)
    for unit in range(4):
        expected = np.corrcoef(c[..., unit].ravel(), feature.ravel())[0, 1]
        assert found[unit] == pytest.approx(expected)


def test_among_many_units_of_noise_hardly_any_feature_is_found():
    rng = np.random.default_rng(6)
    trace = trace_of(c=rng.normal(size=(80, 1, 64)))
    found = [
        statistics.tracker(trace, "c", str(k), (rng.random((80, 1)) < 0.3) * 1.0) for k in range(60)
    ]
    times = sum(one.is_found for one in found if one)
    assert times <= 8  # 3 expected
    assert all(one.chance > 0.2 for one in found if one)


def test_chance_is_what_the_feature_does_when_it_is_turned_round_step_by_step():
    T, lengths = 60, (60, 33, 11)
    c, feature = process(0.9, T, len(lengths), 4), process(0.9, T, len(lengths), 1)[..., 0]
    for b, length in enumerate(lengths):
        c[length:, b] = np.nan
    best = []
    for distance in range(T // 10, T - T // 10 + 1):
        turned = [np.roll(feature[:n, b], distance) for b, n in enumerate(lengths)]
        rows = np.concatenate([c[:n, b] for b, n in enumerate(lengths)])
        both = np.corrcoef(np.concatenate(turned), rows, rowvar=False)
        best.append(np.abs(both[0, 1:]).max())
    found = statistics.tracker(trace_of(c=c), "c", "it", feature)
    assert found is not None
    assert found.chance == pytest.approx(np.quantile(best, 0.95), abs=1e-12)


def test_trackers_take_the_clearest_signal_for_each_feature():
    line, noise = np.sin(np.arange(50.0))[:, None], np.random.default_rng(7)
    trace = trace_of(c=noise.normal(size=(50, 1, 3)), h=np.repeat(line[..., None], 3, axis=2))
    (found,) = statistics.trackers(trace, {"wave": line})
    assert found.signal == "h"
    assert found.correlation == pytest.approx(1)


def test_a_feature_or_a_unit_that_never_moves_follows_nothing():
    trace = trace_of(c=np.zeros((9, 1, 2)))
    assert statistics.trackers(trace, {"line": np.arange(9.0)[:, None]}) == []
    trace = trace_of(c=np.random.default_rng(8).normal(size=(9, 1, 2)))
    assert statistics.trackers(trace, {"flat": np.ones((9, 1))}, ("c",)) == []


def test_a_feature_of_another_shape_is_refused():
    with refused("(T, B) = (9, 1)"):
        statistics.correlation(trace_of(c=np.zeros((9, 1, 2))), "c", np.zeros(9))


# ---- packed sequences ----------------------------------------------------------------------------


def test_what_lies_behind_the_end_of_a_sequence_does_not_count():
    rng = np.random.default_rng(9)
    whole = rng.uniform(size=(30, 1, 2))
    padded = np.full((30, 2, 2), np.nan)
    padded[:, 0], padded[:12, 1] = whole[:, 0], whole[:12, 0]
    trace = trace_of(f=padded, c=padded, h=np.where(np.isnan(padded), np.nan, 0.0))
    both = np.concatenate([padded[:, 0], padded[:12, 1]])
    found = statistics.saturation(trace, "f")
    assert_equal(found.left, (both < 0.1).mean(axis=0))
    assert_equal(statistics.distribution(trace, "f").share.sum(), 1.0)
    steps = np.concatenate([np.abs(np.diff(p, axis=0)) for p in (padded[:, 0], padded[:12, 1])])
    assert_equal(statistics.stepping(trace, "c"), steps.mean(axis=0) / both.std(axis=0))
    feature = rng.normal(size=(30, 2))
    seen = np.concatenate([feature[:, 0], feature[:12, 1]])
    found_r = statistics.correlation(trace, "c", feature)
    assert found_r[0] == pytest.approx(np.corrcoef(both[:, 0], seen)[0, 1])
    assert statistics.tracker(trace, "c", "any", feature) is not None
    assert np.isfinite(statistics.correlation_time(trace, "c")).all()
