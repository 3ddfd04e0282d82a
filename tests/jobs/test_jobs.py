"""Work in other processes: it queues, can be stopped, and dies alone."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pebble import ProcessFuture

from lstm_viz.jobs import Job, Jobs, NotYoursError, State, UnreachableError, store
from lstm_viz.jobs.client import TooManyError
from lstm_viz.jobs.folder import lock_of
from lstm_viz.jobs.lock import taken
from lstm_viz.jobs.server import STOP, Outcome, Server, _worked
from tests.jobs import chores
from tests.serving import ROOT


class Unattended(Jobs):
    """Only the queue: nobody works."""

    def open(self) -> None:
        pass


def jobs_in(folder: Path, kind: type[Jobs] = Jobs, **options: Any) -> Jobs:
    return kind(folder, "tests.jobs.chores:do", chores.check, "1", **options)


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    """Two workers."""
    found = jobs_in(tmp_path_factory.mktemp("jobs"), workers=2)
    yield found
    found.close()


def until(true: Callable[[], object], seconds: float = 200) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def deleted(folder: Path) -> bool:
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def count(number: int) -> dict:
    return {"kind": "count", "number": number}


def look(jobs: Jobs, job: str) -> Job:
    found = jobs.look(job)
    assert found is not None
    return found


def ended(jobs: Jobs, job: str) -> State:
    until(lambda: not look(jobs, job).state.is_alive)
    return look(jobs, job).state


def lines(jobs: Jobs, job: str) -> list[str]:
    file = jobs.place_of(job) / "lines"
    return file.read_text().splitlines() if file.exists() else []


def started(jobs: Jobs, job: str) -> None:
    until(lambda: lines(jobs, job))


def test_a_job_runs_to_its_end_in_a_polite_process_of_its_own(jobs):
    job = jobs.submit(count(3), "ada")
    assert ended(jobs, job) is State.DONE
    process, niceness, _ = lines(jobs, job)[0].split()
    assert int(process) != os.getpid()
    assert int(niceness) >= 10
    assert look(jobs, job).settings == count(3)


def test_the_same_settings_are_the_same_job_and_run_once(jobs):
    first = jobs.submit(count(5), "ada")
    second = jobs.submit(dict(reversed(count(5).items())), "ben")
    assert first == second
    ended(jobs, first)
    assert jobs.submit(count(5), "cy") == first
    assert look(jobs, first).state is State.DONE
    assert len(lines(jobs, first)) == 5


def test_a_job_that_begins_afresh_keeps_what_it_left_until_it_begins(tmp_path):
    working = jobs_in(tmp_path)
    try:
        job = working.submit(count(3), "ada")
        assert ended(working, job) is State.DONE
        first = lines(working, job)
    finally:
        working.close()
    waiting = jobs_in(tmp_path, Unattended)
    assert waiting.submit(count(3), "ada", afresh=True) == job
    assert look(waiting, job).state is State.QUEUED
    assert lines(waiting, job) == first
    working = jobs_in(tmp_path)
    try:
        working.open()
        assert ended(working, job) is State.DONE
        assert len(lines(working, job)) == 3, "and not three more"
        assert lines(working, job) != first, "another process wrote them"
    finally:
        working.close()


def test_a_job_that_is_alive_is_not_begun_again(jobs):
    job = jobs.submit(count(60), "ada")
    started(jobs, job)
    assert jobs.submit(count(60), "ben", afresh=True) == job
    assert ended(jobs, job) is State.DONE
    assert len(lines(jobs, job)) == 60
    jobs.stop(job, "ada")
    assert jobs.submit(count(60), "cy") == job
    assert look(jobs, job).state is State.DONE


def test_bad_settings_are_refused_before_anything_is_queued(jobs):
    with pytest.raises(ValueError, match="has to be a whole number"):
        jobs.submit({"kind": "count", "number": -1}, "ada")
    with pytest.raises(ValueError, match="one of those offered"):
        jobs.submit({"kind": "os.system", "number": 1}, "ada")


def test_a_running_job_is_stopped_and_goes_on_when_submitted_again(jobs):
    job = jobs.submit(count(5000), "ada")
    for _ in range(2):
        done = len(lines(jobs, job))
        until(lambda: len(lines(jobs, job)) > done)  # noqa: B023 - called at once
        assert jobs.stop(job, "ada") == 0
        assert ended(jobs, job) is State.STOPPED
        assert jobs.submit(count(5000), "ada") == job
    jobs.stop(job, "ada")
    assert ended(jobs, job) is State.STOPPED


def test_a_job_deaf_to_being_stopped_is_ended_and_its_worker_replaced(tmp_path):
    jobs = jobs_in(tmp_path)
    try:
        job = jobs.submit({"kind": "hang", "number": 0}, "ada")
        until(lambda: look(jobs, job).state is State.RUNNING)
        jobs.stop(job, "ada")
        assert ended(jobs, job) is State.STOPPED
        assert ended(jobs, jobs.submit(count(1), "ada")) is State.DONE
    finally:
        jobs.close()


def test_a_job_that_others_watch_goes_on_when_one_of_them_wants_it_stopped(tmp_path):
    jobs = jobs_in(tmp_path, Unattended)
    job = jobs.submit(count(40), "ada")
    jobs.watch(job, "ben")
    assert jobs.stop(job, "ada") == 1
    assert look(jobs, job).state is State.QUEUED


def test_a_job_that_takes_too_long_is_ended_and_says_so_in_the_visitors_language(
    tmp_path, monkeypatch
):
    jobs = jobs_in(tmp_path, seconds=1)
    try:
        job = jobs.submit({"kind": "hang", "number": 1}, "ada")
        assert ended(jobs, job) is State.FAILED
    finally:
        jobs.close()
    assert "longer than the 1 seconds" in look(jobs, job).why
    german = {"It took longer than the {seconds:.0f} seconds a run may take.": "{seconds:.0f} s!"}
    monkeypatch.setattr(store, "_", german.__getitem__)
    assert look(jobs, job).why == "1 s!"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("refuse", "not to my liking"),
        ("break", "KeyError: 'a slip'"),
        ("strange", "StrangeError"),
        ("die", "ended without a word"),
    ],
)
def test_what_goes_wrong_in_one_job_is_said_and_no_other_job_notices(jobs, kind, words):
    bystander = jobs.submit(count(KEEP_BUSY[kind]), "ben")
    job = jobs.submit({"kind": kind, "number": 7}, "ada")
    assert ended(jobs, job) is State.FAILED
    assert words in look(jobs, job).why
    assert ended(jobs, bystander) is State.DONE


KEEP_BUSY = {"refuse": 21, "break": 22, "strange": 23, "die": 24}


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is kept by Linux")
def test_a_job_that_eats_memory_fails_and_the_next_one_runs(jobs):
    job = jobs.submit({"kind": "eat", "number": 4096}, "ada")
    assert ended(jobs, job) is State.FAILED
    assert "more memory" in look(jobs, job).why
    assert ended(jobs, jobs.submit(count(2), "ada")) is State.DONE


def test_nobody_waits_behind_all_the_jobs_of_one_person(tmp_path):
    jobs = jobs_in(tmp_path, Unattended)
    ada = [jobs.submit(count(number), "ada") for number in range(3)]
    ben = jobs.submit(count(3), "ben")
    assert [jobs.place(job) for job in (*ada, ben)] == [0, 2, 3, 1]
    assert jobs.place("0" * 32) is None


def test_one_person_has_so_many_jobs_and_the_queue_so_many_places(tmp_path):
    jobs = jobs_in(tmp_path, Unattended, at_once=2, queue=3)
    for number in range(2):
        jobs.submit(count(number), "ada")
    with pytest.raises(TooManyError, match="You have 2 runs"):
        jobs.submit(count(2), "ada")
    jobs.submit(count(2), "ben")
    with pytest.raises(TooManyError, match="3 runs are waiting"):
        jobs.submit(count(3), "ben")


def test_a_queued_job_is_stopped_without_ever_running(tmp_path):
    jobs = jobs_in(tmp_path, Unattended)
    job = jobs.submit(count(1), "ada")
    jobs.stop(job, "ada")
    assert look(jobs, job).state is State.STOPPED
    assert jobs.place(job) is None


def test_thirty_submissions_at_once_are_thirty_jobs_done_once_each(jobs):
    names = [jobs.submit({"kind": "eat", "number": n}, f"student {n}") for n in range(30)]
    assert len(set(names)) == 30
    assert {ended(jobs, job) for job in names} == {State.DONE}
    for n, job in enumerate(names):
        assert len(lines(jobs, job)) == n


def server_of(jobs: Jobs) -> subprocess.Popen[bytes]:
    assert jobs._server is not None
    return jobs._server


def worker_of(jobs: Jobs, job: str) -> int:
    return int(lines(jobs, job)[-1].split()[0])


def test_when_the_server_is_killed_its_worker_ends_and_the_job_goes_on_by_itself(tmp_path):
    jobs = jobs_in(tmp_path)
    try:
        running, waiting = jobs.submit(count(200), "ada"), jobs.submit(count(2), "ben")
        started(jobs, running)
        worker, server = worker_of(jobs, running), server_of(jobs)
        os.kill(server.pid, signal.SIGKILL)
        until(lambda: not is_alive(worker), seconds=5)
        done = len(lines(jobs, running))
        until(lambda: watched(jobs, running) and len(lines(jobs, running)) > done)
        assert server_of(jobs) is not server
        assert {worker_of(jobs, running)} == {
            int(line.split()[0]) for line in lines(jobs, running)[done:]
        }
        assert {ended(jobs, job) for job in (running, waiting)} == {State.DONE}
    finally:
        jobs.close()


def test_a_job_whose_worker_is_killed_goes_on_by_itself_and_after_the_third_time_if_asked(tmp_path):
    jobs = jobs_in(tmp_path)
    try:
        job = jobs.submit(count(5000), "ada")
        for killed in range(store.OFTEN):
            done = len(lines(jobs, job))
            until(lambda: len(lines(jobs, job)) > done)  # noqa: B023 - called at once
            os.kill(worker_of(jobs, job), signal.SIGKILL)
            if killed < store.OFTEN - 1:
                until(lambda: look(jobs, job).state is State.RUNNING)
        assert ended(jobs, job) is State.FAILED
        assert "ended without a word" in look(jobs, job).why
        done = len(lines(jobs, job))
        jobs.submit(count(5000), "ben")
        until(lambda: len(lines(jobs, job)) > done)
        jobs.stop(job, "ada")
    finally:
        jobs.close()


def test_a_worker_that_outlives_its_server_keeps_the_folder_to_itself(tmp_path):
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    job = jobs.submit(count(3), "ada")
    with taken(lock_of(tmp_path, job)) as is_ours:
        assert is_ours
        assert _worked(server.work, count(3), str(tmp_path / job))[0] is State.LOST
        server.look()
    assert not server.given
    assert "still writes" in look(jobs, job).why
    jobs.submit(count(3), "ada")
    server.look()
    assert server.given


def test_after_a_restart_what_was_running_and_what_waited_goes_on(tmp_path):
    first = jobs_in(tmp_path)
    running = first.submit(count(150), "ada")
    waiting = first.submit(count(2), "ben")
    started(first, running)
    os.killpg(server_of(first).pid, signal.SIGKILL)
    first.close()
    second = jobs_in(tmp_path)
    try:
        assert second.watch(running, "ada") is not None
        assert ended(second, running) is State.DONE
        assert ended(second, waiting) is State.DONE
        assert lines(second, running)
    finally:
        second.close()


def test_the_server_ends_with_the_process_that_opened_it(tmp_path):
    program = f"""
