"""A number and its noun agree, wherever a sentence counts something."""

import re

import pytest

from lstm_viz import counted
from lstm_viz.language import speak
from lstm_viz.words.decay import life, share, steps_to_halve

NOUNS = {
    counted.steps: "step",
    counted.steps_back: "step back",
    counted.units: "unit",
    counted.layers: "layer",
    counted.sequences: "sequence",
    counted.numbers: "number",
    counted.seconds: "second",
    counted.tokens: "token",
    counted.characters: "character",
}


@pytest.mark.parametrize(("said", "noun"), NOUNS.items(), ids=NOUNS.values())
def test_one_is_one_and_all_else_is_several(said, noun):
    several = re.sub(r"^(\w+)", r"\1s", noun)
    assert said(1) == said("1") == f"1 {noun}"
    for number in (0, 2, 21, "1.5", "2.2", "1,000", "more than 9"):
        assert said(number) == f"{number} {several}"
    speak("zh_CN")
    try:
        assert "1" in said(1)
        assert not re.search("[a-z]", said(1))
    finally:
        speak("en")


@pytest.mark.parametrize("half_life", [1, 1.0, 0.99999, 1.04, -1, 2.2, 40, 999])
def test_no_half_life_is_1_steps(half_life):
    for said in (steps_to_halve(half_life), life(half_life)):
        assert re.search(r"\b1 steps|[^1] step\b|\d[.]\d+ step\b", said) is None
        assert re.search(r"\d steps?", said)


def test_what_grew_a_little_is_not_1_times():
    assert share(0.001) == "1.002 times"
    assert share(0.3) == "2 times"
    assert share(-0.001) == "99.8%"
