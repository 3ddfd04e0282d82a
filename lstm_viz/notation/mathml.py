"""An equation in MathML Core, as browsers draw it without any library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape

from lstm_viz.cells.symbols import ACCENTS, Part, symbol
from lstm_viz.notation.textbook import Textbook

_BETWEEN = {"-": "−", "*": "⊙", "·": "⋅"}
# Operators that are not seen but read aloud.
_TIMES = '<mo>&#x2062;</mo><mspace width="0.17em"/>'
_OF = "<mo>&#x2061;</mo>"


@dataclass(frozen=True)
class MathML(Textbook):
    """MathML Core, as browsers draw it without any library.

    Each symbol is an element of the class "signal" and each product, quotient, power and call one
    of the class "value"; both have the text of their expression as ``data-key``. ``later`` writes
    everything as of the step after t. ``names`` says how a name is written that is not written as
    itself: as another, or as several that are added up. Its key stays what it is.
    """

    later: bool = False
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def digits(self, text: str) -> str:
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return self._number(text)
        power = f"<msup><mn>10</mn>{self._number(str(int(exponent)))}</msup>"
        if mantissa in ("1", "-1"):
            return power if mantissa == "1" else self.minus(power)
        return self.between(self._number(mantissa), "·", power)

    def _number(self, text: str) -> str:
        digits = f"<mn>{escape(text.removeprefix('-'))}</mn>"
        return self.minus(digits) if text.startswith("-") else digits

    def symbol(self, name: str) -> str:
        whole, *others = (self._symbol(one, key=name) for one in self.names.get(name, (name,)))
        for other in others:
            whole = self.between(whole, "+", other)
        return whole

    def _symbol(self, name: str, key: str) -> str:
        made_of = symbol(name)
        parts = [self._part(part, below=True) for part in made_of.below]
        if made_of.time:
            parts.append(self._time(made_of.time))
        below = '<mo lspace="0" rspace="0">,</mo>'.join(parts)
        tag = "msub" if below else "mrow"
        inside = self._part(made_of.head) + (f"<mrow>{below}</mrow>" if below else "")
        return f'<{tag} class="signal" data-key="{escape(key)}">{inside}</{tag}>'

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

    def minus(self, inside: str) -> str:
        return f'<mrow><mo form="prefix">−</mo>{inside}</mrow>'

    def between(self, left: str, operator: str, right: str) -> str:
        sign = _BETWEEN.get(operator, operator)
        return f"<mrow>{left}<mo>{sign}</mo>{right}</mrow>"

    def beside(self, left: str, right: str) -> str:
        return left + _TIMES + right

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac><mrow>{above}</mrow><mrow>{below}</mrow></mfrac>"

    def raised(self, base: str, exponent: str) -> str:
        return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"

    def fenced(self, opening: str, inside: str, closing: str, tall: bool) -> str:
        style = f'fence="true" stretchy="{"true" if tall else "false"}"'
        return (
            f'<mrow><mo form="prefix" {style}>{opening}</mo>{inside}'
            f'<mo form="postfix" {style}>{closing}</mo></mrow>'
        )

    def root(self, inside: str) -> str:
        return f"<msqrt>{inside}</msqrt>"

    def comma(self, arguments: list[str]) -> str:
        return '<mo separator="true">,</mo>'.join(arguments)

    def named(self, words: list[str], arguments: str) -> str:
        written = f'{_OF}<mspace width="0.17em"/>'.join(f"<mi>{escape(w)}</mi>" for w in words)
        return written + _OF + arguments
