"""The process that owns the workers: ``python -m lstm_viz.jobs.server FOLDER MODULE:FUNCTION``.

It is a process of its own and not a part of the web process: there, Streamlit puts its scripts in
the place of ``__main__``, and every new worker would import and run them. One server serves a
folder, whoever started it; it ends with the process that did, when its standard input closes.

``FUNCTION(settings, folder, is_to_stop)`` does the work, in a worker. It leaves its results in the
folder, asks ``is_to_stop()`` now and then, and returns whether it came to its end (False: stopped).
A worker that does not ask in time is ended with its process; that is why workers are processes and
not threads, and why one that runs out of memory takes no other with it.
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
from collections.abc import Callable
from concurrent.futures import CancelledError, TimeoutError, wait
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from lstm_viz.jobs.lock import taken
from lstm_viz.jobs.settings import canonical
from lstm_viz.jobs.store import Job, State, Store
from lstm_viz.language import N_

STOP = "stop"  # the file that tells a worker to stop
PATIENCE = 5.0  # seconds a worker has for stopping by itself, then it is ended
PAUSE = 1.0  # seconds between two looks when nobody rings
Outcome = tuple[State, str, dict[str, Any]]  # and why, as ``Job`` has it
JOBS_PER_WORKER = 20  # then the worker is replaced by a fresh one


class Server:
    """Starts what is queued, ends what is to be ended, and writes down what became of it.

    One thread does all of it; others only ``ring``.
    """

    def __init__(self, folder: Path, work: str, workers: int, seconds: float, silent: float):
        self.folder, self.work, self.workers = folder, work, workers
        self.seconds, self.silent = seconds, silent
        self.store = Store(folder / "jobs.sqlite")
        self.ring = threading.Event()
        self.running: dict[str, ProcessFuture] = {}
        self.told: dict[str, float] = {}  # job -> when its worker was told to stop
        self.pool = self._pool()

    def _pool(self) -> ProcessPool:
        methods = multiprocessing.get_all_start_methods()
        context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
        if "forkserver" in methods:
            context.set_forkserver_preload([self.work.partition(":")[0]])
        return ProcessPool(self.workers, JOBS_PER_WORKER, _prepared, context=context)

    def serve(self, is_open: Callable[[], bool]) -> None:
        """Until ``is_open()`` says no, or the pool is broken: then another server is opened."""
        self.store.give_up_running()
        for _ in range(self.workers):  # warm: the first job need not wait for the first import
            self.pool.schedule(_loaded, (self.work,))
        while is_open() and self.pool.active:
            self.look()
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
        for job in self.store.abandoned(self.silent):
            self.store.ask_to_stop(job)
        for job in self.store.to_stop():
            self._stop(job)
        while len(self.running) < self.workers and (following := self.store.start_next()):
            self._start(following)

    def _start(self, job: Job) -> None:
        folder = self.folder / job.id
        if self.store.take_afresh(job.id):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(exist_ok=True)
            (folder / STOP).unlink(missing_ok=True)
            (folder / "settings.json").write_text(canonical(job.settings), encoding="utf-8")
        except OSError as problem:
            self.store.finish(job.id, State.FAILED, str(problem)[:500])
            return
        arguments = (self.work, job.settings, str(folder))
        future = self.pool.schedule(_worked, arguments, timeout=self.seconds)
        self.running[job.id] = future
        future.add_done_callback(lambda _future: self.ring.set())

    def _stop(self, job: str) -> None:
        if job not in self.running:
            return
        if job not in self.told:
            self.told[job] = time.monotonic()
            with contextlib.suppress(FileNotFoundError):
                (self.folder / job / STOP).touch()
        elif time.monotonic() > self.told[job] + PATIENCE:
            self.running[job].cancel()

    def _ended(self, job: str) -> None:
        self.store.finish(job, *outcome(self.running[job], self.seconds))
        self.told.pop(job, None)
        del self.running[job]


def outcome(future: ProcessFuture, seconds: float) -> Outcome:
    """The state of a job whose future has ended, and why."""
    try:
        found: Outcome = future.result()
        return found
    except CancelledError:
        return State.STOPPED, "", {}
    except TimeoutError:
        late = N_("It took longer than the {seconds:.0f} seconds a run may take.")
        return State.FAILED, late, {"seconds": seconds}
    except ProcessExpired:
        gone = N_("Its process ended without a word; other runs are not affected.")
        return State.FAILED, gone, {}
    except BrokenProcessPool:
        return State.LOST, "", {}


def _prepared() -> None:
    """In a new worker: it is polite to the pages, and its memory is bounded."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(10)
    try:
        import resource
    except ImportError:  # Windows has neither
        return
    limit = int(os.environ.get("LSTMVIZ_WORKER_BYTES", 2 * 2**30))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def _function(work: str) -> Callable[..., bool]:
    module, _, name = work.partition(":")
    function: Callable[..., bool] = getattr(import_module(module), name)
    return function


def _loaded(work: str) -> None:
    _function(work)


def _worked(work: str, settings: dict[str, Any], folder: str) -> Outcome:
    """What the job came to. Exceptions are put in words here: not all of them can be sent back."""
    place, parent = Path(folder), os.getppid()

    def is_to_stop() -> bool:
        # With another parent the server has died, and a new one may start this job again.
        return (place / STOP).exists() or os.getppid() != parent

    try:
        is_done = _function(work)(settings, place, is_to_stop)
        return (State.DONE if is_done else State.STOPPED), "", {}
    except ValueError as error:
        return State.FAILED, str(error)[:500], {}
    except Exception as error:
        if isinstance(error, MemoryError) or "can't allocate memory" in str(error):  # torch's own
            large = N_("It needed more memory than a run may have; take a smaller size.")
            return State.FAILED, large, {}
        return State.FAILED, f"{type(error).__name__}: {error}"[:500], {}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lstm_viz.jobs.server", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("work")
    parser.add_argument("--workers", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="how long a job may take")
    parser.add_argument("--silent", type=float, required=True, help="how long unwatched ones go on")
    asked = parser.parse_args()
    with taken(asked.folder / "server.lock") as is_ours:
        if not is_ours:
            return  # another server serves this folder
        server = Server(asked.folder, asked.work, asked.workers, asked.seconds, asked.silent)
        is_open = threading.Event()
        is_open.set()

        def listen() -> None:
            for _ in sys.stdin:
                server.ring.set()
            is_open.clear()
            server.ring.set()

        threading.Thread(target=listen, daemon=True).start()
        server.serve(is_open.is_set)


if __name__ == "__main__":
    main()
