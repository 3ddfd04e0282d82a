"""One cell becomes a network: rounds, both views, and an answer that only the way back gives."""

import re

import pytest
from playwright.sync_api import Page, expect

from lstm_viz.networks.network import load_stack
from lstm_viz.tasks.someone import TASK, said
from tests.browser.pages import pixels_scrolled_off, settled
from tests.serving import Server

WORDS = next(iter(TASK.examples.values()))
T = len(WORDS)


@pytest.fixture
def layers(server: Server, page: Page) -> Page:
    page.goto(f"{server.url}/layers?sequence=1")
    expect(page.locator(".stack-cell.there")).to_have_count(2 * T)
    return settled(page)


def test_it_opens_computed_and_a_round_computes_one_cell_a_direction(layers):
    layers.keyboard.press("Home")
    expect(layers.locator(".stack-cell.there")).to_have_count(2)
    layers.keyboard.press("ArrowRight")
    expect(layers.locator(".stack-cell.there")).to_have_count(4)
    expect(layers.locator(".stack-cell.now")).to_have_count(2)
    layers.wait_for_url(re.compile(r"[?&]t=2(&|$)"))


def test_the_answer_is_the_networks_and_follows_the_pronoun(layers):
    network = load_stack(TASK.name, "lstm", 1, True)
    answer = layers.locator(".stack-answer").first
    odds = network.predictions(network.read(WORDS))[0, 0]
    expect(answer).to_have_text(f"{said(odds)} ✓")
    layers.get_by_text("she ↔ he").click()
    expect(answer).to_have_text("he ✓")
    expect(layers.locator(".stack-token").nth(9)).to_have_text("he")


def test_forwards_it_cannot_know(layers):
    layers.get_by_role("radiogroup", name="Reads").get_by_text("forward", exact=True).click()
    expect(layers.locator(".stack-cell")).to_have_count(T)
    sentence = layers.locator(".stack-depends")
    expect(sentence).to_contain_text("cannot depend on anything that comes later")
    layers.wait_for_url(re.compile("both=0"))
    layers.reload()
    expect(layers.locator(".stack-cell")).to_have_count(T)


def test_looped_each_row_is_drawn_once(layers):
    layers.get_by_role("button", name="looped").click()
    expect(layers.locator(".stack-cell")).to_have_count(2)
    layers.get_by_role("button", name="unrolled").click()
    expect(layers.locator(".stack-cell")).to_have_count(2 * T)


def test_torch_agrees(layers):
    badge = layers.get_by_text(re.compile(r"NumPy − torch\| = \de[−-]\d+")).first
    expect(badge).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_two_layers_in_both_directions_fit_the_window(width, server, visit):
    page = visit(viewport={"width": width, "height": 900}, color_scheme="dark")
    page.goto(f"{server.url}/layers?layers=2&sequence=2")
    expect(page.locator(".stack-cell").first).to_be_visible()
    settled(page)
    assert pixels_scrolled_off(page) == 0
