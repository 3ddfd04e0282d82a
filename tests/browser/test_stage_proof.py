"""What is on the screen is what the run computes: every number, every strand's width and colour.

The rules of width and colour are written out again here: nothing is a thin grey line, the end of
the scale has the full width and the full hue, and the width grows evenly in between. How thin, how
wide and how grey that is, is read from the script, so that taste may change and truth may not.
"""

import re

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells.evaluation import interval
from lstm_viz.cells.roles import ROLES
from lstm_viz.colours import NEGATIVE, PAGE, POSITIVE, TEXT
from lstm_viz.networks.network import load
from lstm_viz.stage.bundle import FOLDER
from lstm_viz.stage.scene import scene
from lstm_viz.tasks import TASKS
from tests.browser.stage import open_stage

TASTE = {
    name: float(value)
    for name, value in re.findall(
        r"^const ([A-Z]+) = ([\d.]+);",
        (FOLDER / "parts" / "strands.js").read_text("utf-8"),
        re.MULTILINE,
    )
}
THIN = TASTE["THIN"]
TASK = TASKS["subject"]
EXAMPLE = next(iter(TASK.examples.values()))
SCHEMES = {
    scheme: {"background": getattr(PAGE, scheme), "text": getattr(TEXT, scheme)}
    for scheme in ("light", "dark")
}

READ_NUMBERS = """root => [...root.querySelectorAll('.number, [data-part=value], [data-part=term]')]
    .filter(node => node.offsetParent !== null)
    .map(({dataset, textContent}) =>
        [dataset.key, textContent, dataset.place ?? null, dataset.sign ?? null])"""
READ_STRANDS = """root => [...root.querySelectorAll('.strand')].map(node => ({
    key: node.dataset.key, unit: Number(node.dataset.unit), d: node.getAttribute('d'),
    width: Number(node.getAttribute('stroke-width')), colour: node.getAttribute('stroke')}))"""


def recomputed(cell):
    """The run of the shipped network, not as the app made it."""
    network = load("subject", cell)
    ((of, weights),) = network.layers.values()
    return lv.run(of, weights, network.inputs(EXAMPLE))


def value_at(trace, key, step, unit):
    array = trace.x if key == "x" else trace.value(key)
    return float(array[step, 0, unit])


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_number_and_every_strand_on_the_screen_is_the_runs(cell, scheme, server, visit):
    page = visit(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    stage = open_stage(page, server.url, cell=cell)
    trace = recomputed(cell)
    units = trace["h"].shape[-1]
    for step, unit in [(1, 0), (9, units - 1), (len(EXAMPLE), 3)]:
        stage.choose(unit)
        stage.go(step)
        assert_numbers(stage, trace, step - 1, unit)
        assert_strands(stage, trace, step - 1, unit, scheme)


def assert_numbers(stage, trace, step, unit):
    lines = stage.find(".equation-line").all()
    seen = set()
    for line in lines:  # each opened in turn, so that its terms are on the screen as well
        line.click()
        for key, text, place, sign in stage.root.evaluate(READ_NUMBERS):
            meant = value_at(trace, key, step, unit)
            assert as_number(text, place, sign) == pytest.approx(meant, abs=5.1e-4), (key, text)
            seen.add(key)
    lines[-1].click()
    assert set(trace.cell.signals) <= seen
    assert {str(line.pre) for line in trace.cell.lines if line.function} <= seen
    assert {term for line in trace.cell.lines for term in line.terms} <= seen


def as_number(text, place, sign):
    """The number that a place of an equation shows; " − 0.425" in a sum is -0.425."""
    digits = float(re.sub(r"[^\d.e]", "", text))
    negative = "−" in text
    if place == "summand" and sign == "-":
        negative = not negative
    return -digits if negative else digits


def assert_strands(stage, trace, step, unit, scheme):
    strands = stage.root.evaluate(READ_STRANDS)
    drawn = scene(trace.cell)
    assert {strand["key"] for strand in strands} == {wire["value"] for wire in drawn["wires"]}
    for strand in strands:
        key = strand["key"]
        value = value_at(trace, key, step, strand["unit"])
        strength = min(abs(value) / full_strength(key, trace, drawn), 1)
        chosen = strand["unit"] == unit and key != "x"
        room = room_of(key, strands, drawn, chosen)
        assert any(
            strand["width"] == pytest.approx(THIN + (each - THIN) * strength, abs=0.011)
            for each in room
        ), (key, strand, value)
        meant = colour_of(key, value, strength, trace, drawn, scheme)
        shown = np.array([int(part) for part in re.findall(r"\d+", strand["colour"])])
        assert any(np.abs(shown - colour).max() <= 2 for colour in meant), (key, strand, value)


def range_of(key, cell):
    """What the equations allow a value to be."""
    base = key.removesuffix("_prev")
    if key == "x":
        return -np.inf, np.inf
    return (
        cell.ranges[base] if base in cell.signals else interval(cell.expression(key), cell.ranges)
    )


def full_strength(key, trace, drawn):
    """The end of what the equations allow, else what 95 in 100 values stay within.

    On a state's way everything is measured like the state.
    """
    alike = next((state for state, keys in drawn["alike"].items() if key in keys), None)
    base = alike or key.removesuffix("_prev")
    base = base if base in trace.cell.signals else key
    bound = max(np.abs(range_of(base, trace.cell)))
    values = trace.x if base == "x" else trace.value(base)
    usual = np.quantile(np.abs(values), 0.95, method="higher")
    return bound if np.isfinite(bound) else usual


def room_of(key, strands, drawn, chosen):
    """How wide this strand may become, for each of the cables that carry the key."""
    count = len({strand["unit"] for strand in strands if strand["key"] == key})
    spreads = {wire["spread"] for wire in drawn["wires"] if wire["value"] == key}
    if chosen:
        return {spread * TASTE["MAGNIFIED"] for spread in spreads}
    aside = 0 if key == "x" else TASTE["ASIDE"]
    apart = {min((spread - 2 * aside) / (count - 1), TASTE["WIDEST"]) for spread in spreads}
    return {each * TASTE["FILLED"] for each in apart}


def colour_of(key, value, strength, trace, drawn, scheme):
    """Grey for nothing, then ever more of the hue: of the sign, or without one of the role."""
    page = SCHEMES[scheme]
    low = range_of(key, trace.cell)[0]
    roles = {wire["role"] for wire in drawn["wires"] if wire["value"] == key}
    if low >= 0:
        hues = [getattr(ROLES[role].colour, scheme) for role in roles]
    else:
        hues = [getattr(NEGATIVE if value < 0 else POSITIVE, scheme)]
    grey = mixed(rgb(page["background"]), rgb(page["text"]), TASTE["PALE"])
    return [mixed(grey, rgb(hue), strength ** TASTE["EARLY"]) for hue in hues]


def rgb(colour):
    return np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])


def mixed(one, other, share):
    return np.round(one + (other - one) * share)
