"""What others install and serve: locked, audited, started with words, and nobody's index named."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from packaging.requirements import Requirement
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

from lstm_viz.web.compressed import FOLDER, FONTS, Compressed, smaller
from tests.serving import ROOT
from tests.web.asgi import Inner, ask

DEPLOY = ROOT / "deploy"


def found_in(pattern: str, text: str) -> re.Match[str]:
    """The first place where the text is like that; it is there."""
    found = re.search(pattern, text, re.MULTILINE)
    assert found is not None, pattern
    return found


def module(name: str) -> Any:
    """A module of deploy/, which is no package."""
    file = DEPLOY / f"{name}.py"
    found = ModuleType(f"deploy_{name}")
    found.__file__ = str(file)
    sys.modules[found.__name__] = found  # where a dataclass looks for the types of its fields
    SourceFileLoader(found.__name__, str(file)).exec_module(found)
    return found


AUDIT = module("audit")


def locked(name: str) -> dict[str, tuple[set[str], int]]:
    """What a lock names: its versions, and how many hashes they have."""
    text = (DEPLOY / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, tuple[set[str], int]] = {}
    for line in text.splitlines():
        if line[:1].isalnum():
            package, version = found_in(r"^([\w.-]+)==([^\s;]+)", line).groups()
            versions, hashes = found.get(package, (set(), 0))
            found[package] = versions | {version}, hashes + line.count("--hash=sha256:")
    return found


def pins() -> dict[str, str]:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line.partition("#")[0]) for line in lines if line[:1].isalpha()]
    return {pin.name: str(pin.specifier).removeprefix("==") for pin in found}


def test_the_locks_have_the_versions_that_people_read_with_their_hashes():
    app, torch = locked("app.lock"), locked("torch.lock")
    for name, version in pins().items():
        assert version in (torch if name == "torch" else app)[name][0], "make lock"
    assert "torch" not in app
    for name, (versions, hashes) in {**app, **torch}.items():
        assert hashes >= len(versions), name
    for name in app.keys() & torch.keys():
        assert app[name][0] & torch[name][0], f"{name} is two things"


@pytest.mark.parametrize(
    "file",
    [ROOT / "Makefile", ROOT / "README.md", *ROOT.glob("requirements*.txt"), *DEPLOY.iterdir()],
    ids=lambda file: file.name,
)
def test_where_packages_come_from_is_the_users_choice(file):
    if file.is_file():
        named = r"https?://\S*(pypi|simple|/whl)|--(extra-)?index-url|--find-links"
        assert not re.search(named, file.read_text(encoding="utf-8"))


# ---- make ----------------------------------------------------------------------------------------


def make(*arguments: str) -> str:
    """What it prints; of the make that runs these tests it knows nothing."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    answer = subprocess.run(["make", *arguments], cwd=ROOT, env=own, capture_output=True, text=True)
    return answer.stdout + answer.stderr


def planned(*arguments: str) -> str:
    """What make would do."""
    return make("--dry-run", "--always-make", *arguments)


def test_help_has_a_line_for_every_target():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = found_in(r"^\.PHONY:(.*)", makefile)[1].split()
    targets = set(phony) - {"help", "audit"}  # which is a part of check
    assert targets == set(re.findall(r"^make (\w+)", make("help"), re.MULTILINE))


def test_run_takes_where_it_answers():
    plan = planned("run", "PORT=9000", "HOST=192.0.2.1", "BASE=lstm", "TORCH=no")
    (line,) = re.findall(r"lstm_viz\.ui\.command(.*)", plan.replace("\\\n", ""))
    assert line.split() == ["--port", "9000", "--host", "192.0.2.1", "--base", "lstm"]


@pytest.mark.parametrize(
    ("choice", "installed"), [("no", []), ("default", ["torch=="]), ("cpu", ["torch=="])]
)
def test_torch_is_added_as_it_was_chosen(choice, installed):
    plan = planned("run", f"TORCH={choice}")
    found = re.findall(r"pip [^\n]*install (torch==)", plan)
    assert found == installed
    assert re.search(r"install --require-hashes -r deploy/app\.lock", plan)


def test_tests_have_torch_whatever_was_chosen_for_looking():
    assert re.search(r"pip [^\n]*install torch==", planned("test", "TORCH=no"))


def test_another_choice_is_told():
    assert "TORCH is no, cpu or default" in planned("run", "TORCH=gpu")


# ---- the audit -----------------------------------------------------------------------------------

WEAK = {"id": "GHSA-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"], "description": "…"}
SOUND = {"name": "a", "version": "1.0", "vulns": []}
UNKNOWN = {"name": "b", "skip_reason": "not found"}


def test_a_known_weakness_is_named_with_the_version_that_mends_it():
    found = AUDIT.report([SOUND, UNKNOWN, {"name": "c", "version": "1.0", "vulns": [WEAK]}])
    assert (found.asked, found.unknown) == (2, 1)
    assert found.weak == ("  c 1.0: GHSA-1, mended in 2.0",)
    assert "Known weaknesses" in found.sentence


