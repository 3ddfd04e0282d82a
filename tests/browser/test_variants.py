"""The page of switches: what changes on the screen when one is flipped."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lstm_viz.cells import CELLS
from lstm_viz.networks.edited_cell import edited, network_for
from lstm_viz.networks.network import load
from lstm_viz.tasks import TASKS
from lstm_viz.ui.variants.switches import ONE_FLIPPED, cell_of_setting, telling_switch
from tests.browser.pages import settled, stopped, until
from tests.serving import Server


@pytest.fixture
def page_at(server: Server, page: Page) -> Callable[[str], Page]:
    def at(address: str) -> Page:
        page.goto(f"{server.url}/variants{address}")
        settled(page)
        expect(page.locator(".pair-side.right .equation").first).to_be_visible()
        return page

    return at


def flip(page: Page, name: str) -> None:
    """One of the switches, which fold away."""
    drawer = page.get_by_role("button", name="Switches")
    if drawer.get_attribute("aria-expanded") != "true":
        drawer.click()
    page.get_by_text(name, exact=True).click()


def test_it_opens_on_the_switch_after_which_an_answer_is_wrong_most_surely(page_at):
    page = page_at("")
    task, sequence = TASKS["subject"], next(iter(TASKS["subject"].examples.values()))
    base = network_for(task, CELLS["lstm"]).network
    before = base.predictions(base.read(sequence))[:, 0]
    wrong = {}
    for setting in ONE_FLIPPED:
        network = edited(base, cell_of_setting(setting)).network
        after = network.predictions(network.read(sequence))[:, 0]
        told = zip(task.right(sequence, before), task.right(sequence, after), strict=True)
        steps = [t for t, (was, now) in enumerate(told) if was and now is False]
        wrong[setting] = max((float(after[t].max()) for t in steps), default=0.0)
    assert max(wrong, key=wrong.__getitem__) == telling_switch("subject", sequence)
    column = page.locator(".token[aria-current]")
    expect(column.locator(".prediction:not(.other)")).to_contain_text("✓")
    expect(column.locator(".prediction.other")).to_contain_text("✗")
    assert "switch" not in page.url


def test_a_switch_edits_its_line_and_nothing_else(page_at):
    page = page_at("?switch=both")
    expect(page.locator(".pair-side.right .equation.changed")).to_have_count(0)
    flip(page, "Peepholes")
    changed = page.locator(".pair-side.right .equation.changed")
    expect(changed).to_have_count(3)
    expect(page.locator(".pair-side.left .equation.changed")).to_have_count(3)
    expect(page.get_by_text("4H(D + H + 1) + 3H", exact=False).first).to_be_visible()
    expect(page.get_by_text(re.compile("new and untrained: p_f, p_i, p_o"))).to_be_visible()
    until(page, "location.search.includes('switch=both.peepholes')")


def test_a_new_peephole_changes_nothing_until_it_is_trained_or_set_at_random(page_at):
    page = page_at("?switch=both.peepholes&task=counting&t=6&unit=0")
    expect(page.get_by_text("start at 0: what is added changes nothing")).to_be_visible()
    left, right = (
        page.locator(f'.pair-side.{side} .equation-value[data-key="c"]')
        for side in ("left", "right")
    )
    before = left.inner_text()
    expect(right).to_have_text(before)
    page.get_by_role("button", name="More …").click()
    page.get_by_text("edited, new ones at random").click()
    expect(right).not_to_have_text(before)
    expect(left).to_have_text(before)


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
    expect(page.get_by_text("This is the trained network as it is shipped.")).to_be_visible()
    page.get_by_role("button", name="More …").click()
    page.get_by_text("untrained: none of the LSTM’s fits").click()
    expect(page.get_by_text("None of its weights is trained")).to_be_visible()


def test_the_notation_of_pytorch_names_its_rows(page_at):
    page = page_at("?switch=both&task=counting")
    page.get_by_role("button", name="More …").click()
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


def test_an_edited_network_is_trained_on_from_where_it_is(page_at):
    page = page_at("?switch=both.peepholes&task=counting")
    page.get_by_role("button", name="Train on from here").click()
    page.wait_for_url("**/train?*start=trained*runs=*")
    said = page.get_by_text("It started from the weights of the trained LSTM")
    expect(said).to_contain_text("12 of 15 kept, new and untrained: p_f, p_i, p_o", timeout=90_000)
    # The trained LSTM counts further than is examined here, peepholes of random numbers or not.
    expect(said).to_contain_text("Before the first step: counts to 40")
    stopped(page)


# The markup of everything in a drawing, without what it contains.
MARKUP = "(nodes) => nodes.map((node) => node.outerHTML.split('>')[0])"
SCENE = ".pair-side.right .scene *:not(style)"
# Stops every animation at its first frame, and counts them.
STOP = """() => {
    const begin = Element.prototype.animate;
    window.begun = 0;
    Element.prototype.animate = function (...frames) {
        const animation = begin.apply(this, frames);
        animation.pause();
        window.begun++;
        return animation;
    };
}"""
BOX = '.pair-side.right .node[data-id="o"]'


def test_a_part_that_both_drawings_have_sets_out_from_where_it_was(page_at):
    page = page_at("?switch=both")
    frame, box = page.locator(".pair-side.right svg.drawing"), page.locator(BOX)
    old = [found.bounding_box() for found in (frame, box)]
    page.evaluate(STOP)
    flip(page, "Peepholes")
    expect(page.locator(".pair-side.right .wire.peephole").first).to_be_attached()
    until(page, "window.begun > 0")
    new = [found.bounding_box() for found in (frame, box)]
    assert all(old)
    assert all(new)
    for side in "xy":
        assert new[1][side] - new[0][side] == pytest.approx(old[1][side] - old[0][side], abs=1.5)
    assert new[1]["width"] == pytest.approx(old[1]["width"], abs=1.5)


def test_however_quickly_one_toggles_the_drawing_is_that_of_the_setting(page_at):
    page = page_at("?switch=both&task=counting")
    for name in ("Peepholes", "Output gate", "Peepholes", "Gates read gates", "Output’s tanh"):
        flip(page, name)
    until(page, "location.search.includes('switch=both.output.output_tanh.recurrence')")
    shown = page.locator('.pair-side.right .equation[data-signal="h"]')
    expect(shown).not_to_contain_text("tanh")  # the last choice of all
    expect(page.locator(".pair-side.right .scene .gone")).to_have_count(0)
    drawn = page.locator(SCENE).evaluate_all(MARKUP)
    page.reload()
    settled(page)
    expect(page.locator(".pair-side.right .strand").first).to_be_attached()
    assert drawn == page.locator(SCENE).evaluate_all(MARKUP)


def test_who_asked_for_no_movement_sees_none(visit, server):
    page = visit(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page.goto(f"{server.url}/variants?switch=both&task=counting")
    settled(page)
    expect(page.locator(".pair-side.right .equation").first).to_be_visible()
    page.evaluate(STOP)
    flip(page, "Peepholes")
    expect(page.locator(".pair-side.right .wire.peephole").first).to_be_attached()
    expect(page.locator(".pair-side.right .equation.changed")).to_have_count(3)
    assert page.evaluate("window.begun") == 0


def test_the_notation_rewrites_both_sides(page_at):
    page = page_at("")
    candidate = page.locator('.pair-side.right .equation[data-signal="c_tilde"]')
    expect(candidate).to_be_visible()
    expect(candidate).not_to_contain_text("g")
    page.get_by_role("button", name="More …").click()
    page.get_by_role("radiogroup", name="Notation").get_by_text("PyTorch", exact=True).click()
    expect(candidate).to_contain_text("g")
    expect(page.locator('.pair-side.left .equation[data-signal="c_tilde"]')).to_contain_text("g")
    expect(page.get_by_text("stacked as PyTorch stores them")).to_be_visible()
