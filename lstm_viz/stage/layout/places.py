"""The column and the row of every part.

What everyone knows is kept: the memory is a belt along the top, the layers stand in a row above
the inputs, a product with the memory sits on the belt above the gate that does it, and what is read
off the memory hangs from the belt at the right.

Parts are placed one by one in the order in which they are computed. Each looks only at what it
reads, which has its column already, and either stands above it, if nothing is in the way, or gets a
column of its own right of it; nothing is moved again. Rows follow at the end, counted inside the
zone below each belt.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lstm_viz.cells.expressions import INPUT
from lstm_viz.stage.layout.parts import MATRIX, Part, Parts

# How a free operation is reached: up from the layers, or down from a belt.
RISING, HANGING = "rising", "hanging"


@dataclass
class Places:
    """Where everything stands: columns from left to right, rows from the top, both from 0.

    ``rails`` are the values that run along the bottom into the weight matrices, uppermost first.
    """

    parts: Parts
    column: dict[str, int] = field(default_factory=dict)
    row: dict[str, int] = field(default_factory=dict)
    belts: dict[str, list[str]] = field(default_factory=dict)
    belt_row: dict[str, int] = field(default_factory=dict)
    rails: list[str] = field(default_factory=list)
    layer_row: int = 0

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max(self.column.values(), default=0) + 1


def places_of(parts: Parts, order: list[str]) -> Places:
    """A place for every part that has one, with the boxes (and constants) in this order."""
    return _Placing(parts, order).places()


class _Placing:
    def __init__(self, parts: Parts, order: list[str]):
        self.parts = parts
        self.order = order
        self.belts = parts.belts()
        self.on_belt = {op: state for state, way in self.belts.items() for op in way}
        self.belt_index = {state: index for index, state in enumerate(self.belts)}
        self.columns: list[list[str]] = []  # the parts of each column, in the order they came
        self.manner: dict[str, str] = {}
        self.level: dict[str, int] = {}
        self.zone: dict[str, int] = {}
        self.reached: dict[str, set[str]] = {}
        self.feeds_layer: dict[str, bool] = {}

    def places(self) -> Places:
        for part in self.sequence():
            if part.kind in ("layer", "constant"):
                self.columns.append([part.id])
                self.level[part.id] = 0
            elif part.id in self.on_belt:
                self.place_on_belt(part)
            elif part.kind == "op":
                self.place_free(part)
        return self.numbered()

    def sequence(self) -> list[Part]:
        """All parts in the order in which they are computed, but the boxes in the wanted one."""
        boxes = iter(self.order)
        waiting = [
            self.parts[next(boxes)] if part.kind in ("layer", "constant") else part
            for part in self.parts
        ]
        ready: set[str] = set()
        found = []
        while waiting:
            part = next(p for p in waiting if all(feed.source in ready for feed in p.feeds))
            waiting.remove(part)
            ready.add(part.id)
            found.append(part)
        return found

    # --- columns

    def column_of(self, part: str) -> int:
        return next((k for k, column in enumerate(self.columns) if part in column), -1)

    def place_on_belt(self, part: Part) -> None:
        """Above what it is combined with, if that stands to the right of the belt so far."""
        way = self.belts[self.on_belt[part.id]]
        before = way[: way.index(part.id)]
        last = max((self.column_of(op) for op in before), default=-1)
        others = [f.source for f in part.feeds if f.source not in before]
        beside = max((self.column_of(source) for source in others), default=-1)
        if beside > last and self.is_free_above(beside, others, part):
            self.columns[beside].append(part.id)
        else:
            self.columns.insert(max(beside, last) + 1, [part.id])

    def is_free_above(self, column: int, others: list[str], part: Part) -> bool:
        """Whether nothing between an operand in this column and the belt is in the way."""
        bottom = next((k for k, p in enumerate(self.columns[column]) if p in others), None)
        if bottom is None:
            return False
        source, *between = self.columns[column][bottom:]
        fed = {reader.id for reader in self.parts.readers(source)}
        return all(self.is_above(part.id, p) and p not in fed for p in between)

    def is_above(self, op: str, blocker: str) -> bool:
        mine = self.belt_index[self.on_belt[op]]
        return blocker in self.on_belt and self.belt_index[self.on_belt[blocker]] < mine

    def place_free(self, part: Part) -> None:
        self.zone[part.id] = self.zone_of(part)
        hanging = self.is_hanging(part)
        self.manner[part.id] = HANGING if hanging else RISING
        sources = [feed.source for feed in part.feeds if self.column_of(feed.source) >= 0]
        if hanging:
            sources = [source for source in sources if self.manner.get(source) == HANGING] or []
        nearest = max(sources, key=self.column_of, default=None)
        if nearest and self.claimant(nearest) == part.id and self.is_last_in_column(nearest):
            self.columns[self.column_of(nearest)].append(part.id)
        elif hanging or nearest is None:
            self.columns.append([part.id])
        else:
            self.columns.insert(self.column_of(nearest) + 1, [part.id])
        self.level[part.id] = self.level_of(part)

    def is_last_in_column(self, part: str) -> bool:
        return self.columns[self.column_of(part)][-1] == part

    def is_hanging(self, part: Part) -> bool:
        """Whether it is read off a belt, on its way out of the cell."""
        if self.reached_belts(part.id) or self.reaches_layer(part.id):
            return False
        return any(
            self.belt_of(feed.source) is not None or self.manner.get(feed.source) == HANGING
            for feed in part.feeds
        )

    def claimant(self, part: str) -> str | None:
        """The reader that stands right above ``part``: the way to a belt comes first."""
        readers = [reader for reader in self.parts.readers(part) if reader.kind == "op"]
        return min(readers, key=self.distance_to_belt).id if readers else None

    def distance_to_belt(self, reader: Part) -> tuple[bool, int, bool]:
        on_way = any(after.id in self.on_belt for after in self.parts.readers(reader.id))
        return (reader.id not in self.on_belt, 1 - on_way, len(reader.feeds) > 1)

    # --- rows

    def belt_of(self, source: str) -> str | None:
        """The belt that a value is taken from: the past of a carried state, or what it becomes."""
        if source in self.on_belt:
            return self.on_belt[source]
        return next((state for state in self.belts if source == state + "_prev"), None)

    def reached_belts(self, part: str) -> set[str]:
        """The belts into which it flows without passing another layer."""
        if part not in self.reached:
            found = self.reached[part] = set()
            for reader in self.parts.readers(part):
                if reader.id in self.on_belt:
                    found.add(self.on_belt[reader.id])
                elif reader.kind == "op":
                    found |= self.reached_belts(reader.id)
        return self.reached[part]

    def reaches_layer(self, part: str) -> bool:
        """Whether it flows into a layer without passing a belt."""
        if part not in self.feeds_layer:
            readers = [r for r in self.parts.readers(part) if r.id not in self.on_belt]
            self.feeds_layer[part] = any(
                reader.kind == "layer" or (reader.kind == "op" and self.reaches_layer(reader.id))
                for reader in readers
            )
        return self.feeds_layer[part]

    def zone_of(self, part: Part) -> int:
        """Below which belt it stands: the lowest of those it flows into, else the last of all."""
        reached = [self.belt_index[state] for state in self.reached_belts(part.id)]
        if reached:
            return max(reached)
        above = [self.belt_of(feed.source) for feed in part.feeds]
        taken = [self.belt_index[belt] for belt in above if belt is not None]
        taken += [self.zone[f.source] for f in part.feeds if self.manner.get(f.source) == HANGING]
        if taken and not self.reaches_layer(part.id):
            return max(taken)
        return max(len(self.belts) - 1, 0)

    def level_of(self, part: Part) -> int:
        """How many rows above the layers (rising), or below the belt (hanging), inside its zone."""
        own = self.column_of(part.id)
        levels = [1]
        for feed in part.feeds:
            same_manner = self.manner.get(feed.source) == self.manner[part.id]
            if same_manner and self.zone[feed.source] == self.zone[part.id]:
                below = self.column_of(feed.source) == own
                levels.append(self.level[feed.source] + below)
        return max(levels)

    def numbered(self) -> Places:
        """Rows from the top: a belt, the rows of its zone, the next belt; then the layers."""
        places = Places(self.parts, belts=self.belts)
        for index, column in enumerate(self.columns):
            places.column.update(dict.fromkeys(column, index))
        row = 0
        for zone in range(max(len(self.belts), 1)):
            for state, way in self.belts.items():
                if self.belt_index[state] == zone:
                    places.belt_row[state] = row
                    places.row.update(dict.fromkeys(way, row))
                    row += 1
            inside = [part for part, of in self.zone.items() if of == zone]
            height = self.height(inside)
            for part in inside:
                hanging = self.manner[part] == HANGING
                offset = self.level[part] - 1 if hanging else height - self.level[part]
                places.row[part] = row + offset
            row += height
        places.layer_row = row
        places.row.update({p.id: row for p in self.parts if p.kind in ("layer", "constant")})
        places.rails = self.rails()
        return places

    def height(self, inside: list[str]) -> int:
        """The rows of a zone: what rises and what hangs in one column must not meet."""
        heights = [0]
        for column in self.columns:
            rising = [self.level[p] for p in column if p in inside and self.manner[p] == RISING]
            hanging = [self.level[p] for p in column if p in inside and self.manner[p] == HANGING]
            heights.append(max(rising, default=0) + max(hanging, default=0))
        return max(heights)

    def rails(self) -> list[str]:
        """Pasts and the input that weight matrices read; the input comes from below."""
        read = {feed.source for part in self.parts for feed in part.feeds if feed.how == MATRIX}
        pasts = [part.id for part in self.parts if part.kind == "past" and part.id in read]
        pasts.sort(key=lambda past: (past != "h_prev", list(self.parts.by_id).index(past)))
        return pasts + [INPUT] * (INPUT in read)
