"""The stage walked backwards: the same drawing and the same keys, but every number is a gradient.

A wire shows what flows back through it: the derivative of the loss by what the wire carries, as far
as it comes through the wire's end. The right edge is what comes back from the next step, the arrow
at the top what comes from the loss of this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.derivatives import ONE
from lstm_viz.cells.expressions import INPUT, Expression, Name, children, walk
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.text import Line
from lstm_viz.gradients.deltas import Deltas, Share, inner_slope, shares
from lstm_viz.gradients.flow import GradientFlow, gradient_flow
from lstm_viz.gradients.state_gradients import state_gradients
from lstm_viz.language import _
from lstm_viz.notation.substituted import place, text
from lstm_viz.notation.typeset import piece
from lstm_viz.run.scale import full_strength
from lstm_viz.run.trace import Trace
from lstm_viz.stage.encoded import encoded
from lstm_viz.stage.equations import shown_keys
from lstm_viz.stage.layout.names import DrawnWire
from lstm_viz.stage.payload import Content, ShownRun, framed
from lstm_viz.stage.payload_types import About, Equation, Scene, Signal, StagePayload, Unrolled
from lstm_viz.stage.scene import Drawing, scene, sent
from lstm_viz.stage.sentences import backward_words
from lstm_viz.stage.tooltips import about, in_symbols
from lstm_viz.stage.unrolled import Row, unrolled

ANYTHING = (-np.inf, np.inf)
_TIP = 8.6  # from the end of a wire back to where its arrow is drawn


def backward_payload(run: ShownRun, deltas: Deltas) -> StagePayload:
    """What the stage shows of backpropagation through a run; ``deltas`` are of its trace."""
    cell, sequence = run.cell, run.sequence
    drawing, by_wire = _reversed(scene(cell), deltas)
    lines, by_term = _equations(cell, deltas)
    arrays = {name: deltas.backward.signals[name] for name in cell.signals} | by_wire | by_term
    arrays |= {node["value"]: deltas.by(node["value"]) for node in drawing["nodes"]}
    values = {key: array[:, sequence] for key, array in arrays.items()}
    flow = gradient_flow(deltas.trace, deltas.backward.given)
    largest = max(full_strength(values[name], ANYTHING) for name in cell.signals)
    content = Content(
        signals=_signals(cell, lines, values),
        values={key: encoded(key, array) for key, array in values.items()},
        scales={key: {"kind": "signed", "limit": largest} for key in values},
        about={key: _about(key, run.trace) for key in values},
        equations=lines,
        lights={key: key.split(" → ")[0] for key in values if " → " in key},
        scene=drawing,
        words=backward_words(),
        towards=-1,
        unrolled=_unrolled(flow, [token.text for token in run.tokens]),
    )
    return framed(run, content)


def _unrolled(flow: GradientFlow, read: list[str]) -> Unrolled | None:
    """The steps side by side; nothing for a cell that carries nothing from one to the next."""
    return unrolled([Row(flow.trace.cell, state_gradients(flow))], read) if flow.states else None


# -- the drawing ----------------------------------------------------------------------------


def _reversed(drawing: Drawing, deltas: Deltas) -> tuple[Scene, dict[str, np.ndarray]]:
    """The scene with its arrows and phases turned round, and what flows back through each wire."""
    last = len(drawing["phases"]) - 1
    inside = _inside(deltas.trace.cell)
    flows = [_flow(wire, deltas, inside) for wire in drawing["wires"]]
    turned: Drawing = {
        **drawing,
        "wires": [
            {
                **wire,
                "phase": last - wire["phase"],
                "turn": 1 - wire["until"],
                "until": 1 - wire["turn"],
                "arrow": _arrow(wire),
                "value": key,
            }
            for wire, (key, _array) in zip(drawing["wires"], flows, strict=True)
        ],
        "nodes": [
            {**node, "phase": last - node["phase"], "turn": 1 - node["turn"]}
            for node in drawing["nodes"]
        ],
        "labels": [
            {**label, "phase": last - label["phase"], "turn": 1 - label["turn"]}
            for label in drawing["labels"]
        ],
        "phases": drawing["phases"][::-1],
    }
    return sent(turned), dict(flows)


def _inside(cell: Cell) -> dict[str, tuple[str, Expression]]:
    """For each part of a line: the line's signal, and the part."""
    found = {str(node): (line.name, node) for line in cell.lines for node in walk(line.expression)}
    return found | {line.name: (line.name, line.expression) for line in cell.lines}


