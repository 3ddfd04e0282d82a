"""What is known about each job, in a database that outlives every process.

SQLite, since several processes write: a change is whole or it is not there, and what it depends on
is read in the same transaction. Nobody holds a connection, or a copy of what the database says.

The database may go: it is damaged, its folder is deleted. Then it is made anew from what the jobs'
own folders say (``folder``), by whoever notices first. It may be out of reach: a backup holds it,
the disk is full. Then every call says so in words, ``UnreachableError``, and works again by itself
afterwards.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from lstm_viz.jobs.fair import Claim, in_turn
from lstm_viz.jobs.folder import About, found_in, make_own
from lstm_viz.jobs.lock import taken
from lstm_viz.jobs.settings import canonical
from lstm_viz.language import N_, _

S = TypeVar("S", bound=Mapping[str, object])  # settings, checked


class State(StrEnum):
    """``queued`` and ``running`` are the jobs that are alive; the others have come to an end."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by a person, or because nobody watched any more; goes on if asked
    FAILED = "failed"
    LOST = "lost"  # its process ended without a word, more often than it is begun again

    @property
    def is_alive(self) -> bool:
        return self in (State.QUEUED, State.RUNNING)


class UnreachableError(OSError):
    """The list of jobs cannot be read or written now; the text says why and what helps."""


@dataclass(frozen=True)
class Job(Generic[S]):
    """One row. Times are seconds since 1970.

    ``message`` says why it failed: a text as the translators know it, with names in braces for the
    ``values``. A worker does not know which language its visitors speak; ``why`` is in theirs.
    ``owner`` is who began it, "" if that is not known: then it is nobody's.
    """

    id: str
    settings: S
    state: State
    message: str
    values: dict[str, object]
    created: float
    started: float | None
    finished: float | None
    is_private: bool
    owner: str = ""
    session: str = ""
    address: str = ""
    looked: float = 0.0  # when somebody last looked at it after its end

    @property
    def why(self) -> str:
        text = _(self.message) if self.message else ""
        return text.format(**self.values) if self.values else text

    @property
    def about(self) -> About:
        said = json.dumps([self.message, self.values]) if self.message else ""
        return About(
            state=str(self.state),
            created=self.created,
            private=self.is_private,
            owner=self.owner,
            session=self.session,
            address=self.address,
            message=said,
            finished=self.finished,
        )


VERSION = 2  # of the tables below
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
# What tables of the first version do not have: its owner was who had asked for it last.
LATER = {
    "owner": "TEXT NOT NULL DEFAULT ''",
    "address": "TEXT NOT NULL DEFAULT ''",
    "cost": "REAL NOT NULL DEFAULT 1",  # seconds of work, by estimate
    "bytes": "INTEGER NOT NULL DEFAULT 0",
    "looked": "REAL NOT NULL DEFAULT 0",
    "begun": "INTEGER NOT NULL DEFAULT 0",  # how often it was begun since it was asked for
}
PATIENCE = 20.0  # seconds to wait for others
OFTEN = 3  # a job whose process ends without a word is begun so often
COLUMNS = (
    "id, settings, state, message, created, started, finished, private,"
    " owner, session, address, looked"
)
CLAIM = "id, session, address, cost, created"

BUSY = N_(
    "The list of runs is in use by another program, such as a backup. "
    "This goes on by itself when that has ended."
)
FULL = N_(
    "The disk of this server is full. Whoever runs the app can make room on it, or delete runs; "
    "this goes on by itself then."
)
CLOSED = N_(
    "The folder for runs cannot be read or written. Whoever runs the app can give it back to the "
    "app's account, or name another one with LSTMVIZ_DATA; this goes on by itself then."
)
DAMAGED = N_(
    "The list of runs was damaged and could not be made anew. Whoever runs the app can delete "
    "jobs.sqlite in the folder for runs; finished runs are found again in their own folders."
)
CLOSED_TO_US = (
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM),
    *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_AUTH),
)

Given = ParamSpec("Given")
Found = TypeVar("Found")


def _is_damage(problem: sqlite3.Error) -> bool:
    """Whether the file is no database any more, or has lost its tables."""
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or str(problem).startswith(
        ("no such table", "no such column")
    )


