"""The words that a lesson does not explain each time: each in one sentence, and where to see it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lstm_viz.lessons.lesson import Text

MOST = 60


@dataclass(frozen=True)
class Word:
    """``seen`` is an address of the app: a page and its parameters."""

    word: Text
    said: Text
    seen: str


@cache
def glossary() -> Mapping[str, Word]:
    """By the English word, in the order of the file."""
    file = resources.files("lstm_viz.lessons") / "glossary.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        key: Word({"en": key, "zh": one["zh"]}, {"en": one["is"], "zh": one["zh_is"]}, one["see"])
        for key, one in table.items()
    }
