"""A function that no table has is one row, and everything that reads a cell knows it.

A sine, of one argument, and the angle of a point, of two whose order matters.
"""

import ast
import json
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

import lstm_viz as lv
from lstm_viz.cells.functions import FUNCTIONS, Function
from lstm_viz.gradients.backward import backprop
from lstm_viz.networks.torch.layer import CellLayer
from lstm_viz.notation.program import numpy_program, torch_program
from lstm_viz.notation.substituted import substituted
from lstm_viz.notation.trees import function_tree
from lstm_viz.notation.typeset import latex, mathml
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.scene import scene
from lstm_viz.stage.tokens import Token
from lstm_viz.stage.tooltips import in_symbols
from tests import autograd, plainly
from tests.agreement import assert_equal
from tests.cells.test_functions import in_browser
from tests.node import NODE
from tests.serving import ROOT

ROWS = (
    Function("sin", slopes=("sin(a + 1.5707963267948966)",), range=(-1, 1)),
    Function(
        "angle",
        slopes=("b / (a * a + b * b)", "-a / (a * a + b * b)"),
        range=(-np.pi, np.pi),
        numpy="arctan2(a, b)",
        torch="atan2(a, b)",
        browser="atan2(a, b)",
        sign="∠",
        meaning="the angle of the point (b, a)",
    ),
)
JUDGES = {"sin": torch.sin, "angle": torch.atan2}

T, B, D, H = 6, 2, 3, 4

TEXT = """
g = sin(W_g @ x + U_g @ h_prev + b_g)
v = 0.5 * v_prev + g * angle(0.3, g + 2)
h = angle(v, 1.5 + sin(v))
"""
X = np.random.default_rng(3).normal(size=(T, B, D))


@pytest.fixture(autouse=True)
def rows(monkeypatch):
    for row in ROWS:
        monkeypatch.setitem(FUNCTIONS, row.name, row)
        monkeypatch.setitem(plainly.FUNCTIONS, row.name, JUDGES[row.name])


@pytest.fixture
def cell(rows):
    return lv.Cell(TEXT)


@pytest.fixture
def weights(cell):
    return {name: 1.5 * w for name, w in lv.init_weights(cell, D, H, seed=6).items()}


@pytest.fixture
def trace(cell, weights):
    return lv.run(cell, weights, X)


def test_it_runs_as_python_would_read_it(trace, weights):
    for name, expected in plainly.read(TEXT, weights, X).items():
        assert_equal(trace[name], expected, of=name)


def test_without_its_row_it_is_unknown(monkeypatch):
    monkeypatch.delitem(FUNCTIONS, "angle")
    with pytest.raises(ValueError, match="the function angle is not known"):
        lv.Cell(TEXT)


def test_what_it_is_called_is_no_name_for_a_signal():
    with pytest.raises(ValueError, match="angle has a meaning of its own here"):
        lv.Cell("angle = tanh(W_a @ x)\nh = angle")


def test_its_range_is_that_of_the_signal(cell):
    assert cell.ranges["g"] == (-1, 1)
    assert cell.ranges["h"] == (-np.pi, np.pi)


def test_gradients_are_those_of_finite_differences(cell, weights, trace):
    into_h = np.random.default_rng(7).normal(size=(T, B, H))
    found = backprop(trace, {"h": into_h})

    def loss(changed):
        return float((lv.run(cell, changed, X).h * into_h).sum())

    for name, weight in weights.items():
        step = np.zeros_like(weight)
        step.flat[1] = 1e-6
        above, below = (loss(weights | {name: weight + s * step}) for s in (1, -1))
        assert_equal(found.weights[name].flat[1], (above - below) / 2e-6, within=1e-7, of=name)


