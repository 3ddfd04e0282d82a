"""What a state dict leaves open: tanh or relu, and whether whole numbers are symbols."""

import numpy as np
import pytest
import torch
from safetensors.torch import save
from torch import nn

import lstm_viz as lv
from lstm_viz.networks.read_model import read_model
from lstm_viz.networks.uploaded_sequences import of_numbers
from tests.agreement import assert_equal, refused
from tests.ui.model.test_files import given, seen

D, H, T = 3, 4, 5


def rnn(nonlinearity: str, both: bool = False, layers: int = 2) -> nn.RNN:
    torch.manual_seed(0)
    return nn.RNN(D, H, layers, nonlinearity=nonlinearity, bidirectional=both, dtype=torch.float64)


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
@pytest.mark.parametrize("both", [True, False])
def test_an_rnn_squashes_with_what_its_owner_says(nonlinearity, both):
    module = rnn(nonlinearity, both)
    x = torch.randn(T, 2, D, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    model = lv.read_model(save(module.state_dict()), nonlinearity=nonlinearity)
    assert model.may_be_relu
    assert_equal(model.record(x.numpy()).output, module(x)[0].detach())


def test_only_where_the_file_leaves_it_open_is_there_a_choice():
    for kind in (nn.LSTM, nn.GRU):
        data = save(kind(D, H).state_dict())
        assert not read_model(data).may_be_relu
        with refused("plain RNN"):
            read_model(data, nonlinearity="relu")
    with refused('"tanh" or "relu"', "'sigmoid'"):
        read_model(save(rnn("tanh").state_dict()), nonlinearity="sigmoid")


def embedded(inputs: int = T) -> tuple[bytes, nn.Embedding, nn.LSTM]:
    torch.manual_seed(0)
    words, reader = nn.Embedding(9, inputs).double(), nn.LSTM(inputs, H).double()
    arrays = {"emb.weight": words.weight.detach()}
    arrays |= {f"lstm.{name}": value for name, value in reader.state_dict().items()}
    return save(arrays), words, reader


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("steps", [T, T - 1, 1])
def test_a_row_of_whole_numbers_is_a_sequence_of_symbols(kind, steps):
    data, words, reader = embedded()
    numbers = np.array([[3, 0, 8, 1, 5][:steps]], kind)
    read = of_numbers(numbers, read_model(data))
    assert read.x.shape == (steps, 1, T)
    own = reader(words(torch.tensor(numbers.astype(int)).T))[0].detach()
    assert_equal(read_model(data).record(read.x)[0].h, own)
    assert read.tokens == (tuple(str(n) for n in numbers[0]),)


def test_numbers_of_symbols_that_there_are_not_are_told():
    with refused("from 0 to 8", "here is 9"):
        of_numbers(np.array([[3, 0, 9, 1, 5]]), read_model(embedded()[0]))


@pytest.mark.parametrize(
    ("row", "steps"),
    [([4, 0, 2, 1, 3], T), ([0, 0, 1, 0, 0], 1), ([4, 0, 7, 1, 3], 1), ([-1, 0, 2, 1, 3], 1)],
)
def test_without_an_embedding_a_row_that_can_be_symbols_is_symbols(row, steps):
    model = read_model(save(nn.GRU(T, H).double().state_dict()))
    assert of_numbers(np.array([row]), model).x.shape == (steps, 1, T)
    assert of_numbers(np.array([row], float), model).x.shape == (1, 1, T)


def test_the_page_asks_and_the_address_keeps_it():
    files = ("rnn.safetensors", save(rnn("relu", layers=1).state_dict()))
    at = given(files, reads="drawn", nonlinearity="relu")
    assert not at.exception
    (asked,) = [one for one in at.button_group if one.label == "The RNN squashes with"]
    assert asked.value == "relu"
    assert "relu" in at.query_params["nonlinearity"]
    asked.set_value("tanh").run()
    assert not at.exception
    assert "nonlinearity" not in at.query_params
    assert "4 units, 60 steps" in seen(at)