import time
from pathlib import Path
from tests.jobs.test_jobs import count, jobs_in, started
jobs = jobs_in(Path({str(tmp_path)!r}))
started(jobs, jobs.submit(count(5000), "ada"))
print(jobs._server.pid, flush=True)
time.sleep(60)
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as web:
        assert web.stdout is not None
        server = int(web.stdout.readline())
        web.kill()
    jobs = jobs_in(tmp_path)
    worker = int(lines(jobs, jobs.name(count(5000)))[0].split()[0])
    until(lambda: not is_alive(server))
    until(lambda: not is_alive(worker))


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"


def test_two_clients_share_one_server(tmp_path):
    one, two = jobs_in(tmp_path), jobs_in(tmp_path)
    try:
        job = one.submit(count(50), "ada")
        started(one, job)
        two.open()
        assert two._server is None
        assert two.submit(count(50), "ben") == job
        assert ended(two, job) is State.DONE
        assert len(lines(two, job)) == 50
    finally:
        one.close()


def test_a_finished_job_is_listed_reopened_and_deleted_a_private_one_not_listed(jobs):
    public = jobs.submit(count(6), "ada")
    private = jobs.submit(count(7), "ada", private=True)
    for job in (public, private):
        ended(jobs, job)
    listed = [job.id for job in jobs.listed()]
    assert public in listed
    assert private not in listed
    assert look(jobs, private).settings == count(7)
    for job in (public, private):
        assert jobs.delete(job)
        assert jobs.look(job) is None
        assert not jobs.place_of(job).exists()


