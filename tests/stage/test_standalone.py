"""The page that needs nothing but itself."""

import json
import re

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import StagePayload
from lstm_viz.stage.standalone import standalone
from lstm_viz.stage.theme import streamlits_theme, theme
from lstm_viz.stage.tokens import Token
from lstm_viz.words.captions import Caption


def payload(text: str, caption: str = "") -> StagePayload:
    cell = lv.CELLS["lstm"]
    trace = lv.run(cell, lv.init_weights(cell, 1, 1), np.zeros((1, 1, 1)))
    return stage_payload(ShownRun(trace, [Token(text)], Caption(caption, 0, 0)))


def test_the_offline_page_asks_nobody_for_anything():
    page = standalone(payload("a", "Look at <b> & “c”."), "LSTM <1>")
    assert "LSTM &lt;1&gt;" in page
    assert "Look at &lt;b&gt; &amp; “c”." in page
    asked = set(re.findall(r"https?://[\w./]+", page))
    assert {address for address in asked if not address.startswith("http://www.w3.org/")} == set()
    assert not re.search(r"<link|<script[^>]+src|@import|url\(", page)


def test_it_has_the_colours_of_the_palette():
    page = standalone(payload("a"), "x")
    assert theme() in page
    assert streamlits_theme() in page


@pytest.mark.parametrize(
    "text", ["</script><script>alert(1)</script>", "<!--<script>", "<!-- <SCRIPT ", "]]></sCript"]
)
def test_text_in_the_payload_cannot_leave_its_element(text):
    sent = payload(text)
    page = standalone(sent, "x")
    assert text not in page.split('id="payload">')[1]  # a parser of HTML finds no tag in it
    data = page.split('id="payload">')[1].split("</script>")[0]
    assert json.loads(data) == json.loads(json.dumps(sent))
