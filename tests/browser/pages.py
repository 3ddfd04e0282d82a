"""How a test looks at a page: wait until it stands still, measure it."""

import contextlib
import time

from playwright.sync_api import Page, TimeoutError, expect

SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def settled(page: Page, seconds: float = 60) -> Page:
    """The page, after its script has run to the end without an exception."""
    page.wait_for_selector(SETTLED, state="attached", timeout=seconds * 1000)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    return page


def stopped(page: Page) -> Page:
    """The page of training when no worker is busy for it any more, Stop pressed if need be."""
    ours = page.get_by_test_id("stMainBlockContainer")  # the header has a "Stop" of Streamlit's
    stop, rewind = (ours.get_by_role("button", name=name) for name in ("Stop", "Rewind"))
    expect(stop.or_(rewind).first).to_be_visible()
    if stop.is_visible():
        with contextlib.suppress(TimeoutError):  # it was over in that moment
            stop.click(timeout=10_000)
    expect(rewind).to_be_visible()
    return page


def until(page: Page, expression: str, arg: object = None, seconds: float = 90) -> None:
    """Waits until the expression, or the function of ``arg``, is true on the page.

    Playwright's own waiting evaluates text inside the page, which the page's policy forbids.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(expression, arg):
        if time.monotonic() > end:
            raise TimeoutError(f"{expression} with {arg!r} is not so after {seconds} s")
        page.wait_for_timeout(50)


PIXELS = """() => Math.max(...[document.documentElement,
                             ...document.querySelectorAll('[data-testid="stMain"]')]
                 .map(box => box.scrollWidth - box.clientWidth))"""


def pixels_scrolled_off(page: Page) -> int:
    """How many pixels the page is wider than its window, once it has found its place in it."""
    with contextlib.suppress(TimeoutError):
        until(page, f"({PIXELS})() === 0", seconds=20)
    return page.evaluate(PIXELS)
