"""The stage without a browser: what reaches the stage for what was chosen."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from tests.serving import ROOT

MAIN = ROOT / "lstm_viz" / "ui" / "main.py"


def opened(**address: str) -> AppTest:
    """The page at an address, after its script has run."""
    app = AppTest.from_file(str(MAIN), default_timeout=200)
    app.switch_page(str(ROOT / "pages" / "stage.py"))
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def sent(app: AppTest) -> dict:
    """The payload that the stage was sent."""
    return component(app, "stage")


def component(app: AppTest, entry: str) -> dict:
    """The payload that a view of the browser was sent."""
    elements = [element.proto for element in app.get("bidi_component")]
    (one,) = (each for each in elements if each.component_name.endswith(f"lstm_viz_{entry}"))
    return json.loads(one.json)[0]


def texts(payload: dict) -> list[str]:
    return [token["text"] for token in payload["tokens"]]


def test_it_opens_on_the_sentence_where_the_subject_is_replaced():
    payload = sent(opened())
    assert (payload["cell"]["name"], payload["address"]["step"]) == ("lstm", "t")
    assert texts(payload)[payload["start"]["t"]] == "Tom"


def test_the_link_of_a_lesson_opens_that_task_cell_and_sequence():
    payload = sent(opened(task="reber", cell="gru", sequence="2", t="4"))
    examples = list(TASKS["reber"].examples.values())
    assert texts(payload) == list(examples[1])
    assert payload["cell"]["name"] == "gru"


def test_an_old_link_to_a_scene_at_the_front_door_leads_to_the_stage():
    app = AppTest.from_file(str(MAIN), default_timeout=200)
    app.query_params["task"] = "reber"
    app.query_params["sequence"] = "2"
    app.query_params["lang"] = "zh"
    app.run()
    assert not app.exception
    assert texts(sent(app)) == list(list(TASKS["reber"].examples.values())[1])


def test_the_front_door_stays_where_no_scene_is_named():
    app = AppTest.from_file(str(MAIN), default_timeout=200)
    app.query_params["lang"] = "zh"
    app.query_params["from_a_mail"] = "1"
    app.run()
    assert not app.exception
    names = [element.proto.component_name for element in app.get("bidi_component")]
    assert any(name.endswith("lstm_viz_glimpse") for name in names)


@pytest.mark.parametrize(
    "address",
    [
        {"task": "nothing", "cell": "nothing", "sequence": "99"},
        {"task": "subject", "cell": "<script>", "sequence": ""},
        {"task": "counting", "sequence": "own", "text": "what is this"},
    ],
)
def test_an_address_that_names_nothing_opens_what_there_is(address):
    payload = sent(opened(**address))
    assert payload["steps"] > 1
    assert payload["cell"]["name"] == "lstm"


def test_a_chosen_cell_is_the_one_that_reads():
    app = opened()
    app.selectbox(key="cell on stage").select("gru").run()
    payload = sent(app)
    assert payload["cell"]["name"] == "gru"
    trace = load("subject", "gru").read(next(iter(TASKS["subject"].examples.values())))[0]
    assert payload["units"] == trace.h.shape[-1]


def test_another_task_keeps_the_cell_where_there_is_one():
    app = opened(cell="gru")
    app.selectbox(key="task on stage").select("counting").run()
    assert sent(app)["cell"]["name"] == "gru"
    assert app.query_params == {"task": "counting", "cell": "gru"}


def test_what_cannot_be_read_is_refused_in_words_and_the_last_sequence_stays():
    app = opened(sequence="own", text="Anna laughed .")
    box = next(each for each in app.text_input if each.label == "Your own sequence")
    box.set_value("Anna lafed .").run()
    assert "'lafed'" in app.error[0].value
    assert box.value == "Anna lafed ."
    assert texts(sent(app)) == ["Anna", "laughed", "."]


def test_code_is_typed_with_its_line_breaks():
    app = opened(task="python", sequence="own", text="if x:\n    y")
    assert texts(sent(app)) == ["i", "f", "␣", "x", ":", "⏎", *"␣" * 4, "y"]


def test_the_number_of_a_sequence_belongs_to_its_task():
    app = opened(task="subject", sequence="3")
    app.selectbox(key="task on stage").select("reber").run()
    assert app.selectbox(key="sequence on stage of reber").value == "1"
    app.selectbox(key="task on stage").select("subject").run()
    assert app.query_params == {"sequence": "3"}
