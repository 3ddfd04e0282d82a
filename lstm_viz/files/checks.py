"""What is asked of every file, whoever wrote it: its size, its numbers, and how it is quoted.

These are the limits of the library. The pages take smaller files yet: Streamlit refuses what is
larger than ``maxUploadSize`` in .streamlit/config.toml before anything here sees it.
"""

from __future__ import annotations

import numpy as np

from lstm_viz.language import _

MAX_BYTES = 2**28
MAX_VALUE = 1e4  # of a weight


def check_size(data: bytes) -> None:
    """Raises ValueError with a sentence for a file that is too large to be read."""
    if len(data) > MAX_BYTES:
        raise ValueError(
            _("This file has {size} MB; at most {most} are read.").format(
                size=-(-len(data) // 2**20), most=MAX_BYTES // 2**20
            )
        )


def check_values(name: str, weights: np.ndarray) -> None:
    """Raises ValueError with a sentence where weights are not finite, or huge; ``name`` is theirs,
    as it can be shown."""
    if weights.size and not np.abs(weights).max() <= MAX_VALUE:  # nor is NaN
        raise ValueError(
            _("{name} has values that are not finite, or beyond ±{most:g}.").format(
                name=name, most=MAX_VALUE
            )
        )


def quote(text: str) -> str:
    """A stranger's text as it can be shown: in quotes, short, every odd character escaped."""
    return ascii(text if len(text) <= 40 else text[:39] + "…")
