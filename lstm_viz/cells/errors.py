"""What is wrong with the text of a cell."""

from __future__ import annotations

from lstm_viz.language import TranslatableError


class EquationError(TranslatableError, ValueError):
    """A text that is no cell, or no expression over one.

    ``line`` is the line of the text that has to be changed, counted from 1, and ``name`` what it
    assigns; either is None where the text as a whole is meant, or the line cannot be read so far.
    """

    def __init__(
        self, text: str, /, *, line: int | None = None, name: str | None = None, **values: object
    ):
        super().__init__(text, line=line, name=name, **values)
        self.line, self.name = line, name
