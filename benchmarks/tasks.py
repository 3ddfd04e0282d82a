"""Whether every default of the Train page succeeds, on seeds that were not used to choose it.

For each task the LSTM with its usual settings: seconds of one core, the metric at the end beside
what counts as a success, and the share of the time that examining and keeping snapshots took (to
reach: at most 10 seconds, 30 for the character models, and 5 %).

Where the user brings the material, it is some here: of the Python reference's prose as much as a
chapter has, and half a year of hourly measurements with a day's rhythm, a week's, and noise.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from pydoc_data.topics import topics

import numpy as np

from lstm_viz.tasks import power_load as load
from lstm_viz.tasks import read_forward, task_of
from lstm_viz.training.run_folder import Record, open_run
from lstm_viz.training.settings import usual
from lstm_viz.training.worker import work

SEEDS = (101, 102, 103)
SUCCESS: dict[str, Callable[[float], bool]] = {
    "adding": lambda error: error < 0.01,  # always answering 1 has 0.167
    "copying": lambda share: share > 0.95,
    "anbn": lambda n: n >= 10,
    "anbncn": lambda n: n >= 10,
    "parity": lambda share: share > 0.99,
    "order": lambda share: share > 0.95,
    "echo": lambda missed: missed < 0.05,
    "sine": lambda error: error < 0.02,  # the noise alone has 0.01, repeating the last value 0.096
    "subject": lambda share: share > 0.85,
    "subject_zh": lambda share: share > 0.85,
    "counting": lambda n: n >= 10,
    "reber": lambda share: share > 0.95,
    "python": lambda bits: bits < 3.1,  # pairs of characters have 3.57
    "load": lambda error: error < 17.6,  # repeating the last hour has 17.6
}


def text() -> str:
    """30,000 characters of English prose that every Python has."""
    return "\n".join(topics[name] for name in sorted(topics))[:30_000]


def series() -> str:
    """Half a year of hours as the load task draws them."""
    measured = load.measured(np.random.default_rng(100), np.arange(24 * 182)[:, None])
    return " ".join(f"{value:.2f}" for value in measured.ravel())


def succeeds(task: str, material: str, record: Record) -> bool:
    """Whether the last metric is a success; with the user's material, beyond all who know less."""
    if task in SUCCESS:
        return SUCCESS[task](float(record.metric[-1]))
    return bool(
        record.validation[-1] < 0.95 * min(task_of(task, material=material).knowing().values())
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", nargs="*", default=read_forward())
    parser.add_argument("--cell", default="lstm")
    parser.add_argument("--seeds", type=int, nargs="*", default=SEEDS)
    asked = parser.parse_args()
    for task in asked.tasks:
        material = {"text": text, "series": series}.get(task, str)()
        for seed in asked.seeds:
            settings = usual(task, asked.cell, material, seed)
            with tempfile.TemporaryDirectory() as folder:
                began = time.process_time()
                work(settings, Path(folder), lambda: False)
                seconds = time.process_time() - began
                record = open_run(Path(folder), settings).record
            assert record is not None
            print(
                f"{task:10} seed {seed}: {'yes' if succeeds(task, material, record) else 'NO ':3} "
                f"{record.metric[-1]:8.4f} in {seconds:5.1f} s of one core, {record.done} steps, "
                f"{record.aside / record.seconds:.1%} aside",
                flush=True,
            )


if __name__ == "__main__":
    main()
