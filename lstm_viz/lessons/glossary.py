"""The words that a lesson does not explain each time: each in one sentence, and where to see it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from lstm_viz.language import _, spoken
from lstm_viz.lessons.lesson import Text, said
from lstm_viz.stage.payload_types import WordsPayload

MOST = 60


@dataclass(frozen=True)
class Word:
    """``seen`` is an address of the app: a page and its parameters. ``also`` are other forms of
    the word, by language; it is found by any of them, and in a formula by its ``signs``."""

    word: Text
    said: Text
    seen: str
    also: Mapping[str, tuple[str, ...]]
    signs: tuple[str, ...] = ()


@cache
def glossary() -> Mapping[str, Word]:
    """By the English word, in the order of the file."""
    file = resources.files("lstm_viz.lessons") / "glossary.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        key: Word(
            {"en": one.get("called", key), "zh": one["zh"]},
            {"en": one["is"], "zh": one["zh_is"]},
            one["see"],
            {"en": tuple(one.get("also", ())), "zh": tuple(one.get("zh_also", ()))},
            tuple(one.get("signs", ())),
        )
        for key, one in table.items()
    }


def forms(word: Word, language: str) -> tuple[str, ...]:
    """What the word may be called in a text of this language, the longest first.

    Texts in Chinese have some words in Latin letters as well.
    """
    found = {word.word.get(language, word.word["en"]), *word.also.get(language, ())}
    return tuple(sorted(found, key=lambda form: (-len(form), form)))


def words_payload() -> WordsPayload:
    """All words, as a page finds them in its own texts."""
    language = spoken().partition("_")[0]
    return {
        "glossary": [
            {
                "word": said(one.word),
                "said": said(one.said),
                "seen": one.seen,
                "forms": list(forms(one, language)),
                "signs": list(one.signs),
            }
            for one in glossary().values()
        ],
        "words": {
            "here": _("Words on this page:"),
            "see": _("See it"),
            "close": _("Close"),
        },
    }
