"""The experiments' runs, done once and shipped: the page of training opens on what came of them.

A file a run holds what the worker left in its folder, byte for byte: the record, and the weights at
every snapshot. A run is named by its settings, as one is that is begun on the page; so whoever
trains the same has the same run under the same address, and then it is their own that is shown.
``ship_experiments`` makes the files.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from lstm_viz.jobs.settings import job_id
from lstm_viz.training.experiments import EXPERIMENTS
from lstm_viz.training.run_folder import Run, Weights, read_record, words_of
from lstm_viz.training.settings import VERSION, Settings, as_checked, checked_settings

FOLDER = Path(__file__).with_name("shipped")
FORMAT = "LSTM Viz finished run 1"
_RECORD = "record"


def name_of(settings: Settings) -> str:
    """What a run with these settings is called."""
    return job_id(VERSION, checked_settings(settings))


def finished_runs(task: str) -> list[str]:
    """The names of the runs of a task's experiment, if it has one, in its order."""
    asked = [one.settings for one in EXPERIMENTS if one.task == task]
    names = [name_of(settings) for found in asked for settings in found]
    return [name for name in names if name in finished()]


@cache
def finished() -> Mapping[str, Run]:
    """Every shipped run by its name."""
    runs = (_opened(file.read_bytes()) for file in sorted(FOLDER.glob("*.safetensors")))
    return {run.name: run for run in runs}


def packed(run: Run) -> bytes:
    """A run that came to its end as one file."""
    assert run.record is not None
    arrays = {_RECORD: run.record.to_bytes()}
    arrays |= {f"{step:06d}": kept.data for step, kept in run.weights.items()}
    words = {"format": FORMAT, "settings": json.dumps(run.settings)}
    data: bytes = save(
        {name: np.frombuffer(part, np.uint8) for name, part in arrays.items()}, metadata=words
    )
    return data


def _opened(data: bytes) -> Run:
    settings = as_checked(json.loads(words_of(data)["settings"]))
    parts = {name: array.tobytes() for name, array in sorted(load(data).items())}
    record, name = read_record(parts.pop(_RECORD)), name_of(settings)
    kept = {
        int(step): Weights(Path(name) / step, (0, 0, len(part)), part)
        for step, part in parts.items()
    }
    return Run(Path(name), settings, record, kept)
