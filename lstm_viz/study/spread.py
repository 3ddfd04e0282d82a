"""A study's trials spread over processes, by Dask: on this machine, or on a cluster.

Here the trials are asked for and told (``kept.py``); a worker is given one, trains it and gives its
row back, and needs neither the database nor a file. A few more are under way than there are
workers, so that none waits. Where a worker dies, Dask gives its trial to another one; where this
process dies, the trials it had under way are taken up by the next one that goes on with the study.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from distributed import Client, Future, LocalCluster, wait

from lstm_viz.language import _
from lstm_viz.study.kept import Begun, Kept
from lstm_viz.study.row import found
from lstm_viz.study.trial import Budget, Trial

AHEAD = 2  # trials under way for each worker
LOOK_EVERY = 1.0  # seconds in which at least one looks whether to stop


@dataclass(frozen=True)
class Progress:
    """``done`` of ``total`` trials; ``here`` of them in the ``seconds`` since the first one that
    this call ended, which waited for the workers to start."""

    done: int
    total: int
    here: int
    seconds: float

    @property
    def a_minute(self) -> float:
        """Trials; 0 before anybody can know."""
        return 60 * self.here / self.seconds if self.here and self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """About how many seconds it will take from now; None before anybody can know."""
        return 60 * (self.total - self.done) / self.a_minute if self.a_minute else None


@dataclass(frozen=True)
class Ended:
    """How it ended: trials ``done`` of ``total``, and what went wrong in those that failed."""

    done: int
    total: int
    failed: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return self.done == self.total


@cache
def _niced(nice: int) -> None:
    """Let others go first, once in a process."""
    if hasattr(os, "nice"):
        os.nice(max(0, nice - os.nice(0)))


def work(trial: Trial, budget: Budget, nice: int) -> dict[str, Any]:
    """What a worker does: a trial's row, and where it was found."""
    _niced(nice)
    return found(trial, budget)


@contextmanager
def cluster(workers: int, scheduler: str | None) -> Iterator[Client]:
    """Workers of this machine, or those of the scheduler at an address such as tcp://host:8786.

    Raises ValueError in words where nobody answers there.
    """
    if scheduler is not None:
        try:
            client = Client(scheduler, timeout="10s")
        except (OSError, ValueError) as error:  # a timeout is an OSError
            raise ValueError(
                _("No scheduler answers at {address}: {why}").format(
                    address=scheduler, why=str(error)[:200]
                )
            ) from None
        with client:
            yield client
        return
    with _deaf():
        local = LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",  # any free port, for two studies at the same time
            memory_limit=0,
            silence_logs="ERROR",
        )
    with local, Client(local) as client:
        yield client


@contextmanager
def _deaf() -> Iterator[None]:
    """Processes begun in this time do not hear Ctrl-C, which a terminal says to all at once: this
    one does, and ends them when they have given back what they have."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def spread(
    kept: Kept,
    client: Client,
    nice: int = 0,
    told: Callable[[Progress], None] = lambda progress: None,
    is_to_stop: Callable[[], bool] = lambda: False,
) -> Ended:
    """Do what is left of a study, until all is done or it is to stop.

    What was under way when it stops is done again by the next call. A trial that raised is named in
    what comes back and left for the next call, too.
    """
    with kept.alive():
        return _Spreading(kept, client, nice, told).to_the_end(is_to_stop)


class _Spreading:
    def __init__(self, kept: Kept, client: Client, nice: int, told: Callable[[Progress], None]):
        self.kept, self.client, self.nice, self.told = kept, client, nice, told
        self.running: dict[Future, Begun] = {}
        self.failed: dict[tuple[Any, int], str] = {}
        self.total, self.done, self.here = len(kept.plan), 0, 0
        self.began: float | None = None

    def to_the_end(self, is_to_stop: Callable[[], bool]) -> Ended:
        try:
            while not is_to_stop():
                left = self.kept.left()
                self.done = len(self.kept.rows())
                waiting = iter([one for one in left if one not in self.failed])
                if self._through(waiting, is_to_stop) or is_to_stop():
                    continue
                if not self.kept.under_way():
                    break
                time.sleep(min(self.kept.beat, LOOK_EVERY))  # others' trials: they end, or die
        finally:
            for future, begun in self.running.items():
                future.cancel()
                self.kept.give_up(begun)
        return Ended(self.done, self.total, tuple(self.failed.values()))

    def _through(self, waiting: Iterator[tuple[Any, int]], is_to_stop: Callable[[], bool]) -> bool:
        """Whether anything was done."""
        before = self.here + len(self.failed)
        self._fill(waiting)
        while self.running and not is_to_stop():
            with suppress(TimeoutError):
                wait([*self.running], timeout=LOOK_EVERY, return_when="FIRST_COMPLETED")
            for future in [future for future in self.running if future.done()]:
                self._end(future)
            self._fill(waiting)
        return self.here + len(self.failed) > before

    def _fill(self, waiting: Iterator[tuple[Any, int]]) -> None:
        wanted = AHEAD * max(1, len(self.client.nthreads()))
        while len(self.running) < wanted:
            place = next(waiting, None)
            if place is None:
                return
            begun = self.kept.begin(*place)
            if begun is not None:
                asked = self.kept.trial(begun), self.kept.plan.budget, self.nice
                self.running[self.client.submit(work, *asked, pure=False)] = begun

    def _end(self, future: Future) -> None:
        begun = self.running.pop(future)
        error = future.exception()
        if error is None:
            self.kept.finish(begun, future.result())
            self.done, self.here = self.done + 1, self.here + 1
        else:
            self.kept.give_up(begun)
            task, cell, alike = begun.group
            self.failed[begun.group, begun.number] = (
                f"{task}, {cell}, {alike}, {begun.number}: {type(error).__name__}: {error}"
            )
        now = time.monotonic()
        self.began = self.began or now
        self.told(Progress(self.done, self.total, max(0, self.here - 1), now - self.began))
