"""A stranger's model: read as torch has it, or refused in a sentence; nothing else happens."""

import contextlib
import io
import itertools
import json
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save
from safetensors.torch import save as torch_save
from safetensors.torch import save_model
from torch import nn

import lstm_viz as lv
from lstm_viz.files import checks
from lstm_viz.files.checks import MAX_VALUE
from lstm_viz.files.safetensors import Stored
from lstm_viz.networks.model import MAX_HIDDEN
from lstm_viz.networks.read_model import CONVERSION, NotOpened, models
from lstm_viz.networks.state_dict import Arrays, torch_models
from tests.agreement import assert_equal, refused

D, H = 3, 4


def state_dict(module: Any, prefix: str = "") -> dict[str, np.ndarray]:
    return {prefix + name: array.numpy() for name, array in module.state_dict().items()}


def as_file(arrays: Mapping[str, np.ndarray], **words: str) -> bytes:
    return save({name: np.ascontiguousarray(a) for name, a in arrays.items()}, words or None)


def module_of(kind: str, **options: Any) -> Any:
    torch.manual_seed(0)
    return getattr(nn, kind)(D, H, **options)


def with_header(header: Any, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(shape: list[Any], start: int = 0, end: int | None = None, kind: Any = "F32") -> dict:
    size = 4 * int(np.prod(shape)) if end is None else end - start
    return {"dtype": kind, "shape": shape, "data_offsets": [start, start + size]}


GOOD_ARRAYS = state_dict(module_of("LSTM", num_layers=2, bidirectional=True), "encoder.lstm.")
GOOD = as_file(GOOD_ARRAYS)
PLAIN = state_dict(module_of("LSTM"))


# ---- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "layers", "bidirectional", "bias"),
    list(itertools.product(("LSTM", "GRU", "RNN"), (1, 3), (False, True), (False, True))),
)
@pytest.mark.parametrize("prefix", ["", "model.rnn."])
def test_a_state_dict_acts_as_its_module(kind, layers, bidirectional, bias, prefix):
    module = module_of(kind, num_layers=layers, bidirectional=bidirectional, bias=bias)
    (model,) = models(as_file(state_dict(module, prefix))).values()
    assert (model.kind, model.layers, len(model.ways)) == (kind, layers, 1 + bidirectional)
    assert (model.inputs, model.hidden, model.prefix) == (D, H, prefix)
    assert model.unread == ()
    x = torch.randn(6, 2, D, generator=torch.Generator().manual_seed(1))
    ours, theirs = model.record(x.double().numpy()), lv.record(module.double(), x.double())
    assert_equal(ours.output, theirs.output)
    for place, trace in theirs.traces.items():
        for name in trace.signals:
            assert_equal(ours[place][name], trace[name], of=(place, name))


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_a_cell_is_a_layer(kind):
    module = module_of(f"{kind}Cell").double()
    (model,) = models(as_file(state_dict(module, "cell."))).values()
    x = torch.randn(5, 2, D, dtype=torch.float64)
    assert_equal(model.record(x.numpy()).output, lv.record(module, x).output)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_every_precision_that_numpy_has_is_read(dtype):
    arrays = {name: array.astype(dtype) for name, array in PLAIN.items()}
    (model,) = models(as_file(arrays)).values()
    assert_equal(
        model.weights[0, "forward"]["W_i"], arrays["weight_ih_l0"][:H].astype(float), within=0
    )


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_a_module_in_half_precision_acts_as_torch_says_its_weights_are(dtype):
    module = module_of("LSTM", num_layers=2, bidirectional=True).to(dtype)
    (model,) = models(torch_save(module.state_dict())).values()
    x = torch.randn(6, 2, D, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert_equal(model.record(x.numpy()).output, lv.record(module.double(), x).output)


def test_every_bfloat16_is_widened_as_torch_widens_it():
    every = torch.arange(2**16, dtype=torch.int32).to(torch.uint16).view(torch.bfloat16)
    wide = every.double()
    usual = every[wide.abs() <= MAX_VALUE]  # nor is NaN
    assert len(usual) > 2**15
    data = usual.view(torch.uint16).numpy().astype("<u2").tobytes()
    side = 128
    rows = len(usual) // side
    found = Stored("w", "BF16", (rows, side), 0).numbers(data)
    expected = usual[: rows * side].double().reshape(rows, side).numpy()
    assert (found == expected).all()
    assert (np.signbit(found) == np.signbit(expected)).all()


@pytest.mark.parametrize("bits", [0x7FC0, 0x7F80, 0xFF80, 0x461D])
def test_a_bfloat16_that_is_no_weight_is_refused(bits):
    data = np.array([bits, 0], "<u2").tobytes()
    with pytest.raises(ValueError, match="not finite, or beyond ±10000"):
        Stored("w", "BF16", (2,), 0).numbers(data)


def test_what_else_is_in_the_file_is_named_and_left_alone():
    others = {
        "conv.weight": np.zeros((2, 3, 5, 5), np.float32),
        "norm.num_batches_tracked": np.array(7),
        "fc.weight": np.full((2, H), np.nan, np.float32),
    }
    (model,) = models(as_file(PLAIN | others)).values()
    assert set(model.unread) == set(others)


def test_a_type_without_numbers_in_numpy_may_lie_beside():
    data = save(PLAIN)
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header["head.weight"] = entry([2], len(data) - 8 - length, len(data) - 4 - length, "BF16")
    (model,) = models(with_header(header, data[8 + length :] + b"\0" * 4)).values()
    assert model.unread == ("head.weight",)


def test_two_models_in_a_file_are_both_there():
    arrays = state_dict(module_of("LSTM"), "encoder.") | state_dict(module_of("GRU"), "decoder.")
    found = models(as_file(arrays))
    assert {prefix: model.kind for prefix, model in found.items()} == {
        "encoder.": "LSTM",
        "decoder.": "GRU",
    }


def test_of_two_models_one_that_is_broken_does_not_hide_the_other():
    arrays = state_dict(module_of("LSTM"), "a.") | {"b.weight_ih_l0": np.zeros((8, 2), np.float32)}
    assert list(models(as_file(arrays))) == ["a."]


def test_an_embedding_with_rows_of_the_right_width_is_what_symbols_are_read_through():
    rows = np.random.default_rng(0).normal(size=(7, D)).astype(np.float32)
    (model,) = models(as_file(PLAIN | {"embed.weight": rows}, symbols='["a","b"]')).values()
    assert model.is_embedded
    assert_equal(model.vectors, rows)
    assert model.symbols is None  # 2 names for 7 rows
    (model,) = models(as_file(PLAIN, symbols='["a","b","\\n"]')).values()
    assert not model.is_embedded
    assert_equal(model.vectors, np.eye(D))
    assert model.symbols == ("a", "b", "\n")


@pytest.mark.parametrize(
    "symbols",
    [
        "[",
        "{}",
        "[1,2,3]",
        '["a","b"]',
        '{"a":0,"b":1}',
        json.dumps(["a", "b", "c" * 201]),
        "[" * 9999,
    ],
)
def test_symbols_that_are_no_texts_for_each_input_are_not_taken(symbols):
    (model,) = models(as_file(PLAIN, symbols=symbols)).values()
    assert model.symbols is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("symbols", ["a", "b", ""]),
        ("vocab", ["\r", "\u00a0", "\u202e"]),
        ("char_to_idx", {"\n": 2, "b": 1, "a": 0}),
        ("idx2char", {"0": "a", "1": "b", "2": "\t"}),
        ("itos", json.dumps(["<eos>", "don't", "b"])),
        ("tokenizer", {"stoi": {"x": 1, "y": 0, "z": 2}, "unk": 0}),
        ("chars", "xyz"),
        ("vocab", ["a", "a", "b"]),
        ("word_index", {"the": 1, "cat": 2}),
    ],
)
def test_a_vocabulary_is_found_however_it_is_written(name, value):
    data = save(PLAIN, {"format": "pt", name: value if name == "chars" else json.dumps(value)})
    (model,) = models(data).values()
    expected = {
        "char_to_idx": ("a", "b", "\n"),
        "idx2char": ("a", "b", "\t"),
        "itos": ("<eos>", "don't", "b"),
        "tokenizer": ("y", "x", "z"),
        "chars": ("x", "y", "z"),
        "word_index": ("<0>", "the", "cat"),
    }
    assert model.symbols == expected.get(name, tuple(value))


