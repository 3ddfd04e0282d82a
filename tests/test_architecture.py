"""The house rules, stated as imports: Cell -> run -> Trace -> figure / stage -> page."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.kernels import TESTS

ROOT = Path(__file__).resolve().parents[1]
MODULES = [
    ROOT / "app.py",
    *sorted(ROOT.glob("lstm_viz/**/*.py")),
    *sorted(ROOT.glob("pages/*.py")),
]
SCRIPTS = sorted(ROOT.glob("lstm_viz/**/*.js"))

# Library -> the only files that may import it.
ALLOWED = {
    "streamlit": ["app.py", "pages/*.py", "lstm_viz/ui/*.py", "lstm_viz/web/*.py"],
    "torch": [
        "lstm_viz/networks/torch/*.py",
        "lstm_viz/networks/gate_order.py",
        "lstm_viz/training/learner.py",
        "lstm_viz/training/ship_someone.py",
        "lstm_viz/training/worker.py",
    ],
    "plotly": ["lstm_viz/figures/*.py"],
    "anywidget": ["lstm_viz/stage/widget.py"],
    "pandas": ["lstm_viz/files/table.py", "lstm_viz/files/table_form.py", "lstm_viz/study/*.py"],
    "pyarrow": ["lstm_viz/study/table.py"],
    "optuna": ["lstm_viz/study/kept.py"],
    "sqlalchemy": ["lstm_viz/study/kept.py"],
    "distributed": ["lstm_viz/study/spread.py"],
    "sklearn": ["lstm_viz/study/importance.py"],
    "chardet": ["lstm_viz/files/text.py"],
    "h5py": ["lstm_viz/files/keras.py", "lstm_viz/networks/write_model.py"],
    "onnx": ["lstm_viz/files/onnx.py", "lstm_viz/networks/write_model.py"],
    "keras": [],
}

# The rooms of the library, from the left to the right: each imports from those before it alone,
# and no two of a row import each other. Long work knows nothing of what it works on.
ROOMS = (
    ("language", "colours", "rounded", "bounded", "environment"),
    ("counted", "extras"),
    ("cells",),
    ("run",),
    ("tasks",),
    ("files",),
    ("networks",),
    ("gradients", "notation", "training"),
    ("study",),
    ("words",),
    ("figures", "stage"),
    ("lessons",),
    ("ui", "web"),
    ("pages",),
    ("app",),
)
PLACE = {room: place for place, row in enumerate(ROOMS) for room in row} | {"jobs": 0.5}

# What would run text that a visitor could have written.
RUNS_TEXT = {"eval", "exec", "compile", "__import__", "torch.load", "sympify", "parse_expr"}
RUNS_TEXT_WHEN_LOADED = {"pickle", "marshal", "shelve", "dill", "joblib"}
RUNS_MARKUP = re.compile(
    r"\b(inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write\b|\beval\(|\bnew Function\b"
)


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


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


NAMES = {module_name(path): path for path in MODULES}


def needed(path: Path) -> set[str]:
    """The modules of this project that a module imports, lazily or for its types as well."""
    found = set()
    for name in imports(path):
        while name and name not in NAMES:
            name = name.rpartition(".")[0]
        found.add(name)
    return found - {"", "lstm_viz"}


def room(name: str) -> str:
    """The folder, or the loose file, in which a module stands."""
    first, *rest = name.split(".")
    return rest[0] if first == "lstm_viz" else first


def test_nothing_is_loose_and_every_folder_is_a_room():
    library = ROOT / "lstm_viz"
    loose = {path.stem for path in library.glob("*.py")} - {"__init__"}
    assert loose <= {*ROOMS[0], *ROOMS[1]}
    folders = {path.parent.name for path in library.glob("*/__init__.py")}
    assert folders | loose | {"pages", "app"} == set(PLACE)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_point_to_the_left(path):
    if path == ROOT / "lstm_viz" / "__init__.py":
        return
    here = room(module_name(path))
    for name in needed(path):
        there = room(name)
        assert here == there or PLACE[there] < PLACE[here], (
            f"{relative(path)} imports {name}: {there} does not stand to the left of {here}"
        )


def test_no_files_import_each_other_in_a_circle():
    order = TopologicalSorter({name: needed(path) for name, path in NAMES.items()})
    order.prepare()


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


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_only_one_file_reads_and_writes_the_address(path):
    if relative(path) == "lstm_viz/ui/address.py":
        return
    for node in syntax(path):
        if isinstance(node, ast.Attribute):
            assert node.attr != "query_params", f"{relative(path)}:{node.lineno}"
        elif isinstance(node, ast.keyword):
            assert node.arg != "bind", f"{relative(path)}:{node.value.lineno}"


def test_the_files_that_run_with_every_kernel_are_there():
    assert [name for name in TESTS if not (ROOT / name).exists()] == []
