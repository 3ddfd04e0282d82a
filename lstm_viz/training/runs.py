"""The one place where runs of this installation are asked for and found again."""

from __future__ import annotations

import atexit
import os
import threading
from functools import cache
from pathlib import Path

from lstm_viz.jobs import Jobs
from lstm_viz.training.run_folder import Run, open_run
from lstm_viz.training.settings import VERSION, checked_settings, estimate, task_in

WORK = "lstm_viz.training.worker:work"
KEPT_BYTES = 2 * 2**30  # of finished runs, and a fourth of it of others
_MAKING = threading.Lock()


def jobs() -> Jobs:
    """The one client of this process, made when first asked for."""
    with _MAKING:  # two visitors at once would make two, each with a server of its own
        return _made()


@cache
def _made() -> Jobs:
    """LSTMVIZ_DATA says where, LSTMVIZ_WORKERS how many at once, LSTMVIZ_RUNS_BYTES how much."""
    home = os.environ.get("LSTMVIZ_DATA")
    folder = Path(home) if home else Path.home() / ".lstm_viz"
    spare = max(1, (os.cpu_count() or 2) - 1)  # one core stays with the pages
    workers = int(os.environ.get("LSTMVIZ_WORKERS", min(4, spare)))
    client = Jobs(
        *(folder / "runs", WORK, checked_settings, VERSION),
        cost=lambda settings: estimate(settings, task_in(settings)),
        workers=max(1, workers),
        keep_bytes=float(os.environ.get("LSTMVIZ_RUNS_BYTES", KEPT_BYTES)),
    )
    atexit.register(client.close)
    return client


def run(job: str) -> Run | None:
    """What is there of this run; None if there is no such run."""
    client = jobs()
    found = client.look(job) if client.folder.exists() else None
    return None if found is None else open_run(client.place_of(job), found.settings)
