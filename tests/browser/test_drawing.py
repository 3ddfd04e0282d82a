"""The drawing in a real browser: what is seen is what was computed, and every part answers."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from lstm_viz.cells import CELLS
from lstm_viz.cells.roles import ROLES
from lstm_viz.colours import ACCENT, BORDER, LAYER, MUTED, NEGATIVE, PAGE, POSITIVE, SURFACE, TEXT
from lstm_viz.networks.network import load
from lstm_viz.run.run import run
from lstm_viz.run.weights import init_weights
from lstm_viz.stage.bundle import script
from lstm_viz.stage.scene import scene
from tests.browser.pages import until

COLOURS = {
    "background": PAGE.light,
    "surface": SURFACE.light,
    "text": TEXT.light,
    "muted": MUTED.light,
    "border": BORDER.light,
    "accent": ACCENT.light,
    "layer": LAYER.light,
    "positive": POSITIVE.light,
    "negative": NEGATIVE.light,
    "roles": {key: role.colour.light for key, role in ROLES.items()},
}
STEPS, UNITS, INPUTS, CHOSEN = 4, 6, 3, 2

PROGRAM = """
(() => {
  %(script)s
  const given = %(given)s;
  const svg = document.querySelector("svg");
  const heard = (window.heard = { hovered: [], picked: [] });
  const drawing = new $parts_drawing.Drawing(svg, given.scene, {
    colours: given.colours,
    scales: given.scales,
    onHover: (part) => heard.hovered.push(part && part.value),
    onPick: (unit) => heard.picked.push(unit),
  });
  const shown = Array.from({ length: given.units }, (_, unit) => unit);
  window.show = (step, more = {}) => {
    const valueAt = (key, unit) => given.values[key][step][unit] ?? NaN;
    const widthAt = (key) => given.values[key][step].length;
    drawing.update({ valueAt, widthAt, shown, unit: given.chosen, ...more });
  };
  window.drawing = drawing;
  window.show(0);
})();
"""


class Drawn:
    """A cell with random weights, drawn on a page."""

    def __init__(self, page: Page, name: str):
        self.page, self.cell = page, CELLS[name]
        weights = init_weights(self.cell, INPUTS, UNITS, seed=1)
        x = np.random.default_rng(2).normal(size=(STEPS, 1, INPUTS)) * 2
        self.trace = run(self.cell, weights, x)
        self.scene = scene(self.cell)
        keys = {part["value"] for part in [*self.scene["wires"], *self.scene["nodes"]]}
        self.values = {key: self.trace.value(key)[:, 0] for key in keys}
        gates = {name for name, (low, _) in self.cell.ranges.items() if low >= 0}
        self.scales = {key: {"kind": "signed", "limit": 2} for key in keys}
        self.scales |= {key: {"kind": "gate", "limit": 1} for key in keys & gates}
        given = {
            "scene": self.scene,
            "colours": COLOURS,
            "scales": self.scales,
            "values": {key: array.tolist() for key, array in self.values.items()},
            "units": UNITS,
            "chosen": CHOSEN,
        }
        page.set_content("<body style='margin: 0'><svg width='900'></svg></body>")
        page.evaluate(PROGRAM % {"script": script(), "given": json.dumps(given)})

    def strands(self) -> list[dict]:
        """What is seen of every strand, and the scale that its wire says it is drawn at."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(".strand")].map((strand) => ({
                key: strand.dataset.key, unit: Number(strand.dataset.unit),
                width: Number(strand.getAttribute("stroke-width")),
                colour: strand.getAttribute("stroke"),
                room: Number(strand.dataset.room),
                wire: { ...strand.closest(".wire").dataset },
            }))"""
        )


@pytest.fixture(params=["lstm", "gru"])
def drawn(request, page):
    return Drawn(page, request.param)


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])


def test_each_strand_is_as_wide_and_as_coloured_as_its_value(drawn):
    for step in (0, 3):
        drawn.page.evaluate("(step) => show(step)", step)
        strands = drawn.strands()
        assert {strand["key"] for strand in strands} == {w["value"] for w in drawn.scene["wires"]}
        for strand in strands:
            value = drawn.values[strand["key"]][step, strand["unit"]]
            strength = min(abs(value) / float(strand["wire"]["limit"]), 1)
            assert strand["width"] == pytest.approx(
                0.5 + (strand["room"] - 0.5) * strength, abs=0.01
            )
            full = POSITIVE.light if value > 0 else NEGATIVE.light
            if strand["wire"]["kind"] == "gate":
                full = ROLES[strand["wire"]["role"]].colour.light
            grey = np.round(rgb(PAGE.light) + (rgb(TEXT.light) - rgb(PAGE.light)) * 0.3)
            expected = grey + (rgb(full) - grey) * strength**0.4
            seen = [int(number) for number in re.findall(r"\d+", strand["colour"])]
            assert seen == pytest.approx(expected.tolist(), abs=1)


def test_there_is_a_strand_for_every_unit_and_every_input(drawn):
    units: dict[str, set[int]] = {}
    for strand in drawn.strands():
        units.setdefault(strand["key"], set()).add(strand["unit"])
    assert units.pop("x") == set(range(INPUTS))
    assert all(found == set(range(UNITS)) for found in units.values())


def test_a_single_number_that_is_read_is_one_strand(server, page):
    page.goto(f"{server.url}/stage?task=load")
    expect(page.locator(".scene .wire[data-key=x] .strand").first).to_be_attached()
    for wire in page.locator(".scene .wire[data-key=x]").all():
        expect(wire.locator(".strand")).to_have_count(1)


def test_of_the_gradient_by_the_input_there_are_as_many_strands_as_inputs(server, page):
    page.goto(f"{server.url}/backprop?task=subject")
    expect(page.locator(".scene .wire[data-key^='x → '] .strand").first).to_be_attached()
    wires = page.locator(".scene .wire[data-key^='x → ']").all()
    width = load("subject", "lstm").layers[0, "forward"][1]["W_f"].shape[1]
    for wire in wires:
        expect(wire.locator(".strand")).to_have_count(width)


def test_stepping_creates_no_elements(drawn):
    count = "() => document.querySelectorAll('svg *').length"
    before = drawn.page.evaluate(count)
    drawn.page.evaluate(
        "() => { for (const step of [1, 2, 3]) show(step, { phase: 1, progress: 0.5 }) }"
    )
    assert drawn.page.evaluate(count) == before


def test_what_lies_in_a_later_phase_stands_back(drawn):
    drawn.page.evaluate("() => show(1, { phase: 0, progress: 1 })")
    opacity = drawn.page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll(".node")].map(
            (node) => [node.dataset.id, Number(node.getAttribute("opacity"))]))"""
    )
    for node in drawn.scene["nodes"]:
        assert (opacity[node["id"]] == 1) == (node["phase"] == 0)
    last = len(drawn.scene["phases"]) - 1
    drawn.page.evaluate("(last) => show(1, { phase: last, progress: 1 })", last)
    assert {
        strand.get_attribute("opacity") for strand in drawn.page.query_selector_all(".part")
    } == {"1.00"}


