"""Keras itself, on torch, judges what is read of the files that it saves."""

import io
import itertools
import os
import zipfile
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"  # before Keras is imported, here and nowhere else

import h5py
import keras
import numpy as np
import pytest
from keras import layers

import lstm_viz as lv
from lstm_viz.networks.read_model import NotOpened, models
from tests.agreement import assert_equal, refused

# Keras reads its own variables so when it writes them.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

T, B, D, H = 5, 2, 3, 4
WITHIN = 2e-6  # Keras computes in float32
KINDS = ("LSTM", "GRU", "SimpleRNN")
FORMS = (".keras", ".weights.h5", ".h5")


def built(*stack: Any, reads: Any = None) -> Any:
    keras.utils.set_random_seed(3)
    model = keras.Sequential([keras.Input((T, D)) if reads is None else reads, *stack])
    stream = np.random.default_rng(0)
    model.set_weights([stream.normal(0, 0.5, w.shape) for w in model.get_weights()])
    return model


def saved(model: Any, form: str, tmp_path: Path) -> bytes:
    path = tmp_path / f"model{form}"
    if form == ".weights.h5":
        model.save_weights(path)
    else:
        model.save(path)
    return path.read_bytes()


def inputs() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(T, B, D)).astype("float32")


def own(model: Any, x: np.ndarray) -> np.ndarray:
    """What Keras answers, time first."""
    answer = keras.ops.convert_to_numpy(model(np.swapaxes(x, 0, 1)))
    return np.swapaxes(answer, 0, 1) if answer.ndim == 3 else answer


def cell_of(kind: str, units: int, **options: Any) -> Any:
    return getattr(layers, kind)(units, return_sequences=True, **options)


@pytest.mark.parametrize(
    ("kind", "form", "bias"), list(itertools.product(KINDS, FORMS, (True, False)))
)
def test_a_layer_acts_as_keras_says(kind, form, bias, tmp_path):
    model = built(cell_of(kind, H, use_bias=bias))
    found = lv.read_model(saved(model, form, tmp_path), f"model{form}")
    assert (found.inputs, found.sizes) == (D, (H,))
    assert_equal(found.record(inputs()).output, own(model, inputs()), WITHIN)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("reset_after", [True, False])
def test_a_gru_resets_where_it_was_made_to(form, reset_after, tmp_path):
    model = built(cell_of("GRU", H, reset_after=reset_after))
    found = lv.read_model(saved(model, form, tmp_path))
    assert found.cell is lv.CELLS["gru" if reset_after else "gru_reset_before"]
    assert_equal(found.record(inputs()).output, own(model, inputs()), WITHIN)


def test_a_gru_without_a_bias_resets_where_its_config_says(tmp_path):
    model = built(cell_of("GRU", H, reset_after=False, use_bias=False))
    found = lv.read_model(saved(model, ".keras", tmp_path))
    assert_equal(found.record(inputs()).output, own(model, inputs()), WITHIN)


@pytest.mark.parametrize("form", FORMS)
def test_a_stack_in_both_directions_acts_as_keras_says(form, tmp_path):
    both = layers.Bidirectional(cell_of("LSTM", 3))
    model = built(both, cell_of("GRU", 5), layers.Bidirectional(cell_of("SimpleRNN", 2)))
    found = lv.read_model(saved(model, form, tmp_path))
    assert (found.layers, found.sizes, found.kind) == (3, (3, 5, 2), "LSTM/GRU/RNN")
    recording = found.record(inputs())
    assert_equal(recording.output, own(model, inputs()), WITHIN)
    assert recording[1].h.shape == (T, B, 5)
    assert recording[2, "backward"].h.shape == (T, B, 2)


def test_cells_in_one_layer_are_a_stack(tmp_path):
    cells = [layers.LSTMCell(4), layers.GRUCell(5), layers.SimpleRNNCell(2)]
    model = built(layers.RNN(cells, return_sequences=True))
    found = lv.read_model(saved(model, ".keras", tmp_path))
    assert_equal(found.record(inputs()).output, own(model, inputs()), WITHIN)


