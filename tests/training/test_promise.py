"""A run takes what its first steps show, or ends with a sentence; its checkpoint is kept."""

import pytest

from lstm_viz.jobs import EndedError
from lstm_viz.training import worker
from lstm_viz.training.promise import GRACE, HELD, Promise
from lstm_viz.training.run_folder import CHECKPOINT, open_run
from lstm_viz.training.settings import checked_settings, usual


class Clock:
    """Processor time as a test says."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_would_take_much_longer_than_any_run_may_is_refused_after_a_few_steps():
    promise = Promise(steps=1000, looks=0, most=300, clock=Clock())
    promise.after_step(2.9)  # the first one prepares what the others use
    with pytest.raises(EndedError, match="as its first steps show") as refused:
        promise.after_step(2.4)
    assert refused.value.state == "failed"
    assert refused.value.values == {"minutes": pytest.approx(40), "most": 5}


def test_a_first_step_that_takes_minutes_is_enough():
    with pytest.raises(EndedError, match="first steps"):
        Promise(1000, 0, 300, Clock()).after_step(60.0)


def test_the_time_for_examining_counts():
    promise = Promise(1000, 40, 300, Clock())
    promise.after_look(20.0)
    promise.after_step(0.01)
    with pytest.raises(EndedError):
        promise.after_step(0.01)


def test_a_run_that_keeps_to_it_is_let_alone_and_one_that_does_not_is_stopped():
    clock = Clock()
    promise = Promise(1000, 0, 300, clock)
    for _ in range(10):
        clock.now += 0.1
        promise.after_step(0.1)
    assert promise.seconds == pytest.approx(100)
    clock.now = HELD * 100 + GRACE - 1
    promise.after_step(20.0)
    clock.now += 2
    with pytest.raises(EndedError) as stopped:
        promise.after_step(20.0)
    assert stopped.value.state == "stopped"


def settings():
    changes = {"hidden": 4, "size": 10, "steps": 40, "batch": 2}
    return checked_settings(usual("adding") | changes)


def test_a_run_that_is_refused_or_stopped_has_a_checkpoint_and_goes_on_from_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(worker, "MOST_SECONDS", 1e-6)
    with pytest.raises(EndedError, match="first steps"):
        worker.work(settings(), tmp_path, lambda: False)
    assert (tmp_path / CHECKPOINT).exists()
    monkeypatch.undo()
    assert worker.work(settings(), tmp_path, lambda: False)
    found = open_run(tmp_path, settings())
    assert found.record is not None
    assert found.record.done == 40
    assert not (tmp_path / CHECKPOINT).exists(), "what is done needs none"
