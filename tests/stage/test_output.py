"""The output layer as it is sent, and what the browser's arithmetic makes of it."""

import base64
from typing import Any

import numpy as np
import pytest
import torch

from lstm_viz.networks.network import Network, load, load_stack
from lstm_viz.networks.write import drawn_from, write
from lstm_viz.run.recording import Recording
from lstm_viz.stage.output import Drawing, head_of
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.tokens import read_tokens
from lstm_viz.tasks import TASKS
from tests.agreement import assert_equal
from tests.node import answered

PROGRAM = """
import { drawnFrom, softmax, termsOf } from "MODULE";
let text = "";
for await (const piece of process.stdin) text += piece;
const { V, b, h, logits, settings } = JSON.parse(text);
console.log(JSON.stringify({
  sums: h.map((now) => V.map((weights, answer) => termsOf(weights, now, b[answer]))),
  p: logits.map((row) => softmax(row)),
  drawn: settings.map((one) => logits.map((row) => drawnFrom(row, one))),
}));
"""


def payload_of(task: str, cell: str) -> tuple[Network, Recording, Any]:
    network = load(task, cell)
    sequence = next(iter(TASKS[task].examples.values()))
    recording = network.read(sequence)
    tokens = read_tokens(network, recording, sequence)
    run = ShownRun(recording[0], tokens, head=head_of(network, recording))
    return network, recording, stage_payload(run)["output"]


def decoded(encoded: Any, rows: int) -> np.ndarray:
    found = np.frombuffer(base64.b64decode(encoded["data"]), "<f4").reshape(encoded["shape"])
    return found if found.ndim == 2 else np.tile(found, (rows, 1))


@pytest.mark.parametrize("task", ["subject", "counting", "reber", "python", "load"])
def test_what_is_sent_makes_the_logits_of_h_as_torchs_linear_layer_does(task):
    network, recording, sent = payload_of(task, "lstm")
    answers = len(sent["candidates"]) or 1
    V, b = decoded(sent["weight"], answers), decoded(sent["bias"], 1)[0]
    linear = torch.nn.functional.linear(
        *map(torch.tensor, (recording[0].h[:, 0], V.astype(float), b.astype(float)))
    )
    outputs = decoded(sent["outputs"], len(recording[0].x))
    assert_equal(outputs, linear.numpy(), within=1e-5)
    assert (sent["number"] is None) == bool(network.task.choices)


def test_the_browsers_terms_add_up_to_the_logits_and_its_softmax_is_what_was_predicted():
    network, recording, _sent = payload_of("reber", "lstm")
    settings: list[dict[str, Any]] = [
        {"temperature": t, "topK": k, "topP": p}
        for t, k, p in ((1, 0, 1), (0, 0, 1), (0.5, 3, 1), (2, 0, 0.8), (1.3, 5, 0.55))
    ]
    logits = recording.output[:, 0]
    found = answered(
        "math/output.js",
        PROGRAM,
        {
            "V": network.head_weight.tolist(),
            "b": network.head_bias.tolist(),
            "h": recording[0].h[:, 0].tolist(),
            "logits": logits.tolist(),
            "settings": settings,
        },
    )
    sums = np.array([[one["sum"] for one in row] for row in found["sums"]])
    assert_equal(sums, logits, within=1e-12)
    parts = np.array(
        [[one["up"] + one["down"] + one["bias"] for one in row] for row in found["sums"]]
    )
    assert_equal(parts, logits, within=1e-12)
    assert_equal(np.array(found["p"]), network.predictions(recording)[:, 0], within=1e-12)
    for setting, drawn in zip(settings, found["drawn"], strict=True):
        t, k, p = setting.values()
        judge = [drawn_from(row, t, k or None, None if p == 1 else p) for row in logits]
        assert_equal(np.array(drawn), np.array(judge), within=1e-12)


def test_a_head_that_reads_more_than_what_is_shown_is_not_opened():
    for layers, both in ((2, False), (1, True)):
        network = load_stack("someone", "lstm", layers, both)
        recording = network.read(next(iter(network.task.examples.values())))
        assert head_of(network, recording) is None
    network = load_stack("someone", "lstm", 1, False)
    head = head_of(network, network.read(next(iter(network.task.examples.values()))))
    assert head is not None
    assert head.candidates == network.task.answers


def test_how_it_draws_is_told_as_write_takes_it():
    network = load("reber", "lstm")
    written = write(network, "BT", 3, temperature=0.5, top_p=0.9)
    head = head_of(network, written.recording, Drawing(2, 0.5, None, 0.9))
    sent: Any = stage_payload(
        ShownRun(
            written.trace, read_tokens(network, written.recording, written.sequence), head=head
        )
    )
    assert sent["output"]["drawing"] == {"given": 2, "temperature": 0.5, "top_k": 0, "top_p": 0.9}
