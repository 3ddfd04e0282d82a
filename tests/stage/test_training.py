"""A run at many moments of its training, as the browser works it out again from the weights."""

import json

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.expressions import INPUT
from lstm_viz.stage import training as snapshots
from lstm_viz.stage.equations import shown_keys
from lstm_viz.stage.memory import memory_keys
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.tokens import Guess, Token
from lstm_viz.stage.training import Learning, snapshot, thinned
from tests.agreement import assert_equal
from tests.node import answered

T, D, H = 5, 2, 3
TOKENS = [Token("x", (Guess("a", 0.75), Guess("b", 0.25)), "b", False) for _ in range(T)]

PROGRAM = """
import { Difference, Snapshots } from "MODULE";
let text = "";
for await (const piece of process.stdin) text += piece;
const answers = JSON.parse(text).map(({ training, steps }) => {
  const values = new Snapshots(training, steps);
  return training.snapshots.map((_, moment) => {
    values.now = moment;
    const first = new Snapshots(training, steps);
    first.now = 0;
    const difference = new Difference(first, values);
    const units = [...Array(WIDE).keys()];
    const times = [...Array(steps).keys()];
    const all = (of, key) => times.map((t) => units.map((k) => of.at(key, t, k)));
    const keys = Object.keys(training.program.trees);
    return {
      values: Object.fromEntries(keys.map((key) => [key, all(values, key)])),
      difference: all(difference, "h"),
    };
  });
});
console.log(JSON.stringify(answers));
"""


def traces(cell: Cell, moments: int = 2, numbers: bool = False) -> list[lv.Trace]:
    """One sequence read with other weights each time; symbols come as other vectors, too."""
    rng = np.random.default_rng(3)
    read = rng.normal(size=(T, 1, D)).astype("f4").astype(float)
    found = []
    for seed in range(moments):
        weights = lv.init_weights(cell, D, H, seed=seed)
        stored = {name: weight.astype("f4").astype(float) for name, weight in weights.items()}
        found.append(lv.run(cell, stored, read if numbers else read * np.float32(1 + seed)))
    return found


def payload_of(ran: list[lv.Trace]) -> dict:
    made = [snapshot(step, trace, TOKENS) for step, trace in enumerate(ran)]
    data = stage_payload(ShownRun(ran[-1], TOKENS, learning=Learning(made, len(made))))
    return json.loads(json.dumps(data, allow_nan=False))


def in_the_browser(payloads: list[dict]) -> list:
    return answered("state/snapshots.js", PROGRAM.replace("WIDE", str(H)), payloads)


def test_the_browser_runs_every_cell_on_the_weights_of_every_moment():
    ran = {name: traces(cell) for name, cell in CELLS.items()}
    answers = in_the_browser([payload_of(found) for found in ran.values()])
    for (name, found), moments in zip(ran.items(), answers, strict=True):
        for trace, answer in zip(found, moments, strict=True):
            sent = {*shown_keys(trace.cell), *memory_keys(trace.cell)}
            assert set(answer["values"]) == sent
            for key, values in answer["values"].items():
                expected = trace.x if key == INPUT else trace.value(key)
                width = expected.shape[-1]
                assert_equal(np.array(values, float)[:, :width], expected[:, 0], of=(name, key))


def test_numbers_that_are_read_are_sent_once_and_vectors_of_symbols_each_time():
    sent = {
        numbers: [
            one["x"] is not None
            for one in payload_of(traces(CELLS["lstm"], 3, numbers))["training"]["snapshots"]
        ]
        for numbers in (True, False)
    }
    assert sent == {True: [True, False, False], False: [True, True, True]}


def test_the_difference_is_what_is_shown_minus_what_is_pinned():
    ran = traces(CELLS["gru"])
    [[same, other]] = in_the_browser([payload_of(ran)])
    assert not np.any(same["difference"])
    assert_equal(other["difference"], ran[1]["h"][:, 0] - ran[0]["h"][:, 0])


def test_a_signal_has_one_scale_throughout_the_training():
    ran = traces(CELLS["lstm"])
    alone = [stage_payload(ShownRun(trace, TOKENS))["scales"]["c"]["limit"] for trace in ran]
    together = payload_of(ran)
    assert together["scales"]["c"]["limit"] == pytest.approx(max(alone))
    (memory,) = (one for one in together["signals"] if one["name"] == "c")
    assert memory["limit"] == pytest.approx(max(alone))


def test_the_picture_begins_with_the_gate_that_has_changed_most():
    cell = CELLS["lstm"]
    still, moved = (lv.init_weights(cell, D, H, seed=0, forget_bias=bias) for bias in (0, 4))
    x = np.zeros((T, 1, D))
    assert payload_of([lv.run(cell, w, x) for w in (still, moved)])["training"]["signal"] == "f"


def test_of_a_large_network_fewer_moments_are_sent_on_the_same_schedule(monkeypatch):
    kept = tuple(range(28))
    monkeypatch.setattr(snapshots, "MOST_BYTES", 1000)
    assert thinned(kept, 1) == kept
    few = thinned(kept, 100)
    assert len(few) == 10
    assert few[0] == 0
    assert few[-1] == 27
    assert set(np.diff(few)) == {3}
    assert {11, 27} < set(thinned(kept, 100, needed=(11, 99)))


def test_what_is_no_number_is_refused():
    (trace,) = traces(CELLS["lstm"], 1)
    broken = {**trace.signals, "h": np.full_like(trace["h"], np.nan)}
    shattered = lv.Trace(trace.cell, trace.weights, trace.x, trace.initial, {}, broken)
    with pytest.raises(ValueError, match="not finite"):
        snapshot(0, shattered, TOKENS)
