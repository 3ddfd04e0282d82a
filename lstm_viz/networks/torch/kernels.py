"""What torch's recurrent kernels are given while a module runs, and what they answer.

Hooks, pruning, weight norms, weight drop and classes of one's own all change what a forward does,
each in its own way; but whatever they do, in the end torch's ``lstm``, ``gru`` or ``rnn_tanh`` is
called with some numbers. So that call is what is overheard: a mode of torch's function protocol
sees every function of torch before it runs. What was not said there was not computed.

The caller's order of packed sequences is not among what a kernel is given, as it has them longest
first. The module turns the last states back right after the call, and that is overheard, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules import module as torchs
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence
from torch.overrides import TorchFunctionMode

from lstm_viz.language import N_, Sentence, _
from lstm_viz.networks.torch.unchanged import unchanged
from lstm_viz.run.layers import FORWARD, WAYS, places
from lstm_viz.run.recording import Place

Parameters: TypeAlias = Sequence[Tensor]  # two weights; two biases, if there are any

PLAIN = (nn.LSTM, nn.GRU, nn.RNN, nn.LSTMCell, nn.GRUCell, nn.RNNCell)

# Each kernel's kind and what its plain cell squashes with.
_WHOLE = {
    torch.lstm: ("LSTM", "tanh"),
    torch.gru: ("GRU", "tanh"),
    torch.rnn_tanh: ("RNN", "tanh"),
    torch.rnn_relu: ("RNN", "relu"),
}
_ONE_STEP = {
    torch.lstm_cell: ("LSTM", "tanh"),
    torch.gru_cell: ("GRU", "tanh"),
    torch.rnn_tanh_cell: ("RNN", "tanh"),
    torch.rnn_relu_cell: ("RNN", "relu"),
}
# Why a call of a kernel cannot be shown; {name} is the module's.
_DROPS = N_(
    "This {name} ran in training mode with dropout={dropout} between its layers: its output is "
    "drawn by chance, and no recording could be compared with it. Call module.eval() first; "
    "module.train() goes back."
)
_PROJECTS = N_(
    "This {name} projects h (proj_size), which no cell here does; make it with proj_size=0."
)
_OTHER_KIND = N_(
    "This {name} computed in {kinds}; record reads float32 and float64. Record a copy of it, "
    "copy.deepcopy(module).float(), and outside of torch.autocast."
)

_GLOBAL_HOOKS = ("_global_forward_hooks", "_global_forward_pre_hooks")


def is_plain(module: nn.Module) -> bool:
    """Whether the module computes what torch wrote, from the weights that it holds.

    Not so with hooks around its forward, with parametrizations, and in a class of one's own.
    """
    return (
        type(module) in PLAIN
        and not module._forward_pre_hooks
        and not module._forward_hooks
        and "forward" not in module.__dict__
        and not any(getattr(torchs, hooks) for hooks in _GLOBAL_HOOKS)
    )


@dataclass(frozen=True)
class Given:
    """What a module reads: ``x`` (T, B, D) and, for each state, (places, B, H) before the start.

    ``lengths`` (B,) are those of packed sequences, None where all have T steps. ``alone`` says that
    the caller's x was one sequence, without an axis for more.
    """

    x: np.ndarray
    states: Mapping[str, np.ndarray]
    lengths: np.ndarray | None = None
    alone: bool = False

    def ended(self, signal: np.ndarray, afterwards: float) -> np.ndarray:
        """The signal with the number ``afterwards`` behind each sequence's end."""
        if self.lengths is None:
            return signal
        is_over = np.arange(len(signal))[:, None] >= self.lengths
        return np.where(is_over[..., None], signal.dtype.type(afterwards), signal)

    def last(self, signal: np.ndarray) -> np.ndarray:
        """The signal at each sequence's last step, (B, H)."""
        ends = len(signal) if self.lengths is None else self.lengths
        found: np.ndarray = signal[ends - 1, np.arange(signal.shape[1])]
        return found


