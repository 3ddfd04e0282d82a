"""Every gate inside torch's own modules: judged by their output and by loops written here."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence
from torch.utils._python_dispatch import TorchDispatchMode

import lstm_viz as lv
from lstm_viz.networks.torch import recorder
from lstm_viz.networks.torch.recorder import FEW_SEQUENCES
from tests.agreement import assert_equal, refused

T, B, D, H = 7, 3, 4, 5
WITHIN = {torch.float64: 1e-12, torch.float32: 2e-5}
KINDS = ("LSTM", "GRU", "RNN")

each_kind = pytest.mark.parametrize("kind", KINDS)
each_dtype = pytest.mark.parametrize("dtype", WITHIN, ids=["float64", "float32"])


def module_of(kind: str, inputs: int = D, hidden: int = H, **options: Any) -> Any:
    torch.manual_seed(3)
    return getattr(nn, kind)(inputs, hidden, **options)


def numbers(*shape: int, dtype: torch.dtype = torch.float32, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def own_output(module: Any, x: Any, state: Any = None) -> Any:
    with torch.no_grad():
        return module(x, state)


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def textbook_loop(
    kind: str, module: Any, x: np.ndarray, states: tuple[np.ndarray, ...], place: str = "_l0"
) -> dict[str, np.ndarray]:
    """One layer and direction in float64, one step and one gate after the other."""
    read = [
        getattr(module, name + place).detach().double().numpy()
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    ]
    W, U, b, d = read
    record: dict[str, list[np.ndarray]] = {}
    h, *c = (state.astype(float) for state in states)
    for now in x.astype(float):
        fed, back = now @ W.T + b, h @ U.T + d
        if kind == "LSTM":
            i, f, g, o = np.split(fed + back, 4, axis=1)
            i, f, g, o = sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)
            c = [f * c[0] + i * g]
            h = o * np.tanh(c[0])
            step = {"i": i, "f": f, "c_tilde": g, "o": o, "c": c[0], "h": h}
        elif kind == "GRU":
            (fr, fz, fn), (br, bz, bn) = np.split(fed, 3, axis=1), np.split(back, 3, axis=1)
            r, z = sigmoid(fr + br), sigmoid(fz + bz)
            n = np.tanh(fn + r * bn)
            h = (1 - z) * n + z * h
            step = {"r": r, "z": z, "h_tilde": n, "h": h}
        else:
            h = np.tanh(fed + back)
            step = {"h": h}
        for name, value in step.items():
            record.setdefault(name, []).append(value)
    return {name: np.stack(values) for name, values in record.items()}


# ---- the same as the module ----------------------------------------------------------------------


@each_kind
@each_dtype
@pytest.mark.parametrize(
    ("layers", "bidirectional", "batch_first", "bias"),
    list(itertools.product((1, 3), (False, True), (False, True), (False, True))),
)
def test_the_output_is_the_modules_own(kind, dtype, layers, bidirectional, batch_first, bias):
    module = module_of(
        kind,
        num_layers=layers,
        bidirectional=bidirectional,
        batch_first=batch_first,
        bias=bias,
        dtype=dtype,
    )
    x = numbers(B, T, D, dtype=dtype) if batch_first else numbers(T, B, D, dtype=dtype)
    recording = lv.record(module, x)
    output, last = own_output(module, x)
    assert recording.output.dtype == output.numpy().dtype
    assert_equal(recording.output, output, within=WITHIN[dtype])
    assert recording.proof is not None
    assert recording.proof <= WITHIN[dtype]
    assert recording.layers == layers
    assert recording.directions == (("forward", "backward") if bidirectional else ("forward",))
    hidden = last[0] if kind == "LSTM" else last
    for number, trace in enumerate(recording.traces.values()):
        assert trace.h.shape == (T, B, H)
        assert_equal(trace.h[-1], hidden[number], within=WITHIN[dtype])
        if kind == "LSTM":
            assert_equal(trace.c[-1], last[1][number], within=WITHIN[dtype])


@each_kind
@each_dtype
@pytest.mark.parametrize("steps", [1, 2, 50])
@pytest.mark.parametrize("sequences", [1, 2, FEW_SEQUENCES - 1, FEW_SEQUENCES])
def test_every_gate_is_that_of_a_loop_in_float64(kind, dtype, steps, sequences):
    """With few sequences all steps are done at once, with more one after the other."""
    module = module_of(kind, D, 8, dtype=dtype)
    x = numbers(steps, sequences, D, dtype=dtype)
    states = [numbers(1, sequences, 8, dtype=dtype, seed=seed) for seed in (1, 2)]
    state = tuple(states) if kind == "LSTM" else states[0]
    trace = lv.record(module, x, state)[0]
    before = tuple(part[0].numpy() for part in (states if kind == "LSTM" else states[:1]))
    for name, expected in textbook_loop(kind, module, x.numpy(), before).items():
        assert_equal(trace[name], expected, within=WITHIN[dtype], of=name)


@each_dtype
@pytest.mark.parametrize("sequences", [1, 32])
def test_a_memory_far_beyond_where_tanh_saturates_is_exact(dtype, sequences):
    """atanh(h / o) would be off by more than 10 here."""
    hidden = 64
    module = module_of("LSTM", D, hidden, dtype=dtype)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(numbers(*parameter.shape, dtype=dtype, seed=5) * 1.5 / hidden**0.5)
        module.bias_ih_l0[hidden : 2 * hidden] += 2
    x = numbers(100, sequences, D, dtype=dtype)
    trace = lv.record(module, x)[0]
    nothing = np.zeros((sequences, hidden))
    expected = textbook_loop("LSTM", module, x.numpy(), (nothing, nothing))
    assert np.abs(expected["c"]).max() > 10
    for name in trace.signals:
        assert_equal(trace[name], expected[name], within=WITHIN[dtype], of=name)


class Overheard(TorchDispatchMode):
    """Notes the result of every sigmoid and tanh that torch computes."""

    def __init__(self):
        super().__init__()
        self.results: list[torch.Tensor] = []

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        result = function(*args, **(kwargs or {}))
        if function.overloadpacket.__name__.rstrip("_") in ("sigmoid", "tanh"):
            self.results.append(result.clone())
        return result


def test_the_gates_are_those_that_torch_computes_inside():
    module, x = module_of("LSTM", dtype=torch.float64), numbers(T, B, D, dtype=torch.float64)
    trace = lv.record(module, x)[0]
    with Overheard() as overheard:
        own_output(module, x)
    steps = [overheard.results[k : k + 5] for k in range(0, len(overheard.results), 5)]
    assert len(steps) == T
    for t, (i, f, g, o, shown) in enumerate(steps):
        for name, value in {"i": i, "f": f, "c_tilde": g, "o": o}.items():
            assert_equal(trace[name][t], value, of=name)
        assert_equal(np.tanh(trace.c[t]), shown)


def test_a_backward_trace_is_in_the_order_in_which_it_read():
    module, x = (
        module_of("LSTM", bidirectional=True, dtype=torch.float64),
        numbers(T, B, D).double(),
    )
    recording = lv.record(module, x)
    backward = recording[0, "backward"]
    assert_equal(backward.x, x.flip(0))
    assert_equal(backward.h[::-1], recording.output[..., H:])
    assert_equal(recording[0].h, recording.output[..., :H])


def test_a_stacked_layer_reads_what_the_one_below_shows():
    recording = lv.record(module_of("GRU", num_layers=2, bidirectional=True), numbers(T, B, D))
    below = np.concatenate([recording[0].h, recording[0, "backward"].h[::-1]], axis=2)
    assert_equal(recording[1].x, below)
    assert_equal(recording[1, "backward"].x, below[::-1])


# ---- what it may be given ------------------------------------------------------------------------


@each_kind
@each_dtype
def test_it_starts_from_the_state_it_is_given(kind, dtype):
    module = module_of(kind, num_layers=2, bidirectional=True, batch_first=True, dtype=dtype)
    x, h, c = (
        numbers(*shape, dtype=dtype, seed=seed)
        for seed, shape in enumerate([(B, T, D), (4, B, H), (4, B, H)])
    )
    state = (h, c) if kind == "LSTM" else h
    recording = lv.record(module, x, state)
    assert_equal(recording.output, own_output(module, x, state)[0], within=WITHIN[dtype])
    assert_equal(recording[1, "backward"].initial["h"], h[3])
    assert recording.proof is not None
    assert recording.proof <= WITHIN[dtype]


@each_kind
def test_one_sequence_without_an_axis_for_more_is_read_as_torch_reads_it(kind):
    module, x = module_of(kind, batch_first=True), numbers(T, D)
    h = numbers(1, H, seed=1)
    state = (h, h) if kind == "LSTM" else h
    recording = lv.record(module, x, state)
    assert recording[0].h.shape == (T, 1, H)
    assert_equal(recording.output, own_output(module, x, state)[0], within=1e-6)
    assert recording.proof is not None
    assert recording.proof < 1e-6


@each_kind
@pytest.mark.parametrize("lengths", [(7, 4, 1), (2, 7, 5)], ids=["sorted", "unsorted"])
@pytest.mark.parametrize("batch_first", [False, True])
def test_packed_sequences_are_each_read_to_their_own_end(kind, lengths, batch_first):
    module = module_of(
        kind, num_layers=2, bidirectional=True, batch_first=batch_first, dtype=torch.float64
    )
    sequences = [numbers(n, D, dtype=torch.float64, seed=n) for n in lengths]
    h = numbers(4, 3, H, dtype=torch.float64, seed=9)
    state = (h, h) if kind == "LSTM" else h
    packed = pack_sequence(sequences, enforce_sorted=False)
    recording = lv.record(module, packed, state)
    expected, _ = pad_packed_sequence(own_output(module, packed, state)[0], batch_first)
    assert recording.lengths == lengths
    assert_equal(recording.output, expected)
    assert recording.proof is not None
    assert recording.proof < 1e-12
    for b, (sequence, length) in enumerate(zip(sequences, lengths, strict=True)):
        begun = h[:, b : b + 1]
        alone = lv.record(
            module,
            sequence[None] if batch_first else sequence[:, None],
            (begun, begun) if kind == "LSTM" else begun,
        )
        for place, trace in recording.traces.items():
            for name, signal in trace.signals.items():
                assert_equal(signal[:length, b], alone[place][name][:, 0], of=(place, name))
                assert np.isnan(signal[length:, b]).all()
            assert_equal(trace.x[:length, b], alone[place].x[:, 0])
            assert np.isnan(trace.x[length:, b]).all()


def test_a_sequence_packed_from_padding_is_the_same():
    module, x = module_of("LSTM"), numbers(T, B, D)
    packed = pack_padded_sequence(x, torch.tensor([7, 5, 2]))
    assert_equal(
        lv.record(module, packed).output,
        pad_packed_sequence(own_output(module, packed)[0])[0],
        within=1e-6,
    )


@each_kind
@each_dtype
@pytest.mark.parametrize("bias", [True, False])
def test_a_cell_is_recorded_step_after_step(kind, dtype, bias):
    module = module_of(f"{kind}Cell", bias=bias, dtype=dtype)
    x, h, c = (
        numbers(*shape, dtype=dtype, seed=seed)
        for seed, shape in enumerate([(T, B, D), (B, H), (B, H)])
    )
    state = (h, c) if kind == "LSTM" else h
    recording = lv.record(module, x, state)
    now: Any = state
    for t in range(T):
        now = own_output(module, x[t], now)
        own: Any = now if kind == "LSTM" else (now,)
        assert_equal(recording.output[t], own[0], within=WITHIN[dtype])
        if kind == "LSTM":
            assert_equal(recording[0].c[t], own[1], within=WITHIN[dtype])
    assert recording.proof is not None
    assert recording.proof <= WITHIN[dtype]


def test_arrays_and_lists_serve_as_well_as_tensors():
    module, x = module_of("LSTM"), numbers(T, B, D)
    expected = lv.record(module, x).output
    assert_equal(lv.record(module, x.double().numpy()).output, expected)
    assert_equal(lv.record(module, x.tolist()).output, expected)


def test_a_class_derived_from_torchs_is_one_of_them():
    class Mine(nn.LSTM):
        pass

    module, x = Mine(D, H), numbers(T, B, D)
    assert_equal(lv.record(module, x).output, own_output(module, x)[0], within=1e-6)


def test_weights_computed_from_others_are_recorded_as_they_act():
    module, x = module_of("LSTM"), numbers(T, B, D)
    nn.utils.parametrizations.weight_norm(module, "weight_hh_l0")
    with torch.no_grad():
        module.parametrizations.weight_hh_l0.original0.mul_(3)
    recording = lv.record(module, x)
    assert_equal(recording.output, own_output(module, x)[0], within=1e-6)
    assert recording.proof is not None
    assert recording.proof < 1e-6


# ---- what it leaves alone ------------------------------------------------------------------------


@each_kind
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("outside", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_the_module_is_as_it_was(kind, training, outside):
    module = module_of(kind, num_layers=2, bidirectional=True).train(training)
    module.weight_hh_l0.requires_grad_(False)
    module(numbers(T, B, D))[0].sum().backward()
    kept = {name: (p.clone(), p.requires_grad, p.grad) for name, p in module.named_parameters()}
    x = numbers(T, B, D).requires_grad_()
    before = x.clone()
    with outside():
        recording = lv.record(module, x)
        assert recording.proof is not None
        assert recording.proof < 1e-6
        assert torch.is_grad_enabled() == (outside is torch.enable_grad)
    assert module.training == training
    assert x.grad is None
    assert torch.equal(x, before)
    for name, parameter in module.named_parameters():
        value, flag, gradient = kept[name]
        assert torch.equal(parameter, value)
        assert parameter.requires_grad == flag
        assert parameter.grad is gradient


def test_a_recording_stays_when_the_module_learns_and_the_tensor_is_reused():
    module, x = module_of("LSTM"), numbers(T, B, D)
    recording = lv.record(module, x)
    trace = recording[0]
    h, read, weight = trace.h.copy(), trace.x.copy(), trace.weights["U_f"].copy()
    with torch.no_grad():
        module.weight_hh_l0.mul_(2)
        x.zero_()
    assert_equal(trace.h, h)
    assert_equal(trace.x, read)
    assert_equal(trace.weights["U_f"], weight)
    with refused("LSTM has other weights now", "Record it again"):
        _ = recording.proof


def test_the_proof_is_not_fooled_by_a_tensor_that_changed():
    module, x = module_of("LSTM"), numbers(T, B, D)
    recording = lv.record(module, x)
    x.zero_()
    assert recording.proof is not None
    assert recording.proof < 1e-6


def test_the_proof_finds_a_kernel_that_does_something_else(monkeypatch):
    module, x = module_of("LSTM", hidden=300), numbers(T, B, D)
    monkeypatch.setattr(module, "forward", module.forward)  # what is not torch's is run at once
    assert lv.record(module, x).proof < 1e-6

    def wrong(*given: Any, **options: Any) -> lv.Trace:
        trace = lv.run(*given, **options)
        return replace(trace, signals={**trace.signals, "h": trace.h * 0.9})

    monkeypatch.setattr(recorder, "run", wrong)
    with refused("off its own answer", "not shown", "double()"):
        lv.record(module, x)
    assert lv.record(module_of("LSTM", hidden=300), x).proof > 0.01


def test_half_precision_around_it_does_not_reach_the_recording():
    module, x = module_of("LSTM"), numbers(T, 1, D)
    expected = lv.record(module, x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        recording = lv.record(module, x)
        assert recording.proof is not None
        assert recording.proof < 1e-6
    assert_equal(recording.output, expected.output, within=1e-7)


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (nn.LSTM(D, H, proj_size=2), "proj_size=2"),
        (nn.LSTM(D, H, num_layers=2, dropout=0.5), "Call module.eval() first"),
        (nn.LSTM(D, H, dtype=torch.bfloat16), "bfloat16"),
        (nn.LSTM(D, H, device="meta"), "meta"),
        (nn.Linear(D, H), "got Linear"),
        (nn.TransformerEncoderLayer(D, 1), "got TransformerEncoderLayer"),
        ("an LSTM", "got str"),
    ],
)
def test_what_no_cell_of_ours_computes_is_refused(module, words):
    with refused(words):
        lv.record(module, numbers(T, B, D))


def test_a_network_that_contains_an_lstm_is_told_where():
    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(5, D)
            self.reader = nn.LSTM(D, H)

    with refused("Tagger", "module.reader"):
        lv.record(Tagger(), numbers(T, B, D))


def test_dropout_is_no_obstacle_outside_training_or_with_one_layer():
    x = numbers(T, B, D)
    module = module_of("LSTM", num_layers=2, dropout=0.5).eval()
    assert_equal(lv.record(module, x).output, own_output(module, x)[0], within=1e-6)
    with pytest.warns(UserWarning, match="dropout"):
        alone = module_of("LSTM", dropout=0.5)
    assert_equal(lv.record(alone, x).output, own_output(alone, x)[0], within=1e-6)


def test_a_proof_asked_for_in_training_mode_says_why_there_is_none():
    module = module_of("GRU", num_layers=2, dropout=0.5).eval()
    recording = lv.record(module, numbers(T, B, D))
    module.train()
    with refused("drawn by chance"):
        _ = recording.proof


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (torch.zeros(T, B, D + 1), "input_size=4"),
        (torch.zeros(T), "expected three axes (T, B, D)"),
        (torch.zeros(2, T, B, D), "expected three axes"),
        (torch.zeros(0, B, D), "at least one step"),
        (torch.zeros(T, B, D, dtype=torch.float64), ".to(torch.float32)"),
        (torch.zeros(T, B, D, dtype=torch.int64), ".to(torch.float32)"),
        (torch.full((T, B, D), float("nan")), "finite"),
        (torch.full((T, B, D), float("inf")), "finite"),
        ("a sentence", "no tensor or array"),
        (None, "no tensor or array"),
    ],
)
@pytest.mark.parametrize("hidden", [H, 300])
def test_x_of_another_kind_is_refused(x, words, hidden):
    with refused(words):
        lv.record(module_of("LSTM", D, hidden), x)


@pytest.mark.parametrize(
    ("kind", "state", "words"),
    [
        ("LSTM", torch.zeros(1, B, H), "(h, c)"),
        ("LSTM", (torch.zeros(1, B, H),), "(h, c)"),
        ("LSTM", (torch.zeros(1, B, H), torch.zeros(1, B, H + 1)), "state c"),
        ("LSTM", (torch.zeros(B, H), torch.zeros(B, H)), "state h"),
        ("GRU", torch.zeros(2, B, H), "(1, 3, 5)"),
        ("GRU", torch.zeros(1, B, H).double(), "float64"),
        ("GRUCell", torch.zeros(1, B, H), "(3, 5)"),
        ("RNN", torch.full((1, B, H), float("nan")), "finite"),
        ("LSTM", (torch.full((1, B, H), float("nan")), torch.zeros(1, B, H)), "finite"),
    ],
)
def test_a_state_of_another_kind_is_refused(kind, state, words):
    with refused(words):
        lv.record(module_of(kind), numbers(T, B, D), state)


def test_one_step_of_a_cell_needs_an_axis_for_time():
    with refused("x[None]"):
        lv.record(module_of("LSTMCell"), numbers(B, D))


def test_a_packed_sequence_is_nothing_for_a_cell():
    with refused("no tensor or array"):
        lv.record(module_of("LSTMCell"), pack_sequence([numbers(T, D)]))


def test_weights_that_are_no_numbers_are_named():
    module = module_of("LSTM")
    with torch.no_grad():
        module.weight_hh_l0[0, 0] = float("nan")
    with refused("U_i[0, 0] is nan"):
        lv.record(module, numbers(T, B, D))
