"""An equation in LaTeX, as KaTeX and amsmath read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lstm_viz.cells.expressions import PAST
from lstm_viz.cells.symbols import ACCENTS, GREEK, Part, symbol
from lstm_viz.notation.textbook import Textbook

# The functions that LaTeX has a command for.
_OPERATORS = {"arccos", "arcsin", "arctan", "cos", "cosh", "cot", "coth", "csc", "exp", "ln", "log"}
_OPERATORS |= {"max", "min", "sec", "sin", "sinh", "tan", "tanh"}
_BETWEEN = {"*": r"\odot", "·": r"\cdot"}
_ROUND = {"epsilon": r"\varepsilon", "phi": r"\varphi"}  # as ε and φ look in Unicode
_LETTERS = {letter: name for name, letter in GREEK.items()}


@dataclass(frozen=True)
class LaTeX(Textbook):
    """LaTeX as KaTeX and amsmath read it; ``colours`` maps a signal to its hex colour."""

    colours: Mapping[str, str]

    def digits(self, text: str) -> str:
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
            text = _ROUND.get(part.text, f"\\{part.text}")
        elif part.text.isdigit() or len(part.text) <= 1 + below:
            text = part.text
        else:
            text = rf"\mathrm{{{part.text}}}"
        return rf"\{ACCENTS[part.accent][0]}{{{text}}}" if part.accent else text

    def value(self, key: str, inside: str) -> str:
        return inside

    def minus(self, inside: str) -> str:
        return f"-{inside}"

    def between(self, left: str, operator: str, right: str) -> str:
        return f"{left} {_BETWEEN.get(operator, operator)} {right}"

    def beside(self, left: str, right: str) -> str:
        return rf"{left} \, {right}"

    def fraction(self, above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    def raised(self, base: str, exponent: str) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    def root(self, inside: str) -> str:
        return rf"\sqrt{{{inside}}}"

    def fenced(self, opening: str, inside: str, closing: str, tall: bool) -> str:
        return rf"\left{opening}{inside}\right{closing}" if tall else opening + inside + closing

    def comma(self, arguments: list[str]) -> str:
        return ", ".join(arguments)

    def named(self, words: list[str], arguments: str) -> str:
        return "".join(map(self._word, words)) + arguments

    @staticmethod
    def _word(word: str) -> str:
        if word in _LETTERS:
            return f"\\{_LETTERS[word]}"
        return f"\\{word}" if word in _OPERATORS else rf"\operatorname{{{word}}}"
