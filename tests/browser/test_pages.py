"""Every page, as a visitor meets it."""

import contextlib
import re

import pytest
from playwright.sync_api import TimeoutError, expect

from lstm_viz.ui.navigation import HOME, PAGES
from tests.browser.axe import violations
from tests.browser.legible import looks
from tests.browser.pages import pixels_scrolled_off, settled, until
from tests.serving import streamlit_server

ADDRESSES = [page.address for page in PAGES]
UNDRAWN = ("lessons", "train", "true_or_false", "together")  # open without a drawing or a chart
DRAWN = ", ".join([".drawing", ".stack-picture", ".valves-picture", ".js-plotly-plot"])


def test_an_address_opened_first_in_a_fresh_process_shows_its_page(visit):
    address = ADDRESSES[1]
    with streamlit_server() as fresh:
        page = visit(viewport={"width": 1280, "height": 800})
        page.goto(f"{fresh.url}/{address}")
        settled(page)
        title = next(entry.title for entry in PAGES if entry.address == address)
        expect(page).to_have_title(title)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.get_by_text("Page not found")).to_have_count(0)
        page.close()  # a page that outlives its server complains


def test_the_front_door_moves_and_leads_on(server, page):
    page.goto(server.url)
    settled(page)
    expect(page).to_have_title(HOME.title)
    expect(page).to_have_url(re.compile(rf"^{re.escape(server.url)}/$"))
    stage = page.locator(".stage.glimpse")
    expect(stage).to_have_attribute("data-step", re.compile(r"^\d+$"))
    step = stage.get_attribute("data-step") or ""
    expect(stage).not_to_have_attribute("data-step", step)
    page.get_by_role("link", name="Explore").click()
    expect(page).to_have_title("Watch it think")
    expect(page.locator(".stage:not(.glimpse)")).to_be_visible()
    settled(page)  # Streamlit leads on to the page that answers, though one has gone back meanwhile
    page.go_back()
    expect(page).to_have_title(HOME.title)


PHONE, WIDE = 390, 1920
# Where a drawing or a chart is what the page is about: it begins this far from the top, in pixels.
HIGHEST = 180
TOP = f"(node) => Math.round(node.getBoundingClientRect().top) <= {HIGHEST}"


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_fits_a_phone_and_can_be_read_and_pressed(address, server, visit):
    viewport = {"width": PHONE, "height": 900}
    page = visit(viewport=viewport, color_scheme="dark", has_touch=True)
    drawing = opened(page, f"{server.url}/{address}")
    if address not in UNDRAWN:
        expect(drawing).to_be_visible()
    assert pixels_scrolled_off(page) == 0
    seen = looks(page)
    assert seen.too_small() == []
    assert seen.cut_off() == []
    assert seen.hard_to_press() == []
    assert seen.faint() == []
    assert violations(page) == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_fits_a_desk_and_a_wall_and_can_be_read(address, server, visit):
    page = visit(viewport={"width": 1280, "height": 900}, color_scheme="light")
    drawing = opened(page, f"{server.url}/{address}")
    if address not in UNDRAWN:
        expect(drawing).to_be_visible()
        with contextlib.suppress(TimeoutError):  # it may still be on its way there
            until(page, TOP, drawing.element_handle(), seconds=10)
        assert drawing.evaluate(TOP)
    assert pixels_scrolled_off(page) == 0
    seen = looks(page)
    assert seen.too_small() == []
    assert seen.cut_off() == []
    assert seen.faint() == []
    assert violations(page) == []
    page.set_viewport_size({"width": WIDE, "height": 900})
    assert pixels_scrolled_off(page) == 0
    seen = looks(page)
    assert seen.too_small() == []
    assert seen.cut_off() == []
    assert sheets(page) == 1


def sheets(page):
    """On how many sheets of paper the page is printed."""
    until(page, "Boolean(history.lstmViz)")  # from then on the page hears that it is printed
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))


def opened(page, address):
    """The first drawing of a page that stands still."""
    page.goto(address)
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page.locator(DRAWN).first


def test_a_chinese_browser_is_spoken_to_in_chinese_on_every_page_it_opens(server, visit):
    page = visit(locale="zh-CN")
    page.goto(server.url)
    expect(page.get_by_role("heading", name="欢迎")).to_be_visible()
    settled(page)
    expect(page.locator(".tokens").get_by_text("汤姆", exact=True).first).to_be_visible()
    page.get_by_role("button", name="改动它").click()
    page.get_by_role("menuitem", name="如果……会怎样？").click()
    expect(page.get_by_role("heading", name="如果……会怎样？")).to_be_visible()
    expect(page.get_by_role("button", name="还原")).to_be_visible()
    expect(page.get_by_role("heading", name="未改动", exact=True)).to_be_visible()


def test_an_address_may_ask_for_a_language(server, page):
    page.goto(f"{server.url}/stage?lang=zh")
    expect(page.get_by_role("heading", name="看它思考")).to_be_visible()


def test_a_page_opens_at_its_top_wherever_the_last_one_was_left(server, page):
    page.set_viewport_size({"width": 1280, "height": 500})
    page.goto(f"{server.url}/scores")
    settled(page)
    main = page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 400)")
    assert main.evaluate("main => main.scrollTop") == 400
    page.goto(f"{server.url}/scores")  # with the address's component there from the beginning
    settled(page)
    until(page, "Boolean(history.lstmViz)")
    main.evaluate("main => main.scrollTo(0, 400)")
    page.evaluate("history.pushState(null, '', '/variants')")
    assert main.evaluate("main => main.scrollTop") == 0


def test_the_bar_shows_the_product_the_page_and_the_language(server, page):
    page.goto(f"{server.url}/scores?task=counting")
    settled(page)
    bar = page.locator(".st-key-bar")
    expect(bar.get_by_text("LSTM Viz")).to_be_visible()
    expect(bar.get_by_role("heading", level=1)).to_have_text("What they learnt")
    bar.get_by_role("radio", name="中文").click()
    expect(bar.get_by_role("heading", level=1)).to_have_text("它们学到了什么")
    until(page, "location.search.includes('task=counting') && location.search.includes('lang=zh')")
    bar.get_by_role("radio", name="English").click()
    expect(bar.get_by_role("heading", level=1)).to_have_text("What they learnt")
    until(page, "location.search === '?task=counting'")


def test_the_typeface_comes_with_the_app(server, page):
    page.goto(f"{server.url}/scores")
    settled(page)
    loaded = "(font) => font.family.includes('Inter') && font.status === 'loaded'"
    until(page, f"[...document.fonts].some({loaded})")
