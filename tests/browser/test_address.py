"""The address in a browser: what is chosen is there, opens again elsewhere, and goes back."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import settled, until
from tests.browser.stage import Stage, open_stage


def choose(page: Page, control: str, option: str) -> None:
    page.get_by_role("combobox", name=control).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_the_back_button_undoes_the_last_choice_and_forward_makes_it_again(server, page):
    stage = open_stage(page, server.url, t=6)
    cell = page.get_by_role("combobox", name="Cell")
    choose(page, "Cell", "GRU")
    stage.says("cell", "gru")
    stage.says("t", 6)
    choose(page, "Cell", "Plain RNN")
    stage.says("cell", "rnn")
    stage.says("t", 6)
    page.go_back()
    expect(cell).to_have_value("GRU")
    stage.says("cell", "gru")
    expect(stage.find('.equation[data-signal="z"]')).to_be_visible()
    page.go_back()
    expect(cell).to_have_value("LSTM")
    expect(stage.find('.equation[data-signal="o"]')).to_be_visible()
    page.go_forward()
    expect(cell).to_have_value("GRU")
    page.go_forward()
    expect(cell).to_have_value("Plain RNN")


def test_what_was_chosen_on_one_page_is_in_the_address_of_the_next_and_costs_no_step_back(
    server, page
):
    stage = open_stage(page, server.url)
    choose(page, "Cell", "GRU")
    stage.says("cell", "gru")
    page.get_by_role("button", name="Change it").click()
    page.get_by_role("menuitem", name="What if?").click()
    page.wait_for_url(re.compile("/what_if.*cell=gru"))
    settled(page)
    choose(page, "Sequence", "Three subjects")
    page.wait_for_url(re.compile("/what_if.*sequence=3"))
    page.go_back()
    until(page, "!location.search.includes('sequence')")
    expect(page.get_by_role("combobox", name="Cell")).to_have_value("GRU")
    page.go_back()
    page.wait_for_url(re.compile("/stage.*cell=gru"))


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_switches_and_a_notation_open_again_elsewhere(locale, server, visit):
    pages = [visit(viewport={"width": 1280, "height": 900}, locale=locale) for _ in range(2)]
    page, other = pages
    page.goto(f"{server.url}/variants?switch=i-coupled.peepholes&notation=colah&task=counting")
    settled(page)
    page.get_by_role("combobox").nth(1).press("ArrowDown")  # opens the list of sequences
    page.get_by_role("option").nth(1).click()
    page.wait_for_url(re.compile("sequence=2"))
    other.goto(page.url)
    for one in pages:
        settled(one)
        expect(one.locator(".pair-side.right .equation").first).to_be_visible()
    end = time.monotonic() + 60
    while seen(page) != seen(other):
        assert time.monotonic() < end, (seen(page), seen(other))
        page.wait_for_timeout(200)
    assert "notation=colah" in other.url


def test_the_valves_open_as_they_were_set_and_go_back(server, page, visit):
    page.goto(f"{server.url}/valves?i=0.25")
    settled(page)
    candidate = page.get_by_role("slider", name="candidate").first
    candidate.press("End")
    page.wait_for_url(re.compile("c=1"))
    page.get_by_role("slider", name="input").last.press("Home")
    page.wait_for_url(re.compile("x=-1"))
    other = visit()
    other.goto(page.url)
    settled(other)
    values = "all => all.map((each) => each.value)"
    sliders = [one.get_by_role("slider") for one in (page, other)]
    expect(sliders[1].last).to_have_value("-1")
    assert sliders[0].evaluate_all(values) == sliders[1].evaluate_all(values)
    page.go_back()
    expect(sliders[0].last).to_have_value("0.8")
    page.go_back()
    expect(candidate).to_have_value("0.8")
    assert "i=0.25" in page.url


def test_how_one_looks_at_the_stage_opens_again_elsewhere_and_goes_back(server, page, visit):
    stage = open_stage(page, server.url, t=3)
    speed = stage.root.get_by_role("combobox", name="Speed")
    stage.button("whole steps").click()
    stage.says("speed", 2)
    speed.select_option("8")
    stage.says("speed", 8)
    stage.says("t", 3)
    stage.button("Order and scale of the strips").click()
    peak = stage.find('[name="stage-order"][value="peak"]')
    peak.check()
    stage.says("order", "peak")
    other = visit(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    other.goto(page.url)
    settled(other)
    there = Stage(other)
    expect(there.find(".speed select")).to_have_value("8")
    expect(there.find('[name="stage-order"][value="peak"]')).to_be_checked()
    page.go_back()
    expect(stage.find('[name="stage-order"][value="number"]')).to_be_checked()
    expect(speed).to_have_value("8")
    page.go_back()
    expect(speed).to_have_value("2")
    page.go_back()
    expect(stage.button("phase by phase")).to_have_attribute("aria-pressed", "true")
    page.go_forward()
    page.go_forward()
    expect(speed).to_have_value("8")


def test_an_opened_line_and_a_phase_of_a_step_open_again_elsewhere_and_go_back(server, page, visit):
    stage = open_stage(page, server.url, t=3)
    line = '.equation[data-signal="i"] .equation-line'
    stage.find(line).click()
    stage.says("line", "i")
    stage.find(".phase").nth(1).click()
    stage.says("phase", 2)
    other = visit(viewport={"width": 1280, "height": 900})
    other.goto(page.url)
    settled(other)
    there = Stage(other)
    expect(there.find(line)).to_have_attribute("aria-expanded", "true")
    expect(there.find('.equation[data-signal="i"] .term').first).to_be_visible()
    expect(there.find('.phase[aria-current="step"]')).to_have_text(
        stage.find(".phase").nth(1).inner_text().replace("\n", "")
    )
    expect(there.find('.equation[data-signal="h"] .equation-value')).to_have_text("…")
    page.go_back()
    expect(stage.find(line)).to_have_attribute("aria-expanded", "false")


def test_of_two_runs_each_ones_opened_line_opens_again_and_goes_back(server, page):
    page.goto(f"{server.url}/variants?line=f&line_right=o&switch=peepholes")
    settled(page)
    left, right = (page.locator(f".pair-side.{side}") for side in ("left", "right"))
    opened = '.equation[data-signal="{}"] .equation-line[aria-expanded="true"]'
    expect(left.locator(opened.format("f"))).to_be_visible()
    expect(right.locator(opened.format("o"))).to_be_visible()
    right.locator('.equation[data-signal="i"] .equation-line').click()
    page.wait_for_url(re.compile("line_right=i"))
    assert "line=f" in page.url
    page.go_back()
    expect(right.locator(opened.format("o"))).to_be_visible()


def test_a_looped_network_opens_again_and_the_width_of_the_lanes_does(server, page):
    page.goto(f"{server.url}/layers?view=looped")
    settled(page)
    views = page.locator(".stack-views button")
    expect(views.last).to_have_attribute("aria-pressed", "true")
    views.first.click()
    until(page, "!location.search.includes('view')")
    expect(views.first).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(views.last).to_have_attribute("aria-pressed", "true")
    page.goto(f"{server.url}/backprop?width=logarithmic")
    settled(page)
    expect(page.locator(".unrolled select")).to_have_value("logarithmic")


def seen(page: Page) -> tuple[list[str], list[str], list[str]]:
    """What is chosen on the page of switches, and the equations that follow from it."""
    return (
        page.get_by_role("combobox").evaluate_all("all => all.map((each) => each.value)"),
        page.locator(".pair-side.right .equation").all_inner_texts(),
        page.get_by_role("radio").evaluate_all("all => all.map((each) => each.ariaChecked)"),
    )


HOSTILE = "<script>alert(1)</script>" * 400


@pytest.mark.parametrize("page_name", ["stage", "gradients", "train", "model"])
def test_a_hostile_address_does_no_harm(page_name, server, page):
    names = ("task", "cell", "text", "cells", "runs", "pin", "after", "t", "unit", "steps", "of")
    query = "&".join(f"{name}={HOSTILE[: 25 * 20]}" for name in names)
    page.goto(f"{server.url}/{page_name}?{query}&sequence=own&hidden=1e999&seed=nan&layer=-1")
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    if page_name == "stage":
        assert Stage(page).step >= 1
