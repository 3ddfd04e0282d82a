"""A forecast of many steps: judged by torch stepping in float64, by arithmetic and closed forms."""

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.networks.forecast import (
    can_forecast,
    likely_period,
    spread_starts,
    unseen_errors,
)
from lstm_viz.networks.held import Span
from lstm_viz.networks.network import load, untrained
from lstm_viz.tasks import TASKS
from lstm_viz.tasks.own_series import own_series
from tests.agreement import assert_equal, refused

LOAD = next(iter(TASKS["load"].examples.values()))
# How torch stacks the gates of its modules, and ours by letter.
STACKED = {"lstm": (torch.nn.LSTM, "ifco"), "gru": (torch.nn.GRU, "rzh")}


def fresh(task="sine", cell="lstm", layers=1):
    return untrained(TASKS[task], CELLS[cell], 6, layers=layers, seed=4)


def stepped_by_torch(network, series, starts, steps):
    """What torch's own module forecasts from each start, one step at a time, (S, K)."""
    task, cell = network.task, network.cell.name
    kind, order = STACKED[cell]
    module = kind(1, network.hidden, num_layers=network.depth).double()
    with torch.no_grad():
        for layer in range(network.depth):
            _cell, weights = network.layers[layer, "forward"]
            for name, letter in (("weight_ih", "W"), ("weight_hh", "U"), ("bias_ih", "b")):
                rows = np.concatenate([weights[f"{letter}_{gate}"] for gate in order])
                getattr(module, f"{name}_l{layer}").copy_(torch.tensor(rows))
            other = getattr(module, f"bias_hh_l{layer}")
            other.zero_()
            if "d_h" in weights:
                other[-network.hidden :] = torch.tensor(weights["d_h"])
        head = torch.nn.Linear(network.hidden, 1).double()
        head.weight.copy_(torch.tensor(network.head_weight))
        head.bias.copy_(torch.tensor(network.head_bias))
        found = []
        for start in starts:
            read = torch.tensor((np.array(series[:start]) - task.centre) / task.spread)
            h, state = module(read.reshape(-1, 1, 1))
            answers = [head(h[-1])]
            while len(answers) < steps:
                h, state = module(answers[-1][None], state)
                answers.append(head(h[-1]))
            found.append([float(one) * task.spread + task.centre for one in answers])
    return np.array(found)


@pytest.mark.parametrize("cell", STACKED)
def test_torch_goes_on_in_the_same_way_from_every_start(cell):
    network = load("load", cell)
    starts = (1, 30, 72, 96)
    found = lv.forecast(network, LOAD, 25, starts)
    assert found.values.shape == (4, 25, 1)
    judge = stepped_by_torch(network, LOAD, starts, 25)
    assert_equal(found.values[..., 0], judge, within=1e-9)


