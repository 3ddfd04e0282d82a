"""The catalogues in lstm_viz/locale: complete, compiled, true to the sentences' placeholders."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import lstm_viz as lv
from lstm_viz.cells.errors import EquationError
from lstm_viz.cells.text import parse
from lstm_viz.language import CATALOGUES, speak
from lstm_viz.networks.network import load
from lstm_viz.run.find import find
from lstm_viz.tasks import task_of
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
    written = {
        forms(m.id)[0]: tuple(forms(m.string)) for m in read(file) if m.id and any(forms(m.string))
    }
    compiled = {
        tuple(forms(m.id)): tuple(forms(m.string)) for m in read(file.with_suffix(".mo")) if m.id
    }
    # Babel compiles plurals that nobody has translated, too: as the English ones.
    told = {texts[0]: said for texts, said in compiled.items() if said != texts[: len(said)]}
    assert told == {text: said for text, said in written.items() if said[0] != text}, (
        "make messages compiles them"
    )


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
ERRORS = {
    *("ValueError", "KeyError", "TimeoutError", "TooManyError", "FileNotFoundError"),
    *("AttributeError", "FloatingPointError", "ModuleNotFoundError", "NoWay", "TraitError"),
}
NOT_SHOWN = {
    *("__init__.py", "cells/functions.py", "stage/bundle.py", "stage/layout/parts.py"),
    *("rounded.py", "networks/old_layouts.py", "training/ship.py"),
}


def plain_errors(file: Path) -> Iterator[str]:
    """What is raised in a file with a text that no catalogue knows."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        call = node.exc
        if getattr(call.func, "id", getattr(call.func, "attr", "")) in ERRORS:
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


# What a complaint is made with, besides ``raise``: a text for whoever reads it, in their language.
COMPLAINTS = {"Sentence", "refuse", "EquationError", "NoSum", "NoSlope", "LeftRange"}
ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}|^ [a-z]+ $|^[a-z]{3,} $")


def untold(file: Path) -> Iterator[str]:
    """English that is put into a translated sentence, or said by an error, and marked nowhere."""
    for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        inner = getattr(call.func, "value", None)
        is_filled = name == "format" and getattr(getattr(inner, "func", None), "id", "") == "_"
        given = call.args[:1] if name in COMPLAINTS else []
        given = given + [filled.value for filled in call.keywords] if is_filled else given
        for text in (text for part in given for text in unmarked(part)):
            if ENGLISH.search(text):
                yield f"{file.name}, line {call.lineno}: {text}"


