"""A stranger's sequence: numbers and symbols as they were meant, or a sentence."""

import io
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_viz.files import checks
from lstm_viz.files.table import read_table
from lstm_viz.networks.gate_order import from_torch
from lstm_viz.networks.model import MAX_RECORD, Model
from lstm_viz.networks.uploaded_sequences import (
    MAX_SEQUENCES,
    MAX_STEPS,
    alphabet,
    drawn,
    from_npy,
    from_typed,
    of_numbers,
    of_symbols,
    of_table,
)
from tests.agreement import assert_equal, refused


def model_of(D: int, V: int | None = None) -> Model:
    """A plain RNN of one unit that reads D numbers, from V vectors where symbols have some."""
    weights = from_torch("RNN", np.ones((1, D)), np.ones((1, 1)))
    vectors = np.eye(D) if V is None else np.arange(V * D, dtype=float).reshape(V, D)
    return Model("RNN", "", {(0, "forward"): weights}, vectors, V is not None, None, ())


def npy(array: Any, version: tuple[int, int] = (1, 0)) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(array), version=version)
    return file.getvalue()


# ---- NPY -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["f2", "f4", "f8", ">f4", "i1", "<i8", "u2", ">u4", "?"])
@pytest.mark.parametrize("shape", [(5,), (5, 2), (5, 2, 3), (1, 1)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_an_npy_file_is_the_array_that_was_saved(kind, shape, order, version):
    array = np.asarray(np.arange(np.prod(shape)).reshape(shape) % 7, kind, order=order)
    found = from_npy(npy(array, version))
    assert found.dtype == array.dtype
    assert_equal(found, array, within=0)


class Runs:
    """Pickled, it asks for a function to be called."""

    def __reduce__(self) -> Any:
        return (print, ("it ran",))


GOOD_NPY = npy(np.arange(6.0).reshape(3, 2))
NO_NPY = {
    "nothing": b"",
    "a text": b"1,2,3\n" * 50,
    "objects": npy(np.array([Runs()], dtype=object)),
    "a pickle": pickle.dumps(Runs()),
    "words": npy(np.array(["a", "b"])),
    "complex numbers": npy(np.array([1j])),
    "dates": npy(np.array(["2024-01-01"], "M8[D]")),
    "named columns": npy(np.zeros(3, [("a", "f4"), ("b", "f4")])),
    "a cut": GOOD_NPY[:-3],
    "a tail": GOOD_NPY + b"\0",
    "a cut header": GOOD_NPY[:40],
    "a billion numbers": GOOD_NPY.replace(b"(3, 2)", b"(999999999, 2)")[: len(GOOD_NPY)],
    "no axis": npy(np.array(3.0)),
    "four axes": npy(np.zeros((1, 1, 1, 1))),
    "no step": npy(np.zeros((0, 2))),
    "code for a shape": GOOD_NPY.replace(b"(3, 2)", b"exit()"),
    "a header with more to say": GOOD_NPY.replace(b"'descr'", b"'descs'"),
}


@pytest.mark.parametrize("data", NO_NPY.values(), ids=NO_NPY)
def test_another_file_is_no_npy(data, capsys):
    with pytest.raises(ValueError, match=r"\w.*\.$"):
        from_npy(data)
    assert capsys.readouterr().out == ""


def test_an_npy_file_is_as_large_as_any_other_may_be(monkeypatch):
    data = npy(np.zeros((2**20, 6)))  # 48 MB: what a page takes is said elsewhere, once
    assert from_npy(data).shape == (2**20, 6)
    monkeypatch.setattr(checks, "MAX_BYTES", len(data) - 1)
    with pytest.raises(ValueError, match="This file has 49 MB"):
        from_npy(data)


@settings(max_examples=800, deadline=None)
@given(st.data())
def test_a_damaged_npy_is_read_or_refused(data):
    damaged = bytearray(GOOD_NPY)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = from_npy(bytes(damaged))
    except ValueError:
        return
    try:
        read = of_numbers(found, model_of(2))
    except ValueError:
        return
    assert np.isfinite(read.x).all()


# ---- tables --------------------------------------------------------------------------------------


def test_columns_of_a_table_are_the_numbers_of_a_step():
    table = read_table(b"hour;load;price\n0;1,5;2\n1;3;4,25\n")
    assert_equal(of_table(table), [[0, 1.5, 2], [1, 3, 4.25]], within=0)
    assert_equal(of_table(table, (2, 1)), [[2, 1.5], [4.25, 3]], within=0)


def test_a_gap_is_refused_where_a_model_would_read_it():
    with refused("gap at step 2, in number 1"):
        of_numbers(of_table(read_table(b"a,b\n1,2\n,3\n")), model_of(2))


# ---- typed numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1 2 3", [[1], [2], [3]]),
        ("0.5, -1,2", [[0.5], [-1], [2]]),
        ("1 2\n3 4\n", [[1, 2], [3, 4]]),
        ("1,2; 3,4", [[1, 2], [3, 4]]),
        ("7", [[7]]),
    ],
)
def test_typed_numbers_are_steps(text, rows):
    assert_equal(from_typed(text), rows, within=0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at least one"),
        (" \n;", "at least one"),
        ("1 two", "'two' is no number"),
        ("1 2\n3", "as many numbers"),
        ("inf", "'inf' is no number"),
        ("1\n" * (MAX_STEPS + 1), f"{MAX_STEPS + 1} steps"),
    ],
)
def test_typed_words_are_refused(text, words):
    with refused(words):
        from_typed(text)


# ---- what a model reads --------------------------------------------------------------------------