def test_the_compiled_pass_trains_with_autograds_gradients(cell, weights, trace):
    layer, x = CellLayer(cell, weights, H), torch.tensor(X, requires_grad=True)
    into_h = torch.tensor(np.random.default_rng(8).normal(size=(T, B, H)))
    h = layer(x)
    assert_equal(h.detach().numpy(), trace.h)
    compiled = torch.autograd.grad((h * into_h).sum(), [x, *layer.parameters()])
    signals = layer.signals(x)
    for name, signal in signals.items():
        assert_equal(signal.detach().numpy(), trace[name], of=name)
    judged = torch.autograd.grad((signals["h"] * into_h).sum(), [x, *layer.parameters()])
    for ours, expected in zip(compiled, judged, strict=True):
        assert_equal(ours.numpy(), expected.numpy(), within=1e-10)


def test_its_jacobians_are_autograds(cell, weights, trace):
    found = lv.gradient_flow(trace).jacobians
    past = {state: trace.past(state)[2, 1] for state in cell.states}
    assert_equal(found[2, 1], autograd.jacobian(cell, weights, X[2, 1], past))


def test_it_is_drawn_with_its_sign_and_the_second_argument_is_marked(cell, trace):
    drawing = json.loads(json.dumps(scene(cell)))
    labels = {node["label"] for node in drawing["nodes"]}
    assert {"sin", "∠", "∠(0.3, ·+2)", "1.5+sin"} <= labels
    assert "2" in {label.get("mark") for label in drawing["labels"]}
    for wire in drawing["wires"]:
        assert np.isfinite(trace.value(wire["value"])).all(), wire["value"]


def test_it_is_typeset(cell):
    assert latex(cell["g"]).startswith(r"g_t = \sin(")
    assert r"\operatorname{∠}(v_t, 1.5 + \sin(v_t))" in latex(cell["h"])
    for line in cell.lines:
        assert ElementTree.fromstring(mathml(line)).tag.endswith("math")
    assert "<mi>∠</mi>" in mathml(cell["h"])
    assert in_symbols("angle(v, 1.5 + sin(v))", cell) == "∠(vₜ, 1.5 + sin(vₜ))"


def test_its_numbers_are_put_in(cell):
    written = "".join(str(part.get("key", part.get("text"))) for part in substituted(cell["h"]))
    assert written == "= ∠(v, 1.5 + sin(v))"


@pytest.mark.parametrize("program", [numpy_program, torch_program])
def test_it_leaves_as_a_program_that_prints_the_same_h(program, trace, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(program(trace), encoding="utf-8")
    assert "# the angle of the point (b, a)" in path.read_text(encoding="utf-8")
    answer = subprocess.run(
        [sys.executable, "-I", str(path)], capture_output=True, text=True, check=True
    )
    steps = [ast.literal_eval(line.split(" ", 1)[1]) for line in answer.stdout.splitlines()]
    assert_equal(np.array(steps), trace.h)


def test_the_browser_computes_it():
    points = np.linspace(-5, 5, 21)
    asked = [
        {"tree": function_tree("sin"), "of": [{"a": a} for a in points]},
        {"tree": function_tree("angle"), "of": [{"a": a, "b": 0.5} for a in points]},
    ]
    sine, angle = in_browser(asked)
    assert_equal(sine, np.sin(points))
    assert_equal(angle, np.arctan2(points, 0.5))


def test_its_curve_is_in_what_is_sent(trace):
    payload = stage_payload(ShownRun(trace, [Token(str(t)) for t in range(T)]))
    function = payload["equations"][0]["function"]
    assert function is not None
    assert (function["sign"], function["before"], function["after"]) == ("sin", "sin(", ")")
    module = (ROOT / "lstm_viz" / "browser" / "parts" / "functions.js").as_uri()
    program = f"""
        import {{ pointsOf }} from "{module}";
        console.log(JSON.stringify(pointsOf({json.dumps(function["tree"])})));
    """
    answer = subprocess.run(
        [NODE, "--input-type=module", "-e", program], capture_output=True, text=True, check=True
    )
    inputs, outputs = np.array(json.loads(answer.stdout)).T
    assert inputs[[0, -1]].tolist() == [-5, 5]
    assert_equal(outputs, np.sin(inputs))
