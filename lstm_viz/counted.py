"""How many there are of something, in words: 1 step, 2 steps, 2.2 steps.

A sentence that takes a number before a noun takes both from here, so that no 1 stands before a
plural, and so that a language with other forms than English finds them in one place.
"""

from __future__ import annotations

from lstm_viz.language import ngettext

Number = int | float | str  # a text is a number as it is written: "2.2", "1,000"


def _form(number: Number) -> int:
    """What decides the form of the noun: one is what is written as 1."""
    return 1 if str(number) == "1" else 2


def steps(number: Number) -> str:
    return ngettext("{number} step", "{number} steps", _form(number)).format(number=number)


def steps_back(number: Number) -> str:
    return ngettext("{n} step back", "{n} steps back", _form(number)).format(n=number)


def units(number: Number) -> str:
    return ngettext("{number} unit", "{number} units", _form(number)).format(number=number)


def layers(number: Number) -> str:
    return ngettext("{number} layer", "{number} layers", _form(number)).format(number=number)


def starts(number: Number) -> str:
    return ngettext("{number} start", "{number} starts", _form(number)).format(number=number)


def sequences(number: Number) -> str:
    said = ngettext("{number} sequence", "{number} sequences", _form(number))
    return said.format(number=number)


def numbers(number: Number) -> str:
    return ngettext("{number} number", "{number} numbers", _form(number)).format(number=number)


def seconds(number: Number) -> str:
    return ngettext("{number} second", "{number} seconds", _form(number)).format(number=number)


def tokens(number: Number) -> str:
    return ngettext("{number} token", "{number} tokens", _form(number)).format(number=number)


def characters(number: Number) -> str:
    said = ngettext("{number} character", "{number} characters", _form(number))
    return said.format(number=number)
