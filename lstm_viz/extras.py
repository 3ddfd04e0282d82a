"""What a small installation may lack, and the line that adds it.

NumPy alone runs every cell. What needs more imports it where its work is done; where it is missing,
that is said with the extra of the package that brings it (``pyproject.toml``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from lstm_viz.language import _

# The smallest extra that brings a library.
EXTRAS = {
    "anywidget": "notebook",
    "chardet": "files",
    "distributed": "study",
    "h5py": "keras",
    "keras": "keras",
    "onnx": "onnx",
    "optuna": "study",
    "pandas": "files",
    "pebble": "app",
    "plotly": "notebook",
    "pyarrow": "study",
    "safetensors": "torch",
    "streamlit": "app",
    "torch": "torch",
}


def has(library: str) -> bool:
    """Whether a library is installed; it is looked for, and not loaded."""
    return find_spec(library) is not None


@contextmanager
def needed_by(what: str) -> Iterator[None]:
    """What is missing inside is told with the line that adds it: ModuleNotFoundError."""
    try:
        yield
    except ModuleNotFoundError as error:
        library = (error.name or "").partition(".")[0]
        if library not in EXTRAS:
            raise
        raise ModuleNotFoundError(
            _(
                "{what} needs {library}, which is not installed here: "
                'pip install "lstm-viz[{extra}]" adds it.'
            ).format(what=what, library=library, extra=EXTRAS[library]),
            name=library,
        ) from error
