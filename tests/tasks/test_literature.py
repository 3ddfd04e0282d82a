"""The tasks of the literature are what it says, and what a loss is worth is what it is."""

import math

import numpy as np
import pytest

from lstm_viz.tasks import TASKS
from lstm_viz.tasks.copying import ANSWERS as COPIES
from lstm_viz.tasks.copying import SYMBOLS as COPIED
from lstm_viz.tasks.loss import IGNORED
from lstm_viz.tasks.order import ANSWERS, SYMBOLS
from lstm_viz.tasks.sine import NOISE, PERIOD

MANY = 5000


def drawn(name, size=MANY, seed=0):
    return TASKS[name].batch(np.random.default_rng(seed), size)


def cross_entropy(odds, targets):
    asked = targets != IGNORED
    return -np.log(np.take_along_axis(odds, np.maximum(targets, 0)[..., None], -1)[..., 0])[
        asked
    ].mean()


def test_of_a_hundred_numbers_one_in_each_half_is_marked_and_their_sum_is_asked():
    inputs, targets = drawn("adding")
    values, marks = inputs[..., 0], inputs[..., 1]
    assert inputs.shape == (100, MANY, 2)
    assert np.array_equal(marks[:50].sum(0), np.ones(MANY))
    assert np.array_equal(marks[50:].sum(0), np.ones(MANY))
    assert np.isnan(targets[:-1]).all()
    assert np.allclose((values * marks).sum(0), targets[-1, :, 0])


def test_always_answering_one_costs_a_sixth_and_knowing_one_number_half_of_it():
    inputs, targets = drawn("adding")
    sums = targets[-1, :, 0]
    first = (inputs[:50, :, 0] * inputs[:50, :, 1]).sum(0)
    assert np.mean((sums - 1) ** 2) == pytest.approx(1 / 6, rel=0.05)
    assert np.mean((sums - first - 0.5) ** 2) == pytest.approx(1 / 12, rel=0.05)


def test_copying_is_data_then_blanks_then_the_sign_then_blanks():
    inputs, targets = drawn("copying", 4)
    text = "".join(COPIED[k] for k in inputs[:, 0])
    assert text[5:] == "·" * 9 + "!" + "·" * 5
    assert len(text) == 10 + 2 * 5
    assert np.array_equal(targets[-5:], inputs[:5])
    assert (targets[:-5] == COPIES.index("·")).all()


def test_the_baseline_of_copying_is_ten_ln_eight_over_t_plus_twenty_in_our_size():
    _, targets = drawn("copying")
    odds = np.zeros((*targets.shape, 5))
    odds[:-5, :, 4], odds[-5:, :, :4] = 1, 1 / 4
    (loss,) = TASKS["copying"].knowing().values()
    assert loss == pytest.approx(5 * math.log(4) / (10 + 2 * 5))
    assert cross_entropy(odds, targets) == pytest.approx(loss)


@pytest.mark.parametrize(("name", "letters"), [("anbn", "ab"), ("anbncn", "abc")])
def test_the_best_loss_of_counting_is_the_choice_of_n_and_nothing_else(name, letters):
    """Whoever counts knows all but how many a will come: n is one of ten, evenly."""
    found = TASKS[name]
    assert found.best is not None
    asked = sum(len(letters) * n + 1 for n in range(1, 11))
    nats = 0.0
    for n in range(1, 11):
        for a in range(1, n + 1):  # after the a-th a: does another follow?
            going_on = (10 - a) / (11 - a)
            nats -= math.log(going_on if a < n else 1 - going_on)
    assert found.best == pytest.approx(nats / asked)
    inputs, targets = found.batch(np.random.default_rng(0), MANY)
    symbols = np.array(found.symbols)
    one = "".join(symbols[inputs[:, 0]][targets[:, 0] != IGNORED])
    n = one.count("a")
    assert one == ">" + "".join(letter * n for letter in letters)


