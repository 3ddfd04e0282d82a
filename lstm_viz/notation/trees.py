"""A cell as trees of numbers, names and operators, which arithmetic.js works out in the browser.

The browser knows the signs and JavaScript's ``Math``, and no function of ours: what ``Math`` has
not is sent as the tree of its formula, with the arguments behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import Apply, Binary, Expression, Name, Negative, Number, Product
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.text import formula

Tree: TypeAlias = "float | str | list[Any]"


def lines_as_trees(cell: Cell) -> list[dict[str, Tree]]:
    """The cell's lines in the order of computation: name and right side."""
    return [{"name": line.name, "tree": tree(line.expression)} for line in cell.order]


def tree(node: Expression) -> Tree:
    """An expression as numbers, names and [operator, part, ...].

    An operator is a sign, a function of ``Math``, or a tree over ``a`` and ``b``, the parts.
    """
    return _tree(node, _operator)


def function_tree(function: str) -> Tree:
    """The formula of a function of the table over ``a`` and ``b``."""
    return _tree(formula(FUNCTIONS[function].browser), str)


def _operator(function: str) -> Tree:
    """The name in ``Math`` where the formula is nothing else, or the formula's tree."""
    whole = function_tree(function)
    match whole:
        case [str() as name, *arguments] if tuple(arguments) == FUNCTIONS[function].arguments:
            return name
        case _:
            return whole


def _tree(node: Expression, operator: Callable[[str], Tree]) -> Tree:
    match node:
        case Number():
            return node.value
        case Name():
            return node.id
        case Product():
            return ["@", node.weight, _tree(node.operand, operator)]
        case Negative():
            return ["negative", _tree(node.operand, operator)]
        case Binary():
            return [node.operator, _tree(node.left, operator), _tree(node.right, operator)]
        case Apply():
            return [operator(node.function), *(_tree(a, operator) for a in node.arguments)]
