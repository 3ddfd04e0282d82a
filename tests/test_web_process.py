"""The process that serves the pages computes with NumPy; torch lives in workers."""

import subprocess
import sys

from lstm_viz.ui.navigation import PAGES
from tests.serving import ROOT

MAIN = ROOT / "lstm_viz" / "ui" / "main.py"

RENDER_EVERY_PAGE = f"""
import sys
from streamlit.testing.v1 import AppTest
for page in {[str(page.file) for page in PAGES]}:
    shown = AppTest.from_file({str(MAIN)!r}, default_timeout=60).run().switch_page(page).run()
    assert not shown.exception, shown.exception
    assert shown.title, page
print("torch" in sys.modules)
"""


def test_rendering_every_page_imports_no_torch():
    answer = subprocess.run(
        [sys.executable, "-c", RENDER_EVERY_PAGE], cwd=ROOT, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.strip() == "False"
