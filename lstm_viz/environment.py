"""What whoever runs the app may set in its environment, read here and nowhere else.

A value that is not understood is as if it were not there, and is told at the start
(``complaints``): a mistyped number must not keep a class out. docs/run-it.md has this table for
people, and a test compares the two.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

Environment: TypeAlias = Mapping[str, str]
MB = 2**20


@dataclass(frozen=True)
class Count:
    """A whole number from ``least``; ``most`` is what a mistake with the units would exceed."""

    name: str
    least: int
    most: int

    def in_(self, environment: Environment) -> int | None:
        """The number, None where it is not set or not understood."""
        text = environment.get(self.name, "").strip().replace("_", "")
        found = int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None
        return found if found is not None and self.least <= found <= self.most else None

    def complaint(self, environment: Environment) -> str | None:
        if not environment.get(self.name) or self.in_(environment) is not None:
            return None
        return f"has to be a whole number from {self.least} to {self.most}"


@dataclass(frozen=True)
class Words:
    """Words separated by commas or blanks, each of this pattern; ``kind`` says what they are."""

    name: str
    pattern: str
    kind: str

    def in_(self, environment: Environment) -> tuple[str, ...]:
        """All of them in small letters; none where one is not understood."""
        words = self._all(environment)
        return tuple(map(str.lower, words)) if all(map(self._fits, words)) else ()

    def complaint(self, environment: Environment) -> str | None:
        wrong = [word for word in self._all(environment) if not self._fits(word)]
        return f"has to be {self.kind}, and {wrong[0][:80]!r} is not one" if wrong else None

    def _all(self, environment: Environment) -> list[str]:
        return environment.get(self.name, "").replace(",", " ").split()

    def _fits(self, word: str) -> bool:
        return re.fullmatch(self.pattern, word) is not None


@dataclass(frozen=True)
class Folder:
    """A folder; it is made when it is first needed."""

    name: str

    def in_(self, environment: Environment) -> Path | None:
        """None where it is not set."""
        text = environment.get(self.name, "")
        return Path(text).expanduser() if text else None

    def complaint(self, environment: Environment) -> str | None:
        found = self.in_(environment)
        if found is None or can_be_written(found):
            return None
        return "has to be a folder that this account can write"


def can_be_written(folder: Path) -> bool:
    """Whether files can be made in it, or it can be made."""
    for place in (folder, *folder.parents):
        try:
            if place.exists():
                return place.is_dir() and os.access(place, os.W_OK | os.X_OK)
        except OSError:
            return False
    return False


DATA = Folder("LSTMVIZ_DATA")
WORKERS = Count("LSTMVIZ_WORKERS", 1, 256)
WORKER_BYTES = Count("LSTMVIZ_WORKER_BYTES", 512 * MB, 2**40)
RUNS_BYTES = Count("LSTMVIZ_RUNS_BYTES", 16 * MB, 2**50)
VISITORS = Count("LSTMVIZ_VISITORS", 1, 100_000)
# A name, of which the first part may be any, or any name at all.
HOSTS = Words("LSTMVIZ_HOSTS", r"\*|(\*\.)?[\w-]+(\.[\w-]+)*\.?", "names of hosts")
FRAMES = Words("LSTMVIZ_FRAMES", r"(https?://)?(\*\.)?[\w-]+(\.[\w-]+)*(:\d+)?|'self'|\*", "sites")

VARIABLES = (DATA, WORKERS, WORKER_BYTES, RUNS_BYTES, VISITORS, HOSTS, FRAMES)
PREFIX = "LSTMVIZ_"


def runs_folder(environment: Environment = os.environ) -> Path:
    """Where the runs of this installation are kept."""
    # An account may have no home at all; then this is a folder that cannot be made, which is told.
    return (DATA.in_(environment) or Path(os.path.expanduser("~/.lstm_viz"))) / "runs"


def complaints(environment: Environment = os.environ) -> list[str]:
    """One sentence for each variable of ours that is not understood."""
    known = {variable.name for variable in VARIABLES}
    unknown = sorted(name for name in environment if name.startswith(PREFIX))
    found = [
        f"{name} is no variable of this app, which knows {', '.join(sorted(known))}."
        for name in unknown
        if name not in known
    ]
    for variable in VARIABLES:
        if complaint := variable.complaint(environment):
            value = environment[variable.name][:80]
            found.append(
                f"{variable.name} is {value!r} but {complaint}; "
                "until then it is as if it were not set."
            )
    return found
