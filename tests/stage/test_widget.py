"""The live stage of a notebook, as Python sees it."""

import json
from base64 import b64decode

import numpy as np
import pytest
import torch
import traitlets

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.stage.widget import StageWidget
from tests.agreement import assert_equal, refused


def trace_of(name: str = "lstm", T: int = 6, B: int = 2) -> lv.Trace:
    cell = CELLS[name]
    x = np.random.default_rng(0).normal(size=(T, B, 2))
    return lv.run(cell, lv.init_weights(cell, 2, 3), x)


def shown(widget: StageWidget, signal: str) -> np.ndarray:
    """A signal as the page gets it, (T, H)."""
    sent = widget.payload["values"][signal]
    data = np.frombuffer(b64decode(sent["data"]), "<f4")
    return data.reshape(sent["shape"])


def test_it_shows_the_trace_and_opens_where_there_is_something_to_see():
    trace = trace_of()
    widget = lv.widget(trace, list("abcdef"), sequence=1)
    assert_equal(shown(widget, "c"), trace.c[:, 1], within=1e-6)
    start = widget.payload["start"]
    assert (widget.step, widget.unit) == (start["t"], start["unit"])
    assert [token["text"] for token in widget.payload["tokens"]] == list("abcdef")
    json.dumps(widget.payload, allow_nan=False)


@pytest.mark.parametrize("name", CELLS)
def test_a_hold_is_run_with_the_cells_own_weights(name):
    trace = trace_of(name)
    widget = lv.widget(trace)
    signal = trace.cell.signals[0]
    held = np.full((6, 1, 3), np.nan)
    held[2:4, :, 1] = 0.25
    widget.hold = {signal: held}
    right = lv.run(trace.cell, trace.weights, trace.x, hold={signal: held})
    assert_equal(widget.trace.h, right.h[:, :1], within=1e-15)
    assert_equal(shown(widget, "h"), right.h[:, 0], within=1e-6)
    assert widget.held["spans"] == [{"signal": signal, "from": 2, "to": 3, "unit": 1}]
    assert list(widget.hold) == [signal]
    widget.hold = {}
    assert_equal(widget.trace.h, trace.h[:, :1], within=1e-15)
    assert widget.held["spans"] == []


def test_what_is_held_goes_on_from_the_state_the_run_began_with():
    trace = trace_of()
    later = lv.run(trace.cell, trace.weights, trace.x, state=trace.last)
    widget = lv.widget(later)
    widget.hold = {"f": 1}
    right = lv.run(trace.cell, trace.weights, trace.x, state=trace.last, hold={"f": np.array(1.0)})
    assert_equal(widget.trace.c, right.c[:, :1], within=1e-15)
    assert widget.hold == {"f": 1}
    assert widget.held["spans"] == [{"signal": "f", "from": 0, "to": 5, "unit": None}]


def test_of_what_is_held_in_all_sequences_the_one_that_is_shown_has_its_own():
    trace = trace_of()
    widget = lv.widget(trace, sequence=1)
    held = np.broadcast_to(np.array([0.0, 1.0])[None, :, None], (6, 2, 3))
    widget.hold = {"f": held}
    assert (widget.trace.f == 1).all()


def test_a_backward_layer_is_shown_as_it_reads():
    module = torch.nn.LSTM(2, 3, bidirectional=True)
    way_back = lv.record(module, torch.randn(6, 1, 2))[0, "backward"]
    widget = lv.widget(way_back, list("abcdef"))
    widget.hold = {"i": 0.5}
    assert [token["text"] for token in widget.payload["tokens"]] == list("fedcba")
    assert widget.trace.is_backward


def test_a_hold_that_is_none_leaves_everything_as_it_was():
    widget = lv.widget(trace_of())
    widget.hold = {"f": 0}
    before = widget.payload
    with refused("hold names g"):
        widget.hold = {"g": 1}
    assert widget.hold == {"f": 0}
    assert widget.payload is before


@pytest.mark.parametrize(("what", "value"), [("step", 6), ("step", -1), ("unit", 3)])
def test_the_cursor_stays_where_there_is_something(what, value):
    widget = lv.widget(trace_of())
    with pytest.raises(traitlets.TraitError, match=f"{what} is a number from 0 to"):
        setattr(widget, what, value)


def test_two_widgets_have_nothing_to_do_with_each_other():
    one, two = lv.widget(trace_of()), lv.widget(trace_of("gru"))
    one.step, two.step = 1, 4
    one.hold = {"f": 0}
    assert (one.step, two.step, dict(two.hold)) == (1, 4, {})


def test_a_recorded_network_is_live_and_its_proof_holds_for_what_is_shown():
    module = torch.nn.LSTM(2, 3, num_layers=2)
    x = torch.randn(6, 1, 2)
    recording = lv.record(module, x)
    widget = lv.widget(recording)
    assert_equal(shown(widget, "h"), recording[0].h[:, 0], within=1e-6)
    last = lv.widget(recording[1])
    assert_equal(shown(last, "h"), module(x)[0][:, 0].detach().numpy(), within=1e-6)
    widget.hold = {"f": 1}
    assert (widget.trace.f == 1).all()


def test_what_is_saved_can_be_seen_without_python():
    data, _metadata = lv.widget(trace_of())._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/html"].startswith("<iframe")


def test_its_script_is_one_module_that_imports_nothing():
    script = lv.widget(trace_of())._esm
    assert "\nimport " not in str(script)
    assert "export default { render" in str(script)
