"""The entry: `streamlit run app.py`, or `python app.py`.

The script that draws the pages lies in a folder of its own, away from pages/: Streamlit takes a
pages/ folder beside the main script for its old kind of multipage app, and then serves an address
such as /stage, opened first in a fresh process, without ever running the main script.
"""

import os
from pathlib import Path

# Before NumPy is there: visitors share the cores, and threads that wait for each other make small
# products of matrices ten times slower as soon as anything else is running.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import streamlit as st

from lstm_viz.ui import start
from lstm_viz.web import gates

SCRIPT = Path(start.__file__).with_name("main.py")
app = st.App(SCRIPT, lifespan=start.prepared_process, middleware=gates())

if __name__ == "__main__":
    app.run()
