"""The wires of one value: a tree from the part that produces it to those that read it.

A tree and not a wire for each reader: what is read twice is drawn once as far as both go the same
way, and forks there. Each point knows the point before it, so a new way may begin anywhere on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from lstm_viz.stage.layout.grid import DOWN, LEFT, RIGHT, UP, Point, heading


class End(NamedTuple):
    """The last point of a way, and the part that is entered from there, by which of its feeds."""

    point: Point
    part: str
    feed: int
    direction: int


@dataclass
class Tree:
    """The wires of one value: for each point the point before it, from the source outwards."""

    source: str
    before: dict[Point, Point | None] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)
    ports: dict[Point, int] = field(default_factory=dict)  # first point of a way -> port it left by
    cost: float = 0.0

    def after(self) -> dict[Point, list[Point]]:
        """Where the tree goes on from each point."""
        found: dict[Point, list[Point]] = {}
        for point, origin in self.before.items():
            if origin is not None:
                found.setdefault(origin, []).append(point)
        return found


@dataclass
class Web:
    """A tree seen from its joints: what goes on from a point, and where wires touch it."""

    tree: Tree
    sides: dict[Point, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.after = self.tree.after()
        for point, before in self.tree.before.items():
            self.sides.setdefault(point, set())
            if before is not None:
                self.sides[point].add(heading(point, before))
                self.sides.setdefault(before, set()).add(heading(before, point))
        for point, port in self.tree.ports.items():
            self.sides[point].add((port + 2) % 4)
        for end in self.tree.ends:
            self.sides[end.point].add(end.direction)

    def ways(self, point: Point) -> list[tuple[int, Point | End]]:
        """Where it goes on from a point: the direction, and the next point or the end."""
        onwards = [(heading(point, other), other) for other in self.after.get(point, [])]
        return [*onwards, *((end.direction, end) for end in self.tree.ends if end.point == point)]

    def downstream(self, point: Point) -> Iterator[End]:
        """All ends that are reached through a point."""
        yield from (end for end in self.tree.ends if end.point == point)
        for other in self.after.get(point, []):
            yield from self.downstream(other)

    def goes_straight(self, point: Point) -> bool:
        """Whether a wire passes a point without a bend or a fork."""
        return self.sides[point] in ({LEFT, RIGHT}, {UP, DOWN})

    def steps(self) -> Iterator[tuple[Point, Point]]:
        """The stretches between bends, forks and ends, each from the source outwards."""
        for point, before in self.tree.before.items():
            if before is not None and self.goes_straight(point):
                continue
            for end in self.after.get(point, []):
                while self.goes_straight(end) and end in self.after:
                    (end,) = self.after[end]
                yield point, end


def runs(tree: Tree, axis: int) -> Iterator[tuple[int, int, int]]:
    """Straight runs on the vertical (0) or horizontal (1) lines: line, from, to."""
    touched: dict[int, set[int]] = {}
    for point, before in tree.before.items():
        if before is not None and point[axis] == before[axis]:
            touched.setdefault(point[axis], set()).update((point[1 - axis], before[1 - axis]))
    for point, port in tree.ports.items():
        if port % 2 != axis:
            touched.setdefault(point[axis], set()).add(point[1 - axis])
    for end in tree.ends:
        if end.direction % 2 != axis:
            touched.setdefault(end.point[axis], set()).add(end.point[1 - axis])
    for line, places in touched.items():
        ordered = sorted(places)
        first = last = ordered[0]
        for place in ordered[1:]:
            if place > last + 1:
                yield line, first, last
                first = place
            last = place
        yield line, first, last