def test_a_vocabulary_with_a_symbol_on_each_line_is_read():
    for lines in ("the\ncat\nsat", "the\ncat\nsat\n", "the\r\ncat\r\nsat\r\n"):
        (model,) = models(as_file(PLAIN, vocab=lines)).values()
        assert model.symbols == ("the", "cat", "sat")


@pytest.mark.parametrize("text", ["a b b", "{", "", "3", "[[1, 2]]", "null"])
def test_a_vocabulary_in_no_known_form_is_not_dropped_in_silence(text):
    (model,) = models(as_file(PLAIN, vocab=text)).values()
    assert model.symbols is None
    assert "“vocab” is no list of symbols" in model.notes[0]


def test_a_vocabulary_of_another_length_is_not_dropped_in_silence():
    (model,) = models(as_file(PLAIN, symbols='["a","b"]')).values()
    assert model.symbols is None
    assert "names 2 symbols; this model reads 3" in model.notes[0]


def whole(V: int = 6, E: int = 3, tied: bool = False) -> Any:
    """A model with an embedding of any name, two layers in one module, and a head."""
    torch.manual_seed(5)
    made = nn.Module()
    made.encoder = nn.Embedding(V, E)
    made.rnn = nn.LSTM(E, E, 2)
    made.decoder = nn.Linear(E, V)
    if tied:
        made.decoder.weight = made.encoder.weight
    return made.double()


