"""The package, as it is built and installed: the command opens the app from any folder.

It is built as for a registry, the archive of the sources first and the wheel from that, and
installed into an environment of its own, which borrows the libraries of this one.
"""

import re
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

import lstm_viz as lv
from lstm_viz.ui.navigation import PAGES
from tests.browser.pages import settled
from tests.serving import ROOT, free_port, python_server


@dataclass(frozen=True)
class Installed:
    """An environment with the package in it."""

    wheel: Path
    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def command(self) -> Path:
        return self.folder / "bin" / "lstm-viz"


def run(*command: str | Path, folder: Path = ROOT) -> str:
    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def built(kind: str, source: Path, folder: Path) -> Path:
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder, folder=source)
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("package")
    with tarfile.open(built("sdist", ROOT, place / "sdist")) as archive:
        archive.extractall(place / "source", filter="data")
    (source,) = (place / "source").iterdir()
    wheel = built("wheel", source, place / "wheel")
    environment = Installed(wheel, place / "environment")
    venv.create(environment.folder, with_pip=False, symlinks=True)
    install = ["-m", "pip", "--python", str(environment.python), "install", "--quiet"]
    run(sys.executable, *install, "--no-deps", "--no-index", wheel)
    site = run(environment.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    borrowed = Path(site.strip()) / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib") + "\n")
    return environment


def test_what_is_installed_is_the_package_and_not_this_checkout(installed, tmp_path):
    program = "import lstm_viz as lv; print(lv.__file__); print(lv.__version__)"
    file, version = run(installed.python, "-c", program, folder=tmp_path).splitlines()
    assert Path(file).is_relative_to(installed.folder)
    assert version == lv.__version__


def test_every_file_of_the_library_travels_with_it(installed):
    packed = set(zipfile.ZipFile(installed.wheel).namelist())
    tracked = run("git", "ls-files", "lstm_viz", "pages", "app.py").split()
    wanted = {
        name if name.startswith("lstm_viz/") else f"lstm_viz/app/{name}"
        for name in tracked
        if (ROOT / name).exists()
    }
    assert wanted <= packed
    assert "lstm_viz/app/.streamlit/config.toml" in packed
    assert not any(name.startswith(("tests/", "benchmarks/")) for name in packed)


def test_the_command_says_how_it_is_called(installed, tmp_path):
    said = run(installed.python, installed.command, "--help", folder=tmp_path)
    assert {"--port", "--host"} <= set(re.findall(r"--\w+", said))
    said = run(installed.python, installed.command, "--version", folder=tmp_path)
    assert said.split() == ["lstm-viz", lv.__version__]


def test_the_command_opens_the_app_from_any_folder(installed, tmp_path, page):
    port = free_port()
    asked = [str(installed.command), "--host", "127.0.0.1", "--port", str(port), "--no-browser"]
    with python_server(asked, port, tmp_path, installed.python, HOME=str(tmp_path)) as server:
        page.goto(f"{server.url}/stage")
        settled(page)
        expect(page.locator(".stage .board")).to_be_visible()
        page.goto(f"{server.url}/{PAGES[-1].address}")
        settled(page)
        expect(page).to_have_title(PAGES[-1].title)
        assert "must be" not in server.log  # the settings travel as well


def test_the_app_asks_for_at_least_what_it_is_tested_with():
    """Every pin of the app's lock is a library of its extra, or NumPy, within its range."""
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    app = map(Requirement, [*project["dependencies"], *extras["app"]])
    ranges = {}
    for requirement in app:
        inner = [Requirement(one) for extra in requirement.extras for one in extras[extra]]
        for one in [*inner] if requirement.name == project["name"] else [requirement]:
            ranges[one.name] = one.specifier
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.partition("#")[0]) for line in lines if line[0].isalpha()]
    pinned = {pin.name: str(pin.specifier).removeprefix("==") for pin in pins}
    assert set(ranges) <= set(pinned)
    assert [name for name, found in ranges.items() if not found.contains(pinned[name])] == []
