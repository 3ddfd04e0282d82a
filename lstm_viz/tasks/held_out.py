"""What is trained on and what is kept for the test, told apart by the sequence itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from zlib import crc32

import numpy as np

from lstm_viz.tasks.task import Sequence


def is_held_out(sequence: Sequence, one_in: int = 4) -> bool:
    """Whether a sequence is kept for the test: a quarter is, by a checksum of its symbols."""
    return crc32(" ".join(map(str, sequence)).encode()) % one_in == 0


def drawn(
    draw: Callable[[np.random.Generator], Sequence],
    rng: np.random.Generator,
    size: int,
    held_out: bool,
    examples: Iterable[Sequence] = (),
    is_kept: Callable[[Sequence], bool] = is_held_out,
) -> list[Sequence]:
    """``size`` sequences of the kind that is trained on, or of the kind that is held out.

    ``is_kept`` says which are kept for the test; ``examples``, which people are shown, always are.
    """
    shown = set(examples)
    found: list[Sequence] = []
    while len(found) < size:
        sequence = draw(rng)
        if held_out == (sequence in shown or is_kept(sequence)):
            found.append(sequence)
    return found
