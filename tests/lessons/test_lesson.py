"""A lesson's file: what it may say, and what is said of one that is wrong."""

import pytest

from lstm_viz.lessons.lesson import LessonError, read_lesson
from lstm_viz.lessons.panel import parts
from lstm_viz.ui.lessons import names_of_pages

GOOD = """
title = "A lesson"
goal.en = "A goal."
goal.zh = "目标。"
minutes = 5

[[step]]
page = "stage"
scene = { task = "subject", t = "told" }
text = "Look at {word}."

[step.ask]
choose = "signal"
question = "Which is lowest?"
among = ["f", "i"]
is = "lowest"
"""


def test_a_text_is_one_string_or_one_for_each_language():
    lesson = read_lesson(GOOD, names_of_pages())
    assert lesson.title == {"en": "A lesson"}
    assert lesson.goal == {"en": "A goal.", "zh": "目标。"}
    ask = lesson.steps[0].ask
    assert ask is not None
    assert ask.says == {"among": ["f", "i"], "is": "lowest"}


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("minutes = 5", "minutes = 'five'", "minutes is a whole number"),
        ("minutes = 5", "minutes = 5\nauthor = 'me'", "no 'author' here"),
        ('page = "stage"', 'page = "moon"', "step 1: page is one of"),
        ('task = "subject"', 'tusk = "subject"', "step 1, scene: there is no 'tusk'"),
        ('text = "Look at {word}."', "", "step 1, text"),
        ('text = "Look at {word}."', 'text.zh = "看"', "text in English is missing"),
        ('choose = "signal"', 'choose = "colour"', "choose is one of"),
        ('is = "lowest"', 'is = "nicest"', "“lowest” or “highest”"),
        ('is = "lowest"', "", "is is missing"),
        ('among = ["f", "i"]', "among = 3", "among cannot be"),
        ("[step.ask]", "[step.do]\nt = 'last'\n\n[step.ask]", "not both"),
        ("[[step]]", "[[stop]]", "no 'stop' here"),
        ("title", "title title", "no TOML"),
        ('text = "Look', 'do = { "left lstm 20" = "0 to 1" }\ntext = "Look', "not both"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(was, now, said):
    with pytest.raises(LessonError, match=said):
        read_lesson(GOOD.replace(was, now, 1), names_of_pages())


def test_a_number_of_the_run_needs_an_address_that_reaches_it():
    source = GOOD.partition("[step.ask]")[0] + '[step.do]\n"answers changed" = "1 to 9"\n'
    with pytest.raises(LessonError, match="has to stand in show"):
        read_lesson(source, names_of_pages())


@pytest.mark.parametrize("size", [70_000])
def test_a_long_file_is_refused_before_it_is_read(size):
    with pytest.raises(LessonError, match="at most"):
        read_lesson("#" * size, names_of_pages())


def test_only_words_of_the_glossary_become_links():
    (line,) = parts("The [forget gates|forget gate] and <b>[evil](http://x)</b>.")
    assert [(part["text"], part["word"]) for part in line] == [
        ("The ", ""),
        ("forget gates", "forget gate"),
        (" and <b>[evil](http://x)</b>.", ""),
    ]
