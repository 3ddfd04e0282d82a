"""What the guides say is to be written, written: their code runs, and does what they promise."""

import math
import re
import sys
from textwrap import dedent
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import lstm_viz as lv
from lstm_viz.cells.functions import FUNCTIONS, Function
from lstm_viz.cells.roles import PHASES, ROLES, Role
from lstm_viz.colours import Colour
from lstm_viz.language import N_
from lstm_viz.run.statistics import half_lives
from lstm_viz.stage.scene import scene
from lstm_viz.stage.theme import theme
from lstm_viz.ui.navigation import PageEntry
from tests.serving import ROOT

COMMAND = re.compile(r"python -m|make ")


def blocks(guide: str) -> list[str]:
    """The indented code of a guide, without the commands."""
    text = (ROOT / "docs" / f"{guide}.md").read_text(encoding="utf-8")
    found = re.findall(r"(?:^(?: {4,}.*)?\n)*^ {4,}.*\n", text, re.MULTILINE)
    code = [dedent(one).strip("\n") + "\n" for one in found]
    return [one for one in code if not COMMAND.search(one)]


def written(code: str, **names: Any) -> dict[str, Any]:
    """The names after a file with this code was read."""
    exec(compile(code, "a guide", "exec"), names)
    return names


def test_the_cell_of_the_guide_runs_and_is_drawn():
    (code,) = blocks("add-a-cell")
    cell = written(code, Cell=lv.Cell, N_=N_)["SKIP"]
    trace = lv.run(cell, lv.init_weights(cell, 3, 4, seed=0), np.ones((5, 1, 3)))
    np.testing.assert_allclose(
        trace.c[1:], trace.f[1:] * trace.c[:-1] + (1 - trace.f[1:]) * trace.c_tilde[1:], atol=1e-15
    )
    assert scene(cell)["nodes"]


@pytest.mark.parametrize(
    ("place", "expected"), [(0, math.sin(0.3)), (1, math.atan2(0.3, 0.7))], ids=["sin", "angle"]
)
def test_the_functions_of_the_guide_are_rows(place, expected, monkeypatch):
    row, *_rest = written(f"row = ({blocks('add-a-function')[place]})", Function=Function, np=np)[
        "row"
    ]
    monkeypatch.setitem(FUNCTIONS, row.name, row)
    arguments = "W_g @ x, 0.7" if len(row.slopes) == 2 else "W_g @ x"
    cell = lv.Cell(f"h = {row.name}({arguments})")
    trace = lv.run(cell, {"W_g": np.ones((1, 1))}, np.full((1, 1, 1), 0.3))
    np.testing.assert_allclose(trace.h, expected, rtol=1e-15)


def test_the_role_of_the_guide_is_a_row_with_a_colour(monkeypatch):
    (code,) = blocks("add-a-role")
    role = written(f"role = {code.strip().rstrip(',')}", Role=Role, N_=N_, Colour=Colour)["role"]
    assert role.phase in PHASES
    monkeypatch.setitem(ROLES, role.key, role)
    assert role.colour.light in theme()
    assert role.colour.dark in theme()


def test_the_task_of_the_guide_is_read_scored_and_shown():
    (code,) = blocks("add-a-task")
    rule = "def string(rng: np.random.Generator) -> Sequence: ..."
    assert rule in code
    names = written(code.replace(rule, "def string(rng): return tuple('([()]()).')"))
    task = names["TASK"]
    inputs, targets = task.batch(np.random.default_rng(0), 2)
    assert inputs.shape == targets.shape == (8, 2)
    assert set(task.knowing()) == set(task.baselines())
    assert task.read_text(" ".join(task.examples["Nested"]))


def test_the_page_of_the_guide_draws_its_figure(monkeypatch):
    figure, page, menu = blocks("add-a-page")
    module = ModuleType("lstm_viz.figures.half_life")
    exec(compile(figure, "a guide", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert isinstance(
        written(f"entry = {menu.strip().rstrip(',')}", PageEntry=PageEntry, N_=N_)["entry"],
        PageEntry,
    )
    at = AppTest.from_string(page.replace("(100, 8, 4)", "(12, 2, 4)"), default_timeout=60).run()
    assert not at.exception
    drawn = module.half_life_figure({0.0: 1.0, 5.0: 103.0}, True)
    assert list(drawn.data[0].y) == [1.0, 103.0]
    trace = lv.run(
        lv.CELLS["lstm"],
        lv.init_weights(lv.CELLS["lstm"], 4, 3, forget_bias=5.0),
        np.zeros((9, 1, 4)),
    )
    assert (half_lives(trace) > 50).all(), "a bias of 5 keeps for a long time"
