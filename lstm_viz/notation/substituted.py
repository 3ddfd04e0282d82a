"""An expression with a place for a number where each symbol stood.

A matrix product is one number for one unit, so it is one place: ``W_f @ x`` becomes 0.521, not a
row times a column. Python says where signs and parentheses stand; the browser fills in the numbers
and lets a minus sign melt into the plus before it.
"""

from __future__ import annotations

from typing import TypeAlias, TypedDict, final

from lstm_viz.cells.expressions import (
    ATOM,
    SUM,
    TIMES,
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    Printer,
    Product,
)
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.symbols import MINUS, with_minus
from lstm_viz.cells.text import Line

_SIGNS = {"*": " · ", "/": " / ", "**": " ^ "}


@final
class Text(TypedDict):
    """What stands between the numbers."""

    text: str


@final
class Place(TypedDict):
    """A place for the number of a key, and what becomes of its minus sign there.

    At ``place`` "first" it may begin with it, as a "summand" it brings its own ``sign``, + or -,
    and a "factor" is put in parentheses when it is negative.
    """

    key: str
    place: str
    sign: str


Part: TypeAlias = Text | Place
Parts = list[Part]


def substituted(line: Line) -> Parts:
    """The right side of a line; for a function of a sum, the sum as one number behind it."""
    parts: Parts = [text("= "), *_Substituted().printed(line.expression)]
    if line.function and len(line.terms) > 1:
        before, after = FUNCTIONS[line.function].around
        parts += [text(f" = {before}")]
        parts += [place(str(line.pre), "first"), text(after)]
    return parts


def text(said: str) -> Text:
    """Something between the numbers."""
    return {"text": said}


def place(key: str, kind: str, sign: str = "+") -> Place:
    """A place for the number of a key: "first", "summand" or "factor"."""
    return {"key": key, "place": kind, "sign": sign}


class _Substituted(Printer[Parts]):
    """Every expression as if it came first; whatever stands before it changes its first part."""

    def binds(self, node: Expression) -> int:
        return ATOM if isinstance(node, Product) else super().binds(node)

    def parentheses(self, inside: Parts, node: Expression) -> Parts:
        return [text("("), *inside, text(")")]

    def number(self, node: Number) -> Parts:
        return [text(with_minus(str(node)))]

    def name(self, node: Name) -> Parts:
        return [place(str(node), "first")]

    def product(self, node: Product) -> Parts:
        return [place(str(node), "first")]

    def negative(self, node: Negative) -> Parts:
        return [text(MINUS), *_as_factor(self.within(node.operand, TIMES))]

    def call(self, node: Apply) -> Parts:
        before, after = FUNCTIONS[node.function].around
        first, *others = [self.printed(argument) for argument in node.arguments]
        behind = [part for parts in others for part in [text(", "), *parts]]
        return [text(before), *first, *behind, text(after)]

    def sum(self, node: Binary) -> Parts:
        right = self.within(node.right, TIMES if node.operator == "-" else SUM)
        return [*self.printed(node.left), *_as_summand(right, node.operator)]

    def binary(self, node: Binary) -> Parts:
        left, right = self.within(node.left, TIMES), self.within(node.right, TIMES + 1)
        return [*left, text(_SIGNS[node.operator]), *_as_factor(right)]

    def power(self, node: Binary) -> Parts:
        base, exponent = (_as_factor(self.within(p, ATOM)) for p in (node.left, node.right))
        return [*base, text(_SIGNS[node.operator]), *exponent]


def _as_summand(parts: Parts, sign: str) -> Parts:
    first, *rest = parts
    if "key" in first and first["place"] == "first":
        return [place(first["key"], "summand", sign), *rest]
    return [text(f" {with_minus(sign)} "), *parts]


def _as_factor(parts: Parts) -> Parts:
    first, *rest = parts
    if "key" in first and first["place"] == "first":
        return [place(first["key"], "factor"), *rest]
    return parts
