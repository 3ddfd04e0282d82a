"""What took time to make, kept for the next one who needs the like; never in two hands at once.

Many sessions read at the same time, and what they read in has fixed memory. So it is lent: taken
off the list while it is used, put back when that is over, and made anew where none is left. The
list is short, in number and in bytes, and what was used longest ago goes first.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from typing import Generic, Protocol, TypeVar


class _HasSize(Protocol):
    @property
    def nbytes(self) -> int: ...


Thing = TypeVar("Thing", bound=_HasSize)


class Idle(Generic[Thing]):
    """At most ``most`` things of ``most_bytes`` together, each made by ``make`` from its key."""

    def __init__(self, make: Callable[..., Thing], most: int, most_bytes: int):
        self._make, self._most, self._most_bytes = make, most, most_bytes
        self._there: list[tuple[tuple[Hashable, ...], Thing]] = []  # the last was used last

    def take(self, *key: object) -> Thing:
        """One that nobody else has until it is put back."""
        for entry in reversed(self._there.copy()):
            if entry[0] == key:
                with suppress(ValueError):  # another thread was faster
                    self._there.remove(entry)
                    return entry[1]
        return self._make(*key)

    def put_back(self, thing: Thing, *key: object) -> None:
        self._there.append((key, thing))
        del self._there[: -self._most]
        while sum(each.nbytes for _key, each in self._there.copy()) > self._most_bytes:
            with suppress(IndexError):
                self._there.pop(0)

    @contextmanager
    def lent(self, *key: object) -> Iterator[Thing]:
        """Taken for as long as the block runs."""
        thing = self.take(*key)
        yield thing
        self.put_back(thing, *key)

    def clear(self) -> None:
        """Forget all: what is made from here on is made new."""
        self._there.clear()
