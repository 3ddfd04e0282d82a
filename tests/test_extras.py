"""NumPy alone runs every cell; what needs more says which line adds it."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module

import pytest

import lstm_viz as lv
from lstm_viz.extras import EXTRAS, needed_by
from lstm_viz.ui.command import LIBRARIES, PORT, command_of
from lstm_viz.ui.command import _parser as parser
from lstm_viz.ui.place import APP
from tests.serving import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# In front of a program: an environment in which none but these can be imported.
WITH_NUMPY_ALONE = f"""
import sys

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {set(EXTRAS)}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Nothing())
import numpy as np
import lstm_viz as lv
cell = lv.CELLS["lstm"]
trace = lv.run(cell, lv.init_weights(cell, 3, 4), np.ones((5, 1, 3)))
"""


def with_numpy_alone(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITH_NUMPY_ALONE + program], cwd=ROOT, capture_output=True, text=True
    )


def test_every_cell_runs_shows_itself_and_goes_back_with_numpy_alone():
    answer = with_numpy_alone("""
for cell in lv.CELLS.values():
    trace = lv.run(cell, lv.init_weights(cell, 3, 4), np.ones((5, 2, 3)))
    assert trace.h.shape == (5, 2, 4)
    assert "<img" in trace._repr_html_()
    assert lv.gradient_flow(trace).norm().shape == (5, 2)
    assert "<math" in lv.stage_html(trace)
print(len(lv.CELLS))
""")
    assert answer.stdout.split() == [str(len(lv.CELLS))], answer.stderr


@pytest.mark.parametrize(
    ("call", "extra"),
    [
        ("lv.figure(trace)", "notebook"),
        ("lv.widget(trace)", "notebook"),
        ("lv.record(object(), trace.x)", "torch"),
        ("lv.read_table(b'a,b\\n1,2\\n3,4\\n')", "files"),
        ("lv.read_text(bytes(range(192, 240)) * 3)", "files"),
        ("from lstm_viz.ui import command; command.main([])", "app"),
    ],
)
def test_what_needs_an_extra_says_which_line_adds_it(call, extra):
    answer = with_numpy_alone(call)
    assert answer.returncode != 0
    assert f'pip install "lstm-viz[{extra}]"' in answer.stderr.splitlines()[-1]


def test_an_extra_brings_what_the_table_says():
    for library, extra in EXTRAS.items():
        named = " ".join(PROJECT["optional-dependencies"][extra])
        assert library in named
    assert set(LIBRARIES) <= set(EXTRAS)


def test_another_missing_library_is_no_matter_of_ours():
    with (
        pytest.raises(ModuleNotFoundError, match=r"^No module named 'not_there'$"),
        needed_by("It"),
    ):
        import_module("not_there")


def test_the_command_serves_the_app_where_it_was_asked_to():
    asked = parser().parse_args(["--port", "9000", "--host", "10.0.0.1", "--no-browser"])
    command = command_of(asked)
    assert command[3:5] == ["run", str(APP / "app.py")]
    assert (APP / "app.py").exists()
    assert "--server.port 9000 --server.address 10.0.0.1 --server.headless true" in " ".join(
        command
    )
    usual = " ".join(command_of(parser().parse_args([])))
    assert f"--server.port {PORT} --server.address localhost" in usual
    assert not {"headless", "baseUrlPath", "runOnSave"} & set(re.findall(r"\w+", usual))
    below = command_of(parser().parse_args(["--base=/lstm/", "--reload"]))
    assert "--server.baseUrlPath lstm --server.fileWatcherType auto" in " ".join(below)


@pytest.mark.parametrize("base", ["a b", "../x", "http://school.edu/x", "x?y"])
def test_a_path_that_is_none_is_refused(base, capsys):
    with pytest.raises(SystemExit):
        parser().parse_args([f"--base={base}"])
    assert "a path is" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "8.5"])
def test_a_port_that_is_none_is_refused(port, capsys):
    with pytest.raises(SystemExit):
        parser().parse_args([f"--port={port}"])
    assert "1 to 65535" in capsys.readouterr().err


def test_the_newest_change_is_of_this_version():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d\S*)", changes, re.MULTILINE)[0] == lv.__version__
