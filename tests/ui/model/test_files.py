"""Files of every kind on the page about one's own model: taken, or told what they are."""

import io
import json
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save
from streamlit.testing.v1 import AppTest

from tests.networks.test_onnx_model import layer, model_of
from tests.ui.model.test_page import PAGE, opened, text_of
from tests.ui.train import test_material


def seen(at: AppTest) -> str:
    """What stands on the page, as a reader sees it."""
    return test_material.unescaped(text_of(at))


def given(*files: tuple[str, bytes], **address: str) -> AppTest:
    at = opened(PAGE, model="own", **address)
    uploader = at.file_uploader[0]
    for name, data in files:
        uploader = uploader.upload(name, data) if hasattr(uploader, "upload") else uploader
    return uploader.run()


def whole(**words: Any) -> bytes:
    """A model of 5 symbols: embedding, LSTM, and a head that answers with the next one."""
    stream = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {"wte.weight": (5, 3), "fc.weight": (5, 4)}
    shapes |= {"lstm.weight_ih_l0": (16, 3), "lstm.weight_hh_l0": (16, 4), "fc.bias": (5,)}
    arrays = {name: stream.normal(size=s).astype(np.float32) for name, s in shapes.items()}
    return save(arrays, {name: json.dumps(value) for name, value in words.items()})


def test_a_whole_model_is_described_with_its_head_and_vocabulary():
    at = given(("m.safetensors", whole(vocab=["a", "b", "\r", "<eos>", ""])), reads="text")
    assert not at.exception
    assert "It reads 5 symbols as 3 numbers each." in seen(at)
    assert "Its head, 'fc.weight', answers with 5 numbers." in seen(at)
    (box,) = [area for area in at.text_area if area.label.startswith("The text")]
    box.set_value("ab<eos>a").run()
    assert not at.exception
    assert not at.error
    assert "4 units, 4 steps, 1 sequence." in seen(at)


def test_a_vocabulary_that_does_not_fit_is_told():
    assert "“vocab” names 2 symbols; this model reads 5." in seen(
        given(("m.safetensors", whole(vocab=["a", "b"])))
    )


def test_an_onnx_model_is_taken():
    node, arrays = layer("GRU", ways=2, direction="bidirectional")
    at = given(("m.onnx", model_of([node], arrays, "layer.Y")))
    assert not at.exception
    assert "m.onnx, GRU, 1 layer, in both directions, 4 units" in seen(at)


def test_a_direction_that_is_alone_is_shown():
    node, arrays = layer("LSTM", direction="reverse")
    at = given(("m.onnx", model_of([node], arrays, "layer.Y")))
    assert not at.exception
    assert "This direction reads from the end" in seen(at)


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.zeros(3))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("x.npz", npz(), "NumPy"),
        ("x.h5", b"\x89HDF\r\n\x1a\n" + b"\0" * 99, "HDF5"),
        ("x.onnx", b"\x08\x07\x12\x07backend", "ONNX"),
        ("x.keras", b"PK\x03\x04" + b"\0" * 99, "zip archive"),
    ],
)
def test_what_is_no_pt_is_not_called_one(name, data, words):
    at = given((name, data))
    assert words in test_material.unescaped(at.error[0].value)
    assert not at.code or all("torch.load" not in code.value for code in at.code)
    assert "Below is still the example." in seen(at)


def test_the_parts_of_a_model_are_taken_together():
    data = whole(vocab=list("abcde"))
    length = int.from_bytes(data[:8], "little")
    names = [n for n in json.loads(data[8 : 8 + length]) if n != "__metadata__"]
    from safetensors.numpy import load

    arrays = load(data)
    held = {name: f"m-0000{1 + k % 2}-of-00002.safetensors" for k, name in enumerate(names)}
    files = {
        file: save({name: arrays[name] for name in names if held[name] == file})
        for file in dict.fromkeys(held.values())
    }
    index = json.dumps({"weight_map": held}).encode()
    at = given(*files.items(), ("m.safetensors.index.json", index))
    assert not at.exception
    assert "Its head, 'fc.weight', answers with 5 numbers." in seen(at)
