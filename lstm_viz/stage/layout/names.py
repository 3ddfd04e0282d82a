"""Where the names stand: beside the wires they name, never on anything else.

For each name the places beside its wire are tried in turn, nearest first, and the first is taken at
which it meets no part, no wire and no name set before. The ends of the wires are named first, as
they have one place each, then the signs, which have two, and last what can move along a wire. A
name that finds no place is left out: none is better than one that stands on a wire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from lstm_viz.cells.symbols import GREEK, symbol
from lstm_viz.stage.layout.grid import DOWN, LEFT, UP
from lstm_viz.stage.layout.parts import Part, Parts
from lstm_viz.stage.payload_types import Node, Run, Wire

HEIGHT = 30.0  # of a name, with its subscript
ASCENT = 22.5  # how much of that is above the baseline
BESIDE = 9.0  # from the edge of a wire to its name
MARK = 11.0  # the size of a sign, and how far from the wire and the part it stands

Box = tuple[float, float, float, float]  # left, top, right, bottom


class DrawnWire(Wire):
    """A wire with what it was laid out from: whose value it carries, and the part it leaves.

    ``begin`` is None where it comes from outside; ``trunk`` is the number of the wire that it
    branches off, None where it is none's branch.
    """

    source: str
    begin: str | None
    trunk: int | None


@dataclass(frozen=True)
class Place:
    """Where a wire enters or leaves the cell: the point, on which side, and what is there."""

    x: float
    y: float
    side: int
    part: Part


@dataclass(frozen=True)
class Named:
    """A name, or the ``mark`` of what is taken away; ``phase`` is that of its part."""

    x: float
    y: float
    phase: int
    symbol: str | None = None
    role: str | None = None
    mark: str = ""


def named(
    nodes: list[Node], wires: list[DrawnWire], ends: list[Place], parts: Parts
) -> list[Named]:
    """The names of the inputs and outputs, of the signals, and the signs of what is taken away."""
    taken = [outline(node) for node in nodes]
    taken += [box for wire in wires for box in along(wire)]
    labels = [at_end(end) for end in ends]
    taken += [extent(label) for label in labels]
    for places in marks(nodes, wires, parts):
        free = (m for m in places if not any(meets(extent(m), box) for box in taken))
        labels.append(next(free, places[0]))
        taken.append(extent(labels[-1]))
    written = {end.part.value for end in ends}
    for node in sorted(nodes, key=lambda node: node["kind"] == "op"):
        only_leaves = all(reader.kind in ("next", "out") for reader in parts.readers(node["id"]))
        named_outside = node["signal"] in written and (only_leaves or node["kind"] == "op")
        if node["signal"] and not named_outside:
            name = beside(parts[node["id"]], wires, taken)
            if name:
                labels.append(name)
                taken.append(extent(name))
    return labels


def runs(name: str) -> list[Run]:
    """A name as pieces of text, each on the line or below it, slanted or upright."""
    made = symbol(name)
    pieces = [piece(made.head.text, made.head.letter, made.head.accent, below=False)]
    for index, part in enumerate(made.below):
        if index:
            pieces.append({"text": ",", "below": True, "slanted": False, "accent": ""})
        pieces.append(piece(part.text, part.letter, part.accent, below=True))
    if made.time:
        if made.below:
            pieces.append({"text": ",", "below": True, "slanted": False, "accent": ""})
        pieces.append({"text": "t", "below": True, "slanted": True, "accent": ""})
        if made.time == "t-1":
            pieces.append({"text": "−1", "below": True, "slanted": False, "accent": ""})
    return pieces


def piece(name: str, letter: str, accent: str, below: bool) -> Run:
    slanted = len(name) == 1 or name in GREEK
    return {"text": letter, "below": below, "slanted": slanted, "accent": accent}


def width(name: str) -> float:
    """About how wide a name is set."""
    return sum(len(run["text"]) * (10.0 if run["below"] else 15.0) for run in runs(name)) + 2


def at_end(end: Place) -> Named:
    """A name outside the cell, where the wire begins or ends."""
    part, x, y, w = end.part, end.x, end.y, width(end.part.value)
    if end.side in (UP, DOWN):
        return label(part, x - w / 2, y + (-19 if end.side == UP else ASCENT + 5))
    return label(part, x - w - 8 if end.side == LEFT else x + 17, y + 8)


def label(part: Part, x: float, y: float) -> Named:
    return Named(round(x, 1), round(y, 1), part.phase, part.value, part.role)


def extent(label: Named) -> Box:
    """The room that a name takes up."""
    return room(label.x, label.y, label.symbol)


def room(x: float, y: float, symbol: str | None) -> Box:
    """The room of a name, or of a sign, which has no symbol."""
    if symbol is None:
        return (x - MARK / 2, y - MARK / 2, x + MARK / 2, y + MARK / 2)
    return (x, y - ASCENT, x + width(symbol), y + HEIGHT - ASCENT)


def beside(part: Part, wires: list[DrawnWire], taken: list[Box]) -> Named | None:
    """A name for what a part produces, beside the first free stretch of the wire that leaves it."""
    own = [wire for wire in wires if wire["value"] == part.value]
    own.sort(key=lambda wire: wire["begin"] != part.id)
    for away in range(0, 160, 16):
        for x, y in places_beside(own, width(part.value), BESIDE + away):
            name = label(part, x, y)
            if not any(meets(extent(name), box) for box in taken):
                return name
    return None


def places_beside(wires: list[DrawnWire], w: float, away: float) -> Iterator[tuple[float, float]]:
    """Right and left of what runs up or down, above and below what runs across."""
    for wire in wires:
        half = wire["spread"] / 2 + away
        for (x0, y0), (x1, y1) in pairwise(wire["points"]):
            if x0 == x1:
                steps = range(int(abs(y1 - y0) // 8) + 1)
                near = y0 - (HEIGHT - ASCENT) - 6 if y1 < y0 else y0 + ASCENT + 6
                for step in steps:
                    y = near + 8 * step * (-1 if y1 < y0 else 1)
                    yield x0 + half, y
                    yield x0 - half - w, y
            else:
                middle = (x0 + x1 - w) / 2
                for step in range(int(max(abs(x1 - x0) - w, 0) // 8) + 1):
                    for y in (y0 - half + 2, y0 + half + ASCENT - 6):
                        yield middle + (-1) ** step * 4 * step, y


def marks(nodes: list[Node], wires: list[DrawnWire], parts: Parts) -> Iterator[list[Named]]:
    """A small sign where something is taken away or divided by: the places beside its wire."""
    by_id = {node["id"]: node for node in nodes}
    for part in parts:
        for feed in part.feeds:
            if not feed.mark:
                continue
            node, source = by_id[part.id], parts[feed.source]
            brings = (w for w in wires if w["to"] == part.id and w["source"] == source.id)
            wire = next(brings)
            (x0, y0), (x1, y1) = wire["points"][-2:]
            aside = wire["spread"] / 2 + MARK
            if x0 == x1:
                off = (node["h"] / 2 + MARK) * (1 if y0 > y1 else -1)
                places = [(x1 + aside, node["y"] + off), (x1 - aside, node["y"] + off)]
            else:
                off = (node["w"] / 2 + MARK) * (1 if x0 > x1 else -1)
                places = [(node["x"] + off, y1 - aside), (node["x"] + off, y1 + aside)]
            yield [Named(round(x, 1), round(y, 1), part.phase, mark=feed.mark) for x, y in places]


def outline(node: Node) -> Box:
    w, h = node["w"] / 2, node["h"] / 2
    return (node["x"] - w, node["y"] - h, node["x"] + w, node["y"] + h)


def along(wire: DrawnWire) -> Iterator[Box]:
    """The room of each stretch of a wire."""
    half = wire["spread"] / 2
    for (x0, y0), (x1, y1) in pairwise(wire["points"]):
        yield (min(x0, x1) - half, min(y0, y1) - half, max(x0, x1) + half, max(y0, y1) + half)


def meets(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
