"""What a visitor can take away from the stage, behind one button."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from lstm_viz.cells import CELLS
from lstm_viz.language import N_, _, spoken
from lstm_viz.networks.write_model import (
    knows,
    to_keras_file,
    to_onnx_file,
    to_state_dict_file,
)
from lstm_viz.notation.program import numpy_program, torch_program
from lstm_viz.run.files import trace_csv, trace_npz
from lstm_viz.stage.standalone import standalone
from lstm_viz.stage.tokens import shown
from lstm_viz.ui.cached_reading import Reading
from lstm_viz.ui.components import picture_button

# What the network is for other programs: for whom, what the button says, the file, its ending.
WRITTEN = (
    ("onnx", N_("The network for ONNX"), to_onnx_file, ".onnx"),
    ("keras", N_("Its weights for Keras"), to_keras_file, ".weights.h5"),
    ("torch", N_("Its weights for PyTorch"), to_state_dict_file, ".safetensors"),
)


def exports(reading: Reading) -> None:
    """Files are made when they are asked for, so offering them costs nothing."""
    trace, name, language = reading.trace, reading.file_name, spoken()
    title = _("{name}: {what}").format(
        name=_(CELLS[trace.cell.name].title), what=_(reading.network.task.title)
    )
    with st.popover(_("Export"), width="stretch"):
        picture_button(_("Picture of this step (PNG)"))
        file_button(
            _("This stage, offline (HTML)"),
            lambda: standalone(reading.payload, title, language),
            f"{name}.html",
            "text/html",
        )
        file_button(
            _("Every number as a table (CSV)"),
            lambda: trace_csv(trace, [shown(element) for element in reading.sequence]),
            f"{name}.csv",
            "text/csv",
        )
        file_button(_("Every number as arrays (NPZ)"), lambda: trace_npz(trace), f"{name}.npz")
        file_button(_("This run in NumPy"), lambda: numpy_program(trace), f"{name}-numpy.py")
        file_button(_("This run in PyTorch"), lambda: torch_program(trace), f"{name}-pytorch.py")
        for library, label, write, ending in WRITTEN:
            if knows(library, reading.network):
                file_button(_(label), partial(write, reading.network), f"{name}{ending}")


def file_button(
    label: str,
    data: Callable[[], str | bytes],
    file_name: str,
    mime: str = "application/octet-stream",
) -> None:
    """A button that saves what ``data`` returns, which is asked for when it is pressed."""
    st.download_button(
        label, data, file_name, mime, on_click="ignore", key=f"file {file_name}", width="stretch"
    )
