"""Whatever stands around torch's own forward, a recording tells what the module does, or refuses.

The judge is the module's own next forward.
"""

import copy
import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

import lstm_viz as lv
from lstm_viz.networks.gate_order import load_into
from tests.agreement import assert_equal, refused

T, B, D, H = 6, 3, 4, 5
KINDS = ("LSTM", "GRU", "RNN")
HIDDEN = "weight_hh_l0"

each_kind = pytest.mark.parametrize("kind", KINDS)


def module_of(kind: str, **options: Any) -> Any:
    torch.manual_seed(3)
    return getattr(nn, kind)(D, H, dtype=torch.float64, **options)


def numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    stream = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=stream)


def old_weight_norm(module: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        nn.utils.weight_norm(module, HIDDEN)


def pruned(module: Any) -> None:
    prune.l1_unstructured(module, HIDDEN, 0.4)
    prune.random_unstructured(module, "weight_ih_l0", 0.3)


def weight_drop(module: Any) -> None:
    """AWD-LSTM's (Merity et al. 2018): a mask of its own in every forward."""
    raw = getattr(module, HIDDEN)
    del module._parameters[HIDDEN]
    module.register_parameter(HIDDEN + "_raw", nn.Parameter(raw.detach()))

    def drop(module: Any, _args: Any) -> None:
        kept = nn.functional.dropout(module.weight_hh_l0_raw, 0.5, module.training)
        setattr(module, HIDDEN, kept)

    module.register_forward_pre_hook(drop)
    drop(module, ())


def clipped_in_place(module: Any) -> None:
    """It changes a parameter itself."""

    def clipped(module: Any, _args: Any) -> None:
        module.weight_hh_l0.data.clamp_(-0.1, 0.1)

    module.register_forward_pre_hook(clipped)


def drawn_by_numpy(module: Any) -> None:
    def shifted(module: Any, _args: Any) -> None:
        module.bias_hh_l0.data.fill_(np.random.normal() + random.random())

    module.register_forward_pre_hook(shifted)


CHANGES: dict[str, Callable[[Any], Any]] = {
    "old weight_norm": old_weight_norm,
    "old spectral_norm": lambda module: nn.utils.spectral_norm(module, HIDDEN),
    "weight_norm": lambda module: parametrizations.weight_norm(module, HIDDEN),
    "spectral_norm": lambda module: parametrizations.spectral_norm(module, HIDDEN),
    "orthogonal": lambda module: parametrizations.orthogonal(module, "weight_ih_l0"),
    "prune": pruned,
    "weight drop": weight_drop,
    "clipping": clipped_in_place,
    "numpy's chance": drawn_by_numpy,
}
each_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)


def after_a_step(module: Any, x: torch.Tensor) -> Any:
    """The module after an optimiser's step: what hooks computed before is not what it is now."""
    optimiser = torch.optim.SGD(module.parameters(), lr=0.5)
    module(x)[0].square().sum().backward()
    optimiser.step()
    return module


def own_output(module: Any, *read: Any) -> Any:
    with torch.no_grad():
        found = module(*read)
    is_alone = isinstance(found, torch.Tensor | PackedSequence)
    return found if is_alone else found[0]


def all_that_it_holds(module: Any) -> dict[str, Any]:
    found = {name: value.clone() for name, value in module.state_dict().items()}
    for name, value in module.__dict__.items():
        found[name] = dict(value) if isinstance(value, dict) else value
    return found


def same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return before.keys() == after.keys() and all(
        torch.equal(value, after[name])
        if isinstance(value, torch.Tensor) and "." not in name
        else value == after[name]
        if not isinstance(value, dict)
        else list(value) == list(after[name]) and all(value[k] is after[name][k] for k in value)
        for name, value in before.items()
        if not (isinstance(value, torch.Tensor) and "." in name)
    )


