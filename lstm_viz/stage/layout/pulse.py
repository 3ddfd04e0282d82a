"""When a pulse that runs through the cell is where: at each wire's two ends, and at each part.

How it works. Inside a sub-step the pulse has one speed. It enters at the left edge and wherever a
value lies ready that was computed in an earlier sub-step, it divides where a wire forks, and a part
waits for the last of what it reads: that is the order of the equations, seen. So the time at which
a part is reached is the longest way to it, and all times of a sub-step are divided by the longest
way of all, so that each sub-step lasts from 0 to 1.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from lstm_viz.stage.layout.names import DrawnWire
from lstm_viz.stage.payload_types import Node

STAY = 40.0  # a part takes as long as this much of a wire


def timed(nodes: list[Node], wires: list[DrawnWire]) -> None:
    """Writes into each its ``turn``, when it is reached, and into wires ``until``, when it is left:
    from 0 to 1 inside its sub-step."""
    by_id = {node["id"]: node for node in nodes}
    into: dict[str, list[int]] = {node["id"]: [] for node in nodes}
    for number, wire in enumerate(wires):
        if wire["to"]:
            into[wire["to"]].append(number)

    @cache
    def leaves(number: int) -> float:
        wire = wires[number]
        trunk = wire["trunk"]
        if trunk is not None:
            return arrives(trunk) if wires[trunk]["phase"] == wire["phase"] else 0.0
        begin = wire["begin"]
        return reached(begin) if begin and by_id[begin]["phase"] == wire["phase"] else 0.0

    @cache
    def arrives(number: int) -> float:
        return leaves(number) + _length(wires[number])

    @cache
    def reached(part: str) -> float:
        here = [k for k in into[part] if wires[k]["phase"] == by_id[part]["phase"]]
        return max((arrives(k) for k in here), default=0.0) + STAY

    longest: dict[int, float] = {}
    for node in nodes:
        longest[node["phase"]] = max(longest.get(node["phase"], 0.0), reached(node["id"]))
    for number, wire in enumerate(wires):
        longest[wire["phase"]] = max(longest.get(wire["phase"], 0.0), arrives(number))
    for node in nodes:
        node["turn"] = round(reached(node["id"]) / longest[node["phase"]], 3)
    for number, wire in enumerate(wires):
        whole = longest[wire["phase"]] or 1.0
        wire["turn"] = round(leaves(number) / whole, 3)
        wire["until"] = round(arrives(number) / whole, 3)


def _length(wire: DrawnWire) -> float:
    return sum(abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(wire["points"]))
