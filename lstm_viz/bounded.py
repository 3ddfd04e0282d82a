"""What was made once and is asked for again, as long as there is room for it.

The room is in bytes: what one of a hundred things takes is a visitor's choice, so that a number of
things bounds nothing. The one not asked for for longest makes room. Two who ask for the same thing
at once get one, made once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Bounded(Generic[Value]):
    """At most ``most`` bytes of values by key; ``size`` says how many bytes one takes."""

    def __init__(self, most: int, size: Callable[[Value], int]):
        self.most, self.size = most, size
        self.bytes = 0
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value under this key, made now if it is not there."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._kept:
                    return self._kept[key][0]
            try:
                value = make()
                self._keep(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return value

    def _keep(self, key: Hashable, value: Value) -> None:
        size = self.size(value)
        if size > self.most:
            return
        with self._lock:
            self._kept[key] = value, size
            self.bytes += size
            while self.bytes > self.most:
                self.bytes -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.bytes = 0
