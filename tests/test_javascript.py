"""The JavaScript that needs no browser to be tested: each file of tests/js/ is one test here."""

import subprocess
from pathlib import Path

import playwright
import pytest

TESTS = sorted((Path(__file__).parent / "js").glob("*.test.js"))

# Playwright brings the Node that drives it, so that every machine runs these with the same one.
NODE = next((Path(playwright.__file__).parent / "driver").glob("node*"))


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_javascript(file):
    answer = subprocess.run([NODE, "--test", file], capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr
