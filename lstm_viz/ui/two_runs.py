"""Two networks that read one sequence, described for the pair of stages."""

from __future__ import annotations

from lstm_viz.networks.edited_cell import TRAINED, Edited
from lstm_viz.notation.libraries import OURS, Notation
from lstm_viz.run.recording import Recording
from lstm_viz.stage.payload import ShownRun
from lstm_viz.stage.tokens import read_series, read_tokens
from lstm_viz.tasks import Sequence
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
