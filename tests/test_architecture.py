"""The house rules, stated as imports: Cell -> run -> Trace -> figure / stage -> page."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = [
    ROOT / "app.py",
    *sorted(ROOT.glob("lstm_viz/**/*.py")),
    *sorted(ROOT.glob("pages/*.py")),
]
SCRIPTS = sorted(ROOT.glob("lstm_viz/**/*.js"))

# Library -> the only files that may import it.
ALLOWED = {
    "streamlit": ["app.py", "pages/*.py", "lstm_viz/ui/*.py", "lstm_viz/stage/component.py"],
    "torch": [
        "lstm_viz/torch_modules.py",
        "lstm_viz/torch_network.py",
        "lstm_viz/torch_recorder.py",
        "lstm_viz/torch_backward.py",
        "lstm_viz/hindsight/teach.py",
        "lstm_viz/learner.py",
        "lstm_viz/practice/work.py",
        "lstm_viz/recording.py",
        "lstm_viz/torch_judge.py",
        "lstm_viz/packing.py",
    ],
    "plotly": ["lstm_viz/*figures.py"],
    "pandas": [],
}

# What would run text that a visitor could have written.
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "torch.load", "sympify", "parse_expr"}
RUNS_TEXT_WHEN_LOADED = {"pickle", "marshal", "shelve", "dill", "joblib"}
RUNS_MARKUP = re.compile(
    r"\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write\b|\beval\(|\bnew Function\b"
)

# The screen: what the rest of the library knows nothing of.
SCREEN = ("app.py", "pages/*", "lstm_viz/ui/*", "lstm_viz/stage/*")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lies_in(path: Path, places: tuple[str, ...] | list[str]) -> bool:
    return any(fnmatch(relative(path), place) for place in places)


def syntax(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a module imports anywhere, inside functions as well."""
    for node in syntax(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_a_library_is_imported_only_where_its_work_is_done(path):
    for name in imports(path):
        library = name.partition(".")[0]
        assert library not in ALLOWED or lies_in(path, ALLOWED[library]), (
            f"{relative(path)} imports {name}; that belongs into {ALLOWED[library] or 'no file'}"
        )


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_the_library_does_not_know_the_screen(path):
    if not lies_in(path, SCREEN):
        for name in imports(path):
            assert not name.startswith(("lstm_viz.ui", "lstm_viz.stage")), (
                f"{relative(path)} imports {name}: imports point from the screen to the library"
            )


def test_importing_the_library_loads_none_of_the_heavy_ones():
    program = f"import lstm_viz, sys; print(*(n for n in {sorted(ALLOWED)} if n in sys.modules))"
    answer = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout.split() == []


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_no_text_is_ever_run(path):
    for name in imports(path):
        assert name.partition(".")[0] not in RUNS_TEXT_WHEN_LOADED, f"{relative(path)}: {name}"
    for node in syntax(path):
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in RUNS_TEXT, f"{relative(path)}:{node.lineno}"
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert ast.unparse(node.value) == "False", f"{relative(path)}:{node.value.lineno}"


@pytest.mark.parametrize("path", SCRIPTS, ids=relative)
def test_no_text_becomes_markup(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = RUNS_MARKUP.search(line)
        assert not found, f"{relative(path)}:{number} uses {found.group()}: set textContent instead"
