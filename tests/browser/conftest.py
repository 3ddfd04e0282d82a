"""Fixtures for tests in a real browser: `server`, `browser`, `page`, and `visit` for more pages.

Whatever a test does, its pages must ask no other host for anything, log no error and throw none.
"""

import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser.chromium import find
from tests.serving import Server, streamlit_server

HERE = Path(__file__).parent
OWN_HOSTS = {"127.0.0.1", "localhost"}
# Nobody else is found. To route each request through here would do as well, and would double what
# a page costs: what is routed is not cached.
NOBODY_ELSE = "MAP * ~NOTFOUND, " + ", ".join(f"EXCLUDE {host}" for host in sorted(OWN_HOSTS))

PATIENCE = 90_000  # milliseconds: two browsers share two cores
expect.set_options(timeout=PATIENCE)

MOST_IDLE = 3  # each holds some 100 MB

# What an open page can be told; all else is settled when its profile is made.
TOLD: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 720},
    "color_scheme": "light",
    "reduced_motion": "no-preference",
}
PASSED = pytest.StashKey[bool]()

# Opened at /stage, Streamlit's own script first asks whether the app lives below /stage.
PROBED_BY_STREAMLIT = re.compile(r"//[^/]+/.+/_stcore/(health|host-config)$")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A browser on a busy machine may be late once, and the report says RERUN; never twice.

    `--reruns 0` shows who is.
    """
    if config.getoption("reruns") is not None:
        return
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One running app for all tests of this session."""
    with streamlit_server() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=[f"--host-resolver-rules={NOBODY_ELSE}"]
        )
        yield chromium
        chromium.close()


class Profile:
    """One page in a browser profile of its own, and what that page has complained of."""

    def __init__(self, browser: Browser, settled: dict[str, Any]) -> None:
        self.settled = settled
        self.complaints: list[str] = []
        self.context = browser.new_context(**settled)
        self.context.set_default_timeout(PATIENCE)
        self.context.on("request", self._note_stranger)
        self.page = self.context.new_page()
        self.page.on("console", self._note_error)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))

    def _note_error(self, message: ConsoleMessage) -> None:
        probing = PROBED_BY_STREAMLIT.search(message.location["url"])
        if message.type == "error" and not probing:
            self.complaints.append(f"console: {message.text} ({message.location['url']})")

    def _note_stranger(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.scheme in ("http", "https") and asked.hostname not in OWN_HOSTS:
            self.complaints.append(f"asked another host: {request.url}")

    def told(self, viewport: ViewportSize, **media: Any) -> Page:
        """Its page, of this size and with these media features."""
        self.page.set_viewport_size(viewport)
        self.page.emulate_media(**media)
        return self.page

    def forget(self) -> bool:
        """Makes it a stranger to every site again; what cannot is closed, and that is False."""
        try:
            self.page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            self.page.goto("about:blank")
            self.page.mouse.move(-1, -1)  # nothing that opens next is hovered over
            self.context.clear_cookies()
        except Error:  # it shows a file, or nothing any more
            self.context.close()
            return False
        return True


@pytest.fixture(scope="session")
def idle(browser: Browser) -> Iterator[list[Profile]]:
    """Profiles between two tests, the longest idle one first.

    One that has opened the app before has its scripts compiled, which is two thirds of the time
    that a first page takes; nothing else is left of what it has seen.
    """
    profiles: list[Profile] = []
    yield profiles
    for profile in profiles:
        profile.context.close()


@pytest.fixture
def visit(
    browser: Browser, idle: list[Profile], request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
    """A function that opens an empty page in a browser profile of its own.

    Its arguments are those of Playwright's `new_context`, as in
    `visit(color_scheme="dark", viewport={"width": 390, "height": 844})`.
    """
    used: list[Profile] = []

    def new_page(**settings: Any) -> Page:
        settled = {name: settings[name] for name in settings if name not in TOLD}
        fitting = [profile for profile in idle if profile.settled == settled]
        if fitting:
            idle.remove(fitting[-1])
        used.append(fitting[-1] if fitting else Profile(browser, settled))
        return used[-1].told(**{name: settings.get(name, usual) for name, usual in TOLD.items()})

    yield new_page
    complaints = [complaint for profile in used for complaint in profile.complaints]
    good = request.node.stash.get(PASSED, False) and not complaints
    for profile in used:
        if not good:
            profile.context.close()
        elif profile.forget():
            idle.append(profile)
    while len(idle) > MOST_IDLE:
        idle.pop(0).context.close()
    assert complaints == []


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """An empty page, 1280 pixels wide, in light colours."""
    return visit(viewport={"width": 1280, "height": 800}, color_scheme="light")
