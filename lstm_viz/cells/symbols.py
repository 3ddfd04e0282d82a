"""What a name is made of: ``c_tilde_prev`` is a c under a tilde, one step ago.

And what a number is printed with: a minus that is none of the hyphens, an exponent that is raised.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from lstm_viz.cells.expressions import PAST
from lstm_viz.cells.text import WEIGHT

_SMALL = "alpha beta gamma delta epsilon zeta eta theta kappa mu nu xi pi rho sigma tau phi chi psi"
_CAPITAL = "Gamma Delta Theta Xi Pi Sigma Phi Psi Omega"
GREEK = {
    name: unicodedata.lookup(f"Greek {size} letter {name}")
    for size, names in (("small", f"{_SMALL} omega"), ("capital", _CAPITAL))
    for name in names.split()
}

# LaTeX's command; the character to set above a letter; the one that combines with it.
ACCENTS = {
    "tilde": ("tilde", "˜", "\u0303"),
    "hat": ("hat", "ˆ", "\u0302"),
    "bar": ("bar", "¯", "\u0304"),
}
MINUS = "−"
_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TIMES = {"": "", "t": "ₜ", "t-1": "ₜ₋₁"}


class Part(NamedTuple):
    """A letter, a Greek letter's name, a word or a number, and the accent over it, if any."""

    text: str
    accent: str = ""

    @property
    def letter(self) -> str:
        """The text, or the Greek letter that it names."""
        return GREEK.get(self.text, self.text)


@dataclass(frozen=True)
class Symbol:
    """The parts of a name: what stands on the line, what stands below it, and when it is.

    ``time`` is "t", "t-1", or empty for a weight.
    """

    head: Part
    below: tuple[Part, ...]
    time: str


def symbol(name: str) -> Symbol:
    """The parts of a signal's, a past's, a weight's or the input's name."""
    past = name.endswith(PAST)
    time = "" if name.startswith(WEIGHT) else "t-1" if past else "t"
    parts: list[Part] = []
    for text in re.findall(r"[A-Za-z]+|[0-9]+", name.removesuffix(PAST) if time else name):
        if text in ACCENTS and parts and not parts[-1].accent:
            parts[-1] = Part(parts[-1].text, text)
        else:
            parts.append(Part(text))
    return Symbol(parts[0], tuple(parts[1:]), time)


def plain(name: str) -> str:
    """A name in one line of Unicode: ``c̃ₜ``, ``hₜ₋₁``, ``W_f``."""
    made_of = symbol(name)
    below = "".join(
        part.text.translate(_DIGITS) if part.text.isdigit() else f"_{_accented(part)}"
        for part in made_of.below
    )
    return _accented(made_of.head) + below + _TIMES[made_of.time]


def with_minus(number: str) -> str:
    """A number's digits as a book prints them: −0.5."""
    return number.replace("-", MINUS)


def raised(exponent: int) -> str:
    """An exponent in one line of Unicode: ⁻⁵."""
    return str(exponent).translate(_RAISED)


def _accented(part: Part) -> str:
    if not part.accent:
        return part.letter
    return unicodedata.normalize("NFC", part.letter + ACCENTS[part.accent][2])
