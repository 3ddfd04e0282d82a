"""How each piece of an equation is written in LaTeX and in MathML.

The two classes have the same methods; each takes markup and returns markup. Where parentheses stand
is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from lstm_viz.cells.expressions import PAST
from lstm_viz.cells.symbols import ACCENTS, GREEK, Part, symbol

_FUNCTIONS = {
    "sigmoid": "σ",
    "logsigmoid": "log σ",
    "relu": "ReLU",
    "maximum": "max",
    "minimum": "min",
}
_LATEX_FUNCTIONS = ("tanh", "exp", "log", "max", "min")
_LATEX_OPERATORS = {"*": r"\odot", "·": r"\cdot"}
_LATEX_LETTERS = {"epsilon": r"\varepsilon", "phi": r"\varphi"}  # as ε and φ look in Unicode
_MATHML_OPERATORS = {"-": "−", "*": "⊙", "·": "⋅"}
# Operators that are not seen but read aloud.
_MATHML_TIMES = '<mo>&#x2062;</mo><mspace width="0.17em"/>'
_MATHML_OF = "<mo>&#x2061;</mo>"


def _words(function: str) -> list[str]:
    """The words that a function is called by in print."""
    return _FUNCTIONS.get(function, function).split()


@dataclass(frozen=True)
class LaTeX:
    """LaTeX as KaTeX and amsmath read it; ``colours`` maps a signal to its hex colour."""

    colours: Mapping[str, str]

    def number(self, text: str) -> str:
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return text
        power = f"10^{{{int(exponent)}}}"
        return {"1": "", "-1": "-"}.get(mantissa, rf"{mantissa} \cdot ") + power

    def symbol(self, name: str) -> str:
        made_of = symbol(name)
        parts = [self._part(part, below=True) for part in made_of.below]
        below = ",".join([*parts, made_of.time] if made_of.time else parts)
        text = self._part(made_of.head)
        if below:
            text += f"_{below}" if len(below) == 1 else f"_{{{below}}}"
        colour = self.colours.get(name.removesuffix(PAST))
        return rf"\textcolor{{{colour}}}{{{text}}}" if colour else text

    def _part(self, part: Part, below: bool = False) -> str:
        if part.text in GREEK:
            text = _LATEX_LETTERS.get(part.text, f"\\{part.text}")
        elif part.text.isdigit() or len(part.text) <= 1 + below:
            text = part.text
        else:
            text = rf"\mathrm{{{part.text}}}"
        return rf"\{ACCENTS[part.accent][0]}{{{text}}}" if part.accent else text

    def value(self, key: str, inside: str) -> str:
        return inside

    def negative(self, inside: str) -> str:
        return f"-{inside}"

    def between(self, left: str, operator: str, right: str) -> str:
        return f"{left} {_LATEX_OPERATORS.get(operator, operator)} {right}"

    def beside(self, left: str, right: str) -> str:
        return rf"{left} \, {right}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def power(self, base: str, exponent: str) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    def parentheses(self, inside: str, tall: bool) -> str:
        return rf"\left({inside}\right)" if tall else f"({inside})"

    def call(self, function: str, arguments: list[str], tall: bool) -> str:
        inside = ", ".join(arguments)
        if function == "sqrt":
            return rf"\sqrt{{{inside}}}"
        if function == "abs":
            return rf"\left|{inside}\right|"
        named = "".join(self._function(word) for word in _words(function))
        return named + self.parentheses(inside, tall)

    @staticmethod
    def _function(word: str) -> str:
        if word == "σ":
            return r"\sigma"
        return f"\\{word}" if word in _LATEX_FUNCTIONS else rf"\operatorname{{{word}}}"


@dataclass(frozen=True)
class MathML:
    """MathML Core, as browsers draw it without any library.

    Each symbol is an element of the class "signal" and each product, quotient, power and call one
    of the class "value"; both have the text of their expression as ``data-key``. ``later`` writes
    everything as of the step after t.
    """

    later: bool = False

    def number(self, text: str) -> str:
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return self._digits(text)
        power = f"<msup><mn>10</mn>{self._digits(str(int(exponent)))}</msup>"
        if mantissa in ("1", "-1"):
            return power if mantissa == "1" else self.negative(power)
        return self.between(self._digits(mantissa), "·", power)

    def _digits(self, text: str) -> str:
        digits = f"<mn>{escape(text.removeprefix('-'))}</mn>"
        return self.negative(digits) if text.startswith("-") else digits

    def symbol(self, name: str) -> str:
        made_of = symbol(name)
        parts = [self._part(part, below=True) for part in made_of.below]
        if made_of.time:
            parts.append(self._time(made_of.time))
        below = '<mo lspace="0" rspace="0">,</mo>'.join(parts)
        tag = "msub" if below else "mrow"
        inside = self._part(made_of.head) + (f"<mrow>{below}</mrow>" if below else "")
        return f'<{tag} class="signal" data-key="{escape(name)}">{inside}</{tag}>'

    @staticmethod
    def _part(part: Part, below: bool = False) -> str:
        if part.text.isdigit():
            text = f"<mn>{part.text}</mn>"
        elif below and len(part.letter) == 2:
            text = "".join(f"<mi>{letter}</mi>" for letter in part.letter)
        else:
            text = f"<mi>{escape(part.letter)}</mi>"
        if not part.accent:
            return text
        over = f'<mo stretchy="false">{ACCENTS[part.accent][1]}</mo>'
        return f'<mover accent="true"><mrow>{text}</mrow>{over}</mover>'

    def _time(self, time: str) -> str:
        steps = {"t-1": -1, "t": 0}[time] + self.later
        sign = "+" if steps > 0 else "−"
        return "<mi>t</mi>" + (f'<mo lspace="0" rspace="0">{sign}</mo><mn>1</mn>' if steps else "")

    def value(self, key: str, inside: str) -> str:
        return f'<mrow class="value" data-key="{escape(key)}">{inside}</mrow>'

    def negative(self, inside: str) -> str:
        return f'<mrow><mo form="prefix">−</mo>{inside}</mrow>'

    def between(self, left: str, operator: str, right: str) -> str:
        sign = _MATHML_OPERATORS.get(operator, operator)
        return f"<mrow>{left}<mo>{sign}</mo>{right}</mrow>"

    def beside(self, left: str, right: str) -> str:
        return left + _MATHML_TIMES + right

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def power(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def parentheses(self, inside: str, tall: bool) -> str:
        return self._fenced("(", inside, ")", tall)

    @staticmethod
    def _fenced(opening: str, inside: str, closing: str, tall: bool) -> str:
        style = f'fence="true" stretchy="{"true" if tall else "false"}"'
        return (
            f'<mrow><mo form="prefix" {style}>{opening}</mo>{inside}'
            f'<mo form="postfix" {style}>{closing}</mo></mrow>'
        )

    def call(self, function: str, arguments: list[str], tall: bool) -> str:
        inside = '<mo separator="true">,</mo>'.join(arguments)
        if function == "sqrt":
            return f"<msqrt>{inside}</msqrt>"
        if function == "abs":
            return self._fenced("|", inside, "|", tall=True)
        words = [f"<mi>{escape(word)}</mi>" for word in _words(function)]
        named = f'{_MATHML_OF}<mspace width="0.17em"/>'.join(words)
        return named + _MATHML_OF + self.parentheses(inside, tall)
