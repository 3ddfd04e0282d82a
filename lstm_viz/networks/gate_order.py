"""Weights by gate name, and how PyTorch, Keras and ONNX stack them.

All three put the gates of a layer below each other in one matrix, each in an order of its own, and
store two biases where our equations have one. An order is a word, one letter a gate; to read is to
cut the matrix in as many blocks and name them, to write is to stack them again. This module is the
only place that knows these orders. In all three the GRU's z keeps, as here.

A layer's kind is what they call it: ``"LSTM"``, ``"GRU"`` or ``"RNN"`` (Keras: SimpleRNN).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.language import N_, _, ngettext

# The candidate is c in the LSTM, h in the GRU and the RNN.
TORCH = {"LSTM": "ifco", "GRU": "rzh", "RNN": "h"}
KERAS = {"LSTM": "ifco", "GRU": "zrh", "RNN": "h"}
ONNX = {"LSTM": "iofc", "GRU": "zrh", "RNN": "h"}
ONNX_PEEPHOLES = "iof"

HOME = "torch.nn.modules.rnn"  # where torch's recurrent modules are written

# In this order; without a bias the last two are missing.
TORCH_PARAMETERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

# torch.nn.RNN(nonlinearity="relu"); a state dict does not say which of the two it belongs to.
RELU_RNN = Cell(
    "h = relu(W_h @ x + U_h @ h_prev + b_h)",
    name="rnn (relu)",
    title=N_("Plain RNN with relu"),
    sentence=N_(
        "No gates: at every step the whole memory is mixed with the input, and what is negative "
        "is cut off."
    ),
    source='torch.nn.RNN(nonlinearity="relu")',
)

Weights = Mapping[str, np.ndarray]


def weights_from(module: Any, layer: int = 0, direction: str = "forward") -> dict[str, np.ndarray]:
    """The parameters of ``torch.nn.LSTM``, ``GRU``, ``RNN`` or their ``*Cell`` by gate name.

    Float64 copies: ``W_*`` (H, D), ``U_*`` (H, H), ``b_*`` (H,), as the cells ``lstm``, ``gru`` and
    ``rnn`` of the catalogue read them. Of torch's two biases only the sum matters, and the sum is
    returned; not so in the GRU's candidate, whose second one is ``d_h``, inside the reset product.
    Without biases (``bias=False``) they are zero. They are those of the module's next forward:
    where hooks, parametrizations or a class of one's own make them, the module is run once on
    zeros, overheard, and left as it was.

    ``direction`` is "forward" or "backward". Raises ValueError for other modules, projections
    (``proj_size``), ``nonlinearity="relu"`` and a layer or direction that the module does not have.
    """
    _require_tanh(module)
    kind, parameters = _acting_parameters_of(module, layer, direction)
    return from_torch(kind, *map(_float64, parameters))


def from_torch(
    kind: str,
    weight_ih: np.ndarray,
    weight_hh: np.ndarray,
    bias_ih: np.ndarray | None = None,
    bias_hh: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Weights by gate name from one layer and direction as torch stores it; copies, same dtype."""
    order = _order(TORCH, kind)
    return _by_gate(order, weight_ih, weight_hh, bias_ih, bias_hh, apart=kind == "GRU")


def to_torch(kind: str, weights: Weights) -> list[np.ndarray]:
    """``[weight_ih, weight_hh, bias_ih, bias_hh]`` of one layer and direction as torch stores it.

    The inverse of ``from_torch``: a gate's bias goes into torch's first one and the second is zero,
    except in the GRU's candidate, where it is ``d_h``.
    """
    order = _order(TORCH, kind)
    _check(f"torch's {kind}", weights, _shapes(order, *_sizes(order, weights), kind == "GRU"))
    return _stacked(order, weights)


def stored_by_torch(cell: Cell, D: int, H: int) -> tuple[str, int] | None:
    """torch's kind of layer that computes this cell, and how many numbers one of it stores: of
    each gate a W, a U and both biases. None for a cell that torch has no module of."""
    for kind, order in TORCH.items():
        if set(cell_of(kind).lines) == set(cell.lines) and not cell.initial:
            return kind, len(order) * H * (D + H + 2)
    return None


