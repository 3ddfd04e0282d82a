"""Settings are checked before anything is done with them, and name the job they ask for."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lstm_viz.language import _

JOB_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def complaint(self, value: object) -> str | None:
        if type(value) is int and self.low <= value <= self.high:
            return None
        return _("a whole number from {low} to {high}").format(low=self.low, high=self.high)


@dataclass(frozen=True)
class Real:
    """A finite number from ``low`` to ``high``; None as well where it is ``optional``."""

    low: float
    high: float
    optional: bool = False

    def complaint(self, value: object) -> str | None:
        if self.optional and value is None:
            return None
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
            and self.low <= value <= self.high
        ):
            return None
        return _("a number from {low:g} to {high:g}").format(low=self.low, high=self.high)


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    def complaint(self, value: object) -> str | None:
        return None if type(value) is str and value in self.words else _("one of those offered")


@dataclass(frozen=True)
class Text:
    """A text of at most ``longest`` characters."""

    longest: int

    def complaint(self, value: object) -> str | None:
        if type(value) is str and len(value) <= self.longest:
            return None
        return _("a text of at most {most} characters").format(most=self.longest)


Rule = Whole | Real | Choice | Text


def checked(given: object, rules: Mapping[str, Rule]) -> dict[str, object]:
    """The settings, exactly those that have a rule and each within it.

    Raises ValueError with a sentence otherwise.
    """
    if not isinstance(given, Mapping):
        raise ValueError(_("Settings are a table of names and values."))
    for name in sorted(set(map(str, given)) ^ set(rules)):
        pattern = (
            _("The setting {name!r} is not known.")
            if name not in rules
            else _("The setting {name!r} is missing.")
        )
        raise ValueError(pattern.format(name=name[:40]))
    for name, rule in rules.items():
        wanted = rule.complaint(given[name])
        if wanted:
            raise ValueError(
                _("The setting {name} is {given}; it has to be {wanted}.").format(
                    name=name, given=_cut(given[name]), wanted=wanted
                )
            )
    return {name: given[name] for name in rules}


def canonical(settings: Mapping[str, object]) -> str:
    """The one way in which these settings are written."""
    return json.dumps(settings, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def job_id(version: str, settings: Mapping[str, object]) -> str:
    """The same settings under the same version of the work are the same job."""
    return hashlib.sha256(f"{version}\n{canonical(settings)}".encode()).hexdigest()[:32]


def is_job_id(text: object) -> bool:
    """Whether this may name a job, and so a folder."""
    return isinstance(text, str) and JOB_ID.fullmatch(text) is not None


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
