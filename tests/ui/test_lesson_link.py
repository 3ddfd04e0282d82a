"""A link with something written on it: shown as text, and its controls as it wishes."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages_without_browser import opened
from tests.ui.test_address import said


def boxes(at: AppTest) -> dict[str, Any]:
    return {box.label: box for box in at.selectbox}


def shown(at: AppTest) -> str:
    return "\n".join(one.value for one in at.markdown)


@pytest.fixture(scope="module")
def page() -> AppTest:
    link = {"cell": "gru", "task": "counting", "sequence": "2", "lang": "en"}
    link |= {
        "title": "Lesson 3",
        "note": "Look at **unit 3**.\n\n    <b>Then</b> $x$",
        "question": "Why?",
    }
    return opened("stage", **link, lock="task", hide="cell,nothing")


def test_a_hidden_control_means_what_the_link_says_and_a_locked_one_cannot_be_changed(page):
    found = boxes(page)
    assert "Cell" not in found
    assert found["Task"].disabled
    assert found["Task"].value == "counting"
    assert not found["Sequence"].disabled
    assert said(page)["cell"] == ["gru"]


def test_what_is_written_is_shown_letter_by_letter(page):
    text = shown(page)
    assert r"Look at \*\*unit 3\*\*\." in text
    assert r"\<b\>Then\<\/b\> \$x\$" in text
    assert "**Lesson 3**" in text
    assert "<b>" not in text


def test_a_choice_keeps_what_the_link_says(page):
    boxes(page)["Sequence"].set_value("1").run()
    assert not page.exception
    assert "Cell" not in boxes(page)
    now = said(page)
    assert (now["hide"], now["title"], now["cell"]) == (["cell"], ["Lesson 3"], ["gru"])


def test_the_whole_page_is_one_press_away_and_what_was_chosen_stays(page):
    next(one for one in page.button if one.label == "Show the whole page").click().run()
    assert boxes(page)["Cell"].value == "gru"
    assert not boxes(page)["Task"].disabled
    assert said(page).keys() & {"title", "note", "question", "lock", "hide"} == set()


def test_what_is_written_on_a_link_is_not_on_other_pages():
    at = opened("stage", title="Lesson 3", hide="cell", lang="en")
    state = at.session_state["address"]
    assert state.kept["title of stage"] == "Lesson 3"
    assert "title" not in state.kept


@pytest.mark.parametrize("text", ["x" * 5000, ""])
def test_what_is_too_long_is_not_shown(text):
    at = opened("scores", title=text, note=text, question=text, lang="en")
    assert said(at) == {"lang": ["en"]}
    assert "xxx" not in shown(at)


CONTROLS = [
    ("gradients", {"weights": "untrained"}),
    ("what_if", {}),
    ("layers", {}),
    ("train", {}),
    ("model", {}),
]


@pytest.mark.parametrize(("name", "link"), CONTROLS, ids=[name for name, _ in CONTROLS])
def test_every_control_of_a_page_can_be_hidden_and_the_page_is_the_same(name, link):
    whole = opened(name, **link, lang="en")
    names = ",".join(whole.session_state["address"].labels)
    assert names
    hidden = opened(name, **link, lang="en", hide=names)
    assert said(hidden).keys() - {"hide"} == said(whole).keys()
    kinds = ("selectbox", "slider", "select_slider", "toggle", "multiselect", "button_group")
    before, after = (sum(len(at.get(kind)) for kind in kinds) for at in (whole, hidden))
    assert after < before
