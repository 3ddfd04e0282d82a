"""What a browser may send over its websocket, how fast, and what it is not told.

One tab that sends reruns without waiting for answers (38,000 in ten seconds) stops Streamlit for
everybody: it takes them all and falls behind for minutes. Here a connection that has used up its
allowance is not read from until it has some again; what it sends meanwhile waits in its own
browser. A person does not notice: Streamlit's controls wait 200 ms between two messages, and a
paused one is made up for at once.

Two messages are not for visitors: `clear_cache` empties the caches of all of them, and
`load_git_info` starts a program. And two things are not theirs to know: where the app lies on
this machine, and the installation's number.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from time import monotonic

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from lstm_viz import environment
from lstm_viz.language import N_, Sentence
from lstm_viz.web.refused import refused

_TOO_MANY = Sentence(N_("As many visitors as this app holds are here. Try again in some minutes."))

A_SECOND = 6.0  # messages that a connection may send in the long run
AT_ONCE = 30.0  # and in one go
VISITORS = 400  # connections at once; each holds four files and up to a few MB
LARGEST_FIRST = 50_000  # bytes; the first message of a run has 3,000
NOT_FOR_VISITORS = {"clear_cache", "load_git_info"}


class Allowance:
    """A bucket that holds ``at_once`` tokens and gains ``a_second`` of them each second."""

    def __init__(
        self, a_second: float, at_once: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self.a_second, self.at_once, self.clock = a_second, at_once, clock
        self.left, self.then = at_once, clock()

    def seconds_to_wait(self) -> float:
        """Takes one token; how long to wait until it is there."""
        now = self.clock()
        self.left = min(self.at_once, self.left + (now - self.then) * self.a_second) - 1
        self.then = now
        return max(0.0, -self.left / self.a_second)


def allowed(frame: bytes) -> bool:
    """Whether a visitor may send this; what is no message at all is left to Streamlit to refuse."""
    try:
        return BackMsg.FromString(frame).WhichOneof("type") not in NOT_FOR_VISITORS
    except DecodeError:
        return True


def discreet(frame: bytes) -> bytes:
    """A message without the path of the app and the number of the installation.

    Only the first message of a run has them, and that is small; a drawing passes as it is.
    """
    if len(frame) > LARGEST_FIRST:
        return frame
    message = ForwardMsg.FromString(frame)
    if message.WhichOneof("type") != "new_session":
        return frame
    session = message.new_session
    session.main_script_path = os.path.basename(session.main_script_path)
    session.initialize.user_info.Clear()
    return bytes(message.SerializeToString())


class Messages:
    """Lets each connection send at its own pace, and no more than ``visitors`` of them in."""

    def __init__(
        self,
        app: ASGIApp,
        visitors: int | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.app, self.clock = app, clock
        self.visitors = visitors or environment.VISITORS.in_(os.environ) or VISITORS
        self.inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            return await self.app(scope, receive, send)
        if self.inside >= self.visitors:
            return await refused(1013, _TOO_MANY, scope, receive, send)
        allowance = Allowance(A_SECOND, AT_ONCE, self.clock)

        async def paced() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                await asyncio.sleep(allowance.seconds_to_wait())
                if allowed(message.get("bytes") or b""):
                    return message

        async def told(message: Message) -> None:
            if message["type"] == "websocket.send" and message.get("bytes"):
                message = {**message, "bytes": discreet(message["bytes"])}
            await send(message)

        self.inside += 1
        try:
            await self.app(scope, paced, told)
        finally:
            self.inside -= 1
