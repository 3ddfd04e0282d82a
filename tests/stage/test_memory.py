"""The memory taken apart in the browser, beside the library, for every cell."""

import base64
from typing import Any

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells.memory_line import NoSum
from lstm_viz.gradients.memory_shares import memory_of
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.tokens import Token
from lstm_viz.stage.training import Learning, snapshot
from tests.agreement import assert_equal
from tests.node import answered

T, D, H = 9, 3, 4
TOKENS = [Token("x")] * T
SUMS = [name for name in lv.CELLS if name != "rnn"]

PROGRAM = """
import { namesIn, sharesAt, sharesOfAnswer, sharesThroughout } from "MODULE";
let text = "";
for await (const piece of process.stdin) text += piece;
const answers = JSON.parse(text).map(({ kept, written, start, weights, shown, state, values }) => {
  const of = (rows, unit) => (step) => rows[step][unit];
  const units = weights.map((_, unit) => unit);
  const both = (unit) => [of(kept, unit), of(written, unit)];
  const end = kept.length - 1;
  const all = units.map((unit) => sharesThroughout(...both(unit), kept.length, start[unit]));
  const last = units.map((unit) => sharesAt(...both(unit), end, start[unit]));
  const read = shown ? namesIn(shown) : [];
  const named = read.map((name) => [name, Float64Array.from(values[name])]);
  const given = Object.fromEntries(named);
  const plain = ({ shares, start }) => ({ shares: [...shares], start });
  return {
    throughout: all.map((steps) => steps.map(plain)),
    last: last.map(plain),
    answer: shown && sharesOfAnswer({ weights, shares: last, shown, state, given }),
  };
});
console.log(JSON.stringify(answers));
"""


def a_trace(name: str, held: bool = False, began: bool = False, steps: int = T) -> lv.Trace:
    cell = lv.CELLS[name]
    rng = np.random.default_rng(3)
    weights = {name: rng.normal(size=shape) for name, shape in cell.weight_shapes(D, H).items()}
    state = {s: rng.uniform(0.2, 0.9, (1, H)) for s in cell.states} if began else None
    hold = {}
    if held:
        hold[cell.states[-1]] = np.full((steps, 1, H), np.nan)
        hold[cell.states[-1]][2, 0, 1] = 0.4
    return lv.run(cell, weights, rng.normal(size=(steps, 1, D)), state, hold)


def payload_of(trace: lv.Trace) -> Any:
    return stage_payload(ShownRun(trace, [Token("x")] * len(trace.x)))


def numbers(payload: Any, key: str) -> np.ndarray:
    """What was sent under a key, (T, H)."""
    sent = {**payload["values"], **payload["memory"]["besides"]}[key]
    found = np.frombuffer(base64.b64decode(sent["data"]), "<f4").reshape(sent["shape"])
    return np.broadcast_to(found, (payload["steps"], payload["units"]))


CASES = [
    *((name, held, began) for name in SUMS for held in (False, True) for began in (False, True)),
]


def test_the_browser_takes_every_memory_apart_as_the_library_does():
    traces = [a_trace(*case) for case in CASES]
    memories = [memory_of(trace) for trace in traces]
    V = np.random.default_rng(4).normal(size=H)
    found = answered(
        "math/shares.js",
        PROGRAM,
        [
            {
                "kept": memory.keep[:, 0].tolist(),
                "written": memory.write[:, 0].tolist(),
                "start": trace.initial[memory.line.state][0].tolist(),
                "weights": V.tolist(),
                "shown": next(iter(payload_of(trace)["memory"]["shown"]), None),
                "state": memory.line.state,
                "values": {name: signal[-1, 0].tolist() for name, signal in trace.signals.items()},
            }
            for trace, memory in zip(traces, memories, strict=True)
        ],
    )
    for trace, memory, one in zip(traces, memories, found, strict=True):
        state = memory.line.state
        for unit, steps in enumerate(one["throughout"]):
            for at, now in enumerate(steps):
                judge = lv.memory_shares(trace, at)[: at + 1, 0, unit]
                assert_equal(np.array(now["shares"]), judge, within=1e-12)
                whole = sum(now["shares"]) + now["start"]
                assert abs(whole - trace[state][at, 0, unit]) < 1e-12
            assert one["last"][unit]["shares"] == pytest.approx(steps[-1]["shares"], abs=1e-12)
        # Of the answer: all that h is, but for what it were with an empty memory.
        answer = one["answer"]
        if answer is None:  # an output that is no formula over signals alone: not taken apart
            continue
        if state == "h":
            assert answer["fromMemory"] == pytest.approx(V @ trace.h[-1, 0], abs=1e-12)
            assert answer["bent"] == pytest.approx(0, abs=1e-12)
        assert sum(answer["shares"]) + answer["start"] == pytest.approx(
            answer["fromMemory"], abs=1e-12
        )


