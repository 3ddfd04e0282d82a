"""What is said of a layer is what its numbers are."""

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.run.trace import Trace
from lstm_viz.words.statistics import (
    distribution_said,
    half_life_said,
    saturation_said,
    slowness_said,
)

LSTM, GRU = lv.CELLS["lstm"], lv.CELLS["gru"]


def trace_of(cell: lv.Cell = LSTM, **signals: np.ndarray) -> Trace:
    shape = next(iter(signals.values())).shape
    everything = {name: np.full(shape, 0.5) for name in cell.signals} | signals
    initial = {state: np.zeros(shape[1:]) for state in cell.states}
    return Trace(cell, {}, np.zeros((*shape[:2], 1)), initial, {}, everything)


def run_of(cell: lv.Cell, steps: int) -> Trace:
    x = np.random.default_rng(0).normal(size=(steps, 2, 3))
    return lv.run(cell, lv.init_weights(cell, 3, 4), x)


def test_saturation_is_said_in_shares_and_in_units_that_stay_so():
    f = np.full((10, 1, 2), 0.5)
    f[:, :, 0] = 0.99
    f[:2, :, 1] = 0.01
    said = saturation_said(trace_of(f=f))
    assert "fₜ is nearly shut 10% and nearly open 50% of the time" in said
    assert said.endswith("Units that are so for more than 90% of the steps: fₜ open 1, shut 0.")


def test_where_no_gate_stays_shut_or_open_this_is_said():
    assert saturation_said(trace_of(f=np.full((4, 1, 2), 0.5))).endswith(
        "No unit holds a gate so for more than 90% of the steps."
    )


def test_the_reach_of_the_memory_is_that_of_its_numbers():
    c = np.array([-2.0, 0.0, 0.5, 3.0]).reshape(4, 1, 1)
    assert distribution_said(trace_of(c=c)).startswith(
        "cₜ lies between −2.00 and 3.00; 50% of its values are beyond ±1"
    )


def test_a_cell_without_a_memory_of_its_own_is_told_by_h():
    h = np.array([-0.95, 0.0, 0.5, 0.8]).reshape(4, 1, 1)
    assert distribution_said(trace_of(GRU, h=h)) == (
        "hₜ lies between −0.95 and 0.80; 25% of its values are beyond ±0.9."
    )


def test_half_lives_are_the_middle_one_and_the_longest():
    weights = {name: np.zeros_like(w) for name, w in lv.init_weights(LSTM, 1, 3).items()}
    halves = np.array([0.0, 0.0, 9.0])  # f of 1/2 halves in one step; ln 2 / ln(1 + e^-9) = 5617
    said = half_life_said(lv.run(LSTM, weights | {"b_f": halves}, np.zeros((5, 1, 1))))
    assert "after 1.0 steps, in unit 2 after 5,617" in said
    assert "1 of 3 units keeps half of it for longer than the 5 steps read" in said


def test_a_memory_that_is_slower_than_h_is_said_to_be():
    rng = np.random.default_rng(0)
    h = rng.normal(size=(200, 4, 3))
    said = slowness_said(trace_of(c=np.cumsum(h, axis=0), h=h))
    assert said.startswith("cₜ stays like itself for longer than hₜ in 3 of 3 units.")
    said = slowness_said(trace_of(c=h, h=np.cumsum(h, axis=0)))
    assert said.startswith("cₜ stays like itself for longer than hₜ in 0 of 3 units.")


@pytest.mark.parametrize("steps", [1, 2])
def test_the_shortest_sequence_has_its_sentences(steps):
    for said in (saturation_said, distribution_said, half_life_said, slowness_said):
        assert "nan" not in said(run_of(LSTM, steps))