@each_kind
@each_change
@pytest.mark.parametrize("training", [True, False])
def test_the_weights_are_those_of_the_modules_own_next_forward(kind, change, training):
    module, x = module_of(kind), numbers(T, B, D)
    change(module)
    after_a_step(module, x).train(training)
    torch.manual_seed(7)
    np.random.seed(7)
    random.seed(7)
    weights = lv.weights_from(module)
    recording = lv.record(module, x)
    assert_equal(recording.output, own_output(module, x))
    assert recording.proof is not None
    assert recording.proof < 1e-12
    for name, weight in weights.items():
        assert_equal(weight, recording[0].weights[name], of=name)
    cell = lv.CELLS[kind.lower()]
    assert_equal(lv.run(cell, weights, x.numpy()).h, recording.output)


@each_change
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("look", [lv.record, lambda module, _: lv.weights_from(module)])
def test_the_module_is_not_changed(change, training, look):
    module, x = module_of("LSTM", num_layers=2), numbers(T, B, D)
    change(module)
    module.register_buffer("counted", torch.zeros(1))
    module.history = []

    def count(module: Any, _args: Any) -> None:
        module.counted += 1
        module.history.append("called")
        module.latest = module.counted.clone()

    module.register_forward_pre_hook(count)
    after_a_step(module, x).train(training)
    before = all_that_it_holds(module)
    gradients = [parameter.grad for parameter in module.parameters()]
    states = (
        torch.get_rng_state(),
        np.random.get_state()[1].copy(),  # type: ignore[index]
        random.getstate(),
    )
    look(module, x)
    assert same(before, all_that_it_holds(module))
    assert module.history == ["called"]
    assert all(
        parameter.grad is gradient
        for parameter, gradient in zip(module.parameters(), gradients, strict=True)
    )
    assert torch.equal(states[0], torch.get_rng_state())
    assert np.array_equal(states[1], np.random.get_state()[1])  # type: ignore[index]
    assert states[2] == random.getstate()
    assert module.training == training


def test_a_graph_that_a_forward_left_can_still_be_followed_back():
    module, x = module_of("LSTM"), numbers(T, B, D)
    nn.utils.spectral_norm(module, HIDDEN)
    output = module(x)[0]
    lv.record(module, x)
    output.sum().backward()
    assert module.weight_hh_l0_orig.grad is not None


class Halved(nn.LSTM):
    def forward(self, x: Any, state: Any = None) -> Any:
        output, last = super().forward(x, state)
        return output / 2, last


class OutputAlone(nn.LSTM):
    def forward(self, x: Any) -> Any:
        return super().forward(x)[0]


class LastStep(nn.GRU):
    def forward(self, x: Any) -> Any:
        return super().forward(x)[0][-1]


class Normed(nn.LSTM):
    def forward(self, x: Any, state: Any = None) -> Any:
        return super().forward((x - x.mean(2, keepdim=True)) / x.std(2, keepdim=True), state)


class OfWords(nn.GRU):
    """Reads numbers of words."""

    def __init__(self, *sizes: Any, **options: Any):
        super().__init__(*sizes, **options)
        self.words = nn.Embedding(9, D, dtype=torch.float64)

    def forward(self, x: Any) -> Any:
        return super().forward(self.words(x))


@pytest.mark.parametrize("kind", [Halved, OutputAlone, LastStep, Normed])
def test_a_class_with_its_own_forward_is_recorded_with_its_own_answer(kind):
    torch.manual_seed(0)
    module, x = kind(D, H, dtype=torch.float64), numbers(T, B, D)
    recording = lv.record(module, x)
    assert_equal(recording.output, own_output(module, x))
    assert recording.proof is not None
    assert recording.proof < 1e-12
    inner = nn.GRU if kind is LastStep else nn.LSTM
    plain = inner(D, H, dtype=torch.float64)
    plain.load_state_dict(module.state_dict())
    assert_equal(recording[0].h, own_output(plain, torch.tensor(recording[0].x)))


def test_a_class_that_reads_something_else_is_given_that():
    torch.manual_seed(0)
    module, x = OfWords(D, H, dtype=torch.float64), torch.tensor([[1, 2], [3, 4], [8, 0]])
    recording = lv.record(module, x)
    assert_equal(recording.output, own_output(module, x))
    assert_equal(recording[0].x, module.words(x).detach())
    with refused("OfWords", "own forward fails", "lv.record(module, x)[0].weights"):
        lv.weights_from(module)


