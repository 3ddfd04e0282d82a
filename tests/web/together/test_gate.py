"""The line of a class, as the browsers of a teacher and of students hold it."""

import asyncio
import json
import logging
from functools import partial
from typing import Any

import pytest
import streamlit as st

from lstm_viz.web import gates
from lstm_viz.web.hosts import OwnHosts
from lstm_viz.web.together import gate
from lstm_viz.web.together import room as steps
from lstm_viz.web.together.gate import LONGEST, Together
from lstm_viz.web.together.rooms import InMemory, Rooms
from tests.web.asgi import Inner, headers_of, knock, to_its_end


class Line:
    """A websocket to /class, spoken by hand."""

    def __init__(self, app: Any, path: str = "/class", **headers: str) -> None:
        self.sent: asyncio.Queue[dict] = asyncio.Queue()
        self.coming: asyncio.Queue[dict] = asyncio.Queue()
        self.coming.put_nowait({"type": "websocket.connect"})
        scope = {"type": "websocket", "path": path, "scheme": "ws", "headers": headers_of(headers)}
        self.task = asyncio.ensure_future(app(scope, self.coming.get, self.sent.put))

    def say(self, said: Any) -> None:
        text = said if isinstance(said, str) else json.dumps(said)
        self.coming.put_nowait({"type": "websocket.receive", "text": text})

    async def hear(self, wanted: str) -> Any:
        """The next message of this name, past those of others."""
        while True:
            message = await asyncio.wait_for(self.sent.get(), 10)
            assert message["type"] != "websocket.close", message
            found = json.loads(message["text"]) if message["type"] == "websocket.send" else {}
            if wanted in found:
                return found[wanted]

    async def closed(self) -> int:
        while (message := await asyncio.wait_for(self.sent.get(), 10))["type"] != "websocket.close":
            pass
        await self.task
        return message["code"]

    async def leave(self) -> None:
        self.coming.put_nowait({"type": "websocket.disconnect"})
        await self.task


async def a_class(app: Any) -> tuple[Line, dict]:
    teacher = Line(app)
    teacher.say({"open": {}})
    return teacher, await teacher.hear("opened")


async def a_student(app: Any, code: str, seat: str = "") -> tuple[Line, str]:
    student = Line(app)
    student.say({"follow": {"code": code, "seat": seat}})
    return student, await student.hear("seat")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Together:
    monkeypatch.setattr(gate, "WRONG_TAKES", 0.0)
    return Together(Inner())


def test_students_follow_answer_and_see_what_was_answered(app):
    async def lesson():
        teacher, opened = await a_class(app)
        one, _ = await a_student(app, opened["code"])
        other, _ = await a_student(app, opened["code"])
        teacher.say({"show": {"at": "stage?t=6&unit=10"}})
        for student in (one, other):
            while (await student.hear("room"))["at"] != "stage?t=6&unit=10":
                pass
        teacher.say({"ask": {"text": "Which gate falls?", "options": ["forget", "input"]}})
        for student, option in ((one, 0), (other, 0)):
            question = (await student.hear("room"))["question"]
            assert question["options"] == ["forget", "input"]
            student.say({"answer": {"number": question["number"], "option": option}})
        while ((await teacher.hear("room"))["question"] or {}).get("counts") != [2, 0]:
            pass
        teacher.say({"reveal": {"right": 0}})
        for student in (one, other):
            question = (await student.hear("room"))["question"]
            assert (question["counts"], question["right"]) == ([2, 0], 0)
        teacher.say({"end": {}})
        for line in (teacher, one, other):
            assert await line.hear("over") is True
            assert await line.closed() == 1000
        assert app.inside == 0

    to_its_end(lesson())


def test_who_comes_late_or_back_is_where_all_are_and_answers_once(app):
    async def lesson():
        teacher, opened = await a_class(app)
        teacher.say({"show": {"at": "valves?x=1"}})
        teacher.say({"ask": {"text": "More?", "options": ["yes", "no"]}})
        student, seat = await a_student(app, opened["code"])
        while (room := await student.hear("room"))["question"] is None:
            pass
        assert room["at"] == "valves?x=1"
        student.say({"answer": {"number": 1, "option": 0}})
        while ((await teacher.hear("room"))["question"] or {}).get("counts") != [1, 0]:
            pass
        await student.leave()
        again, same = await a_student(app, opened["code"], seat)
        assert same == seat
        assert (await again.hear("room"))["question"]["number"] == 1
        again.say({"answer": {"number": 1, "option": 1}})
        while (await teacher.hear("room"))["question"]["counts"] != [0, 1]:
            pass
        await teacher.leave()
        back = Line(app)
        back.say({"teach": {"code": opened["code"], "secret": opened["secret"]}})
        room = await back.hear("room")
        assert (room["present"], room["question"]["counts"]) == (1, [0, 1])

    to_its_end(lesson())


