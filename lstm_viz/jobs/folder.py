"""What a job's own folder says of it: enough to make the database anew.

The database is only the list; if it is lost, whatever was finished is found again here. Nobody but
the account that runs the app can look into the folders: a text of one's own may lie in them.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from lstm_viz.jobs.settings import canonical, is_job_id

SETTINGS, ABOUT, LOCK = "settings.json", "job.json", ".lock"
OWN = 0o700  # nobody else's


@dataclass(frozen=True)
class About:
    """What stands in the list beside the settings; names and times as ``store`` has them."""

    state: str
    created: float
    private: bool
    owner: str
    session: str
    address: str
    message: str = ""
    finished: float | None = None


def make_own(folder: Path) -> None:
    """The folder is there, and nobody else's."""
    folder.mkdir(OWN, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(OWN)


def write_settings(folder: Path, settings: Mapping[str, object]) -> None:
    _write(folder / SETTINGS, canonical(settings))


def write_about(folder: Path, about: About) -> None:
    _write(folder / ABOUT, json.dumps(asdict(about)))


def _write(file: Path, text: str) -> None:
    waiting = file.with_name(f".{file.name}.{os.getpid()}")
    waiting.write_text(text, encoding="utf-8")
    os.replace(waiting, file)


def found_in(folder: Path) -> Iterator[tuple[str, dict[str, object], About]]:
    """The jobs whose folders are there and can be read; one without a word about it was stopped."""
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not is_job_id(place.name):
            continue
        try:
            settings = json.loads((place / SETTINGS).read_text(encoding="utf-8"))
            about = _about(place)
        except (OSError, ValueError, TypeError):
            continue
        if isinstance(settings, dict):
            yield place.name, settings, about


def _about(place: Path) -> About:
    try:
        return About(**json.loads((place / ABOUT).read_text(encoding="utf-8")))
    except FileNotFoundError:  # of a version that wrote none
        return About("stopped", place.stat().st_mtime, True, "", "", "")


def lock_of(folder: Path, job: str) -> Path:
    """Held by whoever writes into the job's folder; beside it, since the folder may be replaced."""
    return folder / f"{job}{LOCK}"


def size_of(folder: Path) -> int:
    """Bytes of all files in it."""
    found = 0
    for place, _folders, files in os.walk(folder):
        for name in files:
            try:
                found += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue  # gone since it was listed
    return found


def remove(folder: Path, job: str) -> None:
    shutil.rmtree(folder / job, ignore_errors=True)
    lock_of(folder, job).unlink(missing_ok=True)
