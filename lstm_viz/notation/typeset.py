"""The equations as a textbook sets them, in the author's order.

LaTeX for ``st.latex`` and for papers, MathML for the browser, a line of Unicode for tooltips. How
they are set is said once, in ``textbook``, how the pieces are written in ``latex`` and ``mathml``:
so no language can place a parenthesis where another has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from types import MappingProxyType

from lstm_viz.cells.expressions import TIMES, Expression, Negative, Number
from lstm_viz.cells.symbols import plain
from lstm_viz.cells.text import Line
from lstm_viz.notation.latex import LaTeX
from lstm_viz.notation.mathml import MathML

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

OUR_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def latex(equation: Line | Expression, colours: Mapping[str, str] | None = None) -> str:
    r"""A line or an expression in LaTeX, as KaTeX and amsmath read it.

    ``colours`` maps a signal to a hex colour (``{"f": role.colour.light}``): its present and its
    past are then written in it, with KaTeX's form of ``\textcolor``.
    """
    return LaTeX(colours or {}).equation(equation)


def aligned_latex(lines: Iterable[Line], colours: Mapping[str, str] | None = None) -> str:
    """The lines of a cell as one LaTeX block, aligned at their equals signs."""
    notation = LaTeX(colours or {})
    rows = [
        f"{notation.symbol(line.name)} &= {notation.printed(line.expression)}" for line in lines
    ]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def mathml(
    equation: Line | Expression,
    display: str = "inline",
    names: Mapping[str, tuple[str, ...]] = OUR_NAMES,
) -> str:
    """A line or an expression as one ``<math>`` element; ``display`` is "inline" or "block".

    ``names`` says what a notation calls those names that it calls otherwise (``names_in``).

    Each symbol in it is an element with ``class="signal"``, each product, quotient, power and
    function call one with ``class="value"``; the text of what they show is their ``data-key``.
    """
    return _math(MathML(names=names).equation(equation), display)


def terms_mathml(
    line: Line, names: Mapping[str, tuple[str, ...]] = OUR_NAMES
) -> list[tuple[str, int, str]]:
    """For each of ``line.terms`` its key, its sign (1 or -1), and the MathML of what follows it."""
    unsigned = {key: _without_sign(term) for key, term in line.terms.items()}
    return [(key, sign, mathml(term, names=names)) for key, (sign, term) in unsigned.items()]


def piece(node: Expression, later: bool = False) -> str:
    """The MathML of a factor, to be put into a larger equation; ``later`` is one step on."""
    return MathML(later).within(node, TIMES)


def symbol_latex(name: str, colours: Mapping[str, str] | None = None) -> str:
    r"""A name in LaTeX: ``c_prev`` is ``c_{t-1}``, ``c_tilde`` is ``\tilde{c}_t``."""
    return LaTeX(colours or {}).symbol(name)


def symbol_mathml(name: str, names: Mapping[str, tuple[str, ...]] = OUR_NAMES) -> str:
    """A name as one ``<math>`` element."""
    return _math(MathML(names=names).symbol(name), "inline")


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
