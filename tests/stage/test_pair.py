"""What differs between two runs of one sequence, as it is sent to the browser."""

import base64
import json

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.networks.edited_cell import edited
from lstm_viz.networks.held import Span, read_held
from lstm_viz.networks.network import Network, load
from lstm_viz.run.recording import Recording
from lstm_viz.stage.pair import pair_payload
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.tokens import read_tokens
from lstm_viz.tasks import TASKS

TASK = TASKS["subject"]
SEQUENCE = next(iter(TASK.examples.values()))
BASE = load("subject", "lstm")


def shown(network: Network, recording: Recording) -> ShownRun:
    return ShownRun(recording[0], read_tokens(network, recording, SEQUENCE))


def pair(name: str) -> tuple[dict, Recording, Recording]:
    other = edited(BASE, CELLS[name]).network
    before, after = BASE.read(SEQUENCE), other.read(SEQUENCE)
    data = pair_payload(
        shown(BASE, before),
        shown(other, after),
        ("one", "other"),
        {"switch": name},
    )
    return json.loads(json.dumps(data, allow_nan=False)), before, after


def numbers(encoded: dict) -> np.ndarray:
    return np.frombuffer(base64.b64decode(encoded["data"]), "<f4").reshape(encoded["shape"])


def test_the_difference_is_the_right_run_minus_the_left_one():
    data, before, after = pair("coupled")
    names = [signal["name"] for signal in data["difference"]["signals"]]
    assert names == ["f", "i", "c_tilde", "c", "o", "h"]
    for name in ("i", "c", "h"):
        expected = after[0][name][:, 0] - before[0][name][:, 0]
        found = numbers(data["difference"]["values"][name])
        assert found == pytest.approx(expected, abs=1e-5)


def test_only_the_edited_line_is_marked():
    assert pair("coupled")[0]["changed"] == ["i"]
    assert pair("lstm")[0]["changed"] == []


def test_a_run_differs_from_itself_nowhere():
    data = pair("lstm")[0]
    assert not any(numbers(values).any() for values in data["difference"]["values"].values())
    assert data["apart"] == {"left": [], "right": []}


def test_the_wires_that_came_and_went_are_named():
    apart = pair("peephole")[0]["apart"]
    assert ["c", "o", "peephole"] in apart["right"]
    assert ["c_prev", "f", "peephole"] in apart["right"]
    assert not any("peephole" in part for part in apart["left"])
    gone = pair("noaf")[0]["apart"]["left"]
    assert ["tanh(c)", "tanh"] in gone


def test_signals_that_one_cell_lacks_are_not_compared():
    data = pair("gru")[0]
    assert [signal["name"] for signal in data["difference"]["signals"]] == ["h"]


@pytest.mark.parametrize("name", ["coupled", "gru"])
def test_a_value_has_the_same_colour_and_width_on_both_sides(name):
    data, _before, _after = pair(name)
    left, right = (
        {s["name"]: s["limit"] for s in data[side]["signals"]} for side in ("left", "right")
    )
    common = left.keys() & right.keys()
    assert "h" in common
    assert {key: left[key] for key in common} == {key: right[key] for key in common}
    wires = data["left"]["scales"], data["right"]["scales"]
    for key in wires[0].keys() & wires[1].keys():
        assert wires[0][key]["limit"] == wires[1][key]["limit"]


def test_the_common_scale_is_that_of_the_run_that_reaches_further():
    before = BASE.read(SEQUENCE)
    after = read_held(BASE, BASE.inputs(SEQUENCE), [Span("f", 0, 24, 1.0)])
    one, other = shown(BASE, before), shown(BASE, after)
    both = pair_payload(one, other, ("one", "other"), {})
    assert (
        limit(stage_payload(one))
        < limit(stage_payload(other))
        == limit(both["left"])
        == limit(both["right"])
    )


def limit(side: StagePayload) -> float:
    return next(signal["limit"] for signal in side["signals"] if signal["name"] == "c")
