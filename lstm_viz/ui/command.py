"""The command ``lstm-viz``, from any folder: it becomes ``streamlit run`` of the installed app.

Streamlit reads the settings that lie beside the app (``.streamlit/config.toml``). The process is
replaced and not gone on with, because app.py says how many threads NumPy takes before NumPy is
there, and here it is already.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from lstm_viz import __version__
from lstm_viz.extras import needed_by
from lstm_viz.language import _
from lstm_viz.ui.place import APP

PORT = 8501
LIBRARIES = ("streamlit", "plotly", "pebble", "safetensors", "torch")  # asked for before it starts


def main(arguments: Sequence[str] | None = None) -> int:
    """Opens the app. Ends the process with a sentence where the app's libraries are missing."""
    command = command_of(_parser().parse_args(arguments))
    try:
        with needed_by(_("The app")):
            for library in LIBRARIES:
                if find_spec(library) is None:
                    raise ModuleNotFoundError(name=library)
    except ModuleNotFoundError as error:
        sys.exit(str(error))
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


def command_of(asked: argparse.Namespace) -> list[str]:
    """The process that serves the app as it was asked for."""
    served = ["--server.port", str(asked.port), "--server.address", asked.host]
    headless = ["--server.headless", "true"] if asked.no_browser else []
    return [sys.executable, "-m", "streamlit", "run", str(APP / "app.py"), *served, *headless]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "lstm-viz",
        description=_("Opens LSTM Viz: every gate of a recurrent network, at every step."),
    )
    parser.add_argument(
        "--port", type=_port, default=PORT, help=_("where it answers (default: %(default)s)")
    )
    parser.add_argument(
        "--host",
        default="localhost",
        help=_("this machine's address, to let a class in (default: %(default)s)"),
    )
    parser.add_argument("--no-browser", action="store_true", help=_("do not open a browser window"))
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(_("a port is a number from 1 to 65535"))
    return int(text)
