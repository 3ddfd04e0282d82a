"""The stage walked backwards: what it sends is what backpropagation found."""

import base64
import json
from xml.etree import ElementTree

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.gradients.backward import backprop
from lstm_viz.gradients.deltas import Deltas
from lstm_viz.stage.backward import backward_payload
from lstm_viz.stage.payload import ShownRun
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.tokens import Token
from lstm_viz.words.captions import look_back


def walked(name: str) -> tuple[Deltas, StagePayload]:
    rng = np.random.default_rng(1)
    weights = lv.init_weights(CELLS[name], 3, 5)
    trace = lv.run(CELLS[name], weights, rng.normal(size=(7, 1, 3)))
    deltas = Deltas(backprop(trace, {"h": rng.normal(size=trace.h.shape)}))
    tokens = [Token(str(t)) for t in range(7)]
    caption = look_back(deltas.backward, [token.text for token in tokens])
    return deltas, backward_payload(ShownRun(trace, tokens, caption), deltas)


def array(payload: StagePayload, key: str) -> np.ndarray:
    value = payload["values"][key]
    return np.frombuffer(base64.b64decode(value["data"]), "<f4").reshape(value["shape"])


@pytest.mark.parametrize("name", CELLS)
def test_every_part_of_every_cell_has_its_gradient(name):
    deltas, payload = walked(name)
    json.dumps(payload, allow_nan=False)
    for part in [*payload["scene"]["wires"], *payload["scene"]["nodes"]]:
        assert part["value"] in payload["values"]
    for equation in payload["equations"]:
        ElementTree.fromstring(equation["mathml"])
        keys = {part["key"] for part in equation["substituted"] if "key" in part}
        assert keys | {term["key"] for term in equation["terms"]} <= set(payload["values"])
    for signal in CELLS[name].signals:
        found = np.broadcast_to(array(payload, signal), (7, 5))
        assert np.allclose(found, deltas.backward.signals[signal][:, 0], atol=1e-6)


@pytest.mark.parametrize("name", ["rnn", "lstm", "peephole", "coupled", "gru"])
def test_the_terms_of_an_equation_add_up_to_what_it_says(name):
    _, payload = walked(name)
    for equation in payload["equations"]:
        if equation["terms"]:
            terms = [np.broadcast_to(array(payload, t["key"]), (7, 5)) for t in equation["terms"]]
            whole = np.broadcast_to(array(payload, equation["signal"]), (7, 5))
            assert np.allclose(sum(terms), whole, atol=1e-6)


def test_the_loss_enters_at_the_top_and_the_future_from_the_right():
    deltas, payload = walked("lstm")
    wires = {wire["value"] for wire in payload["scene"]["wires"]}
    assert {"h → loss", "h → later", "c → later"} <= wires
    assert np.allclose(array(payload, "h → loss"), deltas.loss("h")[:, 0], atol=1e-6)
    assert not array(payload, "c → later")[-1].any()


def test_what_each_gate_sends_to_the_past_adds_up_to_what_the_step_sends():
    deltas, payload = walked("lstm")
    branches = [f"h_prev → {gate}" for gate in ("f", "i", "c_tilde", "o")]
    together = sum(array(payload, key) for key in branches)
    assert np.allclose(together, deltas.by("h_prev")[:, 0], atol=1e-6)


def test_time_and_phases_run_backwards():
    _, payload = walked("lstm")
    assert payload["towards"] == -1
    assert payload["scene"]["phases"] == ["show", "write", "propose", "forget"]
    assert payload["start"]["t"] == 6
