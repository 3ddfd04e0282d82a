"""Worksheets of what is on the page, or of a lesson: asked for in the browser, made here.

A view's sheet is of the step and unit that the browser shows. Where each student gets another one,
a shipped network reads another sequence for each; elsewhere it is another step and unit of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from lstm_viz.language import _, spoken
from lstm_viz.lessons.lesson import Lesson, LessonError, said
from lstm_viz.lessons.screen import READING
from lstm_viz.lessons.worksheet import drawn, lesson_sheet
from lstm_viz.networks.network import load, shipped
from lstm_viz.stage.payload import ShownRun, stage_payload
from lstm_viz.stage.payload_types import SheetsFile, StagePayload
from lstm_viz.stage.sheets import MOST, sheets_payload
from lstm_viz.stage.tokens import read_tokens
from lstm_viz.stage.worksheet import Sheet, view_sheet, worksheet_file
from lstm_viz.ui import address, components
from lstm_viz.words.holding import look_at_network

Make = Callable[[int, Mapping[str, int]], list[Sheet]]  # how many (0: one for all), and where
VIEW, LESSON = "view", "lesson"


def of_view(lesson: Lesson | None) -> None:
    """In the panel that shares a page: a worksheet of its run, or of the lesson beside it."""
    payload = components.on_stage()
    names: dict[str, str] = {}
    makes: dict[str, Make] = {}
    if lesson is not None:
        names[LESSON] = _("the lesson “{title}”").format(title=said(lesson.title))
        makes[LESSON] = _maker(lesson)
    if payload is not None and payload["values"]:
        names[VIEW] = _("this view: the run, step and unit on the screen")
        makes[VIEW] = lambda count, at: of_run(payload, count, at)
    if makes:
        _offered(names, makes, "sheets")


def of_lessons(lessons: Sequence[Lesson]) -> None:
    """A worksheet of one of these."""
    names = {lesson.key: said(lesson.title) for lesson in lessons}
    makes = {lesson.key: _maker(lesson) for lesson in lessons}
    _offered(names, makes, "sheets of lessons")


def _offered(names: Mapping[str, str], makes: Mapping[str, Make], key: str) -> None:
    asked, file, problem = components.sheets_asked(key), None, ""
    if asked and asked.get("of") in makes:
        try:
            file = _file(asked, makes[asked["of"]])
        except (ValueError, LessonError) as found:
            problem = str(found)
    components.sheets(sheets_payload(names, file, problem), key)


def _file(asked: Mapping[str, Any], make: Make) -> SheetsFile:
    count = min(max(_whole(asked.get("count")), 0), MOST)
    sheets = make(count, {name: _whole(asked.get(name)) for name in ("t", "unit")})
    keys = {tuple(blank.answer for blank in sheet.blanks) for sheet in sheets}
    same = count > 1 and len(keys) == 1
    said_there = _("All of these are the same: nothing on them is drawn.") if same else ""
    text = worksheet_file(sheets, spoken(), said_there)
    return {"id": str(asked.get("id"))[:40], "name": f"worksheet-{asked['of']}.html", "text": text}


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e6:
        return -1
    return int(value)


def _maker(lesson: Lesson) -> Make:
    return lambda count, _at: of_lesson(lesson, count)


def of_lesson(lesson: Lesson, count: int) -> list[Sheet]:
    """One for all, or one for each of so many."""
    if not count:
        return [lesson_sheet(lesson)]
    return [lesson_sheet(lesson, seed) for seed in range(1, count + 1)]


def of_run(payload: StagePayload, count: int, at: Mapping[str, int]) -> list[Sheet]:
    """The step, counted from 1, and unit of the run on the screen; or one for each of so many."""
    t, unit = (at["t"] - 1 if at["t"] > 0 else payload["start"]["t"]), at["unit"]
    unit = unit if unit >= 0 else payload["start"]["unit"]
    if not count:
        return [view_sheet(payload, t, unit)]
    network = _network()
    return [
        _of_another_sequence(*network, seed) if network else _of_another_step(payload, seed)
        for seed in range(1, count + 1)
    ]


def _network() -> tuple[str, str] | None:
    """Task and cell of the shipped network that reads here, where nothing else is done to it."""
    page, names = address.visit().page, address.shown()
    found = names.get("task", shipped()[0][0]), names.get("cell", "lstm")
    is_plain = page == READING[0] and found in shipped()
    return found if is_plain else None


def _of_another_sequence(task: str, cell: str, seed: int) -> Sheet:
    network = load(task, cell)
    sequence = drawn(network.task, np.random.default_rng(seed))
    recording = network.read(sequence)
    tokens = read_tokens(network, recording, sequence)
    caption = look_at_network(network, recording, sequence, [token.text for token in tokens])
    run = ShownRun(recording[0], tokens, caption, task=_(network.task.title))
    return view_sheet(stage_payload(run, opens=False), max(caption.t, 1), caption.unit)


def _of_another_step(payload: StagePayload, seed: int) -> Sheet:
    rng = np.random.default_rng(seed)
    t = int(rng.integers(min(1, payload["steps"] - 1), payload["steps"]))
    return view_sheet(payload, t, int(rng.integers(payload["units"])))
