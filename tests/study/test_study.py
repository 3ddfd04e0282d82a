"""``lv.study``: a study as a data frame, here and in processes of its own."""

import subprocess
import sys
from typing import Any

import lstm_viz as lv
from lstm_viz.study import trial as a_module_of_the_room

ASKED: dict[str, Any] = {"steps": 10, "look_every": 5, "batch": 4}


def test_a_study_is_a_row_for_each_trial():
    rows = lv.study(["rnn", "gru"], ["parity"], 2, alike=["units", "parameters"], **ASKED)
    assert len(rows) == 8
    assert rows.groupby("number", observed=True)["learning_rate"].nunique().tolist() == [1, 1]
    assert rows["test_loss"].between(0.4, 1.2).all()
    again = lv.study(["gru"], ["parity"], 1, **ASKED)
    kept = rows[(rows["cell"] == "gru") & (rows["number"] == 0) & (rows["alike"] == "units")]
    assert again["test_loss"].tolist() == kept["test_loss"].tolist()


def test_the_name_is_the_functions_although_the_room_has_it_too():
    assert callable(lv.study)
    assert a_module_of_the_room.__name__ == "lstm_viz.study.trial"
    program = "import lstm_viz as lv, lstm_viz.study.trial, sys; assert callable(lv.study)"
    program += "; assert not {'pandas', 'optuna', 'distributed'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
