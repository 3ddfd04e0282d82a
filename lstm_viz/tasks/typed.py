"""From what a person typed to a sequence; everything that is none is refused in words."""

from __future__ import annotations

import difflib
import math
import re
from typing import TypeVar

from lstm_viz.language import _
from lstm_viz.tasks.task import MAX_STEPS

Step = TypeVar("Step")

LONGEST_TEXT = 20_000  # checked before anything else looks at the text
LISTED = 100  # as many symbols are listed in an answer


def words(text: str, symbols: tuple[str, ...]) -> tuple[str, ...]:
    """Words and punctuation marks, in any case, from among ``symbols``."""
    known = {symbol.casefold(): symbol for symbol in symbols}
    found = []
    for word in re.findall(r"\w+|[^\w\s]", _bounded(text)):
        if word.casefold() not in known:
            raise ValueError(_unknown(word, symbols))
        found.append(known[word.casefold()])
    return _checked(found)


def words_without_spaces(text: str, symbols: tuple[str, ...]) -> tuple[str, ...]:
    """Words from among ``symbols``, the longest first, with or without spaces between them."""
    longest_first = "|".join(map(re.escape, sorted(symbols, key=len, reverse=True)))
    rest, found = _bounded(text).lstrip(), []
    while rest:
        match = re.match(longest_first, rest)
        if match is None:
            raise ValueError(_unknown(rest[0], symbols))
        found.append(match.group())
        rest = rest[match.end() :].lstrip()
    return _checked(found)


def letters(text: str, symbols: tuple[str, ...]) -> tuple[str, ...]:
    """Single letters from among ``symbols``, spaces between them ignored."""
    return _checked([_known(letter, symbols) for letter in "".join(_bounded(text).split())])


def characters(text: str, symbols: tuple[str, ...]) -> tuple[str, ...]:
    """Every character as it is typed; a tab is four spaces."""
    text = _bounded(text).replace("\r\n", "\n").expandtabs(4)
    return _checked([_known(character, symbols) for character in text])


def numbers(text: str, unit: str, lowest: float, highest: float) -> tuple[float, ...]:
    """Numbers from ``lowest`` to ``highest``, separated by commas, semicolons or spaces."""
    found = []
    for word in re.split(r"[,;\s]+", _bounded(text).strip(" ,;\n\t\r")):
        if not word:
            continue
        try:
            number = float(word)
        except ValueError:
            raise ValueError(
                _(
                    "{word} is not a number. Give numbers in {unit}, separated by commas or spaces."
                ).format(word=_quoted(word), unit=unit)
            ) from None
        if not math.isfinite(number) or not lowest <= number <= highest:
            raise ValueError(
                _("{word} is out of range: numbers go from {low:g} to {high:g} {unit}.").format(
                    word=_quoted(word), low=lowest, high=highest, unit=unit
                )
            )
        found.append(number)
    return _checked(found)


def _known(symbol: str, symbols: tuple[str, ...]) -> str:
    if symbol not in symbols:
        raise ValueError(_unknown(symbol, symbols))
    return symbol


def _unknown(symbol: str, symbols: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(symbol[:40], symbols, n=1)
    guess = _(" Did you mean {near}?").format(near=repr(near[0])) if near else ""
    listed = " ".join(repr(s) if s.isspace() else s for s in symbols[:LISTED])
    more = " …" if len(symbols) > LISTED else ""
    return _("This network does not know {symbol}.{guess} It knows: {known}").format(
        symbol=_quoted(symbol), guess=guess, known=listed + more
    )


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:39] + "…")


def _bounded(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise ValueError(
            _("This text has {length} characters; at most {limit} are read.").format(
                length=len(text), limit=LONGEST_TEXT
            )
        )
    return text


def _checked(found: list[Step]) -> tuple[Step, ...]:
    if not found:
        raise ValueError(_("There is nothing to read yet: type at least one step."))
    if len(found) > MAX_STEPS:
        raise ValueError(
            _("This is {length} steps long; at most {limit} fit on the screen.").format(
                length=len(found), limit=MAX_STEPS
            )
        )
    return tuple(found)
