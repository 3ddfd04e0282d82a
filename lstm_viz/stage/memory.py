"""What a memory is made of, as the browser opens it.

The browser has what was kept and what was written at every step already, as strands of the drawing,
and multiplies itself (math/shares.js). Where that is not what the equations say, because something
was held, the two are sent beside them. That the sums are the memory is proved here, in double
precision, over every step and unit.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import PAST, Name, Product, names, walk
from lstm_viz.cells.memory_line import NoSum, memory_line
from lstm_viz.gradients.memory_shares import memory_of
from lstm_viz.language import _
from lstm_viz.notation.trees import Tree, tree
from lstm_viz.run.trace import Trace
from lstm_viz.stage.encoded import encoded
from lstm_viz.stage.payload_types import Encoded, MemorySum, MemoryWords

OUTPUT = "h"


def memory_keys(cell: Cell) -> tuple[str, ...]:
    """The keys that the browser needs for it; () where the memory is no sum."""
    try:
        line = memory_line(cell)
    except NoSum:
        return ()
    return str(line.keep), str(line.write)


def memory_sum(trace: Trace, keys: Collection[str], learns: bool = False) -> MemorySum:
    """What the browser, which has the values ``keys``, is told of the memory of one sequence.

    ``learns``: the values are other ones at each moment of a training, and the browser, which works
    them out in double precision, proves the sums itself.
    """
    try:
        memory = memory_of(trace)
    except NoSum as problem:
        return _nothing(str(problem))
    line, found = memory.line, {}
    besides: dict[str, Encoded] = {}
    for part, expression, array in (
        ("kept", line.keep, memory.keep),
        ("written", line.write, memory.write),
    ):
        key = str(expression)
        if not learns and not (key in keys and np.array_equal(trace.value(expression), array)):
            key = f"{part} of {line.state}"
            besides[key] = encoded(key, array[:, 0])
        found[part] = key
    initial = trace.initial[line.state]
    return {
        "state": line.state,
        "kept": found["kept"],
        "written": found["written"],
        "besides": besides,
        "initial": encoded("initial", initial) if initial.any() else None,
        "apart": None if learns else memory.largest_difference,
        "shown": _shown(trace.cell, line.state),
        "why": "",
        "words": _words(),
    }


def _shown(cell: Cell, state: str) -> list[Tree]:
    """h as a formula over signals, of which the memory is one; nothing where it is none."""
    if state == OUTPUT:
        return [OUTPUT]
    line = cell[OUTPUT].expression
    if state not in names(line) or any(isinstance(part, Product) for part in walk(line)):
        return []
    read = {part.id for part in walk(line) if isinstance(part, Name)}
    known = {*cell.signals, *(one + PAST for one in cell.states)}
    return [tree(line)] if read <= known else []


def _nothing(why: str) -> MemorySum:
    return {
        "state": "",
        "kept": "",
        "written": "",
        "besides": {},
        "initial": None,
        "apart": None,
        "shown": [],
        "why": why,
        "words": _words(),
    }


def _words() -> MemoryWords:
    return {
        "title": _("What the memory is made of"),
        "told": _(
            "What a unit holds is a sum: what was written at each step, times all that was kept of "
            "it since."
        ),
        "not_told": _(
            "What a step did later through the gates does not count here; in a gradient it does."
        ),
        "of_unit": _("of unit {unit} at t = {t}, “{token}”"),
        "share": _("written at each step"),
        "throughout": _("after every step"),
        "of_answer": _("its share of this answer"),
        "forecast": _("forecast"),
        "answer": _("The answer whose shares are shown"),
        "likeliest": _("the likeliest"),
        "sum": _("All that is left up to t = {count} adds up to {sum}; the memory is {memory}."),
        "start": _("Of what the run began with, {start} is left."),
        "most": _("Most is from {most}."),
        "at": _("“{token}” (t = {t}): {share}"),
        "join": _(", "),
        "place": _("t = {t}, “{token}”"),
        "written_at": _("written at {place}"),
        "point": _("{written} was written, {kept} of it is kept at {place}: {share}"),
        "point_answer": _("{share} of the answer; without this share it were {without}"),
        "proof": _(
            "In double precision, over every step and unit, the sums differ from the memory by at "
            "most {apart}."
        ),
        "picture": _("{name} of unit {unit}, by the step at which it was written: {most}"),
        "stack_picture": _(
            "{name} of unit {unit} after every step: one band for each step at which it was "
            "written, and their sum as a line"
        ),
        "part_picture": _(
            "The answer “{text}”, by the step at which the memory was written: {most}"
        ),
        "answer_sum": _(
            "All units together: what was written comes to {shares} of “{text}”; with the bias "
            "{bias} and {start} from elsewhere that is {sum}, and the network’s own number is "
            "{answer}."
        ),
        "straight": _("h follows the memory in proportion here, so nothing is left over."),
        "bent": _(
            "h bends the memory, so a step has the same fraction of h as of the memory. Left out "
            "one at a time, the steps change the answer by {without} together, not by {shares}: "
            "{bent} is not additive and belongs to no step alone."
        ),
        "no_answer": _("How h is made of this memory is no formula of its own step alone."),
    }