def test_a_living_job_cannot_be_deleted(jobs):
    job = jobs.submit(count(4000), "ada")
    started(jobs, job)
    assert not jobs.delete(job)
    assert lines(jobs, job)
    jobs.stop(job, "ada")
    ended(jobs, job)


def test_nobody_submits_a_job_again_while_its_files_are_deleted(tmp_path, monkeypatch):
    jobs, locked = jobs_in(tmp_path, Unattended), []
    job = jobs.submit(count(1), "ada")
    jobs.stop(job, "ada")
    jobs.place_of(job).mkdir()

    def deleted(place, ignore_errors):
        refused = pytest.raises(sqlite3.OperationalError, match="locked")
        with closing(sqlite3.connect(jobs.store.file, timeout=0)) as db, refused:
            db.execute("BEGIN IMMEDIATE")
        locked.append(place)
        place.rmdir()

    monkeypatch.setattr(shutil, "rmtree", deleted)
    assert jobs.delete(job)
    assert locked == [jobs.place_of(job)]
    assert jobs.look(job) is None


def test_who_watches_a_job_that_was_just_deleted_leaves_no_trace(tmp_path):
    jobs = jobs_in(tmp_path, Unattended)
    job = jobs.submit(count(1), "ada")
    jobs.stop(job, "ada")
    jobs.delete(job)
    jobs.store.watch(job, "ben")
    assert jobs.store._rows("SELECT * FROM watchers") == []


