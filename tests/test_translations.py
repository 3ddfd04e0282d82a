"""The catalogues in lstm_viz/locale: complete, compiled, true to the sentences' placeholders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from lstm_viz.language import CATALOGUES, speak
from lstm_viz.run.find import find
from tests.serving import ROOT

SOURCES = [*sorted((ROOT / "lstm_viz").rglob("*.py")), *sorted((ROOT / "pages").glob("*.py"))]
FILES = sorted(CATALOGUES.glob("*/LC_MESSAGES/lstm_viz.po"))


def read(file: Path) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened) if file.suffix == ".po" else read_mo(opened)


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def placeholders(text: str) -> set[tuple[str | None, str | None]]:
    """Names and formats; what Plotly fills in, ``%{x}``, looks like one, too."""
    return {(name, how) for _, name, how, _ in Formatter().parse(text) if name is not None}


def is_alike(message: Message) -> bool:
    """Whether each translated form has the placeholders and the marks of the last English form."""
    english = forms(message.id)[-1]
    return all(
        placeholders(form) == placeholders(english)
        and all(form.count(mark) == english.count(mark) for mark in ("**", "\n", "`", "%{"))
        for form in forms(message.string)
    )


def test_there_is_a_chinese_catalogue() -> None:
    assert "zh_CN" in {file.parts[-3] for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parts[-3])
def test_a_translation_keeps_every_placeholder(file: Path) -> None:
    told = [message for message in read(file) if message.id and any(forms(message.string))]
    assert len(told) > 1000
    assert [message.id for message in told if not is_alike(message)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parts[-3])
def test_what_is_compiled_is_what_was_written(file: Path) -> None:
    written = {forms(m.id)[0]: forms(m.string) for m in read(file) if m.id and any(forms(m.string))}
    compiled = {forms(m.id)[0]: forms(m.string) for m in read(file.with_suffix(".mo")) if m.id}
    assert compiled == written, "make messages compiles them"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parts[-3])
def test_nearly_every_sentence_is_translated(file: Path) -> None:
    """Not every: a new sentence stays English until someone translates it."""
    words = {"_": None, "N_": None, "ngettext": (1, 2)}
    said = {
        forms(text)[0]
        for folder in ("lstm_viz", "pages")
        for _, _, text, _, _ in extract_from_dir(ROOT / folder, keywords=words)
    }
    told = {forms(m.id)[0] for m in read(file) if m.id and any(forms(m.string))}
    assert len(said) > 1000
    assert len(said - told) < 0.02 * len(said), sorted(said - told)


def test_no_sentence_hides_in_a_formatted_string() -> None:
    """Where those who collect the sentences would not find it."""
    hidden = [
        (file.name, call.lineno)
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "N_", "ngettext")
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


# What a person meets; the files below raise for who works on the project, or import nothing of it.
ERRORS = {"ValueError", "KeyError", "TimeoutError", "TooManyError"}
NOT_SHOWN = {
    *("cells/functions.py", "stage/bundle.py", "stage/layout/parts.py", "stage/layout/routes.py"),
    *("rounded.py", "training/run_folder.py", "networks/old_layouts.py"),
}


def plain_errors(file: Path) -> Iterator[str]:
    """What is raised in a file with a text that no catalogue knows."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        call = node.exc
        if getattr(call.func, "id", "") in ERRORS:
            for said in call.args:
                if isinstance(said, ast.JoinedStr | ast.Constant):
                    yield f"{file.name}, line {node.lineno}: {ast.unparse(said)[:60]}"


def test_what_a_library_error_says_is_said_in_the_readers_language() -> None:
    room = ROOT / "lstm_viz"
    seen = [f for f in SOURCES if f.is_relative_to(room)]
    shown = [f for f in seen if f.relative_to(room).as_posix() not in NOT_SHOWN]
    assert [line for file in shown for line in plain_errors(file)] == []


def test_a_library_error_is_chinese_where_chinese_is_spoken() -> None:
    speak("zh_CN")
    try:
        with pytest.raises(ValueError, match="单元 0 到 2") as refused:
            find(np.zeros((4, 3)), [7])
    finally:
        speak("en")
    assert "7" in str(refused.value)


def said_in_chinese() -> Iterator[tuple[str, str]]:
    """Each English text with each form of its translation."""
    for message in read(next(file for file in FILES if "zh_CN" in file.parts)):
        if message.id:
            yield from ((forms(message.id)[0], form) for form in forms(message.string))


def test_to_keep_is_one_word_in_chinese() -> None:
    """保留; that something stays as it is (保持不变) is another matter."""
    for english, chinese in said_in_chinese():
        if re.search(r"\b(keep|keeps|keeping|kept)\b", english, re.IGNORECASE):
            assert not re.search("保住|保持(?!不变|如此|节拍)", chinese), chinese


def test_chinese_lists_have_no_half_width_commas() -> None:
    for _english, chinese in said_in_chinese():
        assert not re.search("[\u4e00-\u9fff”）], ?[\u4e00-\u9fff“]", chinese), chinese
