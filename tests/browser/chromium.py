"""Finds the browser that the tests drive; run as a program, installs one where there is none.

`make test` runs it before pytest. The order: the environment variable CHROMIUM, a Chromium or
Chrome on the PATH, the one that Playwright has downloaded. To install: the system's packages where
we may, with a font that has Chinese characters, else Playwright's download.

The same browser without windows, Debian's chromium-headless-shell, comes first: a page costs it
three fifths of the work (2.9 against 4.9 seconds of a core for the stage), and the tests are mostly
that.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

MISSING = (
    "The browser tests need Chromium or Chrome, and none was found. Install one and put it on the "
    "PATH, or set CHROMIUM to its path, or run: .venv/bin/playwright install chromium"
)


def find() -> str:
    """The path of a browser that starts.

    Raises RuntimeError, with what to do, when there is none.
    """
    named = os.environ.get("CHROMIUM")
    if named:
        if not starts(named):
            raise RuntimeError(f"CHROMIUM is {named!r}, and that does not start as a browser.")
        return named
    for path in candidates():
        if starts(path):
            return path
    raise RuntimeError(MISSING)


def candidates() -> Iterator[str]:
    yield from on_the_path()
    yield downloaded_by_playwright()


def on_the_path() -> list[str]:
    return [path for name in NAMES if (path := shutil.which(name))]


def starts(path: str) -> bool:
    """Whether there is a browser: Ubuntu's `chromium-browser` is a stub that only prints."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def downloaded_by_playwright() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def install() -> None:
    """Tries the system's packages, then Playwright's download."""
    privilege = privilege_to_install()
    if privilege is not None and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        apt = [*privilege, "apt-get", "--quiet=2"]
        subprocess.run([*apt, "update"], env=environment)
        for package in (SHELL, "chromium"):  # not every system has the first
            packages = [package, "fonts-wqy-microhei"]
            subprocess.run(
                [*apt, "install", "--yes", "--no-install-recommends", *packages], env=environment
            )
            if any(map(starts, on_the_path())):
                return
    download = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run([*download, "--with-deps"] if privilege is not None else download)


def privilege_to_install() -> list[str] | None:
    """The words before a command that installs packages; None where we may not."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def main() -> None:
    try:
        print(find())
    except RuntimeError as nothing:
        if os.environ.get("CHROMIUM"):
            sys.exit(str(nothing))
        print("no browser yet, installing one", file=sys.stderr)
        install()
        try:
            print(find())
        except RuntimeError as still_nothing:
            sys.exit(str(still_nothing))


if __name__ == "__main__":
    main()
