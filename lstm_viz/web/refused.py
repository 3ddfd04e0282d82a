"""A refusal in words, in the first language that the browser asks for.

Whoever is refused has no session yet, and none that could know what the visitor reads.
"""

from __future__ import annotations

from contextvars import copy_context

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from lstm_viz.language import Sentence, closest, speak


def in_words(sentence: Sentence, scope: Scope) -> str:
    wanted = Headers(scope=scope).get("accept-language", "")
    tag = wanted.partition(",")[0].partition(";")[0].strip()
    return copy_context().run(_said, sentence, closest(tag))


async def refused(
    status: int, sentence: Sentence, scope: Scope, receive: Receive, send: Send
) -> None:
    """The sentence under this status; a websocket that is not yet open is closed with it.

    A status of HTTP becomes the websocket's 1008, as what was sent is against the rules.
    """
    said = in_words(sentence, scope)
    if scope["type"] == "websocket":
        await receive()  # its "connect"
        # A reason has at most 123 bytes.
        reason = said.encode()[:120].decode(errors="ignore")
        code = status if status >= 1000 else 1008
        await send({"type": "websocket.close", "code": code, "reason": reason})
    else:
        await PlainTextResponse(said + "\n", status_code=status)(scope, receive, send)


def _said(sentence: Sentence, language: str) -> str:
    speak(language)
    return str(sentence)
