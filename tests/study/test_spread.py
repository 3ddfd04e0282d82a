"""A study goes on after whatever stops it, and every trial of it is there once."""

import os
import signal
import time
from dataclasses import asdict, replace

import pytest

from lstm_viz.study import table
from lstm_viz.study.kept import Kept
from lstm_viz.study.plan import Plan
from lstm_viz.study.spread import Progress, cluster, spread
from lstm_viz.study.trial import Budget, run

TINY = Budget(steps=20, batch=4, look_every=5)
PLAN = Plan(cells=("rnn", "gru"), tasks=("parity",), trials=6, alike=("units",), budget=TINY)


@pytest.fixture(scope="module")
def two_workers():
    with cluster(2, None) as client:
        yield client


def kept_in(folder, plan=PLAN, **beats):
    return Kept(plan, f"sqlite:///{folder}/study.db", **beats)


def places(rows):
    return [(row["task"], row["cell"], row["alike"], row["number"]) for row in rows]


ALL = [(task, cell, alike, number) for (task, cell, alike), number in PLAN]


def without_place(row):
    return {k: v for k, v in row.items() if k not in ("seconds", "machine", "versions")}


def test_of_two_workers_one_is_killed_and_every_trial_is_there_once(two_workers, tmp_path):
    kept, killed = kept_in(tmp_path), list[int]()

    def kill(progress):
        if not killed:
            killed.append(next(iter(two_workers.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    ended = spread(kept, two_workers, told=kill)
    assert killed
    assert ended.is_whole
    assert not ended.failed
    assert places(kept.rows()) == ALL
    # A worker found what is found here, to the last digit.
    here = asdict(run(PLAN.trial(PLAN.groups[1], 3), TINY))
    there = next(row for row in kept.rows() if (row["cell"], row["number"]) == ("gru", 3))
    assert without_place(there) == {**without_place(here), "validation": list(here["validation"])}
    kept.close()


def test_a_study_that_is_stopped_goes_on_with_what_is_left(two_workers, tmp_path):
    kept, done = kept_in(tmp_path), list[Progress]()
    ended = spread(kept, two_workers, told=done.append, is_to_stop=lambda: len(done) >= 3)
    assert 3 <= ended.done < len(PLAN)
    assert not kept.under_way()
    kept.close()
    again = kept_in(tmp_path)
    ended = spread(again, two_workers, told=done.append)
    assert ended.is_whole
    assert places(again.rows()) == ALL
    assert len(done) == len(PLAN)
    again.close()


def test_a_trial_whose_process_was_killed_is_noticed_by_its_heart_and_done_again(tmp_path):
    dead, group = kept_in(tmp_path, beat=1, grace=1), PLAN.groups[0]
    assert dead.begin(group, 2).number == 2  # and nothing more is heard of it
    assert (group, 2) not in dead.left()
    alive, until = kept_in(tmp_path, beat=1, grace=1), time.monotonic() + 10
    while (group, 2) not in alive.left():
        assert time.monotonic() < until
        time.sleep(0.2)
    begun = alive.begin(group, 2)
    assert begun.number == 2
    row = asdict(run(alive.trial(begun), TINY)) | {"machine": "", "versions": ""}
    alive.finish(begun, row)
    assert places(alive.rows()) == [("parity", "rnn", "units", 2)]
    assert not alive.under_way()


def test_a_trial_that_raises_is_named_and_the_others_are_done(two_workers, tmp_path, monkeypatch):
    kept = kept_in(tmp_path, replace(PLAN, trials=2))
    real = kept.trial
    monkeypatch.setattr(kept, "trial", lambda begun: real(begun) if begun.number else None)
    ended = spread(kept, two_workers)
    assert (ended.done, len(ended.failed)) == (2, 2)
    assert "AttributeError" in ended.failed[0]


def test_trials_of_another_budget_are_not_mixed_in(tmp_path):
    kept_in(tmp_path).left()
    other = Plan(cells=("rnn",), tasks=("parity",), trials=6, alike=("units",))
    with pytest.raises(ValueError, match="another budget"):
        kept_in(tmp_path, other).left()


def test_the_file_gives_back_every_row_with_its_type_and_is_small(tmp_path):
    group = PLAN.groups[0]
    row = asdict(run(PLAN.trial(group, 0), TINY)) | {"machine": "a", "versions": "b"}
    rows = [row | {"number": number, "test_loss": number / 7} for number in range(7200)]
    table.write(tmp_path / "a.parquet", rows, {"command": "lstm-viz study"})
    found = table.read_study(tmp_path / "a.parquet")
    assert found.about["command"] == "lstm-viz study"
    assert found.rows["test_loss"].tolist() == [one["test_loss"] for one in rows]
    assert found.rows["validation"][5].tolist() == pytest.approx(row["validation"], rel=1e-6)
    assert found.rows["cell"].dtype == "category"
    (tmp_path / "b.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(ValueError, match="no file of a study"):
        table.read_study(tmp_path / "b.parquet")
