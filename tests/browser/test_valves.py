"""The page of valves, as a student turns them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import settled
from tests.serving import Server


@pytest.fixture
def valves(server: Server, visit: Callable[..., Page]) -> Page:
    page = visit(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.goto(f"{server.url}/valves")
    return settled(page)


def level(page: Page) -> float:
    text = page.locator(".valves").first.get_attribute("data-memory")
    assert text is not None
    return float(text.replace("−", "-"))


def slider(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name).first


def test_with_all_gates_open_the_memory_counts(valves):
    valves.get_by_role("button", name="add", exact=True).click()
    slider(valves, "candidate").press("End")
    step = valves.get_by_role("button", name="One step").first
    for count in (1, 2, 3):
        step.click()
        assert level(valves) == count
    expect(
        valves.get_by_text("cₜ = fₜ · cₜ₋₁ + iₜ · c̃ₜ = 1.00 · 3.00 + 1.00 · 1.00 = 4.00")
    ).to_be_visible()


def test_each_row_of_the_table_does_what_it_says(valves):
    slider(valves, "candidate").press("End")
    step = valves.get_by_role("button", name="One step").first
    for row, after in (("overwrite", 1), ("add", 2), ("keep", 2), ("erase", 0)):
        button = valves.get_by_role("button", name=row, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        step.click()
        assert level(valves) == after


def test_hiding_shows_nothing_and_touches_nothing(valves):
    valves.get_by_role("button", name="add", exact=True).click()
    valves.get_by_role("button", name="hide", exact=True).click()
    step = valves.get_by_role("button", name="One step").first
    step.click()
    step.click()
    assert level(valves) == pytest.approx(1.6)
    expect(valves.get_by_text("hₜ = oₜ · tanh(cₜ) = 0.00 · tanh(2.40) = 0.00")).to_be_visible()


def test_a_step_glides_without_asking_the_server(server, page):
    page.goto(f"{server.url}/valves")
    settled(page)
    asked: list[str] = []
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Empty the memory").first.click()  # it was running
    page.get_by_role("button", name="One step").first.click()
    expect(page.locator(".valves").first).to_have_attribute("data-memory", re.compile(r"^0\.40*$"))
    page.wait_for_timeout(500)
    assert level(page) == pytest.approx(0.4)
    assert [url for url in asked if "/static/fonts/" not in url] == []


def test_the_unit_with_weights_keeps_what_it_read_until_it_reads_minus_one(valves):
    unit = valves.locator(".valves").nth(1)
    step = unit.get_by_role("button", name="One step")
    read = unit.get_by_role("slider", name="input")

    def memory() -> float:
        return float((unit.get_attribute("data-memory") or "").replace("−", "-"))

    step.click(click_count=3)
    held = memory()
    assert held > 1
    read.fill("0")
    step.click(click_count=3)
    assert memory() > 0.9 * held
    read.fill("-1")
    step.click(click_count=2)
    assert abs(memory()) < 0.1 * held


def test_it_runs_from_the_beginning_until_it_is_stepped(server, page):
    page.goto(f"{server.url}/valves")
    settled(page)
    unit = page.locator(".valves").first
    expect(unit).to_have_attribute("data-memory", re.compile(r"^[1-4]\."))
    unit.get_by_role("button", name="Pause").click()
    expect(unit.get_by_role("button", name="Keep going")).to_be_visible()


def test_on_a_phone_the_tank_is_in_view_with_the_button_that_changes_it(server, visit):
    page = visit(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page.goto(f"{server.url}/valves")
    settled(page)
    for part in (page.locator(".valves-picture"), page.get_by_role("button", name="One step")):
        expect(part.first).to_be_in_viewport(ratio=1)
