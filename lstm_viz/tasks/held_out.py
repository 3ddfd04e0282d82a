"""What is trained on and what is kept for the test, told apart by the sequence itself.

Of what is kept, some validates: the network that ships is chosen by it, among several starts. The
rest tests: it has chosen nothing, and what is reported was measured on it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from zlib import crc32

import numpy as np

from lstm_viz.tasks.loss import IGNORED
from lstm_viz.tasks.seen import Batch, Draw, key, parts
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
    without: Collection[Sequence] = (),
) -> list[Sequence]:
    """``size`` sequences of the kind that is trained on, or of the kind that is held out.

    ``is_kept`` says which are kept for the test; ``examples``, which people are shown, always are.
    None of those ``without`` is among them.
    """
    shown = set(examples)
    found: list[Sequence] = []
    while len(found) < size:
        sequence = draw(rng)
        if sequence not in without and held_out == (sequence in shown or is_kept(sequence)):
            found.append(sequence)
    return found


def kept_apart(draw: Draw, one_in: int = 4) -> tuple[Draw, Draw]:
    """What is trained on and what is held out of what ``draw`` draws: no sequence is in both.

    For tasks whose sequences are drawn as numbers, many at once. One in so many is kept, by a
    checksum of all that is read and asked up to the last answer.
    """

    def drawn(rng: np.random.Generator, size: int, held_out: bool) -> Batch:
        found: list[Batch] = []
        while len(found) < size:
            for inputs, targets in parts(draw(rng, size)):
                if (crc32(key(inputs, targets)) % one_in == 0) == held_out:
                    found.append((inputs, targets))
        return _side_by_side(found[:size])

    return (
        lambda rng, size: drawn(rng, size, held_out=False),
        lambda rng, size: drawn(rng, size, held_out=True),
    )


def _side_by_side(sequences: Iterable[Batch]) -> Batch:
    """Sequences of symbols as a batch, the shorter ones padded."""
    read = list(sequences)
    inputs = np.zeros((max(len(codes) for codes, _targets in read), len(read)), int)
    targets = np.full(inputs.shape, IGNORED)
    for column, (codes, wanted) in enumerate(read):
        inputs[: len(codes), column] = codes
        targets[: len(codes), column] = wanted
    return inputs, targets