@dataclass
class Call:
    """One call of a kernel, copied: what it was given, and its own answer.

    ``flat`` are the weights as they were handed over; x, the states and the answer are in the
    kernel's own order of sequences until ``unsorted`` (B,) says where each belongs. ``problem`` is
    a sentence, about a module of some ``name``, where no cell of ours computes the like.
    """

    kind: str
    nonlinearity: str
    is_cell: bool
    flat: list[Tensor]
    has_bias: bool
    layers: int
    ways: tuple[str, ...]
    x: Tensor
    before: list[Tensor]
    sizes: Tensor | None
    own: list[Tensor] = field(default_factory=list)  # h at every step, then the last states
    batch_first: bool = False
    problem: Sentence | None = None
    unsorted: Tensor | None = None
    handed_out: Tensor | None = field(default=None, repr=False)  # the last h as the module has it

    @property
    def states(self) -> tuple[str, ...]:
        return ("h", "c") if self.kind == "LSTM" else ("h",)

    @property
    def places(self) -> list[Place]:
        return places(self.layers, self.ways)

    def parameters(self, place: Place) -> Parameters:
        """weight_ih, weight_hh and, if there are, bias_ih and bias_hh, on the CPU."""
        count = 4 if self.has_bias else 2
        first = count * self.places.index(place)
        return self.flat[first : first + count]

    @property
    def given(self) -> Given:
        """What it read, in the caller's order of sequences."""
        states = zip(self.states, self.before, strict=True)
        before = {name: self._ordered(state).numpy() for name, state in states}
        x, lengths = self._padded(self.x)
        return Given(x.numpy(), before, lengths)

    def answer(self) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Its own h at every step, (T, B, .), and its last states, (places, B, H)."""
        h, *last = self.own
        lasts = (self._ordered(state).numpy() for state in last)
        return self._padded(h)[0].numpy(), dict(zip(self.states, lasts, strict=True))

    def _padded(self, data: Tensor) -> tuple[Tensor, np.ndarray | None]:
        """(T, B, .) from packed data, and the lengths; what is not packed stays as it is."""
        if self.sizes is None:
            return data, None
        padded, lengths = pad_packed_sequence(PackedSequence(data, self.sizes))
        order = slice(None) if self.unsorted is None else self.unsorted
        return padded[:, order].contiguous(), lengths[order].numpy()

    def _ordered(self, state: Tensor) -> Tensor:
        return state if self.unsorted is None else state[:, self.unsorted]


class Overhearing(TorchFunctionMode):
    """While it is entered, ``heard`` gets every call of a recurrent kernel, and its arguments.

    ``called`` tells in which module's forward that is, by the very list of weights it handed over.
    """

    def __init__(self, heard: Callable[[Call, tuple[Any, ...]], None]):
        super().__init__()
        self.heard = heard
        self.latest: Call | None = None
        self.weights: dict[tuple[torch.Size, ...], list[Tensor]] = {}

    def __torch_function__(
        self, function: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        if kwargs is None:
            kwargs = {}
        # Copied before the call: the module may write into what it gave as soon as it is answered.
        call = _call_of(function, args) if not kwargs else None
        answer = function(*args, **kwargs)
        if call is not None:
            self.latest = _answered(call, answer)
            self._share_weights(call)
            self.heard(call, args)
        elif (
            self.latest is not None
            and getattr(function, "__name__", "") == "index_select"
            and args
            and args[0] is self.latest.handed_out
        ):
            self.latest.unsorted = copied(args[2])
            self.latest = None
        return answer

    def _share_weights(self, call: Call) -> None:
        """A cell that is called step by step hands over the same weights at every one."""
        shapes = tuple(weight.shape for weight in call.flat)
        known = self.weights.get(shapes, [])
        if known and all(map(torch.equal, known, call.flat)):
            call.flat = known
        self.weights[shapes] = call.flat


def call_on_zeros(module: nn.Module) -> Call:
    """The module's call of its kernel in its next forward, here on one step of zeros.

    The module is left as it was. Raises ValueError where it cannot be run so, or makes no such call
    or several.
    """
    like = next(module.parameters())
    if like.is_meta:
        raise ValueError(
            _("This {kind} is on the meta device: it has no values.").format(
                kind=type(module).__name__
            )
        )
    is_cell = not hasattr(module, "num_layers")
    x = like.new_zeros((1, module.input_size) if is_cell else (1, 1, module.input_size))
    with unchanged(module), torch.no_grad():
        try:
            return own_call(module, lambda: module._call_impl(x))[0]
        except ValueError as problem:
            raise ValueError(
                _(
                    "{problem} It was run on zeros of the shape {shape}, to see with which "
                    "weights it computes; on what it reads, lv.record(module, x)[0].weights "
                    "has them."
                ).format(problem=problem, shape=tuple(x.shape))
            ) from problem


def own_call(module: nn.Module, run: Callable[[], Any]) -> tuple[Call, Any]:
    """The one call of the module's kernel while ``run`` runs, and what that returned.

    Raises ValueError where its forward fails, and where it makes no such call or several.
    """
    name, calls = type(module).__name__, list[tuple[Call, bool]]()
    with Overhearing(lambda call, args: calls.append((call, called(module, args)))):
        try:
            returned = run()
        except Exception as problem:
            raise ValueError(
                _("This {name}’s own forward fails on it: {kind}: {problem}").format(
                    name=name, kind=type(problem).__name__, problem=problem
                )
            ) from problem
    found = [call for call, is_own in calls if is_own] or [call for call, _is_own in calls]
    if not found:
        raise ValueError(
            _(
                "This {name} computes its answer in its own forward, without torch’s kernel, "
                "so that its gates are not those of the class it is derived from. Write its "
                "equations as a Cell, and lv.run shows them."
            ).format(name=name)
        )
    if len(found) > 1:
        raise ValueError(
            _(
                "This {name} reads {found} times in one forward. Record them all: with "
                "lv.recording(module) as tape: module(x)."
            ).format(name=name, found=len(found))
        )
    return found[0], returned


def follows(later: Call, before: Call) -> bool:
    """Whether one step of a ``*Cell`` began with the very state that another one ended with."""
    return later.x.shape == before.x.shape and all(
        torch.equal(begun, ended) for begun, ended in zip(later.before, before.own[1:], strict=True)
    )


def joined(steps: Sequence[Call]) -> Call:
    """The steps of a ``*Cell``, each of which follows the one before it, as one call."""
    h = torch.cat([step.own[0] for step in steps])
    x, problems = torch.cat([step.x for step in steps]), [step.problem for step in steps]
    own, problem = [h, *steps[-1].own[1:]], next(filter(None, problems), None)
    return replace(steps[0], x=x, own=own, problem=problem)


def called(module: nn.Module, arguments: tuple[Any, ...]) -> bool:
    """Whether a kernel's arguments have this module's own weights in them."""
    flat = getattr(module, "_flat_weights", None)
    if flat is not None:
        return any(argument is flat for argument in arguments)
    mine = module._parameters.get("weight_ih")
    return mine is not None and any(argument is mine for argument in arguments)


def copied(tensor: Tensor) -> Tensor:
    """The tensor's numbers on the CPU, in memory of their own and without their history."""
    detached = tensor.detach()
    return detached.clone() if detached.is_cpu else detached.cpu()


