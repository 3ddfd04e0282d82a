"""Sequences of unequal lengths, and both directions, in everything that takes a trace.

Each sequence of a packed batch is compared with the same one recorded alone, and with torch.
"""

import ast
import contextlib
import io
import json
import pickle
import re
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence, pad_packed_sequence

import lstm_viz as lv
from lstm_viz.gradients.decay import curve
from lstm_viz.notation.program import numpy_program, torch_program
from lstm_viz.run.trace import turned
from lstm_viz.words.captions import look_at
from tests.agreement import assert_equal, refused

D, H = 3, 4
LENGTHS = [(3, 7, 1, 5), (6, 6), (4,), (8, 5, 2)]
KINDS = ("LSTM", "GRU", "RNN")

each_kind = pytest.mark.parametrize("kind", KINDS)
each_lengths = pytest.mark.parametrize("lengths", LENGTHS, ids=str)


def module_of(kind: str, **options: Any) -> Any:
    torch.manual_seed(0)
    return getattr(nn, kind)(D, H, dtype=torch.float64, **options)


def sequences(lengths: tuple[int, ...]) -> list[torch.Tensor]:
    streams = [torch.Generator().manual_seed(b) for b in range(len(lengths))]
    return [
        torch.randn(n, D, dtype=torch.float64, generator=stream)
        for n, stream in zip(lengths, streams, strict=True)
    ]


def packed(lengths: tuple[int, ...]) -> Any:
    return pack_sequence(sequences(lengths), enforce_sorted=False)


def both(kind: str, lengths: tuple[int, ...], way: str = "forward") -> tuple[Any, list[Any]]:
    """The trace of the packed batch, and that of each sequence alone."""
    module = module_of(kind, bidirectional=way == "backward")
    alone = [lv.record(module, one[:, None])[0, way] for one in sequences(lengths)]
    return lv.record(module, packed(lengths))[0, way], alone


@each_kind
@each_lengths
def test_the_last_states_are_h_n(kind, lengths):
    module = module_of(kind, num_layers=2, bidirectional=True)
    recording = lv.record(module, packed(lengths))
    with torch.no_grad():
        _, last = module(packed(lengths))
    states = dict(zip("hc", last if kind == "LSTM" else (last,), strict=False))
    for number, trace in enumerate(recording):
        assert trace.lengths == lengths
        for name, value in trace.last.items():
            assert_equal(value, states[name][number], of=name)


@each_kind
@each_lengths
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_a_piece_is_the_sequence_alone(kind, lengths, way):
    trace, alone = both(kind, lengths, way)
    for b, one in enumerate(alone):
        piece = trace.piece(slice(None), b)
        assert piece.lengths is None
        assert piece.direction == way
        assert_equal(piece.x, one.x)
        for name in trace.signals:
            assert_equal(piece[name], one[name], of=name)
    assert_equal(trace.piece(slice(None), -1).h, alone[-1].h)


def nan_after(values: np.ndarray, length: int) -> bool:
    return bool(np.isnan(values[length:]).all())


