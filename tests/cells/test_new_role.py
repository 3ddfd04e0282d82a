"""A role that no table has gets its colour everywhere from its one row."""

import json

import numpy as np
import pytest

import lstm_viz as lv
from lstm_viz.cells.roles import PHASES, ROLES, Role
from lstm_viz.colours import Colour, channels
from lstm_viz.figures.stacks import stacked
from lstm_viz.figures.sums import sums_figure
from lstm_viz.figures.training import gate_means
from lstm_viz.notation.libraries import NOTATIONS
from lstm_viz.notation.typeset import aligned_latex
from lstm_viz.stage.bundle import styles
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.scene import scene
from lstm_viz.stage.standalone import standalone
from lstm_viz.stage.theme import theme
from lstm_viz.stage.tokens import Token
from tests.run.test_strips import Balanced, pixels

T, B, D, H = 6, 1, 2, 3
ROLE = Role(
    "doubt",
    "doubt (a gate)",
    "1 doubts all, 0 believes it",
    "propose",
    Colour("#123457", "#fedcb9"),
)
TEXT = """
f = sigmoid(W_f @ x + U_f @ h_prev + b_f)
g = sigmoid(W_g @ x + U_g @ h_prev + b_g)
c_tilde = tanh(W_c @ x + U_c @ h_prev + b_c)
c = f * c_prev + (1 - f) * g * c_tilde
h = tanh(c)
"""


@pytest.fixture(autouse=True)
def new_role(monkeypatch):
    monkeypatch.setitem(ROLES, ROLE.key, ROLE)


@pytest.fixture
def cell():
    return lv.Cell(TEXT, roles={"g": ROLE.key})


@pytest.fixture
def trace(cell):
    weights = {name: 2 * w for name, w in lv.init_weights(cell, D, H, seed=2).items()}
    return lv.run(cell, weights, np.random.default_rng(2).normal(size=(T, B, D)))


def payload_of(trace):
    return stage_payload(ShownRun(trace, [Token(str(t)) for t in range(T)]))


def test_the_style_sheet_has_its_colour_for_each_page_and_its_hue():
    light, dark = theme().split('[data-scheme="dark"]')
    assert f"--role-doubt: {ROLE.colour.light};" in light
    assert f"--role-doubt: {ROLE.colour.dark};" in dark
    assert '[data-role="doubt"] { --hue: var(--role-doubt); }' in styles("stage", "pair")


def test_the_drawing_has_it_in_its_phase(cell):
    drawing = json.loads(json.dumps(scene(cell)))
    (gate,) = (node for node in drawing["nodes"] if node["value"] == "g")
    assert gate["role"] == ROLE.key
    assert drawing["phases"][gate["phase"]] == ROLE.phase
    assert {wire["role"] for wire in drawing["wires"] if wire["value"] == "g"} == {ROLE.key}
    assert ROLE.phase in PHASES


def test_the_stage_and_the_page_without_a_server_say_it_at_its_signal(trace):
    payload = payload_of(trace)
    (signal,) = (each for each in payload["signals"] if each["name"] == "g")
    assert signal["role"] == ROLE.key
    assert signal["short"] == ROLE.name
    assert payload["about"]["g"]["meaning"] == ROLE.meaning
    assert ROLE.colour.dark in standalone(payload, "x")


def test_the_strip_in_a_notebook_is_painted_with_it(trace):
    picture = Balanced(trace._repr_html_()).pictures[trace.cell.signals.index("g")]
    assert (pixels(picture)[..., :3] == channels(ROLE.colour.between)).all()
    assert f"color:{ROLE.colour.between}" in trace._repr_html_()


@pytest.mark.parametrize("dark", [False, True])
def test_the_figures_and_their_legends_have_it(cell, trace, dark):
    colour = ROLE.colour.on(dark)
    assert lv.figure(trace, "g", dark=dark).data[0].colorscale[-1][1] == colour
    saturation = lv.figure(trace, "saturation", dark=dark)
    (points,) = (each for each in saturation.data if ROLE.name in each.name)
    assert points.marker.color == colour
    (bars,) = (
        each for each in lv.figure(trace, "distributions", dark=dark).data if "g" in each.name
    )
    assert bars.marker.color == colour
    (line,) = gate_means(cell, {0: {"g": 0.5}, 10: {"g": 0.6}}, dark)["data"]
    assert line["line"]["color"] == colour
    assert ROLE.name in line["name"]
    (sums,) = sums_figure(cell, {"g": np.arange(T)}, [""] * T, dark).data
    assert sums.line.color == colour


def test_the_stacks_of_a_library_are_framed_in_it(monkeypatch):
    cell = lv.Cell(lv.CELLS["lstm"].text, name="lstm", roles={"o": ROLE.key})
    figure = stacked(cell, lv.init_weights(cell, D, H), NOTATIONS["pytorch"])
    assert ROLE.colour.light in {shape.line.color for shape in figure.layout.shapes}


def test_the_equations_on_paper_are_written_in_it(cell):
    colours = {signal: role.colour.light for signal, role in cell.roles.items()}
    assert rf"\textcolor{{{ROLE.colour.light}}}{{g_t}}" in aligned_latex(cell.lines, colours)
