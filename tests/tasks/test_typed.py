"""What a person types is read, or a sentence says what is wrong with it."""

import pytest

from lstm_viz.tasks import MAX_STEPS, TASKS

TYPED = [name for name, task in TASKS.items() if task.read_text]


def refusal(task, text):
    with pytest.raises(ValueError, match=r"\w") as caught:
        TASKS[task].parse(text)
    return str(caught.value)


def test_words_are_read_in_any_case_and_punctuation_needs_no_space():
    assert TASKS["subject"].parse("anna SANG. Then tom slept.") == (
        ("Anna", "sang", ".", "then", "Tom", "slept", ".")
    )


def test_chinese_is_read_with_and_without_spaces():
    together = TASKS["subject_zh"].parse("安娜看见了一只小鸟，所以她笑了。")
    assert together == TASKS["subject_zh"].parse("安娜 看见 了 一只 小 鸟 ， 所以 她 笑了 。")
    assert "她" in together


def test_an_unknown_word_is_named_with_those_that_exist():
    said = refusal("subject", "Anna saw a dragon")
    assert "'dragon'" in said
    assert "garden" in said


def test_a_misspelt_word_gets_a_guess():
    assert "'garden'" in refusal("subject", "Anna slept in the gardn").split("It knows")[0]


def test_an_unknown_chinese_character_is_named():
    assert "'龙'" in refusal("subject_zh", "安娜看见了龙")


def test_letters_may_stand_together_or_apart():
    assert TASKS["counting"].parse("aa X bb .") == tuple("aaXbb.")
    assert "'c'" in refusal("counting", "aacb")
    assert "'Q'" in refusal("reber", "BTQ")


def test_source_is_read_character_by_character_and_a_tab_is_four_spaces():
    assert TASKS["python"].parse("if x:\n\ty\r\n") == tuple("if x:\n    y\n")
    assert "'é'" in refusal("python", "# café")
    assert repr("\x00") in refusal("python", "a\x00b")


def test_numbers_are_separated_by_commas_semicolons_or_spaces():
    assert TASKS["load"].parse(" 50, 61.5;70\n 4e1 ") == (50.0, 61.5, 70.0, 40.0)


@pytest.mark.parametrize("word", ["nan", "inf", "-inf", "1e999", "-1", "201"])
def test_a_number_that_no_town_needs_is_refused_with_its_unit(word):
    said = refusal("load", f"50, {word}, 60")
    assert repr(word) in said
    assert "200 MW" in said


def test_what_is_no_number_is_named():
    assert "'fifty'" in refusal("load", "fifty 60")


@pytest.mark.parametrize("task", TYPED)
@pytest.mark.parametrize("text", ["", "   "])
def test_nothing_is_refused_except_where_a_space_is_a_symbol(task, text):
    if " " in (TASKS[task].symbols or ()) and text:
        assert TASKS[task].parse(text) == tuple(text)
    else:
        assert "type" in refusal(task, text)


@pytest.mark.parametrize(
    ("task", "one"),
    [
        ("subject", "Anna "),
        ("subject_zh", "她"),
        ("counting", "a"),
        ("python", "a"),
        ("load", "5 "),
    ],
)
def test_two_hundred_steps_are_read_and_not_one_more(task, one):
    assert len(TASKS[task].parse(one * MAX_STEPS)) == MAX_STEPS
    said = refusal(task, one * (MAX_STEPS + 1))
    assert str(MAX_STEPS + 1) in said
    assert str(MAX_STEPS) in said


@pytest.mark.parametrize("task", TYPED)
def test_a_book_is_refused_before_it_is_read(task):
    assert "1000000 characters" in refusal(task, "a" * 1_000_000)


@pytest.mark.parametrize("task", ["subject", "subject_zh", "counting", "python", "load"])
def test_a_refusal_is_short_even_where_the_word_is_long(task):
    assert len(refusal(task, "ψ" * 19_000)) < 1500
