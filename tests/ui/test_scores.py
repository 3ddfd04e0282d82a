"""The page of scores, without a browser: what is chosen, and the numbers that reach the screen."""

import json

import pytest

from lstm_viz.networks.network import load, shipped
from lstm_viz.tasks import TASKS
from tests.pages_without_browser import opened

PAGE = "scores"


def test_the_table_shows_the_score_of_every_network():
    (table,) = [one.value for one in opened(PAGE).table if "Plain RNN" in one.value]
    rows = list(dict.fromkeys(name for name, _cell in shipped()))
    for name, cell in shipped():
        network, score = load(name, cell), TASKS[name].score
        shown = table[network.cell.title][rows.index(name)]
        assert shown.startswith(score.short(network.metrics[score.key]))


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if task.ships])
def test_an_address_opens_its_task_with_its_figures(task):
    at = opened(PAGE, task=task)
    assert at.selectbox(key="task on stage").value == task
    charts = [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
    score = TASKS[task].score
    shown = [x for trace in charts[0]["data"] for x in trace["x"]]
    assert load(task, "lstm").metrics[score.key] in shown


def test_another_task_changes_caption_and_figures():
    at = opened(PAGE)
    before = [m.value for m in at.markdown]
    at.selectbox(key="task on stage").set_value("counting").run()
    after = [m.value for m in at.markdown]
    assert before != after
    assert any("up to 10" in text for text in after)
