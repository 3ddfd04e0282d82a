"""What a class says is what its scripts say."""

import re

from lstm_viz.stage.together import words
from tests.node import BROWSER

SCRIPTS = ("entries/together.js", "parts/ask.js", "parts/question.js")
GATE = BROWSER.parent / "web" / "together"


def test_every_word_is_said_and_none_is_missing():
    texts = [(BROWSER / name).read_text("utf-8") for name in SCRIPTS]
    said = {name for text in texts for name in re.findall(r"\bwords\.(\w+)", text)}
    refused = {name for name in words() if name.startswith("refused_")}
    assert said | refused == set(words())


def test_every_refusal_that_has_a_name_has_words():
    sources = "".join((GATE / name).read_text("utf-8") for name in ("room.py", "rooms.py"))
    named = set(re.findall(r'"(\w+)"(?:, closes=True)?,?\s*\)', sources))
    of_browser = {"ended", "nowhere"}
    assert {f"refused_{why}" for why in named | of_browser} == {
        name for name in words() if name.startswith("refused_")
    }
