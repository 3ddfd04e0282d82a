"""The process that serves the pages leaves the other cores to the others.

That it holds no torch, whatever it shows, is asked of every server of the tests (tests/serving.py).
"""

import os
import subprocess
import sys

from tests.serving import ROOT

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
