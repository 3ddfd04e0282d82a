"""The stage walked backwards: the same drawing and the same keys, but every number is a gradient.

A wire shows what flows back through it: the derivative of the loss by what the wire carries, as far
as it comes through the wire's end. The right edge is what comes back from the next step, the arrow
at the top what comes from the loss of this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lstm_viz.cells import Cell
from lstm_viz.cells.derivatives import ONE
from lstm_viz.cells.expressions import INPUT, Expression, Name, children, walk
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.text import Line
from lstm_viz.gradients.deltas import Deltas, Share, inner_slope, shares
from lstm_viz.gradients.flow import gradient_flow
from lstm_viz.gradients.lanes import lanes
from lstm_viz.language import _
from lstm_viz.notation.typeset import piece
from lstm_viz.run.scale import full_strength
from lstm_viz.stage.about import in_symbols
from lstm_viz.stage.payload import encoded, fingerprint, stage_payload
from lstm_viz.stage.tokens import Token
from lstm_viz.stage.unrolled import Row, unrolled
from lstm_viz.words.captions import Caption

ANYTHING = (-np.inf, np.inf)
_TIP = 8.6  # from the end of a wire back to where its arrow is drawn


def backward_payload(
    deltas: Deltas,
    tokens: Sequence[Token],
    caption: Caption,
    sequence: int = 0,
    address: Mapping[str, str] | None = None,
    file_name: str = "lstm-viz-backward",
) -> dict[str, Any]:
    """What the stage shows of backpropagation through one sequence; see ``stage_payload``."""
    cell = deltas.trace.cell
    forward = stage_payload(deltas.trace, tokens, caption, sequence, file_name, address=address)
    scene, by_wire = _reversed(forward["scene"], deltas)
    equations, by_term = _equations(cell, deltas)
    arrays = {name: deltas.backward.signals[name] for name in cell.signals} | by_wire | by_term
    arrays |= {node["value"]: deltas.by(node["value"]) for node in scene["nodes"]}
    values = {key: array[:, sequence] for key, array in arrays.items()}
    flow = gradient_flow(deltas.trace, deltas.backward.given)
    largest = max(full_strength(values[name], ANYTHING) for name in cell.signals)
    payload = forward | {
        "towards": -1,
        "signals": _signals(forward["signals"], equations, values),
        "values": {key: encoded(key, array) for key, array in values.items()},
        "scales": {key: {"kind": "signed", "limit": largest} for key in values},
        "about": {key: _about(key, cell, forward["about"]) for key in values},
        "equations": equations,
        "lights": {key: key.split(" → ")[0] for key in values if " → " in key},
        "scene": scene,
        "unrolled": unrolled([Row(cell, lanes(flow))], [token.text for token in tokens]),
        "words": forward["words"] | _words(),
    }
    return payload | {"id": fingerprint(payload)}


def _words() -> dict[str, str]:
    return {
        "step_of": _("t = {t} of {steps}, going back"),
        "width_is_strength": _("A strand’s width is the size of the gradient that flows back."),
        "forward": _("One step further back in time (→)"),
        "back": _("One step later again (←)"),
        "equations": _("What each gradient is made of, with the numbers of one unit"),
        "strips": _("The gradient by every unit at every step"),
    }


# -- the drawing ----------------------------------------------------------------------------


def _reversed(
    scene: Mapping[str, Any], deltas: Deltas
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The scene with its arrows and phases turned round, and what flows back through each wire."""
    last = len(scene["phases"]) - 1
    inside = _inside(deltas.trace.cell)
    wires, values = [], {}
    for wire in scene["wires"]:
        key, array = _flow(wire, deltas, inside)
        values[key] = array
        turned = {"phase": last - wire["phase"], "turn": 1 - wire["turn"], "arrow": _arrow(wire)}
        wires.append({**wire, **turned, "value": key})
    nodes = [{**n, "phase": last - n["phase"], "turn": 1 - n["turn"]} for n in scene["nodes"]]
    labels = [{**n, "phase": last - n["phase"], "turn": 1 - n["turn"]} for n in scene["labels"]]
    changed = {"wires": wires, "nodes": nodes, "labels": labels, "phases": scene["phases"][::-1]}
    return {**scene, **changed}, values


def _inside(cell: Cell) -> dict[str, tuple[str, Expression]]:
    """For each part of a line: the line's signal, and the part."""
    found = {str(node): (line.name, node) for line in cell.lines for node in walk(line.expression)}
    return found | {line.name: (line.name, line.expression) for line in cell.lines}


def _flow(
    wire: Mapping[str, Any], deltas: Deltas, inside: Mapping[str, tuple[str, Expression]]
) -> tuple[str, np.ndarray]:
    key = wire["value"]
    if wire["to"] in inside:
        signal, part = inside[wire["to"]]
        to = Name(INPUT) if key == INPUT else deltas.trace.cell.expression(key)
        if to in children(part) or to in walk(part):
            return f"{key} → {wire['to']}", deltas.through(signal, part, to)
    if wire["arrow"] and wire["from"] and key in deltas.trace.cell.states:
        upwards = wire["arrow"][3] < 0
        if upwards:
            return f"{key} → loss", deltas.loss(key)
        return f"{key} → later", deltas.later(key)
    return key, deltas.by(key)


