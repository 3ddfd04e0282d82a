"""Fixtures for tests in a real browser: `server`, `browser`, `page`, and `visit` for more pages.

Whatever a test does, its pages must ask no other host for anything, log no error and throw none.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Route,
    expect,
    sync_playwright,
)

from tests.browser.chromium import find
from tests.serving import Server, streamlit_server

HERE = Path(__file__).parent
OWN_HOSTS = {"127.0.0.1", "localhost"}

PATIENCE = 90_000  # milliseconds: two browsers share two cores
expect.set_options(timeout=PATIENCE)

# Opened at /stage, Streamlit's own script first asks whether the app lives below /stage.
PROBED_BY_STREAMLIT = re.compile(r"//[^/]+/.+/_stcore/(health|host-config)$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine may be late once, and the report says RERUN; never twice."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One running app for all tests of this session."""
    with streamlit_server() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A function that opens an empty page in a browser profile of its own.

    Its arguments are those of Playwright's `new_context`, as in
    `visit(color_scheme="dark", viewport={"width": 390, "height": 844})`.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note_error(message: ConsoleMessage) -> None:
        probing = PROBED_BY_STREAMLIT.search(message.location["url"])
        if message.type == "error" and not probing:
            complaints.append(f"console: {message.text} ({message.location['url']})")

    def new_page(**settings: Any) -> Page:
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)

        def only_own_hosts(route: Route) -> None:
            if urlsplit(route.request.url).hostname in OWN_HOSTS:
                route.continue_()
            else:
                complaints.append(f"asked another host: {route.request.url}")
                route.abort()

        context.route(lambda url: urlsplit(url).scheme in ("http", "https"), only_own_hosts)
        page = context.new_page()
        page.on("console", note_error)
        page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """An empty page, 1280 pixels wide, in light colours."""
    return visit(viewport={"width": 1280, "height": 800}, color_scheme="light")
