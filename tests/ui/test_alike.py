"""Find where it fires like this: what the page lists is what a network does there."""

import re
from html import unescape
from urllib.parse import parse_qs

import numpy as np
import pytest
import torch
from torch import nn

import lstm_viz as lv
from lstm_viz.networks.gate_order import load_into
from lstm_viz.networks.network import load, untrained
from lstm_viz.networks.piecewise import PIECE, scan
from lstm_viz.tasks import TASKS
from lstm_viz.ui.alike import known_in
from tests.pages.test_stage import opened


def torchs_h(task, sequence):
    """h of the shipped LSTM at each step, from torch's own module in float64."""
    network = load(task, "lstm")
    assert network.embedding is not None
    x = torch.tensor(network.embedding[network.task.encode(sequence)])
    module = nn.LSTM(x.shape[1], network.hidden).double()
    load_into(module, network.layers[0, "forward"][1])
    with torch.no_grad():
        return module(x[:, None])[0][:, 0].numpy()


def said_on(app):
    return " ".join(caption.value for caption in app.caption).replace("\\", "")


def tables_of(app):
    return [one.proto.body for one in app.get("html") if "<table" in one.proto.body]


def rows_of(app, number):
    """Of a table on the page its rows: the numbers, the text that is opened, and at which step."""
    rows = []
    for row in tables_of(app)[number].split("<tr>")[2:]:
        (to,) = re.findall(r'href="\?(.*?)"', row)
        link = parse_qs(unescape(to))
        cells = tuple(re.findall(r"<td>([^<]*)</td>", row))
        rows.append((cells, link["text"][0], int(link["t"][0])))
    return rows


@pytest.mark.parametrize(("task", "last", "span"), [("subject", 5, 1), ("reber", 6, 2)])
def test_a_place_that_is_like_it_has_the_same_units_on(task, last, span):
    app = opened(task=task, like=str(last), span=str(span))
    assert not app.exception
    here = torchs_h(task, next(iter(TASKS[task].examples.values())))[last - span : last]
    on = set(np.flatnonzero((here > 0.3).all(axis=0)))
    named = re.search(r"units? ([0-9, ]+) is above", said_on(app))
    assert named
    assert set(map(int, named[1].split(", "))) == on
    rows = rows_of(app, 0)
    assert len(rows) == 10
    for (alike, both, others), there, end in rows:
        shared, of = map(int, both.split("/"))
        reached = set(
            np.flatnonzero(
                (torchs_h(task, TASKS[task].parse(there))[end - span : end] > 0.3).all(0)
            )
        )
        assert of == len(on)
        assert len(on & reached) == shared
        assert len(reached - on) == int(others)
        assert float(alike[:-1]) == pytest.approx(100 * shared / len(on | reached), abs=0.5)


def test_the_highest_and_lowest_steps_of_a_unit_are_where_it_is_said():
    rows = rows_of(opened(task="counting", like="6", unit="1"), -1)
    values = [float(value.replace("−", "-")) for (value,), _there, _end in rows]
    assert values[:10] == sorted(values[:10], reverse=True)
    assert values[10:] == sorted(values[10:])
    for value, (_cells, there, end) in zip(values, rows, strict=True):
        h = torchs_h("counting", TASKS["counting"].parse(there))
        assert h[end - 1, 1] == pytest.approx(value, abs=6e-4)


def test_the_button_asks_and_another_one_closes():
    app = opened(task="reber", t="4")
    app.button[[b.label for b in app.button].index("Find alike")].click().run()
    assert not app.exception
    assert "At “T” the h" in said_on(app)
    app.button[[b.label for b in app.button].index("Close the search")].click().run()
    assert not tables_of(app)


@pytest.mark.parametrize("said", ["-3", "abc", "1e9", "99999999", "0"])
def test_what_is_no_step_asks_nothing(said):
    assert not tables_of(opened(task="reber", like=said))


def test_where_no_unit_is_on_it_says_so():
    app = opened(task="reber", like="4", over="1.5")
    assert "is above 1.5. Choose a lower value" in said_on(app)


def test_a_text_that_is_read_in_pieces_is_read_as_in_one_go():
    network = load("python", "lstm")
    text = tuple("def f(x):\n    return [x, (x)]\n" * (2 * PIECE // 30 + 5))
    shares: list[float] = []
    found = scan(network, text, "h", shares.append)
    assert len(text) > 2 * PIECE
    np.testing.assert_allclose(found, torchs_h("python", text), atol=1e-6)
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize(
    ("task", "text", "words", "count"),
    [
        ("subject", "later Tom painted, a zebra.", ("later", "Tom", "painted", ",", "a", "."), 7),
        ("subject_zh", "后来汤姆x了。", ("后来", "汤姆", "了", "。"), 5),
        ("reber", "BTX?", ("B", "T", "X"), 4),
        ("python", "if\u4e2d", ("i", "f"), 3),
    ],
)
def test_of_a_text_what_the_network_knows_is_read(task, text, words, count):
    assert known_in(TASKS[task], text) == (words, count)


def test_a_network_that_reads_backward_cannot_read_in_pieces():
    with pytest.raises(ValueError, match="piece by piece"):
        scan(untrained(TASKS["reber"], lv.CELLS["lstm"], 3, embedding=2, both=True), ("B", "T"))
