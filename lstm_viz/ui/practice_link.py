"""From the other pages to the one on which a cell learns."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lstm_viz.cell_names import key_of
from lstm_viz.cells import Cell
from lstm_viz.practice.settings import checked_settings, usual
from lstm_viz.ui.navigation import PAGES_FOLDER
from lstm_viz.ui.practice_runs import submitted
from lstm_viz.ui.practice_settings import ADDRESS


def train(task: str, cells: Sequence[Cell]) -> None:
    """Start a run of each cell with the task's usual settings, and go where they are watched.

    The address there says all of it, so that it can be sent to others.
    """
    keys = list(dict.fromkeys(map(key_of, cells)))
    runs = submitted([checked_settings(usual(task, key)) for key in keys])
    if runs:
        query = {"task": task, "cells": keys, ADDRESS: ",".join(runs)}
        st.switch_page(PAGES_FOLDER / "train.py", query_params=query)
