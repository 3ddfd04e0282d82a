"""The app as a person starts it: `streamlit run app.py`, in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Server:
    url: str
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")


@contextmanager
def streamlit_server(*arguments: str) -> Iterator[Server]:
    """`streamlit run app.py` with these further arguments, on a free port of 127.0.0.1."""
    port = free_port()
    command = ["-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", *arguments]
    with python_server(command, port) as server:
        yield server


@contextmanager
def python_server(
    command: list[str],
    port: int,
    folder: Path = ROOT,
    python: str | Path = sys.executable,
    **variables: str,
) -> Iterator[Server]:
    """A fresh Python process that serves the app, ready for its first visitor.

    When it has ended, what it has logged must hold no traceback; and whatever it was asked to show,
    it must have loaded no torch, which lives in workers.
    """
    # A variable of the developer's own would otherwise decide which settings are tested.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    environment |= variables
    with tempfile.TemporaryDirectory() as log_folder:
        log_file = Path(log_folder) / "log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(
                [python, *command],
                cwd=folder,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        server = Server(f"http://127.0.0.1:{port}", process, log_file)
        try:
            wait_until_healthy(server)
            yield server
            loaded = Path(f"/proc/{process.pid}/maps")  # only Linux says what a process has loaded
            if loaded.exists():
                assert "libtorch" not in loaded.read_text(), "the web process holds torch"
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert "Traceback" not in server.log, server.log


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_healthy(server: Server, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise AssertionError(f"the server stopped before it answered:\n{server.log}")
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.05)
    raise AssertionError(f"the server did not answer within {seconds} s:\n{server.log}")
