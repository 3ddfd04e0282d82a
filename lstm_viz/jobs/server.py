"""The process that owns the workers: ``python -m lstm_viz.jobs.server FOLDER MODULE:FUNCTION``.

It is a process of its own and not a part of the web process: there, Streamlit puts its scripts in
the place of ``__main__``, and every new worker would import and run them. One server serves a
folder, whoever started it; it ends with the process that did, when its standard input closes.

``FUNCTION(settings, folder, is_to_stop)`` does the work, in a worker. It leaves its results in the
folder, asks ``is_to_stop()`` now and then, and returns whether it came to its end (False: stopped);
``EndedError`` says why it came to another. A worker that does not ask in time is ended with its
process; that is why workers are processes and not threads, and why one that runs out of memory
takes no other with it.

A worker ends with the server, even one that was killed: a thread of its waits for a pipe to close
that the server alone holds open. Whoever writes into a job's folder holds its lock. What ran when a
server ended, and what a worker left that ended without a word, is begun again by itself, and goes
on from what it left.

Patience is counted by a clock that nobody sets: what a row says of times is only compared with what
it said before. When this process was asleep itself, as a laptop is, everybody has time anew.
"""

from __future__ import annotations

import argparse
import contextlib
import multiprocessing
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, wait
from concurrent.futures.process import BrokenProcessPool
from errno import EDQUOT, ENOSPC
from importlib import import_module
from multiprocessing.connection import wait as wait_for
from pathlib import Path

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from lstm_viz.jobs.ended import EndedError
from lstm_viz.jobs.folder import lock_of, make_own, size_of, write_about, write_settings
from lstm_viz.jobs.lock import held, is_still, taken
from lstm_viz.jobs.store import Job, State, Store, UnreachableError
from lstm_viz.language import N_

STOP = "stop"  # the file that tells a worker to stop
PATIENCE = 5.0  # seconds a worker has for stopping by itself, then it is ended
PAUSE = 1.0  # seconds between two looks when nobody rings
ASLEEP = 10.0  # seconds between two looks after which nobody can have been seen
Outcome = tuple[State, str, dict[str, object]]  # and why, as ``Job`` has it
JOBS_PER_WORKER = 20  # then the worker is replaced by a fresh one

LATE = N_("It took longer than the {seconds:.0f} seconds a run may take.")
GONE = N_("Its process ended without a word; other runs are not affected.")
TWICE = N_("Another process still writes into its folder; try again in a moment.")
NO_ROOM = N_(
    "The disk of this server is full. Whoever runs the app can make room on it, or delete runs; "
    "Resume goes on then."
)


class Server:
    """Starts what is queued, ends what is to be ended, and writes down what became of it.

    One thread does all of it; others only ``ring``.
    """

    def __init__(
        self,
        folder: Path,
        work: str,
        workers: int,
        seconds: float,
        silent: float,
        worker_bytes: int = 2 * 2**30,
    ):
        self.folder, self.work, self.workers = folder, work, workers
        self.worker_bytes = worker_bytes
        self.seconds, self.silent = seconds, silent
        self.store: Store[Mapping[str, object]] = Store(folder / "jobs.sqlite")
        self.ring = threading.Event()
        self.running: dict[str, ProcessFuture] = {}
        self.began: dict[str, float] = {}  # job -> when its worker was given it
        self.told: dict[str, float] = {}  # job -> when its worker was told to stop
        self.seen: dict[str, tuple[float, float]] = {}  # job -> what its row said, since when
        self.looked = time.monotonic()
        self.pool = self._pool()

    def _pool(self) -> ProcessPool:
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            context.set_forkserver_preload([self.work.partition(":")[0]])
        bounds = (self.worker_bytes,)
        return ProcessPool(self.workers, JOBS_PER_WORKER, _prepared, bounds, context=context)

    def serve(self, is_open: Callable[[], bool]) -> None:
        """Until ``is_open()`` says no, or the pool is broken: then another server is opened."""
        for _ in range(self.workers):  # warm: the first job need not wait for the first import
            self.pool.schedule(_loaded, (self.work,))
        with contextlib.suppress(UnreachableError):
            self.store.agree(self.folder, size_of)
        while is_open() and self.pool.active:
            try:
                self.look()
            except UnreachableError:  # it may be back in a moment; nobody could be seen meanwhile
                self.seen.clear()
            self.ring.wait(PAUSE)
            self.ring.clear()
        self.pool.stop()
        self.pool.join()

    def look(self) -> None:
        """Everything that is to be done now."""
        # Unlike done(), this is not true of a job that is cancelled before its worker has ended.
        over = wait(self.running.values(), timeout=0).done
        for job in [job for job, future in self.running.items() if future in over]:
            self._ended(job)
        for job in self.store.running() - set(self.running):  # a server before this one had it
            self._gone(job)
        for job in self._abandoned():
            self.store.ask_to_stop(job)
        for job in self.store.to_stop():
            self._stop(job)
        for job in self.running:
            if time.monotonic() > self.began[job] + self.seconds:
                self.running[job].cancel()
        while len(self.running) < self.workers and (following := self.store.start_next()):
            self._start(following)

    def _abandoned(self) -> list[str]:
        """Living jobs that nobody has looked at for too long, as far as this process was awake."""
        now, watched = time.monotonic(), self.store.watched()
        if now > self.looked + max(ASLEEP, 3 * PAUSE):
            self.seen.clear()
        self.looked = now
        self.seen = {
            job: (said, self.seen[job][1])
            if job in self.seen and self.seen[job][0] == said
            else (said, now)
            for job, said in watched.items()
        }
        return [job for job, (_said, since) in self.seen.items() if now > since + self.silent]

    def _start(self, job: Job[Mapping[str, object]]) -> None:
        folder = self.folder / job.id
        try:
            with taken(lock_of(self.folder, job.id), PATIENCE) as is_ours:
                if not is_ours:  # left by a server that was killed, and it does not end
                    self.store.finish(job.id, State.LOST, TWICE)
                    return
                if self.store.take_afresh(job.id):
                    shutil.rmtree(folder, ignore_errors=True)
                make_own(folder)
                (folder / STOP).unlink(missing_ok=True)
                write_settings(folder, job.settings)
                write_about(folder, job.about)
        except UnreachableError:
            raise
        except OSError as problem:
            self.store.finish(job.id, State.FAILED, _why(problem))
            return
        arguments = (self.work, job.settings, str(folder))
        self.began[job.id] = time.monotonic()
        future = self.pool.schedule(_worked, arguments)
        self.running[job.id] = future
        future.add_done_callback(lambda _future: self.ring.set())

    def _stop(self, job: str) -> None:
        if job not in self.running:
            return
        if job not in self.told:
            self.told[job] = time.monotonic()
            with contextlib.suppress(OSError):
                (self.folder / job / STOP).touch()
        elif time.monotonic() > self.told[job] + PATIENCE:
            self.running[job].cancel()

    def _ended(self, job: str) -> None:
        is_late = time.monotonic() > self.began[job] + self.seconds and job not in self.told
        state, message, values = outcome(self.running[job])
        if state is State.STOPPED and is_late and not message:
            state, message, values = State.FAILED, LATE, {"seconds": self.seconds}
        if message != GONE or not self.store.begin_again(job):
            size = size_of(self.folder / job)
            self.store.finish(job, state, message, values, size)
            self._note(job)
        # Only now: where the list could not be written, this is done again.
        self.told.pop(job, None)
        del self.running[job], self.began[job]

    def _gone(self, job: str) -> None:
        """A job that is said to be running, by no worker of ours."""
        if not self.store.begin_again(job):
            self.store.finish(job, State.LOST, size=size_of(self.folder / job))
            self._note(job)

    def _note(self, job: str) -> None:
        """Let the folder say what the list says."""
        found = self.store.job(job)
        if found is not None:
            with contextlib.suppress(OSError):
                write_about(self.folder / job, found.about)


