"""The lines of the drawing: columns and lanes between them, rows and tracks between them.

Wires are laid on whole lines and not on pixels: so few places are searched, and which wires run
side by side is known before anyone knows how wide they are. ``length`` only guesses how far apart
two lines will be, which is enough to tell a long way from a short one.
"""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.stage.layout.places import Places

Point = tuple[int, int]  # the numbers of a vertical and of a horizontal line
RIGHT, DOWN, LEFT, UP = range(4)
STEPS: tuple[Point, ...] = ((1, 0), (0, 1), (-1, 0), (0, -1))
_HEADINGS = {step: direction for direction, step in enumerate(STEPS)}

# Lanes left of the first column, between columns, right of the last; tracks between rows.
LANES_LEFT, LANES, LANES_RIGHT, TRACKS = 4, 3, 4, 3
BOX_LINES = 3  # a box can be entered at its sides at three heights
ENTRY_OF_INPUT = 3  # the lane where x comes up

# About how far apart lines will be, in pixels: what a way costs for its length.
LANE_LENGTH, COLUMN_LENGTH = 14, 44


def heading(one: Point, other: Point) -> int:
    """The direction from a point to one beside it."""
    return _HEADINGS[other[0] - one[0], other[1] - one[1]]


@dataclass
class Grid:
    """The lines of the drawing: vertical ones numbered from the left, horizontal from the top."""

    places: Places
    tracks: int = TRACKS
    lanes: int = LANES

    def __post_init__(self) -> None:
        rows = self.places.layer_row
        self.row_line = [1 + row * (self.tracks + 1) for row in range(rows)]
        above = self.row_line[-1] + 1 if rows else 1
        self.label_line = above + self.tracks  # only vertical wires pass beside the labels
        self.box_lines = tuple(range(self.label_line + 1, self.label_line + 1 + BOX_LINES))
        below = self.box_lines[-1] + 1 + self.tracks
        self.rail_line = {rail: below + k for k, rail in enumerate(self.places.rails)}
        self.height = below + len(self.places.rails) + 1
        self.last_column = self.column_line(self.places.columns - 1)
        self.width = self.last_column + LANES_RIGHT + 2
        self.x = [0.0]
        for line in range(1, self.width):
            beside = self.is_column(line) or self.is_column(line - 1)
            self.x.append(self.x[-1] + (COLUMN_LENGTH if beside else LANE_LENGTH))
        centres = {*self.row_line, *self.box_lines}
        self.y = [0.0]
        for line in range(1, self.height):
            beside = line in centres or line - 1 in centres
            self.y.append(self.y[-1] + (COLUMN_LENGTH if beside else LANE_LENGTH))

    def column_line(self, column: int) -> int:
        """The vertical line through the parts of a column."""
        return 1 + LANES_LEFT + column * (self.lanes + 1)

    def is_column(self, line: int) -> bool:
        """Whether parts stand on this vertical line."""
        return 1 + LANES_LEFT <= line <= self.last_column and not (line - 1 - LANES_LEFT) % (
            self.lanes + 1
        )

    def points(self, part: str) -> tuple[Point, ...]:
        """The points that a part covers, uppermost first."""
        line = self.column_line(self.places.column[part])
        row = self.places.row[part]
        if row == self.places.layer_row:
            return tuple((line, y) for y in self.box_lines)
        return ((line, self.row_line[row]),)

    def length(self, one: Point, other: Point) -> float:
        """How far apart two points are, before anything has its final place."""
        return abs(self.x[one[0]] - self.x[other[0]]) + abs(self.y[one[1]] - self.y[other[1]])
