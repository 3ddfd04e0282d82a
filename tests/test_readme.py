"""What the README promises."""

import doctest
import re

import pytest

from tests.serving import ROOT

README = ROOT / "README.md"
LINKS = [
    (page, link)
    for page in (README, *sorted((ROOT / "docs").glob("*.md")))
    for link in sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))))
]


@pytest.mark.parametrize(("page", "link"), LINKS, ids=lambda part: getattr(part, "name", part))
def test_a_link_leads_to_a_file(page, link):
    assert (page.parent / link).exists()


def test_every_room_of_the_library_is_in_the_flow_line():
    rooms = {path.parent.name for path in (ROOT / "lstm_viz").glob("*/__init__.py")} | {"browser"}
    linked = {link.strip("/").removeprefix("lstm_viz/") for page, link in LINKS if page == README}
    assert rooms <= linked


@pytest.mark.parametrize("name", ["README.md", "docs/ask-a-network.md", "docs/record.md"])
def test_a_snippet_prints_what_stands_below_it(name):
    outcome = doctest.testfile(str(ROOT / name), module_relative=False, encoding="utf-8")
    assert outcome.attempted > 5
    assert outcome.failed == 0


@pytest.mark.parametrize("target", ["run", "test"])
def test_a_promised_command_is_a_target_of_the_makefile(target):
    assert f"make {target}" in README.read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
