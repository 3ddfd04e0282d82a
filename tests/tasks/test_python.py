"""Python source from the standard library of the Python that runs this."""

import numpy as np
import pytest

from lstm_viz.tasks import TASKS, python

TASK = TASKS["python"]


def text(codes):
    return "".join(python.SYMBOLS[code] for code in codes)


def test_the_vocabulary_is_printable_ascii_and_the_newline():
    assert len(TASK.symbols) == 96
    assert sorted(TASK.symbols) == ["\n", *map(chr, range(32, 127))]


def test_what_is_learnt_is_this_pythons_own_source():
    learnt = text(python.source(held_out=False))
    assert len(learnt) > 1_000_000
    assert "class Fraction" in learnt
    assert learnt.isascii()


def test_whole_files_are_held_out():
    learnt, tested = (text(python.source(held_out=held_out)) for held_out in (False, True))
    assert "class TextWrapper:" in learnt + tested
    for line in (
        "class Fraction(numbers.Rational):",
        "class TextWrapper:",
        "def heappush(heap, item):",
    ):
        assert (line in learnt) != (line in tested)


def test_a_batch_is_stretches_of_the_source():
    inputs, targets = TASK.batch(np.random.default_rng(0), 4)
    learnt = text(python.source(held_out=False))
    for column in range(4):
        assert text([*inputs[:, column], targets[-1, column]]) in learnt


def test_knowing_pairs_of_characters_is_better_than_knowing_characters():
    single, pairs = TASK.baselines().values()
    assert 4 < single < 5
    assert 3 < pairs < single - 0.5


def test_a_python_without_its_source_is_told_so(monkeypatch, tmp_path):
    monkeypatch.setattr(python.sysconfig, "get_path", lambda name: str(tmp_path))
    python.source.cache_clear()
    with pytest.raises(FileNotFoundError, match="standard library"):
        python.source(held_out=False)


def where(source, what):
    """The source with every character marked that stands there."""
    codes = TASK.encode(tuple(source))[:, None]
    return "".join("^" if so else "." for so in python.surroundings(codes)[what][:, 0])


def test_where_a_character_stands_is_told_by_what_was_read_before_it():
    assert where('say("hi")', python.STRING) == "....^^^.."
    assert where('say("hi")', python.BRACKETS) == "...^^^^^."
    assert where("f('(')", python.BRACKETS) == ".^^^^."
    assert where("a # b(\nc", python.COMMENT) == "..^^^^.."
    assert where("a # b(\nc", python.BRACKETS) == "........"
    assert where("a\n  b c", python.INDENT) == ".^^^..."


def test_a_string_ends_with_its_line_at_the_latest():
    assert where("don't\nx", python.STRING) == "...^^.."