class HandMade(nn.LSTM):
    def forward(self, x: Any, state: Any = None) -> Any:
        return torch.tanh(x @ self.weight_ih_l0.T), None


class Twice(nn.LSTM):
    def forward(self, x: Any, state: Any = None) -> Any:
        return super().forward(super().forward(x)[0][..., :D])


def test_what_is_no_single_pass_of_torchs_kernel_is_refused():
    x = numbers(T, B, D)
    with refused("HandMade", "in its own forward", "lv.run"):
        lv.record(HandMade(D, H, dtype=torch.float64), x)
    with refused("Twice", "reads 2 times", "lv.recording"):
        lv.record(Twice(D, H, dtype=torch.float64), x)
    with refused("HandMade"):
        lv.weights_from(HandMade(D, H))


HOOKS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "half": lambda _m, _x, out: (out[0] / 2, out[1]),
    "output alone": lambda _m, _x, out: out[0],
    "last step alone": lambda _m, _x, out: out[0][-1],
    "a list": lambda _m, _x, out: [out[0] + 1, out[1]],
    "nothing": lambda _m, _x, out: None,
}


@each_kind
@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
@pytest.mark.parametrize("batch_first", [True, False])
def test_a_hook_that_changes_the_output_is_in_the_output(kind, hook, batch_first):
    module, x = module_of(kind, batch_first=batch_first, bidirectional=True), numbers(B, B, D)
    plain = own_output(copy.deepcopy(module), x)
    module.register_forward_hook(hook)
    recording = lv.record(module, x)
    assert_equal(recording.output, own_output(module, x))
    h = recording[0].h.transpose(1, 0, 2) if batch_first else recording[0].h
    assert_equal(h, plain[..., :H])


def test_a_hook_that_writes_into_the_output_does_not_write_into_the_recording():
    module, x = module_of("LSTM"), numbers(T, B, D)
    plain = own_output(module, x)

    def tripled(_m: Any, _x: Any, out: Any) -> None:
        out[0].mul_(3)

    module.register_forward_hook(tripled)
    recording = lv.record(module, x)
    assert_equal(recording.output, 3 * plain)
    assert_equal(recording[0].h, plain)


@pytest.mark.parametrize(
    "hook", [lambda _m, args: (args[0] * 2, *args[1:]), lambda _m, args: args[0] * 2]
)
def test_a_hook_that_changes_the_input_is_in_what_was_read(hook):
    module, x = module_of("LSTM"), numbers(T, B, D)
    module.register_forward_pre_hook(hook)
    recording = lv.record(module, x)
    assert_equal(recording[0].x, 2 * x)
    assert_equal(recording.output, own_output(module, x))


def test_a_hook_for_all_modules_is_seen_too():
    module, x = module_of("GRU"), numbers(T, B, D)
    handle = torch.nn.modules.module.register_module_forward_hook(
        lambda _m, _x, out: (out[0] + 1, out[1])
    )
    try:
        assert_equal(lv.record(module, x).output, own_output(module, x))
    finally:
        handle.remove()


def test_a_forward_that_was_put_in_its_place_is_what_is_recorded():
    module, x = module_of("LSTM"), numbers(T, B, D)
    plain = module.forward
    module.forward = lambda x, state=None: plain(x * 3, state)
    recording = lv.record(module, x)
    assert_equal(recording.output, own_output(module, x))
    assert_equal(recording[0].x, 3 * x)


@each_kind
@pytest.mark.parametrize("layers", [1, 2])
def test_a_state_and_several_layers_go_through_hooks_as_they_are(kind, layers):
    module = module_of(kind, num_layers=layers, bidirectional=True, batch_first=True)
    pruned(module)
    x, h, c = numbers(B, T, D), numbers(2 * layers, B, H, seed=1), numbers(2 * layers, B, H, seed=2)
    state = (h, c) if kind == "LSTM" else h
    recording = lv.record(module, x, state)
    assert_equal(recording.output, own_output(module, x, state))
    assert_equal(recording[layers - 1, "backward"].initial["h"], h[-1])
    given = (h.numpy(), c.numpy()) if kind == "LSTM" else h.numpy()
    assert_equal(lv.record(module, x.tolist(), given).output, recording.output)


