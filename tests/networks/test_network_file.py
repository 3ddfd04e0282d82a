"""A file from a stranger is believed in nothing."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save

from lstm_viz.cells import CELLS
from lstm_viz.files.checks import MAX_BYTES
from lstm_viz.files.safetensors import MAX_TENSORS
from lstm_viz.networks import network_file
from lstm_viz.networks.network import FORMAT, from_bytes, untrained
from lstm_viz.networks.network_file import read
from lstm_viz.tasks import TASKS

GOOD = untrained(TASKS["counting"], CELLS["lstm"], hidden=3, embedding=2).to_bytes()


def file(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(shape, start=0, end=None, dtype="F32"):
    end = start + int(np.prod(shape)) * 4 if end is None else end
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


HOSTILE = {
    "nothing": b"",
    "too short": b"\x01\x00\x00",
    "no safetensors": b"PK\x03\x04" + b"a" * 200,
    "a header longer than the file": (2**40).to_bytes(8, "little") + b"{}",
    "a header longer than any of ours": file(b" " * 40_000 + b"{}"),
    "a header that is no JSON": file(b"{'a': 1}"),
    "a header that is a list": file([1, 2]),
    "a header without end": file(b"[" * 10_000),
    "a header that is no text": file(b"\xff\xfe{}"),
    "no arrays": file({}),
    "one name twice": file(
        b'{"a":%s,"a":%s}' % ((json.dumps(entry([1])).encode(),) * 2), b"\0" * 4
    ),
    "numbers as metadata": file({"__metadata__": {"a": 1}, "a": entry([1])}, b"\0" * 4),
    "a list as metadata": file({"__metadata__": [], "a": entry([1])}, b"\0" * 4),
    "an entry that is a number": file({"a": 3}, b"\0" * 4),
    "an entry with more to say": file({"a": entry([1]) | {"code": "x"}}, b"\0" * 4),
    "whole numbers": file({"a": entry([1], dtype="I32")}, b"\0" * 4),
    "a type that numpy has not": file({"a": entry([4], end=4, dtype="F8_E4M3")}, b"\0" * 4),
    "a type that is a list": file({"a": entry([1], dtype=["F32"])}, b"\0" * 4),
    "a shape of true": file({"a": entry([1]) | {"shape": [True]}}, b"\0" * 4),
    "a shape of fractions": file({"a": entry([1]) | {"shape": [1.0]}}, b"\0" * 4),
    "a negative shape": file({"a": entry([1]) | {"shape": [-1]}}, b"\0" * 4),
    "an empty shape": file({"a": entry([0])}, b""),
    "a billion numbers in four bytes": file({"a": entry([10**9], end=4)}, b"\0" * 4),
    "three axes": file({"a": entry([1, 1, 1])}, b"\0" * 4),
    "arrays over each other": file({"a": entry([2]), "b": entry([2])}, b"\0" * 8),
    "a gap": file({"a": entry([1]), "b": entry([1], 8)}, b"\0" * 12),
    "a tail": file({"a": entry([1])}, b"\0" * 8),
    "a cut": file({"a": entry([2])}, b"\0" * 4),
    "an offset that is a word": file({"a": entry([1]) | {"data_offsets": ["0", "4"]}}, b"\0" * 4),
    "one offset": file({"a": entry([1]) | {"data_offsets": [4]}}, b"\0" * 4),
    "too many arrays": file(
        {f"a{k}": entry([1], 4 * k) for k in range(MAX_TENSORS + 1)}, b"\0" * 4 * (MAX_TENSORS + 1)
    ),
    "not a number": save({"a": np.array([np.nan], np.float32)}),
    "infinity": save({"a": np.array([-np.inf], np.float32)}),
    "a number beyond reason": save({"a": np.array([1e30], np.float32)}),
    "too large": b"\0" * (MAX_BYTES + 1),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_file_that_lies_is_refused_in_words(data):
    with pytest.raises(ValueError, match="no network file of ours") as caught:
        read(data)
    assert len(str(caught.value)) < 300


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else_happens(data):
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        del damaged[data.draw(st.integers(0, len(damaged) - 1)) :]
    with contextlib.suppress(ValueError):
        from_bytes(bytes(damaged))


def words(**changes):
    _, found = read(GOOD)
    return {**found, **changes}


def arrays(**changes):
    found, _ = read(GOOD)
    found |= changes
    return {name: array for name, array in found.items() if array is not None}


NO_NETWORK = {
    "another format": ({}, {"format": "something else"}, FORMAT),
    "a task that there is not": ({}, {"task": "chess"}, "chess"),
    "other symbols": ({}, {"symbols": '["a", "b"]'}, "other symbols"),
    "a cell that is none": ({}, {"layers": '[{"name": "", "text": "h = q", "initial": {}}]'}, "q"),
    "a cell that runs code": (
        {},
        {"layers": '[{"name": "", "text": "h = __import__(1)", "initial": {}}]'},
        "",
    ),
    "layers without words": ({}, {"layers": "[{}]"}, "does not say"),
    "layers of numbers": ({}, {"layers": "[1]"}, "does not say"),
    "no layers": ({}, {"layers": "[]"}, "layers"),
    "metrics that are no JSON": ({}, {"metrics": "{"}, "does not say"),
    "a weight too many": ({"layer0.W_q": np.zeros((3, 2))}, {}, "W_q"),
    "a weight too few": ({"layer0.U_f": None}, {}, "U_f"),
    "a weight of another shape": ({"layer0.b_i": np.zeros(4)}, {}, "b_i"),
    "a head for other symbols": ({"head.bias": np.zeros(9)}, {}, "head.bias"),
    "no head": ({"head.weight": None}, {}, "head"),
    "too many units": ({"head.weight": np.zeros((4, 300))}, {}, "256"),
}


@pytest.mark.parametrize(("array", "word", "named"), NO_NETWORK.values(), ids=NO_NETWORK)
def test_a_good_file_that_holds_no_network_is_refused_in_words(array, word, named):
    with pytest.raises(ValueError, match=r"\w") as caught:
        from_bytes(network_file.write(arrays(**array), words(**word)))
    assert named in str(caught.value)


def test_words_that_are_missing_are_named():
    for missing in ("task", "symbols", "layers", "metrics", "training"):
        kept = {name: word for name, word in words().items() if name != missing}
        with pytest.raises(ValueError, match=missing):
            from_bytes(network_file.write(arrays(), kept))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_real_numbers_of_any_width_are_read(dtype):
    saved = save({"a": np.array([0.5, -2], dtype)})
    np.testing.assert_array_equal(read(saved)[0]["a"], [0.5, -2])
