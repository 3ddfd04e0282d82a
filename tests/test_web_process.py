"""The process that serves the pages computes with NumPy; torch lives in workers."""

import os
import subprocess
import sys

from lstm_viz.ui.navigation import PAGES
from tests.serving import ROOT

MAIN = ROOT / "lstm_viz" / "ui" / "main.py"

RENDER_EVERY_PAGE = f"""
import sys
from streamlit.testing.v1 import AppTest
for page in {[str(page.file) for page in PAGES]}:
    shown = AppTest.from_file({str(MAIN)!r}, default_timeout=200).run().switch_page(page).run()
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


AS_STREAMLIT_STARTS_IT = """
import os, sys
import streamlit.web.cli
before = "numpy" in sys.modules  # what NumPy finds when it is imported counts
import app
print(before, "numpy" in sys.modules, os.environ["OPENBLAS_NUM_THREADS"])
"""


def test_a_product_of_matrices_takes_one_core_of_those_that_visitors_share():
    environment = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    answer = subprocess.run(
        [sys.executable, "-c", AS_STREAMLIT_STARTS_IT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=environment,
    )
    assert answer.stdout.split() == ["False", "True", "1"], answer.stderr