def answer(made: Any, symbols: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        h, _last = made.rnn(made.encoder(torch.tensor(symbols)))
        return made.decoder(h).numpy()


@pytest.mark.parametrize("tied", [False, True])
def test_a_whole_model_answers_as_its_modules_do(tied, tmp_path):
    made, symbols = whole(tied=tied), np.random.default_rng(0).integers(0, 6, (5, 2))
    save_model(made, str(tmp_path / "m.safetensors"))  # which keeps one of two tied tensors
    (model,) = models((tmp_path / "m.safetensors").read_bytes()).values()
    assert model.is_embedded
    assert_equal(model.record(symbols).output, answer(made, symbols))
    odds = model.predictions(model.record(symbols))
    assert odds is not None
    assert_equal(odds.sum(-1), np.ones((5, 2)))


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("key", [None, "model_state_dict", "state_dict"])
def test_the_two_lines_convert_checkpoints_and_tied_weights(tied, key, tmp_path):
    made, symbols = whole(tied=tied), np.random.default_rng(0).integers(0, 6, (5, 2))
    found = made.state_dict()
    torch.save({"epoch": 3, key: found} if key else found, tmp_path / "model.pt")
    subprocess.run([sys.executable, "-c", CONVERSION], cwd=tmp_path, check=True)
    (model,) = models((tmp_path / "model.safetensors").read_bytes()).values()
    assert_equal(model.record(symbols).output, answer(made, symbols), 1e-6)


@pytest.mark.parametrize("names", [("cells.0", "cells.1"), ("lstm1", "lstm2"), ("a.rnn", "a.rnn2")])
@pytest.mark.parametrize("kind", ["LSTMCell", "GRUCell", "LSTM"])
def test_modules_of_one_name_with_numbers_are_a_stack(names, kind):
    stack = [module_of(kind), getattr(nn, kind)(H, 2)]
    arrays: dict[str, np.ndarray] = {}
    for name, module in zip(names, stack, strict=True):
        arrays |= state_dict(module, f"{name}.")
    (model,) = models(as_file(arrays)).values()
    assert model.sizes == (H, 2)
    x = torch.randn(5, 2, D, dtype=torch.float64)
    below = lv.record(stack[0].double(), x).output
    above = lv.record(stack[1].double(), torch.tensor(np.array(below))).output
    assert_equal(model.record(x.numpy()).output, above)


def test_files_that_belong_together_are_one_model():
    arrays = state_dict(module_of("LSTM", num_layers=2), "lstm.")
    names = list(arrays)
    parts = {"a.safetensors": names[:3], "b.safetensors": names[3:]}
    files = {file: as_file({name: arrays[name] for name in held}) for file, held in parts.items()}
    held = {name: file for file, names in parts.items() for name in names}
    files["model.safetensors.index.json"] = json.dumps({"weight_map": held}).encode()
    one, together = lv.read_model(as_file(arrays)), lv.read_model(files)
    x = np.random.default_rng(0).normal(size=(4, 1, D))
    assert_equal(together.record(x).output, one.record(x).output, 0)
    with refused("not here", "b.safetensors"):
        lv.read_model({name: data for name, data in files.items() if not name.startswith("b")})
    with refused("index of a model", "a.safetensors"):
        lv.read_model(files["model.safetensors.index.json"])


def test_a_word_model_of_ten_thousand_words_opens():
    arrays = state_dict(nn.LSTM(300, 512), "lstm.")
    arrays |= {"emb.weight": np.zeros((10_000, 300), np.float32)}
    arrays |= {"fc.weight": np.zeros((10_000, 512), np.float32)}
    data = as_file(arrays, vocab=json.dumps([f"word{k}" for k in range(10_000)]))
    assert len(data) > 24 * 2**20
    model = lv.read_model(data)
    assert (model.hidden, len(model.symbols or ()), model.answers) == (512, 10_000, 10_000)
    assert model.record(np.array([[1], [9_999]])).output.shape == (2, 1, 10_000)


def test_inputs_too_many_for_symbols_are_numbers():
    (model,) = models(as_file(state_dict(nn.GRU(4096, 1)))).values()
    assert model.vectors.shape == (0, 4096)


def test_a_header_whose_length_looks_like_a_pickle_is_no_pickle():
    for padding in range(700):
        data = as_file(PLAIN, note="x" * padding)
        if data[:2] in (b"\x80\x02", b"\x80\x03"):
            break
    else:
        pytest.fail("no such length was met")
    assert len(models(data)) == 1


# ---- what is refused -----------------------------------------------------------------------------


def pickled() -> bytes:
    file = io.BytesIO()
    torch.save(module_of("LSTM").state_dict(), file)
    return file.getvalue()


def pickled_as_once() -> bytes:
    file = io.BytesIO()
    torch.save(module_of("LSTM").state_dict(), file, _use_new_zipfile_serialization=False)
    return file.getvalue()


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * 10**7)
    return file.getvalue()


