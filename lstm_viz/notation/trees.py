"""A cell as trees of numbers, names and operators, which arithmetic.js works out in the browser.

The browser knows the signs and JavaScript's ``Math``, and no function of ours: what ``Math`` has
not is sent as the tree of its formula, with the arguments behind it.
"""

from __future__ import annotations

from typing import TypeAlias, TypedDict

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import (
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
from lstm_viz.cells.text import formula

# A number, a name, or [operator, part, ...].
Tree: TypeAlias = "float | str | list[Tree]"


class TreeLine(TypedDict):
    """A line: what it is called, and its right side."""

    name: str
    tree: Tree


def lines_as_trees(cell: Cell) -> list[TreeLine]:
    """The cell's lines in the order of computation: name and right side."""
    return [{"name": line.name, "tree": tree(line.expression)} for line in cell.order]


def tree(node: Expression) -> Tree:
    """An expression as numbers, names and [operator, part, ...].

    An operator is a sign, a function of ``Math``, or a tree over ``a`` and ``b``, the parts.
    """
    return _Trees().printed(node)


def function_tree(function: str) -> Tree:
    """The formula of a function of the table over ``a`` and ``b``."""
    return _Formulas().printed(formula(FUNCTIONS[function].browser))


class _Trees(Printer[Tree]):
    def number(self, node: Number) -> Tree:
        return node.value

    def name(self, node: Name) -> Tree:
        return node.id

    def negative(self, node: Negative) -> Tree:
        return ["negative", self.printed(node.operand)]

    def product(self, node: Product) -> Tree:
        return ["@", node.weight, self.printed(node.operand)]

    def binary(self, node: Binary) -> Tree:
        return [node.operator, self.printed(node.left), self.printed(node.right)]

    def call(self, node: Apply) -> Tree:
        return [self.operator(node.function), *map(self.printed, node.arguments)]

    def operator(self, function: str) -> Tree:
        """The name in ``Math`` where the formula is nothing else, or the formula's tree."""
        whole = function_tree(function)
        match whole:
            case [str() as name, *arguments] if tuple(arguments) == FUNCTIONS[function].arguments:
                return name
            case _:
                return whole


class _Formulas(_Trees):
    """Over the functions of ``Math`` itself."""

    def operator(self, function: str) -> Tree:
        return function
