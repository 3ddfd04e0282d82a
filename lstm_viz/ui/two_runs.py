"""Two networks that read one sequence, described for the pair of stages, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_viz.language import ngettext
from lstm_viz.networks.edited_cell import TRAINED, Edited
from lstm_viz.notation.libraries import OURS, Notation
from lstm_viz.run.recording import Recording
from lstm_viz.stage.payload import ShownRun
from lstm_viz.stage.tokens import read_series, read_tokens, shown
from lstm_viz.tasks import Sequence, Task
from lstm_viz.words.captions import look_at
from lstm_viz.words.holding import look_at_network


def shown_run(
    found: Edited,
    recording: Recording,
    sequence: Sequence,
    layer: int = 0,
    notation: Notation = OURS,
) -> ShownRun:
    """One layer of a network that read a sequence, as the stage would show it."""
    tokens = read_tokens(found.network, recording, sequence)
    texts = [token.text for token in tokens]
    return ShownRun(
        recording[layer],
        tokens,
        look_at_network(found.network, recording, sequence, texts, layer)
        if found.state == TRAINED
        else look_at(recording[layer], texts),
        series=read_series(found.network, recording, sequence),
        notation=notation,
    )


@dataclass(frozen=True)
class OtherAnswer:
    """The first guess of a run that is another than the other run's: at a step, instead of what.

    ``count`` first guesses are others; this is the first that the task asks for and that was right,
    else the first. ``p`` is what is given to the wrong one.
    """

    count: int
    step: int
    was: str
    now: str
    is_asked: bool
    p: float

    def said(self, token: str) -> str:
        """A sentence; ``token`` is what is read at that step."""
        return ngettext(
            "{count} first guess changes; after “{token}” (step {step}) it now expects “{two}” "
            "instead of “{one}”.",
            "{count} first guesses change; after “{token}” (step {step}) it now expects “{two}” "
            "instead of “{one}”.",
            self.count,
        ).format(
            count=self.count,
            token=token,
            step=self.step + 1,
            one=shown(self.was),
            two=shown(self.now),
        )


def other_answer(
    task: Task, sequence: Sequence, before: np.ndarray, after: np.ndarray
) -> OtherAnswer | None:
    """Where what is predicted (T, O) has another first guess; None where it has not, or numbers."""
    if task.choices is None:
        return None
    first, second = before.argmax(-1), after.argmax(-1)
    other = np.flatnonzero(first != second)
    if not len(other):
        return None
    right = task.right(sequence, before)
    asked = [int(t) for t in other if right[t]]
    t = asked[0] if asked else int(other[0])
    was, now = (task.choices[int(guess[t])] for guess in (first, second))
    return OtherAnswer(len(other), t, was, now, bool(asked), float(after[t].max()))
