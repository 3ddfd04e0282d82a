"""The table of the address: every row opens from a link, and what is chosen is in it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lstm_viz.ui.navigation import PAGES
from lstm_viz.ui.parameters import PARAMETERS, in_browser, rows_of
from tests.serving import ROOT

MAIN = ROOT / "lstm_viz" / "ui" / "main.py"
FLAT = "c = 0.9 * c_prev + W_c @ x\nh = tanh(c)"

# For each page addresses that together say something that is not the default of every row.
LINKS: dict[str, list[dict[str, Any]]] = {
    "stage": [
        {"task": "reber", "cell": "gru", "sequence": "2"},
        {"sequence": "own", "text": "Tom slept ."},
        {"write": "7", "from": "3", "temperature": "0.5", "top_k": "4", "top_p": "0.9"}
        | {"seed": "5", "held": "f", "held_at": "0.5"},
        {"task": "load", "forecast": "1", "ahead": "9", "period": "6", "fan": "2", "from": "4"},
        {"task": "reber", "like": "6", "of": "c", "span": "2", "over": "0.5", "among": "own"},
    ],
    "what_if": [
        {"task": "subject_zh", "cell": "peephole", "sequence": "2", "hold": "f:3=0"},
        {"drag": "value", "value": "-1.5", "all": "0", "from": "3", "to": "5", "in": "6"},
        {"token": "2", "into": "Anna", "sequence": "own", "text": "Tom slept ."},
    ],
    "variants": [
        {"task": "counting", "sequence": "2", "switch": "i-coupled.peepholes.recurrence"},
        {"switch": "both.peepholes", "weights": "awake", "notation": "colah"},
        {"task": "counting", "inputs": "8", "hidden": "16"},
        {"sequence": "own", "text": "Tom slept .", "switch": "gru"},
    ],
    "own_cell": [
        {"task": "counting", "sequence": "2", "from": "gru"},
        {"sequence": "own", "text": "Tom slept .", "equations": FLAT},
    ],
    "backprop": [
        {"task": "counting", "cell": "coupled", "sequence": "2", "every": "1", "skip": "1"},
        {"sequence": "own", "text": "Tom slept ."},
    ],
    "layers": [{"cell": "gru", "layers": "2", "both": "0", "sequence": "3", "swapped": "1"}],
    "scores": [{"task": "counting"}],
    "gradients": [
        {"start": "orthogonal", "bias": "3", "scale": "1.5", "steps": "40", "units": "16"}
        | {"cells": ["lstm", "gru"], "follow": "h", "within": "gru", "unit": "2", "cut": "direct"}
        | {"weights": "untrained"},
        {"weights": "untrained", "cells": ["rnn"], "bounds": "1"},
        {"learnt": "counting", "read": "2", "at": "5"},
    ],
    "train": [
        {"task": "adding", "cells": [FLAT, "gru"], "size": "20", "hidden": "6", "seed": "3"}
        | {"three": "1", "steps": "50", "batch": "8", "learning_rate": "0.03"}
        | {"optimiser": "sgd", "clip": "0.5", "start": "forget", "forget_bias": "4"},
        {"task": "text", "text": "the cat sat on the mat and " * 30},
    ],
    "model": [
        {"reads": "text", "text": "if x:\n    y", "symbol": "xy", "colour": "f", "of": "3"},
        {"reads": "typed", "numbers": "3 1 4 1 5"},
        {"reads": "drawn", "sequence": "3"},
    ],
    "true_or_false": [{"true": "", "false": ""}],
    "valves": [{}],
    "together": [{}],
}

# What needs a file or a run of one's own to be there; their own tests open them from an address.
ELSEWHERE = {
    ("what_if", "layer"),
    *(("gradients", name) for name in ("runs", "after", "size")),
    *(("train", name) for name in ("runs", "run", "sequence", "pin")),
    *(("train", name) for name in ("temperature", "drawn", "long")),
    *(("train", name) for name in ("moment", "from", "ahead", "period", "fan")),
    *(
        ("model", name)
        for name in ("model", "part", "nonlinearity", "symbols", "scaled", "batch_first", "columns")
    ),
    *(("model", name) for name in ("layer", "direction", "first")),
}


def cards() -> dict[str, str]:
    from lstm_viz.words.myths import CARDS

    return {"card": CARDS[4].key, "true": CARDS[0].key, "false": f"{CARDS[1].key},{CARDS[2].key}"}


LINKS["true_or_false"] = [cards()]


def opened(page: str, link: dict[str, Any], language: str) -> AppTest:
    at = AppTest.from_file(str(MAIN), default_timeout=200)
    at.switch_page(str(ROOT / "pages" / f"{page}.py"))
    for name, texts in (link | {"lang": language}).items():
        at.query_params[name] = texts
    at.run()
    assert not at.exception, page
    return at


def said(at: AppTest) -> dict[str, list[str]]:
    """What the controls show, as the address would have it, without what is the default."""
    chosen = at.session_state["address"].chosen
    return {name: list(texts) for name, texts in chosen.items() if texts}


def listed(link: dict[str, Any]) -> dict[str, list[str]]:
    return {name: [texts] if isinstance(texts, str) else texts for name, texts in link.items()}


def every_link() -> Iterator[Any]:
    for page, links in LINKS.items():
        for number, link in enumerate(links):
            language = ("en", "zh")[number % 2] if len(links) > 1 else "zh"
            yield pytest.param(page, link, language, id=f"{page}-{number}-{language}")


@pytest.mark.parametrize(("page", "link", "language"), list(every_link()))
def test_every_control_begins_with_what_the_link_says(page, link, language):
    assert said(opened(page, link, language)) == listed(link | {"lang": language})


def test_the_links_say_something_of_every_row():
    for page in PAGES:
        known = {name for link in LINKS.get(page.address, ()) for name in link}
        rows = {row.name for row in PARAMETERS if page.address in row.pages and not row.in_browser}
        elsewhere = {name for place, name in ELSEWHERE if place == page.address}
        assert known | elsewhere == rows, f"LINKS needs a link that says them on {page.address}"
        assert not known & elsewhere, page.address


@pytest.mark.parametrize(
    ("page", "kind", "label", "value"),
    [
        ("what_if", "button_group", "Drag on a strip to hold it", "open"),
        ("layers", "toggle", "she ↔ he", True),
        ("backprop", "toggle", "Every prediction counts", True),
        ("scores", "selectbox", "Task", "counting"),
        ("train", "number_input", "Hidden units", 5),
        ("train", "selectbox", "Optimiser", "rmsprop"),
        ("gradients", "select_slider", "Recurrent scale", 2.0),
        ("gradients", "slider", "Steps", 80),
        ("model", "button_group", "What it reads", "drawn"),
    ],
)
def test_what_is_chosen_is_in_the_address_and_opens_again(page, kind, label, value):
    at = opened(page, {"weights": "untrained"} if page == "gradients" else {}, "en")
    before = said(at)
    control: Any = next(one for one in at.get(kind) if getattr(one, "label", "") == label)
    control.set_value(value)
    at.run()
    assert not at.exception
    chosen = said(at)
    assert chosen != before
    assert listed(at.query_params) == chosen
    again = opened(page, dict(at.query_params), "zh")
    assert said(again) == chosen | {"lang": ["zh"]}


HOSTILE = ("nan", "1e999", "<script>alert(1)</script>", "x" * 5000, "1" * 50, "../../etc/passwd")


@pytest.mark.parametrize("page", LINKS)
def test_what_is_not_allowed_is_passed_over(page):
    rows = rows_of(page)
    texts = {"equations", "hold", "text", "numbers", "symbols", "symbol", "runs", "pin", "lang"}
    texts |= {"title", "note", "question"}
    names = [name for name in rows if name not in texts]
    link = {name: HOSTILE[number % len(HOSTILE)] for number, name in enumerate(names)}
    link |= dict.fromkeys(texts & rows.keys() - {"lang"}, "x" * 5000)
    assert said(opened(page, link, "en")) == {"lang": ["en"]}


def test_a_name_of_no_row_stays_until_something_is_chosen():
    at = opened("scores", {"from_a_friend": "1"}, "en")
    assert "from_a_friend" in at.query_params
    at.selectbox(key="task on stage").set_value("counting").run()
    assert listed(at.query_params) == {"lang": ["en"], "task": ["counting"]}


def test_an_address_that_comes_late_takes_no_choice_back_and_one_gone_back_to_does():
    at = opened("scores", {}, "en")
    at.selectbox(key="task on stage").set_value("counting").run()
    at.query_params.clear()  # so the browser still said when the next choice was made
    at.query_params["lang"] = "en"
    at.selectbox(key="task on stage").set_value("reber").run()
    assert listed(at.query_params) == {"lang": ["en"], "task": ["reber"]}
    at.query_params["task"] = "counting"
    at.run()
    assert at.selectbox(key="task on stage").value == "reber"
    at.query_params["task"] = "counting"
    at.session_state["address"].went_back = True
    at.run()
    assert at.selectbox(key="task on stage").value == "counting"
    assert listed(at.query_params) == {"lang": ["en"], "task": ["counting"]}


def test_the_names_of_the_browser_are_rows_of_the_page():
    looks = {"order": "order", "scale": "rows", "speed": "speed", "line": "line", "phase": "phase"}
    looks |= {"open": "open", "answer": "answer"}
    assert in_browser("stage") == {"step": "t", "unit": "unit"} | looks
    learning = {"after": "after", "picture": "picture", "line_right": "line_right"}
    assert in_browser("train") == {"step": "t", "unit": "unit"} | looks | learning
    assert in_browser("gradients") == {"step": "t", "speed": "speed", "width": "width"}


BROWSER = ROOT / "lstm_viz" / "browser"

# Where the browser makes a control of its own, and the parts of the address that hold its choice.
MADE_IN_THE_BROWSER = {
    "parts/equations.js": {"unit", "line", "line_right"},
    "parts/legend.js": {"order", "scale"},
    "parts/memory.js": {"answer"},
    "parts/training.js": {"after", "picture"},
    "parts/transport.js": {"step", "speed", "phase"},
    "parts/unrolled.js": {"width"},
    "entries/lesson.js": set(),  # an answer, which is nobody's but the learner's
    "entries/valves.js": {"f", "i", "c_tilde", "o", "x"},
}

# What is typed there is said to a class, on a link or a sheet, and is no choice of a page.
SAID_TO_OTHERS = {"parts/ask.js", "entries/together.js", "entries/share.js", "entries/sheets.js"}


def test_every_control_that_the_browser_makes_has_rows():
    making = re.compile(r'element\("(?:select|input|textarea)"')
    made = {
        str(path.relative_to(BROWSER))
        for path in BROWSER.rglob("*.js")
        if making.search(path.read_text())
    }
    assert made == set(MADE_IN_THE_BROWSER) | SAID_TO_OTHERS
    parts = {row.in_browser for row in PARAMETERS}
    assert set().union(*MADE_IN_THE_BROWSER.values()) <= parts


def test_what_the_browser_lets_one_choose_is_what_has_a_row():
    said = set()
    for path in BROWSER.rglob("*.js"):
        said |= set(re.findall(r'part: "(\w+)", options', path.read_text()))
    parts = {row.in_browser for row in PARAMETERS}
    assert said == {"speed", "picture", "width", "view", "asked", "open", "answer"}
    assert said | {"order", "scale", "line", "line_right"} <= parts


def test_no_page_has_two_rows_of_one_name():
    for page in PAGES:
        rows = [row.name for row in PARAMETERS if page.address in row.pages or not row.pages]
        assert len(rows) == len(set(rows)), page.address