def load_into(module: Any, weights: Weights, layer: int = 0, direction: str = "forward") -> None:
    """Writes weights by gate name into one layer and direction of a torch module, in place.

    The inverse of ``weights_from``: a gate's bias goes into torch's first one and the second
    becomes zero, except in the GRU's candidate, where it is ``d_h``. Raises ValueError where
    ``weights_from`` does, for names and shapes that are not the module's, and for biases other than
    zero when the module has none.
    """
    _require_tanh(module)
    kind, place = _place_in(module, layer, direction)
    computed = [name + place for name in TORCH_PARAMETERS[:2] if _is_computed(module, name + place)]
    if computed:
        raise ValueError(
            _(
                "{computed} of this {kind} is computed from other parameters before every "
                "forward, and what is written into it would be lost. Write into a plain "
                "module, or remove what computes it first."
            ).format(computed=computed[0], kind=type(module).__name__)
        )
    parameters = parameters_of(module, layer, direction)[1]
    order = TORCH[kind]
    rows, D = parameters[0].shape
    _check(f"torch's {kind}", weights, _shapes(order, D, rows // len(order), apart=kind == "GRU"))
    for parameter, array in zip(parameters, _stacked(order, weights), strict=True):
        if parameter is not None:
            parameter.detach().copy_(parameter.new_tensor(array))
        elif np.any(array):
            raise ValueError(
                _(
                    "This {kind} was made with bias=False, and the weights have biases other "
                    "than 0; make it with bias=True."
                ).format(kind=type(module).__name__)
            )


def parameters_of(module: Any, layer: int, direction: str) -> tuple[str, list[Any]]:
    """The kind of a torch module, and its weight_ih, weight_hh, bias_ih and bias_hh as they are.

    A bias that the module does not have is None. Raises ValueError like ``weights_from``.
    """
    kind, place = _place_in(module, layer, direction)
    return kind, [getattr(module, name + place, None) for name in TORCH_PARAMETERS]


def _acting_parameters_of(module: Any, layer: int, direction: str) -> tuple[str, list[Any]]:
    """As ``parameters_of``, but those with which the module's next forward will compute."""
    from lstm_viz.networks.torch.kernels import call_on_zeros, is_plain

    kind, _place = _place_in(module, layer, direction)
    if is_plain(module):
        return parameters_of(module, layer, direction)
    found = list(call_on_zeros(module).parameters((layer, direction)))
    return kind, found + [None] * (len(TORCH_PARAMETERS) - len(found))


def _is_computed(module: Any, name: str) -> bool:
    return name not in module._parameters


def _place_in(module: Any, layer: int, direction: str) -> tuple[str, str]:
    """The kind of a torch module, and what stands behind the names of this layer's parameters."""
    kind, is_cell = kind_of(module)
    layers = 1 if is_cell else module.num_layers
    if isinstance(layer, bool) or not isinstance(layer, int) or not 0 <= layer < layers:
        raise ValueError(
            ngettext(
                "This {kind} has {layers} layer, counted from 0; got layer={layer!r}.",
                "This {kind} has {layers} layers, counted from 0; got layer={layer!r}.",
                layers,
            ).format(kind=type(module).__name__, layers=layers, layer=layer)
        )
    if direction not in ("forward", "backward"):
        raise ValueError(
            _('direction is "forward" or "backward"; got {direction!r}.').format(
                direction=direction
            )
        )
    if direction == "backward" and not getattr(module, "bidirectional", False):
        raise ValueError(
            _('This {kind} reads in one direction only; take direction="forward".').format(
                kind=type(module).__name__
            )
        )
    return kind, "" if is_cell else place_in_torch(layer, direction)


def nonlinearity_of(module: Any) -> str:
    """ "tanh" or "relu": what torch's RNN squashes with; the others have tanh alone."""
    return str(getattr(module, "nonlinearity", "tanh"))


def cell_of(kind: str, nonlinearity: str = "tanh") -> Cell:
    """The cell that torch's module of this kind computes; an RNN may have "tanh" or "relu".

    Raises ValueError for other names.
    """
    _order(TORCH, kind)
    if nonlinearity not in ("tanh", "relu"):
        raise ValueError(
            _('torch\'s RNN has nonlinearity="tanh" or "relu"; got {nonlinearity!r}.').format(
                nonlinearity=nonlinearity
            )
        )
    return RELU_RNN if (kind, nonlinearity) == ("RNN", "relu") else CELLS[kind.lower()]


def _require_tanh(module: Any) -> None:
    if _class_in_torch(module) and nonlinearity_of(module) != "tanh":
        raise ValueError(
            _(
                "This RNN has nonlinearity={nonlinearity!r}, and the cell rnn is the one with "
                "tanh. A Cell with relu computes with its weights: lv.record(module, x)[0] has "
                "both."
            ).format(nonlinearity=module.nonlinearity)
        )


def place_in_torch(layer: int, direction: str) -> str:
    """What torch puts behind a parameter's name: ``_l0``, ``_l1_reverse``."""
    return f"_l{layer}_reverse" if direction == "backward" else f"_l{layer}"


def kind_of(module: Any) -> tuple[str, bool]:
    """ "LSTM", "GRU" or "RNN", and whether the module is the ``*Cell`` of that kind.

    Told by its class, so that torch need not be imported here. Raises ValueError in words for what
    no cell of ours computes.
    """
    is_torchs_own = type(module).__module__ == HOME  # of which none is closed
    found = _class_in_torch(module) if is_torchs_own or not closed(module) else None
    if found is None:
        require_open(module)
        raise ValueError(
            _(
                "What can be read is torch.nn.LSTM, GRU, RNN, LSTMCell, GRUCell and RNNCell; "
                "got {kind}.{parts_told}"
            ).format(kind=type(module).__name__, parts_told=_parts_told(module))
        )
    if getattr(module, "proj_size", 0):
        raise ValueError(
            _(
                "This LSTM projects h (proj_size={proj_size}), which no cell here does; make it "
                "with proj_size=0."
            ).format(proj_size=module.proj_size)
        )
    return found.removesuffix("Cell"), found.endswith("Cell")


def _class_in_torch(module: Any) -> str | None:
    """LSTM for a torch.nn.LSTM and what is derived from it; None for what is not recurrent."""
    names = (c.__name__ for c in type(module).__mro__ if c.__module__ == HOME)
    return next((name for name in names if name.removesuffix("Cell") in TORCH), None)


def recurrent_parts(module: Any) -> dict[str, Any]:
    """Every recurrent module of torch's inside a module, itself included, by its dotted name."""
    parts = module.named_modules() if hasattr(module, "named_modules") else ()
    return {name: part for name, part in parts if _class_in_torch(part)}


def _parts_told(module: Any) -> str:
    """A sentence that says which parts of a network can be read, empty if none."""
    found = recurrent_parts(module)
    if not found:
        return ""
    listed = _(", ").join(
        f"module.{name} ({_class_in_torch(part)})" for name, part in found.items()
    )
    return _(
        " Give one of its parts, and what that part reads: {listed}. Or run the whole: "
        "with lv.recording(model) as tape: model(batch)."
    ).format(listed=listed)


def require_open(model: Any, name: str = "module") -> None:
    """Raises ValueError, with what to do, where a recurrent part of a model is closed.

    That is, torch compiled, scripted, traced, exported or quantised it. ``name`` is what the caller
    calls the model.
    """
    parts = model.named_modules() if hasattr(model, "named_modules") else [("", model)]
    for place, part in parts:
        instead = closed(part, f"{name}.{place}" if place else name)
        if instead:
            where = _(" It stands in this {kind} as {place}.") if place else ""
            raise ValueError(instead + where.format(kind=_title(model), place=place))


def closed(module: Any, name: str = "module") -> str:
    """What to do with a recurrent module that computes where nobody can listen, else "".

    Told by the class, so that nothing need be imported for it.
    """
    inside = module.modules() if hasattr(module, "modules") else ()
    if inside and not any(kind in _title(part) for part in inside for kind in TORCH):
        return ""
    homes = [kind.__module__ for kind in type(module).__mro__]
    title = _title(module)
    if any(home.startswith("torch._dynamo") for home in homes):
        return _(
            "This {title} is compiled (torch.compile), and what it computes inside cannot be "
            "seen. Take the module from which it was made, {name}._orig_mod: they share their "
            "weights."
        ).format(title=title, name=name)
    if any(home.startswith("torch.jit") for home in homes):
        return _(
            "This {title} is scripted (torch.jit), and what it computes inside cannot be seen. "
            "Take the module from which it was made. If only the script is left, make that module "
            "again and give it the weights: fresh.load_state_dict({name}.state_dict())."
        ).format(title=title, name=name)
    if any(home.startswith("torch.export") for home in homes):
        return _(
            "This {title} is an exported program, in which no module is left as it was. Take the "
            "module from which it was exported, and load its state_dict."
        ).format(title=title)
    if any(home.startswith(("torch.ao.nn.quantiz", "torch.nn.quantiz")) for home in homes):
        return _(
            "This {title} is quantised: it computes with weights of 8 bits, or of half precision, "
            "by kernels that show no gates. Take the float module from which it was made "
            "(torch.ao.quantization leaves it as it is unless inplace=True)."
        ).format(title=title)
    return ""


def _title(module: Any) -> str:
    """What a person calls the module: a script knows the class that it was made from."""
    inner = getattr(module, "_orig_mod", None)
    if inner is not None:
        return type(inner).__name__
    return str(getattr(module, "original_name", type(module).__name__))


def to_keras(kind: str, weights: Weights) -> list[np.ndarray]:
    """``[kernel, recurrent_kernel, bias]``, what ``set_weights`` of a Keras 3 layer takes.

    The stacks are transposed: (D, gates * H) and (H, gates * H). A GRU with ``d_h`` is the default
    one, ``reset_after=True``, and its bias is (2, 3H); without ``d_h`` it is ``reset_after=False``
    and its bias (3H,).
    """
    order = _order(KERAS, kind)
    _check(f"Keras' {kind}", weights, _shapes(order, *_sizes(order, weights), "d_h" in weights))
    W, U, b, d = _stacked(order, weights)
    return [W.T.copy(), U.T.copy(), np.stack([b, d]) if "d_h" in weights else b]


def from_keras(
    kind: str, arrays: Sequence[np.ndarray], reset_after: bool = True
) -> dict[str, np.ndarray]:
    """Weights by gate name from ``get_weights`` of a Keras 3 layer; without a bias it is zero.

    The bias of a GRU shows where it resets; ``reset_after`` is asked where there is none.
    """
    order = _order(KERAS, kind)
    kernel, recurrent_kernel, *rest = (np.asarray(array, dtype=float) for array in arrays)
    bias = rest[0] if rest else None
    apart = kind == "GRU" and (reset_after if bias is None else bias.ndim == 2)
    b, d = bias if bias is not None and bias.ndim == 2 else (bias, None)
    return _by_gate(order, kernel.T, recurrent_kernel.T, b, d, apart)


def to_onnx(kind: str, weights: Weights) -> dict[str, np.ndarray]:
    """The inputs W, R, B (and P, if there are peepholes) of the ONNX operator, one direction.

    W is (1, gates * H, D), R (1, gates * H, H), B (1, 2 * gates * H), P (1, 3H). A GRU with ``d_h``
    is the one with ``linear_before_reset=1``. An LSTM without the weights of f is the one with
    ``input_forget=1``: ONNX Runtime then computes f = 1 - i and reads none of f's rows, here zeros.
    """
    order = _order(ONNX, kind)
    D, H = _sizes(order, weights)
    shapes = _shapes(order, D, H, "d_h" in weights)
    if any(name.startswith("p_") for name in weights):
        shapes |= {f"p_{gate}": (H,) for gate in ONNX_PEEPHOLES}
    if kind == "LSTM" and not any(name.endswith("_f") for name in weights):
        of_f = {name: np.zeros(shape) for name, shape in shapes.items() if name.endswith("_f")}
        weights = {**weights, **of_f}
    _check(f"ONNX' {kind}", weights, shapes)
    W, U, b, d = _stacked(order, weights)
    packed = {"W": W, "R": U, "B": np.concatenate([b, d])}
    if "p_i" in shapes:
        packed["P"] = np.concatenate([weights[f"p_{gate}"] for gate in ONNX_PEEPHOLES])
    return {name: array[np.newaxis] for name, array in packed.items()}


def from_onnx(
    kind: str,
    W: np.ndarray,
    R: np.ndarray,
    B: np.ndarray | None = None,
    P: np.ndarray | None = None,
    *,
    direction: int = 0,
    linear_before_reset: bool = False,
) -> dict[str, np.ndarray]:
    """Weights by gate name from the inputs of an ONNX operator.

    ``direction`` counts along their first axis: of a bidirectional operator 1 is the backward one.
    """
    b, d = (None, None) if B is None else np.split(np.asarray(B[direction], dtype=float), 2)
    W, R = (np.asarray(array[direction], dtype=float) for array in (W, R))
    weights = _by_gate(_order(ONNX, kind), W, R, b, d, kind == "GRU" and linear_before_reset)
    if P is not None:
        peepholes = np.split(np.array(P[direction], dtype=float), len(ONNX_PEEPHOLES))
        weights |= {f"p_{gate}": p for gate, p in zip(ONNX_PEEPHOLES, peepholes, strict=True)}
    return weights


def _by_gate(
    order: str,
    W: np.ndarray,
    U: np.ndarray,
    b: np.ndarray | None,
    d: np.ndarray | None,
    apart: bool,
) -> dict[str, np.ndarray]:
    """Copies of the blocks by name; the second bias joins the first, or is ``d_h`` if ``apart``."""
    none = np.zeros(len(W), W.dtype)
    b, d = (none if bias is None else bias for bias in (b, d))
    W, U, both, d, H = W.copy(), U.copy(), b + d, d.copy(), len(W) // len(order)
    weights: dict[str, np.ndarray] = {}
    for number, gate in enumerate(order):
        rows = slice(number * H, (number + 1) * H)
        weights["W_" + gate], weights["U_" + gate] = W[rows], U[rows]
        weights["b_" + gate] = both[rows]
        if apart and gate == "h":
            weights["b_h"], weights["d_h"] = b[rows].copy(), d[rows]
    return weights


def _stacked(order: str, weights: Weights) -> list[np.ndarray]:
    """The stacks W, U, first bias and second bias; the second is zero where there is no ``d_*``."""
    none = np.zeros(len(weights[f"b_{order[0]}"]))
    return [
        np.concatenate([np.asarray(weights.get(f"{letter}_{gate}", none)) for gate in order])
        for letter in "WUbd"
    ]


def _float64(parameter: Any) -> Any:
    return None if parameter is None else parameter.detach().double().cpu().numpy()


def _order(orders: Mapping[str, str], kind: str) -> str:
    if kind not in orders:
        raise ValueError(
            _("The kinds of layer are {orders}; got {kind!r}.").format(
                orders=_(", ").join(orders), kind=kind
            )
        )
    return orders[kind]


def _sizes(order: str, weights: Weights) -> tuple[int, int]:
    """D and H, read from the candidate's input matrix, which every kind has."""
    name = "W_c" if "c" in order else "W_h"
    if np.ndim(weights.get(name, 0)) != 2:
        raise ValueError(
            _("The candidate's {name}, a matrix (H, D), is missing from the weights.").format(
                name=name
            )
        )
    H, D = np.shape(weights[name])
    return D, H


def _shapes(order: str, D: int, H: int, apart: bool) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {}
    for gate in order:
        shapes |= {f"W_{gate}": (H, D), f"U_{gate}": (H, H), f"b_{gate}": (H,)}
    return shapes | ({"d_h": (H,)} if apart else {})


def _check(where: str, weights: Weights, shapes: Mapping[str, tuple[int, ...]]) -> None:
    missing = _(", ").join(name for name in shapes if name not in weights)
    superfluous = _(", ").join(name for name in weights if name not in shapes)
    if missing or superfluous:
        problems = [_("the weights lack {names}").format(names=missing)] * bool(missing)
        problems += [_("the weights add {names}").format(names=superfluous)] * bool(superfluous)
        raise ValueError(
            _("{where} holds {shapes}; {problems}.").format(
                where=where, shapes=_(", ").join(shapes), problems=_(" and ").join(problems)
            )
        )
    for name, shape in shapes.items():
        if np.shape(weights[name]) != shape:
            raise ValueError(
                _("{where}: {name} should have the shape {shape}; got {shape2}.").format(
                    where=where, name=name, shape=shape, shape2=np.shape(weights[name])
                )
            )
