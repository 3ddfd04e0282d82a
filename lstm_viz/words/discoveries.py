"""What a person can find out about gradients on *How far back?*, named once it is found.

Each is recognised in the numbers that were measured, never in the settings that led there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.titles import title_of
from lstm_viz.counted import steps, steps_back
from lstm_viz.gradients.decay import ALIVE, FLOAT32, Bounds, Curve, Start, halving_or_doubling
from lstm_viz.language import N_, _
from lstm_viz.run.statistics import kept_alone
from lstm_viz.run.weights import keep_bias
from lstm_viz.words.decay import share, steps_to_halve, times

SHORT = 5.0  # steps: a memory with a shorter half-life is called short


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is on the screen: the curves of one quantity.

    ``start`` is how the cells began, None for trained ones, whose untrained selves are ``before``.
    ``classical`` belongs to the plain RNN among them, if there is one. ``lives`` are the half-lives
    of cells that began like these from several seeds, that of the curve first.
    """

    curves: Sequence[Curve]
    start: Start | None = None
    classical: Bounds | None = None
    before: Sequence[Curve] = ()
    lives: Sequence[Sequence[float | None]] = ()

    def of(self, name: str) -> Curve | None:
        return next((curve for curve in self.curves if curve.cell.name == name), None)


@dataclass(frozen=True)
class Discovery:
    """``sentence`` says it with the numbers at hand, or None where they do not show it."""

    key: str
    title: str
    hint: str
    sentence: Callable[[Comparison], str | None]


def found_in(seen: Comparison) -> dict[str, str]:
    """The discoveries that these curves show, by key, each said with their numbers."""
    sentences = {discovery.key: discovery.sentence(seen) for discovery in DISCOVERIES}
    return {key: sentence for key, sentence in sentences.items() if sentence}


def _alike(seen: Comparison) -> str | None:
    lstm, rnn = seen.of("lstm"), seen.of("rnn")
    if seen.start is None or lstm is None or rnn is None or not _is_pytorchs(seen.start):
        return None
    slow, fast = lstm.half_life, rnn.half_life
    if slow is None or fast is None or not 0 < slow < SHORT or not 0 < fast < SHORT:
        return None
    distance = min(20, len(lstm.mean) - 1)
    return _(
        "{back} {lstm} is left in the LSTM and {rnn} in the RNN: it halves every "
        "{slow:.1f} steps in one and every {fast:.1f} in the other. What the LSTM has is a gate "
        "that can be moved towards 1."
    ).format(
        back=steps_back(distance),
        lstm=share(lstm.mean[distance]),
        rnn=share(rnn.mean[distance]),
        slow=slow,
        fast=fast,
    )


def _is_pytorchs(start: Start) -> bool:
    """Whether every number is as PyTorch draws it."""
    return start.scheme == "pytorch" and start.forget_bias is None and start.scale == 1


def _half_life_of_1(seen: Comparison) -> str | None:
    for curve in seen.curves:
        life = curve.kept_half_life
        is_biased = seen.start is not None and _forget_bias(seen.start, curve.cell) == 1
        if is_biased and life is not None and 2.0 < life < 2.6:
            return _(
                "{cell}: the product of the keep gates alone, the dotted line, halves every "
                "{life:.1f} steps; a gate at sigmoid(1) = 0.73 would halve it every {alone:.1f}. "
                "The whole gradient, the full line, also comes through gates and candidate: "
                "{whole}."
            ).format(
                cell=title_of(curve.cell),
                life=life,
                alone=kept_alone(1),
                whole=steps_to_halve(curve.half_life),
            )
    return None


def _forget_bias(start: Start, cell: Cell) -> float | None:
    """The bias with which a cell's keep gate starts; None where it is drawn, or there is none."""
    return None if start.scheme == "chrono" or keep_bias(cell) is None else start.forget_bias


def _misses(seen: Comparison) -> str | None:
    for curve in seen.curves:
        if curve.kept_mean is None or curve.quantity != "memory":
            continue
        ahead = curve.mean - curve.kept_mean
        distances = np.flatnonzero((ahead > 1) & (curve.mean > FLOAT32) & (curve.mean < 0))
        if distances.size:
            n = int(distances[0])
            return _(
                "{cell}: {back} {measured} is left, and the product of the keep gates is "
                "{product}: of the norm, {part} is left without the ways through gates and "
                "candidate."
            ).format(
                part=share(curve.kept_mean[n] - curve.mean[n]),
                back=steps_back(n),
                cell=title_of(curve.cell),
                measured=share(curve.mean[n]),
                product=share(curve.kept_mean[n]),
            )
    return None