def test_a_lit_key_lights_its_wires_its_part_and_its_name(drawn):
    drawn.page.evaluate("() => drawing.highlight('h')")
    lit = drawn.page.evaluate(
        "() => [...document.querySelectorAll('.lit')].map((n) => n.dataset.key)"
    )
    assert set(lit) == {"h"}
    expect(drawn.page.locator(".node.lit")).to_have_count(1)
    expect(drawn.page.locator(".wire.lit").first).to_be_attached()
    drawn.page.evaluate("() => drawing.highlight(null)")
    expect(drawn.page.locator(".lit")).to_have_count(0)


def hovers(page: Page, name: str | None) -> None:
    """Waits until the drawing has said that this is pointed at."""
    until(page, "name => heard.hovered.at(-1) === name", arg=name)


def test_hovering_says_what_it_is_and_clicking_a_strand_picks_its_unit(page):
    drawn = Drawn(page, "lstm")
    wire = next(w for w in drawn.scene["wires"] if w["value"] == "f" and w["to"])
    x, (start, end) = wire["points"][0][0], sorted(y for _, y in wire["points"])
    scale = 900 / drawn.scene["width"]
    page.mouse.move((x - 13) * scale, (start + end) / 2 * scale)
    hovers(page, "f")
    page.mouse.click((x - 13) * scale, (start + end) / 2 * scale)
    page.mouse.click((x + 15) * scale, (start + end) / 2 * scale)
    until(page, "() => heard.picked.length === 2")
    assert page.evaluate("() => heard.picked") == [0, UNITS - 1]  # upwards: unit 0 is at the left
    name = next(label for label in drawn.scene["labels"] if label["symbol"] == "c_tilde")
    page.mouse.move((name["x"] + 5) * scale, (name["y"] - 4) * scale)
    hovers(page, "c_tilde")
    page.mouse.move(1, 1)
    hovers(page, None)


def test_every_part_can_be_reached_and_asked_with_the_keyboard(page):
    drawn = Drawn(page, "peephole")
    parts = page.locator(".part")
    assert parts.count() > len(drawn.scene["nodes"])
    for part in parts.all():
        assert part.get_attribute("role") == "button"
        assert part.get_attribute("aria-label")
    stops = page.locator('.part[tabindex="0"]').all()
    keys = [stop.get_attribute("data-key") for stop in stops]
    assert set(keys) == {part["value"] for part in [*drawn.scene["nodes"], *drawn.scene["wires"]]}
    page.locator('.node[data-id="o"]').focus()
    page.keyboard.press("Enter")
    hovers(page, "o")
    page.locator('.wire[data-key="f"]').first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("() => heard.picked") == [CHOSEN + 1, CHOSEN - 1]


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_is_drawn_and_its_names_fit_their_room(page, name):
    drawn = Drawn(page, name)
    assert page.locator(".node").count() == len(drawn.scene["nodes"])
    labels = [label for label in drawn.scene["labels"] if label["symbol"]]
    assert page.locator(".name").count() == len(labels)
    wide = page.evaluate(
        """() => [...document.querySelectorAll(".node")].filter((node) => {
            const [box, text] = [node.querySelector("rect"), node.querySelector("text")];
            return text && text.getBBox().width > box.getBBox().width - 6;
        }).map((node) => node.dataset.id)"""
    )
    assert wide == []
