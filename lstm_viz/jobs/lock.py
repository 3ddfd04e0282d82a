"""A lock between processes that a dead process cannot keep.

It is the operating system's own lock on an open file, which ends with the process. That a file is
there, or a process number in it, would not tell: whoever wrote it may be dead, and the number may
be another's by now.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextlib.contextmanager
def taken(path: Path) -> Iterator[bool]:
    """Whether the lock is ours, for as long as the block lasts; nobody waits."""
    with path.open("ab") as file:
        try:
            _lock(file)
        except OSError:
            yield False
        else:
            yield True


def is_free(path: Path) -> bool:
    with taken(path) as is_ours:
        return is_ours
