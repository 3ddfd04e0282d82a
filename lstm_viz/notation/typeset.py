"""The equations as a textbook sets them, in the author's order.

LaTeX for ``st.latex`` and for papers, MathML for the browser, a line of Unicode for tooltips. One
walk over the checked nodes decides where parentheses stand; a notation says how a piece is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from lstm_viz.cells.expressions import (
    Apply,
    Binary,
    Expression,
    Name,
    Negative,
    Number,
    Product,
    names,
    walk,
)
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.text import Line
from lstm_viz.notation.markup import LaTeX, MathML

__all__ = [
    "aligned_latex",
    "latex",
    "mathml",
    "piece",
    "plain",
    "symbol_latex",
    "symbol_mathml",
    "terms_mathml",
]


def latex(equation: Line | Expression, colours: Mapping[str, str] | None = None) -> str:
    r"""A line or an expression in LaTeX, as KaTeX and amsmath read it.

    ``colours`` maps a signal to a hex colour (``{"f": "#00805a"}``): its present and its past are
    then written in it, with KaTeX's form of ``\textcolor``.
    """
    return _equation(equation, LaTeX(colours or {}))


def aligned_latex(lines: Iterable[Line], colours: Mapping[str, str] | None = None) -> str:
    """The lines of a cell as one LaTeX block, aligned at their equals signs."""
    notation = LaTeX(colours or {})
    rows = [f"{notation.symbol(line.name)} &= {_set(line.expression, notation)}" for line in lines]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def mathml(equation: Line | Expression, display: str = "inline") -> str:
    """A line or an expression as one ``<math>`` element; ``display`` is "inline" or "block".

    Each symbol in it is an element with ``class="signal"``, each product, quotient, power and
    function call one with ``class="value"``; the text of what they show is their ``data-key``.
    """
    return _math(_equation(equation, MathML()), display)


def terms_mathml(line: Line) -> list[tuple[str, int, str]]:
    """For each of ``line.terms`` its key, its sign (1 or -1), and the MathML of what follows it."""
    unsigned = {key: _without_sign(term) for key, term in line.terms.items()}
    return [(key, sign, mathml(term)) for key, (sign, term) in unsigned.items()]


def piece(node: Expression, later: bool = False) -> str:
    """The MathML of a factor, to be put into a larger equation; ``later`` is one step on."""
    return _operand(node, _TIMES, MathML(later))


def symbol_latex(name: str, colours: Mapping[str, str] | None = None) -> str:
    r"""A name in LaTeX: ``c_prev`` is ``c_{t-1}``, ``c_tilde`` is ``\tilde{c}_t``."""
    return LaTeX(colours or {}).symbol(name)


def symbol_mathml(name: str) -> str:
    """A name as one ``<math>`` element."""
    return _math(MathML().symbol(name), "inline")


def _math(inside: str, display: str) -> str:
    namespace = "http://www.w3.org/1998/Math/MathML"
    return (
        f'<math xmlns="{namespace}" display="{escape(display)}" displaystyle="true">{inside}</math>'
    )


def _without_sign(term: Expression) -> tuple[int, Expression]:
    match term:
        case Negative(operand):
            return -1, operand
        case Number(value) if value < 0:
            return -1, Number(-value)
        case _:
            return 1, term


def _equation(equation: Line | Expression, notation: LaTeX | MathML) -> str:
    if not isinstance(equation, Line):
        return _set(equation, notation)
    left = notation.symbol(equation.name)
    return notation.between(left, "=", _set(equation.expression, notation))


def _set(node: Expression, notation: LaTeX | MathML) -> str:
    """The expression in the notation, without parentheses round the whole."""
    match node:
        case Number():
            return notation.number(str(node))
        case Name():
            return notation.symbol(node.id)
        case Negative():
            return notation.negative(_operand(node.operand, _TIMES, notation))
        case Binary(operator="+" | "-"):
            left = _operand(node.left, _SUM, notation, leads=True)
            right = _operand(node.right, _TIMES, notation)
            return notation.between(left, node.operator, right)
        case _:
            return notation.value(str(node), _value(node, notation))


def _value(node: Product | Apply | Binary, notation: LaTeX | MathML) -> str:
    match node:
        case Product():
            operand = _operand(node.operand, _BESIDE, notation)
            return notation.beside(notation.symbol(node.weight), operand)
        case Apply():
            arguments = [_set(argument, notation) for argument in node.arguments]
            return notation.call(node.function, arguments, _tall(node))
        case Binary(operator="/"):
            return notation.fraction(_set(node.left, notation), _set(node.right, notation))
        case Binary(operator="**"):
            base = _operand(node.left, _LETTER, notation)
            return notation.power(base, _set(node.right, notation))
        case Binary():
            return _times(node, notation)


def _times(node: Binary, notation: LaTeX | MathML) -> str:
    """⊙ between two signals; a number stands directly before a signal, and a dot is the rest."""
    left = _operand(node.left, _TIMES, notation, leads=True)
    right = _operand(node.right, _BESIDE, notation)
    if names(node.left) and names(node.right):
        return notation.between(left, "*", right)
    if isinstance(node.left, Number) and _begins_with_letter(node.right):
        return notation.beside(left, right)
    return notation.between(left, "·", right)


# How tightly the pieces of a typeset expression hold together. A fraction and a call enclose what
# is in them, but only a single letter or number carries an exponent without parentheses.
_SUM, _TIMES, _BESIDE, _POWER, _ENCLOSED, _LETTER = range(6)


def _binds(node: Expression) -> int:
    match node:
        case Binary(operator="+" | "-"):
            return _SUM
        case Binary(operator="*") | Negative():
            return _TIMES
        case Product():
            return _BESIDE
        case Binary(operator="**"):
            return _POWER
        case Binary() | Apply():
            return _ENCLOSED
        case Number() if node.value < 0 or "e" in str(node):
            return _TIMES
        case _:
            return _LETTER


def _operand(node: Expression, binds: int, notation: LaTeX | MathML, leads: bool = False) -> str:
    """The expression, in parentheses where it holds together less tightly than ``binds``.

    A minus sign directly behind another operator needs them too; one that ``leads`` does not.
    """
    inside = _set(node, notation)
    if _binds(node) >= binds and (leads or not _begins_with_minus(node)):
        return inside
    return notation.parentheses(inside, _tall(node))


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


def _tall(node: Expression) -> bool:
    """Whether a fraction makes the expression taller than a line."""
    return any(isinstance(part, Binary) and part.operator == "/" for part in walk(node))