def test_a_database_that_another_process_is_writing_is_waited_for(tmp_path):
    file = tmp_path / "jobs.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        ending = threading.Timer(0.3, other.execute, ["COMMIT"])
        ending.start()
        assert store.Store(file).count(State.QUEUED) == 0
        ending.join()


class Handmade(Server):
    """A server whose workers are the test: what it gives them are futures to be filled in."""

    def __init__(self, folder: Path):
        super().__init__(folder, "tests.jobs.chores:do", workers=2, seconds=60, silent=60)
        self.given: list[ProcessFuture] = []

    def _pool(self) -> Any:
        def schedule(*_arguments: Any, **_options: Any) -> ProcessFuture:
            self.given.append(ProcessFuture())
            self.given[-1].set_running_or_notify_cancel()
            return self.given[-1]

        return SimpleNamespace(schedule=schedule)


DONE: Outcome = (State.DONE, "", {})
STOPPED: Outcome = (State.STOPPED, "", {})


def test_a_job_that_nobody_watches_any_more_gives_its_worker_back(tmp_path, monkeypatch):
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    watched, left = (jobs.submit(count(number), "ada") for number in (1, 2))
    server.look()
    now = time.monotonic()
    for seconds in range(8, 72, 8):  # the server's patience is 60
        monkeypatch.setattr(time, "monotonic", lambda later=now + seconds: later)
        jobs.watch(watched, "ada")
        server.look()
    assert (jobs.place_of(left) / STOP).exists()
    assert not (jobs.place_of(watched) / STOP).exists()


