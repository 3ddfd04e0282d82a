"""LSTM Viz: recurrent cells as equations, run, recorded and shown.

``import lstm_viz as lv`` imports none of torch, Streamlit, Plotly and pandas; what needs them is
imported when it is first asked for.
"""

from importlib import import_module
from typing import Any

from lstm_viz.cells import CELLS, Cell
from lstm_viz.run import run
from lstm_viz.trace import Trace

_ELSEWHERE = {
    "gradient_flow": "lstm_viz.gradients.flow",
    "init_weights": "lstm_viz.weights",
    "weights_from": "lstm_viz.packing",
    "record": "lstm_viz.recording",
    "Recording": "lstm_viz.recording",
}

__all__ = [
    "CELLS",
    "Cell",
    "Recording",
    "Trace",
    "gradient_flow",
    "init_weights",
    "record",
    "run",
    "weights_from",
]


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        globals()[name] = found = getattr(import_module(_ELSEWHERE[name]), name)
        return found
    raise AttributeError(f"module lstm_viz has no {name}")


def __dir__() -> list[str]:
    return sorted(__all__)
