"""Scripts of the browser, run without one, by the Node that drives Playwright's browsers."""

import json
import subprocess
from pathlib import Path
from typing import Any

import playwright

from tests.serving import ROOT

# Playwright brings its own, so that every machine runs these with the same one.
NODE = next((Path(playwright.__file__).parent / "driver").glob("node*"))
BROWSER = ROOT / "lstm_viz" / "browser"


def answered(module: str, program: str, question: Any) -> Any:
    """What the program prints for a question on its standard input, both as JSON.

    MODULE in it is the address of a module below lstm_viz/browser.
    """
    answer = subprocess.run(
        [
            NODE,
            "--input-type=module",
            "-e",
            program.replace("MODULE", (BROWSER / module).as_uri()),
        ],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(answer.stdout)
