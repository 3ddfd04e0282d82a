"""The command of a study: what it says, that it goes on, and what it refuses."""

import pytest

from lstm_viz.study import table
from lstm_viz.study.command import main
from lstm_viz.study.plan import Plan
from lstm_viz.ui import command

ASKED = ["--cells", "rnn", "--tasks", "parity", "--alike", "units", "--trials", "2"]
ASKED += ["--steps", "20", "--look-every", "10", "--workers", "1"]


def test_it_says_how_long_it_will_take_does_it_and_writes_one_file(tmp_path, capsys):
    places = ["--storage", str(tmp_path / "a.db"), "--write", str(tmp_path / "a.parquet")]
    assert command.main(["study", *ASKED, *places]) == 0
    said = capsys.readouterr()
    assert "(measured on 1 of them): 2 trials on 1 workers" in said.out
    assert "2 trials are in" in said.out
    assert said.err == ""
    study = table.read_study(tmp_path / "a.parquet")
    assert study.about["command"].startswith("lstm-viz study --cells rnn")
    assert len(study.rows) == 2
    assert study.about["importances"] == []  # two trials have none
    assert main([*ASKED, *places]) == 0  # nothing is left: no worker is started
    assert "2 of 2 trials are done" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--cells", "lsmt"], "lsmt"),
        (["--tasks", "adding", "nothing"], "no task 'nothing'"),
        (["--tasks", "someone"], "both directions"),
        (["--tasks", "anbn"], "too few different sequences"),
        (["--trials", "0"], "1 to 10,000 trials"),
        (["--cells", "gru", "gru"], "each cell once"),
        (["--storage", "nothing://"], "nothing"),
    ],
)
def test_what_is_no_study_is_said(wrong, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["--trials", "1", *wrong]) == 1
    assert said in capsys.readouterr().err


def test_the_first_draws_of_everything_come_first():
    plan = Plan(cells=("rnn", "gru"), tasks=("parity", "echo"), trials=13)
    order = list(plan)
    assert len(order) == len(set(order)) == len(plan) == 13 * 8
    assert {number for _group, number in order[: 10 * 8]} == set(range(10))
