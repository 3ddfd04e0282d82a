"""What is known about each job, in a database that outlives every process.

SQLite, since several processes write: a change is whole or it is not there, and what it depends on
is read in the same transaction. Nobody holds a connection, or a copy of what the database says.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from lstm_viz.jobs.settings import canonical
from lstm_viz.language import _


class State(StrEnum):
    """``queued`` and ``running`` are the jobs that are alive; the others have come to an end."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by a person, or because nobody watched any more; goes on if asked
    FAILED = "failed"
    LOST = "lost"  # its process ended without a word

    @property
    def is_alive(self) -> bool:
        return self in (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Job:
    """One row. Times are seconds since 1970.

    ``message`` says why it failed: a text as the translators know it, with names in braces for the
    ``values``. A worker does not know which language its visitors speak; ``why`` is in theirs.
    """

    id: str
    settings: dict[str, Any]
    state: State
    message: str
    values: dict[str, Any]
    created: float
    started: float | None
    finished: float | None
    is_private: bool

    @property
    def why(self) -> str:
        text = _(self.message) if self.message else ""
        return text.format(**self.values) if self.values else text


SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, settings TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL,
    created REAL NOT NULL, started REAL, finished REAL, private INTEGER NOT NULL,
    session TEXT NOT NULL, is_to_stop INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS watchers (
    job TEXT NOT NULL, session TEXT NOT NULL, seen REAL NOT NULL, PRIMARY KEY (job, session)
);
CREATE TABLE IF NOT EXISTS afresh (job TEXT PRIMARY KEY);
"""
PATIENCE = 20.0  # seconds to wait for others
COLUMNS = "id, settings, state, message, created, started, finished, private"

# A session's second job waits until everybody's first one has been started, and so on.
QUEUE = """
SELECT id FROM (
    SELECT id, created, state, ROW_NUMBER() OVER (PARTITION BY session ORDER BY
        CASE state WHEN 'running' THEN 0 ELSE 1 END, created, rowid) AS turn, rowid AS number
    FROM jobs WHERE state IN ('queued', 'running')
) WHERE state = 'queued' ORDER BY turn, created, number
"""


class Store:
    """The database of one folder. Each call opens it anew, so any thread and process may."""

    def __init__(self, file: Path):
        self.file = file
        end = time.monotonic() + PATIENCE
        while not self._is_prepared():
            if time.monotonic() > end:
                raise TimeoutError(f"{file} is locked by another process.")
            time.sleep(0.01)

    def _is_prepared(self) -> bool:
        """SQLite waits for others who open the file with everything but its kind of journal."""
        with closing(self._connected()) as db:
            try:
                db.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                return False
            db.executescript(SCHEMA)
        return True

    def _connected(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.file, timeout=PATIENCE, isolation_level=None)
        db.execute("PRAGMA synchronous=NORMAL")
        return db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all; others who write wait for it."""
        with closing(self._connected()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(self._connected()) as db:
            return db.execute(query, values).fetchall()

    def submit(
        self,
        job: str,
        settings: dict[str, Any],
        session: str,
        private: bool,
        at_once: int,
        afresh: bool = False,
    ) -> bool:
        """Put a job into the queue, unless it is alive or done; False if the session has too many.

        ``at_once`` is how many living jobs one session may have. The session watches from now on.
        ``afresh`` ones are queued even if they are done, and begin with nothing (``take_afresh``).
        """
        now = time.time()
        with self._writing() as db:
            state = db.execute("SELECT state FROM jobs WHERE id = ?", (job,)).fetchone()
            resting = {State.STOPPED, State.FAILED, State.LOST} | (
                {State.DONE} if afresh else set()
            )
            if state is None or state[0] in resting:
                (alive,) = db.execute(
                    "SELECT count(*) FROM jobs WHERE session = ? AND state IN (?, ?)",
                    (session, State.QUEUED, State.RUNNING),
                ).fetchone()
                if alive >= at_once:
                    return False
                db.execute(
                    "INSERT INTO jobs (id, settings, state, message, created, private, session)"
                    " VALUES (?, ?, ?, '', ?, ?, ?) ON CONFLICT (id) DO UPDATE SET state = ?,"
                    " message = '', created = ?, started = NULL, finished = NULL, session = ?,"
                    " is_to_stop = 0",
                    (
                        *(job, canonical(settings), State.QUEUED, now, private, session),
                        *(State.QUEUED, now, session),
                    ),
                )
                if afresh:
                    db.execute("INSERT OR IGNORE INTO afresh (job) VALUES (?)", (job,))
            elif state[0] != State.DONE:
                db.execute("UPDATE jobs SET is_to_stop = 0 WHERE id = ?", (job,))
            _see(db, job, session, now)
        return True

    def watch(self, job: str, session: str) -> None:
        """Note that this session is still there and looks at the job."""
        with self._writing() as db:
            _see(db, job, session, time.time())

    def leave(self, job: str, session: str, silent: float) -> int:
        """The session looks no more; returns how many others did in the last ``silent`` seconds."""
        with self._writing() as db:
            db.execute("DELETE FROM watchers WHERE job = ? AND session = ?", (job, session))
            others = db.execute(
                "SELECT count(*) FROM watchers WHERE job = ? AND seen > ?",
                (job, time.time() - silent),
            )
            return int(others.fetchone()[0])

    def ask_to_stop(self, job: str) -> None:
        """A queued job is stopped at once, a running one as soon as its worker hears of it."""
        with self._writing() as db:
            db.execute(
                "UPDATE jobs SET state = ?, finished = ? WHERE id = ? AND state = ?",
                (State.STOPPED, time.time(), job, State.QUEUED),
            )
            db.execute(
                "UPDATE jobs SET is_to_stop = 1 WHERE id = ? AND state = ?", (job, State.RUNNING)
            )

    def abandoned(self, silent: float) -> list[str]:
        """Living jobs that nobody has looked at for ``silent`` seconds."""
        return [
            row[0]
            for row in self._rows(
                "SELECT id FROM jobs WHERE state IN (?, ?) AND is_to_stop = 0 AND NOT EXISTS"
                " (SELECT 1 FROM watchers WHERE job = id AND seen > ?)",
                *(State.QUEUED, State.RUNNING, time.time() - silent),
            )
        ]

    def to_stop(self) -> list[str]:
        """The running jobs that have been asked to stop."""
        found = self._rows("SELECT id FROM jobs WHERE state = ? AND is_to_stop = 1", State.RUNNING)
        return [row[0] for row in found]

    def start_next(self) -> Job | None:
        """Take the first job out of the queue; it is running from now on."""
        with self._writing() as db:
            first = db.execute(QUEUE).fetchone()
            if first is None:
                return None
            db.execute(
                "UPDATE jobs SET state = ?, started = ? WHERE id = ?",
                (State.RUNNING, time.time(), first[0]),
            )
            return _job(db.execute(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", first).fetchone())

    def take_afresh(self, job: str) -> bool:
        """Whether the job is to begin with nothing, whatever it left before; said only once."""
        with self._writing() as db:
            return bool(db.execute("DELETE FROM afresh WHERE job = ?", (job,)).rowcount)

    def finish(
        self, job: str, state: State, message: str = "", values: Mapping[str, Any] | None = None
    ) -> None:
        """A job has come to an end; one that was asked for again while it stopped goes on."""
        said = json.dumps([message, dict(values or {})]) if message else ""
        with self._writing() as db:
            if state is State.STOPPED:
                db.execute(
                    "UPDATE jobs SET state = ?, started = NULL"
                    " WHERE id = ? AND state = ? AND is_to_stop = 0",
                    (State.QUEUED, job, State.RUNNING),
                )
            db.execute(
                "UPDATE jobs SET state = ?, message = ?, finished = ?, is_to_stop = 0"
                " WHERE id = ? AND state = ?",
                (state, said, time.time(), job, State.RUNNING),
            )

    def give_up_running(self) -> None:
        """Whatever is running is lost: asked for when it is known that no worker is alive."""
        with self._writing() as db:
            db.execute(
                "UPDATE jobs SET state = ?, finished = ? WHERE state = ?",
                (State.LOST, time.time(), State.RUNNING),
            )

    def job(self, job: str) -> Job | None:
        rows = self._rows(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", job)
        return _job(rows[0]) if rows else None

    def count(self, state: State) -> int:
        return int(self._rows("SELECT count(*) FROM jobs WHERE state = ?", state)[0][0])

    def place(self, job: str) -> int | None:
        """How many jobs in the queue come before this one; None if it is not queued."""
        order = [row[0] for row in self._rows(QUEUE)]
        return order.index(job) if job in order else None

    def listed(self, limit: int) -> list[Job]:
        """The latest jobs, the newest first, without the private ones."""
        rows = self._rows(
            f"SELECT {COLUMNS} FROM jobs WHERE private = 0 ORDER BY created DESC LIMIT ?", limit
        )
        return [_job(row) for row in rows]

    @contextmanager
    def deleting(self, job: str) -> Iterator[bool]:
        """Forget a job; False, and nothing happens, while it is alive.

        Nobody submits or starts one while the block lasts.
        """
        with self._writing() as db:
            gone = db.execute(
                "DELETE FROM jobs WHERE id = ? AND state NOT IN (?, ?)",
                (job, State.QUEUED, State.RUNNING),
            ).rowcount
            if gone:
                db.execute("DELETE FROM watchers WHERE job = ?", (job,))
                db.execute("DELETE FROM afresh WHERE job = ?", (job,))
            yield bool(gone)

    def surplus(self, keep: int) -> list[str]:
        """The jobs that have ended, beyond the ``keep`` latest."""
        rows = self._rows(
            "SELECT id FROM jobs WHERE state NOT IN (?, ?) ORDER BY created DESC LIMIT -1 OFFSET ?",
            *(State.QUEUED, State.RUNNING, keep),
        )
        return [row[0] for row in rows]


def _see(db: sqlite3.Connection, job: str, session: str, now: float) -> None:
    db.execute(
        "INSERT INTO watchers (job, session, seen)"
        " SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM jobs WHERE id = ?)"
        " ON CONFLICT (job, session) DO UPDATE SET seen = ?",
        (job, session, now, job, now),
    )


def _job(row: tuple[Any, ...]) -> Job:
    name, settings, state, message, created, started, finished, private = row
    message, values = json.loads(message) if message.startswith("[") else (message, {})
    return Job(
        *(name, json.loads(settings), State(state), message, values),
        *(created, started, finished, bool(private)),
    )
