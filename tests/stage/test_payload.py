"""What the browser is sent: the numbers of the run, under the names of their expressions."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.expressions import names
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights
from lstm_viz.stage.payload import STRANDS, ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.tokens import Token
from lstm_viz.words.captions import Caption

T, D, H = 5, 3, 4


def trace_of(cell: Cell, hidden: int = H) -> Trace:
    x = np.random.default_rng(1).normal(size=(T, 2, D))
    return run(cell, init_weights(cell, D, hidden, seed=2), x)


def payload_of(trace: Trace, **settings: Any) -> StagePayload:
    tokens = [Token(str(t)) for t in range(len(trace.x))]
    return stage_payload(ShownRun(trace, tokens, **settings))


def decoded(sent):
    numbers = np.frombuffer(base64.b64decode(sent["data"]), "<f4").reshape(sent["shape"])
    return numbers if numbers.ndim == 2 else np.broadcast_to(numbers, (T, *numbers.shape))


@pytest.fixture(scope="module", params=list(CELLS))
def cell(request: pytest.FixtureRequest) -> Cell:
    return CELLS[request.param]


@pytest.fixture(scope="module")
def trace(cell: Cell) -> Trace:
    return trace_of(cell)


@pytest.fixture(scope="module")
def payload(trace):
    return payload_of(trace, sequence=1)


def test_every_number_is_the_one_that_the_run_computed(trace, payload):
    for key, sent in payload["values"].items():
        meant = trace.x if key == "x" else trace.value(key)
        np.testing.assert_allclose(decoded(sent), meant[:, 1], rtol=1e-6, atol=1e-30)


def test_whatever_the_drawing_or_an_equation_names_is_sent(payload):
    named = {part["value"] for part in [*payload["scene"]["wires"], *payload["scene"]["nodes"]]}
    for equation in payload["equations"]:
        named |= {equation["signal"], equation["pre"]}
        named |= {term["key"] for term in equation["terms"]}
        named |= {part["key"] for part in equation["substituted"] if "key" in part}
    assert named == set(payload["values"])
    assert set(payload["scales"]) == set(payload["about"]) == set(payload["values"])


def test_it_is_json_that_a_browser_reads(payload):
    sent = json.dumps(payload, allow_nan=False)
    assert json.dumps(json.loads(sent)) == sent


def test_nearly_every_value_is_drawn_to_scale(trace, payload):
    for signal in payload["signals"]:
        sizes = np.abs(decoded(payload["values"][signal["name"]]))
        beyond = (sizes > signal["limit"] * (1 + 1e-6)).mean()
        assert beyond <= (0 if signal["range"] else 0.05), signal["name"]
        assert payload["scales"][signal["name"]]["limit"] == pytest.approx(signal["limit"])


def test_one_unit_that_counts_does_not_make_the_others_look_like_nothing():
    cell = Cell("c = c_prev + W_c @ x\nh = tanh(c)")
    x = np.ones((20, 1, 1))
    weights = {"W_c": np.array([[5.0], *[[0.1]] * 30])}
    (c, _h) = payload_of(run(cell, weights, x))["signals"]
    assert c["limit"] < 5


def test_what_is_drawn_without_a_sign_has_none(payload):
    for key, sent in payload["values"].items():
        if payload["scales"][key]["kind"] == "gate":
            assert decoded(sent).min() >= 0, key


def test_each_signal_has_the_role_that_gives_its_colour_and_its_name(cell, payload):
    assert [signal["name"] for signal in payload["signals"]] == list(cell.signals)
    for signal in payload["signals"]:
        role = cell.roles[signal["name"]]
        assert signal["role"] == role.key
        assert role.name in signal["title"]


def test_the_terms_of_a_gate_add_up_to_what_its_function_is_given(payload):
    for equation in payload["equations"]:
        total = sum(decoded(payload["values"][term["key"]]) for term in equation["terms"])
        pre = decoded(payload["values"][equation["pre"]])
        np.testing.assert_allclose(total, pre, rtol=1e-5, atol=1e-6)


def test_no_signal_is_there_before_what_it_is_made_of(cell, payload):
    phase = {equation["signal"]: equation["phase"] for equation in payload["equations"]}
    for line in cell.lines:
        for name in set(phase) & names(line.expression):
            assert phase[name] <= phase[line.name], (name, line.text)


def test_biases_are_sent_once():
    payload = payload_of(trace_of(CELLS["lstm"]))
    assert payload["values"]["b_f"]["shape"] == [H]
    assert payload["values"]["f"]["shape"] == [T, H]
    assert payload["values"]["x"]["shape"] == [T, D]


def test_the_memory_is_measured_alike_before_and_after_the_gate():
    scales = payload_of(trace_of(CELLS["lstm"]))["scales"]
    assert scales["c_prev"] == scales["f * c_prev"] == scales["c"]


def test_of_many_units_those_are_drawn_whose_output_moves_most():
    trace = trace_of(CELLS["gru"], hidden=40)
    payload = payload_of(trace)
    moves = np.ptp(trace["h"][:, 0], axis=0)
    assert len(payload["shown"]) == STRANDS
    assert moves[payload["shown"]].min() >= np.delete(moves, payload["shown"]).max()
    assert payload["shown_why"] == "16 of 40 units are drawn: those whose h moves most here."


def test_few_units_are_all_drawn_and_need_no_reason():
    payload = payload_of(trace_of(CELLS["rnn"]))
    assert (sorted(payload["shown"]), payload["shown_why"]) == (list(range(H)), "")


def test_it_opens_where_the_caption_points():
    payload = payload_of(trace_of(CELLS["lstm"]), caption=Caption("Look.", 3, 2))
    assert (payload["caption"], payload["start"]) == ("Look.", {"t": 3, "unit": 2})


def test_what_is_not_finite_is_refused_by_name():
    cell = CELLS["lstm"]
    trace = trace_of(cell)
    signals = {name: np.array(array) for name, array in trace.signals.items()}
    signals["o"][2, 0, 1] = np.nan
    broken = Trace(cell, trace.weights, trace.x, trace.initial, trace.hold, signals)
    with pytest.raises(ValueError, match=r"^o is not finite"):
        payload_of(broken)


def test_the_same_run_has_the_same_fingerprint_and_another_has_another():
    one, again, other = (payload_of(trace_of(CELLS[name])) for name in ("lstm", "lstm", "gru"))
    assert one["id"] == again["id"] != other["id"]


def test_a_cell_that_no_catalogue_has_is_sent_as_well():
    cell = Cell("g = sigmoid(W_g @ x + b_g)\nh = (1 - g) * h_prev + g * tanh(U_h @ h_prev)")
    payload = payload_of(trace_of(cell))
    assert payload["cell"]["title"]
    assert {"g", "h", "h_prev"} <= set(payload["values"])
