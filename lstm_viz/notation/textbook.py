"""How a textbook sets an expression: where parentheses stand, and what stands between two factors.

LaTeX and MathML say how the pieces are written; each takes markup and returns markup.
"""

from __future__ import annotations

from lstm_viz.cells.expressions import (
    ATOM,
    BESIDE,
    ENCLOSED,
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
    names,
    walk,
)
from lstm_viz.cells.functions import FUNCTIONS
from lstm_viz.cells.text import Line


class Textbook(Printer[str]):
    """The walk that LaTeX and MathML share."""

    # -- the pieces of a language

    def digits(self, text: str) -> str:
        """A number, from its text."""
        raise NotImplementedError

    def symbol(self, name: str) -> str:
        """A name with its accents, index and time."""
        raise NotImplementedError

    def value(self, key: str, inside: str) -> str:
        """What is computed, which has a value of its own."""
        raise NotImplementedError

    def minus(self, inside: str) -> str:
        """A minus sign in front."""
        raise NotImplementedError

    def between(self, left: str, operator: str, right: str) -> str:
        """An operator with its room."""
        raise NotImplementedError

    def beside(self, left: str, right: str) -> str:
        """Two factors with nothing between them."""
        raise NotImplementedError

    def fraction(self, above: str, below: str) -> str:
        raise NotImplementedError

    def raised(self, base: str, exponent: str) -> str:
        raise NotImplementedError

    def root(self, inside: str) -> str:
        raise NotImplementedError

    def fenced(self, opening: str, inside: str, closing: str, tall: bool) -> str:
        raise NotImplementedError

    def comma(self, arguments: list[str]) -> str:
        """The arguments of a function, side by side."""
        raise NotImplementedError

    def named(self, words: list[str], arguments: str) -> str:
        """A function's name in front of its arguments in parentheses."""
        raise NotImplementedError

    # -- the walk

    def equation(self, equation: Line | Expression) -> str:
        """A line, or an expression alone."""
        if not isinstance(equation, Line):
            return self.printed(equation)
        return self.between(self.symbol(equation.name), "=", self.printed(equation.expression))

    def binds(self, node: Expression) -> int:
        """A fraction and a call enclose what is in them, but carry no exponent without parentheses.

        A minus sign in front counts as a factor; whether it needs parentheses, ``operand`` says.
        """
        match node:
            case Negative():
                return TIMES
            case Binary(operator="/") | Apply():
                return ENCLOSED
            case Number() if node.value < 0 or "e" in str(node):
                return TIMES
            case _:
                return super().binds(node)

    def within(self, node: Expression, binds: int) -> str:
        """A minus sign directly behind another operator needs parentheses, too."""
        inside = self.printed(node)
        if self.binds(node) >= binds and not _begins_with_minus(node):
            return inside
        return self.parentheses(inside, node)

    def leading(self, node: Expression, binds: int) -> str:
        """The same where nothing stands before it."""
        return super().within(node, binds)

    def parentheses(self, inside: str, node: Expression) -> str:
        return self.fenced("(", inside, ")", _is_tall(node))

    def number(self, node: Number) -> str:
        return self.digits(str(node))

    def name(self, node: Name) -> str:
        return self.symbol(node.id)

    def negative(self, node: Negative) -> str:
        return self.minus(self.within(node.operand, TIMES))

    def sum(self, node: Binary) -> str:
        left, right = self.leading(node.left, SUM), self.within(node.right, TIMES)
        return self.between(left, node.operator, right)

    def product(self, node: Product) -> str:
        operand = self.within(node.operand, BESIDE)
        return self.value(str(node), self.beside(self.symbol(node.weight), operand))

    def times(self, node: Binary) -> str:
        """⊙ between two signals; a number stands directly before a signal; else a dot."""
        left, right = self.leading(node.left, TIMES), self.within(node.right, BESIDE)
        if names(node.left) and names(node.right):
            inside = self.between(left, "*", right)
        elif isinstance(node.left, Number) and _begins_with_letter(node.right):
            inside = self.beside(left, right)
        else:
            inside = self.between(left, "·", right)
        return self.value(str(node), inside)

    def quotient(self, node: Binary) -> str:
        parts = self.fraction(self.printed(node.left), self.printed(node.right))
        return self.value(str(node), parts)

    def power(self, node: Binary) -> str:
        raised = self.raised(self.within(node.left, ATOM), self.printed(node.right))
        return self.value(str(node), raised)

    def call(self, node: Apply) -> str:
        inside = self.comma([self.printed(argument) for argument in node.arguments])
        return self.value(str(node), self._called(node, inside))

    def _called(self, node: Apply, inside: str) -> str:
        row = FUNCTIONS.get(node.function)
        if row and row.sign == "√":
            return self.root(inside)
        if row and row.bars:
            return self.fenced(row.bars[0], inside, row.bars[1], tall=True)
        # A pair that one matrix reads is a call without a name.
        words = (row.sign if row else node.function).split()
        return self.named(words, self.parentheses(inside, node))


def _begins_with_minus(node: Expression) -> bool:
    match node:
        case Number():
            return node.value < 0
        case Binary(operator="+" | "-" | "*"):
            return _begins_with_minus(node.left)
        case _:
            return isinstance(node, Negative)


def _begins_with_letter(node: Expression) -> bool:
    match node:
        case Binary(operator="**"):
            return isinstance(node.left, Name)
        case _:
            return isinstance(node, Name | Product | Apply)


def _is_tall(node: Expression) -> bool:
    """Whether a fraction makes the expression taller than a line."""
    return any(isinstance(part, Binary) and part.operator == "/" for part in walk(node))
