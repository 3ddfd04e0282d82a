"""Coordinates: each lane, column, track and row is put as far from its neighbours as it must be.

A line that nothing stands on takes no room. Distances are asked for between things that lie side by
side: "this line at least so far right of that one". The least place of each line is then the
longest way to it, found in one pass, as every demand points the same way. Packed like that all
would cling to the left and the top, so each line is moved to the middle of the room it has left,
over and over, until hardly anything moves. A solver for linear programs would find an optimum, but
nobody sees the difference, and a drawing takes some hundredths of a second like this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from lstm_viz.cells.expressions import INPUT
from lstm_viz.stage.layout.grid import ENTRY_OF_INPUT, UP, Grid, Point
from lstm_viz.stage.layout.names import width
from lstm_viz.stage.layout.routes import Routes
from lstm_viz.stage.layout.trees import Tree, Web, runs

SPREAD = 32.0  # how wide the strands of one wire lie
CABLE, CABLE_OF_MANY = 22.0, 13.0  # the same for the rails along the bottom
BETWEEN_RAILS = 6.0
NAME_STEP = 31.0  # between rails, where each has a name of its own at the edge
RADIUS = 26.0  # of a bend, in the middle of the wire
CIRCLE = 23.0  # radius of an operation
BOX_WIDTH, BOX_HEIGHT = 88.0, 50.0
BOX_SIDE = 46.0  # between two wires that enter a box at one side
LETTER = 12.4  # about the width of a letter on a part
MINUS = 6.0  # how much wider a minus is, with its room on both sides
LABEL = 36.0  # room for a gate's name above its box
CLEAR = 16.0  # between two wires
PITCH_X, PITCH_Y = 124.0, 84.0  # between two columns of boxes, and two rows
OUTSIDE = 26.0  # how far wires reach out of the body of the cell
INSIDE = 22.0  # from the edge of the body to the first wire
LEAST_WIDTH = 760.0
ROUNDS = 60  # of moving lines to the middle; they hardly move any more after that
NAME_HEIGHT = 44.0


@dataclass
class Spacing:
    """Where every line of the grid is, and for every part its middle, width and height."""

    grid: Grid
    x: list[float]
    y: list[float]
    boxes: dict[str, tuple[float, float, float, float]]
    cable: float
    room: float  # for the names at both sides
    slots: dict[tuple[str, int], float] = field(default_factory=dict)

    def at(self, point: Point) -> tuple[float, float]:
        """The coordinates of a point of the grid."""
        return self.x[point[0]], self.y[point[1]]


@dataclass(frozen=True)
class _Thing:
    """Something on a line: from where to where it reaches along it, and how far to both sides."""

    line: int
    first: int
    last: int
    before: float
    after: float
    part: bool = False
    rail: bool = False


def spacing_of(routes: Routes) -> Spacing:
    """The coordinates of the whole drawing."""
    return _Spacing(routes).spacing()


class _Spacing:
    def __init__(self, routes: Routes):
        self.routes, self.grid = routes, routes.grid
        self.places, self.parts = routes.grid.places, routes.grid.places.parts
        many = len(self.places.rails) > 2
        self.cable = CABLE_OF_MANY if many else CABLE
        self.rail_step = NAME_STEP if many else CABLE + BETWEEN_RAILS
        self.slots = self.slots_of_taps()
        self.size = {part: self.size_of(part) for part in self.places.column}

    def spacing(self) -> Spacing:
        grid = self.grid
        x = self.solved(grid.width, self.things(0), self.stretches(0), self.pitches_x(), {})
        near = {grid.box_lines[0]: 1, grid.box_lines[-1]: -1}
        y = self.solved(grid.height, self.things(1), self.stretches(1), self.pitches_y(), near)
        names = [part.value for part in self.parts if part.kind in ("past", "next")]
        room = 19 + max(map(width, names), default=0.0)
        spare = max(0.0, LEAST_WIDTH - x[-1] - 2 * room)
        x = [room, *(room + place + spare / 2 for place in x[1:-1]), room + x[-1] + spare]
        y = [NAME_HEIGHT + place for place in y]
        boxes = {part: self.box(part, x, y) for part in self.size}
        return Spacing(grid, x, y, boxes, self.cable, room, self.slots)

    def box(self, part: str, x: list[float], y: list[float]) -> tuple[float, float, float, float]:
        """The middle of a part, and its width and height: it encloses all that enters its sides."""
        column = self.grid.points(part)[0][0]
        upper, lower = self.lines_of(part)
        w, h = self.size[part]
        return x[column], (y[upper] + y[lower]) / 2, w, y[lower] - y[upper] + h

    # --- sizes

    def slots_of_taps(self) -> dict[tuple[str, int], float]:
        """How far beside the middle of its box each rail goes up, by rail and vertical line."""
        found = {}
        step = self.cable + BETWEEN_RAILS
        for part in self.parts:
            rails = [rail for rail in self.places.rails if self.tapped(rail, part.id)]
            for k, rail in enumerate(rails):
                line = self.grid.column_line(self.places.column[part.id])
                found[rail, line] = (k - (len(rails) - 1) / 2) * step
        return found

    def tapped(self, rail: str, layer: str) -> bool:
        tree = self.routes.trees[rail]
        return any(end.part == layer and end.direction == UP for end in tree.ends)

    def size_of(self, name: str) -> tuple[float, float]:
        part = self.parts[name]
        text = len(part.label) * LETTER + part.label[:-1].count("−") * MINUS
        if part.kind == "layer":
            line = self.grid.column_line(self.places.column[name])
            rails = sum(at == line for _, at in self.slots)
            cables = rails * (self.cable + BETWEEN_RAILS) + 16
            return max(BOX_WIDTH, cables, text + 24), BOX_HEIGHT
        return max(2 * CIRCLE, text + 22), 2 * CIRCLE

    def lines_of(self, part: str) -> tuple[int, int]:
        """The uppermost and the lowest line at which a part is entered or left at its sides."""
        points = self.grid.points(part)
        middle = points[len(points) // 2][1]
        beside = {(x + dx, y) for x, y in points for dx in (-1, 1)}
        found = [middle]
        for tree in self.routes.trees.values():
            found += [end.point[1] for end in tree.ends if end.part == part and end.point in beside]
        return min(found), max(found)

    # --- what stands on the lines

    def things(self, axis: int) -> list[_Thing]:
        """Parts and straight runs, each on the line that it is centred on."""
        found = []
        for name, (w, h) in self.size.items():
            points = self.grid.points(name)
            line, middle = points[0][0], points[len(points) // 2][1]
            top = points[0][1] - (len(points) > 1)  # the name of a box stands above it
            if axis == 0:
                found.append(_Thing(line, top, points[-1][1], w / 2, w / 2, True))
            else:
                upper, lower = self.lines_of(name)
                before, after = (BOX_SIDE * (upper < middle), BOX_SIDE * (middle < lower))
                found.append(_Thing(middle, line, line, h / 2 + before, h / 2 + after, True))
        for tree in self.routes.trees.values():
            for line, first, last in runs(tree, axis):
                half = self.half(tree, axis, line, first)
                rail = axis == 1 and line == self.grid.rail_line.get(tree.source)
                found.append(_Thing(line, first, last, half, half, rail=rail))
        return found

    def half(self, tree: Tree, axis: int, line: int, first: int) -> float:
        """Half of what a run takes up across its direction."""
        rails = self.places.rails
        if axis == 0 and tree.source in rails and first > self.grid.box_lines[-1]:
            taps = [abs(offset) for (_, at), offset in self.slots.items() if at == line]
            return max(taps, default=0) + self.cable / 2
        if tree.source == INPUT or (axis == 1 and line == self.grid.rail_line.get(tree.source)):
            return self.cable / 2
        return SPREAD / 2

    def stretches(self, axis: int) -> Iterator[tuple[int, int, float]]:
        """Pairs of lines that a wire joins, and how far apart they are at least."""
        for tree in self.routes.trees.values():
            web = Web(tree)
            for one, other in web.steps():
                if one[1 - axis] == other[1 - axis]:
                    low, high = sorted((one[axis], other[axis]))
                    yield low, high, self.need(web, one, axis) + self.need(web, other, axis)
            for end in tree.ends:
                yield from self.arrival(web, end.point, end.part, end.direction, axis)
            for point, port in tree.ports.items():
                yield from self.arrival(web, point, tree.source, (port + 2) % 4, axis)

    def arrival(
        self, web: Web, point: Point, part: str, direction: int, axis: int
    ) -> Iterator[tuple[int, int, float]]:
        """How far a bend must stay away from the part that the wire enters or leaves there."""
        if direction % 2 != axis or part not in self.size:
            return
        points = self.grid.points(part)
        middle = points[len(points) // 2][axis]
        apart = self.size[part][axis] / 2 + 16 + self.need(web, point, axis)
        yield min(point[axis], middle), max(point[axis], middle), apart

    def need(self, web: Web, point: Point, axis: int) -> float:
        """The room that a bend or a fork takes up along the wire."""
        bends = any(direction % 2 != axis for direction in web.sides[point])
        return RADIUS + 2 if bends else 0.0

    # --- distances that please the eye

    def pitches_x(self) -> list[tuple[int, int, float]]:
        grid, places = self.grid, self.places
        lines = sorted({grid.column_line(c) for p, c in places.column.items() if self.is_box(p)})
        found = [(one, other, PITCH_X) for one, other in pairwise(lines)]
        edge, right = OUTSIDE + INSIDE, grid.width - 1
        for thing in self.things(0):
            found.append((0, thing.line, edge + thing.before))
            found.append((thing.line, right, edge + thing.after))
        found += [(ENTRY_OF_INPUT, line, PITCH_X - BOX_WIDTH / 2) for line in lines[:1]]
        return found

    def is_box(self, part: str) -> bool:
        return self.places.row[part] == self.places.layer_row

    def pitches_y(self) -> list[tuple[int, int, float]]:
        grid, places = self.grid, self.places
        middle = grid.box_lines[1]
        rows = [*grid.row_line, middle]
        found = [(one, other, PITCH_Y) for one, other in pairwise(rows)]
        label, first_rail = grid.label_line, [grid.rail_line[rail] for rail in places.rails[:1]]
        found += [(y, label, SPREAD / 2 + 10) for y in self.used(1) if y < label]
        half = BOX_HEIGHT / 2
        found.append((label, middle, LABEL + half))
        for upper, lower in {self.lines_of(part) for part in self.size if self.is_box(part)}:
            found += [(upper, middle, BOX_SIDE * (upper < middle)), (label, upper, LABEL + half)]
            found += [(middle, lower, BOX_SIDE * (middle < lower))]
            found += [(lower, line, half + 46) for line in first_rail]
        rails = [grid.rail_line[rail] for rail in places.rails]
        found += [(one, other, self.rail_step) for one, other in pairwise(rails)]
        last = grid.height - 1
        for thing in self.things(1):
            found.append((0, thing.line, OUTSIDE + INSIDE + thing.before))
            found.append((thing.line, last, OUTSIDE + INSIDE + thing.after))
        return found

    def used(self, axis: int) -> list[int]:
        return sorted({thing.line for thing in self.things(axis)})

    # --- solving

    def solved(
        self,
        count: int,
        things: list[_Thing],
        stretches: Iterable[tuple[int, int, float]],
        pitches: list[tuple[int, int, float]],
        near: Mapping[int, int],
    ) -> list[float]:
        apart: dict[tuple[int, int], float] = {}

        def ask(one: int, other: int, distance: float) -> None:
            apart[one, other] = max(apart.get((one, other), 0.0), distance)

        for line in range(count - 1):
            ask(line, line + 1, 0.0)
        for one in things:
            for other in things:
                if one.line < other.line and one.first <= other.last and other.first <= one.last:
                    gap = 0.0 if one.rail and other.rail else CLEAR
                    gap += 6 * (one.part + other.part)
                    ask(one.line, other.line, one.after + gap + other.before)
        for first, second, distance in [*stretches, *pitches]:
            ask(first, second, distance)
        low = [0.0] * count
        # Sorted by its first line, so every place is final before another is measured from it.
        for (first, second), distance in sorted(apart.items()):
            low[second] = max(low[second], low[first] + distance)
        return balanced(low, apart, {thing.line for thing in things}, near)


def balanced(
    low: list[float], apart: dict[tuple[int, int], float], used: set[int], near: Mapping[int, int]
) -> list[float]:
    """Every line in the middle of the room that its neighbours leave it.

    Lines in ``near`` stay close instead: 1 to what comes after them, -1 to what comes before.
    """
    place = list(low)
    last = len(place) - 1
    before: list[list[tuple[int, float]]] = [[] for _ in place]
    after: list[list[tuple[int, float]]] = [[] for _ in place]
    for (one, other), distance in apart.items():
        before[other].append((one, distance))
        after[one].append((other, distance))
    for _ in range(ROUNDS):
        for line in [*range(1, last), *range(last - 1, 0, -1)]:
            floor = max(place[one] + distance for one, distance in before[line])
            ceiling = min(place[other] - distance for other, distance in after[line])
            wanted = {1: ceiling, -1: floor, 0: (floor + ceiling) / 2}[near.get(line, 0)]
            place[line] = wanted if line in used else floor
    return place