def test_who_does_not_count_guesses_by_how_often_a_letter_changes():
    inputs, targets = drawn("anbn")
    odds = np.full((*targets.shape, 4), 1e-9)
    begin, a, b, end = range(4)
    change = 1 / 5.5
    odds[inputs == begin, a] = 1
    odds[inputs == a, a], odds[inputs == a, b] = 1 - change, change
    odds[inputs == b, b], odds[inputs == b, end] = 1 - change, change
    (loss,) = TASKS["anbn"].knowing().values()
    assert cross_entropy(odds, targets) == pytest.approx(loss, rel=0.02)


def test_parity_asks_after_every_bit_whether_the_ones_are_odd():
    bits, odd = drawn("parity", 3)
    assert odd[:, 1].tolist() == [int(sum(bits[: k + 1, 1])) % 2 for k in range(50)]


def test_temporal_order_is_experiment_6a():
    inputs, targets = drawn("order", 500)
    symbols = np.array(SYMBOLS)
    lengths = set()
    for column in range(500):
        asked = np.flatnonzero(targets[:, column] != IGNORED)
        assert len(asked) == 1
        text = symbols[inputs[: asked[0] + 1, column]]
        lengths.add(len(text))
        assert text[0] == "E"
        assert text[-1] == "B"
        first, second = np.flatnonzero(np.isin(text, ["X", "Y"]))
        assert 10 <= first <= 20
        assert 50 <= second <= 60
        assert set(text[1:-1]) <= set("abcdXY")
        assert ANSWERS[targets[asked[0], column]] == text[first] + text[second]
    assert (min(lengths), max(lengths)) == (100, 110)


def test_an_echo_comes_ten_steps_late_and_silence_costs_a_third():
    inputs, targets = drawn("echo", 500)
    assert np.array_equal(targets[10:], inputs[:-10])
    assert np.isnan(targets[:10]).all()
    assert np.mean(targets[10:] ** 2) == pytest.approx(1 / 3, rel=0.02)


def test_of_a_noisy_sine_nobody_knows_the_noise():
    inputs, targets = drawn("sine", 5000)
    found = TASKS["sine"]
    repeats = found.knowing()["repeats the last value"]
    assert np.mean((targets - inputs) ** 2) == pytest.approx(repeats, rel=0.02)
    assert repeats == pytest.approx(1 - math.cos(2 * math.pi / PERIOD) + 2 * NOISE**2)


def test_a_sine_whose_phase_must_be_found_out_costs_more_than_its_noise():
    """Judged by forecasts that are made otherwise, on waves drawn anew."""
    best = TASKS["sine"].best
    assert best == pytest.approx(0.0113, abs=1e-4)
    # Known to noise^2 / t after t readings; the first ones cost more.
    assert NOISE**2 * (1 + sum(1 / t for t in range(1, 101)) / 100) < best < 1.2 * NOISE**2
    inputs, targets = (part[..., 0] for part in drawn("sine", 300))
    angle = 2 * math.pi * np.arange(101) / PERIOD
    phases = np.random.default_rng(5).uniform(0, 2 * math.pi, 2000)  # not the grid of the task
    waves = np.sin(angle[:, None] + phases)
    bayes, fitted = [], []
    for t in (1, 2, 4, 10, 30, 100):
        distance = ((inputs[:t, :, None] - waves[:t, None]) ** 2).sum(0)
        odds = np.exp(-(distance - distance.min(1, keepdims=True)) / (2 * NOISE**2))
        bayes.append(((odds @ waves[t] / odds.sum(1) - targets[t - 1]) ** 2).mean())
        of_angle = np.stack([np.sin(angle[: t + 1]), np.cos(angle[: t + 1])], 1)
        found = np.linalg.lstsq(of_angle[:t], inputs[:t], rcond=None)[0]
        fitted.append(((of_angle[t] @ found - targets[t - 1]) ** 2).mean())
    assert bayes[0] > 4 * NOISE**2  # after one reading two phases fit
    assert bayes[-1] == pytest.approx(NOISE**2, rel=0.15)
    # One who fits amplitude and phase by least squares knows less, and is never much better.
    assert all(other > 0.9 * one for one, other in zip(bayes, fitted, strict=True))
    between = np.interp(np.arange(1, 101), (1, 2, 4, 10, 30, 100), bayes).mean()
    assert between == pytest.approx(best, rel=0.12)
