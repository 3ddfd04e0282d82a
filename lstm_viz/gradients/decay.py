"""How the gradient fades or grows with the distance: what is measured, and from which start."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.gradients.flow import GradientFlow, gradient_flow
from lstm_viz.gradients.state_gradients import StateGradients, state_gradients
from lstm_viz.language import N_, _
from lstm_viz.run.run import run
from lstm_viz.run.statistics import half_life
from lstm_viz.run.trace import Trace
from lstm_viz.run.weights import init_weights, keep_bias

INPUTS, SEQUENCES = 8, 4  # what untrained cells read: noise, the same for all of them
STARTS = 4  # seeds from which an untrained cell is measured, so that no number is one start's luck

Loss = np.ndarray | Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Quantity:
    """One derivative that can be followed back. ``symbol`` is what stands on the axis."""

    key: str
    symbol: str
    meaning: str


QUANTITIES = {
    quantity.key: quantity
    for quantity in (
        Quantity("memory", "∂c_T/∂c_t", N_("memory by memory")),
        Quantity("h", "∂h_T/∂h_t", N_("output by output")),
        Quantity("loss_h", "∂L/∂h_t", N_("loss by output")),
        Quantity("loss_x", "∂L/∂x_t", N_("loss by input")),
    )
}


@dataclass(frozen=True)
class Band:
    """What a size means: from ``low`` to ``high`` decades, compared with distance 0."""

    name: str
    low: float
    high: float
    meaning: str


# float32 has 24 binary digits. A weight's gradient is the sum over all steps, and what is smaller
# than 2^-24 of the largest part of a sum is rounded away.
FLOAT32 = 24 * float(np.log10(0.5))
ALIVE = -2.0

BANDS = (
    Band(N_("exploding"), 1.0, np.inf, N_("more than 10 times")),
    Band(N_("alive"), ALIVE, 1.0, N_("at least 1%")),
    Band(N_("shrinking"), FLOAT32, ALIVE, N_("less than 1%")),
    Band(N_("lost in float32"), -np.inf, FLOAT32, N_("less than 6·10⁻⁸")),
)


@dataclass(frozen=True)
class Start:
    """How untrained cells start, all from the same seed, and what they read.

    ``scheme`` is one of ``SCHEMES``; ``forget_bias`` of None leaves it as drawn; ``scale``
    multiplies every recurrent matrix.
    """

    scheme: str = "pytorch"
    forget_bias: float | None = None
    scale: float = 1.0
    steps: int = 60
    hidden: int = 32
    seed: int = 0

    def weights(self, cell: Cell) -> dict[str, np.ndarray]:
        """The weights of a cell that starts like this; what it has no part for is left out."""
        biased = keep_bias(cell) is not None
        scheme = self.scheme if biased or self.scheme != "chrono" else "pytorch"
        bias = self.forget_bias if biased and self.scheme != "chrono" else None
        found = init_weights(
            cell,
            INPUTS,
            self.hidden,
            self.seed,
            scheme,
            bias,
            t_max=max(self.steps, 2),
        )
        return {name: w * self.scale if _recurrent(name) else w for name, w in found.items()}

    def trace(self, cell: Cell) -> Trace:
        """The cell, started like this, reading noise."""
        x = np.random.default_rng(self.seed).normal(size=(self.steps, SEQUENCES, INPUTS))
        return run(cell, self.weights(cell), x)


SCHEMES: Mapping[str, str] = {
    "pytorch": N_("PyTorch’s default"),
    "keras": N_("Keras"),
    "orthogonal": N_("Orthogonal"),
    "chrono": N_("Chrono"),
}

# Starts with a name; steps, hidden units and seed are left as they are.
NAMED: Mapping[str, tuple[str, Start]] = {
    "default": (N_("PyTorch’s default"), Start()),
    "bias_1": (N_("Forget bias 1"), Start(forget_bias=1.0)),
    "bias_5": (N_("Forget bias 5"), Start(forget_bias=5.0)),
    "chrono": (N_("Chrono"), Start(scheme="chrono")),
    "orthogonal": (N_("Orthogonal"), Start(scheme="orthogonal")),
    "explode": (N_("Scaled to explode"), Start(scheme="orthogonal", scale=2.0)),
}


@dataclass(frozen=True, eq=False)
class Curve:
    """One derivative of one cell against the distance to the last step.

    ``decades`` is (T, B): entry k is log10 of its norm k steps before the last one, compared with
    distance 0, or with the ``largest``. ``kept`` is the same for the product of the keep gates,
    None without a memory. ``by_state`` is how it divides among the states on its way, None where
    none leads back.
    """

    cell: Cell
    quantity: str
    decades: np.ndarray
    kept: np.ndarray | None
    largest: bool = False
    by_state: StateGradients | None = None

    @cached_property
    def mean(self) -> np.ndarray:
        """The geometric mean over the sequences, (T,), in decades."""
        mean: np.ndarray = self.decades.mean(axis=1)
        return mean

    @cached_property
    def kept_mean(self) -> np.ndarray | None:
        return None if self.kept is None else self.kept.mean(axis=1)

    @property
    def half_life(self) -> float | None:
        """Steps in which it halves, on average from distance 1 on; see ``halving_or_doubling``."""
        return halving_or_doubling(self.mean)

    @property
    def kept_half_life(self) -> float | None:
        return None if self.kept_mean is None else halving_or_doubling(self.kept_mean)

    @property
    def peak(self) -> int:
        """The distance at which it is largest."""
        return int(np.argmax(np.nan_to_num(self.mean, nan=-np.inf)))

    def left(self, distance: int) -> float:
        """What is left of it at this distance, as a share of distance 0."""
        return float(10.0 ** self.mean[distance])

    def reach(self, decades: float = ALIVE) -> int | None:
        """The first distance at which it has fallen below this, None if it does not."""
        below = np.flatnonzero(self.mean < decades)
        return int(below[0]) if below.size else None


def halving_or_doubling(decades: np.ndarray) -> float | None:
    """Steps in which a curve halves on average, negative where it doubles, None if it is flat.

    Counted from one step back, where the last step's own gates no longer matter, to the last step
    at which something is left. 0 where the first step leaves nothing at all.
    """
    if len(decades) > 1 and decades[0] > decades[1] == -np.inf:
        return 0.0
    last = int(np.flatnonzero(np.isfinite(decades))[-1]) if np.isfinite(decades).any() else 0
    if last < 2 or not np.isfinite(decades[1]):
        return None
    lost = float(decades[1] - decades[last]) * np.log(10) / (last - 1)
    return None if lost == 0 else float(np.sign(lost) * half_life(abs(lost)))


@lru_cache(200)
def untrained(cell: Cell, seed: int = 0) -> Curve:
    """How the gradient of an untrained cell fades: the one answer to this, on every page.

    Its memory's (or where it has none, the signal that is followed in its place), as PyTorch would
    start it, reading noise. Raises ValueError and FloatingPointError where it cannot be run.
    """
    return curve(Start(seed=seed).trace(cell), "memory")


def untrained_half_lives(cell: Cell) -> tuple[float | None, ...]:
    """The half-life of ``untrained`` from each of the first seeds; see ``Curve.half_life``."""
    return tuple(untrained(cell, seed).half_life for seed in range(STARTS))


def curve(
    trace: Trace,
    quantity: str,
    loss: Loss | None = None,
    cut: Collection[str] = (),
    largest: bool = False,
) -> Curve:
    """Follow one derivative back through a trace.

    The memory's is total: h_t follows c_t. Without a ``loss`` it is the sum of the last h. It is
    compared with distance 0 or, where the last step is not special, with the ``largest``. An h that
    the cell does not carry has no part in a later one: its curve is exactly 0 (-inf) from distance
    1 on, and no lane leads back from it.
    """
    flow = gradient_flow(trace, loss, cut)
    state = followed(trace.cell, quantity)
    is_carried = state in trace.cell.states or (state is None and bool(trace.cell.states))
    found = (_by_loss(flow, quantity) if state is None else _by_itself(flow, state))[::-1]
    unit = found.max(axis=0) if largest else found[0]
    kept = flow.log10_direct[::-1] if trace.cell.memory else None
    with np.errstate(invalid="ignore"):  # NaN where there is nothing to compare with
        return Curve(
            trace.cell,
            quantity,
            found - unit,
            None if kept is None else kept - kept[0],
            largest,
            state_gradients(flow, state) if is_carried else None,
        )


def followed(cell: Cell, quantity: str) -> str | None:
    """The signal whose last value is followed back, None where it is the loss.

    Without a memory it is h or, where the cell does not carry h, the first state that it carries.
    """
    if quantity not in QUANTITIES:
        raise ValueError(
            _("{quantity} is none of {quantities}.").format(
                quantity=quantity, quantities=_(", ").join(QUANTITIES)
            )
        )
    if quantity == "memory":
        return cell.memory or next(iter(sorted(cell.states, key=lambda s: s != "h")), "h")
    return "h" if quantity == "h" else None


def _by_loss(flow: GradientFlow, quantity: str) -> np.ndarray:
    return flow.log10_loss(quantity.removeprefix("loss_"))


def _by_itself(flow: GradientFlow, signal: str) -> np.ndarray:
    if signal in flow.states:
        return flow.log10_norm(signal, total=True)
    T, B, H = flow.trace.h.shape
    return np.where(np.arange(T)[:, None] == T - 1, np.log10(H) / 2, -np.inf) + np.zeros((T, B))


@dataclass(frozen=True)
class Bounds:
    """What the classical results say about a plain RNN, from its matrix alone.

    ``radius`` is the spectral radius of U, ``largest`` its largest singular value: times the
    largest slope of tanh, which is 1, it bounds what one step can make of a gradient. ``slope`` is
    the mean slope that was met.
    """

    radius: float
    largest: float
    slope: float


def bounds(trace: Trace) -> Bounds | None:
    """The classical bounds of a cell ``h = tanh(... + U @ h_prev ...)``, None for any other."""
    if trace.cell != CELLS["rnn"]:
        return None
    U = trace.weights["U_h"]
    return Bounds(
        radius=float(abs(np.linalg.eigvals(U)).max()),
        largest=float(np.linalg.norm(U, 2)),
        slope=float((1 - trace.h**2).mean()),
    )


@dataclass(frozen=True, eq=False)
class Split:
    """How the gradient of a cell's memory divides among its paths, by distance.

    ``paths`` has for each path its share of one step, (T - 1, H): for each unit, the mean over the
    sequences. ``excursions`` is (most + 1, T): the share of the last memory's gradient that left
    the direct path so many times, the last entry that often or more.
    """

    cell: Cell
    paths: Mapping[str, np.ndarray]
    excursions: np.ndarray

    def steps(self, unit: int | None = None) -> dict[str, np.ndarray]:
        """The share of each path in one step, (T - 1,): of one unit, or the mean over all."""
        return {
            name: shares.mean(axis=1) if unit is None else shares[:, unit]
            for name, shares in self.paths.items()
        }


def split(trace: Trace, most: int = 3) -> Split:
    """Divide one step, and the whole way back from the last memory, among the paths."""
    loss = np.zeros(trace.h.shape)
    loss[-1] = 1
    flow = gradient_flow(trace, {str(trace.cell.memory): loss})
    # The first step has no step before it.
    shares = {name: share[:0:-1].mean(axis=1) for name, share in flow.shares().items()}
    parts = flow.excursions(most)
    whole = parts.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        projected = (parts * whole).sum(axis=(2, 3)) / (whole * whole).sum(axis=(1, 2))
    return Split(trace.cell, shares, projected[:, ::-1])


def cuts(cell: Cell) -> dict[str, tuple[str, ...]]:
    """What can be cut of a cell with a memory: for each path its name's key and what to cut.

    Gates and the candidate by their signals, the peepholes together, and the direct path.
    """
    if cell.memory is None:
        return {}
    found: dict[str, tuple[str, ...]] = {"direct": ("direct",)}
    for signal, role in cell.roles.items():
        if role.key not in ("memory", "output", "other"):
            found[signal] = (signal,)
    peepholes = tuple(name for name in cell.weight_names if name.startswith("p_"))
    return found | ({"peepholes": peepholes} if peepholes else {})


def _recurrent(name: str) -> bool:
    return name.startswith(("U_", "R_"))
