"""Where the classes of an installation are kept, and who is told when one has changed.

`Rooms` is all that the websocket needs; `InMemory` keeps them in the process, which is enough where
one process, or one path behind a proxy, serves them all (deploy/nginx.conf). They are never written
anywhere, so they are gone when it ends.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Protocol

from lstm_viz.web.together.room import LASTS, Refused, Room
from lstm_viz.web.together.words import WORDS

MOST = 50  # rooms at once
IN_A_CODE = 4
UNKNOWN = "There is no class of this code. A class is over after four hours."


class Rooms(Protocol):
    """The classes that there are."""

    async def open(self) -> Room:
        """A new class, with a code and a secret that no other one has."""
        ...

    async def room(self, code: str) -> Room:
        """The class of this code as it is now; `Refused` where there is none."""
        ...

    async def change(self, code: str, change: Callable[[Room], Room]) -> Room:
        """Makes it what ``change`` says, as one step among the changes of others."""
        ...

    async def end(self, code: str) -> None:
        """It is over, now."""
        ...

    async def newer(self, code: str, version: int) -> Room | None:
        """The class once it is newer than this version; None as soon as it is over."""
        ...


@dataclass
class _Kept:
    room: Room
    changed: float
    news: asyncio.Event = field(default_factory=asyncio.Event)


class InMemory:
    """Classes in the memory of this process, ``most`` of them at once."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = monotonic) -> None:
        self.most, self.clock = most, clock
        self._kept: dict[str, _Kept] = {}

    async def open(self) -> Room:
        now = self.clock()
        for code in [code for code, kept in self._kept.items() if kept.room.ends <= now]:
            await self.end(code)
        if len(self._kept) >= self.most:
            await self._make_room()
        code = _code()
        while code in self._kept:
            code = _code()
        room = Room(code, secrets.token_urlsafe(24), ends=now + LASTS)
        self._kept[code] = _Kept(room, now)
        return room

    async def _make_room(self) -> None:
        """Ends the class that has been left alone for longest."""
        empty = [kept for kept in self._kept.values() if not kept.room.present]
        if not empty:
            raise Refused(
                f"{self.most} classes are going on, and there is no room for another.", "rooms"
            )
        oldest = min(empty, key=lambda kept: (kept.room.teachers > 0, kept.changed))
        await self.end(oldest.room.code)

    async def room(self, code: str) -> Room:
        return self._found(code).room

    async def change(self, code: str, change: Callable[[Room], Room]) -> Room:
        kept = self._found(code)
        kept.room = replace(change(kept.room), version=kept.room.version + 1)
        kept.changed = self.clock()
        kept.news.set()
        kept.news = asyncio.Event()
        return kept.room

    async def end(self, code: str) -> None:
        if kept := self._kept.pop(code, None):
            kept.news.set()

    async def newer(self, code: str, version: int) -> Room | None:
        while kept := self._kept.get(code):
            left = kept.room.ends - self.clock()
            if left <= 0:
                await self.end(code)
            elif kept.room.version > version:
                return kept.room
            else:
                try:
                    async with asyncio.timeout(left):
                        await kept.news.wait()
                except TimeoutError:
                    continue
        return None

    def _found(self, code: str) -> _Kept:
        kept = self._kept.get(code)
        if kept is None or kept.room.ends <= self.clock():
            raise Refused(UNKNOWN, "unknown", closes=True)
        return kept


def _code() -> str:
    return "-".join(secrets.choice(WORDS) for _ in range(IN_A_CODE))
