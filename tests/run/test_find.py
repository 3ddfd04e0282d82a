"""Where it fires like this, judged by looking at every place one by one."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstm_viz as lv
from tests.agreement import refused


def one_by_one(sequences, units, length, threshold):
    """Every window of every sequence, scored by sets; equal neighbours are one stretch."""
    found = []
    for number, signal in enumerate(sequences):
        before = None
        for first in range(len(signal) - length + 1):
            window = signal[first : first + length]
            on = {u for u in range(signal.shape[1]) if all(row[u] > threshold for row in window)}
            if on == before and found and found[-1][1] == number:
                found[-1][3] = first + length - 1
                continue
            before = on
            score = len(on & units) / len(on | units)
            found.append([score, number, first, first + length - 1, len(on & units)])
    best = [one for one in found if one[4]]
    return sorted(best, key=lambda one: (-one[0], one[2] - one[3], one[1], one[2]))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    length=st.integers(1, 7),
    units=st.sets(st.integers(0, 3), min_size=1),
)
def test_it_finds_what_looking_at_every_place_finds(seed, length, units):
    rng = np.random.default_rng(seed)
    # Values of a few levels: stretches and ties come often.
    sequences = [rng.integers(0, 3, (size, 4)) / 2 for size in (12, 1, 9)]
    judge = one_by_one(sequences, units, length, 0.3)
    found = lv.find(sequences, units, length, most=1000)
    told = [[p.score, p.sequence, p.first, p.last, p.shared] for p in found]
    assert told == judge
    assert lv.find(sequences, units, length, most=3) == found[:3]


def test_the_span_itself_is_found_with_its_own_units():
    values = np.random.default_rng(1).normal(size=(200, 2, 6))
    units = lv.units_on(values[:, 1], 20, 22, threshold=-0.5)
    best = lv.find(values, units, 3, threshold=-0.5)[0]
    assert best.score == 1
    found = lv.find(values[:, 1], units, 3, threshold=-0.5, most=200)
    (around,) = [p for p in found if p.first <= 20 and p.last >= 22]
    assert around.score == 1


def test_units_that_others_join_count_for_less():
    values = np.zeros((9, 3))
    values[1, [0, 1]] = values[4, [0, 1, 2]] = values[7, 0] = 1
    found = lv.find(values, [0, 1])
    assert [(p.first, p.score, p.shared, p.extra) for p in found] == [
        (1, 1, 2, 0),
        (4, 2 / 3, 2, 1),
        (7, 1 / 2, 1, 0),
    ]


def test_the_highest_and_lowest_places_of_a_unit():
    sequences = [np.random.default_rng(k).normal(size=(30 + k, 3)) for k in range(4)]
    sequences[2][5, 1] = sequences[1][7, 1] = 9
    everything = sorted(
        (-float(signal[t, 1]), number, t)
        for number, signal in enumerate(sequences)
        for t in range(len(signal))
    )
    highest, lowest = lv.extremes(sequences, 1)
    assert [(-e.value, e.sequence, e.step) for e in highest] == everything[:10]
    assert [-e.value for e in lowest] == [value for value, _n, _t in everything[:-11:-1]]


def test_a_million_steps_are_looked_through_in_a_second():
    values = np.tanh(np.random.default_rng(0).normal(size=(1_000_000, 16)).astype("float32"))
    lv.find(values[:1000], [1, 2], 2)
    begun = time.process_time()
    assert lv.find(values, [1, 5, 9], 3)
    lv.extremes(values, 4)
    assert time.process_time() - begun < 3  # on a busy machine; alone it takes a third of a second


def test_what_cannot_be_looked_for_is_refused():
    values = np.zeros((5, 3))
    with refused("Choose some of the units 0 to 2; got [3]"):
        lv.find(values, [3])
    with refused("Choose some of the units 0 to 2; got []"):
        lv.find(values, [])
    with refused("at least 1 step long, not 0"):
        lv.find(values, [1], 0)
    with refused("Give a signal (T, H)"):
        lv.find(np.zeros(3), [0])
    with refused("A span lies within the 5 steps, counted from 0; 3 to 5 does not"):
        lv.units_on(values, 3, 5)
    with refused("There are the units 0 to 2, not 3"):
        lv.extremes(values, 3)
    assert lv.find(values, [1]) == ()
    with pytest.raises(ValueError, match="units"):
        lv.find(values, [-1])
