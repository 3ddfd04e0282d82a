"""What a stranger wrote, such as a file's name, as Markdown that shows it letter by letter."""

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_BECOMES_A_LINK = re.compile(r"(?<=://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # is not seen; without it an address would become a link


def escaped(text: str) -> str:
    """The text with nothing in it that Markdown reads as anything but letters."""
    return _PUNCTUATION.sub(r"\\\1", _BECOMES_A_LINK.sub(_WORD_JOINER, text))
