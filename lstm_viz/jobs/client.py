"""The jobs of one folder, as a page sees them. Nothing here waits for a job, or runs one.

A page writes what it wants into the database (``store``) and reads there, and in the job's folder,
what became of it; the server is only told to look sooner, and is started when there is none. So
pages and web processes may come and go, and two of them may share a folder.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic

from lstm_viz.jobs.fair import making_room
from lstm_viz.jobs.folder import make_own, remove
from lstm_viz.jobs.lock import is_free
from lstm_viz.jobs.settings import canonical, is_job_id, job_id
from lstm_viz.jobs.store import CLOSED, Answer, Asks, Job, Limits, S, State, Store, UnreachableError
from lstm_viz.language import N_, _

# What decides how many threads NumPy and torch take in a worker.
THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
JUST_NOW = 15.0  # seconds: who looked since then would miss a run that is stopped
PATIENCE = 3.0  # seconds a page waits for the database; the server waits longer
NOTED = 60.0  # seconds after which it is noted anew that somebody looks at what is done
BAD = 4  # what has ended otherwise than done may take a fourth of what is kept
CODE = Path(__file__).resolve().parents[2]

NOT_YOURS = N_(
    "This run was begun in another browser; only there can it be stopped, rewound or deleted."
)


class TooManyError(ValueError):
    """The queue is full, or this session has enough jobs already."""


class NotYoursError(ValueError):
    """Only who began a job may stop it, delete it, or have it begin afresh."""


def _no_cost(_settings: Mapping[str, object]) -> float:
    return 1.0


class Jobs(Generic[S]):
    """Submit, watch, stop, list and delete; the work is done by a server started when needed.

    ``work`` is "module:function" as ``server`` describes it. ``check`` turns settings into checked
    ones or raises ValueError in words; ``version`` is part of a job's name, so that a change of the
    work makes new jobs; ``cost`` is about how many seconds a job takes. ``seconds`` is how long a
    job may take, ``silent`` how long one goes on that nobody watches. ``at_once`` is how many
    living jobs a session may have, ``queue`` how many wait at most, ``keep`` and ``keep_bytes`` how
    many that have ended are kept on disk, and how large. A worker has ``worker_bytes`` of memory.

    A job belongs to the session that submitted it first: others look, and let it go on, but only
    its owner stops it, deletes it, or begins it afresh. Every method that reads or writes the list
    raises UnreachableError in words while that cannot be done.
    """

    def __init__(
        self,
        folder: Path,
        work: str,
        check: Callable[[object], S],
        version: str,
        *,
        cost: Callable[[S], float] = _no_cost,
        workers: int = 1,
        seconds: float = 600,
        silent: float = 120,
        at_once: int = 12,
        queue: int = 200,
        keep: int = 500,
        keep_bytes: float = 2 * 2**30,
        worker_bytes: int = 2 * 2**30,
    ):
        self.folder, self.work, self.check, self.version = folder, work, check, version
        self.cost, self.workers, self.seconds, self.silent = cost, workers, seconds, silent
        self.limits, self.keep, self.keep_bytes = Limits(at_once, queue), keep, keep_bytes
        self.worker_bytes = worker_bytes
        self.store: Store[S] = Store(folder / "jobs.sqlite", PATIENCE)
        self._server: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def name(self, settings: object) -> str:
        """The job's id: the same for the same settings."""
        return job_id(self.version, self.check(settings))

    def place_of(self, job: str) -> Path:
        """The folder with the job's results. Raises ValueError for what is no id."""
        if not is_job_id(job):
            raise ValueError(_("This is not the address of a run."))
        return self.folder / job

    def open(self) -> None:
        """See to it that a server serves this folder, here or in another process."""
        try:
            make_own(self.folder)
            self._open()
        except UnreachableError:
            raise
        except OSError as problem:
            raise UnreachableError(_(CLOSED)) from problem

    def _open(self) -> None:
        with self._lock:
            if self._server is not None:
                if self._server.poll() is None:
                    return
                _hang_up(self._server)  # it was killed; another takes its place
            if not is_free(self.folder / "server.lock"):
                return
            command = [sys.executable, "-m", "lstm_viz.jobs.server", str(self.folder), self.work]
            command += ["--workers", str(self.workers), "--seconds", str(self.seconds)]
            command += ["--silent", str(self.silent), "--bytes", str(self.worker_bytes)]
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
        self,
        settings: object,
        session: str,
        *,
        places: str = "",
        address: str = "",
        private: bool = False,
        afresh: bool = False,
    ) -> str:
        """The id of the job for these settings, queued unless it is alive or done.

        One that was stopped, was lost or has failed is queued again, and goes on. ``afresh`` queues
        one that is done as well, and has it begin with nothing; what it left stays until then.
        ``places`` is whose places it takes, where the session alone would not be fair, and
        ``address`` where they come from. ``private`` ones are not listed. Raises ValueError in
        words.
        """
        settings = self.check(settings)
        job = job_id(self.version, settings)
        if len(canonical(settings)) > 2**20:
            raise ValueError(_("These settings are too long."))
        asks = Asks(session, places or session, address, self.cost(settings), private)
        answer = self.store.submit(job, settings, asks, self.limits, afresh)
        if answer is Answer.FULL:
            full = _("{count} runs are waiting already. Please try again later.")
            raise TooManyError(full.format(count=self.limits.queue))
        if answer is Answer.TOO_MANY:
            many = _("You have {count} runs waiting or running; stop one, or wait for one.")
            raise TooManyError(many.format(count=self.limits.at_once))
        if answer is Answer.NOT_YOURS:
            raise NotYoursError(_(NOT_YOURS))
        self.make_room()
        self._ring()
        return job

    def make_room(self) -> None:
        """Delete what is beyond the bounds; what ended badly takes no place of what is done."""
        done = self.store.ended(State.DONE)
        bad = self.store.ended(State.STOPPED, State.FAILED, State.LOST)
        gone = making_room(done, self.keep, self.keep_bytes)
        gone += making_room(bad, max(1, self.keep // BAD), self.keep_bytes / BAD)
        for job in gone:
            self.delete(job)

    def watch(self, job: str, session: str) -> Job[S] | None:
        """The job as it is now, None if there is none; the session is noted as watching it."""
        found = self.look(job)
        if found is not None and found.state.is_alive:
            with contextlib.suppress(UnreachableError):  # to look on does not need to write
                self.store.watch(job, session)
            self.open()
        elif found is not None and abs(time.time() - found.looked) > NOTED:
            with contextlib.suppress(UnreachableError):
                self.store.look_at_ended(job)
        return found

    def look(self, job: str) -> Job[S] | None:
        """The job as it is now, without watching it."""
        return self.store.job(job) if is_job_id(job) else None

    def place(self, job: str) -> int | None:
        """How many wait before this one; None if it does not wait."""
        return self.store.place(job)

    def stop(self, job: str, session: str) -> int:
        """Its owner wants it stopped; returns how many others watch it, who keep it going.

        Raises NotYoursError for anybody else.
        """
        self._check_owner(job, session)
        others = self.store.leave(job, session, min(JUST_NOW, self.silent))
        if others == 0:
            self.store.ask_to_stop(job)
            self._ring()
        return others

    def _check_owner(self, job: str, session: str) -> None:
        found = self.look(job)
        if found is not None and found.owner != session:
            raise NotYoursError(_(NOT_YOURS))

    def listed(self, limit: int = 100) -> list[Job[S]]:
        """Jobs that are done, the newest first, fairly chosen where there are more."""
        return self.store.listed(limit) if self.folder.exists() else []

    def delete(self, job: str, session: str | None = None) -> bool:
        """Delete a job and its files; False while it is alive.

        None is whoever runs the app; raises NotYoursError for a session that is not its owner's.
        """
        self.place_of(job)
        if session is not None:
            self._check_owner(job, session)
        with self.store.deleting(job) as is_gone:
            if is_gone:  # before anybody can submit it again: what begins anew is not deleted
                remove(self.folder, job)
        return is_gone


def _hang_up(server: subprocess.Popen[bytes]) -> None:
    if server.stdin is not None:
        with contextlib.suppress(OSError):
            server.stdin.close()
