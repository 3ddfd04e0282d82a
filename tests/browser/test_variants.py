"""The page of switches: what changes on the screen when one is flipped."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_viz.network import load
from tests.browser.pages import settled, stopped
from tests.serving import Server


@pytest.fixture
def page_at(server: Server, page: Page) -> Callable[[str], Page]:
    def at(address: str) -> Page:
        page.goto(f"{server.url}/variants{address}")
        settled(page)
        expect(page.locator(".pair-side.right .equation").first).to_be_visible()
        return page

    return at


def test_a_switch_edits_its_line_and_nothing_else(page_at):
    page = page_at("?switch=both")
    expect(page.locator(".pair-side.right .equation.changed")).to_have_count(0)
    page.get_by_text("Peepholes", exact=True).click()
    changed = page.locator(".pair-side.right .equation.changed")
    expect(changed).to_have_count(3)
    expect(page.locator(".pair-side.left .equation.changed")).to_have_count(3)
    expect(page.get_by_text("4H(D + H + 1) + 3H", exact=False).first).to_be_visible()
    expect(page.get_by_text(re.compile("new and untrained: p_f, p_i, p_o"))).to_be_visible()
    page.wait_for_function("location.search.includes('switch=both.peepholes')")


def test_a_link_opens_its_setting_and_both_runs_stand_at_one_step(page_at):
    page = page_at("?switch=f-open.output_tanh&task=counting&t=4")
    expect(page.locator(".pair-side.right .equation.changed")).to_have_count(2)
    for side in ("left", "right"):
        expect(page.locator(f".pair-side.{side} .equations-where")).to_contain_text("t = 4")
    page.keyboard.press("ArrowRight")
    for side in ("left", "right"):
        expect(page.locator(f".pair-side.{side} .equations-where")).to_contain_text("t = 5")


def test_the_two_sides_show_what_the_two_networks_compute(page_at):
    page = page_at("?switch=f-open&task=counting&t=3&unit=1")
    network = load("counting", "lstm")
    sequence = next(iter(network.task.examples.values()))
    value = network.read(sequence)[0].c[2, 0, 1]
    shown = page.locator('.pair-side.left .equation-value[data-key="c"]').inner_text()
    assert float(shown.replace("−", "-")) == pytest.approx(value, abs=6e-4)
    expect(page.locator('.pair-side.right .equation-value[data-key="f"]')).to_have_text("1.000")


def test_a_cell_with_weights_of_its_own_can_be_compared_as_well(page_at):
    page = page_at("?switch=gru&task=counting")
    expect(page.get_by_text(re.compile("None of its weights is trained|Edited"))).to_be_visible()
    page.get_by_text("its own, trained").click()
    expect(page.get_by_text("This is the trained network as it is shipped.")).to_be_visible()


def test_the_notation_of_pytorch_names_its_rows(page_at):
    page = page_at("?switch=both&task=counting")
    page.get_by_text("PyTorch", exact=True).click()
    expect(page.get_by_text("rows 6–11 of weight_ih_l0, weight_hh_l0")).to_be_visible()


def test_a_variant_can_be_trained_beside_the_lstm(page_at):
    page = page_at("?switch=gru&task=counting")
    page.get_by_role("button", name="Train it from the start, beside the LSTM").click()
    page.wait_for_url("**/train?*runs=*")
    cells = page.get_by_test_id("stMultiSelect")
    expect(cells).to_contain_text("LSTM")
    expect(cells).to_contain_text("GRU")
    stopped(page)
