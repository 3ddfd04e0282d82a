"""Watching a cell learn, in a real browser: it goes on through a reload, stops, and goes on."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from lstm_viz.jobs import State
from lstm_viz.training.runs import jobs
from lstm_viz.training.settings import usual
from tests.browser.pages import settled, stopped
from tests.browser.stage import Stage, number


def test_a_run_survives_a_reload_is_stopped_and_goes_on(server, page):
    ours = page.get_by_test_id("stMainBlockContainer")  # the header has a "Stop" of Streamlit's
    page.goto(f"{server.url}/train?task=adding")
    settled(page)
    drawer = ours.get_by_role("button", name="Settings …")
    drawer.click()
    for label, value in (("Hidden units", "128"), ("Steps", "200")):  # takes its time
        box = page.get_by_label(label, exact=True)
        box.fill(value)
        box.press("Tab")
        settled(page)
    page.keyboard.press("Escape")
    ours.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"\d+ of 1100 steps"))).to_be_visible()
    assert re.search(r"[?&]runs=[0-9a-f]{32}", page.url)
    page.reload()
    settled(page)
    drawer.click()
    expect(page.get_by_label("Hidden units", exact=True)).to_have_value("128")
    page.keyboard.press("Escape")
    ours.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"stopped after \d+ of 1100"))).to_be_visible()
    ours.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile(r"\d+ of 1100 steps, \d+ a second"))).to_be_visible()
    expect(page.get_by_role("heading", name="The gates as it learns")).to_be_visible()
    stopped(page)


def test_rewind_begins_again_and_delete_asks_before_it_deletes(server, page):
    ours = page.get_by_test_id("stMainBlockContainer")
    page.goto(f"{server.url}/train?task=parity")
    drawer = ours.get_by_role("button", name="Settings …")
    drawer.click()
    box = page.get_by_label("Hidden units", exact=True)
    box.fill("4")
    box.press("Tab")
    page.get_by_text("More settings").click()
    steps = page.get_by_label("Training steps", exact=True)
    steps.fill("20000")  # it is not over before it is stopped
    steps.press("Tab")
    expect(page.get_by_text(re.compile(r"1 run, about \d\d"))).to_be_visible()
    page.keyboard.press("Escape")
    ours.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"\d+ of \d+ steps"))).to_be_visible()
    stopped(page)
    learnt = page.get_by_text(re.compile(r"stopped after [1-9]\d* of"))
    expect(learnt).to_be_visible()
    ours.get_by_role("button", name="Rewind").click()
    expect(learnt).to_be_hidden()
    expect(page.get_by_text(re.compile(r"\d+ of \d+ steps"))).to_be_visible()
    drawer.click()
    expect(box).to_have_value("4")
    page.keyboard.press("Escape")
    stopped(page)
    ours.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(ours.get_by_role("button", name="Rewind")).to_be_hidden()
    expect(ours.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    assert "runs=" not in page.url


@pytest.fixture
def learnt() -> Iterator[str]:
    """A small network that has learnt for 30 steps, kept where the server finds it."""
    name = jobs().submit(usual("adding") | {"hidden": 4, "size": 10, "steps": 30}, "a test")
    end = time.monotonic() + 200
    while (job := jobs().look(name)) and job.state.is_alive:
        assert time.monotonic() < end
        time.sleep(0.2)
    assert job is not None
    assert job.state is State.DONE
    yield name
    jobs().close()


def test_a_second_cursor_goes_through_the_training_and_a_moment_is_pinned(server, page, learnt):
    page.goto(f"{server.url}/train?runs={learnt}")
    stage = Stage(page)
    where = page.locator(".training-where")
    expect(where).to_contain_text("after training step 30 · loss")
    last = stage.value("f")
    page.keyboard.press(",")
    expect(where).to_contain_text("after training step 26")
    stage.says("after", 26)
    for _press in range(40):
        page.keyboard.press(",")
    expect(where).to_contain_text("after training step 0")
    assert stage.value("f") != last
    page.keyboard.press("l")
    expect(where).to_contain_text("after training step 30")
    assert stage.value("f") == last
    assert stage.step > 1
    picture = page.locator(".training-plot canvas")
    picture.click(position={"x": 2, "y": 2})
    expect(where).to_contain_text("after training step 0")
    stage.at(1)
    page.get_by_role("button", name="Pin this moment").click()
    expect(page.locator(".pair-board")).to_be_visible()
    pinned, shown = (page.locator(f".pair-side.{side} .pair-name") for side in ("left", "right"))
    expect(pinned).to_contain_text("pinned after training step 0")
    expect(shown).to_contain_text("after training step 0")
    page.keyboard.press(".")
    page.keyboard.press("ArrowRight")
    expect(shown).to_contain_text("after training step 1")
    stage.says("t", 2)
    stage.says("after", 1)
    numbers = both(page)
    assert numbers[0] != numbers[1]
    page.reload()
    expect(pinned).to_contain_text("pinned after training step 0")
    expect(shown).to_contain_text("after training step 1")
    stage.at(2)
    assert both(page) == numbers


def both(page: Page) -> list[float]:
    """The forget gate of the pinned moment and of the one that is shown."""
    values = page.locator('.pair-side [data-part="value"][data-key="f"]')
    return [number(text) for text in values.all_inner_texts()]