def test_what_is_accepted_is_no_finding(monkeypatch):
    monkeypatch.setattr(AUDIT, "ACCEPTED", {"CVE-1": "it concerns another system"})
    found = AUDIT.report([{"name": "c", "version": "1.0", "vulns": [WEAK]}])
    assert not found.weak
    assert "No weakness is known of 1 packages" in found.sentence


def test_what_could_not_be_asked_is_not_called_sound():
    found = AUDIT.report([UNKNOWN, UNKNOWN])
    assert found.sentence == AUDIT.NOTHING.sentence
    assert "nothing was audited" in found.sentence


@pytest.mark.parametrize(
    ("program", "weak"),
    [
        ("import time; time.sleep(60)", ()),  # a network that swallows everything
        ("import sys; sys.exit('no route to host')", ()),
        ("print('<html>a login page</html>')", ()),
        ("print('{}')", ()),
        (f"print({json.dumps(json.dumps({'dependencies': [SOUND | {'vulns': [WEAK]}]}))})", ("a",)),
    ],
)
def test_no_answer_holds_nobody_up(program, weak, monkeypatch):
    run = subprocess.run
    monkeypatch.setattr(
        AUDIT.subprocess, "run", lambda _command, **how: run([sys.executable, "-c", program], **how)
    )
    found = AUDIT.audited([], patience=0.5 if "sleep" in program else 30)
    assert [line.split()[0] for line in found.weak] == list(weak)


def test_a_finding_fails_and_nothing_to_ask_passes(monkeypatch, capsys):
    for found, code in ((AUDIT.NOTHING, 0), (AUDIT.Report(3, 0, ("  c 1.0: …",)), 1)):
        monkeypatch.setattr(AUDIT, "audited", lambda _locks, found=found: found)
        assert AUDIT.main() == code
        assert found.sentence in capsys.readouterr().out


# ---- the container -------------------------------------------------------------------------------


def test_what_the_container_is_made_of_is_there_and_it_is_not_root():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ")]
    assert all((ROOT / one).exists() for line in copied if "--from" not in line[0] for one in line)
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert re.findall(r"^VOLUME (.*)", last, re.MULTILINE) == ["/data"]


def test_the_containers_own_question_goes_to_where_the_app_says_that_it_is_well(monkeypatch):
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    command = json.loads(found_in(r"HEALTHCHECK .*? CMD\s+(\[.*\])", text)[1])
    asked = []
    monkeypatch.setattr("urllib.request.urlopen", lambda url, timeout: asked.append(url))
    for base, path in (("", "/_stcore/health"), ("/lstm/", "/lstm/_stcore/health")):
        monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", base)
        exec(command[2], {})
        assert asked.pop() == f"http://127.0.0.1:8501{path}"


def test_replicas_are_found_by_the_proxy_and_share_their_folder_and_secret():
    compose = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    replicas = re.findall(r"^  (\w+): \*app$", compose, re.MULTILINE)
    assert re.findall(r"server (\w+):8501", nginx) == replicas
    assert "data:/data" in compose
    assert "STREAMLIT_SERVER_COOKIE_SECRET: ${COOKIE_SECRET:?" in compose


# ---- the icons -----------------------------------------------------------------------------------


def test_every_icon_that_is_named_here_or_by_streamlit_is_in_the_small_typeface():
    whole, *kept = (FONTS / "icons.txt").read_text(encoding="utf-8").split()
    assert (FOLDER / "static" / "media" / whole).exists(), "another Streamlit: make icons"
    named = set()
    for file in [*ROOT.glob("lstm_viz/**/*.py"), *ROOT.glob("pages/*.py")]:
        named |= set(re.findall(r":material/(\w+):", file.read_text(encoding="utf-8")))
    for script in (FOLDER / "static" / "js").glob("*.js"):
        found = re.findall(r":material/(\w+):", script.read_text("utf-8", errors="replace"))
        named |= set(found) & ALL_MATERIAL_ICONS
    assert named <= set(kept), "make icons"


def test_a_small_typeface_goes_out_in_the_place_of_the_whole():
    media = FOLDER / "static" / "media"
    assert len(smaller()) == 3  # the icons, and that of the text, upright and slanted
    gate = Compressed(Inner())
    for name, small in smaller().items():
        assert len(small) < (media / name).stat().st_size / 6
        status, _, found = ask(gate, f"/static/media/{name}")
        assert (status, found["content-type"]) == (200, "font/woff2")
        assert int(found["content-length"]) == len(small)
        assert "immutable" not in found["cache-control"]
    assert ask(gate, "/static/media/another.woff2")[1] == "inner"
    assert TTFont(FONTS / "empty.woff2").getBestCmap() == {}  # so what is missing is looked for on
