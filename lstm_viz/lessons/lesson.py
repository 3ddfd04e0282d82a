"""A lesson: what its file says, read and checked.

How it works. A file is TOML, which is data and nothing else: no text of it is ever run. Each table
is taken apart by the names that it may have, so that a name that is misspelt, missing or too much
is an error that says where. What a name *means* is decided elsewhere: which scene it opens by the
one table of addresses (``names`` below), which number it asks for by the run (`measures.py`).

A text is one string, or one for each language; the English one is shown where another is missing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lstm_viz.language import SOURCE, _, spoken

Text: TypeAlias = Mapping[str, str]  # by language: "en", "zh"
Names: TypeAlias = Mapping[str, Collection[str]]  # for each page the names that its address has

LARGEST = 60_000  # characters of a file
MOST_STEPS = 30
LONGEST = 2000  # characters of one text
LINK = re.compile(r"\[([^\[\]|]{1,60})(?:\|([^\[\]|]{1,60}))?\]")  # [word shown|word looked up]


class LessonError(ValueError):
    """What is wrong with a file, in a sentence that says where."""


@dataclass(frozen=True)
class Ask:
    """A question whose answer is computed: of which ``kind``, and what the file says beside it."""

    question: Text
    kind: str
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One thing to do, to answer, or to read.

    ``scene`` is what its page's address says when it opens, ``do`` what it, or a number of the run,
    has to be; ``show`` is an address that does it, where that does not follow from ``do``. ``at``
    is the place in the sequence of which the texts speak. ``reply`` is told when it is done.
    """

    page: str
    text: Text
    scene: Mapping[str, Text]
    at: str = "told"
    do: Mapping[str, str] = field(default_factory=dict)
    show: Mapping[str, str] = field(default_factory=dict)
    ask: Ask | None = None
    hint: Text | None = None
    reply: Text | None = None


@dataclass(frozen=True)
class Lesson:
    """A goal, the minutes that it takes, and its steps."""

    key: str
    title: Text
    goal: Text
    minutes: int
    steps: tuple[Step, ...]


def said(text: Text) -> str:
    """The text in the language being spoken."""
    return text.get(spoken().partition("_")[0], text[SOURCE])


# Kind of question -> the names that it must have, and those that it may have besides.
KINDS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "word": (frozenset({"of", "is"}), frozenset({"count"})),
    "signal": (frozenset({"among", "is"}), frozenset()),
    "unit": (frozenset(), frozenset({"count"})),
    "answer": (frozenset(), frozenset({"count"})),
    "cell": (frozenset({"among", "after", "is"}), frozenset()),
    "number": (frozenset({"of", "low", "high", "within"}), frozenset({"by"})),
}
EXTREMES = ("lowest", "highest")
# What ``do`` may ask of the run, besides a name of the page: a number of `measures.number`.
COMPUTED = re.compile(r"answers changed|lines|(?:left|kept) [a-z]\w{0,30} \d{1,3}")