def outcome(future: ProcessFuture) -> Outcome:
    """The state of a job whose future has ended, and why."""
    try:
        found: Outcome = future.result()
        return found
    except CancelledError:
        return State.STOPPED, "", {}
    except ProcessExpired:
        return State.FAILED, GONE, {}
    except BrokenProcessPool:
        return State.LOST, GONE, {}


def _why(problem: OSError) -> str:
    return NO_ROOM if problem.errno in (ENOSPC, EDQUOT) else str(problem)[:500]


def _prepared(most_bytes: int) -> None:
    """In a new worker: it ends with the server, is polite to the pages, and its memory is bounded.

    Its parent is the fork server, which a killed server may outlive; but ``parent_process()`` is
    the server itself, by a pipe that closes when it is gone, or by its handle on Windows.
    """
    server = multiprocessing.parent_process()
    if server is not None:
        watch = threading.Thread(target=_end_with, args=(server.sentinel,), daemon=True)
        watch.start()
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    try:
        import resource
    except ImportError:  # Windows has neither
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))


def _end_with(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


def _function(work: str) -> Callable[..., bool]:
    module, _, name = work.partition(":")
    function: Callable[..., bool] = getattr(import_module(module), name)
    return function


def _loaded(work: str) -> None:
    _function(work)


def _worked(work: str, settings: Mapping[str, object], folder: str) -> Outcome:
    """What the job came to. Exceptions are put in words here: not all of them can be sent back."""
    place = Path(folder)

    def is_to_stop() -> bool:
        return (place / STOP).exists()

    try:
        with taken(lock_of(place.parent, place.name), PATIENCE) as is_ours:
            if not is_ours:
                return State.LOST, TWICE, {}
            is_done = _function(work)(settings, place, is_to_stop)
        return (State.DONE if is_done else State.STOPPED), "", {}
    except EndedError as error:
        return State(error.state), error.message, error.values
    except ValueError as error:
        return State.FAILED, str(error)[:500], {}
    except Exception as error:
        if isinstance(error, MemoryError) or "can't allocate memory" in str(error):  # torch's own
            large = N_("It needed more memory than a run may have; take a smaller size.")
            return State.FAILED, large, {}
        if isinstance(error, OSError) and error.errno in (ENOSPC, EDQUOT):
            return State.FAILED, NO_ROOM, {}
        return State.FAILED, f"{type(error).__name__}: {error}"[:500], {}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lstm_viz.jobs.server", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("work")
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="how long a job may take")
    parser.add_argument("--silent", type=float, required=True, help="how long unwatched ones go on")
    parser.add_argument("--bytes", type=int, required=True, help="of memory that a worker may take")
    asked = parser.parse_args()
    lock = asked.folder / "server.lock"
    with held(lock) as mine:
        if mine is None:
            return  # another server serves this folder
        server = Server(
            *(asked.folder, asked.work, asked.workers, asked.seconds, asked.silent, asked.bytes)
        )
        is_open = threading.Event()
        is_open.set()

        def listen() -> None:
            for _ in sys.stdin:
                server.ring.set()
            is_open.clear()
            server.ring.set()

        threading.Thread(target=listen, daemon=True).start()
        # Who deletes the folder takes the lock away: then another server may be there already.
        server.serve(lambda: is_open.is_set() and is_still(lock, mine))


if __name__ == "__main__":
    main()