def _said(problem: Exception) -> UnreachableError | None:
    """In words, what keeps the database out of reach; None for any other mistake."""
    code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return UnreachableError(_(BUSY))
    if code == sqlite3.SQLITE_FULL or getattr(problem, "errno", 0) in (ENOSPC, EDQUOT):
        return UnreachableError(_(FULL))
    if isinstance(problem, sqlite3.Error) and _is_damage(problem):
        return UnreachableError(_(DAMAGED))
    if code in CLOSED_TO_US or isinstance(problem, OSError):
        return UnreachableError(_(CLOSED))
    return None


def _reached(
    method: Callable[Concatenate[Store[S], Given], Found],
) -> Callable[Concatenate[Store[S], Given], Found]:
    """The call, once more after a damaged database was made anew; UnreachableError in words."""

    @functools.wraps(method)
    def call(store: Store[S], /, *given: Given.args, **named: Given.kwargs) -> Found:
        with store._in_words():
            try:
                return method(store, *given, **named)
            except sqlite3.Error as problem:
                if not _is_damage(problem):
                    raise
                store._put_aside()
                return method(store, *given, **named)

    return call


class Store(Generic[S]):
    """The database of one folder. Each call opens it anew, so any thread and process may.

    ``patience`` is how many seconds a call waits for others who hold it.
    """

    def __init__(self, file: Path, patience: float = PATIENCE):
        self.file, self.patience = file, patience

    # -- opening

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as problem:
            said = None if isinstance(problem, UnreachableError) else _said(problem)
            if said is None:
                raise
            raise said from problem

    def _connected(self) -> sqlite3.Connection:
        """A connection to tables of this version, made now if they are not there."""
        db = self._opened()
        try:
            if db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
                return db
        except BaseException:
            db.close()
            raise
        db.close()
        self._prepare()
        return self._opened()

    def _opened(self) -> sqlite3.Connection:
        if not self.file.parent.is_dir():  # deleted, with everything in it
            make_own(self.file.parent)
        db = sqlite3.connect(self.file, timeout=self.patience, isolation_level=None)
        db.execute("PRAGMA synchronous=NORMAL")
        return db

    def _prepare(self) -> None:
        """Make the tables, or bring older ones up to date; then list what the folders hold."""
        end = time.monotonic() + self.patience
        while not self._is_in_wal():
            if time.monotonic() > end:
                raise UnreachableError(_(BUSY))
            time.sleep(0.01)
        with closing(self._opened()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                self._make_tables(db)
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    db.execute("ROLLBACK")
                raise

    def _is_in_wal(self) -> bool:
        """SQLite waits for others who open the file with everything but its kind of journal."""
        with closing(self._opened()) as db:
            try:
                db.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as problem:
                if problem.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                return False
        return True

    def _make_tables(self, db: sqlite3.Connection) -> None:
        if db.execute("PRAGMA user_version").fetchone()[0] == VERSION:
            return  # another process was quicker
        for statement in SCHEMA.split(";"):
            db.execute(statement)
        there = {row[1] for row in db.execute("PRAGMA table_info(jobs)")}
        for name, kind in LATER.items():
            if name not in there:
                db.execute(f"ALTER TABLE jobs ADD COLUMN {name} {kind}")
        if "owner" not in there:
            db.execute("UPDATE jobs SET owner = session")
        _list(db, self.file.parent)
        db.execute(f"PRAGMA user_version = {VERSION}")

    def _put_aside(self) -> None:
        """Take the damaged file out of the way; whoever opens it next makes it anew."""
        with taken(self.file.with_name("mending.lock"), self.patience) as is_ours:
            if not is_ours or self._is_sound():
                return  # another process has done it
            for ending in ("", "-wal", "-shm"):
                place = self.file.with_name(self.file.name + ending)
                with suppress(FileNotFoundError):
                    place.replace(self.file.with_name(f"damaged.{place.name}"))

    def _is_sound(self) -> bool:
        try:
            with closing(self._opened()) as db:
                answer = db.execute("PRAGMA quick_check(1)").fetchone()
                db.execute(f"SELECT {COLUMNS} FROM jobs LIMIT 1").fetchone()
                db.execute("SELECT 1 FROM watchers, afresh LIMIT 1").fetchone()
        except sqlite3.DatabaseError as problem:
            if _is_damage(problem):
                return False
            raise
        return bool(answer == ("ok",))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One change, whole or not at all; others who write wait for it."""
        with closing(self._connected()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk has rolled it back already
                    db.execute("ROLLBACK")
                raise

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(self._connected()) as db:
            return db.execute(query, values).fetchall()

    # -- what visitors do

    @_reached
    def submit(
        self,
        job: str,
        settings: Mapping[str, object],
        asks: Asks,
        limits: Limits,
        afresh: bool = False,
    ) -> Answer:
        """Put a job into the queue, unless it is alive or done. Who asks watches from now on.

        ``afresh`` ones are queued even if they are done, and begin with nothing (``take_afresh``):
        that is for their owner alone. Where there are more waiting than there are places for, the
        last in turn is stopped, unless it is this one.
        """
        now = time.time()
        with self._writing() as db:
            row = db.execute("SELECT state, owner FROM jobs WHERE id = ?", (job,)).fetchone()
            resting = {State.STOPPED, State.FAILED, State.LOST} | (
                {State.DONE} if afresh else set()
            )
            if row is None or row[0] in resting:
                if row is not None and afresh and row[1] != asks.owner:
                    return Answer.NOT_YOURS
                (alive,) = db.execute(
                    "SELECT count(*) FROM jobs WHERE session = ? AND state IN (?, ?)",
                    (asks.session, State.QUEUED, State.RUNNING),
                ).fetchone()
                if alive >= limits.at_once:
                    return Answer.TOO_MANY
                displaced = _without_place(db, asks.claim(job, now), limits.queue)
                if job in displaced:
                    return Answer.FULL
                for other in displaced:
                    _stop_queued(db, other, json.dumps([MADE_ROOM, {}]))
                db.execute(
                    "INSERT INTO jobs (id, settings, state, message, created, private, session,"
                    " owner, address, cost) VALUES (?, ?, ?, '', ?, ?, ?, ?, ?, ?)"
                    " ON CONFLICT (id) DO UPDATE SET state = ?, message = '', created = ?,"
                    " started = NULL, finished = NULL, session = ?, address = ?, is_to_stop = 0,"
                    " begun = 0",
                    (
                        *(job, canonical(settings), State.QUEUED, now, asks.private, asks.session),
                        *(asks.owner, asks.address, asks.cost),
                        *(State.QUEUED, now, asks.session, asks.address),
                    ),
                )
                if afresh:
                    db.execute("INSERT OR IGNORE INTO afresh (job) VALUES (?)", (job,))
            elif row[0] != State.DONE:
                db.execute("UPDATE jobs SET is_to_stop = 0 WHERE id = ?", (job,))
            _see(db, job, asks.owner, now)
        return Answer.TAKEN

    @_reached
    def watch(self, job: str, session: str) -> None:
        """Note that this session is still there and looks at the job."""
        with self._writing() as db:
            _see(db, job, session, time.time())

    @_reached
    def look_at_ended(self, job: str) -> None:
        """Note that somebody looks at what a job has left: it is not the first to make room."""
        with self._writing() as db:
            db.execute("UPDATE jobs SET looked = ? WHERE id = ?", (time.time(), job))

    @_reached
    def leave(self, job: str, session: str, silent: float) -> int:
        """The session looks no more; returns how many others did in the last ``silent`` seconds."""
        now = time.time()
        with self._writing() as db:
            db.execute("DELETE FROM watchers WHERE job = ? AND session = ?", (job, session))
            others = db.execute(  # what was seen in the future was seen by a clock put back since
                "SELECT count(*) FROM watchers WHERE job = ? AND seen BETWEEN ? AND ?",
                (job, now - silent, now + silent),
            )
            return int(others.fetchone()[0])

    @_reached
    def ask_to_stop(self, job: str) -> None:
        """A queued job is stopped at once, a running one as soon as its worker hears of it."""
        with self._writing() as db:
            _stop_queued(db, job, "")
            db.execute(
                "UPDATE jobs SET is_to_stop = 1 WHERE id = ? AND state = ?", (job, State.RUNNING)
            )

    @_reached
    def job(self, job: str) -> Job[S] | None:
        rows = self._rows(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", job)
        return _job(rows[0]) if rows else None

    @_reached
    def state(self, job: str) -> State | None:
        """As ``job``, without its settings, which may be long."""
        rows = self._rows("SELECT state FROM jobs WHERE id = ?", job)
        return State(rows[0][0]) if rows else None

    @_reached
    def count(self, state: State) -> int:
        return int(self._rows("SELECT count(*) FROM jobs WHERE state = ?", state)[0][0])

    @_reached
    def place(self, job: str) -> int | None:
        """How many jobs in the queue come before this one; None if it is not queued."""
        with closing(self._connected()) as db:
            order = _turns(db)
        return order.index(job) if job in order else None

    @_reached
    def listed(self, limit: int) -> list[Job[S]]:
        """Jobs that are done, the newest first, without the private ones.

        Where there are more, everybody's latest comes before anybody's second, of persons and of
        addresses.
        """
        rows = self._rows(
            f"SELECT {COLUMNS} FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY address"
            " ORDER BY turn, created DESC) AS there FROM (SELECT *, ROW_NUMBER() OVER"
            " (PARTITION BY session ORDER BY created DESC) AS turn FROM jobs"
            " WHERE private = 0 AND state = ?)) ORDER BY there, turn, created DESC LIMIT ?",
            *(State.DONE, limit),
        )
        return sorted(map(_job, rows), key=lambda job: job.created, reverse=True)

    @contextmanager
    def deleting(self, job: str) -> Iterator[bool]:
        """Forget a job; False, and nothing happens, while it is alive.

        Nobody submits or starts one while the block lasts.
        """
        with self._in_words(), self._writing() as db:
            gone = db.execute(
                "DELETE FROM jobs WHERE id = ? AND state NOT IN (?, ?)",
                (job, State.QUEUED, State.RUNNING),
            ).rowcount
            if gone:
                db.execute("DELETE FROM watchers WHERE job = ?", (job,))
                db.execute("DELETE FROM afresh WHERE job = ?", (job,))
            yield bool(gone)

    @_reached
    def ended(self, *states: State) -> list[Claim]:
        """The jobs that have come to such an end: their bytes, and when they were last of use."""
        marks = ", ".join("?" * len(states))
        rows = self._rows(
            "SELECT id, session, address, bytes, MAX(looked, created) FROM jobs"
            f" WHERE state IN ({marks})",
            *states,
        )
        return [Claim(*row) for row in rows]

    # -- what the server does

    @_reached
    def running(self) -> set[str]:
        return {row[0] for row in self._rows("SELECT id FROM jobs WHERE state = ?", State.RUNNING)}

    @_reached
    def watched(self) -> dict[str, float]:
        """The living jobs that nobody has asked to stop, and when each was looked at last."""
        rows = self._rows(
            "SELECT id, (SELECT MAX(seen) FROM watchers WHERE job = id) FROM jobs"
            " WHERE state IN (?, ?) AND is_to_stop = 0",
            *(State.QUEUED, State.RUNNING),
        )
        return {job: seen or 0.0 for job, seen in rows}

    @_reached
    def to_stop(self) -> list[str]:
        """The running jobs that have been asked to stop."""
        found = self._rows("SELECT id FROM jobs WHERE state = ? AND is_to_stop = 1", State.RUNNING)
        return [row[0] for row in found]

    @_reached
    def start_next(self) -> Job[S] | None:
        """Take the first job out of the queue; it is running from now on."""
        with self._writing() as db:
            order = _turns(db)
            if not order:
                return None
            db.execute(
                "UPDATE jobs SET state = ?, started = ?, begun = begun + 1 WHERE id = ?",
                (State.RUNNING, time.time(), order[0]),
            )
            row = db.execute(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", order[:1]).fetchone()
            return _job(row)

    @_reached
    def take_afresh(self, job: str) -> bool:
        """Whether the job is to begin with nothing, whatever it left before; said only once."""
        with self._writing() as db:
            return bool(db.execute("DELETE FROM afresh WHERE job = ?", (job,)).rowcount)

    @_reached
    def finish(
        self,
        job: str,
        state: State,
        message: str = "",
        values: Mapping[str, object] | None = None,
        size: int = 0,
    ) -> None:
        """A job has come to an end; one that was asked for again while it stopped goes on.

        ``size`` is how many bytes it has left.
        """
        said = json.dumps([message, dict(values or {})]) if message else ""
        with self._writing() as db:
            if state is State.STOPPED and not message:
                db.execute(
                    "UPDATE jobs SET state = ?, started = NULL"
                    " WHERE id = ? AND state = ? AND is_to_stop = 0",
                    (State.QUEUED, job, State.RUNNING),
                )
            db.execute(
                "UPDATE jobs SET state = ?, message = ?, finished = ?, bytes = ?, is_to_stop = 0"
                " WHERE id = ? AND state = ?",
                (state, said, time.time(), size, job, State.RUNNING),
            )

    @_reached
    def begin_again(self, job: str) -> bool:
        """A running job whose worker is gone waits again, and goes on; False if too often so."""
        with self._writing() as db:
            return bool(
                db.execute(
                    "UPDATE jobs SET state = ?, started = NULL WHERE id = ? AND state = ?"
                    " AND begun < ? AND is_to_stop = 0",
                    (State.QUEUED, job, State.RUNNING, OFTEN),
                ).rowcount
            )

    @_reached
    def agree(self, folder: Path, size_of: Callable[[Path], int]) -> None:
        """List what lies in the folder and was forgotten; forget what was done and is not there."""
        with self._writing() as db:
            _list(db, folder)
            rows = db.execute("SELECT id FROM jobs WHERE state = ?", (State.DONE,)).fetchall()
            db.executemany(
                "DELETE FROM jobs WHERE id = ?",
                [row for row in rows if not (folder / row[0]).is_dir()],
            )
            rows = db.execute(
                "SELECT id FROM jobs WHERE bytes = 0 AND state NOT IN (?, ?)",
                (State.QUEUED, State.RUNNING),
            ).fetchall()
            db.executemany(
                "UPDATE jobs SET bytes = ? WHERE id = ?",
                [(size_of(folder / job), job) for (job,) in rows],
            )


class Answer(StrEnum):
    """What became of a submission."""

    TAKEN = "taken"
    TOO_MANY = "too many"  # of this session
    FULL = "full"
    NOT_YOURS = "not yours"


MADE_ROOM = N_("It made room for runs of others who had fewer; Resume puts it back into the queue.")


@dataclass(frozen=True)
class Asks:
    """Who asks for a job, from where, and how long it will take, in seconds.

    What is begun belongs to the ``owner``; ``session`` is whose places it takes.
    """

    owner: str
    session: str
    address: str = ""
    cost: float = 1.0
    private: bool = False

    def claim(self, job: str, now: float) -> Claim:
        return Claim(job, self.session, self.address, self.cost, now)


@dataclass(frozen=True)
class Limits:
    """How many living jobs one session may have, and how many may wait."""

    at_once: int
    queue: int


def _claims(db: sqlite3.Connection, state: State) -> list[Claim]:
    rows = db.execute(f"SELECT {CLAIM} FROM jobs WHERE state = ? ORDER BY created, rowid", (state,))
    return [Claim(*row) for row in rows]


def _turns(db: sqlite3.Connection, more: Iterable[Claim] = ()) -> list[str]:
    return in_turn([*_claims(db, State.QUEUED), *more], _claims(db, State.RUNNING))


def _without_place(db: sqlite3.Connection, claim: Claim, places: int) -> list[str]:
    """The jobs that have to leave the queue when this one comes."""
    (waiting,) = db.execute("SELECT count(*) FROM jobs WHERE state = ?", (State.QUEUED,)).fetchone()
    return [] if waiting < places else _turns(db, [claim])[places:]


def _stop_queued(db: sqlite3.Connection, job: str, message: str) -> None:
    db.execute(
        "UPDATE jobs SET state = ?, message = ?, finished = ? WHERE id = ? AND state = ?",
        (State.STOPPED, message, time.time(), job, State.QUEUED),
    )


def _list(db: sqlite3.Connection, folder: Path) -> None:
    """Put into the table what the jobs' folders say, where it does not have them."""
    known = {row[0] for row in db.execute("SELECT id FROM jobs")}
    for job, settings, about in found_in(folder):
        if job in known:
            continue
        try:
            state = State(about.state)
        except ValueError:
            continue
        if state.is_alive:  # the server knows whether it is
            state = State.RUNNING
        db.execute(
            "INSERT OR IGNORE INTO jobs (id, settings, state, message, created, finished, private,"
            " owner, session, address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(job, canonical(settings), state, about.message, about.created, about.finished),
                *(about.private, about.owner, about.session, about.address),
            ),
        )


def _see(db: sqlite3.Connection, job: str, session: str, now: float) -> None:
    db.execute(
        "INSERT INTO watchers (job, session, seen)"
        " SELECT ?, ?, ? WHERE EXISTS (SELECT 1 FROM jobs WHERE id = ?)"
        " ON CONFLICT (job, session) DO UPDATE SET seen = ?",
        (job, session, now, job, now),
    )


def _job(row: tuple[Any, ...]) -> Job[Any]:
    name, settings, state, message, created, started, finished, private, *whose = row
    message, values = json.loads(message) if message.startswith("[") else (message, {})
    return Job(
        *(name, json.loads(settings), State(state), message, values),
        *(created, started, finished, bool(private), *whose),
    )
