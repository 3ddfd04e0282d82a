"""An expression with a place for a number where each symbol stood.

A matrix product is one number for one unit, so it is one place: ``W_f @ x`` becomes 0.521, not a
row times a column. Python says where signs and parentheses stand; the browser fills in the numbers
and lets a minus sign melt into the plus before it.
"""

from __future__ import annotations

from typing import Any

from lstm_viz.cells.expressions import Apply, Binary, Expression, Name, Negative, Number, Product
from lstm_viz.cells.text import Line

MINUS = "−"
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_SIGNS = {"*": " · ", "/": " / ", "**": " ^ "}
_FUNCTIONS = {"sigmoid": "σ", "logsigmoid": "log σ", "maximum": "max", "minimum": "min"}

# {"text": " · "}, or {"key": "c_prev", "place": "factor"}: "first" may begin with a minus sign,
# "summand" brings its own sign, + or -, and "factor" is put in parentheses when it is negative.
Part = dict[str, Any]


def substituted(line: Line) -> list[Part]:
    """The right side of a line; for a function of a sum, the sum as one number behind it."""
    parts = [{"text": "= "}, *_parts(line.expression, "first")]
    if line.function and len(line.terms) > 1:
        parts += [{"text": f" = {_name(line.function)}("}]
        parts += [{"key": str(line.pre), "place": "first"}, {"text": ")"}]
    return parts


def _parts(node: Expression, place: str, sign: str = "+") -> list[Part]:
    match node:
        case Name() | Product():
            return [
                {"key": str(node), "place": place} | ({"sign": sign} if place == "summand" else {})
            ]
        case Binary(operator="+" | "-"):
            right = _within(node.right, 2 if node.operator == "-" else 1, "summand", node.operator)
            return [*_parts(node.left, place, sign), *right]
        case Binary(operator="*" | "/"):
            binds = _BINDS[node.operator]
            left = _within(node.left, binds, place, sign)
            return [
                *left,
                {"text": _SIGNS[node.operator]},
                *_within(node.right, binds + 1, "factor"),
            ]
    return [*_sign_before(place, sign), *_inside(node)]


def _inside(node: Expression) -> list[Part]:
    match node:
        case Number():
            return [{"text": str(node).replace("-", MINUS)}]
        case Negative():
            return [{"text": MINUS}, *_within(node.operand, 2, "factor")]
        case Apply():
            inside = [_parts(argument, "first") for argument in node.arguments]
            commas = [part for parts in inside for part in [{"text": ", "}, *parts]][1:]
            return [{"text": f"{_name(node.function)}("}, *commas, {"text": ")"}]
        case Binary():
            base, exponent = (_within(part, 5, "factor") for part in (node.left, node.right))
            return [*base, {"text": _SIGNS[node.operator]}, *exponent]
    raise TypeError(f"no expression: {node!r}")


def _within(node: Expression, binds: int, place: str, sign: str = "+") -> list[Part]:
    """The parts, in parentheses where the node binds less tightly than ``binds``."""
    own = (
        _BINDS[node.operator]
        if isinstance(node, Binary)
        else 1
        if isinstance(node, Negative)
        else 9
    )
    if own >= binds:
        return _parts(node, place, sign)
    return [*_sign_before(place, sign), {"text": "("}, *_parts(node, "first"), {"text": ")"}]


def _sign_before(place: str, sign: str) -> list[Part]:
    return [{"text": f" {sign.replace('-', MINUS)} "}] if place == "summand" else []


def _name(function: str) -> str:
    return _FUNCTIONS.get(function, function)
