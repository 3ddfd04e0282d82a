"""LSTM Viz: recurrent cells as equations, run, recorded and shown.

``import lstm_viz as lv`` needs NumPy alone; what needs more is imported when it is first asked for.
"""

from importlib import import_module
from typing import Any

from lstm_viz.cells import CELLS, Cell
from lstm_viz.extras import needed_by
from lstm_viz.run.run import run
from lstm_viz.run.trace import Trace
from lstm_viz.study.study import study

__version__ = "1.0.0"

_ELSEWHERE = {
    "extremes": "lstm_viz.run.find",
    "figure": "lstm_viz.figures.trace",
    "find": "lstm_viz.run.find",
    "forecast": "lstm_viz.networks.forecast",
    "gradient_flow": "lstm_viz.gradients.flow",
    "init_weights": "lstm_viz.run.weights",
    "initial_share": "lstm_viz.gradients.memory_shares",
    "memory_shares": "lstm_viz.gradients.memory_shares",
    "read_model": "lstm_viz.networks.read_model",
    "read_onnx": "lstm_viz.networks.read_model",
    "read_study": "lstm_viz.study.table",
    "read_table": "lstm_viz.files.table",
    "read_text": "lstm_viz.files.text",
    "record": "lstm_viz.networks.record",
    "recording": "lstm_viz.networks.torch.tape",
    "Recording": "lstm_viz.run.recording",
    "stage_html": "lstm_viz.stage.standalone",
    "state_map": "lstm_viz.run.state_map",
    "units_on": "lstm_viz.run.find",
    "to_csv_file": "lstm_viz.training.curves",
    "to_keras_file": "lstm_viz.networks.write_model",
    "to_onnx_file": "lstm_viz.networks.write_model",
    "to_state_dict_file": "lstm_viz.networks.write_model",
    "to_tensorboard_folder": "lstm_viz.training.curves",
    "train": "lstm_viz.training.train",
    "weights_from": "lstm_viz.networks.gate_order",
    "widget": "lstm_viz.stage.widget",
    "write": "lstm_viz.networks.write",
}

__all__ = [
    "CELLS",
    "Cell",
    "Recording",
    "Trace",
    "__version__",
    "extremes",
    "figure",
    "find",
    "forecast",
    "gradient_flow",
    "init_weights",
    "initial_share",
    "memory_shares",
    "read_model",
    "read_onnx",
    "read_study",
    "read_table",
    "read_text",
    "record",
    "recording",
    "run",
    "stage_html",
    "state_map",
    "study",
    "to_csv_file",
    "to_keras_file",
    "to_onnx_file",
    "to_state_dict_file",
    "to_tensorboard_folder",
    "train",
    "units_on",
    "weights_from",
    "widget",
    "write",
]


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        with needed_by(f"lv.{name}"):
            globals()[name] = found = getattr(import_module(_ELSEWHERE[name]), name)
        return found
    raise AttributeError(f"module lstm_viz has no {name}")


def __dir__() -> list[str]:
    return sorted(__all__)
