"""Every sentence that names a step names exactly one."""

import pytest

from lstm_viz.words.quoted import quoted


def test_a_word_that_comes_once_is_its_own_name():
    assert quoted(["Tom", "sleeps"], 0) == "“Tom”"


@pytest.mark.parametrize(
    ("tokens", "t", "said"),
    [
        (["·", "·", "a"], 1, "“·” (step 2)"),
        (["a", "b", "a"], 2, "“a” (step 3)"),
        (["·", "!"], 1, "“!” (step 2)"),
    ],
)
def test_what_comes_again_or_is_no_word_has_its_step(tokens, t, said):
    assert quoted(tokens, t) == said


def test_a_row_of_numbers_says_its_number_and_its_step():
    assert quoted(["0.50", "−1.3 0.2"], 1) == "“−1.3 0.2” (step 2)"