@pytest.mark.parametrize("jump", [3600, -3600, 86_400 * 400])
def test_a_clock_that_jumps_stops_nothing(tmp_path, monkeypatch, jump):
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    job, waiting = (jobs.submit(count(number), "ada") for number in (1, 2))
    server.workers = 1
    server.look()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + jump)
    server.look()
    server.look()
    assert [look(jobs, one).state for one in (job, waiting)] == [State.RUNNING, State.QUEUED]
    assert not (jobs.place_of(job) / STOP).exists()
    assert not server.given[0].cancelled()
    jobs.watch(job, "ben")
    assert jobs.stop(job, "ada") == 1, "ben has just looked"


def test_who_was_asleep_gives_everybody_time_anew(tmp_path, monkeypatch):
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    job = jobs.submit(count(1), "ada")
    server.look()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 3600)
    server.seconds = 10_000
    server.look()
    assert look(jobs, job).state is State.RUNNING
    assert not (jobs.place_of(job) / STOP).exists()


def test_a_job_that_takes_too_long_by_the_clock_that_nobody_sets_is_ended(tmp_path, monkeypatch):
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    job = jobs.submit(count(1), "ada")
    server.look()
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + server.seconds + 1)
    server.look()
    assert server.given[0].cancelled()
    server.given[0].set_running_or_notify_cancel()  # as the pool says that the worker has ended
    server.look()
    assert look(jobs, job).state is State.FAILED
    assert "longer than the 60 seconds" in look(jobs, job).why


def test_a_job_asked_for_again_while_it_stops_goes_on(tmp_path):
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    job = jobs.submit(count(1), "ada")
    server.look()
    jobs.stop(job, "ada")
    server.look()
    assert (jobs.place_of(job) / STOP).exists()
    assert jobs.submit(count(1), "ben") == job
    server.given[0].set_result(STOPPED)
    server.look()
    assert look(jobs, job).state is State.RUNNING
    assert not (jobs.place_of(job) / STOP).exists()
    server.given[1].set_result(DONE)
    server.look()
    assert look(jobs, job).state is State.DONE


def test_a_job_that_ends_by_itself_as_it_is_ended_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("lstm_viz.jobs.server.PATIENCE", 0.0)
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    job = jobs.submit(count(1), "ada")
    server.look()
    jobs.stop(job, "ada")
    server.look()

    class Ending(dict):
        """The jobs that run; this one ends when it has just been found among them."""

        def __contains__(self, name: object) -> bool:
            found = super().__contains__(name)
            if not server.given[0].done():
                server.given[0].set_result(STOPPED)
            return found

    server.running = Ending(server.running)
    server.look()
    server.look()
    assert look(jobs, job).state is State.STOPPED
    assert not server.running
    assert not server.told


def test_a_job_is_not_resumed_before_its_last_worker_has_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("lstm_viz.jobs.server.PATIENCE", 0.0)
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    job = jobs.submit(count(1), "ada")
    server.look()
    jobs.stop(job, "ada")
    for _ in range(3):
        server.look()
    assert server.given[0].cancelled()
    assert look(jobs, job).state is State.RUNNING
    server.given[0].set_running_or_notify_cancel()  # as the pool says that the worker has ended
    server.look()
    assert look(jobs, job).state is State.STOPPED


def test_a_job_for_which_there_is_no_room_on_the_disk_fails_alone(tmp_path, monkeypatch):
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    job = jobs.submit(count(1), "ada")

    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    server.look()
    monkeypatch.undo()
    assert look(jobs, job).state is State.FAILED
    assert "make room" in look(jobs, job).why
    other = jobs.submit(count(2), "ada")
    server.look()
    assert look(jobs, other).state is State.RUNNING


# ---- whose it is ---------------------------------------------------------------------------------


