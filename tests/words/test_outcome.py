"""A run has learnt its task where its score says so, and nowhere else."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lstm_viz.cells import CELLS
from lstm_viz.tasks import TASKS
from lstm_viz.training.experiments import EXPERIMENTS
from lstm_viz.training.run_folder import Diverged, Record
from lstm_viz.training.settings import usual
from lstm_viz.words.outcome import Compared, Outcome, outcome, outcome_said, start_said


def record(task: str, metric: float, loss: float = 0.1, **changes: Any) -> Record:
    """A run that came to its end with this score and this loss."""
    settings = usual(task)
    settings["steps"] = 2
    found = Record(
        settings=settings,
        loss=np.array([1.0, loss]),
        norm=np.ones(2),
        at=np.array([0, 2]),
        validation=np.array([1.4, loss]),
        metric=np.array([0.2, metric]),
        knowing=TASKS[task].knowing(),
        best=TASKS[task].best,
        parameters=1,
        seconds=1.0,
        aside=0.0,
        examined=48,
    )
    return replace(found, **changes)


@pytest.mark.parametrize(
    ("task", "metric", "found"),
    [
        ("order", 0.167, Outcome.NOTHING),  # guessing has 25%
        ("order", 0.27, Outcome.NOTHING),
        ("order", 0.34, Outcome.NOTHING),  # of 48 that may be luck
        ("order", 0.6, Outcome.SOMETHING),
        ("order", 1.0, Outcome.LEARNT),
        ("parity", 0.58, Outcome.NOTHING),
        ("adding", 0.164, Outcome.NOTHING),  # always 1 has .167
        ("adding", 0.08, Outcome.SOMETHING),
        ("adding", 0.001, Outcome.LEARNT),
        ("anbn", 0.0, Outcome.NOTHING),
        ("anbn", 12.0, Outcome.SOMETHING),  # nobody knows how far one can count
    ],
)
def test_the_score_decides_and_not_the_end_of_the_run(task, metric, found):
    assert outcome(TASKS[task], record(task, metric)) is found
    assert ("has learnt" in outcome_said(TASKS[task], record(task, metric))) is (
        found is Outcome.LEARNT
    )


def test_a_loss_far_above_guessing_has_diverged():
    lost = record("order", 0.25, loss=33.0)
    assert outcome(TASKS["order"], lost) is Outcome.DIVERGED
    assert outcome_said(TASKS["order"], lost) == (
        "It has diverged: its loss is 33, where “guesses” has 1.39."
    )
    ended = record("order", 1.0, diverged=Diverged(1, 9.0))
    assert outcome(TASKS["order"], ended) is Outcome.DIVERGED


def test_what_has_not_been_examined_has_no_outcome():
    empty = replace(record("order", 1.0), metric=np.empty(0), validation=np.empty(0))
    assert outcome(TASKS["order"], empty) is None
    assert outcome_said(TASKS["order"], empty) == ""


def compared(cell: str, start: str, metric: float, **changes: Any) -> Compared:
    return Compared(CELLS[cell], start, record("order", metric, **changes))


def test_where_one_start_teaches_a_cell_and_another_does_not_the_start_decides():
    said = start_said(
        TASKS["order"],
        [
            compared("rnn", "PyTorch’s", 0.25),
            compared("lstm", "PyTorch’s", 0.271),
            compared("lstm", "chrono", 1.0),
        ],
    )
    assert "The same LSTM reaches 100.0% from the start “chrono” and stays at 27.1%" in said
    assert "here the start decides" in said
    assert "“PyTorch’s”, LSTM and Plain RNN end alike: 27.1% and 25.0%" in said


def test_what_the_runs_do_not_show_is_not_said():
    task = TASKS["order"]
    both = [compared("lstm", "PyTorch’s", 1.0), compared("lstm", "chrono", 1.0)]
    assert start_said(task, both) == "The LSTM learns it from each of these starts."
    none = [compared("lstm", "PyTorch’s", 0.25), compared("lstm", "chrono", 0.27)]
    assert start_said(task, none) == "The LSTM learns it from none of these starts."
    assert start_said(task, [compared("rnn", "a", 0.2), compared("lstm", "a", 1.0)]) == ""
    going_on = compared("lstm", "chrono", 1.0)
    going_on = replace(going_on, record=replace(going_on.record, loss=np.ones(1)))
    assert start_said(task, [both[0], going_on]) == ""


def test_the_first_training_that_is_offered_tells_the_cell_from_its_start():
    settings = EXPERIMENTS[0].settings
    assert [(one["cell"], one["start"]) for one in settings] == [
        ("rnn", "plain"),
        ("lstm", "plain"),
        ("lstm", "chrono"),
    ]
    rest = [{k: v for k, v in one.items() if k not in ("cell", "start")} for one in settings]
    assert rest[0] == rest[1] == rest[2]
