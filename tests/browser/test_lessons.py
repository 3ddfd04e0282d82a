"""A lesson, taken as a student would."""

import re

from playwright.sync_api import expect

from tests.browser.pages import settled, until


def press_word(page, word):
    """Presses a word of the glossary where it stands on the page."""
    marked = "[...(CSS.highlights.get('explained') ?? [])]"
    until(page, f"(word) => {marked}.some((range) => String(range) === word)", word)
    x, y = page.evaluate(
        f"""word => {{
          const range = {marked}.find((range) => String(range) === word);
          range.startContainer.parentElement.scrollIntoView({{ block: "center" }});
          const {{ left, top, width, height }} = range.getBoundingClientRect();
          return [left + width / 2, top + height / 2];
        }}""",
        word,
    )
    page.mouse.click(x, y)


def test_a_lesson_is_finished_by_doing(server, page):
    page.goto(f"{server.url}/lessons?lesson=subject.1")
    settled(page)
    panel = page.locator(".lesson")
    expect(panel.get_by_role("heading", name="The subject changes")).to_be_visible()
    panel.get_by_role("button", name="“quiet”").click()
    expect(panel.get_by_text("At “quiet” |Δc| of unit 3 is 0.00.")).to_be_visible()
    panel.get_by_role("button", name="“Tom”").click()
    expect(panel).to_have_attribute("data-done", "true")
    panel.get_by_role("link", name="Next").click()
    expect(panel.get_by_text("step 2 of 5")).to_be_visible()
    expect(panel).to_have_attribute("data-done", "false")
    until(page, "location.search.includes('t=1&') || location.search.endsWith('t=1')")
    words = page.locator(".words")
    press_word(page, "Unit")  # of the caption, in a view's own tree; its text stays as it was
    expect(words.get_by_role("note")).to_contain_text("a memory and gates of its own")
    page.keyboard.press("Escape")
    expect(words.get_by_role("note")).to_be_hidden()
    words.get_by_role("button", name="⊙").press("Enter")  # of a formula, and by keys
    expect(words.get_by_role("note")).to_contain_text("Multiply unit by unit")
    page.keyboard.press("Escape")
    expect(words.get_by_role("button", name="⊙")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    for _ in range(13):
        page.keyboard.press("ArrowRight")
    expect(panel.get_by_text("At “Tom” f = 0.08")).to_be_visible()
    panel.get_by_role("link", name="Next").click()
    guess = page.locator(".token[aria-current] .prediction").first
    expect(guess).to_be_hidden()  # what is asked is not shown beside the question
    panel.get_by_role("button", name="“he”").click()
    expect(guess).to_be_visible()
    panel.get_by_role("link", name="Next").click()
    panel.get_by_role("button", name="Show me").click()
    panel.get_by_role("link", name="Next").click()
    expect(page).to_have_title("What if?")
    expect(panel).to_have_attribute("data-done", "false")
    page.get_by_role("button", name=re.compile("^For example")).click()
    expect(panel.get_by_text("first guesses are other words now")).to_be_visible()
    panel.get_by_role("link", name="Finish").click()
    expect(page).to_have_title("Lessons")
    expect(panel).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("The subject changes.*done"))).to_be_visible()
