"""What a run writes or forecasts at moments of its training is what the library makes of it."""

import re
from html import unescape
from itertools import pairwise

import pytest
from streamlit.testing.v1 import AppTest

import lstm_viz as lv
from lstm_viz.training.finished import finished, finished_runs
from lstm_viz.training.run_folder import SNAPSHOTS, beginning, open_run
from lstm_viz.training.settings import checked_settings, usual
from lstm_viz.ui.train.goes_on import MOMENTS, moments
from tests.pages.test_stage import component


def rows(app):
    (table,) = (one.proto.body for one in app.get("html") if '"writes"' in one.proto.body)
    return [
        [unescape(re.sub("<[^>]*>", "", cell)) for cell in re.findall(r"<td>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table)[1:]
    ]


def writing(name):
    from lstm_viz.training.finished import finished
    from lstm_viz.ui import address
    from lstm_viz.ui.train.goes_on import goes_on

    with address.on_page("train", "front"):
        goes_on(finished()[name], 0)


def test_a_run_writes_at_every_moment_what_its_weights_of_then_write():
    (name,) = finished_runs("anbn")
    run = finished()[name]
    app = AppTest.from_function(writing, args=(name,), default_timeout=60)
    for part, value in {"temperature": "0.7", "drawn": "5", "long": "30"}.items():
        app.query_params[part] = value
    app.run()
    assert not app.exception
    start = next(iter(run.task.examples.values()))[:6]
    found = rows(app)
    assert [int(row[0]) for row in found] == list(moments(run.kept))
    for step, score, said in found:
        judge = lv.write(run.network(int(step)), start, 30, 0.7, seed=5)
        assert said == "".join(start) + judge.text
        assert score.startswith("counts to ")
    assert found[0][2] != found[-1][2]


def forecasting(folder, settings):
    from pathlib import Path

    from lstm_viz.training.run_folder import open_run
    from lstm_viz.ui import address
    from lstm_viz.ui.train.goes_on import goes_on

    with address.on_page("train", "front"):
        goes_on(open_run(Path(folder), settings), 1)


def test_a_run_of_numbers_forecasts_at_the_moment_that_is_chosen(tmp_path):
    settings = checked_settings(usual("sine", "gru") | {"hidden": 4, "size": 60})
    (tmp_path / SNAPSHOTS).mkdir()
    for step, seed in ((0, 0), (8, 1)):
        network = beginning(checked_settings(settings | {"seed": seed}))
        (tmp_path / SNAPSHOTS / f"{step:06d}.safetensors").write_bytes(network.to_bytes())
    app = AppTest.from_function(forecasting, args=(str(tmp_path), settings), default_timeout=60)
    for name, value in {"moment": "0", "from": "20", "ahead": "12", "fan": "2"}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    run = open_run(tmp_path, settings)
    series = list(run.task.examples.values())[1]
    payload = component(app, "forecast")
    for step in (0, 8):
        judge = lv.forecast(run.network(step), series, 12, (20, 16, 60))
        is_shown = payload["lines"][0]["values"] == pytest.approx(judge.values[0, :, 0])
        assert is_shown == (step == 0)
    assert payload["address"] == {}  # the stage beside it reads what was measured
    assert {line["name"] for line in payload["lines"]} == {
        "the network",
        "last value",
        "16 steps earlier",
    }


@pytest.mark.parametrize("last", [3, 40, 1500, 20_000])
def test_moments_lie_ever_farther_apart_from_the_first_to_the_last(last):
    kept = tuple(range(last + 1))
    found = moments(kept)
    assert (found[0], found[-1]) == (0, last)
    assert len(found) <= MOMENTS
    apart = [later - before for before, later in pairwise(found)]
    assert apart == sorted(apart)
    assert moments((0, 7)) == (0, 7)
