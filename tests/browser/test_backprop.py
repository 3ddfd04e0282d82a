"""The page that walks back: stepping goes back in time, and its numbers are the library's."""

import re

import pytest
from playwright.sync_api import expect

from lstm_viz.gradients.backward import backprop
from lstm_viz.gradients.losses import prediction_loss
from lstm_viz.networks.network import load
from tests.browser.pages import settled


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def test_forward_goes_back_in_time_and_shows_the_gradients_of_the_library(page, server):
    page.goto(f"{server.url}/backprop")
    settled(page)
    stage = page.locator(".stage")
    stage.wait_for()
    start = int(stage.get_attribute("data-step"))
    network = load("subject", "lstm")
    sequence = next(iter(network.task.examples.values()))
    recording = network.read(sequence)
    loss = prediction_loss(network, recording, sequence, last_only=True)
    backward = backprop(recording[0], {"h": loss.by_output})
    for back in range(3):
        expect(stage).to_have_attribute("data-step", str(start - back))
        unit = int(stage.get_attribute("data-unit"))
        for signal in ("c", "f", "o"):
            cell = stage.locator(f'.equation-value[data-key="{signal}"]')
            expected = backward.signals[signal][start - back - 1, 0, unit]
            assert number(cell.text_content() or "") == pytest.approx(expected, rel=0.06, abs=1e-12)
        page.keyboard.press("ArrowRight")


def test_autograd_agrees_on_the_page(page, server):
    page.goto(f"{server.url}/backprop?task=counting&cell=peephole")
    settled(page)
    badge = page.get_by_text(re.compile(r"\|NumPy − torch\| = \de-1[2-7]"))
    badge.first.wait_for()


def test_with_the_gate_held_open_the_memory_is_a_skip_connection(page, server):
    page.goto(f"{server.url}/backprop?skip=true")
    settled(page)
    page.locator(".stage").wait_for()
    constants = page.locator('.stage .node[data-key="f"]')
    expect(constants.first).to_contain_text("1")