def test_a_share_left_out_alone_changes_the_answer_as_the_equation_says():
    trace = a_trace("lstm")
    shares, V = lv.memory_shares(trace)[:, 0], np.random.default_rng(4).normal(size=H)
    memory = memory_of(trace)
    found = answered(
        "math/shares.js",
        PROGRAM,
        [
            {
                "kept": memory.keep[:, 0].tolist(),
                "written": memory.write[:, 0].tolist(),
                "start": [0] * H,
                "weights": V.tolist(),
                "shown": payload_of(trace)["memory"]["shown"][0],
                "state": "c",
                "values": {"o": trace.o[-1, 0].tolist(), "c": trace.c[-1, 0].tolist()},
            }
        ],
    )[0]["answer"]
    o, c = trace.o[-1, 0], trace.c[-1, 0]
    without = [V @ (o * (np.tanh(c) - np.tanh(c - share))) for share in shares]
    assert_equal(np.array(found["without"]), np.array(without), within=1e-12)
    in_proportion = [V @ (o * np.tanh(c) * share / c) for share in shares]
    assert_equal(np.array(found["shares"]), np.array(in_proportion), within=1e-12)
    assert found["bent"] == pytest.approx(V @ trace.h[-1, 0] - sum(without), abs=1e-12)


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("held", [False, True])
def test_what_is_sent_is_what_was_kept_and_written_and_says_how_exact_the_sums_are(name, held):
    trace = a_trace(name, held, began=True)
    payload, memory = payload_of(trace), memory_of(trace)
    sent = payload["memory"]
    assert_equal(numbers(payload, sent["kept"]), memory.keep[:, 0], within=1e-6)
    assert_equal(numbers(payload, sent["written"]), memory.write[:, 0], within=1e-6)
    assert sent["initial"] is not None
    assert sent["apart"] < 1e-12


def test_a_plain_lstm_sends_nothing_twice_for_it():
    with_it = payload_of(a_trace("lstm"))
    assert {with_it["memory"]["kept"], with_it["memory"]["written"]} == {"f", "i * c_tilde"}
    assert with_it["memory"]["besides"] == {}


def test_a_memory_that_is_no_sum_says_why():
    sent = payload_of(a_trace("rnn"))["memory"]
    with pytest.raises(NoSum) as refused:
        lv.memory_shares(a_trace("rnn"))
    assert sent["why"] == str(refused.value)
    assert sent["state"] == ""


@pytest.mark.parametrize("name", ["lstm", "gru", "lstm1997", "minlstm"])
def test_through_a_training_the_browser_can_work_out_what_was_kept_and_written(name):
    trace = a_trace(name)
    shown = ShownRun(trace, TOKENS, learning=Learning([snapshot(1, trace, TOKENS)], 1))
    payload: Any = stage_payload(shown)
    assert {payload["memory"]["kept"], payload["memory"]["written"]} <= payload["training"][
        "program"
    ]["trees"].keys()
    assert payload["memory"]["apart"] is None
