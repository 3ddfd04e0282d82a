"""A class follows its teacher: how late, and what it costs those who step by themselves.

Without browsers: each student is the websocket that a browser would hold to /class, and a session
of Streamlit's besides, as a page has one open. The teacher steps eight times a second, as the
fastest playing does; of each step it is measured how long after it was sent each student has it.
Meanwhile one visitor, who is in no class, has their page run anew every half second, as if a
control had been touched; the same without the class is printed beside it. Stepping itself happens
in the browser and asks the server for nothing.

A hold is computed by the server, for each student anew: the last line is how long after the
teacher's hold all students' pages have run with it, all at once.

To reach: 95 of 100 steps within 0.3 s, with 100 students on two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.classroom import Answers, Machine, Session, new_browser, said
from tests.serving import free_port, python_server

A_SECOND = 8  # steps, as the fastest playing has
TOUCHED_EVERY = 0.5
HELD = "task=subject&cell=lstm&sequence=1&hold=f:14-17=0&t=15"
UNTOUCHED = "task=subject&cell=lstm&sequence=1&hold="


@dataclass
class Follows:
    """Seconds from the teacher's sending to a student's having it, of every step and student."""

    sent: dict[str, float] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    at: dict[int, str] = field(default_factory=dict)  # where each student is

    def take(self, student: int, at: str) -> None:
        self.at[student] = at
        if at in self.sent:
            self.late.append(time.perf_counter() - self.sent[at])


async def speaks(url: str, first: dict[str, Any]) -> ClientConnection:
    socket = await connect(
        url.replace("http", "ws", 1) + "/class",
        additional_headers={"Origin": url},
        open_timeout=60,
        compression=None,
    )
    await socket.send(json.dumps(first))
    return socket


async def student(url: str, code: str, number: int, follows: Follows) -> None:
    socket = await speaks(url, {"follow": {"code": code, "seat": ""}})
    async for text in socket:
        if room := json.loads(text).get("room"):
            follows.take(number, room["at"])


async def touched(session: Session, is_over: asyncio.Event) -> list[float]:
    found = []
    while not is_over.is_set():
        found.append(await session.ask())
        await asyncio.sleep(TOUCHED_EVERY)
    return found


async def alone(session: Session, seconds: float) -> list[float]:
    is_over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, is_over.set)
    return await touched(session, is_over)


async def lesson(url: str, pid: int, count: int, seconds: float) -> None:
    answers = Answers()
    visitor, *pages = [
        Session(url, new_browser(url), answers, opens=page)
        for page in ("stage", *["what_if"] * count)
    ]
    await visitor.open()
    said_alone = await alone(visitor, seconds / 2)

    teacher = await speaks(url, {"open": {}})
    code = json.loads(await teacher.recv())["opened"]["code"]
    hears = asyncio.ensure_future(_hear(teacher))
    follows = Follows()
    students = [asyncio.ensure_future(student(url, code, k, follows)) for k in range(count)]
    await asyncio.sleep(2)
    is_over, machine = asyncio.Event(), Machine(pid)
    looking = asyncio.create_task(machine.look(is_over))
    touching = asyncio.create_task(touched(visitor, is_over))
    for step in range(int(seconds * A_SECOND)):
        at = f"stage?t={step + 1}&unit=10"
        follows.sent[at] = time.perf_counter()
        await teacher.send(json.dumps({"show": {"at": at}}))
        await asyncio.sleep(1 / A_SECOND)
    await asyncio.sleep(1)
    is_over.set()
    said_meanwhile = await touching
    await looking
    steps = len(follows.sent)
    print(f"students                           {count}, {steps} steps, {A_SECOND} a second")
    print(said("a step is followed", follows.late))
    print(f"had the last step                  {list(follows.at.values()).count(at)} of {count}")
    print(f"told                               {len(follows.late)} of {steps * count}; a slow line")
    print("                                   is told the newest step, and not those before it")
    print(f"processor time of the web process  {machine.worked / seconds:.2f} s a second")
    print(said("touch a control, no class there", said_alone))
    print(said("touch a control meanwhile", said_meanwhile))
    for task in [*students, hears]:
        task.cancel()
    await teacher.close()

    for page in pages:
        page.query = UNTOUCHED
    for few in range(0, count, 5):
        await asyncio.gather(*(page.open() for page in pages[few : few + 5]))
    for page in pages:
        page.query = HELD
    held = await asyncio.gather(*(page.ask() for page in pages))
    print(said("a hold is followed, all at once", list(held)))
    single = []
    for query in (UNTOUCHED, HELD) * 3:
        pages[0].query = query
        single.append(await pages[0].ask())
    print(f"a hold, one student alone          median {statistics.median(single):.2f} s")
    print(f"errors                             {len(answers.errors)} {answers.errors[:3]}")
    await asyncio.gather(*(page.socket.close() for page in (visitor, *pages)))


async def _hear(socket: ClientConnection) -> None:
    async for _text in socket:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--students", type=int, default=100)
    parser.add_argument("-s", "--seconds", type=float, default=20)
    asked = parser.parse_args()
    port = free_port()
    command = ["-m", "streamlit", "run", "app.py", "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}"]
    with python_server(command, port) as server:
        asyncio.run(lesson(server.url, server.process.pid, asked.students, asked.seconds))
    print(f"load of the machine at the end     {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
