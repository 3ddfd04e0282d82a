"""The network writes: judged by its own reading, by NumPy's draws, by frequencies and by torch."""

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.cells import CELLS
from lstm_viz.networks.held import Span
from lstm_viz.networks.network import load, untrained
from lstm_viz.networks.write import can_write, drawn_from
from lstm_viz.tasks import TASKS
from tests.agreement import assert_equal, refused

WRITES = [name for name, task in TASKS.items() if can_write(task) and task.symbols]


def fresh(task="reber", cell="lstm", layers=1):
    width = 5 if TASKS[task].symbols else 0
    return untrained(TASKS[task], CELLS[cell], 6, width, layers=layers, seed=4)


def start_of(task, length=5):
    return next(iter(TASKS[task].examples.values()))[:length]


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("task", WRITES)
def test_every_symbol_is_drawn_from_what_the_network_says_of_all_before_it(task, layers):
    network, start = fresh(task, layers=layers), start_of(task)
    found = lv.write(network, start, 12, seed=7)
    assert found.sequence[: len(start)] == start
    said = network.predictions(network.read(found.sequence))[len(start) - 1 : -1, 0]
    assert_equal(found.before, said, within=1e-12)
    rng = np.random.default_rng(7)
    symbols = TASKS[task].symbols or ()
    drawn = tuple(symbols[rng.choice(len(p), p=p)] for p in found.after)
    assert found.written == drawn
    assert found.text == TASKS[task].write(drawn)
    assert_equal(found.trace.h, network.read(found.sequence)[0].h)


def test_torch_writes_the_same_greedily():
    network, start = load("reber", "lstm"), start_of("reber", 3)
    cell, weights = network.layers[0, "forward"]
    embedding, names, H = network.embedding, network.symbols, network.hidden
    assert embedding is not None
    assert names is not None
    module = torch.nn.LSTM(embedding.shape[1], H).double()
    order = "ifco"
    with torch.no_grad():
        for name, letter in (("weight_ih_l0", "W"), ("weight_hh_l0", "U"), ("bias_ih_l0", "b")):
            rows = np.concatenate([weights[f"{letter}_{gate}"] for gate in order])
            getattr(module, name).copy_(torch.tensor(rows))
        module.bias_hh_l0.zero_()
        symbols, state = list(start), None
        read = network.task.encode(start)
        for _ in range(10):
            x = torch.tensor(embedding[read], dtype=torch.float64)[:, None]
            h, state = module(x, state)
            logits = h[-1, 0].numpy() @ network.head_weight.T + network.head_bias
            symbols.append(names[int(logits.argmax())])
            read = network.task.encode(tuple(symbols[-1:]))
    assert lv.write(network, start, 10, temperature=0).sequence == tuple(symbols)
    assert cell.name == "lstm"


def test_the_seed_reproduces_and_another_one_does_not():
    network = fresh()
    one, again, other = (lv.write(network, "BT", 30, seed=seed) for seed in (1, 1, 2))
    assert one.written == again.written
    assert one.written != other.written


def test_what_is_drawn_has_the_frequencies_it_should():
    logits = np.array([1.0, 0.0, -1.0, 2.0, 0.5])
    p = drawn_from(logits, 0.7, top_k=4)
    counts = np.bincount(
        [np.random.default_rng(seed).choice(5, p=p) for seed in range(4000)], minlength=5
    )
    assert counts[2] == 0
    assert np.abs(counts / 4000 - p).max() < 0.03


LOGITS = np.random.default_rng(0).normal(0, 2, (40, 12))


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.0])
def test_the_temperature_divides_the_logits(temperature):
    for logits in LOGITS:
        judge = torch.softmax(torch.tensor(logits) / temperature, 0).numpy()
        assert_equal(drawn_from(logits, temperature), judge, within=1e-14)


@pytest.mark.parametrize("top_k", [1, 3, 12, 50])
def test_top_k_leaves_the_k_likeliest(top_k):
    for logits in LOGITS:
        kept = torch.topk(torch.tensor(logits), min(top_k, 12)).indices.numpy()
        judge = np.full(12, -np.inf)
        judge[kept] = logits[kept]
        assert_equal(
            drawn_from(logits, 1.0, top_k), torch.softmax(torch.tensor(judge), 0).numpy(), 1e-14
        )


@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.9, 1.0])
def test_top_p_leaves_the_fewest_that_have_so_much_together(top_p):
    for logits in LOGITS:
        p = torch.softmax(torch.tensor(logits), 0).numpy()
        kept = drawn_from(logits, 1.0, top_p=top_p) > 0
        assert p[kept].sum() >= top_p - 1e-12
        assert p[kept].sum() - p[kept].min() < top_p  # one fewer would not do
        assert p[kept].min() >= p[~kept].max(initial=0)


def test_both_cut_what_is_left_of_the_other():
    p = np.log([0.5, 0.25, 0.15, 0.1])
    assert_equal(drawn_from(p, 1.0, top_k=2, top_p=0.6), [1, 0, 0, 0])
    assert_equal(drawn_from(p, 1.0, top_k=2, top_p=0.7), [2 / 3, 1 / 3, 0, 0])


def test_at_temperature_0_the_likeliest_is_taken_of_equal_ones_the_first():
    assert_equal(drawn_from(np.array([1.0, 3.0, 3.0]), 0), [0, 1, 0])
    network = fresh()
    found = [lv.write(network, "BT", 9, temperature=0, seed=seed) for seed in range(3)]
    assert found[0].written == found[1].written == found[2].written
    assert_equal(found[0].before.argmax(-1), found[0].after.argmax(-1))


def test_a_temperature_close_to_0_overflows_nothing():
    assert_equal(drawn_from(np.array([900.0, -900.0, 0.0]), 1e-300), [1, 0, 0])


def test_what_is_held_stays_held_while_it_writes():
    network = load("python", "lstm")
    span = Span("f", 3, 30, 0.0)
    found = lv.write(network, "def f(", 20, seed=1, hold=[span])
    assert not found.trace.f[3:].any()
    said = network.predictions(found.recording)[5:-1, 0]
    assert_equal(found.before, said, within=1e-12)
    assert found.written != lv.write(network, "def f(", 20, seed=1).written


@pytest.mark.parametrize("task", ["load", "sine", "series"])
def test_a_forecast_is_read_as_if_it_had_been_measured(task):
    network = load("load", "gru") if task == "load" else fresh(task)
    start = start_of(task, 30)
    found = lv.write(network, start, 6)
    assert found.before is None
    assert found.after is None
    for step in range(6):
        so_far = found.sequence[: 30 + step]
        last = network.predictions(network.read(so_far))[-1, 0, 0]
        assert found.written[step] == pytest.approx(last, abs=1e-9)


def test_what_cannot_be_written_is_refused():
    with refused("parity answers even, odd", "nothing that it reads"):
        lv.write(fresh("parity"), (1,), 3)
    network = fresh()
    with refused("Give at least one step"):
        lv.write(network, (), 3)
    with refused("does not know 'Q'"):
        lv.write(network, ("Q",), 3)
    for wrong in ({"temperature": -1}, {"temperature": np.nan}, {"top_k": 0}, {"top_p": 0.0}):
        with refused(next(iter(wrong)).replace("temperature", "The temperature")):
            lv.write(network, "BT", 3, **wrong)
    with refused("steps is -1"):
        lv.write(network, "BT", -1)
    with refused("there is nothing to draw"):
        lv.write(load("load", "lstm"), (60.0,), 3, temperature=0.5)
