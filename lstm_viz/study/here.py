"""On which machine, and with which versions, a number was found."""

from __future__ import annotations

import platform
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from lstm_viz import __version__


@cache
def machine() -> str:
    """The processor, the system and the kernels of NumPy's products; no name of a person's."""
    return ", ".join(filter(None, (_processor(), platform.system(), _kernels())))


@cache
def versions() -> str:
    """Of what the numbers hang on."""
    python = platform.python_version()
    return f"lstm_viz {__version__}, numpy {np.__version__}, python {python}"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def _kernels() -> str:
    """As OpenBLAS chose them for this processor: with others the last digits differ."""
    if find_spec("threadpoolctl") is None:
        return ""
    from threadpoolctl import threadpool_info

    found = {one.get("architecture") for one in threadpool_info() if one["user_api"] == "blas"}
    return " and ".join(sorted(filter(None, found)))
