"""The worksheet of a lesson: as the lesson asks on the screen, and for each student another one."""

import pytest

from lstm_viz import language
from lstm_viz.lessons.lesson import LessonError, read_lesson
from lstm_viz.lessons.measures import scene_of
from lstm_viz.lessons.panel import lesson_payload
from lstm_viz.lessons.shipped import COURSE
from lstm_viz.lessons.worksheet import lesson_sheet, speaks_of_any_sequence
from lstm_viz.networks.network import load
from lstm_viz.stage.worksheet import Blank, Told
from lstm_viz.ui.lessons import names_of_pages, shipped_lesson


@pytest.fixture(autouse=True)
def english_again():
    yield
    language.speak("en")


@pytest.mark.parametrize("key", [key for key in COURSE if key != "writes"])
@pytest.mark.parametrize("spoken", ["en", "zh_CN"])
def test_the_sheet_asks_what_the_panel_asks(key, spoken):
    language.speak(spoken)
    lesson = shipped_lesson(key)
    chosen = [blank for blank in lesson_sheet(lesson).blanks if blank.options]
    for number, step in enumerate(lesson.steps, start=1):
        found = lesson_payload(lesson, number, step.page, scene_of(step), {})
        if found["replies"]:
            blank = chosen.pop(0)
            assert blank.options == tuple(one["label"] for one in found["replies"])
            assert [blank.answer] == [one["label"] for one in found["replies"] if one["right"]]
    assert chosen == []


def test_thirty_students_have_thirty_sheets_and_the_same_ones_again():
    lesson = shipped_lesson("one_step")
    keys = [tuple(b.answer for b in lesson_sheet(lesson, seed).blanks) for seed in range(1, 13)]
    assert len(set(keys)) == 12
    assert keys[4] == tuple(blank.answer for blank in lesson_sheet(lesson, 5).blanks)


def test_what_a_drawn_sheet_says_is_so_in_a_run_of_its_words():
    """The next step's memory by the cell's own line, from what stands on the sheet."""
    sheet = lesson_sheet(shipped_lesson("one_step"), 7)
    words = [word for block in sheet.blocks for strip in block.strips for word in strip.words]
    network = load("subject", "lstm")
    trace = network.read(network.task.parse(" ".join(words)))[0]
    step, f, c = [blank.answer.replace("−", "-") for blank in sheet.blanks]
    t = int(step) - 1
    of_unit = [
        unit
        for unit in range(network.hidden)
        if abs(trace["f"][t, 0, unit] - float(f)) < 0.006
        and abs(trace["c"][t, 0, unit] - float(c)) < 0.006
    ]
    assert of_unit


def test_a_step_that_names_a_place_by_its_number_keeps_its_sequence():
    first, second, *_rest = shipped_lesson("counts").steps
    assert speaks_of_any_sequence(first)
    assert not speaks_of_any_sequence(second)
    sheets = [lesson_sheet(shipped_lesson("counts"), seed) for seed in (1, 2)]
    assert sheets[0].blanks[1:] != ()
    assert [b.answer for b in sheets[0].blanks[1:]] == [b.answer for b in sheets[1].blanks[1:]]


def test_only_the_answers_say_what_comes_when_a_question_is_answered():
    sheet = lesson_sheet(shipped_lesson("subject"))
    printed = [part for block in sheet.blocks for line in block.lines for part in line]
    told = " ".join(part.text for part in printed if isinstance(part, Told))
    asked = " ".join(part for part in printed if isinstance(part, str))
    assert "There the old subject has to go." in told
    assert "There the old subject has to go." not in asked
    assert any(isinstance(part, Blank) for part in printed)


def test_a_lesson_that_no_drawn_sequence_fits_says_so():
    text = """
title = "x"
goal = "x"
minutes = 1
[[step]]
page = "stage"
scene = { task = "counting", cell = "lstm" }
text = "x"
[step.ask]
question = "Which?"
choose = "word"
of = "nothing"
is = "lowest"
"""
    lesson = read_lesson(text, names_of_pages())
    with pytest.raises(LessonError, match="None of"):
        lesson_sheet(lesson, 1)