def test_a_line_that_was_slow_is_told_the_newest_alone():
    async def lesson():
        app = Together(Inner())
        rooms = app.rooms
        room = await rooms.open()
        told, may = [], asyncio.Event()

        async def slow(message):
            told.append(message)
            await may.wait()

        work = asyncio.ensure_future(app._tell(room.code, lambda room: room.for_students, slow))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        for step in range(50):
            await rooms.change(room.code, partial(steps.shown, at=f"stage?t={step}"))
        may.set()
        await rooms.newer(room.code, 49)
        while len(told) < 2:
            await asyncio.sleep(0)
        await rooms.end(room.code)
        await work
        ats = [json.loads(one["text"])["room"]["at"] for one in told[:2]]
        assert ats == ["", "stage?t=49"]
        assert len(told) == 4  # and that it is over, and the end of the line

    to_its_end(lesson())


HOSTILE_FIRST = [
    "nonsense",
    "[]",
    "{}",
    "null",
    "[" * 10_000,
    '{"open": {}, "end": {}}',
    '{"open": {"code": "mine"}}',
    '{"show": {"at": "stage"}}',
    '{"follow": {"code": "amber"}}',
    '{"follow": {"code": 3, "seat": ""}}',
    '{"teach": {"code": "amber", "secret": NaN}}',
    '{"follow": {"code": "x", "seat": "' + "a" * LONGEST + '"}}',
]


@pytest.mark.parametrize("text", HOSTILE_FIRST, ids=range(len(HOSTILE_FIRST)))
def test_what_no_page_of_ours_would_say_closes_the_line(text, app):
    async def tried():
        line = Line(app)
        line.say(text)
        sentence = (await line.hear("refused"))["sentence"]
        assert sentence.endswith(".")
        assert len(sentence) < 200
        assert await line.closed() == 1008

    to_its_end(tried())


def test_bytes_are_refused_as_well(app):
    found = knock_at(app, [b"\x00" * 50])
    assert "text" in found[1]["text"]
    assert found[-1] == {"type": "websocket.close", "code": 1008, "reason": "refused"}


def knock_at(app: Any, messages: list[bytes]) -> list[Any]:
    async def into(scope, receive, send):
        await app({**scope, "path": "/class"}, receive, send)

    return knock(into, messages)


HOSTILE_STUDENT: list[Any] = [
    {"show": {"at": "stage"}},
    {"reveal": {"right": 0}},
    {"end": {}},
    {"answer": {"number": 1, "option": 0, "name": "me"}},
    {"answer": {"number": 1, "option": True}},
    {"answer": {"number": 1, "option": 0.5}},
    {"answer": {"number": 1, "option": 7}},
    '{"answer": {"number": 1, "option": NaN}}',
    '{"answer": {"number": 1, "option": ' + "9" * 5000 + "}}",
]


@pytest.mark.parametrize("said", HOSTILE_STUDENT, ids=range(len(HOSTILE_STUDENT)))
def test_a_student_sends_an_answer_and_nothing_else(said, app):
    async def tried():
        teacher, opened = await a_class(app)
        teacher.say({"ask": {"text": "More?", "options": ["yes", "no"]}})
        while (await teacher.hear("room"))["question"] is None:
            pass
        student, _ = await a_student(app, opened["code"])
        before = (await app.rooms.room(opened["code"])).for_students
        student.say(said)
        assert (await student.hear("refused"))["sentence"]
        assert await student.closed() == 1008
        room = await app.rooms.room(opened["code"])
        assert (room.for_students, room.present, room.counts) == (before, 0, [0, 0])

    to_its_end(tried())


