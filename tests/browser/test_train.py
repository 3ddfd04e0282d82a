"""Watching a cell learn, in a real browser: it goes on through a reload, stops, and goes on."""

import re

from playwright.sync_api import expect

from tests.browser.pages import settled, stopped


def test_a_run_survives_a_reload_is_stopped_and_goes_on(server, page):
    ours = page.get_by_test_id("stMainBlockContainer")  # the header has a "Stop" of Streamlit's
    page.goto(f"{server.url}/train")
    settled(page)
    for label, value in (("Hidden units", "64"), ("Steps", "200")):  # takes its time
        box = page.get_by_label(label, exact=True)
        box.fill(value)
        box.press("Tab")
        settled(page)
    ours.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"\d+ of 1500 steps"))).to_be_visible(timeout=60_000)
    assert re.search(r"[?&]runs=[0-9a-f]{32}", page.url)
    page.reload()
    settled(page)
    expect(page.get_by_label("Hidden units", exact=True)).to_have_value("64")
    ours.get_by_role("button", name="Stop").click()
    expect(page.get_by_text(re.compile(r"stopped after \d+ of 1500"))).to_be_visible(timeout=30_000)
    ours.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile(r"\d+ of 1500 steps, \d+ a second"))).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_role("heading", name="The gates as it learns")).to_be_visible()
    stopped(page)


def test_rewind_begins_again_and_delete_asks_before_it_deletes(server, page):
    ours = page.get_by_test_id("stMainBlockContainer")
    page.goto(f"{server.url}/train?task=parity")
    box = page.get_by_label("Hidden units", exact=True)
    box.fill("4")
    box.press("Tab")
    expect(page.get_by_text(re.compile("1 run, about"))).to_be_visible()
    ours.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile(r"\d+ of \d+ steps"))).to_be_visible(timeout=60_000)
    stopped(page)
    learnt = page.get_by_text(re.compile(r"stopped after [1-9]\d* of"))
    expect(learnt).to_be_visible()
    ours.get_by_role("button", name="Rewind").click()
    expect(learnt).to_be_hidden(timeout=60_000)
    expect(page.get_by_text(re.compile(r"\d+ of \d+ steps"))).to_be_visible(timeout=60_000)
    expect(box).to_have_value("4")
    stopped(page)
    ours.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(ours.get_by_role("button", name="Rewind")).to_be_hidden()
    expect(ours.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    assert "runs=" not in page.url
