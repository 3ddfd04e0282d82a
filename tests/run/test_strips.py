"""A trace and a recording show themselves: in one line, in a notebook, as figures, as the stage."""

import base64
import json
import re
import struct
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.colours import NEGATIVE, POSITIVE
from lstm_viz.figures.trace import STATISTICS
from lstm_viz.run import statistics
from lstm_viz.run.strips import MOST_STEPS, MOST_UNITS
from tests.agreement import assert_equal, refused

LSTM = CELLS["lstm"]


def trace_of(cell: lv.Cell = LSTM, T: int = 12, B: int = 2, H: int = 3) -> lv.Trace:
    weights = {name: 3 * w for name, w in lv.init_weights(cell, 2, H).items()}
    x = np.random.default_rng(0).normal(size=(T, B, 2))
    state = {name: np.full((B, H), 0.5) for name in cell.states}
    return lv.run(cell, weights, x, state)


class Balanced(HTMLParser):
    """Fails when a tag is left open; gathers the pictures."""

    def __init__(self, markup: str):
        super().__init__()
        self.open: list[str] = []
        self.pictures: list[str] = []
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag == "img":
            self.pictures.append(dict(attributes)["src"])
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def pixels(source: str) -> np.ndarray:
    """The picture in a data address, (height, width, 4); its checksums are right."""
    data = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    parts, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + content)
        parts[kind] = content
        at += 12 + length
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(parts[b"IDAT"]), np.uint8).reshape(height, 1 + 4 * width)
    return rows[:, 1:].reshape(height, width, 4)


def test_a_line_says_what_there_is_and_how_much():
    assert repr(trace_of()) == (
        "Trace(lstm: f, i, c_tilde, c, o, h; 12 steps, 2 sequences, 3 units, 2 inputs)"
    )
    module = torch.nn.GRU(2, 3, num_layers=2, bidirectional=True)
    assert repr(lv.record(module, torch.zeros(1, 1, 2))) == (
        "Recording(2 layers, forward and backward; gru, 1 step, 1 sequence, 3 units, 2 inputs)"
    )


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_every_cell_has_a_strip_for_each_signal(cell):
    trace = trace_of(cell)
    shown = Balanced(trace._repr_html_())
    assert [pixels(picture).shape for picture in shown.pictures] == [(3, 12, 4)] * len(cell.signals)


def test_the_pictures_are_the_numbers():
    """As opaque as the value is large; a value with a sign in the colour of its sign."""
    trace = trace_of()
    by_signal = dict(zip(LSTM.signals, Balanced(trace._repr_html_()).pictures, strict=True))
    assert_equal(pixels(by_signal["f"])[..., 3] / 255, trace.f[:, 0].T, within=0.003)
    h = pixels(by_signal["h"])
    assert_equal(h[..., 3] / 255, np.abs(trace.h[:, 0].T), within=0.003)
    reddish = h[..., 0] > h[..., 2]
    assert (reddish == (trace.h[:, 0].T > 0)).all()
    assert NEGATIVE.between != POSITIVE.between


def test_nothing_is_asked_of_another_host_and_nothing_runs():
    markup = trace_of()._repr_html_()
    assert "http" not in markup
    assert "<script" not in markup
    assert not re.search(r"\son\w+=", markup)


def test_a_strangers_title_stays_text():
    cell = lv.Cell("h = tanh(W_h @ x + U_h @ h_prev)", title="<script>alert(1)</script>")
    assert "<script>" not in trace_of(cell)._repr_html_()


def test_a_large_trace_is_shown_in_part_and_says_so():
    trace = trace_of(T=MOST_STEPS + 9, H=MOST_UNITS + 2)
    markup = trace._repr_html_()
    assert pixels(Balanced(markup).pictures[0]).shape == (MOST_UNITS, MOST_STEPS, 4)
    assert f"steps 1 to {MOST_STEPS} of {MOST_STEPS + 9}" in markup
    assert f"{MOST_UNITS} of {MOST_UNITS + 2} units" in markup
    assert "sequence 1 of 2" in markup
    assert len(markup) < 400_000


def test_a_recording_shows_each_layer_and_the_proof_once_it_is_known():
    module = torch.nn.LSTM(2, 3, num_layers=2, bidirectional=True)
    recording = lv.record(module, torch.randn(5, 1, 2))
    assert len(Balanced(recording._repr_html_()).pictures) == 4 * len(LSTM.signals)
    assert "module’s own" not in recording._repr_html_()
    assert recording.proof is not None
    assert f"{recording.proof:.1e}" in recording._repr_html_()
    assert 'recording[1, "backward"]' in recording._repr_html_().replace("&quot;", '"')


