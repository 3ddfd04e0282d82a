"""What to train first: a few experiments, each of which shows something within seconds."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_viz.language import N_
from lstm_viz.training.settings import Settings, checked_settings, usual


@dataclass(frozen=True)
class Experiment:
    """A task, the cells that try it, each from a start or "" for the usual one, and what to see."""

    task: str
    runs: tuple[tuple[str, str], ...]
    look: str

    @property
    def settings(self) -> list[Settings]:
        """What each of its runs is asked for."""
        return [
            checked_settings(usual(self.task, cell) | ({"start": start} if start else {}))
            for cell, start in self.runs
        ]


# The cell and the start are told apart: RNN and LSTM from one start, the LSTM from two.
EXPERIMENTS = (
    Experiment(
        "order",
        (("rnn", "plain"), ("lstm", "plain"), ("lstm", "chrono")),
        N_("Two marks far apart. Who still knows the first one: is it the cell, or its start?"),
    ),
    Experiment(
        "anbn", (("lstm", ""),), N_("No one tells it to count. Which unit begins to, and when?")
    ),
    Experiment(
        "parity",
        (("lstm", ""), ("gru", "")),
        N_("Nothing for a long time, then all at once. When?"),
    ),
)
