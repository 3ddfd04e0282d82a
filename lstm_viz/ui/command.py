"""The command ``lstm-viz``, from any folder: it becomes ``streamlit run`` of the installed app.

Streamlit reads the settings that lie beside the app (``.streamlit/config.toml``). The process is
replaced and not gone on with, because app.py says how many threads NumPy takes before NumPy is
there, and here it is already.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Sequence

from lstm_viz import __version__
from lstm_viz.extras import has, needed_by
from lstm_viz.language import _
from lstm_viz.ui import serving_place, without_torch
from lstm_viz.ui.place import APP

PORT = 8501
STUDY = "study"  # the word after which the rest is a study's
LIBRARIES = ("streamlit", "plotly", "pebble", "safetensors")  # asked for before it starts


def main(arguments: Sequence[str] | None = None) -> int:
    """Opens the app, or runs a study. Where that cannot be, it ends with a sentence."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == [STUDY]:
        from lstm_viz.study.command import main as study  # cells and tasks: the app needs none here

        return study(given[1:])
    asked = _parser().parse_args(given)
    command = command_of(asked)
    try:
        with needed_by(_("The app")):
            for library in LIBRARIES:
                if not has(library):
                    raise ModuleNotFoundError(name=library)
    except ModuleNotFoundError as error:
        sys.exit(str(error))
    if complaint := serving_place.complaint(asked.host, asked.port):
        sys.exit(complaint)
    if missed := serving_place.runs_missed():
        print(missed, file=sys.stderr)
    if without_torch.is_missing():
        print(without_torch.trains_not(), file=sys.stderr)
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.call(command)


def command_of(asked: argparse.Namespace) -> list[str]:
    """The process that serves the app as it was asked for."""
    served = ["--server.port", str(asked.port), "--server.address", asked.host]
    below = ["--server.baseUrlPath", asked.base.strip("/")] if asked.base.strip("/") else []
    headless = ["--server.headless", "true"] if asked.no_browser else []
    watched = ["--server.fileWatcherType", "auto", "--server.runOnSave", "true"]
    more = [*below, *headless, *(watched if asked.reload else [])]
    return [sys.executable, "-m", "streamlit", "run", str(APP / "app.py"), *served, *more]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "lstm-viz",
        description=_("Opens LSTM Viz: every gate of a recurrent network, at every step."),
        epilog=_(
            "lstm-viz study trains every cell alike, to find what matters: lstm-viz study -h."
        ),
    )
    parser.add_argument(
        "--port", type=_port, default=PORT, help=_("where it answers (default: %(default)s)")
    )
    parser.add_argument(
        "--host",
        default="localhost",
        help=_("this machine's address, to let a class in (default: %(default)s)"),
    )
    parser.add_argument(
        "--base",
        type=_base,
        default="",
        help=_("below which path it answers, as lstm in https://school.edu/lstm/"),
    )
    parser.add_argument("--reload", action="store_true", help=_("for developers: see what changes"))
    parser.add_argument("--no-browser", action="store_true", help=_("do not open a browser window"))
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


def _base(text: str) -> str:
    if not re.fullmatch(r"[\w.~/-]*", text) or ".." in text:
        raise argparse.ArgumentTypeError(_("a path is letters, digits, - _ . ~ and /"))
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(_("a port is a number from 1 to 65535"))
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
