"""A stack of layers is its layers one by one; two directions are the reading of a mirror image."""

import numpy as np
import pytest
import torch

from lstm_viz.cells import CELLS
from lstm_viz.networks.gate_order import weights_from
from lstm_viz.run.layers import WAYS, Layer, in_time, places, read_layers, rounds, traced
from lstm_viz.run.recording import Place, Recording
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from tests.agreement import assert_equal

T, B, D, H = 6, 3, 4, 5
LSTM = CELLS["lstm"]
X = np.random.default_rng(0).normal(size=(T, B, D))


def stack(layers: int, ways: tuple[str, ...]) -> dict[Place, Layer]:
    """LSTMs with weights of their own for every layer and direction."""
    widths = [D, *[H * len(ways)] * (layers - 1)]
    found = places(layers, ways)
    return {place: (LSTM, init_weights(LSTM, widths[place[0]], H, k)) for k, place in
            enumerate(found)}  # fmt: skip


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3])
def test_a_stack_is_torchs(layers, both):
    torch.manual_seed(3)
    module = torch.nn.LSTM(D, H, layers, bidirectional=both, dtype=torch.float64)
    found = {
        place: (LSTM, weights_from(module, *place)) for place in places(layers, WAYS[: 1 + both])
    }
    traces, h = read_layers(found, X)
    with torch.no_grad():
        expected, (last, _c) = module(torch.tensor(X))
    assert_equal(h, expected.numpy())
    for place, end in zip(traces, last.numpy(), strict=True):
        assert_equal(traces[place].h[-1], end, of=place)


def test_states_and_holds_are_those_of_their_place():
    found = stack(2, WAYS)
    state = {"c": np.full(H, 0.5)}
    hold = {"f": np.array(1.0)}
    traces, _ = read_layers(found, X, {(0, "backward"): state}, {(1, "forward"): hold})
    assert_equal(traces[0, "backward"].h, run(*found[0, "backward"], X[::-1], state).h)
    assert_equal(traces[0, "forward"].h, run(*found[0, "forward"], X).h)
    assert (traces[1, "forward"].f == 1).all()
    assert (traces[1, "backward"].f < 1).all()


def test_layers_of_one_way_each_read_the_one_below():
    layers = stack(2, WAYS[:1])
    traces, h = read_layers(layers, X)
    below = run(*layers[0, "forward"], X)
    assert_equal(h, run(*layers[1, "forward"], below.h).h)
    assert list(traces) == [(0, "forward"), (1, "forward")]


def test_a_signal_turned_twice_is_itself_and_its_padding_never_moves():
    lengths = np.array([6, 1, 4])
    turned = in_time((0, "backward"), X, lengths)
    assert np.array_equal(in_time((0, "backward"), turned, lengths), X)
    for b, length in enumerate(lengths):
        assert np.array_equal(turned[:length, b], X[:length, b][::-1])
        assert np.array_equal(turned[length:, b], X[length:, b])
    assert in_time((0, "forward"), X, lengths) is X


def test_a_padded_sequence_reads_as_it_does_alone():
    found, lengths = stack(2, WAYS), np.array([6, 2, 4])
    _, h = traced(found, X, lambda place, read: run(*found[place], read), lengths)
    for b, length in enumerate(lengths):
        _, alone = read_layers(found, X[:length, b : b + 1])
        assert_equal(h[:length, b : b + 1], alone)


def test_what_waits_for_nothing_is_computed_at_once():
    found = stack(2, ("forward",))
    traces, h = read_layers(found, X)
    when = rounds(Recording(traces, h))
    assert when[0, "forward"] == [0, 1, 2, 3, 4, 5]
    assert when[1, "forward"] == [1, 2, 3, 4, 5, 6]
