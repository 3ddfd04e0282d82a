"""What makes a link says what its script says."""

import re

from lstm_viz.stage.share import share_payload, words
from tests.node import BROWSER


def test_every_word_is_said_and_none_is_missing():
    script = (BROWSER / "entries" / "share.js").read_text("utf-8")
    said = set(re.findall(r"\bwords\.(\w+)", script))
    said |= {"title", "note", "question", "shown", "locked", "hidden"}  # by the names of their rows
    assert said == set(words())


def test_the_controls_have_the_names_of_their_rows():
    payload = share_payload({"cell": "Cell", "t": "x"}, {"title": 80})
    assert [one["name"] for one in payload["controls"]] == ["cell", "t"]
    assert payload["longest"] == {"title": 80}
