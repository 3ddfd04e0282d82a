"""The scripts of what a page draws, each with its style sheets: fetched once, kept by the browser.

Streamlit would send them with every answer: of the 360 kB that a choice on the stage cost a
visitor, 260 were this, each time anew (see `stage/bundle.py`).

A name carries the hash of what is in the file. Who asks by another hash has a page of an earlier
version open and gets the script of this one, which is not kept.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from functools import cache

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lstm_viz.stage import bundle
from lstm_viz.web.compressed import A_YEAR, takes_gzip

_ASKED = re.compile(rf"/{bundle.PLACE}/((\w+)\.[0-9a-f]{{16}}\.js)")


@cache
def compressed(entry: str) -> bytes:
    return gzip.compress(bundle.file(entry).encode(), 9, mtime=0)


class Scripts:
    """Answers a GET for a script, below whatever path the app is served."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        entry = _entry(scope)
        if entry is None:
            return await self.app(scope, receive, send)
        is_current = scope["path"].endswith(f"/{bundle.file_name(entry)}")
        headers = {"Cache-Control": A_YEAR if is_current else "no-store", "Vary": "Accept-Encoding"}
        if takes_gzip(scope):
            body = await asyncio.to_thread(compressed, entry)
            headers["Content-Encoding"] = "gzip"
        else:
            body = bundle.file(entry).encode()
        await Response(body, headers=headers, media_type="text/javascript")(scope, receive, send)


def _entry(scope: Scope) -> str | None:
    """Which script is asked for, if one is."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return None
    asked = _ASKED.search(scope["path"])
    is_one = asked and scope["path"].endswith(asked[1]) and asked[2] in bundle.STYLES
    return asked[2] if asked and is_one else None
