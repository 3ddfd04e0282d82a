"""The weights with which a cell starts, drawn so that variants can be compared.

Each weight has a random stream of its own, made from the seed and the weight's name alone: in a
CIFG and in an LSTM of the same sizes, ``W_o`` is the same matrix.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.evaluation import evaluate, quiet
from lstm_viz.cells.expressions import PAST, Expression, names
from lstm_viz.language import _

SCHEMES = ("pytorch", "keras", "orthogonal", "chrono")
MAX_BYTES = 2**30


class KeepBias(NamedTuple):
    """The bias that alone decides which share of the memory survives a step.

    With every other weight at zero that share is ``sigmoid(sign * bias + offset)``.
    """

    name: str
    sign: int
    offset: float


def init_weights(
    cell: Cell,
    D: int,
    H: int,
    seed: int = 0,
    scheme: str = "pytorch",
    forget_bias: float | None = None,
    *,
    t_max: float = 100,
) -> dict[str, np.ndarray]:
    """Starting weights by name, float64, in the shapes of ``cell.weight_shapes(D, H)``.

    Where two cells share a weight's name and shape, the same seed and scheme give both the same
    values, except for the biases that ``forget_bias`` and chrono set on purpose.

    ``"pytorch"``: U(-k, k) with k = 1 / sqrt(H), peepholes too. PyTorch adds two biases to each
    gate, each of them U(-k, k); the one that stands here is their sum, triangular on (-2k, 2k), and
    ``d_*`` is the single uniform that it is in torch's GRU. (There ``b_h`` is a single one as well;
    here it is a sum as in every other cell, so that all cells with a ``b_h`` start alike.)

    ``"keras"``: ``W_*`` Glorot uniform, ``U_*`` and ``R_*`` orthogonal, everything else 0, and a
    forget bias of 1 where the memory is not h itself (Keras' LSTM; its GRU starts at 0). Each
    gate's matrix is drawn by itself; Keras draws the stack of all G gates at once, so that its W
    keeps to sqrt(6 / (D + G H)) and its U are about sqrt(G) times smaller.

    ``"orthogonal"`` (Saxe et al. 2014): ``U_*`` and ``R_*`` orthogonal, as in "keras", so that
    they alone neither shrink nor stretch what passes; the other weights as in "pytorch".

    ``"chrono"`` (Tallec & Ollivier 2018, eq. 16): the bias of the keep gate is log U(1, t_max - 1),
    a memory of 2 to ``t_max`` steps, that of a write gate of its own the negative of it; the other
    weights as in "pytorch". ``t_max`` is the longest time lag to be bridged.

    ``forget_bias`` starts the keep gate at sigmoid(forget_bias) where nothing else moves it,
    whatever the gate is called: ``b_f`` in the LSTM, ``-b_i`` in the CIFG (f = 1 - i), ``b_z`` in
    the GRU, ``-b_f`` in the MGU, whose f writes (see ``keep_bias``).

    Raises ValueError for sizes, a seed or a scheme that do not exist, for weights of more than
    1 GiB, and where a forget bias or chrono is asked of a cell without a keep gate to be biased.
    """
    _check(D, H, seed, scheme, forget_bias, t_max)
    shapes = cell.weight_shapes(D, H)
    _check_size(cell, D, H, shapes)
    weights = {
        name: (_keras if _is_as_in_keras(scheme, name) else _pytorch)(
            name, shape, H, _stream(seed, name)
        )
        for name, shape in shapes.items()
    }
    if scheme == "chrono":
        if forget_bias is not None:
            raise ValueError(
                _(
                    "chrono draws the forget bias itself; leave forget_bias out or take "
                    "another scheme."
                )
            )
        return weights | _chrono_biases(cell, H, seed, t_max)
    if forget_bias is not None:
        return weights | _biased(_keep_bias_or_refuse(cell, "forget_bias"), H, forget_bias)
    keep = keep_bias(cell)
    if scheme == "keras" and keep is not None and cell.memory != "h":
        return weights | _biased(keep, H, 1.0)
    return weights


def _is_as_in_keras(scheme: str, name: str) -> bool:
    return scheme == "keras" or (scheme == "orthogonal" and name.startswith(("U_", "R_")))


def keep_bias(cell: Cell) -> KeepBias | None:
    """The bias by which the cell remembers or forgets, or None where no bias does.

    ``cell.kept``, what multiplies the memory's past, is evaluated for one unit with every weight at
    zero but one bias: the bias that makes it a sigmoid of itself is the one. So no gate needs to be
    known by its letter: ``b_f`` keeps in the LSTM, ``b_i`` with the sign turned in the CIFG, and
    none in a cell that keeps everything (or whose gates have no biases).
    """
    if cell.kept is None:
        return None
    for name in cell.weight_names:
        if not name.startswith("b_"):
            continue
        shares = [_share(cell, cell.kept, name, value) for value in (-1.0, 0.0, 1.0)]
        if not all(0 < share < 1 for share in shares):
            continue
        low, offset, high = (math.log(share / (1 - share)) for share in shares)
        for sign in (1, -1):
            if math.isclose(high - offset, sign) and math.isclose(offset - low, sign):
                return KeepBias(name, sign, offset)
    return None


def _share(cell: Cell, kept: Expression, bias: str, value: float) -> float:
    """What is kept of the memory when this bias is the only weight that is not zero."""
    values = {name: np.zeros(shape) for name, shape in cell.weight_shapes(1, 1).items()}
    values |= {name + PAST: np.zeros(1) for name in cell.states} | {"x": np.zeros(1)}
    values[bias] += value
    with quiet():
        for line in cell.order:
            values[line.name] = evaluate(line.expression, values) * np.ones(1)
        return float((evaluate(kept, values) * np.ones(1)).item())


def _stream(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, *name.encode()])


def _pytorch(name: str, shape: tuple[int, ...], H: int, stream: np.random.Generator) -> np.ndarray:
    k = 1 / math.sqrt(H)
    if name.startswith("b_"):
        both: np.ndarray = stream.uniform(-k, k, (2, *shape)).sum(axis=0)
        return both
    return stream.uniform(-k, k, shape)


def _keras(name: str, shape: tuple[int, ...], H: int, stream: np.random.Generator) -> np.ndarray:
    if name.startswith("W_"):
        limit = math.sqrt(6 / sum(shape))
        return stream.uniform(-limit, limit, shape)
    if name.startswith(("U_", "R_")):
        q, r = np.linalg.qr(stream.standard_normal(shape))
        return q * np.sign(np.diag(r))  # without the signs Q is not uniformly distributed
    return np.zeros(shape)


def _biased(keep: KeepBias, H: int, logits: float | np.ndarray) -> dict[str, np.ndarray]:
    """The bias with which the gate keeps sigmoid(logits) of the memory."""
    return {keep.name: keep.sign * (np.full(H, logits) - keep.offset)}


def _chrono_biases(cell: Cell, H: int, seed: int, t_max: float) -> dict[str, np.ndarray]:
    keep = _keep_bias_or_refuse(cell, "chrono")
    # One stream for the memory lengths, whatever the cell calls its gate: unit k of an LSTM and
    # unit k of a GRU then remember equally long.
    logits = np.log(_stream(seed, "chrono").uniform(1, t_max - 1, H))
    return dict.fromkeys(_write_biases(cell), -logits) | _biased(keep, H, logits)


def _write_biases(cell: Cell) -> list[str]:
    """The biases that the write gates read, in their own line or through others of this step."""
    lines = {line.name: line for line in cell.lines}
    waiting = [name for name, role in cell.roles.items() if role.key == "write"]
    seen: dict[str, None] = {}
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen[name] = None
            waiting += sorted(names(lines[name].expression)) if name in lines else []
    return [name for name in seen if name.startswith("b_")]


def _keep_bias_or_refuse(cell: Cell, what: str) -> KeepBias:
    keep = keep_bias(cell)
    if keep is None:
        raise ValueError(
            _(
                "{what} needs a gate that decides how much of the memory is kept, with a bias "
                "of its own, and {name} has none; leave {what} out, or take a cell such as "
                "lstm or gru."
            ).format(what=what, name=cell.name or _("this cell"))
        )
    return keep


def _check(D: int, H: int, seed: int, scheme: str, forget_bias: float | None, t_max: float) -> None:
    for letter, size in (
        (_("D, the number of inputs"), D),
        (_("H, the number of hidden units"), H),
    ):
        if not isinstance(size, Integral) or isinstance(size, bool) or size < 1:
            raise ValueError(
                _("{letter}, is a whole number from 1 on; got {size!r}.").format(
                    letter=letter, size=size
                )
            )
    if not isinstance(seed, Integral) or isinstance(seed, bool) or seed < 0:
        raise ValueError(_("seed is a whole number from 0 on; got {seed!r}.").format(seed=seed))
    if scheme not in SCHEMES:
        raise ValueError(
            _("The schemes are {schemes}; got {scheme!r}.").format(
                schemes=_(", ").join(SCHEMES), scheme=scheme
            )
        )
    if forget_bias is not None and not _is_finite(forget_bias):
        raise ValueError(
            _("forget_bias is a finite number, or None; got {forget_bias!r}.").format(
                forget_bias=forget_bias
            )
        )
    if not _is_finite(t_max) or t_max < 2:
        raise ValueError(
            _("t_max is a number of steps, at least 2; got {t_max!r}.").format(t_max=t_max)
        )


def _is_finite(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _check_size(cell: Cell, D: int, H: int, shapes: Mapping[str, tuple[int, ...]]) -> None:
    size = 8 * sum(math.prod(shape) for shape in shapes.values())
    if size > MAX_BYTES:
        raise ValueError(
            _(
                "The weights of {name} for D={D}, H={H} take {size:.1f} GiB, more than "
                "{max_bytes:.0f} GiB; take a smaller D or H."
            ).format(
                name=cell.name or _("this cell"),
                D=D,
                H=H,
                size=size / 2**30,
                max_bytes=MAX_BYTES / 2**30,
            )
        )
