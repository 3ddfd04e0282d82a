"""A class trains at once: so many sessions press Train on the page, each with a seed of its own.

Without browsers: each session is the websocket that a browser would hold, and asks for what a
browser would ask for. Until all runs have ended, the fragments of the page are renewed at their own
pace, and every few seconds each session also has its whole page run anew, as if a control had been
touched. To reach: such an answer in under a second, all runs finished, memory bounded, workers as
many as were allowed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect

from lstm_viz.jobs.store import State, Store
from lstm_viz.training.settings import Settings
from tests.serving import free_port, python_server

SETTINGS = {"size": 20, "hidden": 8, "steps": 300}  # about a second of one core
WHOLE = ""  # the page, where a fragment of it could be named
AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
TOUCHED_EVERY = 4.0  # seconds between two whole runs of a session's page
LONGEST = 300.0


@dataclass
class Answers:
    """Seconds from asking to the end of the script, by what was asked for."""

    opened: list[float] = field(default_factory=list)
    trained: list[float] = field(default_factory=list)
    touched: list[float] = field(default_factory=list)
    renewed: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    received: int = 0


class Session:
    """One visitor of a page: a websocket, the widgets it has been shown, and the page's timers."""

    def __init__(self, url: str, cookie: str, answers: Answers, opens: str = "train"):
        self.url, self.cookie, self.answers, self.opens = url, cookie, answers, opens
        self.widgets: dict[str, str] = {}  # key or label -> id
        self.values: dict[str, WidgetState] = {}
        self.timers: dict[str, float] = {}  # fragment -> seconds
        self.cached: set[str] = set()
        self.page, self.query, self.label = "", "", ""
        self.asking = asyncio.Lock()

    async def open(self) -> None:
        self.socket = await connect(
            self.url.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit", self.cookie],  # type: ignore[list-item]
            additional_headers={"Origin": self.url, "Cookie": f"_streamlit_xsrf={self.cookie}"},
            max_size=None,
            compression=None,
            open_timeout=60,
        )
        self.answers.opened.append(await self.ask())

    async def ask(self, fragment: str = WHOLE) -> float:
        """Have the script run, or one fragment of it; the seconds until it has ended."""
        async with self.asking:
            if fragment == WHOLE:
                self.timers.clear()
            message = BackMsg()
            rerun = message.rerun_script
            rerun.query_string, rerun.page_script_hash = self.query, self.page
            rerun.page_name = "" if self.page else self.opens
            rerun.fragment_id, rerun.is_auto_rerun = fragment, bool(fragment)
            rerun.widget_states.widgets.extend(self.values.values())
            rerun.cached_message_hashes.extend(self.cached)
            rerun.context_info.timezone = "UTC"
            rerun.context_info.locale = "en-US"
            self.values = {k: v for k, v in self.values.items() if not v.HasField("trigger_value")}
            began = time.perf_counter()
            await self.socket.send(message.SerializeToString())
            while True:
                data = await asyncio.wait_for(self.socket.recv(decode=False), 120)
                self.answers.received += len(data)
                if self.learn(ForwardMsg.FromString(data)):
                    return time.perf_counter() - began

    def learn(self, message: ForwardMsg) -> bool:
        """Take in what the server says; whether the script has ended with it."""
        match message.WhichOneof("type"):
            case "navigation":
                self.page = message.navigation.page_script_hash
            case "script_finished" if message.script_finished == AGAIN:
                self.timers.clear()  # what began anew is the whole page
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
            case "auto_rerun":
                self.timers[message.auto_rerun.fragment_id] = message.auto_rerun.interval
            case "delta":
                self.learn_element(message.delta.new_element)
                if message.metadata.cacheable:
                    self.cached.add(message.hash)
            case "script_finished":
                return True
        return False

    def learn_element(self, element: Any) -> None:
        kind = element.WhichOneof("type") or ""
        shown: Any = getattr(element, kind, None)
        if kind == "exception":
            self.answers.errors.append(f"{shown.type}: {shown.message}")
        elif widget := getattr(shown, "id", ""):
            self.widgets[widget.rsplit("-", 1)[-1]] = widget
            self.widgets[getattr(shown, "label", "")] = widget

    def set_number(self, key: str, value: float) -> None:
        widget = self.widgets[key]
        self.values[widget] = WidgetState(id=widget, double_value=value)

    def press(self, label: str) -> None:
        widget = self.widgets[label]
        self.values[widget] = WidgetState(id=widget, trigger_value=True)

    async def train(self, seed: int) -> None:
        for name, value in {**SETTINGS, "seed": seed}.items():
            self.set_number(f"{name} of adding", value)
        await self.ask()
        self.press("Train")
        self.answers.trained.append(await self.ask())

    async def watch(self, is_over: asyncio.Event, rng: random.Random) -> None:
        """Renew fragments as their timers say and now and then the whole page, till it is over."""
        due = {WHOLE: time.perf_counter() + rng.uniform(0, TOUCHED_EVERY)}
        while not is_over.is_set():
            now = time.perf_counter()
            for fragment, interval in self.timers.items():
                due.setdefault(fragment, now + interval)
            fragment = min(due, key=lambda name: due[name])
            await asyncio.sleep(max(0.0, due[fragment] - now))
            if fragment == WHOLE:
                self.answers.touched.append(await self.ask())
                due = {WHOLE: time.perf_counter() + TOUCHED_EVERY}
            elif fragment in self.timers:
                self.answers.renewed.append(await self.ask(fragment))
                due[fragment] = time.perf_counter() + self.timers.get(fragment, TOUCHED_EVERY)
            else:
                del due[fragment]


