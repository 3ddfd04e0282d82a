"""Runs that are started side by side can be compared: what differs between two is their cell."""

import pytest

from lstm_viz.tasks import TASKS, read_forward
from lstm_viz.training.settings import can_start_biased, usual
from lstm_viz.ui.train.link import comparable

BESIDE = (["rnn", "lstm"], ["lstm", "gru"], ["lstm", "rnn", "gru"], ["h = tanh(W_h @ x)", "lstm"])


@pytest.mark.parametrize("task", [name for name in read_forward() if not TASKS[name].material])
@pytest.mark.parametrize("cells", BESIDE, ids=" ".join)
def test_each_cell_has_a_run_that_differs_from_the_others_in_the_cell_alone(task, cells):
    found = comparable(task, cells, {})
    by_start: dict[str, set[str]] = {}
    for settings in found:
        by_start.setdefault(settings["start"], set()).add(settings["cell"])
    assert any(there == set(cells) for there in by_start.values())
    assert len(found) == len({tuple(sorted(map(str, s.items()))) for s in found})
    rest = [
        {k: v for k, v in s.items() if k not in ("cell", "start", "forget_bias")} for s in found
    ]
    assert all(settings == rest[0] for settings in rest)


def test_who_can_start_as_is_usual_does_so_as_well():
    """The LSTM of the two marks far apart: from PyTorch's weights as the RNN, and from chrono."""
    found = [(s["cell"], s["start"]) for s in comparable("order", ["rnn", "lstm"], {"size": 20})]
    assert found == [("rnn", "plain"), ("lstm", "plain"), ("lstm", "chrono")]
    assert [s["start"] for s in comparable("order", ["lstm", "gru"], {})] == ["chrono"] * 2


def test_a_start_that_is_asked_for_is_not_changed():
    found = comparable("order", ["lstm", "gru"], {"start": "plain"})
    assert [settings["start"] for settings in found] == ["plain"] * 2
    assert can_start_biased("lstm")
    assert usual("order")["start"] == "chrono"
