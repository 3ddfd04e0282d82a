"""What the README promises."""

import doctest
import re

import pytest

from tests.serving import ROOT

README = ROOT / "README.md"
LINKS = sorted(set(re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text(encoding="utf-8"))))


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_to_a_file(link):
    assert (ROOT / link).exists()


def test_the_snippet_prints_what_the_readme_says():
    outcome = doctest.testfile(str(README), module_relative=False, encoding="utf-8")
    assert outcome.failed == 0


@pytest.mark.parametrize("target", ["run", "test"])
def test_a_promised_command_is_a_target_of_the_makefile(target):
    assert f"make {target}" in README.read_text(encoding="utf-8")
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
