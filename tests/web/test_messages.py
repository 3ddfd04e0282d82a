"""A visitor's browser sends at its own pace, empties no caches of others, and is told little."""

import asyncio

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lstm_viz.web import messages
from lstm_viz.web.messages import Allowance, Messages, discreet
from tests.web.asgi import Inner, knock, to_its_end


def rerun() -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = "cell=gru"
    return message.SerializeToString()


def test_a_bucket_gives_what_it_has_and_then_what_it_gains():
    now = [0.0]
    bucket = Allowance(a_second=10, at_once=4, clock=lambda: now[0])
    assert [bucket.seconds_to_wait() for _ in range(4)] == [0, 0, 0, 0]
    assert bucket.seconds_to_wait() == pytest.approx(0.1)
    assert bucket.seconds_to_wait() == pytest.approx(0.2)
    now[0] = 100.0
    assert [bucket.seconds_to_wait() for _ in range(5)] == pytest.approx([0, 0, 0, 0, 0.1])


def test_a_flood_waits_and_arrives_whole(monkeypatch):
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    inner = Inner()
    knock(Messages(inner, clock=lambda: 0.0), [rerun()] * 200)
    assert len(inner.received) == 201  # with its "connect"
    assert sum(one > 0 for one in waited) == 200 - messages.AT_ONCE
    assert max(waited) == pytest.approx((200 - messages.AT_ONCE) / messages.A_SECOND)


@pytest.mark.parametrize("name", sorted(messages.NOT_FOR_VISITORS))
def test_what_is_not_for_visitors_does_not_arrive(name):
    bad = BackMsg()
    setattr(bad, name, True)
    inner = Inner()
    knock(Messages(inner), [rerun(), bad.SerializeToString(), rerun()])
    arrived = [one["bytes"] for one in inner.received if one["type"] == "websocket.receive"]
    assert arrived == [rerun(), rerun()]


def test_what_is_no_message_is_left_for_streamlit_to_refuse():
    inner = Inner()
    knock(Messages(inner), [b"\xff\xff\xff"])
    assert inner.received[-1]["bytes"] == b"\xff\xff\xff"


def test_the_first_message_tells_neither_path_nor_installation():
    message = ForwardMsg()
    message.new_session.main_script_path = "/home/teacher/secret/lstm_viz/ui/main.py"
    message.new_session.initialize.user_info.installation_id = "0123-4567"
    message.new_session.initialize.session_id = "kept"
    told = ForwardMsg.FromString(discreet(message.SerializeToString()))
    assert told.new_session.main_script_path == "main.py"
    assert told.new_session.initialize.session_id == "kept"
    assert b"0123-4567" not in told.SerializeToString()


def test_any_other_message_passes_as_it_is():
    message = ForwardMsg()
    message.delta.new_element.text.body = "f = σ(W x)"
    assert discreet(message.SerializeToString()) == message.SerializeToString()


def test_the_house_is_full_at_its_number_and_a_place_is_free_again():
    inner = Inner()
    gate = Messages(inner, visitors=2)

    async def stays(name: str) -> list[str]:
        gone = asyncio.Event()
        sent: list[str] = []

        async def receive():
            if not sent:
                return {"type": "websocket.connect"}
            await gone.wait()
            return {"type": "websocket.disconnect"}

        async def send(message):
            sent.append(message["type"])

        task = asyncio.create_task(gate({"type": "websocket", "headers": []}, receive, send))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        leave.append((gone, task))
        return sent

    leave: list[tuple[asyncio.Event, asyncio.Task]] = []

    async def all_of_it():
        first, second, third = [await stays(name) for name in "abc"]
        assert first == second == ["websocket.accept"]
        assert third == ["websocket.close"]
        leave[0][0].set()
        await leave[0][1]
        assert await stays("d") == ["websocket.accept"]
        for gone, task in leave:
            gone.set()
            await task

    to_its_end(all_of_it())
    assert gate.inside == 0