@each_kind
@each_lengths
@pytest.mark.parametrize("way", ["forward", "backward"])
def test_the_gradient_is_that_of_each_sequence_alone(kind, lengths, way):
    trace, alone = both(kind, lengths, way)
    flow = lv.gradient_flow(trace)
    for b, (one, n) in enumerate(zip(alone, lengths, strict=True)):
        own = lv.gradient_flow(one)
        for state in (*trace.cell.states, None):
            assert_equal(flow.log10_norm(state)[:n, b], own.log10_norm(state)[:, 0], of=state)
            assert nan_after(flow.norm(state)[:, b], n)
        assert_equal(flow.jacobians[:n, b], own.jacobians[:, 0])
        for name in ("x", *trace.signals):
            assert_equal(flow.loss(name)[:n, b], own.loss(name)[:, 0], of=name)
            assert not flow.loss(name)[n:, b].any()
            assert_equal(10 ** flow.log10_loss(name)[:n, b], 10 ** own.log10_loss(name)[:, 0])
        for name, initial in flow.backward.initial.items():
            assert_equal(initial[b], own.backward.initial[name][0])
        if trace.cell.memory:
            memory = trace.cell.memory
            assert_equal(flow.total(memory)[:n, b], own.total(memory)[:, 0])
            assert_equal(flow.kept[:n, b], own.kept[:, 0])
            assert_equal(flow.log10_direct[:n, b], own.log10_direct[:, 0])
            assert_equal(flow.excursions()[:, :n, b], own.excursions()[:, :, 0])
            for state in trace.cell.states:
                assert_equal(flow.along(state)[:n, b], own.along(state)[:, 0], within=1e-9)
            for of in ("paths", "shares"):
                ours, theirs = getattr(flow, of)(), getattr(own, of)()
                for name in theirs:
                    assert_equal(ours[name][:n, b], theirs[name][:, 0], within=1e-9, of=name)
                    assert nan_after(ours[name][:, b], n)
    for name in trace.weights:
        total = sum(lv.gradient_flow(one).backward.weights[name] for one in alone)
        assert_equal(flow.backward.weights[name], total, within=1e-11, of=name)


@each_lengths
def test_a_loss_agrees_with_autograd_through_packing(lengths):
    module, rows = module_of("LSTM"), [one.requires_grad_() for one in sequences(lengths)]
    output, _ = pad_packed_sequence(module(pack_sequence(rows, enforce_sorted=False))[0])
    output.square().sum().backward()
    trace = lv.record(module, packed(lengths))[0]
    flow = lv.gradient_flow(trace, 2 * trace.h)  # NaN behind the ends, where no loss is
    for b, row in enumerate(rows):
        assert_equal(flow.loss("x")[: len(row), b], row.grad)
    blocks = [flow.backward.weights[f"U_{gate}"] for gate in "ifco"]
    assert_equal(np.concatenate(blocks), module.weight_hh_l0.grad)
    cut = lv.gradient_flow(trace, cut=("direct", "U_f"))
    for b, n in enumerate(lengths):
        own = lv.gradient_flow(trace.piece(slice(None), b), cut=("direct", "U_f"))
        assert_equal(cut.norm("c")[:n, b], own.norm("c")[:, 0])


@pytest.mark.parametrize("program", [numpy_program, torch_program])
@pytest.mark.parametrize("way", ["forward", "backward"])
@each_kind
def test_a_program_prints_the_same_h_and_has_no_nan_in_it(program, way, kind):
    lengths = LENGTHS[0]
    trace, _ = both(kind, lengths, way)
    text = program(trace)
    assert "nan" not in text
    before, printed = torch.get_default_dtype(), io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(text, {})
    finally:
        torch.set_default_dtype(before)
    rows = [ast.literal_eval(line.split(" ", 1)[1]) for line in printed.getvalue().splitlines()]
    assert_equal(np.array(rows), np.nan_to_num(trace.h))


def payload_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="payload">(.*?)</script>', page)
    assert found
    payload: dict[str, Any] = json.loads(found[1].replace("<\\/", "</"))
    return payload


@each_kind
@pytest.mark.parametrize("b", range(4))
def test_the_stage_shows_the_sequences_own_steps(kind, b):
    trace, alone = both(kind, LENGTHS[0])
    n = LENGTHS[0][b]
    words = [f"w{t}" for t in range(n)]
    shown, expected = (
        payload_of(page)
        for page in (lv.stage_html(trace, words, b), lv.stage_html(alone[b], words))
    )
    assert shown["steps"] == n
    assert shown["tokens"] == expected["tokens"]
    assert shown["caption"] == expected["caption"]
    assert shown.keys() == expected.keys()
    with refused(f"{n + 1} tokens for {n} step"):
        lv.stage_html(trace, [*words, "more"], b)


def test_the_stage_of_the_backward_direction_begins_with_the_last_token():
    trace, _ = both("LSTM", LENGTHS[0], "backward")
    tokens = payload_of(lv.stage_html(trace, ["a", "b", "c"], 0))["tokens"]
    assert [one["text"] if isinstance(one, dict) else one for one in tokens] == ["c", "b", "a"]
    forward, _ = both("LSTM", LENGTHS[0])
    tokens = payload_of(lv.stage_html(forward, ["a", "b", "c"], 0))["tokens"]
    assert [one["text"] if isinstance(one, dict) else one for one in tokens] == ["a", "b", "c"]