@pytest.mark.parametrize(
    "said",
    [
        {"ask": {"text": "More?", "options": ["one"]}},
        {"ask": {"text": "", "options": ["yes", "no"]}},
        {"show": {"at": "stage?" + "a" * 13_000}},
        {"reveal": {"right": None}},
    ],
)
def test_a_teachers_mistake_is_told_and_the_class_goes_on(said, app):
    async def tried():
        teacher, opened = await a_class(app)
        teacher.say(said)
        assert (await teacher.hear("refused"))["why"]
        teacher.say({"show": {"at": "stage"}})
        while (await teacher.hear("room"))["at"] != "stage":
            pass
        assert (await app.rooms.room(opened["code"])).question is None

    to_its_end(tried())


@pytest.mark.parametrize(("code", "secret"), [(None, "wrong"), ("a-b-c-d", None), (None, "ключ")])
def test_without_its_secret_nobody_teaches(code, secret, app):
    async def tried():
        _, opened = await a_class(app)
        line = Line(app)
        line.say({"teach": {"code": code or opened["code"], "secret": secret or opened["secret"]}})
        assert (await line.hear("refused"))["why"] == "unknown"
        assert await line.closed() == 1008

    to_its_end(tried())


def test_an_unknown_code_is_told_in_a_sentence_and_not_at_once(app, monkeypatch):
    monkeypatch.setattr(gate, "WRONG_TAKES", 0.05)

    async def tried():
        loop = asyncio.get_running_loop()
        began = loop.time()
        student = Line(app)
        student.say({"follow": {"code": "amber-amber-amber-amber", "seat": ""}})
        assert "four hours" in (await student.hear("refused"))["sentence"]
        assert loop.time() - began >= 0.05

    to_its_end(tried())


def test_lines_and_silence_are_bounded(monkeypatch):
    monkeypatch.setattr(gate, "FIRST_WITHIN", 0.01)

    async def tried():
        app = Together(Inner(), visitors=1)
        silent = Line(app)
        await asyncio.sleep(0)
        assert await Line(app).closed() == 1013
        assert await silent.closed() == 1008
        assert app.inside == 0

    to_its_end(tried())


def test_a_flood_of_answers_waits_in_its_own_browser(app, monkeypatch):
    waited: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        await real(0)

    async def tried():
        teacher, opened = await a_class(app)
        teacher.say({"ask": {"text": "More?", "options": ["yes", "no"]}})
        student, _ = await a_student(app, opened["code"])
        while (await student.hear("room"))["question"] is None:
            pass
        monkeypatch.setattr(asyncio, "sleep", sleep)
        app.clock = lambda: 0.0
        flood, _ = await a_student(app, opened["code"])
        for number in range(100):
            flood.say({"answer": {"number": 1, "option": number % 2}})
        await flood.leave()
        assert sum(seconds > 0 for seconds in waited) == 100 - gate.STUDENT[1]

    to_its_end(tried())


NAMES = ("OwnHosts", "Together", "Messages")


def test_foreign_pages_are_refused_before():
    inner = Together(Inner())
    sent = knock(OwnHosts(inner, ("localhost",)), host="localhost", origin="http://evil.example")
    assert [one["type"] for one in sent] == ["websocket.close"]
    order = [str(one.cls) for one in gates()]
    places = [next(k for k, one in enumerate(order) if name in one) for name in NAMES]
    assert places == sorted(places)


@pytest.mark.parametrize("path", ["/_stcore/stream", "/lstm/class", "/class/x", "/"])
def test_all_else_is_left_to_streamlit(path, app):
    async def tried():
        line = Line(app, path)
        await line.leave()
        assert [scope["path"] for scope in app.app.scopes] == [path]

    to_its_end(tried())


def test_below_a_path_it_is_below_that_path(app, monkeypatch):
    monkeypatch.setattr(st, "get_option", lambda name: "/lstm/")
    assert gate._is_here("/lstm/class")
    assert not gate._is_here("/class")


def test_nothing_of_a_class_is_logged(app, caplog):
    caplog.set_level(logging.DEBUG)

    async def lesson():
        teacher, opened = await a_class(app)
        teacher.say({"ask": {"text": "A secret question?", "options": ["yes", "no"]}})
        await teacher.hear("room")
        bad = Line(app)
        bad.say({"teach": {"code": opened["code"], "secret": "wrong"}})
        await bad.closed()
        said = " ".join(record.getMessage() for record in caplog.records)
        for text in (opened["code"], opened["secret"], "secret question"):
            assert text not in said

    to_its_end(lesson())


def test_the_interface_is_kept():
    rooms: Rooms = InMemory()  # mypy compares the two
    assert Together(Inner(), rooms).rooms is rooms