@dataclass
class Machine:
    """The app's processes, seen every half second."""

    pid: int
    web: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)
    workers: list[int] = field(default_factory=list)
    worked: float = 0.0  # seconds of a core, by the web process

    async def look(self, is_over: asyncio.Event) -> None:
        before = seconds_of(self.pid)
        while not is_over.is_set():
            self.worked = seconds_of(self.pid) - before
            family = list(descendants(self.pid))
            self.web.append(megabytes(self.pid))
            self.all.append(self.web[-1] + sum(map(megabytes, family)))
            self.workers.append(sum(is_worker(pid) for pid in family))
            await asyncio.sleep(0.5)


def descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from descendants(child)


def megabytes(pid: int) -> float:
    """What the process has for itself and its share of what it shares."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def seconds_of(pid: int) -> float:
    """Processor time, whatever else the machine does."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_worker(pid: int) -> bool:
    """Whether it has torch loaded, as whoever trains must, and is not what workers come from."""
    try:
        has_torch = "libtorch_cpu" in Path(f"/proc/{pid}/maps").read_text()
        return has_torch and not any(descendants(pid))
    except OSError:
        return False


def new_browser(url: str) -> str:
    """The token by which Streamlit knows a browser again: without one, each is another visitor."""
    with urllib.request.urlopen(f"{url}/_stcore/health") as answer:
        cookie = answer.headers["Set-Cookie"]
    return cookie.partition("_streamlit_xsrf=")[2].partition(";")[0]


async def classroom(url: str, pid: int, store: Path, count: int) -> tuple[Answers, Machine, float]:
    answers, machine, is_over = Answers(), Machine(pid), asyncio.Event()
    sessions = [Session(url, new_browser(url), answers) for _ in range(count)]
    looking = asyncio.create_task(machine.look(is_over))
    await sessions[0].open()  # the first visitor of a fresh process pays for its imports
    answers.opened.clear()
    await asyncio.gather(*(session.open() for session in sessions[1:]))
    began = time.perf_counter()
    await asyncio.gather(*(session.train(seed) for seed, session in enumerate(sessions)))
    rng = random.Random(0)
    watching = [asyncio.create_task(session.watch(is_over, rng)) for session in sessions]
    while time.perf_counter() - began < LONGEST:
        await asyncio.sleep(0.5)
        ended = [task for task in watching if task.done()]
        for task in ended:
            task.result()
        if not any(job.state.is_alive for job in Store[Settings](store).listed(count)):
            break
    took = time.perf_counter() - began
    is_over.set()
    await asyncio.gather(looking, *watching)
    await asyncio.gather(*(session.socket.close() for session in sessions))
    return answers, machine, took


def said(name: str, seconds: list[float]) -> str:
    if not seconds:
        return f"{name:34} none"
    ordered = sorted(seconds)
    p95, over = ordered[int(0.95 * (len(ordered) - 1))], sum(value > 1 for value in ordered)
    return (
        f"{name:34} {len(ordered):5} answers, median {statistics.median(ordered):.2f} s, "
        f"p95 {p95:.2f} s, longest {ordered[-1]:.2f} s, {over} over 1 s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--sessions", type=int, default=30)
    asked = parser.parse_args()
    port = free_port()
    command = ["-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    with (
        tempfile.TemporaryDirectory() as folder,
        python_server(command, port, LSTMVIZ_DATA=folder) as server,
    ):
        store = Path(folder) / "runs" / "jobs.sqlite"
        found = classroom(server.url, server.process.pid, store, asked.sessions)
        answers, machine, took = asyncio.run(found)
        states = [job.state for job in Store[Settings](store).listed(2 * asked.sessions)]
    done = sum(state is State.DONE for state in states)
    print(f"load of the machine at the end     {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"runs that finished                 {done} of {len(states)}, in {took:.0f} s")
    print(f"workers at once                    {max(machine.workers)}")
    print(
        f"memory of the web process          {machine.web[0]:.0f} MB at first, "
        f"{max(machine.web):.0f} MB at most"
    )
    print(f"memory of all processes            {max(machine.all):.0f} MB at most")
    answered = sum(map(len, (answers.opened, answers.trained, answers.touched, answers.renewed)))
    print(
        f"processor time of the web process  {machine.worked:.1f} s, "
        f"{1000 * machine.worked / answered:.0f} ms an answer"
    )
    print(f"received by all sessions           {answers.received / 1e6:.0f} MB")
    print(said("open the page, all at once", answers.opened))
    print(said("press Train, all at once", answers.trained))
    print(said("touch a control meanwhile", answers.touched))
    print(said("renew a fragment meanwhile", answers.renewed))
    print(f"errors                             {len(answers.errors)} {answers.errors[:3]}")


if __name__ == "__main__":
    main()
