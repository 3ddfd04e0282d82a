"""From the other pages to the one on which a cell learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lstm_viz.cells import Cell
from lstm_viz.cells.titles import key_of
from lstm_viz.language import _
from lstm_viz.networks.edited_cell import EDITED, Edited
from lstm_viz.training.settings import TRAINED, Settings, checked_settings, usual
from lstm_viz.ui import parameters
from lstm_viz.ui.navigation import PAGES_FOLDER
from lstm_viz.ui.train.runs import submitted


def train(task: str, cells: Sequence[Cell], **changes: object) -> None:
    """Start runs of these cells with the task's usual settings, and go where they are watched.

    ``changes`` are settings that are not the usual ones. The address there names the runs, and what
    is unusual of them as well, for whoever opens it where the runs are not known.
    """
    wanted = comparable(task, list(dict.fromkeys(map(key_of, cells))), changes)
    train_runs(task, wanted, **{name: parameters.text_of(value) for name, value in changes.items()})


def comparable(task: str, cells: Sequence[str], changes: Mapping[str, object]) -> list[Settings]:
    """The settings of a run of each cell; of two where only so the cells can be compared.

    Where the usual start is one that some of the cells cannot have, a difference to them may be the
    start's alone. So all start alike, and those that can once more from the usual start.
    """
    found = [checked_settings({**usual(task, cell), **changes}) for cell in cells]
    if len({settings["start"] for settings in found}) > 1:
        alike = [checked_settings({**settings, "start": "plain"}) for settings in found]
        found = alike + [settings for settings in found if settings not in alike]
    return found


def train_runs(task: str, wanted: Sequence[Settings], **said: str | list[str]) -> None:
    """Start runs of one task as their settings say, and go where they are watched."""
    runs = submitted(list(wanted))
    if runs:
        keys = list(dict.fromkeys(str(settings["cell"]) for settings in wanted))
        query = {"task": task, "cells": keys, **said, "runs": ",".join(runs)}
        st.switch_page(PAGES_FOLDER / "train.py", query_params=query)


def train_on_button(found: Edited) -> None:
    """Where a trained network was edited: a button that trains it on, beginning as it is."""
    if found.state != EDITED or found.base is None or not found.base.name:
        return
    task, start = found.network.task.name, f"{TRAINED}{found.base.name}"
    if st.button(_("Train on from here")):
        train(task, [found.network.cell], start=start)
