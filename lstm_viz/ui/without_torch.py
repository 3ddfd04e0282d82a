"""Looking needs no torch: what is missed where it is not installed, and the line that adds it."""

from __future__ import annotations

from lstm_viz.extras import EXTRAS, has
from lstm_viz.language import _
from lstm_viz.ui.place import APP


def is_missing() -> bool:
    """Whether nothing can be trained here, or checked by torch."""
    return not has("torch")


def line() -> str:
    """What adds it: in a copy of the repository the one command, else the package's extra."""
    is_repository = (APP / "Makefile").exists()
    return "make run TORCH=cpu" if is_repository else f'pip install "lstm-viz[{EXTRAS["torch"]}]"'


def trains_not() -> str:
    """Why nothing is trained here, for the pages that would."""
    return _(
        "Nothing is trained here, since torch is not installed; all else works without it. "
        "Whoever runs the app adds it with: `{line}`"
    ).format(line=line())


def checks_not() -> str:
    """Why nothing is checked by torch here."""
    return _(
        "torch is not installed, so nothing is computed a second time by it. "
        "Whoever runs the app adds it with: `{line}`"
    ).format(line=line())