def test_torch_goes_on_in_the_same_way_through_two_layers():
    network, series = fresh(layers=2), TASKS["sine"].examples["With the noise"]
    found = lv.forecast(network, series, 12, (5, 60))
    judge = stepped_by_torch(network, series, (5, 60), 12)
    assert_equal(found.values[..., 0], judge, within=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_a_forecast_is_what_the_network_writes_when_it_reads_itself(cell):
    network = fresh(cell=cell)
    series = TASKS["sine"].examples["With the noise"]
    found = lv.forecast(network, series, 7, (3, 40))
    for k, start in enumerate((3, 40)):
        assert_equal(found.values[k, :, 0], lv.write(network, series[:start], 7).written, 1e-9)


def test_what_is_held_stays_held_beyond_what_was_measured():
    network = load("load", "lstm")
    held = [Span("f", 20, 60, 0.0)]
    found = lv.forecast(network, LOAD, 30, (15, 40), held)
    for k, start in enumerate((15, 40)):
        judge = lv.write(network, LOAD[:start], 30, hold=held).written
        assert_equal(found.values[k, :, 0], judge, within=1e-9)
    assert np.abs(found.values - lv.forecast(network, LOAD, 30, (15, 40)).values).max() > 1


def test_the_truth_and_the_baselines_are_read_off_the_series():
    found = lv.forecast(load("load", "rnn"), LOAD, 50, (20, 30, 80))
    series = np.array(LOAD)
    for k, start in enumerate((20, 30, 80)):
        for step in range(50):
            there = start + step < len(series)
            judge = series[start + step] if there else np.nan
            assert_equal(found.truth[k, step, 0], judge)
            assert found.last[k, step, 0] == series[start - 1]
            ago = start + step - 24 * (1 + step // 24)  # the newest whole period that was read
            assert_equal(found.one_period_ago(24)[k, step, 0], series[ago] if ago >= 0 else np.nan)


def test_the_error_of_a_forecast_is_counted_by_how_far_ahead_it_is():
    found = lv.forecast(load("load", "lstm"), LOAD, 30, (48, 55, 90))
    truth = np.array(LOAD)
    for step in (0, 11, 29):
        known = [k for k, s in enumerate((48, 55, 90)) if s + step < 96]
        apart = [found.values[k, step, 0] - truth[found.starts[k] + step] for k in known]
        assert found.error()[step, 0] == pytest.approx(np.sqrt(np.mean(np.square(apart))))
    assert_equal(found.error(found.truth), np.zeros((30, 1)))
    assert np.isnan(lv.forecast(load("load", "lstm"), LOAD, 3).error()).all()


def test_on_a_perfect_rhythm_one_period_ago_makes_no_error():
    wave = np.sin(2 * np.pi * np.arange(90) / 9)
    found = lv.forecast(fresh(), wave, 40, range(9, 50))
    assert np.abs(found.error(found.one_period_ago(9))).max() < 1e-12
    at_half = found.error(found.last)[:, 0]
    assert at_half[8] < 1e-12 < at_half[3]  # a whole period later it is the last value again


def test_one_step_ahead_the_error_is_the_one_that_the_network_is_judged_by():
    """The first step of an unseen forecast is the one-step error of the page of scores."""
    network = load("load", "lstm")
    found = unseen_errors(network, 48, 24, sequences=200, most=40)
    judged = np.sqrt(network.metrics["squared_error"])
    assert found["network"][0] == pytest.approx(judged, rel=0.06)
    # The curve itself repeats from day to day in five of seven; the network knows the week, too.
    assert found["network"][23] < found["period"][23] < found["last"][11]


def test_the_error_where_nothing_was_learnt_is_that_of_each_sequence_by_itself():
    network, task = load("load", "gru"), TASKS["load"]
    found = unseen_errors(network, 20, 24, sequences=3, most=4)
    inputs, targets = task.held_out(np.random.default_rng(100), 3)
    series = np.concatenate([inputs, targets[-1:]])[..., 0] * task.spread + task.centre
    starts = spread_starts(48, len(series) - 20, 4)
    alone = [lv.forecast(network, series[:, b], 20, starts) for b in range(3)]
    for name, of in (
        ("network", lambda one: one.values),
        ("last", lambda one: one.last),
        ("period", lambda one: one.one_period_ago(24)),
    ):
        judge = np.sqrt(np.mean([one.error(of(one)) ** 2 for one in alone], axis=0))
        assert_equal(found[name], judge[:, 0], within=1e-9)


@pytest.mark.parametrize("period", [5, 12, 24])
def test_the_period_of_a_noisy_rhythm_is_found(period):
    rng = np.random.default_rng(period)
    wave = np.sin(2 * np.pi * np.arange(300) / period) + 0.3 * rng.normal(size=300)
    assert likely_period(wave) == period


def test_noise_and_what_only_rises_have_no_period():
    assert likely_period(np.random.default_rng(0).normal(size=400)) is None
    assert likely_period(np.arange(200.0)) is None
    assert likely_period(np.ones(60)) is None


def test_the_period_of_the_load_is_a_day():
    assert likely_period(np.array(LOAD)) == 24


def test_a_series_of_ones_own_can_be_forecast():
    series = np.sin(np.arange(200) / 3) * 40 + 100
    task = own_series(" ".join(f"{value:.4f}" for value in series))
    network = untrained(task, CELLS["gru"], 5, seed=1)
    assert can_forecast(network)
    found = lv.forecast(network, series, 10, (100,))
    assert_equal(found.truth[0, :, 0], series[100:110])
    assert unseen_errors(network, 5)["network"].shape == (5,)


def test_what_cannot_be_forecast_is_refused():
    with refused("does not answer with the number that it reads next"):
        lv.forecast(load("reber", "lstm"), "BTB", 3)
    with refused("does not answer with the number that it reads next"):
        lv.forecast(untrained(TASKS["adding"], CELLS["lstm"], 4), [(0.1, 1)], 3)
    with refused("does not answer with the number"):
        lv.forecast(untrained(TASKS["sine"], CELLS["lstm"], 4, both=True), [1.0], 3)
    network = fresh()
    for start in ([], [np.nan], [1.0, "abc"], [[1.0], [1.0, 2.0]]):
        with refused("A forecast begins after numbers"):
            lv.forecast(network, start, 3)
    for steps in (0, -1, 5001):
        with refused(f"steps is {steps}"):
            lv.forecast(network, [1.0], steps)
    with refused("after 1 to 2 numbers, not after 3"):
        lv.forecast(network, [1.0, 2.0], 4, (1, 3))
    with refused("There are 0 starts"):
        lv.forecast(network, [1.0, 2.0], 4, ())
    with refused("have 101 numbers: 90 cannot be compared"):
        unseen_errors(network, 90, 12)
