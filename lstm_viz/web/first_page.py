"""Streamlit's page as it first comes, without what no page of ours shows.

It has every browser fetch a typeface of 170 kB at once, Streamlit's own, in which nothing here is
set (`.streamlit/config.toml` names another). The page is small and changes with nothing, so it is
rewritten and compressed once for as long as it stays the same.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 2**18  # bytes; Streamlit's page has 10,000
TYPEFACE = re.compile(rb'<link\s+rel="preload"[^>]*\bas="font"[^>]*>\s*')


@lru_cache(8)
def without_typeface(page: bytes) -> tuple[bytes, bytes]:
    """The page without the typeface, as it is and compressed."""
    short = TYPEFACE.sub(b"", page)
    return short, gzip.compress(short, 9, mtime=0)


class FirstPage:
    """Rewrites the page that a browser asks for; anything else passes as it comes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self.app(scope, receive, send)
        asked = Headers(scope=scope)
        if "text/html" not in asked.get("accept", ""):
            return await self.app(scope, receive, send)
        small = "gzip" in asked.get("accept-encoding", "")
        start: Message | None = None
        body = b""

        async def answer(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
                return
            if start is None or message["type"] != "http.response.body":
                await send(message)
                return
            body += message.get("body", b"")
            if message.get("more_body") and len(body) <= LARGEST:
                return
            headers = MutableHeaders(raw=list(start["headers"]))
            if not message.get("more_body"):
                plain, compressed = without_typeface(body)
                body = compressed if small else plain
                headers["content-length"] = str(len(body))
                headers.add_vary_header("Accept-Encoding")
                if small:
                    headers["content-encoding"] = "gzip"
            await send({**start, "headers": headers.raw})
            await send({**message, "body": body})
            start = None

        # It is read here before it is compressed.
        kept = [(name, text) for name, text in scope["headers"] if name != b"accept-encoding"]
        await self.app({**scope, "headers": kept}, receive, answer)


def _is_page(start: Message) -> bool:
    headers = Headers(raw=start.get("headers", []))
    is_html = headers.get("content-type", "").startswith("text/html")
    return start["status"] == 200 and is_html and "content-encoding" not in headers
