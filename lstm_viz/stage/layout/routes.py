"""The way of every wire, along lanes between the columns and tracks between the rows.

Each value is one tree of wires from the part that produces it to those that read it. Ways are found
one after the other, the cheapest first: short, straight, with few crossings. Two wires never share
a stretch of lane; they cross only at right angles. Afterwards each tree is taken out and laid
again, and stays where that is cheaper.

A way is the shortest path (A*) over points *and* headings, as only with the heading a bend has a
price. All ways at once would be a search without end; what the order of laying spoils, laying
again mends. A cell with too many wires for the grid gets a finer one.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from lstm_viz.cells.expressions import INPUT, PAST
from lstm_viz.language import _
from lstm_viz.stage.layout.grid import (
    DOWN,
    ENTRY_OF_INPUT,
    LANES,
    LEFT,
    RIGHT,
    STEPS,
    TRACKS,
    UP,
    Grid,
    Point,
    heading,
)
from lstm_viz.stage.layout.parts import MATRIX, Part
from lstm_viz.stage.layout.places import Places
from lstm_viz.stage.layout.trees import End, Tree

State = tuple[Point, int]  # a point and the direction in which it was reached
ARRIVED, FORK = 4, 5  # in place of a direction, at the end and at the start of a way
AT_EDGE = 4  # in place of a port: the wire comes in at the edge of the drawing

# What makes a way expensive, in pixels of its length.
BEND = 40
CROSSING = 70
AGAINST = 90  # to leave an operation at its left, or to enter it from the right
BESIDE = 30  # to leave a box at its side
OFF_CENTRE = 150  # to enter a box beside another wire
SECOND_PORT = 50  # to leave a part twice
NEAR = 30  # to pass right beside an operation
ELSEWHERE = 400  # to leave the cell at another height than the state came in

# How many points may be looked at for one drawing: about half a second of a core, whatever a
# stranger typed. The largest cell of the catalogue needs 30,500. When they are spent nothing is
# tried again, and what still must be laid takes the first way that leads there: the farther a
# point is from its end, the later it is looked at.
ENOUGH = 32_000
IN_HASTE = 4.0


@dataclass
class Effort:
    """How many points may still be looked at, for one drawing with all that is tried for it."""

    left: int = ENOUGH

    @property
    def estimate(self) -> float:
        """How much the rest of a way counts: 1 finds the cheapest way, more finds one sooner."""
        return 1.0 if self.left > 0 else IN_HASTE


@dataclass(frozen=True)
class Task:
    """One connection still to be laid: ``reader`` None stands for the start of a rail."""

    source: str
    reader: str | None
    feed: int
    urgency: tuple[float, ...]


class NoWay(ValueError):
    """The grid has too few lanes."""


@dataclass
class Routes:
    """The grid and the tree of every value."""

    grid: Grid
    trees: dict[str, Tree]

    @property
    def cost(self) -> float:
        """What all wires together cost: the lower, the easier to read."""
        return sum(tree.cost for tree in self.trees.values())


def routes_of(places: Places, effort: Effort, rounds: int = 2) -> Routes:
    """All wires of the drawing, taken out and laid again so many times, or until that is too much.

    Raises NoWay when even the finest grid has too few lanes.
    """
    for tracks, lanes in ((TRACKS, LANES), (5, 5), (8, 8), (14, 14)):
        try:
            return _Routing(Grid(places, tracks, lanes), effort).routes(rounds)
        except NoWay:
            continue
    raise NoWay(_("This cell has too many wires to be drawn."))


class _Routing:
    def __init__(self, grid: Grid, effort: Effort):
        self.grid, self.places, self.parts = grid, grid.places, grid.places.parts
        self.effort = effort
        self.trees: dict[str, Tree] = {}
        self.static: dict[str, Tree] = {}
        self.edges: dict[tuple[Point, Point], str] = {}
        # Who runs straight through a point, horizontally and vertically; "" for who may not be met.
        self.across: list[dict[Point, str]] = [{}, {}]
        self.cells: dict[Point, str] = {}
        for part in self.places.column:
            self.cells.update(dict.fromkeys(grid.points(part), part))
        # The points beside an operation are better left to its own wires.
        self.doors = {
            self.step(cell, direction)
            for cell, part in self.cells.items()
            if self.parts[part].kind == "op"
            for direction in range(4)
        }
        self.fragment: dict[str, Point] = {}  # where the rail of a belt's past begins

    def routes(self, rounds: int) -> Routes:
        self.lay_rails()
        tasks = sorted(self.tasks(), key=lambda task: task.urgency)
        for task in tasks:
            self.lay(task)
        for _round in range(rounds):
            for source in sorted({task.source for task in tasks}):
                if self.effort.left <= 0:
                    break
                self.improve(source, [task for task in tasks if task.source == source])
        return Routes(self.grid, self.trees)

    # --- rails

    def lay_rails(self) -> None:
        """The cable along the bottom: one rail for each past, and one for x, each with its taps."""
        grid = self.grid
        for k, rail in enumerate(self.places.rails):
            tree = self.trees[rail] = Tree(rail)
            y = grid.rail_line[rail]
            tapped = [
                (grid.column_line(self.places.column[part.id]), part.id, number)
                for part in self.parts
                for number, feed in enumerate(part.feeds)
                if part.kind == "layer" and feed.source == rail and feed.how == MATRIX
            ]
            start = self.rail_start(rail, y, k, tree)
            last = max(x for x, _, _ in tapped)
            for x in range(start + 1, last + 1):
                tree.before[x, y] = (x - 1, y)
            for x, reader, number in tapped:
                for level in range(y - 1, grid.box_lines[-1], -1):
                    tree.before[x, level] = (x, level + 1)
                tree.ends.append(End((x, grid.box_lines[-1] + 1), reader, number, UP))
        for rail in self.places.rails:
            self.occupy(self.trees[rail], shared=True)
            tree = self.trees[rail]
            self.static[rail] = Tree(rail, dict(tree.before), list(tree.ends), dict(tree.ports))

    def rail_start(self, rail: str, y: int, k: int, tree: Tree) -> int:
        """Where a rail begins: below, at the left edge, or at a lane down from the belt."""
        if rail == INPUT:
            x, bottom = ENTRY_OF_INPUT, self.grid.height - 1
            tree.before[x, bottom] = None
            for level in range(bottom - 1, y - 1, -1):
                tree.before[x, level] = (x, level + 1)
            return x
        if rail.removesuffix(PAST) in self.places.belt_row:
            x = 1 + k % 2
            self.fragment[rail] = (x, y)
        else:
            x = 0
        tree.before[x, y] = None
        return x

    # --- tasks

    def tasks(self) -> Iterator[Task]:
        for part in self.parts:
            for number, feed in enumerate(part.feeds):
                tapped = part.kind == "layer" and feed.how == MATRIX
                if not (tapped and feed.source in self.places.rails):
                    yield Task(feed.source, part.id, number, self.urgency(feed.source, part))
        for rail in self.fragment:
            yield Task(rail, None, 0, (2, 0))

    def urgency(self, source: str, reader: Part) -> tuple[float, ...]:
        """Belts first, then what is close; what leaves the cell comes last."""
        places = self.places
        belt = {op for way in places.belts.values() for op in way} | {
            state + PAST for state in places.belts
        }
        if reader.kind == "out":
            return (9, 0)
        if reader.kind == "next":
            state = reader.id.removeprefix("next:")
            return (1, 0) if state in places.belts else (8, 0)
        if source in belt and reader.id in belt:
            return (0, 0)
        if source not in places.column:
            return (4, 0)
        apart = abs(places.column[source] - places.column[reader.id])
        return (3 if apart == 0 else 5, apart)

    # --- laying one way

    def lay(self, task: Task) -> None:
        tree = self.trees.setdefault(task.source, Tree(task.source))
        starts, targets = list(self.starts(tree)), self.targets(task)
        cost, way, port, direction = self.search(task.source, starts, targets)
        tree.cost += cost
        if port is not None:
            tree.before[way[0]] = None
            if port != AT_EDGE:
                tree.ports[way[0]] = port
        for one, other in pairwise(way):
            tree.before[other] = one
        if task.reader is not None:
            tree.ends.append(End(way[-1], task.reader, task.feed, direction))
        self.occupy(tree)

    def starts(self, tree: Tree) -> Iterator[tuple[float, Point, int, int | None]]:
        """Where a new way may begin: cost, point, direction, and the port if it leaves a part."""
        part = self.parts[tree.source]
        if tree.source in self.places.column:
            yield from self.ports(tree, part)
        elif part.kind == "past" and not any(x == 0 for x, _ in tree.before):
            yield from self.entries(part)
        after = tree.after()
        for point, origin in tree.before.items():
            if not self.connected(tree, point):
                continue
            taken = {heading(point, other) for other in after.get(point, ())}
            if origin is not None:
                taken.add(heading(point, origin))
            elif point in tree.ports:
                taken.add((tree.ports[point] + 2) % 4)
            taken |= {end.direction for end in tree.ends if end.point == point}
            if any(self.across[axis].get(point, tree.source) != tree.source for axis in (0, 1)):
                continue
            for direction in range(4):
                if direction not in taken:
                    yield 0.0, point, direction, None

    def connected(self, tree: Tree, point: Point) -> bool:
        """Whether the point hangs on the source; a rail that is not yet reached does not."""
        root = self.fragment.get(tree.source)
        if root is None or tree.before.get(root) is not None:
            return True
        before: Point | None = point
        while before is not None:
            point, before = before, tree.before[before]
        return point != root

    def ports(self, tree: Tree, part: Part) -> Iterator[tuple[float, Point, int, int]]:
        points = self.grid.points(part.id)
        box = len(points) > 1
        second = SECOND_PORT if tree.ports else 0
        for direction in (UP, RIGHT) if box else (RIGHT, UP, DOWN, LEFT):
            origin = points[0] if direction == UP else points[len(points) // 2]
            point = self.step(origin, direction)
            if (origin, point) in self.edges or not self.is_open(point, direction):
                continue
            against = AGAINST if direction == LEFT else BESIDE * (box and direction == RIGHT)
            yield second + against, point, direction, direction

    def entries(self, part: Part) -> Iterator[tuple[float, Point, int, int]]:
        """Where a past comes in that has no rail: on its belt, else wherever there is room."""
        state = part.id.removesuffix(PAST)
        if state in self.places.belt_row:
            lines = [self.grid.row_line[self.places.belt_row[state]]]
        else:
            lines = [y for y in range(1, self.grid.height - 1) if y != self.grid.label_line]
        for y in lines:
            if self.is_open((0, y), RIGHT):
                yield 0.0, (0, y), RIGHT, AT_EDGE

    def targets(self, task: Task) -> dict[Point, tuple[float, set[int]]]:
        """Points from which the reader is entered: extra cost, and directions of entering.

        For an exit or a rail the point itself is the goal.
        """
        grid = self.grid
        if task.reader is None:
            return {self.fragment[task.source]: (0.0, {DOWN, UP, RIGHT})}
        reader = self.parts[task.reader]
        if reader.kind == "out":
            return {(x, 0): (0.0, {UP}) for x in range(grid.last_column, grid.width - 1)}
        if reader.kind == "next":
            return self.exits(reader.id.removeprefix("next:"))
        points = grid.points(reader.id)
        found: dict[Point, tuple[float, set[int]]] = {}
        for point in points:
            for direction in range(4):
                if direction == DOWN and len(points) > 1:
                    continue  # a box is left at its top
                if direction == UP and point != points[-1]:
                    continue
                outside = self.step(point, (direction + 2) % 4)
                if outside in self.cells or (outside, point) in self.edges:
                    continue
                off_centre = OFF_CENTRE * (
                    len(points) > 1 and direction != UP and point != points[1]
                )
                extra = AGAINST if direction == LEFT else off_centre
                found[outside] = (extra, {direction})
        return found

    def exits(self, state: str) -> dict[Point, tuple[float, set[int]]]:
        grid, x = self.grid, self.grid.width - 1
        if state in self.places.belt_row:
            return {(x, grid.row_line[self.places.belt_row[state]]): (0.0, {RIGHT})}
        own = grid.rail_line.get(state + PAST)
        if own is None:
            own = grid.height - 2
        return {
            (x, y): (ELSEWHERE if y != own else 0.0, {RIGHT})
            for y in range(1, grid.height - 1)
            if y != grid.label_line and y not in self.belt_lines()
        }

    def belt_lines(self) -> set[int]:
        return {self.grid.row_line[row] for row in self.places.belt_row.values()}

    def search(
        self,
        source: str,
        starts: Iterable[tuple[float, Point, int, int | None]],
        targets: dict[Point, tuple[float, set[int]]],
    ) -> tuple[float, list[Point], int | None, int]:
        """The cheapest way from any start to any target: A* over points and headings.

        Returns its cost, its points, the port if it leaves a part, and how it enters its end.
        """
        best: dict[State, float] = {}
        came: dict[State, tuple[State | None, int | None]] = {}
        heap: list[tuple[float, int, State]] = []
        left, weight = self.remaining(targets), self.effort.estimate

        def offer(state: State, cost: float, before: State | None, note: int | None) -> None:
            if cost < best.get(state, 1e9):
                best[state], came[state] = cost, (before, note)
                heappush(heap, (cost + weight * left(state[0]), len(came) + len(heap), state))

        def go(point: Point, towards: int, cost: float, before: State) -> None:
            reached = self.move(source, point, towards, targets)
            if reached is not None:
                offer((reached[0], towards), cost + reached[1], before, None)

        for cost, point, towards, port in starts:
            if port is None:
                go(point, towards, cost, (point, FORK))
            else:
                offer((point, towards), cost, None, port)
        done: set[State] = set()
        while heap:
            *_, state = heappop(heap)
            point, towards = state
            if towards == ARRIVED:
                return best[state], *self.traced(state, came)
            if state in done:
                continue
            done.add(state)
            self.effort.left -= 1
            cost, bendable = best[state], self.is_bendable(point)
            extra, entering = targets.get(point, (0.0, frozenset()))
            for enter in entering:
                if enter == towards or (bendable and (enter - towards) % 2):
                    total = cost + extra + BEND * (enter != towards)
                    offer((point, ARRIVED), total, state, enter)
            go(point, towards, cost, state)
            if bendable:
                go(point, (towards + 1) % 4, cost + BEND, state)
                go(point, (towards - 1) % 4, cost + BEND, state)
        raise NoWay(source)

    def remaining(self, targets: Iterable[Point]) -> Callable[[Point], float]:
        """At least how far it is from a point to the nearest target."""
        xs = [self.grid.x[x] for x, _ in targets] or [0.0]
        ys = [self.grid.y[y] for _, y in targets] or [0.0]
        left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)

        def distance(point: Point) -> float:
            x, y = self.grid.x[point[0]], self.grid.y[point[1]]
            return max(left - x, x - right, 0.0) + max(top - y, y - bottom, 0.0)

        return distance

    @staticmethod
    def traced(
        end: State, came: Mapping[State, tuple[State | None, int | None]]
    ) -> tuple[list[Point], int | None, int]:
        """The way to a state, from its start: the points, the port, and how it enters its end."""
        state, enter = came[end]
        assert enter is not None  # what arrives, enters
        way: list[Point] = []
        note: int | None = None
        while state is not None:
            way.append(state[0])
            if state[1] == FORK:
                break
            state, note = came[state]
        return way[::-1], note, enter

    def move(
        self, source: str, point: Point, direction: int, targets: Container[Point]
    ) -> tuple[Point, float] | None:
        """The next point in a direction and the cost of getting there, None if it is barred."""
        dx, dy = STEPS[direction]
        to = (point[0] + dx, point[1] + dy)
        if (point, to) in self.edges or not self.is_open(to, direction):
            return None
        if to in self.trees[source].before and to not in targets:
            return None  # it would run into its own tree
        if direction in (LEFT, RIGHT) and to[1] == self.grid.label_line:
            return None
        if to[0] == 0 or to[1] == self.grid.height - 1:
            return None
        leaving = RIGHT if to[0] == self.grid.width - 1 else UP if to[1] == 0 else None
        if leaving is not None and (to not in targets or direction != leaving):
            return None
        crossed = self.across[1 - direction % 2].get(to)
        extra = CROSSING * (crossed is not None) + NEAR * (to in self.doors and to not in targets)
        return to, self.grid.length(point, to) + extra

    def is_open(self, point: Point, direction: int) -> bool:
        """Whether a wire may come to a point in a direction: nobody else runs along it or bends."""
        x, y = point
        if not (0 <= x < self.grid.width and 0 <= y < self.grid.height) or point in self.cells:
            return False
        return (
            point not in self.across[direction % 2]
            and self.across[1 - direction % 2].get(point) != ""
        )

    def is_bendable(self, point: Point) -> bool:
        """Whether a wire may turn at a point: nobody else is there."""
        return point not in self.across[0] and point not in self.across[1]

    @staticmethod
    def step(point: Point, direction: int) -> Point:
        dx, dy = STEPS[direction]
        return point[0] + dx, point[1] + dy

    # --- who is where

    def occupy(self, tree: Tree, shared: bool = False) -> None:
        """Note where a tree runs; where it bends or forks, nobody may cross it."""
        sides: dict[Point, set[int]] = {}
        for point, origin in tree.before.items():
            sides.setdefault(point, set())
            if origin is not None:
                self.edges[point, origin] = self.edges[origin, point] = tree.source
                sides[point].add(heading(point, origin))
                sides.setdefault(origin, set()).add(heading(origin, point))
        for point, port in tree.ports.items():
            sides[point].add((port + 2) % 4)
            cell = self.step(point, (port + 2) % 4)
            self.edges[cell, point] = self.edges[point, cell] = tree.source
        for end in tree.ends:
            sides[end.point].add(end.direction)
            cell = self.step(end.point, end.direction)
            self.edges[cell, end.point] = self.edges[end.point, cell] = tree.source
        for point, used in sides.items():
            horizontal, vertical = used & {LEFT, RIGHT}, used & {UP, DOWN}
            straight = not (horizontal and vertical)
            for axis, along in enumerate((horizontal, vertical)):
                if along:
                    known = self.across[axis].get(point)
                    crowded = shared and known not in (None, tree.source)
                    bar = not straight or known == "" or crowded
                    self.across[axis][point] = "" if bar and not crowded else tree.source
            if not straight:
                self.across[0][point] = self.across[1][point] = ""

    def occupy_again(self, without: str) -> None:
        """Note again where all trees but one run."""
        self.edges.clear()
        self.across = [{}, {}]
        for rail in self.places.rails:
            self.occupy(self.static[rail], shared=True)
        for source, tree in self.trees.items():
            if tree.before and source != without:
                self.occupy(tree)

    def improve(self, source: str, tasks: list[Task]) -> None:
        """Take one tree out and lay it again, keeping whichever is cheaper."""
        old = self.trees[source]
        found = [old]
        fixed = [task for task in tasks if task.urgency < (2,)]  # belts stay straight
        others = [task for task in tasks if task.urgency >= (2,)]
        self.occupy_again(without=source)
        edges, across = self.edges, self.across
        for order in (tasks, fixed + others[::-1]):
            self.edges, self.across = dict(edges), [dict(axis) for axis in across]
            still = self.static.get(source)
            self.trees[source] = Tree(source)
            if still:
                new = Tree(source, dict(still.before), list(still.ends), dict(still.ports))
                self.trees[source] = new
                self.occupy(new)
            try:
                for task in order:
                    self.lay(task)
            except NoWay:
                continue
            found.append(self.trees[source])
            if len(tasks) == 1:
                break
        self.trees[source] = min(found, key=lambda tree: tree.cost)
        self.edges, self.across = edges, across
        self.occupy(self.trees[source])
