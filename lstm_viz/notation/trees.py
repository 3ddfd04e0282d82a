"""A cell as trees of numbers, names and operators, which arithmetic.js works out in the browser."""

from __future__ import annotations

from typing import Any, TypeAlias

from lstm_viz.cells import Cell
from lstm_viz.cells.expressions import Apply, Binary, Expression, Name, Negative, Number, Product

Tree: TypeAlias = "float | str | list[Any]"


def lines_as_trees(cell: Cell) -> list[dict[str, Tree]]:
    """The cell's lines in the order of computation: name and right side."""
    return [{"name": line.name, "tree": tree(line.expression)} for line in cell.order]


def tree(node: Expression) -> Tree:
    """An expression as numbers, names and [operator, part, ...]."""
    match node:
        case Number():
            return node.value
        case Name():
            return node.id
        case Product():
            return ["@", node.weight, tree(node.operand)]
        case Negative():
            return ["negative", tree(node.operand)]
        case Binary():
            return [node.operator, tree(node.left), tree(node.right)]
        case Apply():
            return [node.function, *(tree(argument) for argument in node.arguments)]
