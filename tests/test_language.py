"""A sentence reaches its reader in their language, in English where nobody translated it."""

import pickle
from collections.abc import Callable
from contextvars import Context
from pathlib import Path
from typing import TypeVar

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from lstm_viz import language
from lstm_viz.language import N_, Sentence, TranslatableError, _, ngettext

T = TypeVar("T")


@pytest.fixture(autouse=True)
def chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two texts have been translated into Chinese."""
    texts = Catalog(locale="zh_CN")
    texts.add("Forget gate", "遗忘门")
    texts.add("{where}: {name} is assigned twice.", "{where}：{name} 重复赋值。")
    texts.add("Line {line}", "第 {line} 行")
    texts.add(language._OWN_NAME, "中文")
    texts.add(("%(n)d step", "%(n)d steps"), ("%(n)d 步",))
    file = tmp_path / "zh_CN" / "LC_MESSAGES" / "lstm_viz.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as opened:
        write_mo(opened, texts)
    monkeypatch.setattr(language, "CATALOGUES", tmp_path)


def in_a_new_thread(say: Callable[[], T]) -> T:
    """What `say` returns where nobody has chosen a language yet."""
    return Context().run(say)


def said_in(spoken: str, text: str) -> str:
    def say() -> str:
        language.speak(spoken)
        return _(text)

    return in_a_new_thread(say)


def test_a_translated_sentence_appears():
    assert said_in("zh_CN", "Forget gate") == "遗忘门"


def test_an_untranslated_sentence_stays_english():
    assert said_in("zh_CN", "Input gate") == "Input gate"


def test_english_is_the_source_and_needs_no_catalogue():
    assert said_in("en", "Forget gate") == "Forget gate"
    assert in_a_new_thread(lambda: _("Forget gate")) == "Forget gate"


def test_a_language_nobody_translated_is_english():
    assert said_in("tlh", "Forget gate") == "Forget gate"


def test_a_language_is_called_what_its_own_file_calls_it(tmp_path: Path) -> None:
    other = tmp_path / "de" / "LC_MESSAGES" / "lstm_viz.mo"
    other.parent.mkdir(parents=True)
    with other.open("wb") as opened:
        write_mo(opened, Catalog(locale="de"))  # whose translator has not come to that yet
    names = {tag: language.own_name(tag) for tag in language.available()}
    assert names == {"en": "English", "de": "de", "zh_CN": "中文"}


def test_numbers_choose_their_form():
    def say() -> list[str]:
        language.speak("zh_CN")
        return [ngettext("%(n)d step", "%(n)d steps", n) % {"n": n} for n in (1, 2)]

    assert in_a_new_thread(say) == ["1 步", "2 步"]


def test_a_text_in_a_table_is_translated_where_it_is_shown():
    title = N_("Forget gate")
    assert title == "Forget gate"
    assert said_in("zh_CN", title) == "遗忘门"


def test_where_nobody_has_spoken_the_session_is_asked(monkeypatch):
    monkeypatch.setattr(language, "_to_ask", [])
    language.ask(lambda: "zh_CN")
    assert in_a_new_thread(lambda: _("Forget gate")) == "遗忘门"


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        ("zh-CN", "zh_CN"),
        ("zh_cn", "zh_CN"),
        ("zh", "zh_CN"),
        ("zh-TW", "zh_CN"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("../../etc", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_closest_language_is_spoken(wanted, spoken):
    assert language.closest(wanted) == spoken


def test_an_error_is_said_in_the_language_of_who_reads_it_wherever_it_was_found() -> None:
    where = Sentence("Line {line}", {"line": 7})
    found = TranslatableError("{where}: {name} is assigned twice.", where=where, name="f")
    brought = pickle.loads(pickle.dumps(found))

    def say() -> tuple[str, str]:
        english = str(brought)
        language.speak("zh_CN")
        return english, str(brought)

    assert in_a_new_thread(say) == ("Line 7: f is assigned twice.", "第 7 行：f 重复赋值。")
    assert brought.values["name"] == "f"
