"""Features of a text: what a unit that reads it could keep track of, a number beside each token.

Bracket depth, the place in the line, quotation marks: the page about one's own model asks which
unit follows which of them. Each feature is (T,): its value after the token at that step was read,
as a unit could know it. A token is a character or a word.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence

import numpy as np

from lstm_viz.language import N_

OPENING, CLOSING = "([{（［｛", ")]}）］｝"
QUOTES = "\"'`"
PAIRED_QUOTES = {"“": "”", "‘": "’", "«": "»", "「": "」", "『": "』"}
VOWELS = "aeiouäöüåáéíóúàèìòùâêîôû"


def position(tokens: Sequence[str]) -> np.ndarray:
    """The number of the step."""
    return np.arange(len(tokens), dtype=float)


def position_in_line(tokens: Sequence[str]) -> np.ndarray:
    """How many tokens of this line were read; 0 at its end."""
    return _counted(tokens, lambda token, so_far: 0 if "\n" in token else so_far + 1)


def indentation(tokens: Sequence[str]) -> np.ndarray:
    """How many spaces the line that is being read began with."""
    found, spaces, inside = [], 0, False
    for character in tokens:
        if character == "\n":
            spaces, inside = 0, False
        elif character == " " and not inside:
            spaces += 1
        else:
            inside = True
        found.append(spaces)
    return np.array(found, float)


def bracket_depth(tokens: Sequence[str]) -> np.ndarray:
    """How many round, square and curly brackets are open; closing what is not open counts 0."""

    def depth(token: str, so_far: float) -> float:
        for character in token:
            so_far += (character in OPENING) - (character in CLOSING)
            so_far = max(so_far, 0)
        return so_far

    return _counted(tokens, depth)


def in_quotes(tokens: Sequence[str]) -> np.ndarray:
    """1 from an opening quotation mark on, 0 from the closing one on.

    A straight single quote between two letters is an apostrophe. A line's end closes straight
    single and double ones, three in a row excepted, which Python lets run on.
    """
    text, ends = "".join(tokens), np.cumsum([len(token) for token in tokens])
    open_until, states, at = "", [], 0
    while at < len(text):
        mark, before = _quote_at(text, at), open_until
        if not open_until and mark and not _is_apostrophe(text, at):
            open_until = PAIRED_QUOTES.get(mark, mark)
        elif open_until and text.startswith(open_until, at) and not _is_apostrophe(text, at):
            mark, open_until = open_until, ""
        elif len(open_until) == 1 and open_until in QUOTES and text[at] == "\n":
            mark, open_until = "\n", ""
        else:
            mark = text[at]
        # A mark of three characters is read when its last one is.
        states += [float(bool(before))] * (len(mark) - 1) + [float(bool(open_until))]
        at += len(mark)
    return np.array([states[end - 1] if end else 0.0 for end in ends])


def is_one_of(chosen: Container[str]) -> Callable[[Sequence[str]], np.ndarray]:
    """The feature that is 1 on the chosen tokens, else 0."""
    return lambda tokens: np.array([float(token in chosen) for token in tokens])


def is_vowel(tokens: Sequence[str]) -> np.ndarray:
    return np.array([float(token.lower() in VOWELS and len(token) == 1) for token in tokens])


def is_capital(tokens: Sequence[str]) -> np.ndarray:
    return np.array([float(token[:1].isupper()) for token in tokens])


def is_digit(tokens: Sequence[str]) -> np.ndarray:
    return np.array([float(token.isdigit()) for token in tokens])


def is_space(tokens: Sequence[str]) -> np.ndarray:
    return np.array([float(token.isspace()) for token in tokens])


# The features of any text by their names, in the order in which they are offered.
OF_TEXT: Mapping[str, Callable[[Sequence[str]], np.ndarray]] = {
    N_("position in the text"): position,
    N_("position in the line"): position_in_line,
    N_("indentation"): indentation,
    N_("bracket depth"): bracket_depth,
    N_("inside quotes"): in_quotes,
    N_("vowels"): is_vowel,
    N_("capitals"): is_capital,
    N_("digits"): is_digit,
    N_("white space"): is_space,
}


def of_text(tokens: Sequence[str]) -> dict[str, np.ndarray]:
    """Every feature that changes somewhere in these tokens, (T, 1): one sequence of a batch."""
    found = {name: feature(tokens)[:, None] for name, feature in OF_TEXT.items()}
    return {name: values for name, values in found.items() if np.ptp(values) > 0}


def _counted(tokens: Sequence[str], following: Callable[[str, float], float]) -> np.ndarray:
    found, so_far = [], 0.0
    for token in tokens:
        so_far = following(token, so_far)
        found.append(so_far)
    return np.array(found, float)


def _quote_at(text: str, at: int) -> str:
    """The quotation mark that begins here, three characters long for Python's long strings."""
    for mark in ('"""', "'''"):
        if text.startswith(mark, at):
            return mark
    return text[at] if text[at] in QUOTES or text[at] in PAIRED_QUOTES else ""


def _is_apostrophe(text: str, at: int) -> bool:
    return (
        text[at] in "'’"
        and 0 < at < len(text) - 1
        and text[at - 1].isalpha()
        and text[at + 1].isalpha()
    )
