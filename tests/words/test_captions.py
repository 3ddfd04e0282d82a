"""What the captions say is what the trace shows: each event built by hand, with held gates."""

import re

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.networks.network import load, shipped
from lstm_viz.run.trace import Trace
from lstm_viz.words.captions import look_at
from lstm_viz.words.holding import look_at_network

STEPS = 16
TOKENS = [f"word{t}" for t in range(STEPS)]


def held(cell: str, **signals: list[np.ndarray]) -> Trace:
    weights = {name: np.zeros(shape) for name, shape in CELLS[cell].weight_shapes(1, 2).items()}
    hold = {name: np.stack(values, axis=-1)[:, None, :] for name, values in signals.items()}
    return lv.run(CELLS[cell], weights, np.zeros((STEPS, 1, 1)), hold=hold)


def test_a_memory_that_is_held_and_dropped_is_found_where_it_is_dropped():
    rest = np.full(STEPS, 0.5)
    keep, write, candidate = np.full(STEPS, 0.97), np.zeros(STEPS), np.full(STEPS, -1.0)
    keep[11], write[11], write[0] = 0.02, 1.0, 1.0
    candidate[0] = 1.0
    trace = held("lstm", f=[rest, keep], i=[rest * 0, write], c_tilde=[rest, candidate])
    caption = look_at(trace, TOKENS)
    assert (caption.t, caption.unit) == (11, 1)
    assert "word11" in caption.text
    assert "f fell to 0.02" in caption.text


def test_of_two_drops_the_one_whose_new_memory_is_held_longer_is_told():
    """A new subject is remembered; a word that empties the memory for a moment is not."""
    keep, write = np.full(STEPS, 0.97), np.zeros(STEPS)
    write[0] = 1.0
    keep[5], write[5] = 0.02, 1.0
    keep[14], write[14], keep[15] = 0.02, 1.0, 0.1
    candidate = np.array([1.0] * 5 + [-1.0] * 5 + [1.0] * 6)
    caption = look_at(
        held("lstm", f=[keep, keep], i=[write, write], c_tilde=[candidate] * 2), TOKENS
    )
    assert caption.t == 5


@pytest.mark.parametrize("cell", ["lstm", "peephole", "coupled", "gru"])
@pytest.mark.parametrize(("task", "name"), [("subject", "Tom"), ("subject_zh", "汤姆")])
def test_the_memory_of_the_subject_changes_where_a_new_one_comes(task, name, cell):
    network = load(task, cell)
    sequence = next(iter(network.task.examples.values()))
    caption = look_at_network(network, network.read(sequence), sequence, sequence)
    assert sequence[caption.t] == name


@pytest.mark.parametrize(("task", "cell"), shipped())
def test_a_memory_that_is_said_to_be_held_is_one_that_stays(task, cell):
    """The share that is said is the product of the gates, and the value hardly moved."""
    network = load(task, cell)
    for sequence in network.task.examples.values():
        trace = network.read(sequence)[0]
        said = re.match(
            r"Unit (\d+) held its memory for (\d+) steps: \w+ was (\S+), and ([\d.]+)%",
            look_at(trace, [str(element) for element in sequence]).text,
        )
        if said:
            unit, length, share = int(said[1]), int(said[2]), float(said[4]) / 100
            caption = look_at(trace, [str(element) for element in sequence])
            span = slice(caption.t - length, caption.t)
            values = trace[str(trace.cell.memory)][span, 0, unit]
            kept = trace.value(str(trace.cell.kept))[span, 0, unit][1:].prod()
            assert length >= 3
            assert kept == pytest.approx(share, abs=0.0005)
            assert kept >= 0.75
            assert np.abs(values).min() >= 0.75 * np.abs(values).max()
            assert f"{values[0]:+.2f}".replace("-", "−") == said[3]


def test_a_memory_that_fades_behind_an_open_gate_is_not_held():
    """142 steps at 0.975 leave 2.7 %."""
    keep, write = np.full(STEPS, 0.85), np.zeros(STEPS)
    write[0], keep[12], write[12] = 1.0, 0.0, 1.0
    candidate = np.where(np.arange(STEPS) < 12, 1.0, -1.0)
    trace = held("lstm", f=[keep, keep], i=[write, write], c_tilde=[candidate] * 2)
    assert "held its memory" not in look_at(trace, TOKENS).text


def test_a_gate_that_falls_where_nothing_changes_is_not_worth_a_look():
    keep, write = np.full(STEPS, 0.99), np.zeros(STEPS)
    write[0], keep[8], write[8] = 1.0, 0.0, 1.0  # the same value is written again
    trace = held("lstm", f=[keep, keep], i=[write, write], c_tilde=[np.ones(STEPS)] * 2)
    assert look_at(trace, TOKENS).t == 0


def test_a_memory_that_moves_by_the_same_amount_each_step_counts():
    ones, zeros = np.ones(STEPS), np.zeros(STEPS)
    trace = held("lstm", f=[ones, ones], i=[zeros, ones], c_tilde=[zeros, ones * 0.9])
    caption = look_at(trace, TOKENS)
    assert caption.unit == 1
    assert "counts" in caption.text
    assert "+0.90" in caption.text


def test_a_plain_rnn_holds_nothing_and_is_said_to():
    trace = held("rnn", h=[np.zeros(STEPS), np.sin(np.arange(STEPS))])
    caption = look_at(trace, TOKENS)
    moved = np.abs(np.diff(np.append(0, trace.h[:, 0, 1])))
    assert (caption.t, caption.unit) == (int(moved.argmax()), 1)
    assert "No gate holds anything" in caption.text
