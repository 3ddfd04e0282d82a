"""How a test looks at the stage, and moves on it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import FloatRect, Locator, Page, expect

from tests.browser.pages import settled, until

MINUS = "−"


@dataclass(frozen=True)
class Stage:
    page: Page

    @property
    def root(self) -> Locator:
        return self.page.locator(".stage")

    @property
    def drawn(self) -> Locator:
        """The stage, once it shows a step: until then whoever asks it waits."""
        return self.page.locator(".stage[data-step]")

    def find(self, selector: str) -> Locator:
        return self.root.locator(selector)

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name)

    @property
    def step(self) -> int:
        """The step on the screen, counted from 1."""
        return int(self.drawn.get_attribute("data-step") or 0)

    @property
    def unit(self) -> int:
        return int(self.drawn.get_attribute("data-unit") or 0)

    @property
    def steps(self) -> int:
        return int(self.find(".scrubber").get_attribute("max") or 0)

    def at(self, step: int) -> None:
        """Waits until this step is on the screen."""
        expect(self.root).to_have_attribute("data-step", str(step))

    def go(self, step: int) -> None:
        """To a step, by keys alone."""
        self.page.keyboard.press("Home")
        for _ in range(step - 1):
            self.page.keyboard.press("ArrowRight")
        self.at(step)

    def choose(self, unit: int) -> None:
        self.find(".unit-select").select_option(str(unit))
        expect(self.root).to_have_attribute("data-unit", str(unit))
        self.page.evaluate("document.activeElement?.shadowRoot?.activeElement?.blur()")

    @property
    def address(self) -> dict[str, str]:
        query = parse_qs(urlsplit(self.page.url).query, keep_blank_values=True)
        return {name: values[-1] for name, values in query.items()}

    def says(self, name: str, value: object) -> None:
        """Waits until the address bar says this."""
        until(
            self.page,
            "([name, value]) => new URL(location.href).searchParams.get(name) === value",
            arg=[name, str(value)],
        )

    def value(self, signal: str) -> float:
        """The number beside the equation of a signal."""
        return number(self.find(f'[data-part="value"][data-key="{signal}"]').inner_text())


def box(part: Locator) -> FloatRect:
    """Where a part is on the screen, in pixels."""
    found = part.bounding_box()
    assert found is not None, f"{part} is not on the screen"
    return found


def open_stage(page: Page, url: str, **address: object) -> Stage:
    """The stage at an address, when it stands."""
    page.goto(f"{url}/stage?{urlencode(address)}")
    settled(page)
    stage = Stage(page)
    expect(stage.find(".board")).to_be_visible()
    expect(stage.find(".strand").first).to_be_attached()
    return stage


def number(text: str) -> float:
    """A number as the stage writes it."""
    return float(text.strip().strip("()").replace(MINUS, "-"))
