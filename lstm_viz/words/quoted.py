"""How a sentence names one step of what was read.

A word that comes once is its own name. One that comes several times, a blank or a letter of many,
would name nothing, and a number is read from a row of numbers: there the step is said, too.
"""

from __future__ import annotations

from collections.abc import Sequence

from lstm_viz.language import _


def quoted(tokens: Sequence[str], t: int) -> str:
    """The token of step ``t`` in quotes, with the number of its step where it needs one."""
    token = tokens[t]
    is_a_word = any(letter.isalpha() for letter in token)
    if is_a_word and list(tokens).count(token) == 1:
        return _("“{token}”").format(token=token)
    return _("“{token}” (step {step})").format(token=token, step=t + 1)
