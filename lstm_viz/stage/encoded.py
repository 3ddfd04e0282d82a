"""Numbers as text that JSON can carry, and what tells two payloads apart."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable

import numpy as np

from lstm_viz.language import _
from lstm_viz.stage.payload_types import Encoded


def encoded(key: str, array: np.ndarray) -> Encoded:
    """(T, width) as float32; what is the same at every step is sent once.

    Raises ValueError when a number is not finite.
    """
    if not np.isfinite(array).all():
        raise ValueError(_("{key} is not finite somewhere, so it cannot be drawn.").format(key=key))
    constant = (array == array[:1]).all()
    kept = array[0] if constant else array
    return {"data": packed([kept]), "shape": list(kept.shape)}


def packed(arrays: Iterable[np.ndarray]) -> str:
    """The numbers of all arrays, one after the other, as float32 in base64."""
    flat = np.concatenate([np.ravel(array) for array in arrays])
    return base64.b64encode(flat.astype("<f4").tobytes()).decode()


def fingerprint(content: object) -> str:
    """Two payloads whose contents have the same fingerprint look the same."""
    text = json.dumps(content, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
