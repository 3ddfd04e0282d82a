"""How work says why it came to no end of its own."""

from __future__ import annotations


class EndedError(Exception):
    """Raised by work that ends early: "stopped", and it may go on, or "failed".

    ``message`` is a text as the translators know it, with names in braces for the ``values``.
    """

    def __init__(self, state: str, message: str, **values: object):
        super().__init__(message)
        self.state, self.message, self.values = state, message, values
