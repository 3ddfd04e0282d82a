"""A class as one small value, and all that can be done to it.

A room says where the teacher is, which is an address of the app as a link has it, and what is being
asked. Nothing else is needed to follow: the address holds all that is chosen on a page, the step
and the unit. So whoever listens gets the whole room again after each change, and may miss any but
the last one: who comes late, or back from a broken line, is where all others are.

Every function takes a room and returns the one after it, or raises `Refused` with a sentence for
whoever sent what cannot be done. All that a stranger could send is bounded here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

LASTS = 4 * 3600.0  # seconds from its opening; then it is gone
STUDENTS = 200  # in one room at once
LONGEST_ADDRESS = 12_000
LONGEST_QUESTION = 300
OPTIONS = range(2, 13)  # how many there may be
LONGEST_OPTION = 80
_ADDRESS = re.compile(r"[a-z_]{0,40}(\?[!-\"$-~]*)?")  # a page of the app, and what is chosen there


class Refused(Exception):
    """Why something is not done, in a sentence. ``why`` is its name, for who translates it;
    ``closes`` where nobody would send that by mistake, so that the line is closed."""

    def __init__(self, sentence: str, why: str = "", closes: bool = False) -> None:
        super().__init__(sentence)
        self.why, self.closes = why, closes


@dataclass(frozen=True)
class Question:
    """What is asked, from its number on that no other question of the class has.

    ``right`` is the place of the right option, None where there is none or it is not told yet.
    """

    number: int
    text: str
    options: tuple[str, ...]
    right: int | None = None
    is_revealed: bool = False


@dataclass(frozen=True, eq=False)
class Room:
    """A class between two changes. ``answers`` are those to the question: seat -> option."""

    code: str
    secret: str = field(repr=False)
    ends: float  # by the clock of whoever keeps it
    at: str = ""
    present: int = 0
    teachers: int = 0
    asked: int = 0
    question: Question | None = None
    answers: Mapping[str, int] = field(default_factory=dict, repr=False)
    version: int = 0

    @property
    def counts(self) -> list[int]:
        """How many chose each option."""
        given = list(self.answers.values())
        options = self.question.options if self.question else ()
        return [given.count(option) for option in range(len(options))]

    @cached_property
    def for_students(self) -> str:
        """What every student is told: of the answers nothing before they are revealed."""
        return self._told(sees_answers=self.question is not None and self.question.is_revealed)

    @cached_property
    def for_teacher(self) -> str:
        """What the teacher is told."""
        return self._told(sees_answers=True, present=self.present)

    def _told(self, sees_answers: bool, **more: int) -> str:
        asked = self.question and {
            "number": self.question.number,
            "text": self.question.text,
            "options": self.question.options,
            "revealed": self.question.is_revealed,
            "right": self.question.right if sees_answers else None,
            "counts": self.counts if sees_answers else None,
        }
        return json.dumps({"room": {"code": self.code, "at": self.at, "question": asked, **more}})


def shown(room: Room, at: str) -> Room:
    """The teacher is at this address: the name of a page, and what is chosen there."""
    if len(at) > LONGEST_ADDRESS:
        raise Refused(
            f"An address has at most {LONGEST_ADDRESS} characters to be followed.", "address"
        )
    if not _ADDRESS.fullmatch(at):
        raise Refused("Only an address of this app can be followed.", closes=True)
    return replace(room, at=at)


def asked(room: Room, text: str, options: Sequence[str]) -> Room:
    """The class is asked; what was asked before is gone with its answers."""
    text, options = _line(text, LONGEST_QUESTION, "A question"), list(options)
    if len(options) not in OPTIONS:
        raise Refused(
            f"A question has {OPTIONS[0]} to {OPTIONS[-1]} options, and not {len(options)}.",
            "options",
        )
    lines = tuple(_line(option, LONGEST_OPTION, "An option") for option in options)
    if len(set(lines)) < len(lines):
        raise Refused("Two options are the same.", "same")
    number = room.asked + 1
    return replace(room, asked=number, question=Question(number, text, lines), answers={})


def answered(room: Room, seat: str, number: int, option: int) -> Room:
    """The student on this seat chooses an option; another one than before, if need be."""
    question = room.question
    if question is None or question.number != number:
        raise Refused("That question is over.", "over")
    if question.is_revealed:
        raise Refused("The answers are shown already.", "shown")
    if not 0 <= option < len(question.options):
        raise Refused(f"There is no option {option}.", closes=True)
    if seat not in room.answers and len(room.answers) >= STUDENTS:
        raise Refused(f"{STUDENTS} have answered, and there is no room for more.", "full")
    return replace(room, answers={**room.answers, seat: option})


def revealed(room: Room, right: int | None) -> Room:
    """All see what was answered, and which option is right where one is."""
    if room.question is None:
        raise Refused("Nothing is asked.", "over")
    if right is not None and not 0 <= right < len(room.question.options):
        raise Refused(f"There is no option {right}.", closes=True)
    return replace(room, question=replace(room.question, right=right, is_revealed=True))


def taken_away(room: Room) -> Room:
    """Nothing is asked any more."""
    return replace(room, question=None, answers={})


def entered(room: Room) -> Room:
    """One more student is there."""
    if room.present >= STUDENTS:
        raise Refused(f"The class is full: {STUDENTS} are in it.", "full", closes=True)
    return replace(room, present=room.present + 1)


def left(room: Room) -> Room:
    """One student fewer; an answer that was given stays."""
    return replace(room, present=max(0, room.present - 1))


def taught(room: Room, by: int) -> Room:
    """So many more pages of the teacher's are connected, or fewer."""
    return replace(room, teachers=max(0, room.teachers + by))


def _line(text: str, longest: int, what: str) -> str:
    line = " ".join(text.split())
    if not line:
        raise Refused(f"{what} cannot be empty.", "empty")
    if len(line) > longest:
        raise Refused(
            f"{what} has at most {longest} characters, and this one has {len(line)}.", "long"
        )
    if not line.isprintable():
        raise Refused(f"{what} has characters that cannot be shown.", closes=True)
    return line
