"""An app that notes what reaches it, and single requests for what stands before it."""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Inner:
    """The app behind a gate: keeps the scopes and messages that reached it, and answers 200."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = []
        self.received: list[Message] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"inner"})
            return
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            self.received.append(message)


def headers_of(named: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in named.items()]


def ask(
    app: ASGIApp, path: str = "/", method: str = "GET", **headers: str
) -> tuple[int, str, dict]:
    """Status, body and headers of the answer over HTTP; an underscore in a name is a dash."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "scheme": "http",
        "headers": headers_of(named),
        "query_string": b"",
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    _to_its_end(app, scope, receive, send)
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body.decode(errors="replace"), found


def knock(app: ASGIApp, messages: Sequence[bytes] = (), **headers: str) -> list[Message]:
    """What a browser is sent that opens a websocket, sends these messages and leaves."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    scope: dict[str, Any] = {
        "type": "websocket",
        "path": "/_stcore/stream",
        "scheme": "ws",
        "headers": headers_of(named),
    }
    coming: list[Message] = [{"type": "websocket.connect"}]
    coming += [{"type": "websocket.receive", "bytes": one} for one in messages]
    coming += [{"type": "websocket.disconnect"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    _to_its_end(app, scope, receive, send)
    return sent


def to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: where a browser is open, this one has a loop already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def _to_its_end(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    async def call() -> None:
        await app(scope, receive, send)

    to_its_end(call())
