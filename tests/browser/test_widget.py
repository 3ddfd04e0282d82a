"""The live stage on a page as a notebook makes it: two of them, each with a model of its own."""

import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import lstm_viz as lv
from lstm_viz.stage.widget import StageWidget
from tests.browser.pages import until

PAGE = """<!doctype html><meta charset="utf-8">
<style>.cell, .stage, table { color: rgb(255, 0, 0); font-size: 40px } %s</style>
<body><div id="one"></div><div id="two"></div>
<script type="module">
// What anywidget does: the model's values, who hears of their changes, and what Python was told.
class Model {
  constructor(values) { Object.assign(this, { values, heard: [], saved: {} }); }
  get(name) { return this.values[name]; }
  set(name, value) { this.values[name] = value; }
  save_changes() { this.saved = { ...this.values }; }
  on(event, listener) { this.heard.push([event, listener]); }
  off() {}
  fromPython(values) {
    Object.assign(this.values, values);
    const events = Object.keys(values).map((name) => `change:${name}`);
    for (const [event, listener] of this.heard) if (events.includes(event)) listener();
  }
}
const source = new Blob([SOURCE], { type: "text/javascript" });
const { default: widget } = await import(URL.createObjectURL(source));
window.models = MODELS.map((values) => new Model(values));
const places = document.body.children;
window.models.forEach((model, index) => widget.render({ model, el: places[index] }));
</script>"""


def values(widget: StageWidget) -> dict[str, object]:
    return {name: getattr(widget, name) for name in ("step", "unit", "payload", "said", "held")}


def opened(page: Page, file: Path, widgets: list[StageWidget], styles: str = "") -> None:
    models = json.dumps([values(widget) for widget in widgets]).replace("<", "\\u003c")
    source = json.dumps(str(widgets[0]._esm)).replace("<", "\\u003c")
    script = (PAGE % styles).replace("SOURCE", source).replace("MODELS", models)
    file.write_text(script, encoding="utf-8")
    page.goto(file.as_uri())


@pytest.fixture
def widgets() -> list[StageWidget]:
    x = np.random.default_rng(0).normal(size=(8, 1, 2))
    cells = [lv.CELLS["lstm"], lv.CELLS["gru"]]
    return [lv.widget(lv.run(cell, lv.init_weights(cell, 2, 3), x)) for cell in cells]


def test_two_stages_move_each_for_itself(page, tmp_path, widgets):
    opened(page, tmp_path / "notebook.html", widgets)
    one, two = page.locator("#one .stage"), page.locator("#two .stage")
    expect(one.locator(".board")).to_be_visible()
    page.evaluate("models[0].fromPython({ step: 2, unit: 1 }); models[1].fromPython({ step: 5 })")
    expect(one).to_have_attribute("data-step", "3")
    expect(one).to_have_attribute("data-unit", "1")
    expect(two).to_have_attribute("data-step", "6")
    two.focus()
    page.keyboard.press("ArrowRight")
    expect(two).to_have_attribute("data-step", "7")
    expect(one).to_have_attribute("data-step", "3")
    until(page, "models[1].saved.step === 6")


def test_keys_that_are_pressed_elsewhere_move_nothing(page, tmp_path, widgets):
    opened(page, tmp_path / "notebook.html", widgets)
    one = page.locator("#one .stage")
    expect(one.locator(".board")).to_be_visible()
    page.evaluate("models[0].fromPython({ step: 2 })")
    expect(one).to_have_attribute("data-step", "3")
    page.keyboard.press("ArrowRight")
    page.locator("#two .stage").focus()
    page.keyboard.press("ArrowLeft")
    expect(one).to_have_attribute("data-step", "3")


def test_what_is_held_is_shown_with_its_run_and_marked(page, tmp_path, widgets):
    opened(page, tmp_path / "notebook.html", widgets)
    one = page.locator("#one .stage")
    expect(one.locator(".board")).to_be_visible()
    widget = widgets[0]
    widget.hold = {"f": 0.125}
    page.evaluate("([sent, step]) => models[0].fromPython({ ...sent, step })", [values(widget), 4])
    equation = one.locator('.equation:has([data-key="f"])').first
    expect(equation).to_have_attribute("data-held", "held by hand")
    expect(equation.locator(".equation-value")).to_have_text("0.125")
    expect(one.locator(".held-span")).to_have_count(1)
    h = widget.trace.h[4, 0, widget.unit]
    expect(one.locator(".equation-value").last).to_have_text(f"{h:.3f}".replace("-", "−"))


def test_the_notebooks_styles_and_its_ground_do_not_spoil_it(page, tmp_path, widgets):
    opened(page, tmp_path / "notebook.html", widgets, "body { background: #111 }")
    one = page.locator("#one .stage")
    expect(one).to_have_attribute("data-scheme", "dark")
    expect(one).not_to_have_css("color", "rgb(255, 0, 0)")
    expect(one.locator(".cell")).not_to_have_css("font-size", "40px")
