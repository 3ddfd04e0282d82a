"""The network writes on the stage: what is seen step by step is what the library writes."""

from playwright.sync_api import expect

import lstm_viz as lv
from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from tests.browser.stage import open_stage

START = next(iter(TASKS["subject"].examples.values()))[:9]


def test_it_writes_from_the_step_that_is_shown_and_shows_no_word_before_it_is_drawn(server, page):
    stage = open_stage(page, server.url, t=2)
    stage.go(9)  # where one is now counts, not what the link had
    page.get_by_role("button", name="Write on from here").click()
    page.wait_for_url("**from=9**")
    judge = lv.write(load("subject", "lstm"), START, 40)
    expect(stage.find(".caption")).to_contain_text(f"It wrote: {judge.text}")
    token = stage.find(".token.written").first.locator(".token-text")
    expect(token).to_have_text(judge.written[0])
    expect(token).to_be_hidden()
    drawn = stage.find(".token[aria-current] .prediction.drawn .prediction-text")
    expect(drawn).to_have_text(judge.written[0])
    page.keyboard.press("ArrowRight")
    expect(token).to_be_visible()
    expect(drawn).to_have_text(judge.written[1])
    page.keyboard.press("ArrowLeft")
    expect(token).to_be_hidden()
    page.get_by_role("button", name="Only read").click()
    expect(stage.find(".token.written")).to_have_count(0)
