"""The one place where runs of this installation are asked for and found again."""

from __future__ import annotations

import atexit
import os
import threading
from functools import cache

from lstm_viz import environment
from lstm_viz.jobs import Jobs
from lstm_viz.training.finished import finished
from lstm_viz.training.run_folder import Run, open_run
from lstm_viz.training.settings import (
    VERSION,
    Settings,
    checked_settings,
    seconds_of_work,
)

WORK = "lstm_viz.training.worker:work"
KEPT_BYTES = 2 * 2**30  # of finished runs, and a fourth of it of others
WORKER_BYTES = 2 * 2**30  # of memory, torch's own 300 MB among them
_MAKING = threading.Lock()


def jobs() -> Jobs[Settings]:
    """The one client of this process, made when first asked for."""
    with _MAKING:  # two visitors at once would make two, each with a server of its own
        return _made()


@cache
def _made() -> Jobs[Settings]:
    spare = max(1, (os.cpu_count() or 2) - 1)  # one core stays with the pages
    client = Jobs(
        *(environment.runs_folder(), WORK, checked_settings, VERSION),
        cost=seconds_of_work,
        workers=environment.WORKERS.in_(os.environ) or min(4, spare),
        worker_bytes=environment.WORKER_BYTES.in_(os.environ) or WORKER_BYTES,
        keep_bytes=environment.RUNS_BYTES.in_(os.environ) or KEPT_BYTES,
    )
    atexit.register(client.close)
    return client


def run(job: str) -> Run | None:
    """What is there of this run: one that was begun here, else one that was shipped, else None."""
    client = jobs()
    found = client.look(job) if client.folder.exists() else None
    if found is None:
        return finished().get(job)
    return open_run(client.place_of(job), found.settings)
