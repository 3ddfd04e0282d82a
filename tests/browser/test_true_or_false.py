"""A statement is decided on, and a run settles it."""

from playwright.sync_api import expect

from lstm_viz.words.myths import CARDS
from tests.browser.pages import settled


def test_nothing_is_given_away_before_one_has_decided(server, page):
    page.goto(f"{server.url}/true_or_false")
    settled(page)
    expect(page.get_by_text(CARDS[0].statement, exact=True).first).to_be_visible()
    expect(page.get_by_text("Run just now:")).to_have_count(0)


def test_a_decision_is_answered_with_the_numbers_of_a_run(server, page):
    page.goto(f"{server.url}/true_or_false")
    settled(page)
    page.get_by_text("True", exact=True).nth(0).click()
    expect(page.get_by_text("Not so. It is false.")).to_be_visible()
    expect(page.get_by_text("of the LSTM’s gradient is left, and its half-life is")).to_be_visible()
    expect(page.get_by_text(f"Decided: 1 of {len(CARDS)}, rightly: 0.")).to_be_visible()
    page.get_by_text("False", exact=True).nth(0).click()
    expect(page.get_by_text("Right. It is false.")).to_be_visible()


def test_one_card_at_a_time_and_the_address_goes_on_at_it(server, page):
    page.goto(f"{server.url}/true_or_false")
    settled(page)
    page.get_by_role("button", name="Next card").click()
    expect(page.get_by_role("heading", name=CARDS[1].statement)).to_be_visible()
    expect(page.get_by_role("heading", name=CARDS[0].statement)).to_have_count(0)
    page.get_by_text("True", exact=True).click()
    right = page.locator(".st-key-verdict-right")
    expect(right).to_contain_text("✓ Right.")
    page.reload()
    settled(page)
    expect(page.get_by_role("heading", name=CARDS[1].statement)).to_be_visible()
    expect(right).to_contain_text("✓ Right.")
    page.get_by_text("False", exact=True).click()
    wrong = page.locator(".st-key-verdict-wrong")
    expect(wrong).to_contain_text("✗ Not so.")
    assert wrong.evaluate("node => getComputedStyle(node).borderStyle") == "dashed"