def _arrow(wire: Mapping[str, Any]) -> list[float] | None:
    """The arrow at the wire's beginning, pointing out of it; a fork in a wire has none."""
    (x, y), (next_x, next_y) = wire["points"][:2]
    if wire["from"] is None and wire["source"] == wire["value"] and wire["phase"] > 0:
        return None
    length = float(np.hypot(next_x - x, next_y - y)) or 1.0
    dx, dy = (next_x - x) / length, (next_y - y) / length
    return [x + _TIP * dx, y + _TIP * dy, -round(dx), -round(dy)]


# -- the equations --------------------------------------------------------------------------


def _equations(cell: Cell, deltas: Deltas) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    """From the last line to the first: each signal's gradient, then that of its argument."""
    found: list[dict[str, Any]] = []
    values: dict[str, np.ndarray] = {}
    for line in reversed(cell.order):
        terms = []
        if line.name in deltas.backward.given:
            key = f"{line.name} from loss"
            values[key] = deltas.loss(line.name)
            terms.append(_term(key, _loss_symbol(line.name), _("from the loss at this step")))
        for share in shares(cell, line.name):
            key = f"{line.name} from {share.key}"
            values[key] = deltas.share(share)
            source = _("from the next step") if share.later else _("from this step")
            terms.append(_term(key, _share_mathml(share), source))
        found.append(_equation(line.name, _delta(line.name), terms))
        if line.function:
            slope = inner_slope(line)
            values[f"{line.name} slope"] = deltas.trace.value(slope)
            values[f"a_{line.name}"] = deltas.inside(line.name)
            found.append(_inner_equation(line, slope))
    return found, values


def _term(key: str, mathml: str, source: str) -> dict[str, Any]:
    return {"key": key, "sign": 1, "mathml": _math(mathml), "from": source}


def _equation(signal: str, left: str, terms: list[dict[str, Any]]) -> dict[str, Any]:
    first, *others = [_bare(term["mathml"]) for term in terms] or ["<mn>0</mn>"]
    summands = [f'<mo form="infix">+</mo>{other}' for other in others]
    # Where a long sum has no room, its line is broken between the rows of the class "piece".
    right = "".join(f'<mrow class="piece">{summand}</mrow>' for summand in summands)
    parts = [
        {"key": term["key"], "place": "summand" if k else "first", **({"sign": "+"} if k else {})}
        for k, term in enumerate(terms)
    ]
    return {
        "signal": signal,
        "mathml": _math(f"<mrow>{left}<mo>=</mo>{first}</mrow>{right}"),
        "function": None,
        "pre": signal,
        "terms": terms,
        "substituted": [{"text": "= "}, *parts] if parts else [{"text": "= 0"}],
        "phase": 0,
    }


def _inner_equation(line: Line, slope: Expression) -> dict[str, Any]:
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
            {"text": "= "},
            {"key": name, "place": "first"},
            {"text": " · "},
            {"key": f"{name} slope", "place": "factor"},
        ],
        "phase": 0,
    }


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


_OPENING = '<math xmlns="http://www.w3.org/1998/Math/MathML" displaystyle="true">'


def _math(inside: str) -> str:
    return f"{_OPENING}{inside}</math>"


def _bare(mathml: str) -> str:
    return mathml.removeprefix(_OPENING).removesuffix("</math>")


# -- names and scales -----------------------------------------------------------------------


def _signals(
    forward: Sequence[Mapping[str, Any]],
    equations: Sequence[Mapping[str, Any]],
    values: Mapping[str, np.ndarray],
) -> list[dict[str, Any]]:
    """One row a signal, in the order of the walk back; arguments have an equation but no strip."""
    by_name = {signal["name"]: signal for signal in forward}
    found = []
    for equation in equations:
        name = equation["signal"]
        base = name.removeprefix("a_") if name not in by_name else name
        symbol = _delta(name) if name in by_name else _inner(base)
        found.append(
            {
                **by_name[base],
                "name": name,
                "symbol": _math(symbol),
                "title": _("δ{symbol}  the loss by the {name}").format(
                    symbol=plain(base), name=by_name[base]["short"]
                ),
                "meaning": _("how much the loss grows when this grows"),
                "range": None,
                "scale": "signed",
                "limit": full_strength(values[name], ANYTHING),
                "strip": name in by_name,
            }
        )
    return found


def _about(key: str, cell: Cell, forward: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What a gradient is, for a tooltip."""
    of, _arrow_sign, through = key.partition(" → ")
    named = {**forward.get(of, {"shape": ""})}
    readable = of in cell.names or of == INPUT or of in forward
    symbol = in_symbols(of, cell) if readable else of
    meaning = {
        "": _("all of the loss's derivative by it that this step sends back"),
        "loss": _("what comes from the loss of this step itself"),
        "later": _("what comes back from the next step"),
    }.get(through, _("what comes back through {part}").format(part=in_symbols(through, cell)))
    return {"name": f"∂L/∂({symbol})", "meaning": meaning, "shape": named["shape"]}
