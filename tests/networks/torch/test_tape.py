"""A whole model is recorded by running it; the judge is what its layers returned."""

import copy
import warnings
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import prune
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

import lstm_viz as lv
from tests.agreement import assert_equal, refused

T, B, D, H, V = 6, 3, 4, 5, 9


def numbers(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


class Tagger(nn.Module):
    """Words, packed, through two directions, to a linear layer."""

    def __init__(self, kind: str = "LSTM"):
        super().__init__()
        self.words = nn.Embedding(V, D)
        self.encoder = nn.ModuleDict(
            {"reader": getattr(nn, kind)(D, H, 2, bidirectional=True, batch_first=True)}
        )
        self.head = nn.Linear(2 * H, 3)

    def forward(self, ids: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        packed = pack_padded_sequence(
            self.words(ids), lengths, batch_first=True, enforce_sorted=False
        )
        read, _ = self.encoder["reader"](packed)
        padded, _ = pad_packed_sequence(read, batch_first=True)
        return self.head(padded)


class Translator(nn.Module):
    """An encoder, and a decoder of cells in a loop, fed with its own answers."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.GRU(D, H)
        self.decoder = nn.GRUCell(D, H)
        self.head = nn.Linear(H, D)

    def forward(self, x: torch.Tensor, steps: int) -> torch.Tensor:
        _, last = self.encoder(x)
        h, now, shown = last[0], x[-1], []
        for _ in range(steps):
            h = self.decoder(now, h)
            now = self.head(h)
            shown.append(now)
        return torch.stack(shown)


def heard(model: Any, names: list[str], *batch: Any) -> dict[str, list[Any]]:
    """What layers returned, told by hooks that are written here."""
    found: dict[str, list[Any]] = {name: [] for name in names}
    parts = dict(model.named_modules())
    handles = [
        parts[name].register_forward_hook(
            lambda _m, _x, out, name=name: found[name].append(copy.copy(out))
        )
        for name in names
    ]
    with torch.no_grad():
        model(*batch)
    for handle in handles:
        handle.remove()
    return found


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("outside", [torch.enable_grad, torch.no_grad, torch.inference_mode])
def test_a_layer_inside_a_model_is_recorded_in_the_callers_order(kind, outside):
    torch.manual_seed(0)
    model = Tagger(kind)
    ids, lengths = torch.randint(0, V, (B, T)), torch.tensor([2, 6, 4])
    with outside(), lv.recording(model) as tape:
        answer = model(ids, lengths)
    assert answer.requires_grad == (outside is torch.enable_grad)
    assert list(tape) == ["encoder.reader"]
    recording = tape["encoder.reader"]
    assert isinstance(recording, lv.Recording)
    assert recording.lengths == (2, 6, 4)
    assert recording.layers == 2
    (own,) = heard(model, ["encoder.reader"], ids, lengths)["encoder.reader"]
    assert_equal(recording.output, pad_packed_sequence(own[0], batch_first=True)[0], within=1e-6)
    hidden = own[1][0] if kind == "LSTM" else own[1]
    for number, trace in enumerate(recording.traces.values()):
        for b, length in enumerate((2, 6, 4)):
            assert_equal(trace.h[length - 1, b], hidden[number, b], within=1e-6)
    for b, length in enumerate((2, 6, 4)):
        assert_equal(recording[0].x[:length, b], model.words(ids[b, :length]).detach())
    assert recording.proof is not None
    assert recording.proof < 1e-6


def test_gradients_flow_through_a_model_that_is_listened_to():
    torch.manual_seed(0)
    model, x = Translator(), numbers(T, B, D)
    model(x, 4).sum().backward()
    expected = [parameter.grad.clone() for parameter in model.parameters()]
    model.zero_grad()
    with lv.recording(model):
        model(x, 4).sum().backward()
    for parameter, gradient in zip(model.parameters(), expected, strict=True):
        assert_equal(parameter.grad, gradient, within=1e-6)


def test_the_steps_of_a_cell_in_a_loop_are_one_recording():
    torch.manual_seed(0)
    model, x = Translator(), numbers(T, B, D)
    with lv.recording(model) as tape:
        model(x, 4)
    own = heard(model, ["encoder", "decoder"], x, 4)
    assert_equal(tape["encoder"].output, own["encoder"][0][0], within=1e-6)
    decoder = tape["decoder"]
    assert isinstance(decoder, lv.Recording)
    assert decoder[0].h.shape == (4, B, H)
    assert_equal(decoder.output, torch.stack(own["decoder"]), within=1e-6)
    assert_equal(decoder[0].initial["h"], own["encoder"][0][1][0], within=1e-6)


def test_what_is_called_several_times_is_a_tuple():
    torch.manual_seed(0)

    class Twins(nn.Module):
        def __init__(self):
            super().__init__()
            self.left = nn.LSTM(D, H)
            self.right = self.left
            self.other = nn.LSTM(H, H)

        def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
            return self.other(self.left(a)[0])[0] + self.right(b)[0]

    model, a, b = Twins(), numbers(T, B, D), numbers(T, B, D, seed=1)
    with lv.recording(model) as tape:
        model(a, b)
    assert list(tape) == ["left", "other"]
    assert repr(tape) == "Tape('left' (2 calls), 'other')"
    first, second = tape["left"]
    assert_equal(first.output, model.left(a)[0].detach(), within=1e-6)
    assert_equal(second.output, model.left(b)[0].detach(), within=1e-6)
    assert tape["right"] == tape["left"]
    assert tape.calls("other") == (tape["other"],)
    assert "left" in tape
    assert len(tape) == 2
    assert {name for name, _ in tape.items()} == {"left", "other"}
    with pytest.raises(KeyError, match=r"nowhere: there is 'left', 'other'"):
        tape["nowhere"]


def test_two_batches_are_two_recordings_with_the_weights_of_their_time():
    torch.manual_seed(0)
    model, x = nn.Sequential(nn.Linear(D, D), nn.LSTM(D, H)), numbers(T, B, D)
    optimiser = torch.optim.SGD(model.parameters(), lr=1.0)
    outputs = []
    with lv.recording(model) as tape:
        for _ in range(2):
            output = model(x)[0]
            outputs.append(output.detach().clone())
            output.square().sum().backward()
            optimiser.step()
    for recording, output in zip(tape["1"], outputs, strict=True):
        assert_equal(recording.output, output, within=1e-6)
    assert np.abs(tape["1"][0].output - tape["1"][1].output).max() > 0.01


def test_a_shared_cell_reads_two_sequences_in_turns():
    torch.manual_seed(0)

    class Turns(nn.Module):
        def __init__(self):
            super().__init__()
            self.cell = nn.LSTMCell(D, H)

        def forward(self, a: torch.Tensor, b: torch.Tensor) -> None:
            left = right = None
            for one, other in zip(a, b, strict=True):
                left, right = self.cell(one, left), self.cell(other, right)

    model, a, b = Turns(), numbers(T, B, D), numbers(T, B, D, seed=1)
    with lv.recording(model) as tape:
        model(a, b)
    for recording, read in zip(tape["cell"], (a, b), strict=True):
        assert_equal(recording[0].x, read)
        assert_equal(recording.output, lv.record(model.cell, read).output, within=1e-6)


def test_hooks_and_computed_weights_inside_a_model_act_as_they_do():
    torch.manual_seed(0)
    model, x = nn.Sequential(nn.Tanh(), nn.GRU(D, H)), numbers(T, B, D)
    prune.l1_unstructured(model[1], "weight_hh_l0", 0.5)
    nn.utils.parametrizations.spectral_norm(model[1], "weight_ih_l0")
    model[1].register_forward_pre_hook(lambda _m, args: (args[0] + 1,))
    model[1].register_forward_hook(lambda _m, _x, out: out[0] * 2)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    with lv.recording(model) as tape:
        answer = model(x)
    assert_equal(tape["1"].output, answer.detach(), within=1e-6)
    assert_equal(2 * tape["1"][0].h, answer.detach(), within=1e-6)
    # It ran in training, once: what moves then has moved as ever.
    model.load_state_dict(state)
    assert_equal(model(x).detach(), answer.detach())


def test_the_model_itself_may_be_the_layer():
    module, x = nn.LSTM(D, H), numbers(T, D)
    with lv.recording(module) as tape:
        module(x)
    assert_equal(tape[""].output, module(x)[0].detach(), within=1e-6)
    with lv.recording(module) as tape:
        module.forward(x)
    assert_equal(tape[""][0].h[:, 0], module(x)[0].detach(), within=1e-6)


def hooks_of(model: Any) -> list[Any]:
    names = ["_forward_hooks", "_forward_pre_hooks", "_forward_hooks_with_kwargs"]
    names += ["_forward_hooks_always_called", "_forward_pre_hooks_with_kwargs"]
    return [[list(getattr(part, name)) for name in names] for part in model.modules()]


def test_nothing_is_left_behind_even_by_an_exception():
    model = Translator()
    model.encoder.register_forward_hook(lambda *_: None)
    before, attributes = hooks_of(model), [list(part.__dict__) for part in model.modules()]
    with lv.recording(model) as tape:
        model(numbers(T, B, D), 2)
    assert hooks_of(model) == before
    with lv.recording(model), pytest.raises(RuntimeError):
        model.encoder(numbers(T, B, D + 1))
    with pytest.raises(TypeError), lv.recording(model):
        model(numbers(T, B, D), 2, "too many")
    with suppress(RuntimeError), lv.recording(model) as broken:
        model(numbers(T, B, D), 2)
        model.encoder(numbers(T, B, D + 1))
    assert hooks_of(model) == before
    assert [list(part.__dict__) for part in model.modules()] == attributes
    assert list(broken) == list(tape)
    model(numbers(T, B, D), 2)
    assert tape["encoder"].output.shape == (T, B, H)


def test_one_layer_that_cannot_be_recorded_does_not_hide_the_others():
    model = nn.ModuleDict({"good": nn.LSTM(D, H), "chance": nn.LSTM(D, H, 2, dropout=0.5)})
    model["projected"] = nn.LSTM(D, H, proj_size=2)
    model["short"] = nn.GRU(D, H, dtype=torch.bfloat16)
    x = numbers(T, B, D)
    with warnings.catch_warnings(), lv.recording(model) as tape:
        warnings.simplefilter("ignore")  # of oneDNN, once in a process
        for name, layer in model.items():
            layer(x.bfloat16() if name == "short" else x)
    assert_equal(tape["good"].output, model["good"](x)[0].detach(), within=1e-6)
    for name, words in {
        "chance": "module.eval()",
        "projected": "proj_size",
        "short": "bfloat16",
    }.items():
        with refused(f" ({name})", words):
            _ = tape[name]


def test_half_precision_around_a_model_is_told():
    model = nn.Sequential(nn.GRU(D, H))
    with torch.autocast("cpu", dtype=torch.bfloat16), lv.recording(model) as tape:
        model(numbers(T, B, D))
    with refused("bfloat16", "torch.autocast"):
        _ = tape["0"]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (nn.Sequential(nn.Linear(D, H)), "no torch.nn.LSTM"),
        ("a model", "got str"),
        (None, "got NoneType"),
    ],
)
def test_a_model_without_recurrent_layers_is_told(model, words):
    with refused(words), lv.recording(model):
        pass


def closed_modules() -> dict[str, Any]:
    """The same layer as people hand it on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        layer = nn.LSTM(D, H).eval()
        return {
            "compiled": (torch.compile(layer), ["LSTM", "compiled", "_orig_mod"]),
            "scripted": (torch.jit.script(layer), ["LSTM", "scripted", "state_dict"]),
            "traced": (torch.jit.trace(layer, numbers(T, B, D)), ["LSTM", "scripted"]),
            "quantised": (
                torch.ao.quantization.quantize_dynamic(nn.Sequential(layer), {nn.LSTM})[0],
                ["LSTM", "quantised", "float module"],
            ),
        }


@pytest.mark.parametrize("how", ["compiled", "scripted", "traced", "quantised"])
@pytest.mark.parametrize("inside", [True, False])
def test_a_module_that_nobody_can_look_into_is_told_what_to_do(how, inside):
    module, words = closed_modules()[how]
    model = nn.Sequential(nn.Identity(), module) if inside else module
    with refused(*words), lv.recording(model):
        pass
    for ask in (lambda: lv.record(model, numbers(T, B, D)), lambda: lv.weights_from(model)):
        with refused(*words) as told:
            ask()
        assert "What can be read" not in str(told.value)


def test_a_model_compiled_in_place_is_recorded_as_it_was_written():
    torch.manual_seed(0)
    model, x = nn.Sequential(nn.LSTM(D, H)), numbers(T, B, D)
    expected = model(x)[0].detach()
    model.compile()
    model[0].compile()
    compiled = model._compiled_call_impl
    with lv.recording(model) as tape:
        model(x)
    assert_equal(tape["0"].output, expected, within=1e-6)
    assert model._compiled_call_impl is compiled
    recording = lv.record(model[0], x)
    assert_equal(recording.output, expected, within=1e-6)
    assert recording.proof is not None
    assert recording.proof < 1e-6


def test_a_whole_model_given_to_record_is_told_of_recording():
    with refused("Tagger", "module.encoder.reader (LSTM)", "lv.recording(model)"):
        lv.record(Tagger(), numbers(T, B, D))