def _grows(seen: Comparison) -> str | None:
    for curve in seen.curves:
        if curve.kept_mean is None or curve.half_life is None or curve.half_life > 0:
            continue
        if curve.mean[-1] > np.log10(1.1) and curve.kept_mean[-1] < 0:
            return _(
                "{cell}: {back} the gradient is {grown} what it was, while the product of "
                "the keep gates falls to {product}: gates below 1 do not keep it from growing."
            ).format(
                cell=title_of(curve.cell),
                grown=times(curve.mean[-1]),
                back=steps_back(len(curve.mean) - 1),
                product=share(curve.kept_mean[-1]),
            )
    return None


def _above_1(seen: Comparison) -> str | None:
    rnn = seen.of("rnn")
    if rnn is None or seen.classical is None or rnn.half_life is None or rnn.half_life < 0:
        return None
    if seen.classical.radius < 1.05:
        return None
    return _(
        "The RNN’s matrix has the spectral radius {radius:.2f} and the largest singular value "
        "{largest:.2f}, and its gradient still fades: {half}. The slope of tanh, {slope:.2f} on "
        "average, takes away more than the matrix adds."
    ).format(
        radius=seen.classical.radius,
        largest=seen.classical.largest,
        slope=seen.classical.slope,
        half=steps_to_halve(rnn.half_life),
    )


def _explodes(seen: Comparison) -> str | None:
    rnn = seen.of("rnn")
    if rnn is None or rnn.mean[-1] < 1:
        return None
    return _("{back} the RNN’s gradient is {grown} what it was: {half}.").format(
        back=steps_back(len(rnn.mean) - 1),
        grown=times(rnn.mean[-1]),
        half=steps_to_halve(rnn.half_life),
    )


def _many_memories(seen: Comparison) -> str | None:
    for curve in seen.curves:
        kept, T = curve.kept_mean, len(curve.mean)
        if seen.start is None or seen.start.scheme != "chrono" or kept is None or T < 30:
            continue
        near, far = halving_or_doubling(kept[: T // 6]), halving_or_doubling(kept[-T // 3 :])
        if near is not None and far is not None and 0 < 1.4 * near < far:
            return _(
                "{cell}: over the first {few} steps the product of the keep gates halves every "
                "{near}, over the last {n} every {far:.0f}: short and long memories side "
                "by side, and no single half-life."
            ).format(
                cell=title_of(curve.cell), near=steps(f"{near:.0f}"), far=far, few=T // 6, n=T // 3
            )
    return None


def _learnt(seen: Comparison) -> str | None:
    starts = {curve.cell: curve for curve in seen.before}
    for curve in seen.curves:
        start = starts.get(curve.cell)
        if start is None:
            continue
        if curve.largest and start.peak < 3 <= curve.peak:
            return _(
                "{cell}: what was read {back} moves the answer most of all; before "
                "training it was {before}."
            ).format(
                cell=title_of(curve.cell),
                back=steps_back(curve.peak),
                before=_("what was read last")
                if start.peak == 0
                else _("what was read {n} back").format(n=start.peak),
            )
        kept = np.flatnonzero((curve.mean > ALIVE) & (curve.mean - start.mean > 1))
        if not curve.largest and kept.size:
            return _("{cell}: {back} {after} is left; before training it was {before}.").format(
                cell=title_of(curve.cell),
                back=steps_back(kept[-1]),
                after=share(curve.mean[kept[-1]]),
                before=share(start.mean[kept[-1]]),
            )
    return None


DISCOVERIES = (
    Discovery(
        "alike",
        N_("An untrained LSTM has a short memory as well"),
        N_("Compare the LSTM with the plain RNN, both as PyTorch starts them."),
        _alike,
    ),
    Discovery(
        "bias 1",
        N_("With a forget bias of 1 the keep gates alone halve every two steps"),
        N_("Set the forget bias to 1 and look at the dotted line."),
        _half_life_of_1,
    ),
    Discovery(
        "misses",
        N_("The product of the keep gates misses most of the gradient"),
        N_("How far are the dotted and the full line of the LSTM apart, 30 steps back?"),
        _misses,
    ),
    Discovery(
        "grows",
        N_("The gradient of an LSTM can grow"),
        N_("Keep almost everything: what does a forget bias of 5 do to the full line?"),
        _grows,
    ),
    Discovery(
        "many memories",
        N_("Chrono starts with memories of all lengths"),
        N_("Which start bends the dotted line?"),
        _many_memories,
    ),
    Discovery(
        "above 1",
        N_("A spectral radius above 1 need not explode"),
        N_("Double the recurrent matrices of PyTorch’s start, with the classical bounds shown."),
        _above_1,
    ),
    Discovery(
        "explodes",
        N_("A large enough matrix does explode"),
        N_("Start the RNN orthogonal, and scale it up."),
        _explodes,
    ),
    Discovery(
        "learnt",
        N_("Training brings the gradient further back"),
        N_("Compare a trained network with itself before training."),
        _learnt,
    ),
)
