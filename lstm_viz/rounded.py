"""Shares written so that they stay true, and how sure a share is that was counted a few times.

Rounding makes "100%" of 99.96% and "0%" of one in a thousand, and both are other claims: always,
never. So a share that is neither gets as many digits as it takes to see that. And 8 of 8 is not
"always": the interval says which chances would show it. It is the exact one of Clopper and Pearson
(1934), whose ends are the chances under which a result at least as good, or as bad, would be seen
in one of forty trials; its ends are rounded outwards.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

CONFIDENCE = 0.95
_NORMAL = 1.959964  # standard deviations to both sides hold that much of a normal distribution
FINEST = 4  # decimals of a percentage
_SAME = 1e-12  # what adding up floating-point numbers may lose


def percent(share: float, digits: int = 0) -> str:
    """A share as a percentage: "100%" only where it is all, "0%" only where it is none, "–" where
    there is no number.

    >>> percent(0.5), percent(1), percent(0.9996), percent(0.00004)
    ('50%', '100%', '99.96%', '0.004%')
    """
    if share != share:
        return "–"
    for decimals in range(digits, FINEST + 1):
        written = f"{share:.{decimals}%}"
        if all(float(written[:-1]) != 100 * end or _is(share, end) for end in (0, 1)):
            return written.replace("-", "−")
    least = 10.0**-FINEST
    if share > 0.5:
        return "> 100%" if share > 1 else f"> {100 - least:.{FINEST}f}%"
    return "< 0%" if share < 0 else f"< {least:.{FINEST}f}%"


def _is(share: float, end: float) -> bool:
    return abs(share - end) < _SAME


@lru_cache(500)
def interval(hits: int, trials: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The chances that go with so many hits, from ``low`` to ``high``: Clopper and Pearson's.

    Raises ValueError where there was no trial, or more hits than trials.
    """
    if not 0 <= hits <= trials or trials < 1:
        raise ValueError(f"{hits} of {trials} is no share: there are 0 to {trials} hits.")
    tail = (1 - confidence) / 2
    low = _root(lambda chance: _at_least(hits, trials, chance) - tail) if hits else 0.0
    high = (
        _root(lambda chance: tail - _at_least(trials - hits, trials, 1 - chance))
        if hits < trials
        else 1.0
    )
    return low, high


def _at_least(hits: int, trials: int, chance: float) -> float:
    """The probability of at least so many hits."""
    if not 0 < chance < 1:
        return float(chance >= 1 or hits == 0)
    log, other = math.log(chance), math.log1p(-chance)
    return math.fsum(
        math.exp(
            math.lgamma(trials + 1)
            - math.lgamma(k + 1)
            - math.lgamma(trials - k + 1)
            + k * log
            + (trials - k) * other
        )
        for k in range(hits, trials + 1)
    )


def _root(rising: Callable[[float], float]) -> float:
    """Where a function that rises from 0 to 1 is zero, by halving."""
    low, high = 0.0, 1.0
    for _halving in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def interval_of_mean(totals: Sequence[float], counts: Sequence[float]) -> tuple[float, float]:
    """The interval of a mean that was measured on sequences, from what each adds up to over how
    many answers: normal, from how the sequences differ, as answers within one are alike."""
    number, answers = len(totals), math.fsum(counts)
    mean = math.fsum(totals) / answers
    apart = math.fsum(
        (total - mean * count) ** 2 for total, count in zip(totals, counts, strict=True)
    )
    error = math.sqrt(apart * number / max(number - 1, 1)) / answers
    return mean - _NORMAL * error, mean + _NORMAL * error


def interval_said(hits: int, trials: int) -> tuple[str, str]:
    """The interval's ends in whole per cent, rounded outwards: ("63", "100%") for 8 of 8."""
    low, high = interval(hits, trials)
    return f"{math.floor(100 * low)}", f"{math.ceil(100 * high)}%"
