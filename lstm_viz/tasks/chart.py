"""A task's own figure, as plain data: what is drawn of which network, and what the axes say.

How it is drawn is not said here: the figures know the page, its colours and its library.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Curves:
    """One curve a network: ``of`` has (x, y) by the name of the cell.

    ``ticks`` are x with their names, else one stands at every ``tick_step``; ``reference`` (x, y)
    is the best possible and ``borders`` are x to compare with. ``y_range`` None begins at 0.
    """

    x_title: str
    y_title: str
    of: Mapping[str, tuple[Sequence[float], Sequence[float]]]
    is_share: bool = False
    y_range: tuple[float, float] | None = None
    tick_step: float | None = None
    ticks: Mapping[float, str] = field(default_factory=dict)
    has_dots: bool = True
    reference: tuple[Sequence[float], Sequence[float]] | None = None
    borders: Sequence[float] = ()


@dataclass(frozen=True)
class Marks:
    """One row a network, with a mark at every x of ``of``, by the name of the cell.

    ``x_range`` is what the axis shows; ``levels`` are named x to compare with; ``said`` is what a
    mark says of itself, its x at %{x}.
    """

    x_title: str
    of: Mapping[str, Sequence[float]]
    x_range: tuple[float, float]
    said: str
    levels: Mapping[str, float] = field(default_factory=dict)


Chart: TypeAlias = Curves | Marks
