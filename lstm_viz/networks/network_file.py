"""Arrays and words in one safetensors file, checked before anything is believed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_viz.extras import needed_by
from lstm_viz.files.checks import quote
from lstm_viz.files.safetensors import contents
from lstm_viz.language import _


def write(arrays: Mapping[str, np.ndarray], words: Mapping[str, str]) -> bytes:
    """The file's bytes: arrays as float32, ``words`` in its metadata."""
    stored = {name: np.ascontiguousarray(array, np.float32) for name, array in arrays.items()}
    with needed_by(_("Writing weights")):
        from safetensors.numpy import save

    data: bytes = save(stored, metadata=dict(words))
    return data


def read(data: bytes) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """The arrays, as float64, and the metadata. Raises ValueError in words for any other file."""
    try:
        stored, words = contents(data)
        for one in stored.values():
            if len(one.shape) > 2:
                raise ValueError(
                    _("{quote} has the shape {shape}").format(
                        quote=quote(one.name), shape=one.shape
                    )
                )
        return {name: one.numbers(data) for name, one in stored.items()}, words
    except ValueError as problem:
        raise ValueError(
            _("This is no network file of ours: {problem}.").format(problem=problem)
        ) from None
