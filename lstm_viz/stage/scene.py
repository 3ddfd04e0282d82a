"""A cell as a drawing: parts, wires and names with their coordinates, ready for JSON.

The scene says where everything is and what flows through it; drawing.js gives it colour and
movement. The same rules lay out every cell, see layout/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypedDict

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import INPUT, PAST
from lstm_viz.cells.roles import PHASES, ROLES
from lstm_viz.language import _
from lstm_viz.notation.typeset import OUR_NAMES
from lstm_viz.stage.layout.grid import DOWN, LEFT, RIGHT, STEPS, UP, Point
from lstm_viz.stage.layout.names import DrawnWire, Named, Place, named, runs
from lstm_viz.stage.layout.orders import laid_out
from lstm_viz.stage.layout.parts import PEEPHOLE, Part, parts_of
from lstm_viz.stage.layout.pulse import timed
from lstm_viz.stage.layout.spacing import CIRCLE, NAME_HEIGHT, OUTSIDE, RADIUS, SPREAD, spacing_of
from lstm_viz.stage.layout.trees import End, Tree, Web
from lstm_viz.stage.payload_types import Body, Carry, Label, Legend, Node, Scene, Wire
from lstm_viz.stage.tooltips import Names

HEAD = 11.0  # how far an arrow's head reaches beyond a wire that leaves the cell
LEGEND = 62.0  # height of the strip below the cell


XY = tuple[float, float]


class Drawing(TypedDict):
    """A ``wire.Scene`` with what Python alone asks for: see ``scene``."""

    width: float
    height: float
    body: Body
    nodes: list[Node]
    wires: list[DrawnWire]
    labels: list[Label]
    legend: Legend
    phases: list[str]
    carries: list[Carry]
    alike: dict[str, list[str]]


def sent(drawing: Drawing, names: Names = OUR_NAMES) -> Scene:
    """What the browser is told of a drawing, its names as a notation writes them."""
    return {
        "width": drawing["width"],
        "height": drawing["height"],
        "body": drawing["body"],
        "nodes": [_said(node) for node in drawing["nodes"]],
        "wires": [_wire(wire) for wire in drawing["wires"]],
        "labels": [_renamed(label, names) for label in drawing["labels"]],
        "legend": drawing["legend"],
        "phases": drawing["phases"],
        "carries": drawing["carries"],
    }


def _said(node: Node) -> Node:
    """A layer that is a signal with its word, in the language that is spoken now."""
    if node["kind"] != "layer" or node["signal"] is None or node["role"] == "other":
        return node
    return {**node, "word": _(ROLES[node["role"]].does)}


def _wire(drawn: DrawnWire) -> Wire:
    return {
        "value": drawn["value"],
        "signal": drawn["signal"],
        "role": drawn["role"],
        "kind": drawn["kind"],
        "points": drawn["points"],
        "spread": drawn["spread"],
        "lead": drawn["lead"],
        "to": drawn["to"],
        "arrow": drawn["arrow"],
        "phase": drawn["phase"],
        "turn": drawn["turn"],
        "until": drawn["until"],
    }


def _renamed(label: Label, names: Names) -> Label:
    """The name keeps its place; where a notation adds up several names, the first one stands."""
    symbol = label["symbol"]
    return {**label, "runs": runs(names[symbol][0])} if symbol and symbol in names else label


def scene(cell: Cell) -> Drawing:
    """The drawing of a cell: a dictionary of lists, numbers and texts. Nothing in it is to change.

    ``nodes``: what computes (layer, op, constant), each with its middle, size, label, the text of
    its ``value``, its signal (or None) and role. ``wires``: polylines along the middle of a wire,
    from where it leaves a part or another wire to where it enters a part, forks or ends; ``value``
    is the text of what flows there, ``spread`` how wide its strands lie, ``lead`` the same for the
    stretch on which it still runs along the wire it leaves, ``arrow`` the tip and direction of its
    head. ``labels``: names at the wires, as pieces of text, and the signs of what is taken away.
    Each of them is reached in a sub-step (``phase``, named in ``phases``) and has its ``turn`` in
    it, from 0 to 1. ``carries``: where each state leaves the cell and comes in again. ``alike``:
    for each carried state the values to be drawn at one scale.
    """
    return _scene(cell, tuple(role.key for role in cell.roles.values()))


@lru_cache(maxsize=256)
def _scene(cell: Cell, roles: tuple[str, ...]) -> Drawing:
    # Cells are equal when their equations are; what their signals do is part of the drawing, too.
    return _Scene(cell).scene()


class _Scene:
    def __init__(self, cell: Cell):
        self.cell = cell
        self.parts = parts_of(cell)
        self.routes = laid_out(self.parts)
        self.grid, self.places = self.routes.grid, self.routes.grid.places
        self.spacing = spacing_of(self.routes)
        present = sorted({part.phase for part in self.parts if part.kind not in ("past", "input")})
        self.phase = {phase: index for index, phase in enumerate(present)}
        self.phases = [PHASES[phase] for phase in present]

    def scene(self) -> Drawing:
        nodes = [self.node(self.parts[name]) for name in self.places.column]
        wires: list[DrawnWire] = []
        for tree in self.routes.trees.values():
            self.wires(tree, wires)
        timed(nodes, wires)
        turns = {node["signal"]: node for node in nodes if node["signal"]}
        width = self.spacing.x[-1] + self.spacing.room
        height = self.spacing.y[-1] + NAME_HEIGHT
        body = self.body()
        names = named(nodes, wires, list(self.ends()), self.parts)
        return {
            "width": round(width, 1),
            "height": round(height + LEGEND, 1),
            "body": body,
            "nodes": nodes,
            "wires": wires,
            "labels": [self.label(name, turns) for name in names],
            "legend": {
                "x": round(self.spacing.room, 1),
                "y": round(height + LEGEND / 2, 1),
                "width": round(width - 2 * self.spacing.room, 1),
            },
            "phases": self.phases,
            "carries": list(self.carries()),
            "alike": self.alike(),
        }

    def label(self, name: Named, computed: dict[str, Node]) -> Label:
        phase, source = self.phase.get(name.phase, 0), computed.get(name.symbol or "")
        return {
            "x": name.x,
            "y": name.y,
            "symbol": name.symbol,
            "role": name.role,
            "runs": [] if name.symbol is None else runs(name.symbol),
            "mark": name.mark,
            "phase": phase,
            "turn": source["turn"] if source and source["phase"] == phase else 0.0,
        }

    def body(self) -> Body:
        """The panel that holds everything the cell computes."""
        x, y = self.spacing.x, self.spacing.y
        return {
            "x": round(x[0] + OUTSIDE, 1),
            "y": round(y[0] + OUTSIDE, 1),
            "w": round(x[-1] - x[0] - 2 * OUTSIDE, 1),
            "h": round(y[-1] - y[0] - 2 * OUTSIDE, 1),
        }

    def node(self, part: Part) -> Node:
        x, y, w, h = self.spacing.boxes[part.id]
        return {
            "id": part.id,
            "kind": part.kind,
            "label": part.label,
            "word": "",
            "x": round(x, 1),
            "y": round(y, 1),
            "w": round(w, 1),
            "h": round(h, 1),
            "value": part.value,
            "signal": part.signal,
            "role": part.role,
            "phase": self.phase[part.phase],
            "turn": 0.0,
        }

    def ends(self) -> Iterator[Place]:
        """Where wires enter and leave the cell: the point, on which side, and what is there."""
        for tree in self.routes.trees.values():
            part = self.parts[tree.source]
            if part.kind in ("past", "input"):
                root = next(point for point, before in tree.before.items() if before is None)
                side = LEFT if part.kind == "past" else DOWN
                x, y = self.spacing.at(root)
                yield Place(x, y, side, part)
            for end in tree.ends:
                if self.parts[end.part].kind in ("next", "out"):
                    x, y = self.spacing.at(end.point)
                    yield Place(x, y, end.direction, self.parts[end.part])

    def carries(self) -> Iterator[Carry]:
        """From where a state leaves the cell to where it comes in again: above it or below."""
        ways = list(self.ends())
        enters = {way.part.value: (way.x, way.y) for way in ways if way.part.kind == "past"}
        leaves = {way.part.value: (way.x, way.y) for way in ways if way.part.kind == "next"}
        middle = (self.spacing.y[0] + self.spacing.y[-1]) / 2
        for state in self.cell.states:
            if state in leaves and state + PAST in enters:
                (x, y), (u, v) = leaves[state], enters[state + PAST]
                yield {
                    "state": state,
                    "leaves": (round(x, 1), round(y, 1)),
                    "enters": (round(u, 1), round(v, 1)),
                    "over": v < middle,
                }

    def alike(self) -> dict[str, list[str]]:
        """What meets on a belt: a strand that is thinned there must be measured as before."""
        found = {}
        for state, way in self.places.belts.items():
            added = [op for op in way if self.parts[op].label in "+−"]
            values = [state + PAST, *way, *(f.source for op in added for f in self.parts[op].feeds)]
            nameless = {value for value in values if value not in self.cell.signals}
            found[state] = sorted({state} | nameless)
        return found

    # --- wires

    def wires(self, tree: Tree, found: list[DrawnWire]) -> None:
        """Adds a tree to what was ``found``, cut at its forks."""
        web = Web(tree)
        for root, before in tree.before.items():
            if before is None:
                spread = self.spread(tree, root)
                start = [self.coordinates(tree, root)]
                if root in tree.ports:
                    start.insert(0, self.border(tree.source, tree.ports[root], root, tree, spread))
                self.grow(found, None, web, start, root, tree.ports.get(root), spread)

    def grow(
        self,
        found: list[DrawnWire],
        trunk: int | None,
        web: Web,
        points: list[XY],
        point: Point,
        towards: int | None,
        lead: float,
    ) -> None:
        """The wire through ``points``, which has come as far as ``point``, and all its branches."""
        ways = web.ways(point)
        while len(ways) == 1 and not isinstance(ways[0][1], End):
            towards, point = ways[0][0], ways[0][1]
            points = [*points, self.coordinates(web.tree, point)]
            ways = web.ways(point)
        if len(ways) == 1 and isinstance(ways[0][1], End):
            found.append(self.arriving(trunk, web, points, point, ways[0][0], ways[0][1], lead))
            return
        here = points[-1]
        back = self.lead_in(points)
        straight = any(direction == towards for direction, _ in ways)
        whole = points if straight else [*corners(points)[:-1], back]
        found.append(self.wire(trunk, web, whole, point, lead))
        fork = len(found) - 1
        for direction, goal in ways:
            begin = [here] if direction == towards else [back, here]
            if isinstance(goal, End):
                found.append(self.arriving(fork, web, begin, point, direction, goal, lead))
            else:
                going = [*begin, self.coordinates(web.tree, goal)]
                spread = self.spread(web.tree, point)
                self.grow(found, fork, web, going, goal, direction, spread)

    def arriving(
        self,
        trunk: int | None,
        web: Web,
        points: list[XY],
        point: Point,
        direction: int,
        end: End,
        lead: float,
    ) -> DrawnWire:
        """The wire that goes on from ``point`` into a part, or out of the cell."""
        if end.part in self.places.column:
            spread = self.spread(web.tree, point)
            into = self.border(end.part, (direction + 2) % 4, point, web.tree, spread)
            points = [*points, into]
        return self.wire(trunk, web, points, point, lead, end)

    def wire(
        self,
        trunk: int | None,
        web: Web,
        points: list[XY],
        point: Point,
        lead: float,
        end: End | None = None,
    ) -> DrawnWire:
        """One wire; ``end`` is where it arrives, if it does not fork at ``point``."""
        source = self.parts[web.tree.source]
        ends = [end] if end else list(web.downstream(point))
        readers = [self.parts[end.part] for end in ends]
        value = self.value(source, readers)
        spread = self.spread(web.tree, point)
        phase = self.phase_of(source, readers)
        return {
            "value": value,
            "signal": value if value in self.cell.signals else None,
            "role": self.cell.roles[value].key if value in self.cell.roles else source.role,
            "kind": self.kind(source, points, ends, spread),
            "points": corners(points),
            "spread": spread,
            "lead": lead,
            "source": source.id,
            "begin": source.id if source.id in self.places.column else None,
            "trunk": trunk,
            "to": end.part if end and end.part in self.places.column else None,
            "arrow": self.arrow(web.tree, end) if end else None,
            "phase": self.phase[phase],
            "turn": 0.0,
            "until": 1.0,
        }

    def arrow(self, tree: Tree, end: End) -> list[float]:
        """Where its head belongs, on the outline of what it reaches, and where it points."""
        x, y = self.coordinates(tree, end.point)
        if end.part in self.places.column:
            x, y = self.border(end.part, (end.direction + 2) % 4, end.point, tree, 0.0)
        else:
            x, y = x + HEAD * STEPS[end.direction][0], y + HEAD * STEPS[end.direction][1]
        return [round(x, 1), round(y, 1), *STEPS[end.direction]]

    def value(self, source: Part, readers: list[Part]) -> str:
        """What flows here; where ``h = c`` leaves the cell as h, it is h."""
        names = {
            reader.value if reader.kind in ("next", "out") else source.value for reader in readers
        }
        return names.pop() if len(names) == 1 else source.value

    def phase_of(self, source: Part, readers: list[Part]) -> int:
        """What is nameless flows on at once; a signal when it is asked for."""
        if source.signal is None and source.kind not in ("past", "input"):
            return source.phase
        return max(source.phase, min(reader.phase for reader in readers))

    def kind(self, source: Part, points: list[XY], ends: list[End], spread: float) -> str:
        readers = [self.parts[end.part] for end in ends]
        if spread != SPREAD:
            return "bus"
        if all(
            reader.feeds[end.feed].how == PEEPHOLE
            for end, reader in zip(ends, readers, strict=True)
        ):
            return "peephole"
        rows = {self.spacing.y[self.grid.row_line[row]] for row in self.places.belt_row.values()}
        if all(part.kind in ("next", "out") for part in readers) or {y for _, y in points} <= rows:
            return "state"
        low, high = self.cell.ranges.get(source.signal or "", (-1, 1))
        return "gate" if 0 <= low <= high <= 1 else "value"

    def spread(self, tree: Tree, point: Point) -> float:
        """Narrow in the cable of rails, wide elsewhere."""
        rail = self.grid.rail_line.get(tree.source)
        if rail is None:
            return SPREAD
        below = point[1] > self.grid.box_lines[-1] and (
            point[1] == rail or self.grid.is_column(point[0]) or tree.source == INPUT
        )
        return self.spacing.cable if below else SPREAD

    def coordinates(self, tree: Tree, point: Point) -> XY:
        x, y = self.spacing.at(point)
        if point[1] > self.grid.box_lines[-1]:
            x += self.spacing.slots.get((tree.source, point[0]), 0.0)
        return x, y

    def border(self, name: str, side: int, point: Point, tree: Tree, spread: float) -> XY:
        """Where a wire meets the outline of a part: on a circle, inside it by the wire's width."""
        cx, cy, w, h = self.spacing.boxes[name]
        x, y = self.coordinates(tree, point)
        box = self.parts[name].kind == "layer"
        inset = 1.0 if box else CIRCLE - (CIRCLE**2 - (spread / 2 + 2) ** 2) ** 0.5 + 1
        if side in (RIGHT, LEFT):
            return cx + (w / 2 - inset) * (1 if side == RIGHT else -1), y
        return x, cy + (h / 2 - inset) * (-1 if side == UP else 1)

    def lead_in(self, points: list[XY]) -> XY:
        """The point one radius before the last one, where a branch begins to turn off."""
        (x0, y0), (x1, y1) = corners(points)[-2:]
        share = min(1.0, RADIUS / (abs(x1 - x0) + abs(y1 - y0)))
        return x1 - (x1 - x0) * share, y1 - (y1 - y0) * share


def corners(points: Iterable[XY]) -> list[XY]:
    """Where a wire begins, bends and ends."""
    kept: list[XY] = []
    for x, y in points:
        point = (round(x, 1), round(y, 1))
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (
            kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]
        ):
            kept.pop()
        kept.append(point)
    return kept