def test_what_lies_behind_the_end_of_a_packed_sequence_is_empty():
    packed = torch.nn.utils.rnn.pack_sequence([torch.randn(3, 2), torch.randn(6, 2)], False)
    recording = lv.record(torch.nn.LSTM(2, 3), packed)
    f = pixels(Balanced(recording._repr_html_()).pictures[0])
    assert (f[:, 3:, 3] == 0).all()
    assert (f[:, :3, 3] > 0).all()


# ---- figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("signal", LSTM.signals)
def test_the_figure_of_a_signal_has_its_values(signal, dark):
    trace = trace_of()
    figure = lv.figure(trace, signal, sequence=1, tokens=[f"<b>{t}" for t in range(12)], dark=dark)
    assert_equal(figure.data[0].z, trace[signal][:, 1].T, within=1e-6)
    assert all("<" not in text for text in figure.layout.xaxis.ticktext)
    json.loads(figure.to_json())


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
@pytest.mark.parametrize("name", STATISTICS)
def test_every_cell_has_the_figures_that_mean_something_for_it(cell, name):
    trace = trace_of(cell, T=40)
    if name == "half_lives" and cell.kept is None:
        with refused("no memory that is kept"):
            lv.figure(trace, name)
    elif name == "slowness" and cell.memory in (None, "h"):
        with refused("no c beside h"):
            lv.figure(trace, name)
    else:
        json.loads(lv.figure(trace, name, dark=True).to_json())


def test_the_figure_of_saturation_has_the_shares():
    trace = trace_of(T=50)
    figure = lv.figure(trace, "saturation")
    for gate, points in zip(("f", "i", "o"), figure.data, strict=True):
        expected = statistics.saturation(trace, gate)
        assert_equal(points.x, expected.left)
        assert_equal(points.y, expected.right)


def test_a_recording_gives_the_figure_of_one_place():
    recording = lv.record(torch.nn.LSTM(2, 3, bidirectional=True), torch.randn(5, 1, 2))
    figure = lv.figure(recording[0, "backward"], "o")
    assert_equal(figure.data[0].z, recording[0, "backward"].o[:, 0].T, within=1e-6)


def test_a_figure_that_there_is_not_is_answered_with_those_there_are():
    with refused("'p'", "f, i, c_tilde", "saturation"):
        lv.figure(trace_of(), "p")


def test_figures_and_pictures_load_nothing_before_they_are_asked_for():
    program = (
        "import sys, numpy as np, lstm_viz as lv; c = lv.CELLS['lstm'];"
        "t = lv.run(c, lv.init_weights(c, 1, 2), np.ones((3, 1, 1))); t._repr_html_();"
        "print(any(name in sys.modules for name in ('plotly', 'torch', 'streamlit')))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


# ---- a piece, and the stage ----------------------------------------------------------------------


def test_a_piece_of_a_trace_is_the_run_from_there():
    trace = trace_of()
    piece = trace.piece(slice(4, 9), 1)
    assert piece.h.shape == (5, 1, 3)
    before = {name: trace[name][3, 1:] for name in LSTM.states}
    again = lv.run(LSTM, trace.weights, trace.x[4:9, 1:], before)
    for name in LSTM.signals:
        assert_equal(piece[name], again[name])
        assert_equal(piece.pre(name), again.pre(name))
    assert_equal(trace.piece(slice(None), 0).past("c"), trace.past("c")[:, :1])


def test_the_stage_is_a_page_with_the_numbers_in_it():
    trace = trace_of(B=1)
    page = lv.stage_html(trace, [f"w{t}" for t in range(12)], title="Mine & yours")
    assert "<title>Mine &amp; yours</title>" in page
    payload = json.loads(re.search(r'id="payload">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert payload["steps"] == 12
    assert [token["text"] for token in payload["tokens"]][:2] == ["w0", "w1"]
    data = base64.b64decode(payload["values"]["f"]["data"])
    assert_equal(np.frombuffer(data, "<f4").reshape(12, 3), trace.f[:, 0], within=1e-6)


def test_a_stage_that_would_be_too_long_says_how_much_fits():
    with refused("stage_html(trace.piece(slice(0, 400), 0))"):
        lv.stage_html(trace_of(T=401, B=1, H=100))
    with refused("3 tokens for 12 steps"):
        lv.stage_html(trace_of(), ["a", "b", "c"])
