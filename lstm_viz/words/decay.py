"""What the curves of a gradient say, in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lstm_viz.cells import CELLS, Cell
from lstm_viz.cells.symbols import plain, raised
from lstm_viz.cells.titles import title_of
from lstm_viz.counted import steps, steps_back
from lstm_viz.gradients.connectivity import strongest
from lstm_viz.gradients.decay import (
    FLOAT32,
    Bounds,
    Curve,
    Split,
    followed,
    untrained_half_lives,
)
from lstm_viz.language import _
from lstm_viz.rounded import percent

MANY = 1000  # steps: what has not halved by then stays


def share(decades: float) -> str:
    """How much is left, in words that a person reads: 27%, 6·10⁻⁵, 15 times."""
    if decades != decades:
        return _("nothing to compare with")
    if decades == float("-inf"):
        return _("exactly 0")
    if decades >= 6 or decades < -2:
        exponent = int(decades // 1)
        digits = f"{10 ** (decades - exponent):.1f}"
        if digits == "10.0":
            digits, exponent = "1.0", exponent + 1
        return f"{digits}·10{raised(exponent)}"
    value = 10.0**decades
    if value >= 1.0005:
        long = 3 if value >= 1.005 else 4  # 1.001 times, which is not 1
        written = f"{value:.{long}g}" if value < 1000 else f"{value:,.0f}"
        return _("{times} times").format(times=written)
    return percent(value, 1 if value < 0.0995 else 0)


def times(decades: float) -> str:
    """How many times what it was, where it has grown, however far: 15 times, 7.1·10⁶ times."""
    said = share(decades)
    return _("{times} times").format(times=said) if decades >= 6 else said


def steps_to_halve(half_life: float | None) -> str:
    """How fast it fades, or grows, beside a curve."""
    if half_life is None or abs(half_life) >= MANY:
        return _("stays")
    if half_life == 0:
        return _("gone at once")
    pattern = _("½ in {steps}") if half_life > 0 else _("×2 in {steps}")
    return pattern.format(steps=_steps(half_life))


def life(half_life: float | None) -> str:
    """A half-life within a sentence."""
    if half_life is None or abs(half_life) >= MANY:
        return _("none, it stays")
    if half_life == 0:
        return _("none, it is gone at once")
    took = _steps(half_life)
    return took if half_life > 0 else _("none, it doubles in {steps}").format(steps=took)


def untrained_life(cell: Cell) -> str:
    """The half-life of an untrained cell's gradient, with that of other starts beside it."""
    lives = untrained_half_lives(cell)
    first, others = life(lives[0]), lives_between(lives)
    if first == others:
        return first
    return _("{first} (from {count} starts: {others})").format(
        first=first, count=len(lives), others=others
    )


def lives_between(lives: Sequence[float | None]) -> str:
    """Between which half-lives these lie: 1.3 to 1.5 steps."""
    shortest, longest = ends(lives)
    if life(shortest) == life(longest):
        return life(longest)
    low = life(shortest)
    if shortest and longest and 0 < shortest < longest < MANY:
        low = _two_digits(shortest)
    return _("{low} to {high}").format(low=low, high=life(longest))


def starts_said(curves: Sequence[Curve], lives: Sequence[Sequence[float | None]]) -> str:
    """That what is drawn is one random start, and between which half-lives several of them lie."""
    found = []
    for curve, of_starts in zip(curves, lives, strict=True):
        said = lives_between(of_starts)
        found.append(_("{cell} {half_life}").format(cell=title_of(curve.cell), half_life=said))
    return _("Drawn is one random start; over {count} of them the half-life is: {cells}.").format(
        count=len(lives[0]), cells=_("; ").join(found)
    )


def reach_said(cell: Cell) -> str:
    """How fast an untrained cell's gradient fades beside the LSTM's, and what was measured."""
    return _(
        "Untrained, reading noise: the gradient’s half-life in {signal} is {own}; the LSTM’s in c "
        "is {lstm}. So “How far back?” measures it, too."
    ).format(
        signal=plain(followed(cell, "memory") or "h").removesuffix("ₜ"),
        own=untrained_life(cell),
        lstm=untrained_life(CELLS["lstm"]),
    )


