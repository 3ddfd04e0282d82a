"""The catalogues in lstm_viz/locale: complete, compiled, true to the sentences' placeholders."""

import ast
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from lstm_viz.language import CATALOGUES
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
