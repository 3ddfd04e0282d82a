"""What of a page cannot be read, or not be pressed: its texts as they are seen, on their ground.

The colour of a text is asked of the page; what lies behind it is seen on a picture of the page
without its letters, so that curves, canvases and drawings count as they are.
"""

import io
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page

MEASURES = (Path(__file__).parent / "legible.js").read_text(encoding="utf-8")
LEAST, LEAST_ON_WIDE, WIDE = 12, 14, 1700  # pixels of type; and from which width the second
CONTRAST = 4.5  # WCAG 2, level AA
FINGER = 40  # pixels
HIDDEN = """(hidden) => {
  const roots = (root) => [root, ...[...root.querySelectorAll('*')]
    .flatMap((node) => (node.shadowRoot ? roots(node.shadowRoot) : []))];
  for (const root of roots(document)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`*, *::before, *::after {
      color: transparent !important; -webkit-text-fill-color: transparent !important;
      transition: none !important }
      text, tspan { fill: transparent !important; stroke: transparent !important }`);
    root.unhidden ??= root.adoptedStyleSheets;
    root.adoptedStyleSheets = hidden ? [...root.unhidden, sheet] : root.unhidden;
  }
}"""
WHOLE = "() => document.querySelector('[data-testid=stMain]').scrollHeight"


@dataclass(frozen=True)
class Looks:
    """What was found on a page in a window so wide."""

    page: Page
    width: int
    texts: list[dict[str, Any]]
    targets: list[dict[str, Any]]

    def too_small(self) -> list[str]:
        """Texts below the least size."""
        least = LEAST_ON_WIDE if self.width >= WIDE else LEAST
        return [f"{t['text']}: {t['size']:.1f}" for t in self.texts if t["size"] < least - 0.05]

    def cut_off(self) -> list[str]:
        """Texts that are cut at a side, and by what."""
        return [f"{t['text']}: by {t['cut']}" for t in self.texts if t["cut"]]

    def hard_to_press(self) -> list[str]:
        """What is less high or wide than a finger needs."""
        small = (t for t in self.targets if min(t["width"], t["height"]) < FINGER - 0.5)
        return [f"{t['name']}: {t['width']:.0f} x {t['height']:.0f}" for t in small]

    def faint(self) -> list[str]:
        """Texts that hardly stand out from what lies behind most of them; not what is disabled."""
        found = []
        for text in self.texts:
            left, top, wide, high = text["box"]
            rows = slice(max(int(top), 0), int(top + high) + 1)
            behind = self._ground[rows, max(int(left), 0) : int(left + wide) + 1].reshape(-1, 3)
            if text["isDisabled"] or not len(behind):
                continue
            colours, counts = np.unique(behind, axis=0, return_counts=True)
            ground = colours[counts.argmax()]
            seen = ground + (np.array(text["colour"]) - ground) * text["alpha"]
            ratio = contrast(seen, ground)
            if ratio < CONTRAST:
                found.append(f"{text['text']}: {ratio:.2f}")
        return found

    @cached_property
    def _ground(self) -> np.ndarray:
        self.page.evaluate(HIDDEN, True)
        picture = self.page.screenshot(animations="disabled")
        self.page.evaluate(HIDDEN, False)
        return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


def looks(page: Page) -> Looks:
    """The whole page, in a window that is high enough for all of it."""
    viewport = page.viewport_size
    assert viewport is not None
    width = viewport["width"]
    page.set_viewport_size({"width": width, "height": max(900, page.evaluate(WHOLE))})
    page.mouse.move(0, 0)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    return Looks(page, width, **page.evaluate(MEASURES))


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """As WCAG 2 defines it, from 1 to 21, of sRGB from 0 to 255."""
    dim, bright = sorted(map(_luminance, (one, other)))
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: np.ndarray) -> float:
    share = np.asarray(colour, float) / 255
    light = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(light @ [0.2126, 0.7152, 0.0722])
