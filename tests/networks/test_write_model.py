"""What is written for other programs does there what it does here: their runtimes say so."""

import itertools
import os
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import onnxruntime
import pytest
import torch
from keras import layers
from safetensors.torch import load

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.networks.network import Network, untrained
from lstm_viz.networks.write_model import (
    CELLS_KNOWN,
    knows,
    to_keras_file,
    to_onnx_file,
    to_state_dict_file,
)
from lstm_viz.tasks import TASKS
from tests.agreement import assert_equal, refused

WITHIN = 5e-6  # of numbers in single precision
TASK_NAMES = ("reber", "load")

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def network_of(task: str, cell: str) -> Network:
    return untrained(TASKS[task], CELLS[cell], 6, 4, layers=2, seed=3)


def inputs_of(network: Network) -> Any:
    stream = np.random.default_rng(0)
    if network.symbols:
        return stream.integers(0, len(network.symbols), (7, 2))
    return stream.normal(size=(7, 2, network.task.width)).astype(np.float32)


def cases(library: str) -> Any:
    return pytest.mark.parametrize(
        ("task", "cell"), list(itertools.product(TASK_NAMES, CELLS_KNOWN[library]))
    )


@cases("onnx")
def test_onnx_runtime_answers_as_the_network(task, cell):
    network = network_of(task, cell)
    data, x = to_onnx_file(network), inputs_of(network)
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    assert_equal(session.run(None, {"input": x})[0], network.record(x).output, WITHIN)
    again = lv.read_model(data)
    assert again.symbols == network.symbols
    assert_equal(again.record(x).output, network.record(x).output, WITHIN)


@cases("torch")
def test_torch_answers_as_the_network(task, cell):
    network = network_of(task, cell)
    x, kind = inputs_of(network), CELLS_KNOWN["torch"][cell][0]
    made = torch.nn.Module()
    if network.embedding is not None:
        made.embedding = torch.nn.Embedding(*network.embedding.shape)
    made.rnn = getattr(torch.nn, kind)(4 if network.symbols else network.task.width, 6, 2)
    made.head = torch.nn.Linear(6, len(network.head_bias))
    made.load_state_dict(load(to_state_dict_file(network)))
    with torch.no_grad():
        read = torch.tensor(x)
        h, _last = made.rnn(made.embedding(read) if network.symbols else read)
        answer = made.head(h).numpy()
    assert_equal(answer, network.record(x).output, WITHIN)


@cases("keras")
def test_keras_answers_as_the_network(task, cell, tmp_path):
    network = network_of(task, cell)
    x, (kind, options) = inputs_of(network), CELLS_KNOWN["keras"][cell]
    stack = [getattr(layers, kind)(6, return_sequences=True, **options) for _ in range(2)]
    begin = [keras.Input((None,) if network.symbols else (None, network.task.width))]
    if network.embedding is not None:
        begin.append(layers.Embedding(*network.embedding.shape))
    made = keras.Sequential([*begin, *stack, layers.Dense(len(network.head_bias))])
    path = tmp_path / "network.weights.h5"
    path.write_bytes(to_keras_file(network))
    made.load_weights(path)
    answer = keras.ops.convert_to_numpy(made(np.swapaxes(x, 0, 1)))
    assert_equal(np.swapaxes(answer, 0, 1), network.record(x).output, WITHIN)


@pytest.mark.parametrize("write", [to_onnx_file, to_keras_file, to_state_dict_file])
def test_a_cell_that_a_library_does_not_have_is_told(write):
    network = network_of("reber", "janet")
    assert not any(knows(library, network) for library in CELLS_KNOWN)
    with refused("no cell like janet"):
        write(network)
