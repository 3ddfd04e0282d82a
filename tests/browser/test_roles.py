"""In a real browser every role has its row's colour: one that no table has, and all that are."""

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells.roles import ROLES
from lstm_viz.colours import channels
from tests.cells.test_new_role import ROLE, TEXT, D, H, T


def rgb(colour: str) -> str:
    return "rgb({}, {}, {})".format(*channels(colour))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_drawing_the_equations_and_the_strips_have_the_colours_of_the_rows(
    scheme, visit, tmp_path, monkeypatch
):
    monkeypatch.setitem(ROLES, ROLE.key, ROLE)
    cell = lv.Cell(TEXT, roles={"g": ROLE.key})
    trace = lv.run(
        cell, lv.init_weights(cell, D, H), np.random.default_rng(0).normal(size=(T, 1, D))
    )
    file = tmp_path / "stage.html"
    file.write_text(lv.stage_html(trace), encoding="utf-8")
    page = visit(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(file.as_uri())
    page.locator(".scene .node").first.wait_for()
    found = page.evaluate(
        """() => {
          const all = (selector) => [...document.querySelectorAll(selector)];
          const of = (selector, property) => Object.fromEntries(
            all(selector).map((node) => [node.dataset.key, getComputedStyle(node)[property]]));
          return {
            drawn: Object.fromEntries(all(".scene .node")
              .map((node) => [node.dataset.key, getComputedStyle(node.firstElementChild).stroke])),
            values: of('[data-part="value"]', "color"),
            hues: Object.fromEntries(all(".strip")
              .map((node) => [node.dataset.key, getComputedStyle(node).getPropertyValue("--hue")])),
          };
        }"""
    )
    for signal, role in cell.roles.items():
        colour = getattr(role.colour, scheme)
        assert found["values"][signal] == rgb(colour), signal
        assert found["hues"][signal] == colour, signal
    for signal in ("f", "g", "c_tilde"):
        assert found["drawn"][signal] == rgb(getattr(cell.roles[signal].colour, scheme)), signal
    hues = page.evaluate(
        """(keys) => Object.fromEntries(keys.map((key) => {
          const node = document.createElement("i");
          node.dataset.role = key;
          document.querySelector(".stage").append(node);
          return [key, getComputedStyle(node).getPropertyValue("--hue")];
        }))""",
        list(ROLES),
    )
    assert hues == {key: getattr(role.colour, scheme) for key, role in ROLES.items()}
