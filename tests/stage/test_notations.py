"""In another library's letters everything is called otherwise, and nothing else is different."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.notation.libraries import NOTATIONS, OURS, Notation
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.tokens import Token


def payload(name: str, notation: Notation = OURS) -> StagePayload:
    cell = lv.CELLS[name]
    trace = lv.run(cell, lv.init_weights(cell, 2, 3), np.ones((2, 1, 2)))
    return stage_payload(ShownRun(trace, [Token("a")] * 2, notation=notation))


def shown(mathml: str) -> str:
    """The letters as they stand on the screen."""
    return re.sub(r"\s", "", "".join(ET.fromstring(mathml).itertext()))


def keys(found: StagePayload) -> list[str]:
    return sorted(set(re.findall(r'data-key="([^"]*)"', str(found["equations"]))))


def equation(found: StagePayload, signal: str) -> str:
    return next(shown(e["mathml"]) for e in found["equations"] if e["signal"] == signal)


def test_pytorch_has_two_biases_two_letters_a_weight_and_calls_the_candidate_g():
    found = payload("lstm", NOTATIONS["pytorch"])
    assert equation(found, "f").endswith(
        "(Wifxt+Whfht−1+bif+bhf)".replace("Wifxt", "Wif\u2062xt").replace("Whfht", "Whf\u2062ht")
    )
    assert equation(found, "c_tilde").startswith("gt=")
    assert "gt" in equation(found, "c")
    titles = {s["name"]: s["title"] for s in found["signals"]}
    assert titles["c_tilde"].startswith("gₜ")
    labels = {
        label["symbol"]: "".join(run["text"] for run in label["runs"])
        for label in found["scene"]["labels"]
    }
    assert labels["c_tilde"] == "gt"
    assert labels["c_prev"] == "ct−1"


def test_colahs_memory_is_a_capital():
    found = payload("lstm", NOTATIONS["colah"])
    assert equation(found, "c").startswith("Ct=")


def test_colahs_one_matrix_reads_the_past_and_the_input():
    found = payload("lstm", NOTATIONS["colah"])
    assert re.sub(r"[\u2061\u2062]", "", equation(found, "f")) == "ft=σ(Wf(ht−1,xt)+bf)"
    gate = next(e for e in found["equations"] if e["signal"] == "f")
    assert [re.sub("\u2062", "", shown(term["mathml"])) for term in gate["terms"]] == [
        "Wfxt",
        "Wfht−1",
        "bf",
    ]


def test_where_the_reset_stands_between_them_the_matrices_stay_apart():
    found = payload("gru", NOTATIONS["colah"])
    assert "Uh" in equation(found, "h_tilde")
    assert "Ur" not in equation(found, "r")


@pytest.mark.parametrize("cell", ["rnn", "lstm", "peephole", "coupled", "gru", "slstm"])
@pytest.mark.parametrize("notation", NOTATIONS.values(), ids=NOTATIONS)
def test_keys_values_and_places_stay(cell, notation):
    before = payload(cell)
    found = payload(cell, notation)
    if notation is not NOTATIONS["colah"]:
        assert keys(found) == keys(before)
    lost = set(keys(before)) - set(keys(found))
    new = set(keys(found)) - set(keys(before))
    assert all("@ x + U_" in key for key in lost), "a sum of both; what it makes has a name"
    assert all("(h_prev, x)" in key for key in new), "a pair has no value of its own"
    changed = {"equations", "signals", "about", "scene", "id"}
    same = before.keys() - changed
    assert {key: found.get(key) for key in same} == {key: before.get(key) for key in same}
    assert found["scene"]["wires"] == before["scene"]["wires"]
    assert [label["x"] for label in found["scene"]["labels"]] == [
        label["x"] for label in before["scene"]["labels"]
    ]


def test_a_cell_that_no_library_has_keeps_its_letters():
    before = payload("slstm")
    assert payload("slstm", NOTATIONS["pytorch"]) == before