@each_kind
def test_packed_sequences_through_hooks_stand_in_the_callers_order(kind):
    module = module_of(kind, bidirectional=True)
    old_weight_norm(module)
    sequences = [numbers(n, D, seed=n) for n in (2, 6, 1, 4)]
    packed = pack_sequence(sequences, enforce_sorted=False)
    h = numbers(2, 4, H, seed=9)
    state = (h, h) if kind == "LSTM" else h
    recording = lv.record(module, packed, state)
    assert recording.lengths == (2, 6, 1, 4)
    expected, _ = pad_packed_sequence(own_output(module, packed, state))
    assert_equal(recording.output, expected)
    assert_equal(recording[0].initial["h"], h[0])
    for b, sequence in enumerate(sequences):
        assert_equal(recording[0].x[: len(sequence), b], sequence)


def test_one_sequence_without_an_axis_for_more_through_hooks():
    module, x = module_of("LSTM"), numbers(T, D)
    pruned(module)
    recording = lv.record(module, x)
    assert_equal(recording.output, own_output(module, x))
    assert recording[0].h.shape == (T, 1, H)


@each_kind
@pytest.mark.parametrize("given", [True, False])
def test_a_cell_with_hooks_is_recorded_step_after_step(kind, given):
    module, x = module_of(f"{kind}Cell"), numbers(T, B, D)
    prune.l1_unstructured(module, "weight_hh", 0.4)
    h, c = numbers(B, H, seed=1), numbers(B, H, seed=2)
    state: Any = ((h, c) if kind == "LSTM" else h) if given else None
    recording = lv.record(module, x, state)
    now = state
    for t in range(T):
        with torch.no_grad():
            now = module(x[t], now)
        assert_equal(recording.output[t], now[0] if kind == "LSTM" else now)
    assert recording.proof is not None
    assert recording.proof < 1e-12


def test_what_changes_a_cells_state_on_the_way_is_refused():
    module, x = module_of("LSTMCell"), numbers(T, B, D)
    module.register_forward_hook(lambda _m, _x, out: (out[0] / 2, out[1]))
    with refused("LSTMCell", "changes its state", "lv.recording"):
        lv.record(module, x)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (torch.zeros(T, B, D), ".to(torch.float64)"),
        (numbers(T, B, D + 1), "input_size=4"),
        ("words", "no tensor or array"),
    ],
)
def test_what_does_not_fit_is_told_in_the_same_words(x, words):
    module = module_of("LSTM")
    pruned(module)
    with refused(words):
        lv.record(module, x)


def test_chance_between_layers_is_refused_through_hooks_too():
    module = module_of("LSTM", num_layers=2, dropout=0.5)
    pruned(module)
    with refused("Call module.eval() first"):
        lv.record(module, numbers(T, B, D))
    x = numbers(T, B, D)
    assert_equal(lv.record(module.eval(), x).output, own_output(module, x))


def test_a_number_in_half_precision_is_refused_through_hooks_too():
    module = module_of("LSTM").to(torch.bfloat16)
    pruned(module)
    with refused("bfloat16", "float()"):
        lv.record(module, numbers(T, B, D).to(torch.bfloat16))


@pytest.mark.parametrize("kind", ["RNN", "RNNCell"])
@pytest.mark.parametrize("change", [lambda _: None, clipped_in_place])
def test_an_rnn_with_relu_is_recorded_as_what_it_is(kind, change):
    module, x = module_of(kind, nonlinearity="relu"), numbers(T, B, D)
    if kind == "RNN":
        change(module)
    recording = lv.record(module, x)
    if kind == "RNN":
        assert_equal(recording.output, own_output(module, x))
    assert recording.output.min() == 0
    assert recording.proof is not None
    assert recording.proof < 1e-12
    assert recording[0].cell["h"].function == "relu"
    again = lv.run(recording[0].cell, recording[0].weights, x.numpy())
    assert_equal(again.h, recording[0].h)


def test_weights_that_are_computed_cannot_be_written():
    module = module_of("LSTM")
    weights = lv.weights_from(module)
    old_weight_norm(module)
    with refused("weight_hh_l0", "would be lost"):
        load_into(module, weights)
