"""What a text's reader could keep track of, token by token."""

import numpy as np
import pytest

from lstm_viz.run import text_features


def beside(text: str, feature: str) -> str:
    """The feature's values, one digit below each character."""
    found = getattr(text_features, feature)(list(text))
    return "".join(str(int(value)) for value in found)


@pytest.mark.parametrize(
    ("text", "depth"),
    [
        ("a(b[c]d)e", "011221100"),
        ("))(", "001"),
        ("{x: (1, [2])}", "1111222233210"),
        ("（是）", "110"),
    ],
)
def test_brackets_are_counted_as_they_open_and_close(text, depth):
    assert beside(text, "bracket_depth") == depth


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('a "b" c', "0011000"),
        ("it's", "0000"),
        ("'it's'", "111110"),
        ('"a\nb"', "11001"),
        ('"""a\n"b"\nc"""', "0011111111110"),
        ("“a ‘b’”", "1111110"),
        ("「是」", "110"),
        ("f('x')", "001100"),
        ("dogs' and cats'", "000011111111110"),
    ],
)
def test_quotes_open_and_close(text, inside):
    assert beside(text, "in_quotes") == inside


def test_the_position_in_the_line_begins_anew():
    assert beside("ab\ncd", "position_in_line") == "12012"


def test_the_indentation_is_that_of_the_line_so_far():
    assert beside("a b\n  c d\n e", "indentation") == "000" + "0" + "12222" + "0" + "11"


def test_classes_are_one_where_they_apply():
    assert beside("aB 1é", "is_vowel") == "10001"
    assert beside("aB 1é", "is_capital") == "01000"
    assert beside("aB 1é", "is_digit") == "00010"
    assert beside("aB 1\n", "is_space") == "00101"
    assert list(text_features.is_one_of({"er", "sie"})(["er", "kam"])) == [1, 0]


def test_words_are_tokens_as_well():
    words = ["She", "said", "“", "not", "(", "yet", ")", "”"]
    assert list(text_features.in_quotes(words)) == [0, 0, 1, 1, 1, 1, 1, 0]
    assert list(text_features.bracket_depth(words)) == [0, 0, 0, 0, 1, 1, 0, 0]
    assert list(text_features.in_quotes(["“Not", "yet”", ""])) == [1, 0, 0]


def test_features_of_a_text_are_those_that_change_in_it():
    found = text_features.of_text(list("a (b) c"))
    assert "bracket depth" in found
    assert "inside quotes" not in found
    assert all(values.shape == (7, 1) for values in found.values())


@pytest.mark.parametrize("tokens", [[], ["a"], ["\n"], ['"'], ["("] * 300])
def test_any_tokens_have_all_features(tokens):
    for feature in text_features.OF_TEXT.values():
        found = feature(tokens)
        assert found.shape == (len(tokens),)
        assert np.isfinite(found).all()