def test_a_text_is_read_through_the_vectors_of_its_symbols():
    model = model_of(2, 3)
    read = of_symbols("cab", model, ("a", "b", "c"))
    assert_equal(read.x[:, 0], model.vectors[[2, 0, 1]])
    assert read.tokens == (("c", "a", "b"),)
    assert read.is_text


def test_words_are_found_between_spaces_and_marks():
    read = of_symbols("the cat, the", model_of(3), ("the", "cat", ","))
    assert read.tokens == (("the", "cat", ",", "the"),)
    assert_equal(read.x[:, 0], np.eye(3)[[0, 1, 2, 0]])


def test_spaces_count_where_the_model_knows_them():
    assert of_symbols("a b", model_of(2), ("a", "b")).tokens == (("a", "b"),)
    assert of_symbols("a b", model_of(3), ("a", "b", " ")).tokens == (("a", " ", "b"),)


WORDS = ("<eos>", "don't", "do", "n", "New York", "the", ",", "\n")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("don't, the<eos>", ("don't", ",", "the", "<eos>")),
        ("the\nNew York", ("the", "\n", "New York")),
    ],
)
def test_special_tokens_and_words_with_an_apostrophe_can_be_typed(text, tokens):
    assert of_symbols(text, model_of(8), WORDS).tokens == (tokens,)


def test_odd_symbols_are_read_as_they_are():
    symbols = ("a", "\r", "\u00a0", "")
    assert of_symbols("a\r\u00a0", model_of(4), symbols).tokens == (("a", "\r", "\u00a0"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [("abx", "does not know 'x'"), ("", "at least one"), ("a" * 1001, "1001 steps")],
)
def test_a_text_that_cannot_be_read_is_refused(text, words):
    with refused(words):
        of_symbols(text, model_of(2), ("a", "b"))


@pytest.mark.parametrize(
    ("text", "symbols"),
    [("abc", ("a", "b", "c")), ("the cat sat", ("the", "cat", "sat")), (" aabc ", ("a", "b", "c"))],
)
def test_symbols_are_characters_or_words(text, symbols):
    assert alphabet(text, model_of(3)) == symbols


def test_symbols_of_another_number_are_refused():
    with refused("tells 3 symbols apart; those listed here that differ: 2"):
        alphabet("ab", model_of(3))


def test_arrays_are_steps_of_numbers_or_of_whole_batches():
    assert of_numbers(np.ones((5, 2)), model_of(2)).x.shape == (5, 1, 2)
    read = of_numbers(np.ones((5, 3, 2)), model_of(2))
    assert read.x.shape == (5, 3, 2)
    assert len(read.tokens) == 3
    assert of_numbers(np.array([0.5, 1.5]), model_of(1)).tokens == (("0.5", "1.5"),)
    assert of_numbers(np.array([[0.5, -1]]), model_of(2)).tokens == (("0.5 −1",),)
    assert of_numbers(np.array([[0, 0, 1, 0], [2, 3, 4, 5]]), model_of(4)).tokens == (
        ("#2", "2 3 …"),
    )


def test_whole_numbers_in_a_row_are_numbers_of_symbols():
    model = model_of(2, 5)
    read = of_numbers(np.array([4, 0]), model)
    assert_equal(read.x[:, 0], model.vectors[[4, 0]])
    assert read.tokens == (("4", "0"),)
    assert of_numbers(np.array([1, 0]), model_of(2), ("a", "b")).tokens == (("b", "a"),)


def test_a_column_of_whole_numbers_is_of_symbols_where_the_model_reads_more_than_one_number():
    model = model_of(2, 5)
    assert_equal(of_numbers(np.array([[4.0], [0.0]]), model).x[:, 0], model.vectors[[4, 0]])
    assert of_numbers(np.array([[4.0], [0.0]]), model_of(1)).x.ravel().tolist() == [4, 0]


def test_drawn_symbols_are_rows_of_the_embedding_and_drawn_numbers_are_normal():
    model = model_of(2, 5)
    read = drawn(model)
    names = [[int(token) for token in sequence] for sequence in read.tokens]
    assert_equal(read.x, model.vectors[np.array(names).T])
    numbers = drawn(model_of(3)).x
    assert abs(numbers.mean()) < 0.1
    assert abs(numbers.std() - 1) < 0.1


def test_a_large_model_is_given_fewer_sequences_than_would_fill_the_memory():
    H = 256
    weights = from_torch("LSTM", np.zeros((4 * H, 1)), np.zeros((4 * H, H)))
    places = {(layer, way): weights for layer in range(8) for way in ("forward", "backward")}
    model = Model("LSTM", "", places, np.eye(1), False, None, ())
    T, B, _D = drawn(model).x.shape
    assert model.bytes_for(T, B) <= MAX_RECORD < model.bytes_for(T, B + 1)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.ones((5, 3)), "reads 2 numbers at each step; here are 3"),
        (np.ones(5), "reads 2 numbers"),
        (np.ones((MAX_STEPS + 1, 2)), "steps"),
        (np.ones((2, MAX_SEQUENCES + 1, 2)), "sequences"),
        (np.full((3, 2), np.nan), "gap at step 1"),
        (np.full((3, 2), np.inf), "not finite"),
        (np.full((3, 2), 1e9), "beyond"),
        (np.array([0, 2]), "from 0 to 1; here is 2"),
        (np.array([-1, 0]), "here is -1"),
    ],
)
def test_arrays_that_the_model_does_not_read_are_refused(array, words):
    with refused(words):
        of_numbers(array, model_of(2))