@pytest.mark.parametrize("name", ["relu", "linear", "hard_sigmoid", "softsign", "elu", "silu"])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "SimpleRNN"])
def test_the_functions_are_those_that_the_layer_was_made_with(kind, name, tmp_path):
    options = {} if kind == "SimpleRNN" else {"recurrent_activation": "hard_sigmoid"}
    model = built(cell_of(kind, H, activation=name, **options))
    found = lv.read_model(saved(model, ".keras", tmp_path))
    assert_equal(found.record(inputs()).output, own(model, inputs()), 1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_model_answers_as_keras_does(form, tmp_path):
    model = built(
        layers.Embedding(7, D),
        layers.Dropout(0.5),
        cell_of("LSTM", H),
        layers.TimeDistributed(layers.Dense(7)) if form == ".keras" else layers.Dense(7),
        layers.Activation("softmax"),
        reads=keras.Input((T,), dtype="int32"),
    )
    found = lv.read_model(saved(model, form, tmp_path))
    symbols = np.random.default_rng(2).integers(0, 7, (T, B))
    recording = found.record(symbols)
    expected = own(model, symbols)
    predicted = found.predictions(recording)
    assert predicted is not None
    assert_equal(predicted, expected, WITHIN)
    assert found.is_embedded
    assert_equal(found.vectors, model.get_weights()[0], 0)


def test_a_head_of_several_layers_answers_at_the_last_step_as_keras_does(tmp_path):
    model = built(layers.LSTM(H), layers.Dense(6, activation="relu"), layers.Dense(1))
    recording = lv.read_model(saved(model, ".keras", tmp_path)).record(inputs())
    assert_equal(recording.output[-1], own(model, inputs()), WITHIN)


def test_a_model_that_is_cut_by_another_layer_has_parts(tmp_path):
    model = built(cell_of("LSTM", H), layers.BatchNormalization(), cell_of("GRU", 2))
    found = models(saved(model, ".keras", tmp_path))
    assert [one.kind for one in found.values()] == ["LSTM", "GRU"]


def test_a_functional_model_and_one_inside_another_are_read_as_well(tmp_path):
    given = keras.Input((T, D))
    inner = keras.Sequential([keras.Input((T, D)), cell_of("LSTM", H, name="zz")])
    model = keras.Model(given, cell_of("GRU", 2, name="aa")(inner(given)))
    found = lv.read_model(saved(model, ".keras", tmp_path))
    assert found.kind == "LSTM/GRU"
    assert_equal(found.record(inputs()).output, own(model, inputs()), WITHIN)


# ---- what is refused -----------------------------------------------------------------------------


def h5(arrays: dict[str, Any], **attributes: Any) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w") as made:
        for name, array in arrays.items():
            made[name] = array
        for name, value in attributes.items():
            made.attrs[name] = value
    return file.getvalue()


def old_keras() -> bytes:
    name = "lstm_1/lstm_1_{}_{}".format
    gates = {name(letter, gate): np.zeros((2, 2)) for letter in "WU" for gate in "ifco"}
    return h5(gates | {name("b", gate): np.zeros(2) for gate in "ifco"})


def one_layer(name: str, bias: int) -> bytes:
    arrays = {"kernel": np.zeros((3, 8)), "recurrent_kernel": np.zeros((2, 8))}
    return h5({f"{name}/{k}:0": array for k, array in (arrays | {"bias": np.zeros(bias)}).items()})


def tensorflow_1() -> bytes:
    cell = "rnn/basic_lstm_cell"
    return h5({f"{cell}/kernel": np.zeros((5, 8)), f"{cell}/bias": np.zeros(8)})


REFUSED = {
    "Keras 1": (old_keras(), "layout of Keras 1"),
    "TensorFlow 1": (tensorflow_1(), "layout of TensorFlow 1"),
    "cuDNN by name": (one_layer("cu_dnnlstm_1", 16), "CuDNNLSTM"),
    "cuDNN by shape": (one_layer("lstm", 16), "CuDNNLSTM"),
    "another shape": (
        h5({"lstm/kernel:0": np.zeros((3, 8)), "lstm/recurrent_kernel:0": np.zeros((2, 9))}),
        "not those of a LSTM",
    ),
    "not a number": (
        h5({"lstm/kernel:0": np.full((3, 8), np.nan), "lstm/recurrent_kernel:0": np.zeros((2, 8))}),
        "not finite",
    ),
    "no layer": (h5({"dense/kernel:0": np.zeros((3, 8))}), "no LSTM"),
    "a cut": (h5({"lstm/kernel:0": np.zeros((3, 8))})[:900], "cannot be read"),
}


@pytest.mark.parametrize(("data", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_read_is_named(data, words):
    with refused(words) as caught:
        lv.read_model(data)
    assert str(caught.value).endswith(".")


def test_directions_that_are_added_are_refused(tmp_path):
    model = built(layers.Bidirectional(cell_of("LSTM", H), merge_mode="sum"))
    with refused("merges", "'sum'"):
        lv.read_model(saved(model, ".keras", tmp_path))


def test_a_link_out_of_the_file_is_not_followed():
    file = io.BytesIO()
    with h5py.File(file, "w") as made:
        made["lstm/kernel:0"] = np.zeros((3, 8))
        made["lstm/recurrent_kernel:0"] = h5py.ExternalLink("/etc/hostname", "x")
    with refused("refers to another one"):
        lv.read_model(file.getvalue())


RAN: list[int] = []


def test_a_lambda_never_runs(tmp_path):
    def marks(x: Any) -> Any:
        RAN.append(1)
        return x

    model = built(cell_of("LSTM", H), layers.Lambda(marks))
    data = saved(model, ".keras", tmp_path)
    assert RAN
    RAN.clear()
    assert lv.read_model(data).sizes == (H,)
    assert not RAN


def test_an_archive_that_would_unpack_without_end_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (2**24 + 10))
        archive.writestr("model.weights.h5", b"")
    with refused("larger than"):
        lv.read_model(file.getvalue())


@pytest.mark.parametrize("form", [".npz", ".npy", ".zip"])
def test_other_archives_are_never_called_a_pt(form):
    file = io.BytesIO()
    if form == ".npz":
        np.savez(file, a=np.zeros(3))
    elif form == ".npy":
        np.save(file, np.zeros(3))
    else:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("readme.txt", "x")
    with pytest.raises(ValueError, match=r"NumPy|archive") as caught:
        lv.read_model(file.getvalue(), f"x{form}")
    assert not isinstance(caught.value, NotOpened)
    assert ".pt" not in str(caught.value)


# ---- layers themselves ---------------------------------------------------------------------------

LAYERS = {
    "LSTM": lambda: layers.LSTM(H, return_sequences=True),
    "the last step of an LSTM": lambda: layers.LSTM(H),
    "GRU": lambda: layers.GRU(H, return_sequences=True),
    "GRU, reset before": lambda: layers.GRU(H, reset_after=False, return_sequences=True),
    "SimpleRNN with relu": lambda: layers.SimpleRNN(H, activation="relu", return_sequences=True),
    "both directions": lambda: layers.Bidirectional(layers.LSTM(H, return_sequences=True)),
    "the last step of both": lambda: layers.Bidirectional(layers.GRU(H)),
    "stacked cells": lambda: layers.RNN(
        [layers.LSTMCell(H), layers.LSTMCell(2)], return_sequences=True
    ),
}


@pytest.mark.parametrize("made", LAYERS.values(), ids=LAYERS)
def test_a_layer_is_recorded_as_it_acts(made):
    layer = made()
    x = np.swapaxes(inputs(), 0, 1)
    expected = keras.ops.convert_to_numpy(layer(x))
    recording = lv.record(layer, x)
    assert_equal(recording.output, expected, WITHIN)
    assert recording.proof is not None
    assert recording.proof < WITHIN


def test_a_layer_that_cannot_be_recorded_says_why():
    with refused("no weights yet"):
        lv.record(layers.LSTM(H), np.zeros((1, 2, D)))
    stateful = layers.LSTM(H, stateful=True)
    stateful(np.zeros((1, 2, D)))
    with refused("stateful"):
        lv.record(stateful, np.zeros((1, 2, D)))
