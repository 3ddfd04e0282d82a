"""Are weaknesses known of exactly the versions that the app is installed with? ``make audit``.

The locks say which versions those are, and pip-audit asks for the advisories. A machine without the
internet, or an index that has no advisories, is no reason to stop: then this says that nothing was
asked, and passes. A weakness that is found fails; one that does not concern the app is written into
ACCEPTED, with the reason.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LOCKS = ("app.lock", "torch.lock")
PATIENCE = 60.0  # seconds for all of it, so that a silent network does not hold anyone up
OF_ONE = 5  # seconds for one answer
ACCEPTED: Mapping[str, str] = {}  # advisory -> why it does not concern the app


@dataclass(frozen=True)
class Report:
    """How many packages were asked about, how many could not be, and what is known, as lines."""

    asked: int
    unknown: int
    weak: tuple[str, ...]

    @property
    def sentence(self) -> str:
        if not self.asked:
            return "The advisories could not be reached; nothing was audited."
        left = f"; of {self.unknown} more nothing could be asked" if self.unknown else ""
        if self.weak:
            return "\n".join((f"Known weaknesses, among {self.asked} packages{left}:", *self.weak))
        return f"No weakness is known of {self.asked} packages{left}."


NOTHING = Report(0, 0, ())


def report(found: Iterable[Mapping[str, Any]]) -> Report:
    """What pip-audit found, as its JSON says it, without what is accepted."""
    packages = list(found)
    asked = [package for package in packages if "vulns" in package]
    weak = [
        f"  {package['name']} {package['version']}: {weakness['id']}, mended in "
        f"{', '.join(weakness['fix_versions']) or 'no version yet'}"
        for package in asked
        for weakness in package["vulns"]
        if not {weakness["id"], *weakness.get("aliases", ())} & ACCEPTED.keys()
    ]
    return Report(len(asked), len(packages) - len(asked), tuple(weak))


def audited(locks: Iterable[Path], patience: float = PATIENCE) -> Report:
    """The report on what these locks name; NOTHING where there is no answer in time."""
    command = [sys.executable, "-m", "pip_audit", "--format=json", "--progress-spinner=off"]
    command += ["--disable-pip", "--require-hashes", f"--timeout={OF_ONE}"]
    command += [f"--requirement={lock}" for lock in locks]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=patience)
        return report(json.loads(answer.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return NOTHING


def main() -> int:
    found = audited(HERE / name for name in LOCKS)
    print(found.sentence)
    return 1 if found.weak else 0


if __name__ == "__main__":
    sys.exit(main())
