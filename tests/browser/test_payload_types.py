"""What the scripts read of a payload is what is sent, no more and no less.

Each payload is mounted in a real browser behind proxies that note which field of which type is
read, and everything on it is pointed at, clicked and changed. A scan of the sources would be
quicker, but it cannot follow a value from hand to hand: here a field counts by its type, wherever
it is read. A read of the proxies themselves that only copies ({...payload}) does not count.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from lstm_viz.stage import bundle
from tests.payloads import every_payload
from tests.wire import PAYLOADS, fields_of, schema

# What shows everything that a payload may have, and little enough to be poked all over.
SHOWN = {
    "StagePayload": (
        "lstm",
        "slstm",
        "rnn",
        "lstm, ours",
        "mixed",
        "forecast",
        "writing",
        "learning",
        "learning, numbers",
        "backward, lstm",
    ),
}
ENTRIES = {
    "StagePayload": "stage",
    "PairPayload": "pair",
    "WalkPayload": "walk",
    "StackPayload": "stack",
    "ValvesPayload": "valves",
    "ConnectionsPayload": "connections",
    "ColouredTextPayload": "coloured_text",
    "EditorPayload": "editor",
    "CurvesPayload": "curves",
    "ForecastPayload": "forecast",
    "LessonPayload": "lesson",
    "CoursePayload": "course",
    "PictureButtonPayload": "picture_button",
    "TogetherPayload": "together",
    "SharePayload": "share",
    "SheetsPayload": "sheets",
    "WordsPayload": "words",
}
ROOTS = "stage pair stack valves connections coloured editor curves lesson course"
ROOTS += " together share sheets words forecast"
MARKUP = f'<div class="{ROOTS}"><button></button></div>'

WATCH = (Path(__file__).parent / "watch.js").read_text("utf-8")

MOUNT = """([payload, schema]) => {
  const told = () => {};
  const given = { data: [watched(payload, schema)], parentElement: document.body, offline: true };
  const mounted = { ...given, setTriggerValue: told, setStateValue: told };
  document.body.style.removeProperty("--st-background-color");
  mount(mounted);
  document.body.style.setProperty("--st-background-color", "#000000");
  mount(mounted); // on a dark page now
  poke(document.body);
  for (const opener of document.querySelectorAll(".drawer-opener")) {
    if (opener.getAttribute("aria-expanded") === "false") opener.click();
    poke(document.querySelector(".drawers"));
  }
}"""


def watch(page: Page, kind: str, payloads: list[Any]) -> tuple[set[str], set[str]]:
    """What the scripts of this payload read, and what they read that no type has."""
    entry = ENTRIES[kind]
    styles = bundle.styles("stage", "unrolled", "pair", "stack")
    page.clock.install()
    page.set_content(f"<style>{styles}</style>{MARKUP}")
    page.evaluate(f"(() => {{ {WATCH} }})()")
    page.evaluate(f"(() => {{ {bundle.script(entry=entry)}\nwindow.mount = mount; }})()")
    for payload in payloads:
        page.evaluate(MOUNT, [json.loads(json.dumps(payload)), schema(PAYLOADS[kind])])
        page.clock.run_for(600)  # until what is said after a rest has been said
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("ArrowLeft")
        page.clock.run_for(100)  # and a key on its own has set the pulse going
    seen = page.evaluate("({ read: [...seen.read], missing: [...seen.missing] })")
    return set(seen["read"]), set(seen["missing"])


@pytest.fixture
def seen(visit: Callable[..., Page]) -> tuple[set[str], set[str]]:
    read, missing = set[str](), set[str]()
    sent = list(every_payload())
    for kind in PAYLOADS:
        of = SHOWN.get(kind)
        shown = [payload for name, what, payload in sent if name == kind and (not of or what in of)]
        found = watch(visit(viewport={"width": 1280, "height": 900}), kind, shown)
        read |= found[0]
        missing |= found[1]
    return read, missing


def test_what_is_read_is_what_is_sent(seen):
    read, missing = seen
    assert missing == set()
    sent = {f"{type_}.{name}" for kind in PAYLOADS.values() for type_, name in fields_of(kind)}
    assert sent - read == set()
