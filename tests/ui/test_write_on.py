"""The network writes on the first page: what is asked for in an address is what is written."""

import pytest

import lstm_viz as lv
from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from tests.pages.test_stage import opened, sent, texts


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


def test_a_task_of_numbers_offers_no_drawing():
    app = opened(task="load")
    assert "Write on from here" not in [button.label for button in app.button]
    assert texts(sent(app))