def test_a_job_belongs_to_who_began_it_others_look_and_let_it_go_on(tmp_path):
    jobs = jobs_in(tmp_path, Unattended)
    job = jobs.submit(count(1), "ada")
    assert jobs.submit(count(1), "ben") == job, "it is the same job"
    assert watched(jobs, job, "ben").owner == "ada"
    for forbidden in (
        lambda: jobs.stop(job, "ben"),
        lambda: jobs.delete(job, "ben"),
        lambda: jobs.delete(job, ""),
    ):
        with pytest.raises(NotYoursError, match="another browser"):
            forbidden()
    assert look(jobs, job).state is State.QUEUED
    jobs.watch(job, "ada")
    assert jobs.stop(job, "ada") == 1, "ben looks"
    jobs.store.leave(job, "ben", 15)
    assert jobs.stop(job, "ada") == 0
    with pytest.raises(NotYoursError):
        jobs.submit(count(1), "ben", afresh=True)
    assert look(jobs, job).state is State.STOPPED
    assert jobs.submit(count(1), "ben") == job, "others train on"
    assert look(jobs, job).state is State.QUEUED
    assert look(jobs, job).owner == "ada", "and it is still hers"
    jobs.store.ask_to_stop(job)
    assert jobs.delete(job, "ada")


def test_others_cannot_delete_or_rewind_what_is_done(jobs):
    job = jobs.submit(count(8), "ada")
    ended(jobs, job)
    with pytest.raises(NotYoursError):
        jobs.submit(count(8), "ben", afresh=True)
    with pytest.raises(NotYoursError):
        jobs.delete(job, "ben")
    assert len(lines(jobs, job)) == 8
    assert look(jobs, job).state is State.DONE
    assert jobs.delete(job, "ada")


def test_a_run_whose_owner_is_not_known_is_nobodys(tmp_path):
    jobs = jobs_in(tmp_path, Unattended)
    job = jobs.submit(count(1), "")
    with pytest.raises(NotYoursError):
        jobs.delete(job, "ben")


# ---- fair places ---------------------------------------------------------------------------------


def long_and_short(folder: Path, **options: Any) -> Jobs:
    """Jobs that take as many seconds as their number says."""
    return jobs_in(folder, Unattended, cost=lambda s: float(s["number"]), **options)


def test_a_full_queue_of_long_jobs_lets_short_ones_and_newcomers_in(tmp_path):
    jobs = long_and_short(tmp_path, queue=10, at_once=20)
    flood = [
        jobs.submit(count(300 + number), f"{number}", places="no cookie") for number in range(10)
    ]
    short = jobs.submit(count(5), "ada")
    assert jobs.place(short) == 0
    newcomer = jobs.submit(count(299), "ben", address="elsewhere")
    assert jobs.place(newcomer) == 1
    states = [look(jobs, job) for job in flood]
    assert [job.state for job in states[-2:]] == [State.STOPPED] * 2
    assert "made room" in states[-1].why
    assert {job.state for job in states[:-2]} == {State.QUEUED}
    with pytest.raises(TooManyError, match="10 runs are waiting"):
        jobs.submit(count(400), "99", places="no cookie")


def test_an_invented_name_for_each_job_takes_no_more_places_than_one(tmp_path):
    jobs = long_and_short(tmp_path, at_once=3)
    for number in range(3):
        jobs.submit(count(number), f"socket {number}", places="no cookie")
    with pytest.raises(TooManyError, match="You have 3 runs"):
        jobs.submit(count(3), "socket 3", places="no cookie")


# ---- fair room -----------------------------------------------------------------------------------


def as_if_ended(jobs: Jobs, job: str, state: State = State.DONE, size: int = 0) -> str:
    assert jobs.store.start_next() is not None
    jobs.place_of(job).mkdir()
    jobs.store.finish(job, state, size=size)
    return job


def test_what_has_ended_badly_never_displaces_what_has_finished(tmp_path):
    jobs = jobs_in(tmp_path, Unattended, keep=8)
    done = [as_if_ended(jobs, jobs.submit(count(n), "ada")) for n in range(8)]
    for n in range(100, 200):
        job = jobs.submit(count(n), "ben")
        jobs.stop(job, "ben")
    jobs.make_room()
    assert [look(jobs, job).state for job in done] == [State.DONE] * 8
    assert len(jobs.store.ended(State.STOPPED)) == 2


