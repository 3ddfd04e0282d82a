"""The lesson that docs/write-a-lesson.md has one write is read, opens, and can be done."""

import re
from textwrap import dedent

from lstm_viz.lessons.lesson import COMPUTED, KINDS, read_lesson
from lstm_viz.lessons.measures import number, place, replies, scene_of
from lstm_viz.lessons.panel import check, conditions, shown_address
from lstm_viz.lessons.screen import Screen
from lstm_viz.ui.lessons import names_of_pages
from tests.serving import ROOT

GUIDE = (ROOT / "docs" / "write-a-lesson.md").read_text(encoding="utf-8")


def written():
    (code,) = re.findall(r"(?:^(?: {4}.*)?\n)*^ {4}.*\n", GUIDE, re.MULTILINE)
    return read_lesson(dedent(code), names_of_pages())


def test_the_lesson_of_the_guide_opens_and_can_be_done():
    lesson = written()
    check(lesson)
    first, second = lesson.steps
    shown = shown_address(first, Screen(first.page, scene_of(first)))
    (one,) = conditions(first, Screen(first.page, shown))
    assert one.holds(shown["t"])
    assert second.ask is not None
    found = replies(Screen("stage", {}), second.ask, 0)
    assert isinstance(found, tuple)
    assert sum(reply.right for reply in found) == 1


def test_what_the_guide_says_there_is_is_there():
    kinds = set(re.findall(r"^\| `(\w+)` \|", GUIDE.split("## Questions")[1], re.MULTILINE))
    assert kinds - {"choose"} == set(KINDS)
    screens = {
        "left": Screen("gradients", {}),
        "kept lstm": Screen("gradients", {}),
        "kept after": Screen("valves", {}),
        "c after": Screen("valves", {}),
        "answers": Screen("what_if", {"task": "subject"}),
        "reached": Screen("train", {"task": "order"}),
    }
    stage = Screen("stage", {"task": "subject"})
    words = {"word", "word before", "t", "unit"}
    for name in set(re.findall(r"`\{([^}]+)\}`", GUIDE)) - words:
        name = name.removesuffix("%").strip()
        found = next((s for start, s in screens.items() if name.startswith(start)), stage)
        assert isinstance(number(found, name), float)
    for name in ("answers changed", "lines", "left lstm 20", "kept lstm 20"):
        assert name in GUIDE
        assert COMPUTED.fullmatch(name)
    for phrase in re.findall(r"`((?:where|first|last|told|asked)[^`]*)`", GUIDE):
        assert 0 <= place(stage, phrase) < len(stage.sequence)
