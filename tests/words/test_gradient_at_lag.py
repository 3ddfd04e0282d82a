"""What the gradient of a run is for: its task's lag, and what has been learnt."""

from dataclasses import replace

import numpy as np
import pytest

from lstm_viz.gradients.decay import Curve
from lstm_viz.tasks import TASKS, task_of
from lstm_viz.tasks.loss import IGNORED
from lstm_viz.training.run_folder import Record, beginning
from lstm_viz.training.settings import usual
from lstm_viz.words.gradient_at_lag import GradientAtLag, said
from lstm_viz.words.outcome import outcome_said


def _last_asked(targets: np.ndarray) -> int:
    asked = targets != IGNORED if targets.ndim == 1 else ~np.isnan(targets[:, 0])
    return int(np.flatnonzero(asked)[-1])


@pytest.mark.parametrize(("task", "size"), [("echo", 7), ("copying", 9), ("order", 40)])
def test_the_lag_is_where_the_answer_stands(task, size):
    """What is asked for last was read so many steps before, or earlier."""
    found = task_of(task, size)
    assert found.lag is not None
    inputs, targets = found.held_out(np.random.default_rng(3), 50)
    for b in range(50):
        last = _last_asked(targets[:, b])
        if task == "order":  # X and Y are the last of the symbols
            marks = np.flatnonzero(inputs[:, b] >= 6)
            assert last - marks[0] >= found.lag
        else:
            source, wanted = inputs[last - found.lag, b], targets[last, b]
            assert np.array_equal(source, wanted)


def run_with(decades_at_lag: float, value: float) -> GradientAtLag:
    found = task_of("order", 20)
    assert found.lag is not None
    steps = np.arange(24.0)[:, None]
    start = Curve(beginning(usual("order", "rnn")).cell, "memory", -0.5 * steps, None)
    now = replace(start, decades=decades_at_lag / found.lag * steps)
    return GradientAtLag(
        found, start, now, 800, np.array([0, 400, 800]), np.array([0.2, 0.3, value])
    )


def test_a_run_at_chance_is_said_to_be_at_chance():
    assert task_of("order", 20).lag == 15
    sentence = said(run_with(-9, 0.27))
    assert "15 steps back 3.2·10⁻⁸ of its gradient is left at the start, 1.0·10⁻⁹ now" in sentence
    assert "answers right 27.0%, no better than “guesses” (25.0%)" in sentence


def test_a_run_that_succeeds_has_learnt_the_task():
    assert "answers right 99.0%; it has learnt the task" in said(run_with(-0.1, 0.99))
    assert "better than “guesses”" in said(run_with(-0.1, 0.6))
    assert "no better" not in said(run_with(-0.1, 0.6))


def test_before_the_end_the_metric_is_the_last_one_known():
    midway = replace(run_with(-1, 0.99), step=500)
    assert midway.value == 0.3
    assert midway.progress == pytest.approx(0.05 / 0.75)


@pytest.mark.parametrize("task", ["order", "copying", "adding", "anbn"])
def test_two_pages_say_the_same_of_a_run(task):
    """Who is beaten, and whether it has learnt, from who knows nothing to the best there is."""
    found = TASKS[task]
    known = list(found.watch.baselines().values())
    best = found.watch.score.optimum
    ends = (min(known), max(known)) if best is None else (min(known), max(known), best)
    curve = run_with(-1, 0.5).now
    for value in np.linspace(min(ends), max(ends), 13):
        record = Record(
            settings={**usual(task), "steps": 2},
            loss=np.ones(2),
            norm=np.ones(2),
            at=np.array([0, 2]),
            validation=np.array([1.0, 1e-3]),
            metric=np.array([known[0], value]),
            knowing=found.knowing(),
            best=found.best,
            parameters=1,
            seconds=1.0,
            aside=0.0,
            examined=200,
        )
        here = said(GradientAtLag(found, curve, curve, 2, record.at, record.metric, 200))
        there = outcome_said(found, record)
        for words in ("no better than", "hardly better than", "has learnt the task"):
            assert (words in here) == (words in there), (value, here, there)
        if "than" in here:
            assert here[here.index("than “") :].split("”")[0] in there


def test_what_luck_does_not_explain_is_not_called_no_better():
    """Of 2,000 answers 30% are more than guessing at 25% gives: 1 in 10,000,000 times."""
    few, many = (said(replace(run_with(-1, 0.30), examined=examined)) for examined in (100, 2000))
    assert "30.0%, no better than “guesses”" in few
    assert "30.0%, hardly better than “guesses”" in many