def unmarked(node: ast.AST) -> Iterator[str]:
    """The texts in an expression that no one marks for the translators."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "N_", "ngettext"):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for part in ast.iter_child_nodes(node):
        yield from unmarked(part)


def test_what_fills_a_sentence_is_said_in_its_language() -> None:
    assert [line for file in SOURCES for line in untold(file)] == []


BROKEN = {
    "no text": 3,
    "nothing": "# a comment",
    "too many lines": "h = 1\n" * 60,
    "a long line": "h = " + "1 + " * 200 + "1",
    "a strange letter": "h = σ(x)",
    "no equation": "h + 1",
    "two statements": "h = 1; c = 2",
    "a keyword": "h = lambda",
    "parentheses": "h = tanh((W_h @ x",
    "unfinished": "h = W_h @ x +",
    "an index": "h = c[0]",
    "a matrix alone": "h = W_h",
    "x alone": "h = x",
    "no number": "h = True",
    "a large number": "h = 1e9 * tanh(W_h @ x)",
    "no matrix": "h = b_h @ x",
    "W before a state": "h = W_h @ h_prev",
    "U before x": "h = U_h @ x",
    "an unknown function": "h = erf(W_h @ x)",
    "too many arguments": "h = tanh(W_h @ x, 1)",
    "assigned twice": "h = tanh(W_h @ x)\nh = tanh(W_h @ x)",
    "an unknown name": "h = o * tanh(W_h @ x)",
    "no h": "c = tanh(W_c @ x)",
    "a past": "h_prev = tanh(W_h @ x)",
    "a weight's name": "W_h = tanh(W_h @ x)",
    "a reserved name": "sigmoid = tanh(W_h @ x)",
    "a circle": "a = tanh(b)\nb = tanh(a)\nh = a",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_what_is_wrong_with_a_cell_is_said_in_chinese(text: str) -> None:
    with pytest.raises(EquationError) as refused:
        parse(text)
    speak("zh_CN")
    try:
        said = re.sub("“[^”]*”", "", str(refused.value))  # the text's own words are quoted
    finally:
        speak("en")
    assert re.search("[\u4e00-\u9fff]", said)
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", said), said


# One word for one thing: what is said in English, and what it is not called in Chinese.
OTHER_WORDS = {
    r"\bforget bias": "遗忘偏置",
    r"\bdotted\b": "虚线",
    r"\bdashed\b": "点线",
    r"\bstarts?\b": "起点",
    r"\bunits?\b": "神经元",
    r"\bcells?\b": "种单元|耦合单元|自己的单元",
    r"\bsteps? back\b": "回溯",
    r"\bproduct\b": "连乘|之积",
    r"\bship": "随附",
    r"\bredundant\b": "重复",
    r"\bbest possible\b": "可能的最",
    r"\bwithout a network\b": "没有网络",
    r"\bactivation$": "激活$",
    r"\baddress of": "地址",
    r"\byou\b|\byour\b": "你",
    r"^\{times\} times$": "次",
}


@pytest.mark.parametrize(("english", "other"), OTHER_WORDS.items())
def test_one_thing_has_one_word_in_chinese(english: str, other: str) -> None:
    said = [(a, b) for a, b in said_in_chinese() if re.search(english, a, re.IGNORECASE)]
    assert said
    assert [b for _a, b in said if re.search(other, b)] == []


def test_marks_between_chinese_words_are_chinese() -> None:
    """A tuple keeps its own: (T, B, H)."""
    after, before = "[\u4e00-\u9fff”）] ?[,;:!?](?!\\w)", "[,;:!?] ?[\u4e00-\u9fff“]"
    half = re.compile(f"{after}|{before}|[\u4e00-\u9fff] ?\\((?![^()]*, )")
    assert [chinese for _english, chinese in said_in_chinese() if half.search(chinese)] == []


def test_a_sentence_calls_a_control_by_its_own_name() -> None:
    """The button “Train”, the page “How far back?”, and Resume, which stands without quotes."""
    named = dict(said_in_chinese())
    other = [
        (control, chinese)
        for english, chinese in said_in_chinese()
        for control in (*re.findall("“([^”{]+)”", english), *re.findall(r"\bResume\b", english))
        if control in named and named[control] not in chinese
    ]
    assert other == []


def test_a_list_within_a_refusal_has_the_comma_of_its_language() -> None:
    """What is listed are names, which stay as they are; what stands between them does not."""
    lstm = lv.CELLS["lstm"]
    weights = lv.init_weights(lstm, 1, 2)
    noise = np.zeros((3, 1, 1))
    ragged: Any = [[1.0], [1.0, 2.0]]
    trace = lv.run(lstm, weights, noise)
    refused = [
        lambda: lv.run(lstm, {}, noise),
        lambda: lv.run(lstm, weights, noise, hold={"q": np.array(0.0)}),
        lambda: lv.run(lstm, weights, noise, {"q": np.zeros(2)}),
        lambda: lv.run(lstm, weights, ragged),
        lambda: lv.init_weights(lstm, 1, 2, scheme="chance"),
        lambda: trace["q"],
        lambda: lv.figure(trace, "q"),
        lambda: load("subject", "janet"),
        lambda: task_of("juggling"),
    ]
    speak("zh_CN")
    try:
        for number, refuse in enumerate(refused):
            with pytest.raises((ValueError, KeyError)) as said:
                refuse()
            # A half-width comma within a shape or a call is no list's.
            text = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", str(said.value))
            assert ", " not in text, (number, text)
    finally:
        speak("en")