@pytest.mark.parametrize("data", [pickled(), pickled_as_once(), bomb(), b"\x80\x04cos\nsystem\n"])
def test_a_pt_file_is_not_opened(data):
    with pytest.raises(NotOpened, match="not opened here"):
        models(data)


def test_the_two_lines_make_of_a_pt_file_one_that_is_read(tmp_path: Path) -> None:
    assert len(CONVERSION.strip().splitlines()) == 2
    module = module_of("LSTM", num_layers=2)
    torch.save(module.state_dict(), tmp_path / "model.pt")
    subprocess.run([sys.executable, "-c", CONVERSION], cwd=tmp_path, check=True)
    (model,) = models((tmp_path / "model.safetensors").read_bytes()).values()
    assert (model.kind, model.layers) == ("LSTM", 2)


def without(*names: str) -> dict[str, np.ndarray]:
    return {name: array for name, array in PLAIN.items() if name not in names}


def zeros(*shape: int) -> np.ndarray:
    return np.zeros(shape, np.float32)


ROWS = np.zeros((MAX_HIDDEN + 1, MAX_HIDDEN + 1), np.float16)
NO_MODEL = {
    "no recurrent names": (as_file({"fc.weight": zeros(2, 2)}), "'fc.weight'"),
    "names of Keras": (as_file({"kernel": zeros(2, 8), "recurrent_kernel": zeros(2, 8)}), "kernel"),
    "a projection": (as_file(state_dict(nn.LSTM(D, H, proj_size=2))), "proj_size"),
    "no hidden matrix": (as_file(without("weight_hh_l0")), "weight_hh_l0"),
    "no first layer": (
        as_file({name.replace("l0", "l1"): a for name, a in PLAIN.items()}),
        "weight_ih_l0",
    ),
    "one bias only": (as_file(without("bias_hh_l0")), "bias_hh_l0"),
    "a direction without weights": (
        as_file(PLAIN | {"bias_hh_l0_reverse": zeros(16)}),
        "weight_ih_l0_reverse",
    ),
    "a gap between layers": (
        as_file(PLAIN | {name.replace("l0", "l2"): a for name, a in PLAIN.items()}),
        "weight_ih_l1",
    ),
    "too many layers": (
        as_file(PLAIN | {name.replace("l0", "l99"): a for name, a in PLAIN.items()}),
        "100 layers",
    ),
    "five gates": (
        as_file({"weight_ih_l0": zeros(20, 3), "weight_hh_l0": zeros(20, 4)}),
        "20 rows for 4 units",
    ),
    "rows that are no gates": (
        as_file({"weight_ih_l0": zeros(17, 3), "weight_hh_l0": zeros(17, 4)}),
        "17 rows",
    ),
    "one row more": (as_file(PLAIN | {"weight_hh_l0": zeros(12, 4)}), "(12, 4)"),
    "a bias of another size": (as_file(PLAIN | {"bias_ih_l0": zeros(15)}), "(15,)"),
    "a bias that is a matrix": (as_file(PLAIN | {"bias_ih_l0": zeros(16, 1)}), "(16, 1)"),
    "three axes": (as_file(PLAIN | {"weight_ih_l0": zeros(16, 3, 1)}), "a matrix"),
    "a second layer that reads something else": (
        as_file(
            PLAIN
            | {name.replace("l0", "l1"): a for name, a in PLAIN.items()}
            | {"weight_ih_l1": zeros(16, 9)}
        ),
        "(16, 9)",
    ),
    "cell and layer mixed": (as_file(PLAIN | {"weight_ih": zeros(16, 3)}), "fits to no layer"),
    "too many units": (
        as_file({"weight_ih_l0": zeros(MAX_HIDDEN + 1, 1), "weight_hh_l0": ROWS}),
        f"{MAX_HIDDEN + 1} units",
    ),
    "not a number": (as_file(PLAIN | {"bias_ih_l0": np.full(16, np.nan, "f4")}), "not finite"),
    "infinity": (as_file(PLAIN | {"bias_ih_l0": np.full(16, -np.inf, "f4")}), "not finite"),
    "beyond reason": (as_file(PLAIN | {"bias_ih_l0": np.full(16, 1e30, "f4")}), "beyond"),
    "whole numbers": (as_file(PLAIN | {"bias_ih_l0": np.zeros(16, "i4")}), "I32"),
    "an embedding that is not finite": (
        as_file(PLAIN | {"embedding.weight": np.full((5, D), np.inf, "f4")}),
        "'embedding.weight'",
    ),
    "eight bits": (
        with_header(
            {
                "weight_ih_l0": entry([4, 1], 0, 4, "F8_E4M3"),
                "weight_hh_l0": entry([4, 1], 4, 8, "F8_E4M3"),
            },
            b"\0" * 8,
        ),
        "save it as F32",
    ),
    "no unit": (
        with_header({"weight_ih_l0": entry([0, 3]), "weight_hh_l0": entry([0, 0])}),
        "a matrix",
    ),
    "nothing": (b"", "cut short"),
    "a cut": (GOOD[: len(GOOD) // 2], "do not fill the file"),
    "a cut in the header": (GOOD[:100], "cut short"),
    "a tail": (GOOD + b"\0", "do not fill the file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "cut short"),
    "a text": (b"weight_ih_l0 = 3\n" * 40, "cut short"),
    "a header without end": (with_header(b"[" * 9999), "not JSON"),
    "a header of numbers too long to read": (
        with_header(b'{"a":' + b"9" * 5000 + b"}"),
        "not JSON",
    ),
    "a header that is no text": (with_header(b"{\xff\xfe}"), "not JSON"),
    "one name twice": (with_header(b'{"a":1,"a":2}'), "twice"),
    "an entry that is a list": (with_header({"weight_ih_l0": []}), "the entry of"),
    "a billion numbers in four bytes": (
        with_header({"weight_ih_l0": entry([10**9], 0, 4)}, b"\0" * 4),
        "has the shape",
    ),
    "shapes that wrap around": (
        with_header({"weight_ih_l0": entry([2**32, 2**32], 0, 0)}),
        "has the shape",
    ),
    "a negative side": (with_header({"weight_ih_l0": entry([-1], 0, 4)}, b"\0" * 4), "shape"),
    "many axes": (with_header({"weight_ih_l0": entry([1] * 99)}, b"\0" * 4), "shape"),
    "a type nobody knows": (
        with_header({"weight_ih_l0": entry([1], kind="Q99")}, b"\0" * 4),
        "'Q99'",
    ),
    "a type that is a table": (
        with_header({"weight_ih_l0": entry([1], kind={})}, b"\0" * 4),
        "unknown type",
    ),
    "arrays over each other": (
        with_header({"weight_ih_l0": entry([2]), "weight_hh_l0": entry([2])}, b"\0" * 8),
        "overlap",
    ),
    "a name that is markup": (
        as_file({"<img src=x onerror=alert(1)>": zeros(1)}),
        "'<img src=x onerror=alert(1)>'",
    ),
    "a name that turns the text around": (as_file({"\u202egnp.": zeros(1)}), "\\u202e"),
    "a name that is half a letter": (
        with_header(b'{"\\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', b"\0" * 4),
        "\\ud800",
    ),
    "a name without end": (as_file({"a" * 9999: zeros(1)}), "aaa\\u2026"),
}


@pytest.mark.parametrize(("data", "words"), NO_MODEL.values(), ids=NO_MODEL)
def test_a_file_without_a_whole_model_gets_a_sentence(data, words):
    with refused(words) as caught:
        models(data)
    sentence = str(caught.value)
    assert len(sentence) < 500
    assert sentence.endswith(".")
    sentence.encode()  # it can be sent to a browser


@pytest.mark.parametrize("data", [data for data, _ in NO_MODEL.values()], ids=NO_MODEL)
def test_refusing_takes_no_memory_to_speak_of(data):
    tracemalloc.start()
    try:
        with contextlib.suppress(ValueError):
            models(data)
        assert tracemalloc.get_traced_memory()[1] < 2**20 + 3 * len(data)
    finally:
        tracemalloc.stop()


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else_happens(data):
    damaged = bytearray(GOOD)
    # Mostly in the header: that is where a byte decides something.
    last = data.draw(st.sampled_from([len(GOOD) - 1, 8 + int.from_bytes(GOOD[:8], "little")]))
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, last))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        at, length = data.draw(st.integers(0, last)), data.draw(st.integers(0, 40))
        del damaged[at : at + length]
    try:
        found = models(bytes(damaged))
    except ValueError as problem:
        str(problem).encode()
    else:
        for model in found.values():
            assert np.isfinite(model.record(np.ones((2, 1, model.inputs))).output).all()


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=9,
    )
)
def test_any_header_is_refused_in_words(header):
    with pytest.raises(ValueError, match=r"\w"):
        models(with_header({"weight_ih_l0": header, "weight_hh_l0": header}, b"\0" * 8))


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(checks, "MAX_BYTES", len(GOOD) - 1)
    with refused("at most"):
        models(GOOD)


def test_more_weights_than_can_be_followed_are_refused():
    shapes = {"weight_ih_l0": (16384, 1), "weight_hh_l0": (16384, 4096)}
    stored = {name: Stored(name, "F32", shape, 0) for name, shape in shapes.items()}
    with refused("The recurrent layers have"):
        torch_models(Arrays(stored, {}, {}))


def test_a_recording_that_would_fill_the_memory_is_refused():
    (model,) = models(as_file(state_dict(nn.LSTM(1, 256)))).values()
    with refused("1000 steps of 64 sequences"):
        model.record(np.zeros((1000, 64, 1)))
