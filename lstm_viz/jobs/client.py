"""The jobs of one folder, as a page sees them. Nothing here waits for a job, or runs one.

A page writes what it wants into the database (``store``) and reads there, and in the job's folder,
what became of it; the server is only told to look sooner, and is started when there is none. So
pages and web processes may come and go, and two of them may share a folder.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lstm_viz.jobs.lock import is_free
from lstm_viz.jobs.settings import canonical, is_job_id, job_id
from lstm_viz.jobs.store import Job, State, Store

# What decides how many threads NumPy and torch take in a worker.
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
JUST_NOW = 15.0  # seconds: who looked since then would miss a run that is stopped
CODE = Path(__file__).resolve().parents[2]


class TooManyError(ValueError):
    """The queue is full, or this session has enough jobs already."""


class Jobs:
    """Submit, watch, stop, list and delete; the work is done by a server started when needed.

    ``work`` is "module:function" as ``server`` describes it. ``check`` turns settings into checked
    ones or raises ValueError in words; ``version`` is part of a job's name, so that a change of the
    work makes new jobs. ``seconds`` is how long a job may take, ``silent`` how long one goes on
    that nobody watches. ``at_once`` is how many living jobs a session may have, ``queue`` how many
    wait at most, ``keep`` how many that have ended are kept on disk.
    """

    def __init__(
        self,
        folder: Path,
        work: str,
        check: Callable[[Any], dict[str, Any]],
        version: str,
        *,
        workers: int = 1,
        seconds: float = 600,
        silent: float = 120,
        at_once: int = 12,
        queue: int = 200,
        keep: int = 500,
    ):
        self.folder, self.work, self.check, self.version = folder, work, check, version
        self.workers, self.seconds, self.silent = workers, seconds, silent
        self.at_once, self.queue, self.keep = at_once, queue, keep
        self._store: Store | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def store(self) -> Store:
        with self._lock:
            if self._store is None:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._store = Store(self.folder / "jobs.sqlite")
            return self._store

    def name(self, settings: Mapping[str, Any]) -> str:
        """The job's id: the same for the same settings."""
        return job_id(self.version, self.check(settings))

    def place_of(self, job: str) -> Path:
        """The folder with the job's results. Raises ValueError for what is no id."""
        if not is_job_id(job):
            raise ValueError("This is not the address of a run.")
        return self.folder / job

    def open(self) -> None:
        """See to it that a server serves this folder, here or in another process."""
        self.store  # noqa: B018 - the folder has to be there
        with self._lock:
            if self._server is not None:
                if self._server.poll() is None:
                    return
                _hang_up(self._server)  # it was killed; another takes its place
            if not is_free(self.folder / "server.lock"):
                return
            command = [sys.executable, "-m", "lstm_viz.jobs.server", str(self.folder), self.work]
            command += ["--workers", str(self.workers), "--seconds", str(self.seconds)]
            command += ["--silent", str(self.silent)]
            path = os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH", "")]))
            one_thread = {
                "OMP_NUM_THREADS": "1",
                "MKL_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            }
            self._server = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                bufsize=0,
                env=os.environ | one_thread | {"PYTHONPATH": path},
                start_new_session=True,  # Ctrl+C ends the app; the server ends with it, in order
            )

    def close(self) -> None:
        """End the server, if it is ours, and with it what is running."""
        with self._lock:
            server, self._server = self._server, None
        if server is not None:
            _hang_up(server)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def _ring(self) -> None:
        """Tell the server to look now; one in another process looks every second."""
        self.open()
        server = self._server
        if server is not None and server.stdin is not None:
            with contextlib.suppress(OSError, ValueError):  # it has just ended
                server.stdin.write(b"\n")

    def submit(
        self, settings: Any, session: str, *, private: bool = False, afresh: bool = False
    ) -> str:
        """The id of the job for these settings, queued unless it is alive or done.

        One that was stopped, was lost or has failed is queued again, and goes on. ``afresh`` queues
        one that is done as well, and has it begin with nothing; what it left stays until then.
        ``private`` ones are not listed. Raises ValueError in words.
        """
        settings = self.check(settings)
        job = job_id(self.version, settings)
        if len(canonical(settings)) > 2**20:
            raise ValueError("These settings are too long.")
        waiting = self.store.count(State.QUEUED)
        if waiting >= self.queue:
            raise TooManyError(f"{waiting} runs are waiting already. Please try again later.")
        if not self.store.submit(job, settings, session, private, self.at_once, afresh):
            raise TooManyError(
                f"You have {self.at_once} runs waiting or running; stop one, or wait for one."
            )
        for old in self.store.surplus(self.keep):
            self.delete(old)
        self._ring()
        return job

    def watch(self, job: str, session: str) -> Job | None:
        """The job as it is now, None if there is none; the session is noted as watching it."""
        found = self.store.job(job) if is_job_id(job) else None
        if found is not None and found.state.is_alive:
            self.store.watch(job, session)
            self.open()
        return found

    def look(self, job: str) -> Job | None:
        """The job as it is now, without watching it."""
        return self.store.job(job) if is_job_id(job) else None

    def place(self, job: str) -> int | None:
        """How many wait before this one; None if it does not wait."""
        return self.store.place(job)

    def stop(self, job: str, session: str) -> int:
        """This session wants it stopped; returns how many others watch it, who keep it going."""
        others = self.store.leave(job, session, min(JUST_NOW, self.silent))
        if others == 0:
            self.store.ask_to_stop(job)
            self._ring()
        return others

    def listed(self, limit: int = 100) -> list[Job]:
        """The latest jobs, the newest first."""
        return self.store.listed(limit) if self.folder.exists() else []

    def delete(self, job: str) -> bool:
        """Delete a job and its files; False while it is alive."""
        place = self.place_of(job)
        with self.store.deleting(job) as is_gone:
            if is_gone:  # before anybody can submit it again: what begins anew is not deleted
                shutil.rmtree(place, ignore_errors=True)
        return is_gone


def _hang_up(server: subprocess.Popen[bytes]) -> None:
    if server.stdin is not None:
        with contextlib.suppress(OSError):
            server.stdin.close()
