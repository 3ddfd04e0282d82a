"""A lock between processes that a dead process cannot keep.

It is the operating system's own lock on an open file, which ends with the process. That a file is
there, or a process number in it, would not tell: whoever wrote it may be dead, and the number may
be another's by now.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
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
def taken(path: Path, patience: float = 0.0) -> Iterator[bool]:
    """Whether the lock is ours, for as long as the block lasts; waited for that many seconds."""
    end = time.monotonic() + patience
    with path.open("ab") as file:
        while True:
            try:
                _lock(file)
            except OSError:
                if time.monotonic() < end:
                    time.sleep(0.02)
                    continue
                yield False
            else:
                yield True
            return


@contextlib.contextmanager
def held(path: Path) -> Iterator[os.stat_result | None]:
    """As ``taken``: which file it is that we hold, for ``is_still``; None where it is another's."""
    with taken(path) as is_ours:
        yield path.stat() if is_ours else None


def is_still(path: Path, file: os.stat_result) -> bool:
    """Whether this is still the file at that place: who deletes the folder takes the lock away."""
    try:
        now = path.stat()
    except OSError:
        return False
    return (now.st_dev, now.st_ino) == (file.st_dev, file.st_ino)


def is_free(path: Path) -> bool:
    with taken(path) as is_ours:
        return is_ours
