"""``lv.train``: a run from a program, the very one that the page of training would make."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from lstm_viz.cells import Cell
from lstm_viz.cells.titles import cell_of, key_of
from lstm_viz.training.run_folder import Run, open_run
from lstm_viz.training.settings import Settings, checked_settings, usual
from lstm_viz.training.worker import work


def train(
    cell: Cell | str,
    task: str,
    steps: int | None = None,
    seed: int = 0,
    folder: Path | str | None = None,
    **changes: Any,
) -> Run:
    """A network that is taught a task, with its curves and its weights at many moments.

    ``cell`` is one of the catalogue's names, equations, or a ``Cell``. The settings are those with
    which the task is usually learnt; ``changes`` are others, by the names that ``Settings`` has, as
    ``hidden=8`` or ``learning_rate=0.003``. ``run.record`` has the curves, ``run.network(step)``
    the network after one of the steps in ``run.kept``. The same settings give the same run; with a
    ``folder`` it is kept there, and one that was interrupted goes on.

    Raises ValueError in words for settings that do not exist, or that would take over five minutes.
    """
    settings = settings_of(cell, task, steps, seed, **changes)
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="lstm-viz-run-") as place:
            return _trained(settings, Path(place))  # all of it is read before the folder goes
    return _trained(settings, Path(folder))


def settings_of(
    cell: Cell | str, task: str, steps: int | None = None, seed: int = 0, **changes: Any
) -> Settings:
    """What is asked for, checked."""
    known = key_of(cell_of(cell) if isinstance(cell, str) else cell)
    asked = {**usual(task, known, changes.get("material", ""), seed), **changes}
    return checked_settings(asked if steps is None else asked | {"steps": steps})


def _trained(settings: Settings, folder: Path) -> Run:
    folder.mkdir(parents=True, exist_ok=True)
    work(settings, folder, lambda: False)
    return open_run(folder, settings)
