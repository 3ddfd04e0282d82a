"""The JavaScript that needs no browser to be tested: each file of tests/js/ is one test here."""

import subprocess
from pathlib import Path

import pytest

from tests.node import NODE

TESTS = sorted((Path(__file__).parent / "js").glob("*.test.js"))


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_javascript(file):
    answer = subprocess.run([NODE, "--test", file], capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr
