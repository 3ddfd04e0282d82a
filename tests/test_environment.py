"""What whoever runs the app may set: understood, or told in words and left aside."""

import os
import re
import stat

import pytest

from lstm_viz import environment
from lstm_viz.environment import DATA, FRAMES, HOSTS, RUNS_BYTES, VARIABLES, VISITORS, WORKERS
from tests.serving import ROOT


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        (WORKERS, "3", 3),
        (VISITORS, " 1_000 ", 1000),
        (RUNS_BYTES, str(10**10), 10**10),
        (HOSTS, "LSTM.school.edu, *.lan", ("lstm.school.edu", "*.lan")),
        (HOSTS, "*", ("*",)),
        (FRAMES, "https://a.edu *.b.edu:8443", ("https://a.edu", "*.b.edu:8443")),
    ],
)
def test_a_value_is_understood(variable, text, value):
    assert variable.in_({variable.name: text}) == value
    assert environment.complaints({variable.name: text}) == []


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        (WORKERS, "two"),
        (WORKERS, "0"),
        (WORKERS, "-1"),
        (WORKERS, "1.5"),
        (WORKERS, "nan"),
        (VISITORS, "9" * 40),
        (RUNS_BYTES, "2"),  # somebody thought of GB
        (RUNS_BYTES, "2e9"),
        (HOSTS, "https://lstm.school.edu"),  # a site where a name is wanted
        (HOSTS, "ok.school.edu, a;b"),
        (FRAMES, "https://a.edu; script-src *"),
        (DATA, "/dev/null/runs"),
    ],
)
def test_a_value_that_is_not_understood_is_told_and_is_as_if_it_were_not_there(variable, text):
    (complaint,) = environment.complaints({variable.name: text})
    assert complaint.startswith(f"{variable.name} is {text[:80]!r} but has to be ")
    assert variable is DATA or not variable.in_({variable.name: text})


def test_a_variable_that_there_is_not_is_told():
    (complaint,) = environment.complaints({"LSTMVIZ_WORKER": "3"})
    assert "LSTMVIZ_WORKER is no variable" in complaint
    assert "LSTMVIZ_WORKERS" in complaint


def test_what_is_not_set_is_no_matter():
    assert environment.complaints({"PATH": "/bin", "LSTMVIZ_HOSTS": ""}) == []


def test_runs_are_kept_where_it_is_said_or_at_home(tmp_path, monkeypatch):
    assert environment.runs_folder({DATA.name: str(tmp_path)}) == tmp_path / "runs"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert environment.runs_folder({}) == tmp_path / ".lstm_viz" / "runs"


def test_a_folder_has_to_be_one_that_can_be_written(tmp_path):
    assert DATA.complaint({DATA.name: str(tmp_path / "made" / "later")}) is None
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert DATA.complaint({DATA.name: str(file)})
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(stat.S_IRUSR | stat.S_IXUSR)
    may_all = os.access(closed, os.W_OK)  # as root
    assert bool(DATA.complaint({DATA.name: str(closed / "runs")})) is not may_all


def test_the_documentation_has_a_row_for_each_variable_and_no_other():
    page = (ROOT / "docs" / "run-it.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(LSTMVIZ_\w+)`", page, re.MULTILINE) == [v.name for v in VARIABLES]


def test_only_one_file_reads_our_variables():
    for file in [ROOT / "app.py", *ROOT.glob("lstm_viz/**/*.py"), *ROOT.glob("pages/*.py")]:
        text = file.read_text(encoding="utf-8")
        assert file.name == "environment.py" or not re.search(
            r"(environ|getenv)[^\n]{0,20}LSTMVIZ", text
        ), file