def _call_of(function: Any, args: tuple[Any, ...]) -> Call | None:
    if any(isinstance(argument, Tensor) and argument.is_meta for argument in args):
        return None  # nothing is computed
    if function in _WHOLE:
        return _whole(*_WHOLE[function], args)
    if function in _ONE_STEP:
        return _one_step(*_ONE_STEP[function], args)
    return None


def _whole(kind: str, nonlinearity: str, args: tuple[Any, ...]) -> Call:
    is_packed = isinstance(args[3], list | tuple)
    x, sizes = (args[0], args[1]) if is_packed else (args[0], None)
    before, flat, has_bias, layers, dropout, training, both, *first = args[1 + is_packed :]
    batch_first = bool(first and first[0])
    problem = None
    if training and dropout and layers > 1:
        problem = Sentence(_DROPS, {"dropout": dropout})
    elif len(flat) != layers * (1 + both) * (4 if has_bias else 2):
        problem = Sentence(_PROJECTS)
    return Call(
        kind,
        nonlinearity,
        is_cell=False,
        flat=[copied(parameter) for parameter in flat],
        has_bias=has_bias,
        layers=layers,
        ways=WAYS if both else (FORWARD,),
        x=copied(x.transpose(0, 1) if batch_first else x).contiguous(),
        before=[copied(state) for state in _listed(before)],
        sizes=None if sizes is None else copied(sizes),
        batch_first=batch_first,
        problem=problem,
    )


def _one_step(kind: str, nonlinearity: str, args: tuple[Any, ...]) -> Call:
    x, before, *parameters = args
    flat = [copied(parameter) for parameter in parameters if parameter is not None]
    return Call(
        kind,
        nonlinearity,
        is_cell=True,
        flat=flat,
        has_bias=len(flat) == 4,
        layers=1,
        ways=(FORWARD,),
        x=copied(x)[None],
        before=[copied(state)[None] for state in _listed(before)],
        sizes=None,
    )


def _answered(call: Call, answer: Any) -> Call:
    """The call with the kernel's answer, and what may be wrong with its numbers."""
    h, *last = _listed(answer)
    if call.is_cell:
        call.own = [copied(h)[None], *(copied(state)[None] for state in (h, *last))]
    else:
        steps = copied(h.transpose(0, 1) if call.batch_first else h).contiguous()
        call.own = [steps, *map(copied, last)]
        call.handed_out = last[0] if call.sizes is not None else None
    kinds = {tensor.dtype for tensor in (*call.flat, call.x, *call.before, *call.own)}
    # Its numbers may come back in float32, and were rounded all the same.
    if kinds == {torch.float32} and torch.is_autocast_enabled(h.device.type):
        kinds.add(torch.get_autocast_dtype(h.device.type))
    if kinds not in ({torch.float32}, {torch.float64}):
        named = _(", ").join(sorted(str(kind).removeprefix("torch.") for kind in kinds))
        call.problem = call.problem or Sentence(_OTHER_KIND, {"kinds": named})
    return call


def _listed(state: Any) -> Iterable[Tensor]:
    return [state] if isinstance(state, Tensor) else list(state)
