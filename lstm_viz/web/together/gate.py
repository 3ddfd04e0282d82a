"""The websocket of a class: one line for its teacher, and one for each student.

The first message says who speaks: {"open": {}} opens a class, {"teach": {"code", "secret"}} comes
back to it, {"follow": {"code", "seat"}} is a student. From then on each line is told the room
whenever what it may see of it has changed; a line that is slow is told the newest, and nothing is
queued for it. A teacher may `show`, `ask`, `reveal`, `take_away` and `end`; a student may `answer`
and nothing else. The seat is a number that a student's browser gets with its first message, so
that one who comes back answers once.

Why a websocket: a page that steps eight times a second tells a hundred students without a request
for each; a proxy that lets Streamlit through lets it through; the code and the secret are in no
address, so in no log of a proxy; and a server that ends closes its lines. Foreign pages have been
refused before (`web/hosts.py`).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from time import monotonic
from typing import Any, NoReturn, TypeAlias

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lstm_viz import environment
from lstm_viz.web.messages import VISITORS, Allowance
from lstm_viz.web.together import room as steps
from lstm_viz.web.together.room import Refused, Room
from lstm_viz.web.together.rooms import UNKNOWN, InMemory, Rooms

PATH = "class"
LONGEST = 16_384  # characters of a message
FIRST_WITHIN = 10.0  # seconds in which a line says who speaks
ALIVE_EVERY = 10.0  # seconds after which a line hears that it is one
WRONG_TAKES = 1.0  # seconds until a wrong code is told, so that codes are not found by trying
TEACHER, STUDENT = (30.0, 60.0), (2.0, 10.0)  # messages a second in the long run, and at once

# What may be said, with the type of each of its fields.
FIRST: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "open": {},
    "teach": {"code": (str,), "secret": (str,)},
    "follow": {"code": (str,), "seat": (str,)},
}
TEACHES: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "show": {"at": (str,)},
    "ask": {"text": (str,), "options": (list,)},
    "reveal": {"right": (int, type(None))},
    "take_away": {},
    "end": {},
}
FOLLOWS: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "answer": {"number": (int,), "option": (int,)}
}
# Fields of a message by name; which there are, and of which types: FIRST, TEACHES and FOLLOWS.
Said: TypeAlias = Mapping[str, Any]

_SEAT = re.compile(r"[\w-]{22}")


class Together:
    """Answers websockets at /class; ``visitors`` is how many lines there may be."""

    def __init__(
        self,
        app: ASGIApp,
        rooms: Rooms | None = None,
        visitors: int | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.app, self.clock = app, clock
        self.rooms = InMemory() if rooms is None else rooms
        self.visitors = visitors or environment.VISITORS.in_(os.environ) or VISITORS
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or not _is_here(scope["path"]):
            return await self.app(scope, receive, send)
        await receive()  # its "connect"
        if self.inside >= self.visitors:
            return await send(_close(1013, "too many visitors"))
        self.inside += 1
        try:
            await send({"type": "websocket.accept"})
            await self._speak(receive, send)
        finally:
            self.inside -= 1

    async def _speak(self, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(FIRST_WITHIN):
                first = read(await receive(), FIRST)
            if first is None:
                return
            match first:
                case "open", _:
                    room = await self.rooms.open()
                    await send(_text({"opened": {"code": room.code, "secret": room.secret}}))
                    await self._teach(room, receive, send)
                case "teach", said:
                    await self._teach(await self._of_teacher(**said), receive, send)
                case _, said:
                    await self._follow(said["code"], said["seat"], receive, send)
        except TimeoutError:
            await send(_close(1008, "who speaks?"))
        except Refused as problem:
            if problem.why == "unknown":
                await asyncio.sleep(WRONG_TAKES)
            await send(_said(problem))
            await send(_close(1008, "refused"))

    async def _of_teacher(self, code: str, secret: str) -> Room:
        room = await self.rooms.room(code)
        if not secrets.compare_digest(room.secret.encode(), secret.encode(errors="replace")):
            raise Refused(UNKNOWN, "unknown", closes=True)
        return room

    async def _teach(self, room: Room, receive: Receive, send: Send) -> None:
        code = room.code

        async def take(kind: str, said: Said) -> None:
            if kind == "end":
                await self.rooms.end(code)
            else:
                await self.rooms.change(code, _change(kind, said))

        await self.rooms.change(code, partial(steps.taught, by=1))
        try:
            listen = self._listen(receive, send, TEACHES, TEACHER, take)
            await _either(listen, self._tell(code, lambda room: room.for_teacher, send))
        finally:
            await self._out(code, partial(steps.taught, by=-1))

    async def _follow(self, code: str, seat: str, receive: Receive, send: Send) -> None:
        seat = seat if _SEAT.fullmatch(seat) else secrets.token_urlsafe(16)

        async def take(_kind: str, said: Said) -> None:
            await self.rooms.change(code, lambda room: steps.answered(room, seat, **said))

        await self.rooms.change(code, steps.entered)
        try:
            await send(_text({"seat": seat}))
            listen = self._listen(receive, send, FOLLOWS, STUDENT, take)
            await _either(listen, self._tell(code, lambda room: room.for_students, send))
        finally:
            await self._out(code, steps.left)

    async def _out(self, code: str, change: Callable[[Room], Room]) -> None:
        with suppress(Refused):  # the class is over
            await self.rooms.change(code, change)

    async def _tell(self, code: str, view: Callable[[Room], str], send: Send) -> None:
        """Sends what may be seen of the room as often as that has changed, until it is over."""
        version, told = -1, ""
        while True:
            try:
                async with asyncio.timeout(ALIVE_EVERY):
                    room = await self.rooms.newer(code, version)
            except TimeoutError:
                await send(_text({"alive": True}))
                continue
            if room is None:
                await send(_text({"over": True}))
                return await send(_close(1000, "over"))
            version = room.version
            if view(room) != told:
                told = view(room)
                await send({"type": "websocket.send", "text": told})

    async def _listen(
        self,
        receive: Receive,
        send: Send,
        known: Mapping[str, Mapping[str, tuple[type, ...]]],
        pace: tuple[float, float],
        take: Callable[[str, Said], Awaitable[None]],
    ) -> None:
        """Takes what comes, no faster than it may; what comes meanwhile waits in its browser."""
        allowance = Allowance(*pace, self.clock)
        while (message := await receive())["type"] == "websocket.receive":
            await asyncio.sleep(allowance.seconds_to_wait())
            try:
                if found := read(message, known):
                    await take(*found)
            except Refused as problem:
                if problem.closes:
                    raise
                await send(_said(problem))


def read(
    message: Message, known: Mapping[str, Mapping[str, tuple[type, ...]]]
) -> tuple[str, Said] | None:
    """What a message says, and with which fields; None where the line has ended.

    Whatever is not exactly one of those known is refused, and no page of ours would send it.
    """
    if message["type"] != "websocket.receive":
        return None
    text = message.get("text")
    if text is None:
        raise Refused("A message is a text.", closes=True)
    if len(text) > LONGEST:
        raise Refused(f"A message has at most {LONGEST} characters.", closes=True)
    try:
        found = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused("A message is JSON, with finite numbers.", closes=True) from None
    if not isinstance(found, dict) or len(found) != 1:
        raise Refused("A message says one thing.", closes=True)
    ((kind, said),) = found.items()
    fields = known.get(kind)
    if fields is None:
        raise Refused(f"Here one may say {', '.join(known)}, and nothing else.", closes=True)
    if not isinstance(said, dict) or said.keys() != fields.keys():
        names = ", ".join(fields) or "nothing"
        raise Refused(f"To {kind} belongs {names}, and nothing else.", closes=True)
    for name, types in fields.items():
        if type(said[name]) not in types:  # true is no number here
            raise Refused(f"{name} is not of its type.", closes=True)
    if not all(isinstance(option, str) for option in said.get("options", ())):
        raise Refused("An option is a text.", closes=True)
    return kind, said


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _change(kind: str, said: Said) -> Callable[[Room], Room]:
    change: Mapping[str, Callable[..., Room]] = {
        "show": steps.shown,
        "ask": steps.asked,
        "reveal": steps.revealed,
        "take_away": steps.taken_away,
    }
    return lambda room: change[kind](room, **said)


async def _either(*works: Awaitable[None]) -> None:
    """Does all of them until the first has ended, and raises what that one raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        ended, _going_on = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _is_here(path: str) -> bool:
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return path == (f"/{base}/{PATH}" if base else f"/{PATH}")


def _text(said: Said) -> Message:
    return {"type": "websocket.send", "text": json.dumps(said)}


def _said(problem: Refused) -> Message:
    return _text({"refused": {"sentence": str(problem), "why": problem.why}})


def _close(code: int, reason: str) -> Message:
    return {"type": "websocket.close", "code": code, "reason": reason}
