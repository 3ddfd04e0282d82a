"""The network writes on the first page: what is asked for in an address is what is written."""

import pytest

import lstm_viz as lv
from lstm_viz.networks.forecast import unseen_errors
from lstm_viz.networks.held import Span
from lstm_viz.networks.network import load
from lstm_viz.stage.tokens import shown
from lstm_viz.tasks import TASKS
from tests.pages.test_stage import component, opened, sent, texts


@pytest.mark.parametrize("task", ["subject", "python"])
def test_an_address_writes_what_the_library_writes(task):
    start = next(iter(TASKS[task].examples.values()))[:8]
    app = opened(
        task=task, write="12", **{"from": "8"}, temperature="0.5", top_k="4", top_p="0.9", seed="3"
    )
    judge = lv.write(load(task, "lstm"), start, 12, 0.5, 4, 0.9, 3)
    tokens = sent(app)["tokens"]
    assert [token["written"] for token in tokens] == [False] * 8 + [True] * 12
    symbols = TASKS[task].symbols or ()
    for k, symbol in enumerate(judge.written):
        (drawn,) = [one for one in tokens[7 + k]["predictions"] if one["drawn"]]
        assert drawn["p"] == pytest.approx(judge.before[k][symbols.index(symbol)])
        assert drawn["after"] == pytest.approx(judge.after[k][symbols.index(symbol)])
        assert drawn["text"] == tokens[8 + k]["text"]
    assert not any(token["right"] for token in tokens[8:])


def test_a_gate_is_held_while_it_writes_and_not_before():
    start = next(iter(TASKS["python"].examples.values()))[:20]
    app = opened(
        task="python", write="30", **{"from": "20"}, seed="2", held="f", held_at="0.25", cell="lstm"
    )
    network = load("python", "lstm")
    held = lv.write(network, start, 30, seed=2, hold=[Span("f", 20, 49, 0.25)])
    free = lv.write(network, start, 30, seed=2)
    assert held.written != free.written
    payload = sent(app)
    assert texts(payload)[20:] == [shown(symbol) for symbol in held.written]
    assert payload["held"] == [{"signal": "f", "from": 20, "to": 49, "unit": None}]
    assert "fₜ of all units is held at 0.25" in payload["caption"]
    for written in (held, free):
        assert "".join(map(shown, written.written)) in payload["caption"]
    assert (held.trace.f[20:] == 0.25).all()
    assert not (held.trace.f[:20] == 0.25).any()


def test_the_button_begins_and_another_one_ends():
    app = opened(task="reber", t="4")
    app.button[[b.label for b in app.button].index("Write on from here")].click().run()
    assert not app.exception
    tokens = sent(app)["tokens"]
    assert sum(token["written"] for token in tokens) == 40
    assert not any(token["written"] for token in tokens[:4])
    assert tokens[4]["written"]
    app.button[[b.label for b in app.button].index("Only read")].click().run()
    assert not any(token["written"] for token in sent(app)["tokens"])


@pytest.mark.parametrize("said", ["-3", "abc", "1e9", "99999999"])
def test_what_is_no_number_of_steps_only_reads(said):
    assert not any(token["written"] for token in sent(opened(write=said))["tokens"])


def test_an_address_forecasts_what_the_library_forecasts():
    series = next(iter(TASKS["load"].examples.values()))
    app = opened(task="load", forecast="1", **{"from": "30"}, ahead="20", period="24", fan="3")
    network = load("load", "lstm")
    judge = lv.forecast(network, series, 20, (30, 24, 60, 96))
    payload = component(app, "forecast")
    lines = {line["kind"]: line["values"] for line in payload["lines"]}
    assert lines["network"] == pytest.approx(judge.values[0, :, 0])
    assert lines["period"] == list(series[6:26])
    assert lines["last"] == [series[29]] * 20
    assert [one["start"] for one in payload["fan"]] == [24, 60, 96]
    assert payload["fan"][1]["values"] == pytest.approx(judge.values[2, :, 0])
    errors = {line["kind"]: line["values"] for line in payload["errors"]}
    for kind, of in unseen_errors(network, 20, 24).items():
        assert errors[kind] == pytest.approx(of)
    assert f"by {errors['period'][-1]:.1f} MW" in payload["said"]
    stage = sent(app)
    assert stage["series"]["given"] == 30
    assert stage["series"]["read"][30:] == pytest.approx(judge.values[0, :, 0])
    assert stage["series"]["measured"] == list(series[30:])
    assert [token["written"] for token in stage["tokens"]] == [False] * 30 + [True] * 20
    assert stage["output"]["drawing"] is None


def test_a_forecast_begins_where_something_is_left_to_compare_it_with():
    app = opened(task="load", t="96")
    app.button[[b.label for b in app.button].index("Forecast from here")].click().run()
    assert not app.exception
    assert component(app, "forecast")["given"] == 48
    app.button[[b.label for b in app.button].index("Only read")].click().run()
    assert sent(app)["series"]["given"] == 96


def test_farther_ahead_than_what_is_held_out_reaches_is_said():
    app = opened(task="load", forecast="1", ahead="150", period="40")
    payload = component(app, "forecast")
    assert len(payload["lines"][0]["values"]) == 150
    assert len(payload["errors"][0]["values"]) == 169 - 40
    assert "no sequence that is held out is long enough" in payload["said"]