@each_kind
@pytest.mark.parametrize("way", ["forward", "backward"])
@pytest.mark.parametrize("b", range(4))
def test_a_figure_puts_each_token_to_the_step_that_read_it(kind, way, b):
    trace, alone = both(kind, LENGTHS[0], way)
    words = [f"w{t}" for t in range(LENGTHS[0][b])]
    found = lv.figure(trace, "h", sequence=b, tokens=words)
    assert_equal(found.data[0].z, alone[b].h[:, 0].T, within=1e-6)
    as_read = words[::-1] if way == "backward" else words
    assert list(found.layout.xaxis.ticktext) == as_read
    assert list(found.data[0].customdata[0]) == as_read
    title = found.layout.xaxis.title.text
    assert ("the last of the sequence first" in title) == (way == "backward")
    with refused("tokens for"):
        lv.figure(trace, "h", sequence=b, tokens=[*words, "more"])


@each_kind
@each_lengths
def test_both_orders_of_the_backward_direction_are_there(kind, lengths):
    module = module_of(kind, bidirectional=True)
    recording = lv.record(module, packed(lengths))
    with torch.no_grad():
        own = pad_packed_sequence(module(packed(lengths))[0])[0]
    padded = pad_packed_sequence(packed(lengths))[0]
    for way, units in (("forward", slice(0, H)), ("backward", slice(H, 2 * H))):
        trace = recording[0, way]
        assert trace.direction == way
        assert_equal(np.nan_to_num(trace.in_time("h")), own[..., units])
        assert_equal(np.nan_to_num(trace.in_time("x")), padded)
    backward = recording[0, "backward"]
    for b, (one, n) in enumerate(zip(sequences(lengths), lengths, strict=True)):
        assert_equal(backward.x[:n, b], one.flip(0))  # as it was read
    assert "last of the sequence" in repr(backward)
    assert "last step is on the left" in backward._repr_html_()
    assert "last step" not in recording[0]._repr_html_()
    assert backward._repr_html_().count("nan") == 0
    again = pickle.loads(pickle.dumps(backward))
    assert again.direction == "backward"
    assert again.lengths == lengths


def test_what_is_turned_twice_is_what_it_was():
    signal = np.arange(24.0).reshape(4, 3, 2)
    for lengths in (None, (4, 1, 3)):
        assert_equal(turned(turned(signal, lengths), lengths), signal)


def test_words_and_curves_speak_of_the_sequence_alone():
    trace, alone = both("LSTM", LENGTHS[0])
    for b, n in enumerate(LENGTHS[0]):
        words = [f"w{t}" for t in range(n)]
        assert look_at(trace, words, b) == look_at(alone[b], words)
        piece = trace.piece(slice(None), b)
        assert_equal(curve(piece, "loss_x").mean, curve(alone[b], "loss_x").mean)
    assert repr(trace).endswith("ending after 1 to 7)")
    assert "it ends after step 3" in trace._repr_html_()


@pytest.mark.parametrize("of", ["saturation", "distributions", "half_lives", "slowness"])
def test_statistics_take_packed_sequences(of):
    trace, _ = both("LSTM", LENGTHS[0])
    assert "NaN" not in str(lv.figure(trace, of).to_json())


def test_a_run_goes_on_from_the_last_states():
    module, lengths = module_of("LSTM"), LENGTHS[0]
    first = lv.record(module, packed(lengths))[0]
    more = torch.randn(2, 4, D, dtype=torch.float64, generator=torch.Generator().manual_seed(9))
    rest = lv.run(first.cell, first.weights, more.numpy(), first.last)
    for b, one in enumerate(sequences(lengths)):
        whole = lv.record(module, torch.cat([one, more[:, b]])[:, None])[0]
        assert_equal(rest.h[:, b], whole.h[-2:, 0])
