"""A gate is held by dragging on its strip, and both runs stay in view."""

import pytest
from playwright.sync_api import Locator, Page, expect

from lstm_viz.networks.held import Span, read_held
from lstm_viz.networks.network import load
from lstm_viz.ui.two_runs import other_answer
from lstm_viz.words.example import example
from tests.browser.pages import settled, until
from tests.serving import Server


@pytest.fixture
def what_if(server: Server, page: Page) -> Page:
    page.goto(f"{server.url}/what_if?task=subject&cell=lstm&sequence=1&hold=")
    settled(page)
    expect(page.locator(".pair-side.right .equation").first).to_be_visible()
    return page


def drag(page: Page, strip: Locator, steps: int, first: int, last: int) -> None:
    """From the middle of one step to the middle of another, both counted from 1."""
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * (first - 0.5) / steps, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * (last - 0.5) / steps, middle, steps=6)
    page.mouse.up()


def test_dragging_on_a_strip_holds_its_gate_and_everything_after_follows(what_if):
    network = load("subject", "lstm")
    sequence = next(iter(network.task.examples.values()))
    expect(what_if.get_by_text("Nothing is held yet")).to_be_visible()
    strip = what_if.locator('.pair-side.right .strip[data-key="f"] canvas')
    drag(what_if, strip, len(sequence), 14, 17)
    expect(what_if.get_by_text("Held: fₜ of all units = 0 at 14–17.")).to_be_visible()
    expect(what_if.locator(".held-span:not(.drawing-span)")).to_have_count(1)
    until(what_if, "location.search.includes('hold=f')")

    held = read_held(network, network.inputs(sequence), [Span("f", 13, 16, 0)])
    step = int(what_if.locator(".stage.pair").get_attribute("data-step") or 0) - 1
    unit = int(what_if.locator(".stage.pair").get_attribute("data-unit") or 0)
    shown = what_if.locator('.pair-side.right .equation-value[data-key="c"]').inner_text()
    assert float(shown.replace("−", "-")) == pytest.approx(held[0].c[step, 0, unit], abs=6e-4)


def test_an_address_reproduces_an_intervention_and_undo_takes_it_back(server, page):
    page.goto(f"{server.url}/what_if?task=subject&cell=lstm&sequence=1&hold=f:14-17=0&t=15")
    settled(page)
    expect(page.get_by_text("Held: fₜ of all units = 0 at 14–17.")).to_be_visible()
    value = page.locator('.pair-side.right .equation-value[data-key="f"]')
    expect(value).to_have_text("0.000")
    expect(page.locator('.pair-side.right .equation[data-signal="f"]')).to_have_attribute(
        "data-held", "held by hand"
    )
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("Nothing is held yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Held: fₜ of all units = 0 at 14–17.")).to_be_visible()


def test_a_corner_button_sets_both_gates(what_if):
    what_if.get_by_role("button", name="Hold …").click()
    what_if.get_by_role("button", name="erase: fₜ = 0, iₜ = 0").click()
    both = "Held: fₜ of all units = 0 at 14, iₜ of all units = 0 at 14."
    expect(what_if.get_by_text(both)).to_be_visible()
    expect(what_if.locator(".held-span:not(.drawing-span)")).to_have_count(2)
    network = load("subject", "lstm")
    sequence = next(iter(network.task.examples.values()))
    erased = read_held(
        network, network.inputs(sequence), [Span("f", 13, 13, 0), Span("i", 13, 13, 0)]
    )
    before, after = (network.predictions(run)[:, 0] for run in (network.read(sequence), erased))
    effect = other_answer(network.task, sequence, before, after)
    assert effect is not None
    expect(what_if.locator(".stage.pair")).to_have_attribute("data-step", str(effect.step + 1))


def test_the_buttons_of_a_gru_speak_of_its_own_gates_and_say_what_it_cannot(server, page):
    page.goto(f"{server.url}/what_if?task=subject&cell=gru&sequence=1&hold=")
    settled(page)
    page.get_by_role("button", name="Hold …").click()
    expect(page.get_by_role("button", name="erase: not here")).to_be_disabled()
    expect(page.get_by_text("always add up to 1").first).to_be_visible()
    page.get_by_role("button", name="keep: zₜ = 1").click()
    expect(page.get_by_text("it now expects “she” instead of “he”")).to_be_visible()


def test_it_opens_where_what_is_kept_brings_the_wrong_pronoun(server, page):
    network = load("subject", "lstm")
    sequence = next(iter(network.task.examples.values()))
    found = example(network, sequence, 0)
    assert found is not None
    assert found.answer is not None
    assert (found.row, sequence[found.spans[0].last]) == ("keep", "Tom")
    page.goto(f"{server.url}/what_if")
    settled(page)
    step = found.answer[0] + 1
    expect(page.locator(".stage.pair")).to_have_attribute("data-step", str(step))
    column = page.locator(".token[aria-current]")
    expect(column).to_contain_text("because")
    expect(column.locator(".prediction:not(.other)")).to_contain_text("✓he")
    expect(column.locator(".prediction.other")).to_contain_text("✗she")
    assert "hold" not in page.url
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("Nothing is held yet")).to_be_visible()
    until(page, "location.search.includes('hold=')")


def test_an_example_is_one_press_away_and_brings_the_wrong_pronoun(what_if):
    what_if.get_by_role("button", name="For example, keep at “Tom” in unit 3").click()
    expect(what_if.get_by_text("it now expects “she” instead of “he”")).to_be_visible()
    what_if.get_by_role("button", name="Undo").click()
    expect(what_if.get_by_text("Nothing is held yet")).to_be_visible()


def test_the_first_choice_on_a_page_without_an_address_counts_and_so_does_the_next(server, page):
    page.goto(f"{server.url}/what_if")
    settled(page)
    choose(page, "Cell", "GRU")
    until(page, "location.search.includes('cell=gru')")
    choose(page, "Sequence", "Three subjects")
    until(page, "location.search.includes('sequence=3')")
    choose(page, "Cell", "Plain RNN")
    until(page, "location.search.includes('cell=rnn')")
    assert "sequence=3" in page.url


def choose(page: Page, control: str, option: str) -> None:
    page.get_by_role("combobox", name=control).click()
    page.get_by_role("option", name=option, exact=True).click()