def ends(lives: Sequence[float | None]) -> tuple[float | None, float | None]:
    """The shortest and the longest: what stays outlasts what halves, and what grows both."""

    def loss(half_life: float | None) -> float:
        return 0.0 if half_life is None else np.inf if half_life == 0 else 1 / half_life

    return max(lives, key=loss), min(lives, key=loss)


def _steps(number: float) -> str:
    return steps(_two_digits(number))


def _two_digits(number: float) -> str:
    return f"{abs(number):.2g}" if abs(number) < 100 else f"{abs(number):.0f}"


def path_name(cell: Cell, path: str) -> str:
    """A path by what it goes through."""
    names = {"direct": _("direct"), "peepholes": _("peepholes")}
    if path in names:
        return names[path]
    return _("{name}: {what}").format(name=plain(path).removesuffix("ₜ"), what=_(cell.called(path)))


def decay_caption(
    curves: Sequence[Curve], read: Sequence[str] = (), before: Sequence[Curve] = ()
) -> str:
    """What is left of each curve some way back, and where it is lost.

    ``read`` is what was read at each distance, for curves that are compared with their largest;
    ``before`` are the same cells before training.
    """
    if curves[0].largest and read:
        sentences = [_largest_at(curves, read)]
    else:
        distance = min(20, len(curves[0].mean) - 1)
        left = [f"{title_of(curve.cell)} {share(curve.mean[distance])}" for curve in curves]
        said = _("{back}: {cells}.")
        sentences = [said.format(back=steps_back(distance), cells=_(", ").join(left))]
    lost = [(title_of(c.cell), n) for c in curves if (n := c.reach(FLOAT32)) is not None]
    if lost:
        cells = _(", ").join(_("{cell} from {n} on").format(cell=cell, n=n) for cell, n in lost)
        sentences.append(_("Lost in float32: {cells}.").format(cells=cells))
    beyond = [c for c in curves if (c.mean[np.isfinite(c.mean)] < -307.6).any()]
    sentences += [
        _("{cell} leaves what float64 can hold; it was measured as a logarithm.").format(
            cell=title_of(c.cell)
        )
        for c in beyond
    ]
    if read and not curves[0].largest:
        sentences.append(_steepest(curves, read))
    sentences += _elsewhere(curves)
    if before:
        sentences.append(_("Dashed: the same networks before training."))
    if any(curve.kept is not None for curve in curves) and not curves[0].largest:
        sentences.append(_("Dotted: the product of a cell’s keep gates alone."))
    if curves[0].decades.shape[1] > 1:
        spread = _("Lines are the mean over {n} sequences, the shade around them is their spread.")
        sentences.append(spread.format(n=curves[0].decades.shape[1]))
    return " ".join(sentences)


def _elsewhere(curves: Sequence[Curve]) -> list[str]:
    """What the axis does not say: in which signal a cell without a c is followed."""
    signals: dict[str, list[str]] = {}
    for curve in curves:
        signal = followed(curve.cell, curve.quantity)
        if signal is not None:
            signals.setdefault(signal, []).append(title_of(curve.cell))
    of_memory = curves[0].quantity == "memory"
    sentences = [
        _("Followed in {signal} where there is no c: {cells}.").format(
            signal=plain(signal).removesuffix("ₜ"), cells=_(", ").join(cells)
        )
        for signal, cells in signals.items()
        if of_memory and signal != "c"
    ]
    apart = [title_of(c.cell) for c in curves if c.quantity == "h" and "h" not in c.cell.states]
    if apart:
        sentence = _("No step reads the last h, so that no h depends on an earlier one: {cells}.")
        sentences.append(sentence.format(cells=_(", ").join(apart)))
    return sentences


def _steepest(curves: Sequence[Curve], read: Sequence[str]) -> str:
    """Where each curve loses most in one step: there the network forgets."""
    places = []
    for curve in curves:
        falls = np.diff(np.where(np.isfinite(curve.mean), curve.mean, np.nan))
        if np.isfinite(falls).any():
            # From n to n + 1 steps back is the step that read what stands n back.
            n = int(np.nanargmin(falls))
            place = _("{cell} at “{element}”, {n} back")
            places.append(place.format(cell=title_of(curve.cell), element=read[n], n=n))
    return _("Steepest: {places}.").format(places=_("; ").join(places))


