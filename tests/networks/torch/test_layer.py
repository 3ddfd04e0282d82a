"""The networks on tensors: torch's kernels, the cell's own lines, and NumPy say the same."""

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.cells import CELLS, Cell
from lstm_viz.networks.network import load, shipped, untrained
from lstm_viz.networks.torch.layer import CellLayer, RecurrentNet, fused_kind
from lstm_viz.tasks import TASKS

T, B, D, H = 7, 3, 4, 5


def layer_of(cell, dtype=torch.float64):
    return CellLayer(cell, lv.init_weights(cell, D, H, seed=2), H).to(dtype)


def inputs(dtype=torch.float64):
    return torch.tensor(np.random.default_rng(0).normal(size=(T, B, D)), dtype=dtype)


def test_a_kernel_is_chosen_by_the_equations_and_not_by_the_name():
    kinds = {name: fused_kind(cell) for name, cell in CELLS.items() if fused_kind(cell)}
    assert kinds == {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "np": "LSTM"}
    reordered = Cell("\n".join(reversed(CELLS["lstm"].text.splitlines())), name="upside down")
    assert fused_kind(reordered) == "LSTM"
    impostor = Cell(CELLS["gru_reset_before"].text, name="gru")
    assert fused_kind(impostor) is None
    assert fused_kind(Cell(CELLS["lstm"].text, initial={"c": 1.0})) is None


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_torchs_kernel_and_the_cells_lines_are_the_same_function(name):
    layer, x = layer_of(CELLS[name]), inputs()
    difference = layer.fused(x) - layer.signals(x)["h"]
    assert difference.abs().max() < 1e-12


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_torchs_kernel_and_the_cells_lines_learn_alike(name):
    layer, x = layer_of(CELLS[name]), inputs()
    found = []
    for h in (layer.fused(x), layer.signals(x, ["h"])["h"]):
        layer.zero_grad()
        (h**3).sum().backward()
        found.append({name: weight.grad.clone() for name, weight in layer.weights.items()})
    for weight, gradient in found[0].items():
        torch.testing.assert_close(gradient, found[1][weight], atol=1e-12, rtol=0)


@pytest.mark.parametrize("sizes", [(5, 2, 8), (5, 40, 4)], ids=["usual", "narrow"])
@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_whichever_way_was_faster_a_layer_learns_as_torchs_own_module_does(name, sizes):
    T, B, H = sizes
    layer = CellLayer(CELLS[name], lv.init_weights(CELLS[name], D, H, seed=2), H)
    x = torch.tensor(np.random.default_rng(0).normal(size=(T, B, D)))
    found = []
    for read in (layer, layer.judged):
        layer.zero_grad()
        (read(x) ** 3).sum().backward()
        found.append({name: weight.grad.clone() for name, weight in layer.weights.items()})
    for weight, gradient in found[0].items():
        torch.testing.assert_close(gradient, found[1][weight], atol=1e-11, rtol=0)


def test_the_way_a_layer_goes_follows_from_its_cell_and_sizes_alone(monkeypatch):
    """A run that is resumed goes on as it began."""
    gone = []
    monkeypatch.setattr(CellLayer, "fused", lambda self, x: gone.append((x.shape[1], self.hidden)))
    for name, ways in {"lstm": [(2, 4), (40, 8)], "gru": [], "rnn": []}.items():
        for B, H in ((2, 4), (40, 8), (40, 4)):
            cell = CELLS[name]
            layer = CellLayer(cell, lv.init_weights(cell, D, H), H)
            for _ in range(2):
                layer(torch.zeros(5, B, D, dtype=torch.float64))
        assert gone == [sizes for sizes in ways for _ in range(2)]
        gone.clear()


@pytest.mark.parametrize("name", ["rnn", "lstm", "gru"])
def test_every_weight_of_the_equations_learns_and_no_other_exists(name):
    layer = layer_of(CELLS[name])
    layer(inputs()).sum().backward()
    assert set(layer.weights) == set(CELLS[name].weight_names)
    assert sum(p.numel() for p in layer.parameters()) == CELLS[name].count(D, H)
    assert all(weight.grad.abs().max() > 0 for weight in layer.weights.values())


@pytest.mark.parametrize("cell", CELLS.values(), ids=CELLS)
def test_every_signal_on_tensors_is_that_of_the_run(cell):
    layer, x = layer_of(cell), inputs()
    weights = {name: weight.detach().numpy() for name, weight in layer.weights.items()}
    trace = lv.run(cell, weights, x.numpy())
    for name, values in layer.signals(x).items():
        np.testing.assert_allclose(values.detach().numpy(), trace[name], atol=1e-12)


def test_only_the_signals_that_are_wanted_are_kept():
    assert set(layer_of(CELLS["lstm"]).signals(inputs(), ["c", "h"])) == {"c", "h"}


@pytest.mark.parametrize("cell", ["lstm", "peephole"])
@pytest.mark.parametrize("task", ["counting", "load"])
def test_numpy_reads_as_the_trained_network_does(task, cell):
    network = untrained(TASKS[task], CELLS[cell], H, embedding=D, layers=2, seed=3)
    drawn, _ = TASKS[task].batch(np.random.default_rng(1), B)
    answered = RecurrentNet(network)(torch.tensor(drawn)).detach().numpy()
    np.testing.assert_allclose(network.record(drawn).output, answered, atol=1e-12)


def test_a_network_on_tensors_goes_back_to_numpy_as_it_came():
    network = untrained(TASKS["reber"], CELLS["gru"], H, embedding=D, layers=2, seed=3)
    again = RecurrentNet(network).to_network(metrics={"nats_per_symbol": 2.0})
    assert again.metrics == {"nats_per_symbol": 2.0}
    for name, array in network.arrays().items():
        np.testing.assert_array_equal(again.arrays()[name], array)


@pytest.mark.parametrize(("task", "cell"), shipped())
def test_a_shipped_network_is_proven_by_torch(task, cell):
    network = load(task, cell)
    sequence = next(iter(network.task.examples.values()))
    recording = lv.record(RecurrentNet(network), network.task.encode(sequence)[:, None])
    assert recording.proof < 1e-12
    np.testing.assert_array_equal(recording.output, network.read(sequence).output)


def test_a_recording_of_numpys_network_needs_no_proof():
    network = untrained(TASKS["counting"], CELLS["lstm"], H, embedding=D)
    assert lv.record(network, np.zeros((2, 1), int)).proof is None


def test_a_recording_starts_from_the_state_that_is_given():
    network = untrained(TASKS["counting"], CELLS["lstm"], H, embedding=D)
    codes = TASKS["counting"].encode(tuple("aaXbb."))[:, None]
    whole, first = network.record(codes), network.record(codes[:3])
    rest = lv.record(RecurrentNet(network), torch.tensor(codes[3:]), state=first[0].last)
    np.testing.assert_allclose(rest.output, whole.output[3:], atol=1e-14)