def test_the_disk_is_shared_by_bytes_and_the_largest_share_makes_room(tmp_path):
    jobs = jobs_in(tmp_path, Unattended, keep_bytes=100)
    ada = as_if_ended(jobs, jobs.submit(count(0), "ada"), size=30)
    ben = [as_if_ended(jobs, jobs.submit(count(n), "ben"), size=30) for n in (1, 2)]
    jobs.watch(ben[0], "ben")
    cy = as_if_ended(jobs, jobs.submit(count(3), "cy"), size=30)
    jobs.make_room()
    left = [job for job in (ada, *ben, cy) if jobs.look(job)]
    assert left == [ada, ben[0], cy], "of ben's, what was looked at longest ago"
    assert not jobs.place_of(ben[1]).exists()


def test_nobody_fills_the_list(tmp_path):
    jobs = jobs_in(tmp_path, Unattended)
    ada = as_if_ended(jobs, jobs.submit(count(0), "ada"))
    for n in range(1, 20):
        as_if_ended(jobs, jobs.submit(count(n), "ben"))
    listed = [job.id for job in jobs.listed(5)]
    assert len(listed) == 5
    assert listed[-1] == ada, "the newest first"


def test_the_folders_are_nobody_elses(jobs, tmp_path):
    job = jobs.submit(count(9), "ada")
    ended(jobs, job)
    for folder in (jobs.folder, jobs.place_of(job)):
        assert folder.stat().st_mode & 0o077 == 0
    (tmp_path / "open").mkdir(mode=0o755)
    opened = jobs_in(tmp_path / "open")
    opened.open()
    opened.close()
    assert opened.folder.stat().st_mode & 0o077 == 0


# ---- a database that is lost, or out of reach ----------------------------------------------------


def finished_on_disk(folder: Path) -> tuple[Jobs, str]:
    jobs, server = jobs_in(folder, Unattended), Handmade(folder)
    job = jobs.submit(count(2), "ada")
    server.look()
    server.given[0].set_result(DONE)
    server.look()
    return jobs, job


def garbage(file: Path) -> None:
    file.write_bytes(b"no database at all " * 1000)


