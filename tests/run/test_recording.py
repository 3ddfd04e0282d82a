"""What one may do with a Recording: index, iterate, copy, pickle."""

import copy
import pickle
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz as lv
from lstm_viz.networks.network import untrained
from lstm_viz.tasks import TASKS
from tests.agreement import assert_equal, refused

T, B, D, H = 5, 2, 3, 4


def module_of(kind: str = "LSTM", **options: Any) -> Any:
    torch.manual_seed(0)
    return getattr(nn, kind)(D, H, **options)


def numbers(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


def two_layers() -> lv.Recording:
    found: lv.Recording = lv.record(module_of(num_layers=2, bidirectional=True), numbers(T, B, D))
    return found


@pytest.mark.parametrize("one", [1, np.int64(1), np.uint8(1), np.array(1), torch.tensor(1), True])
def test_any_integer_names_a_layer(one):
    recording = two_layers()
    assert recording[one] is recording.traces[1, "forward"]
    assert recording[one, "backward"] is recording.traces[1, "backward"]


def test_negative_numbers_count_from_the_last_layer():
    recording = two_layers()
    assert recording[-1] is recording[1]
    assert recording[np.int32(-2), "backward"] is recording[0, "backward"]


@pytest.mark.parametrize(
    "place", [2, -3, (0, "sideways"), "h", 1.0, None, slice(0, 1), (0, 1, 2), (), np.arange(2)]
)
def test_what_names_no_layer_is_told_what_there_is(place):
    with pytest.raises(KeyError, match=r"there is recording\[0, 'forward'\]"):
        two_layers()[place]


def test_iterating_gives_every_trace_from_the_input_upwards():
    recording = two_layers()
    assert len(recording) == len(list(recording)) == 4
    assert all(a is b for a, b in zip(recording, recording.traces.values(), strict=True))
    alone = lv.record(module_of("GRU"), numbers(T, B, D))
    (trace,) = alone
    assert trace is alone[0]


RECORDINGS = {
    "plain": two_layers,
    "packed": lambda: lv.record(
        module_of(), nn.utils.rnn.pack_sequence([numbers(3, D), numbers(1, D)])
    ),
    "a cell": lambda: lv.record(module_of("GRUCell"), numbers(T, B, D)),
    "relu": lambda: lv.record(module_of("RNN", nonlinearity="relu"), numbers(T, B, D)),
    "hooks": lambda: lv.record(
        nn.utils.parametrizations.weight_norm(module_of(), "weight_hh_l0"), numbers(T, B, D)
    ),
    "numpy": lambda: lv.record(
        untrained(TASKS["parity"], lv.CELLS["lstm"], 3, 2), np.zeros((T, B), int)
    ),
}


@pytest.mark.parametrize("made", RECORDINGS.values(), ids=RECORDINGS)
@pytest.mark.parametrize(
    "again",
    [lambda one: pickle.loads(pickle.dumps(one)), copy.deepcopy, copy.copy],
    ids=["pickled", "deep copy", "copy"],
)
def test_a_copy_has_the_same_numbers_and_the_same_proof(made, again):
    recording = made()
    found = again(recording)
    assert repr(found) == repr(recording)
    assert found.lengths == recording.lengths
    assert found.proof == recording.proof
    assert np.array_equal(found.output, recording.output)
    for place, trace in recording.traces.items():
        assert found[place].cell == trace.cell
        for name in ("x", *trace.signals):
            one, other = (part.x if name == "x" else part[name] for part in (found[place], trace))
            assert np.array_equal(one, other, equal_nan=True)
            with pytest.raises(ValueError, match="read-only"):
                one[...] = 0


def test_a_recording_that_can_no_longer_be_proven_is_pickled_with_the_reason():
    module = module_of()
    recording = lv.record(module, numbers(T, B, D))
    with torch.no_grad():
        module.weight_hh_l0.mul_(2)
    found = pickle.loads(pickle.dumps(recording))
    assert np.array_equal(found[0].h, recording[0].h)
    with refused("LSTM has other weights now"):
        _ = found.proof


def test_the_gradient_of_a_recording_in_float32_says_what_to_do_and_that_works():
    module, x = module_of(), numbers(T, B, D)
    trace = lv.record(module, x)[0]
    with refused("float64", "float32", "copy.deepcopy(module).double()", "lv.run("):
        lv.gradient_flow(trace)
    doubled = lv.record(copy.deepcopy(module).double(), x.double())[0]
    again = lv.run(trace.cell, trace.weights, trace.x, trace.initial, trace.hold)
    assert_equal(lv.gradient_flow(doubled).norm("h"), lv.gradient_flow(again).norm("h"), 1e-6)


@pytest.mark.parametrize("name", ["x", "state"])
def test_what_carries_a_graph_is_told_the_way_out(name):
    cell = lv.CELLS["gru"]
    weights = lv.init_weights(cell, D, H)
    x, h = numbers(T, B, D).requires_grad_(), numbers(B, H).requires_grad_()
    given: dict[str, Any] = {"x": x.detach(), "state": {"h": h.detach()}}
    given[name] = x if name == "x" else {"h": h}
    with refused("carries a graph", ".detach().cpu()"):
        lv.run(cell, weights, **given)
    plain = lv.run(cell, weights, x.detach().cpu(), {"h": h.detach().cpu()})
    assert_equal(lv.run(cell, weights, x.detach().numpy(), {"h": h.detach().numpy()}).h, plain.h)


def test_a_graph_is_no_obstacle_for_a_module_of_torch():
    module, x = module_of(), numbers(T, B, D).requires_grad_() * 2
    state = tuple(torch.zeros(1, B, H, requires_grad=True) for _ in "hc")
    assert_equal(lv.record(module, x, state).output, module(x, state)[0].detach(), within=1e-6)


def test_a_list_with_a_graph_in_it_is_told_the_way_out():
    rows = [numbers(B, D).requires_grad_() for _ in range(T)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with refused("x is no tensor or array", "carries a graph", "detach"):
            lv.record(module_of(), rows)


@pytest.mark.parametrize(
    "x",
    [
        [numbers(3, D), numbers(2, D)],
        [[[1.0] * D] * 3, [[1.0] * D] * 2],
        [np.zeros((4, D)), np.zeros((1, D))],
        [[[1.0] * D, [1.0] * (D + 1)]],
    ],
)
def test_unequal_lists_are_told_the_way_out(x):
    with refused("x is no tensor or array", "unequal lengths", "pack_sequence"):
        lv.record(module_of(), x)
    with refused("x is no array", "unequal lengths", "lv.run(cell, weights, one"):
        lv.run(lv.CELLS["rnn"], lv.init_weights(lv.CELLS["rnn"], D, H), x)
