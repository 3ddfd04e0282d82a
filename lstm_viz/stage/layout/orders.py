"""The order of the boxes: the author's, unless another is clearly easier to read.

All orders of seven boxes are 5040 drawings, and one takes some hundredths of a second. So two
neighbours change places as long as the wires become clearly cheaper: it finds the better order next
door, and leaves the author's alone where it is nearly as good. That is on purpose, since the order
of the equations tells a story, and one that jumps at every edit of a cell could not be followed.
"""

from __future__ import annotations

from math import inf

from lstm_viz.stage.layout.parts import Parts
from lstm_viz.stage.layout.places import places_of
from lstm_viz.stage.layout.routes import Effort, NoWay, Routes, routes_of

CLEARLY = 150.0  # how much cheaper the wires must become: about two crossings
PARTS_TO_SEARCH, PARTS_TO_IMPROVE = 24, 40  # larger cells are laid out once, as they are written


def laid_out(parts: Parts) -> Routes:
    """Places and wires of all parts: neighbouring boxes change places as long as it helps.

    Raises NoWay when there are too many wires for any drawing.
    """
    effort = Effort()
    order = [part.id for part in parts if part.kind in ("layer", "constant")]
    count = sum(part.kind in ("layer", "constant", "op") for part in parts)
    if count <= PARTS_TO_SEARCH:
        order = searched(parts, order, effort)
    return routes_of(places_of(parts, order), effort, rounds=2 if count <= PARTS_TO_IMPROVE else 0)


def searched(parts: Parts, order: list[str], effort: Effort) -> list[str]:
    """The order that is clearly cheaper than the given one, if there is one nearby.

    Where one drawing alone is so much work that few more can be tried, it is the author's.
    """
    before = effort.left
    best = quickly_laid(parts, order, effort)
    kept = before - effort.left  # so that the one that is drawn in the end is laid without haste
    tried = {tuple(order)}
    helped = True
    while helped:
        helped = False
        for k in range(len(order) - 1):
            swapped = [*order[:k], order[k + 1], order[k], *order[k + 2 :]]
            if tuple(swapped) in tried or not possible(parts, swapped):
                continue
            if effort.left <= 2 * kept:
                return order
            tried.add(tuple(swapped))
            cost = quickly_laid(parts, swapped, effort)
            if cost < best - CLEARLY:
                best, order, helped = cost, swapped, True
    return order


def quickly_laid(parts: Parts, order: list[str], effort: Effort) -> float:
    """What the wires cost in this order, each laid only once; infinite where they find no way."""
    try:
        return routes_of(places_of(parts, order), effort, rounds=0).cost
    except NoWay:
        return inf


def possible(parts: Parts, order: list[str]) -> bool:
    """Whether no box stands before one that it reads, however indirectly."""
    return not any(
        later in parts.upstream[box] for k, box in enumerate(order) for later in order[k + 1 :]
    )