def holes(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    file.write_bytes(data)


def without_tables(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("DROP TABLE jobs")
        db.commit()


@pytest.mark.parametrize("damage", [garbage, holes, without_tables, Path.unlink])
def test_a_damaged_database_is_made_anew_from_the_folders(tmp_path, damage):
    jobs, job = finished_on_disk(tmp_path)
    before = look(jobs, job)
    damage(jobs.store.file)
    for side in ("-wal", "-shm"):
        jobs.store.file.with_name(f"jobs.sqlite{side}").unlink(missing_ok=True)
    found = look(jobs, job)
    assert (found.state, found.settings, found.owner) == (State.DONE, before.settings, "ada")
    assert [one.id for one in jobs.listed()] == [job]
    with pytest.raises(NotYoursError):
        jobs.delete(job, "ben")
    assert jobs.submit(count(2), "ben") == job
    assert look(jobs, job).state is State.DONE


def test_a_server_goes_on_with_a_database_that_is_damaged_under_it(tmp_path):
    jobs = jobs_in(tmp_path)
    try:
        job = jobs.submit(count(150), "ada")
        started(jobs, job)
        garbage(jobs.store.file)
        server = server_of(jobs)
        until(lambda: (found := jobs.watch(job, "ada")) and found.state is State.DONE)
        assert server_of(jobs) is server
        assert len(lines(jobs, job)) == 150, "once, by one worker"
    finally:
        jobs.close()


def test_when_the_folder_is_deleted_the_next_job_is_done_in_a_new_one(tmp_path):
    jobs = jobs_in(tmp_path / "runs")
    try:
        assert ended(jobs, jobs.submit(count(1), "ada")) is State.DONE
        first = server_of(jobs)
        until(lambda: deleted(jobs.folder))  # its server may still be writing
        assert jobs.listed() == []
        job = jobs.submit(count(2), "ada")
        until(lambda: (found := jobs.watch(job, "ada")) and found.state is State.DONE)
        first.wait(20)
    finally:
        jobs.close()


def test_a_database_that_a_backup_holds_is_said_in_words_and_read_again_afterwards(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("lstm_viz.jobs.client.PATIENCE", 0.1)
    jobs, server = jobs_in(tmp_path, Unattended), Handmade(tmp_path)
    server.store.patience = 0.1
    job = jobs.submit(count(1), "ada")
    server.look()
    with closing(sqlite3.connect(jobs.store.file, isolation_level=None)) as backup:
        backup.execute("BEGIN IMMEDIATE")
        assert watched(jobs, job).state is State.RUNNING, "to look does not write"
        with pytest.raises(UnreachableError, match="such as a backup"):
            jobs.submit(count(2), "ada")
        server.given[0].set_result(DONE)
        with pytest.raises(UnreachableError, match="such as a backup"):
            server.look()
        backup.execute("ROLLBACK")
        backup.execute("PRAGMA locking_mode=EXCLUSIVE")
        backup.execute("BEGIN EXCLUSIVE")
        backup.execute("COMMIT")
    server.look()
    assert look(jobs, job).state is State.DONE, "what was not written then is written now"


def test_a_full_disk_is_said_in_words(tmp_path, monkeypatch):
    jobs = jobs_in(tmp_path, Unattended)
    job = jobs.submit(count(1), "ada")
    opened = store.Store._opened

    def full(self: store.Store) -> sqlite3.Connection:
        db = opened(self)
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count={pages}")
        return db

    monkeypatch.setattr(store.Store, "_opened", full)

    def fill() -> None:
        for number in range(2, 2000):
            jobs.submit(count(number), f"student {number}")

    with pytest.raises(UnreachableError, match="make room"):
        fill()
    assert look(jobs, job).state is State.QUEUED
    monkeypatch.undo()
    jobs.submit(count(3000), "ada")


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path):
    (tmp_path / "file").write_text("in the way")
    jobs = jobs_in(tmp_path / "file" / "runs")
    for call in (jobs.open, lambda: jobs.submit(count(1), "ada"), lambda: jobs.look("0" * 32)):
        with pytest.raises(UnreachableError, match="LSTMVIZ_DATA"):
            call()


def test_a_database_of_the_version_before_is_brought_up_to_date(tmp_path):
    file = tmp_path / "jobs.sqlite"
    with closing(sqlite3.connect(file)) as db:
        db.executescript(store.SCHEMA)
        db.execute(
            "INSERT INTO jobs VALUES (?, '{}', 'done', '', 1, 2, 3, 0, 'ada', 0)", ("a" * 32,)
        )
        db.commit()
    jobs = jobs_in(tmp_path, Unattended)
    assert look(jobs, "a" * 32).owner == "ada"
    assert [job.id for job in jobs.listed()] == ["a" * 32]


@pytest.mark.skipif(sys.platform != "linux", reason="it asks /proc who works")
def test_a_server_whose_idle_workers_were_killed_is_replaced_and_no_job_is_lost(tmp_path):
    jobs = jobs_in(tmp_path)
    try:
        job = jobs.submit(count(1), "ada")
        ended(jobs, job)
        first = server_of(jobs)
        os.kill(int(lines(jobs, job)[0].split()[0]), signal.SIGKILL)
        first.wait(200)
        job = jobs.submit(count(2), "ada")
        until(lambda: not watched(jobs, job).state.is_alive)
        assert look(jobs, job).state is State.DONE
        assert server_of(jobs) is not first
    finally:
        jobs.close()


def watched(jobs: Jobs, job: str, who: str = "ada") -> Job:
    found = jobs.watch(job, who)
    assert found is not None
    return found


def test_of_the_ended_jobs_the_oldest_make_room(tmp_path):
    jobs = jobs_in(tmp_path, keep=2)
    try:
        names = []
        for number in range(4):
            names.append(jobs.submit(count(number), "ada"))
            ended(jobs, names[-1])
        jobs.submit(count(9), "ada")
        assert [jobs.look(name) is None for name in names] == [True, True, False, False]
        assert not jobs.place_of(names[0]).exists()
    finally:
        jobs.close()


def test_what_is_no_address_of_a_run_finds_nothing(jobs):
    for text in ("", "../../etc/passwd", "0" * 32):
        assert jobs.look(text) is None
        assert jobs.watch(text, "ada") is None
    with pytest.raises(ValueError, match="not the address"):
        jobs.delete("../..")