def _largest_at(curves: Sequence[Curve], read: Sequence[str]) -> str:
    peaks = [
        _("{cell} at “{element}”, {n} back").format(
            cell=title_of(curve.cell), element=read[curve.peak], n=curve.peak
        )
        for curve in curves
    ]
    return _("Largest: {peaks}.").format(peaks=_("; ").join(peaks))


def bounds_caption(classical: Bounds) -> str:
    """The classical bounds of a plain RNN, and what they do and do not imply."""
    return _(
        "The classical bounds look at the RNN’s matrix alone: its spectral radius is {radius:.2f}, "
        "its largest singular value {largest:.2f}. A largest singular value below 1 is sufficient "
        "to vanish (Pascanu et al. 2013); above 1 it is necessary to explode, and not sufficient. "
        "The spectral radius decides only in a linear network; here tanh takes away, its slope is "
        "{slope:.2f} on average."
    ).format(radius=classical.radius, largest=classical.largest, slope=classical.slope)


def split_caption(split: Split) -> str:
    """How much is direct in one step, and how much of many steps."""
    one = float(np.nanmean(split.steps()["direct"])) if "direct" in split.paths else 0.0
    direct = split.excursions[0]
    distance = min(20, len(direct) - 1)
    sentence = _(
        "One step is on average {one} direct; of what is left {back}, {many} came along the "
        "direct path alone, as its part in the direction of the whole."
    )
    return sentence.format(
        one=percent(one), back=steps_back(distance), many=percent(float(direct[distance]))
    )


def step_caption(split: Split, unit: int | None) -> str:
    """The shares of the paths in one step, on average over the steps."""
    shares = {path: float(np.nanmean(part)) for path, part in split.steps(unit).items()}
    parts = [f"{path_name(split.cell, path)} {percent(part)}" for path, part in shares.items()]
    return _("On average over the steps: {parts}.").format(parts=_(", ").join(parts))


def cut_caption(whole: Curve, left: Curve, paths: Sequence[str]) -> str:
    """What was carried by the paths that are cut."""
    distance = min(20, len(whole.mean) - 1)
    names = _(", ").join(path_name(whole.cell, path) for path in paths)
    sentence = _(
        "Cut: {paths}. {back} {left} is left instead of {whole}; half-life {after} instead of "
        "{before}. Dotted: the product of the keep gates alone."
    )
    return sentence.format(
        paths=names,
        back=steps_back(distance),
        left=share(left.mean[distance]),
        whole=share(whole.mean[distance]),
        after=life(left.half_life),
        before=life(whole.half_life),
    )


def dependence_caption(read: Sequence[str], step: int, strengths: Mapping[str, np.ndarray]) -> str:
    """What the answer after a step depends on most, cell by cell."""
    sentences = []
    for cell, matrix in strengths.items():
        place = strongest(matrix, step)
        distance = step - place
        sentences.append(
            _("the {cell} on “{element}”, {back}").format(
                cell=title_of(CELLS[cell]),
                element=read[place],
                back=steps_back(distance) if distance else _("the last one read"),
            )
        )
    return _("To predict “{came}”: {cells}.").format(
        came=read[step + 1], cells=_("; ").join(sentences)
    )


def numbers(curves: Sequence[Curve]) -> list[dict[str, str]]:
    """The figure as a table: one row a cell, column by its heading."""
    last = len(curves[0].mean) - 1
    distances = [k for k in (1, 5, 10, 20, 50, 100, 199) if k <= last]
    rows = []
    for curve in curves:
        kept = curve.kept_half_life
        row = {
            _("cell"): title_of(curve.cell),
            _("half-life"): steps_to_halve(curve.half_life),
            _("half-life of the keep gates alone"): "" if kept is None else steps_to_halve(kept),
        }
        row |= {_("{n} back").format(n=k): share(curve.mean[k]) for k in distances}
        rows.append(row)
    return rows