def _flow(
    wire: DrawnWire, deltas: Deltas, inside: Mapping[str, tuple[str, Expression]]
) -> tuple[str, np.ndarray]:
    key, reader = wire["value"], wire["to"]
    if reader is not None and reader in inside:
        signal, part = inside[reader]
        to = Name(INPUT) if key == INPUT else deltas.trace.cell.expression(key)
        if to in children(part) or to in walk(part):
            return f"{key} → {reader}", deltas.through(signal, part, to)
    if wire["arrow"] and wire["begin"] and key in deltas.trace.cell.states:
        upwards = wire["arrow"][3] < 0
        if upwards:
            return f"{key} → loss", deltas.loss(key)
        return f"{key} → later", deltas.later(key)
    return key, deltas.by(key)


def _arrow(wire: DrawnWire) -> list[float] | None:
    """The arrow at the wire's beginning, pointing out of it; a fork in a wire has none."""
    (x, y), (next_x, next_y) = wire["points"][:2]
    if wire["begin"] is None and wire["source"] == wire["value"] and wire["phase"] > 0:
        return None
    length = float(np.hypot(next_x - x, next_y - y)) or 1.0
    dx, dy = (next_x - x) / length, (next_y - y) / length
    return [x + _TIP * dx, y + _TIP * dy, -round(dx), -round(dy)]


# -- the equations --------------------------------------------------------------------------


def _equations(cell: Cell, deltas: Deltas) -> tuple[list[Equation], dict[str, np.ndarray]]:
    """From the last line to the first: each signal's gradient, then that of its argument."""
    found: list[Equation] = []
    values: dict[str, np.ndarray] = {}
    for line in reversed(cell.order):
        terms: list[_Summand] = []
        if line.name in deltas.backward.given:
            key = f"{line.name} from loss"
            values[key] = deltas.loss(line.name)
            entered = _("from the loss at this step")
            terms.append(_Summand(key, _loss_symbol(line.name), entered))
        for share in shares(cell, line.name):
            key = f"{line.name} from {share.key}"
            values[key] = deltas.share(share)
            origin = _("from the next step") if share.later else _("from this step")
            terms.append(_Summand(key, _share_mathml(share), origin))
        found.append(_equation(line.name, terms))
        if line.function:
            slope = inner_slope(line)
            values[f"{line.name} slope"] = deltas.trace.value(slope)
            values[f"a_{line.name}"] = deltas.inside(line.name)
            found.append(_inner_equation(line, slope))
    return _carriers_first(cell, found), values


@dataclass(frozen=True)
class _Summand:
    """One of the terms that add up to a gradient, and where it comes from."""

    key: str
    inside: str  # MathML, without its <math>
    origin: str


def _equation(signal: str, summands: list[_Summand]) -> Equation:
    first, *others = [summand.inside for summand in summands] or ["<mn>0</mn>"]
    added = [f'<mo form="infix">+</mo>{other}' for other in others]
    # Where a long sum has no room, its line is broken between the rows of the class "piece".
    right = "".join(f'<mrow class="piece">{one}</mrow>' for one in added)
    places = [
        place(summand.key, "summand" if number else "first")
        for number, summand in enumerate(summands)
    ]
    return {
        "signal": signal,
        "mathml": _math(f"<mrow>{_delta(signal)}<mo>=</mo>{first}</mrow>{right}"),
        "function": None,
        "pre": signal,
        "terms": [
            {"key": one.key, "sign": 1, "mathml": _math(one.inside), "from": one.origin}
            for one in summands
        ],
        "substituted": [text("= "), *places] if places else [text("= 0")],
        "phase": 0,
        "folded": False,
    }


def _inner_equation(line: Line, slope: Expression) -> Equation:
    """``δa = δf ⊙ f (1 - f)``: through the squashing function."""
    name = line.name
    right = f"{_delta(name)}<mo>⊙</mo>{piece(slope)}"
    return {
        "signal": f"a_{name}",
        "mathml": _math(f"<mrow>{_inner(name)}<mo>=</mo>{right}</mrow>"),
        "function": None,
        "pre": f"a_{name}",
        "terms": [],
        "substituted": [
            text("= "),
            place(name, "first"),
            text(" · "),
            place(f"{name} slope", "factor"),
        ],
        "phase": 0,
        "folded": False,
    }


