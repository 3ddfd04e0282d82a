"""What can be done to a class, and what its students are told of it."""

import json
from functools import reduce

import pytest

from lstm_viz.web.together.room import (
    LONGEST_ADDRESS,
    LONGEST_OPTION,
    LONGEST_QUESTION,
    STUDENTS,
    Refused,
    Room,
    answered,
    asked,
    entered,
    left,
    revealed,
    shown,
    taken_away,
)
from lstm_viz.web.together.rooms import IN_A_CODE, InMemory
from lstm_viz.web.together.words import WORDS
from tests.web.asgi import to_its_end

EMPTY = Room("amber-river-moon-fox", "s" * 32, ends=1.0)


def told(room: Room) -> dict:
    return json.loads(room.for_students)["room"]


def with_answers(*options: int) -> Room:
    room = asked(EMPTY, "Which gate?", ["forget", "input", "output"])
    return reduce(
        lambda room, given: answered(room, f"seat {given[0]}", 1, given[1]),
        enumerate(options),
        room,
    )


def test_students_see_where_the_teacher_is():
    room = shown(shown(EMPTY, "stage?t=3&unit=2"), "what_if?hold=f.shut.10.3-4&t=5")
    assert told(room)["at"] == "what_if?hold=f.shut.10.3-4&t=5"


@pytest.mark.parametrize(
    "at",
    [
        "//evil.example/stage",
        "https://evil.example",
        "javascript:alert(1)",
        "../stage",
        "stage/../x",
        "stage?t=3#teacher=secret",
        "stage?a b",
        "stage?t=\u202e3",
        "Stage",
        "\\\\evil",
    ],
)
def test_only_an_address_of_the_app_is_followed(at):
    with pytest.raises(Refused):
        shown(EMPTY, at)


def test_an_address_of_any_length_that_a_page_writes_is_followed_and_none_without_end():
    shown(EMPTY, "stage?" + "a" * (LONGEST_ADDRESS - 6))
    with pytest.raises(Refused, match=str(LONGEST_ADDRESS)):
        shown(EMPTY, "stage?" + "a" * (LONGEST_ADDRESS - 5))


def test_answers_are_counted_and_one_may_change_ones_mind():
    room = with_answers(0, 0, 2)
    assert room.counts == [2, 0, 1]
    assert answered(room, "seat 0", 1, 1).counts == [1, 1, 1]


def test_students_learn_nothing_of_the_answers_before_they_are_revealed():
    before, after = with_answers(0, 0, 2), revealed(with_answers(0, 0, 2), 2)
    assert before.for_students == with_answers().for_students == with_answers(1, 1).for_students
    assert told(before)["question"]["counts"] is None
    assert (told(after)["question"]["counts"], told(after)["question"]["right"]) == ([2, 0, 1], 2)
    assert json.loads(before.for_teacher)["room"]["question"]["counts"] == [2, 0, 1]


def test_nobody_is_told_the_secret_or_who_answered_what():
    room = revealed(with_answers(1), 1)
    for text in (room.for_students, room.for_teacher, repr(room)):
        assert "s" * 32 not in text
        assert "seat" not in text


def test_a_question_that_is_over_takes_no_answer():
    room = with_answers(0)
    for late in (taken_away(room), asked(room, "Another?", ["yes", "no"]), revealed(room, None)):
        with pytest.raises(Refused):
            answered(late, "seat 1", 1, 0)
    assert asked(room, "Another?", ["yes", "no"]).counts == [0, 0]


@pytest.mark.parametrize("option", [-1, 3, 10**30])
def test_an_option_that_there_is_not_is_refused(option):
    with pytest.raises(Refused):
        answered(with_answers(), "seat 0", 1, option)
    with pytest.raises(Refused):
        revealed(with_answers(), option)


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", ["a", "b"], "empty"),
        (" \n ", ["a", "b"], "empty"),
        ("x" * (LONGEST_QUESTION + 1), ["a", "b"], "at most 300"),
        ("Which?", ["a"], "2 to 12"),
        ("Which?", [str(n) for n in range(13)], "2 to 12"),
        ("Which?", ["a", "a "], "same"),
        ("Which?", ["a", "x" * (LONGEST_OPTION + 1)], "at most 80"),
        ("Which?", ["a", ""], "empty"),
        ("Which\u202e?", ["a", "b"], "cannot be shown"),
        ("Which\x00?", ["a", "b"], "cannot be shown"),
    ],
)
def test_a_question_is_bounded_and_the_refusal_says_how(text, options, said):
    with pytest.raises(Refused, match=said):
        asked(EMPTY, text, options)


def test_lines_of_any_language_are_one_line():
    room = asked(EMPTY, " 哪个门\n先关？ ", ["遗忘门 f", "ｉ"])
    assert room.question is not None
    assert (room.question.text, room.question.options) == ("哪个门 先关？", ("遗忘门 f", "ｉ"))


def test_a_class_has_so_many_places_and_one_is_free_again():
    room = reduce(lambda room, _: entered(room), range(STUDENTS), EMPTY)
    with pytest.raises(Refused, match="full"):
        entered(room)
    assert entered(left(room)).present == STUDENTS
    assert left(EMPTY).present == 0


def test_answers_are_bounded_whoever_sends_them():
    room = with_answers(*[0] * STUDENTS)
    with pytest.raises(Refused):
        answered(room, "one more", 1, 0)
    assert answered(room, "seat 0", 1, 1).counts == [STUDENTS - 1, 1, 0]


# ---- where they are kept -------------------------------------------------------------------------


def test_a_code_is_four_of_many_words_that_are_easily_told_apart():
    assert len(set(WORDS)) == len(WORDS) >= 256
    assert all(word.isascii() and word.islower() and 3 <= len(word) <= 8 for word in WORDS)

    async def opened():
        rooms = InMemory()
        codes = [(await rooms.open()).code for _ in range(20)]
        assert len(set(codes)) == 20
        for code in codes:
            words = code.split("-")
            assert len(words) == IN_A_CODE
            assert set(words) <= set(WORDS)

    to_its_end(opened())


def test_a_class_is_gone_after_some_hours():
    now = [0.0]

    async def kept():
        rooms = InMemory(clock=lambda: now[0])
        room = await rooms.open()
        now[0] = 3.9 * 3600
        assert (await rooms.room(room.code)) is room
        now[0] = 4 * 3600
        with pytest.raises(Refused, match="four hours"):
            await rooms.room(room.code)
        with pytest.raises(Refused):
            await rooms.change(room.code, entered)
        assert await rooms.newer(room.code, -1) is None
        assert rooms._kept == {}

    to_its_end(kept())


def test_a_full_house_ends_the_class_left_alone_for_longest_and_none_that_goes_on():
    now = [0.0]

    async def kept():
        rooms = InMemory(most=2, clock=lambda: now[0])
        first = await rooms.open()
        now[0] = 1.0
        second = await rooms.open()
        now[0] = 2.0
        await rooms.change(first.code, lambda room: shown(room, "stage"))
        third = await rooms.open()
        with pytest.raises(Refused):
            await rooms.room(second.code)
        for code in (first.code, third.code):
            await rooms.change(code, entered)
        with pytest.raises(Refused, match="2 classes are going on"):
            await rooms.open()

    to_its_end(kept())
