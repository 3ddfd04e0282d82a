"""What every answer tells the browser it may do with the page.

No script but the app's own, nothing from another host, no frame around it but where a school
allows one. Streamlit's page has one script inside it, which is named by its hash; the lines that
fetch the stage and its kin (`scripts.py`) come as text and are loaded from `blob:` addresses, which
only the page itself can make.

And Streamlit's cookie, the secret by which a browser's uploads and runs are told from others',
lasts: as it is, a browser that is closed forgets it, and its runs are nobody's.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lstm_viz.environment import FRAMES

COOKIE, A_YEAR = b"_streamlit_xsrf=", 365 * 86_400
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def hashes(html: str) -> list[str]:
    """The name that a policy gives to each script inside the page."""
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in _INLINE.findall(html)
    ]


def policy(scripts: Iterable[str], frames: Iterable[str] = ()) -> str:
    """The content security policy; ``frames`` are the sites that may frame the app, if any."""
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *scripts]),
        "style-src": "'self' 'unsafe-inline'",  # React sets styles on elements
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(frames) or "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@cache
def headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": policy(
            hashes(INDEX.read_text(encoding="utf-8")), FRAMES.in_(os.environ)
        ),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def lasting(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """A header as it was, or Streamlit's cookie with the time for which it is kept."""
    if (
        name.lower() == b"set-cookie"
        and value.startswith(COOKIE)
        and b"max-age" not in value.lower()
    ):
        value += f"; Max-Age={A_YEAR}".encode()
    return name, value


class Headers:
    """Puts `headers()` on every answer over HTTP."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [lasting(*pair) for pair in message.get("headers", ())],
                }
                MutableHeaders(scope=message).update(headers())
            await send(message)

        await self.app(scope, receive, answer)