def _carriers_first(cell: Cell, lines: list[Equation]) -> list[Equation]:
    """The same lines, all folded but those of what is carried from step to step.

    A single line is not worth a fold.
    """
    others = [line for line in lines if line["signal"] not in cell.states]
    if len(others) < 2:
        return lines
    return [{**line, "folded": line in others} for line in lines]


def _delta(name: str, later: bool = False) -> str:
    return f"<mrow><mi>δ</mi>{piece(Name(name), later)}</mrow>"


def _inner(name: str, later: bool = False) -> str:
    """δa with the gate's letter below it: the gradient by the argument of its function."""
    step = "<mi>t</mi>" + ('<mo lspace="0" rspace="0">+</mo><mn>1</mn>' if later else "")
    letter = name.split("_")[0]
    below = f'<mrow><mi>{letter}</mi><mo lspace="0" rspace="0">,</mo>{step}</mrow>'
    symbol = f'<msub class="signal" data-key="{name}"><mi>a</mi>{below}</msub>'
    return f"<mrow><mi>δ</mi>{symbol}</mrow>"


def _loss_symbol(name: str) -> str:
    above = "<mi>∂</mi><msub><mi>L</mi><mi>t</mi></msub>"
    return f"<mrow>{above}<mo>/</mo><mi>∂</mi>{piece(Name(name))}</mrow>"


def _share_mathml(share: Share) -> str:
    """``U_f^T δa_f`` or ``δc ⊙ f``, of this step or the next."""
    base = _inner if share.inside else _delta
    inside = base(share.through, share.later)
    for factor, weight in share.way.chain:
        inside = _times(inside, factor, share.later)
        if factor != ONE:
            inside = f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"
        transposed = f"<msup>{piece(Name(weight))}<mo>⊤</mo></msup>"
        inside = f"<mrow>{transposed}<mo>&#x2062;</mo>{inside}</mrow>"
    return _times(inside, share.way.last, share.later)


def _times(inside: str, factor: Expression, later: bool) -> str:
    return inside if factor == ONE else f"<mrow>{inside}<mo>⊙</mo>{piece(factor, later)}</mrow>"


def _math(inside: str) -> str:
    namespace = "http://www.w3.org/1998/Math/MathML"
    return f'<math xmlns="{namespace}" displaystyle="true">{inside}</math>'


# -- names and scales -----------------------------------------------------------------------


def _signals(
    cell: Cell, lines: Sequence[Equation], values: Mapping[str, np.ndarray]
) -> list[Signal]:
    """One row a signal, in the order of the walk back; arguments have an equation but no strip."""
    found: list[Signal] = []
    for equation in lines:
        name = equation["signal"]
        base = name if name in cell.signals else name.removeprefix("a_")
        role = cell.roles[base]
        found.append(
            {
                "name": name,
                "symbol": _math(_delta(name) if name in cell.signals else _inner(base)),
                "role": role.key,
                "title": _("δ{symbol}  the loss by the {name}").format(
                    symbol=plain(base), name=_(cell.called(base))
                ),
                "short": _(role.does),
                "range": None,
                "scale": "signed",
                "limit": full_strength(values[name], ANYTHING),
                "strip": name in cell.signals,
            }
        )
    return found


def _about(key: str, trace: Trace) -> About:
    """What a gradient is, for a tooltip."""
    cell = trace.cell
    of, _arrow_sign, through = key.partition(" → ")
    on_screen = of in shown_keys(cell)
    readable = of in cell.names or of == INPUT or on_screen
    symbol = in_symbols(of, cell) if readable else of
    meaning = {
        "": _("all of the loss's derivative by it that this step sends back"),
        "loss": _("what comes from the loss of this step itself"),
        "later": _("what comes back from the next step"),
    }.get(through, _("what comes back through {part}").format(part=in_symbols(through, cell)))
    shape = about(of, trace)["shape"] if on_screen else ""
    return {"name": f"∂L/∂({symbol})", "meaning": meaning, "shape": shape}