def read_lesson(source: str, names: Names, key: str = "own") -> Lesson:
    """The lesson that a file holds. Raises LessonError, which says where it is wrong."""
    if len(source) > LARGEST:
        raise LessonError(
            _("A lesson has at most {most} characters; this file has {found}.").format(
                most=LARGEST, found=len(source)
            )
        )
    try:
        table = tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise LessonError(_("This is no TOML: {problem}.").format(problem=problem)) from None
    where = _("the lesson")
    _only(table, where, {"title", "goal", "minutes", "step"})
    steps = table.get("step")
    if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
        raise LessonError(
            _("A lesson has 1 to {most} steps, each under [[step]].").format(most=MOST_STEPS)
        )
    minutes = table.get("minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 < minutes <= 90:
        raise LessonError(_("{where}: minutes is a whole number from 1 to 90.").format(where=where))
    return Lesson(
        key,
        _text(table, "title", where),
        _text(table, "goal", where),
        minutes,
        tuple(
            _step(step, _("step {number}").format(number=number), names)
            for number, step in enumerate(steps, start=1)
        ),
    )


def _step(given: object, where: str, names: Names) -> Step:
    known = {"page", "text", "scene", "at", "do", "show", "ask", "hint", "reply"}
    table = _only(given, where, known)
    page = table.get("page")
    if not isinstance(page, str) or page not in names:
        raise LessonError(
            _("{where}: page is one of {pages}, not {page!r}.").format(
                where=where, pages=", ".join(names), page=str(page)[:40]
            )
        )
    scene = _table(table, "scene", where)
    do, show = (_strings(table, name, where) for name in ("do", "show"))
    for part, found, known in (
        ("scene", scene, set(names[page])),
        ("show", show, set(names[page])),
        ("do", do, {*names[page], *filter(COMPUTED.fullmatch, do)}),
    ):
        _only(found, f"{where}, {part}", known)
    if do and "ask" in table:
        raise LessonError(
            _("{where}: something is done or answered, not both; make two steps.").format(
                where=where
            )
        )
    if any(map(COMPUTED.fullmatch, do)) and not show:
        raise LessonError(
            _("{where}: an address that does it has to stand in show.").format(where=where)
        )
    return Step(
        page,
        _text(table, "text", where),
        {name: _scene_text(scene, name, f"{where}, scene") for name in scene},
        _string(table.get("at", "told"), f"{where}, at"),
        do,
        show,
        _ask(table["ask"], f"{where}, ask") if "ask" in table else None,
        _text(table, "hint", where) if "hint" in table else None,
        _text(table, "reply", where) if "reply" in table else None,
    )


def _ask(table: object, where: str) -> Ask:
    if not isinstance(table, dict) or table.get("choose") not in KINDS:
        raise LessonError(
            _("{where}: choose is one of {kinds}.").format(where=where, kinds=", ".join(KINDS))
        )
    kind = table["choose"]
    needed, more = KINDS[kind]
    _only(table, where, {"choose", "question", *needed, *more})
    missing = sorted(needed - table.keys())
    if missing:
        raise LessonError(_("{where}: {names} is missing.").format(where=where, names=missing[0]))
    if "is" in needed and table["is"] not in EXTREMES:
        raise LessonError(_("{where}: is = “lowest” or “highest”.").format(where=where))
    says = {name: table[name] for name in table if name not in ("choose", "question")}
    for name, value in says.items():
        _kind_of(name, value, where)
    return Ask(_text(table, "question", where), kind, says)


def _kind_of(name: str, value: object, where: str) -> None:
    if name == "among":
        fits = (
            isinstance(value, list)
            and 2 <= len(value) <= 8
            and all(isinstance(one, str) and len(one) <= 60 for one in value)
        )
    elif name in ("low", "high", "within", "by", "after", "count"):
        fits = (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and abs(value) < 1e6
            and (name not in ("count", "after") or isinstance(value, int))
            and (name not in ("within", "by") or value > 0)
            and (name != "count" or 2 <= value <= 8)
        )
    else:
        fits = isinstance(value, str) and len(value) <= 60
    if not fits:
        raise LessonError(
            _("{where}: {name} cannot be {value!r}.").format(
                where=where, name=name, value=str(value)[:40]
            )
        )


def _only(table: object, where: str, known: Collection[str]) -> Mapping[str, object]:
    """The table, if it is one and has no other names."""
    if not isinstance(table, dict):
        raise LessonError(_("{where} is a table of names and values.").format(where=where))
    for name in table:
        if name not in known:
            raise LessonError(
                _("{where}: there is no {name!r} here; there may be {known}.").format(
                    where=where, name=name[:40], known=", ".join(sorted(known))
                )
            )
    return table


def _table(table: Mapping[str, object], name: str, where: str) -> Mapping[str, object]:
    found = table.get(name, {})
    if not isinstance(found, dict):
        raise LessonError(
            _("{where}: {name} is a table of names and values.").format(where=where, name=name)
        )
    return found


def _strings(table: Mapping[str, object], name: str, where: str) -> Mapping[str, str]:
    found = _table(table, name, where)
    return {key: _string(value, f"{where}, {name}, {key}") for key, value in found.items()}


def _string(value: object, where: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST:
        raise LessonError(
            _("{where}: a text of 1 to {most} characters is expected.").format(
                where=where, most=LONGEST
            )
        )
    return value


def _scene_text(table: Mapping[str, object], name: str, where: str) -> Text:
    """As ``_text``; an address may also say nothing under a name."""
    return {SOURCE: ""} if table[name] == "" else _text(table, name, where)


def _text(table: Mapping[str, object], name: str, where: str) -> Text:
    """One string for all languages, or a table of them with the English one in it."""
    found, here = table.get(name), f"{where}, {name}"
    if isinstance(found, dict):
        if SOURCE not in found:
            raise LessonError(_("{where}: the text in English is missing.").format(where=here))
        return {language: _string(value, here) for language, value in found.items()}
    return {SOURCE: _string(found, here)}
